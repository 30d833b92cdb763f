"""Classifiers without an ONNX file, run by torch."""

from importlib.util import find_spec

import numpy as np
import pytest

from nlp.extract import Options, extract
from nlp.models.classifier import StanceModelChoice
from nlp.models.classifier_labels import StanceModelError
from nlp.models.classifier_runtime import load_classifier
from scrapers.documents import Document
from tests.small_models import SENTIMENT, VOCABULARY, write_config, write_tokenizer

DOCUMENT = Document("d", "article", "Analyst Mara Quill expects Bitcoin to climb to $90,000 by June.")

torch_only = pytest.mark.skipif(
    find_spec("torch") is None, reason="torch is not installed: pip install calledit[torch]"
)


def tiny_bert(folder, labels):
    """A BERT of one layer with random weights, saved as transformers saves one."""
    import torch
    from transformers import AutoConfig, BertForSequenceClassification

    folder.mkdir()
    write_tokenizer(folder)
    write_config(folder, labels)
    torch.manual_seed(0)
    return BertForSequenceClassification(AutoConfig.from_pretrained(folder))


@torch_only
def test_weights_without_an_onnx_file_run_in_torch(tmp_path):
    import torch

    network = tiny_bert(tmp_path / "bert", list(SENTIMENT)).eval()
    network.save_pretrained(tmp_path / "bert")
    classifier = load_classifier(str(tmp_path / "bert"))
    texts = ["bitcoin to rise", "the price of ether is to fall", "it", "flat"]
    with torch.no_grad():
        encoded = [classifier.tokenizer(text, return_tensors="pt") for text in texts]
        direct = np.concatenate([network(**one).logits.numpy() for one in encoded])
    assert np.allclose(classifier.logits(texts), direct, atol=1e-5)


@torch_only
def test_a_model_is_given_only_what_it_takes(tmp_path):
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    write_tokenizer(tmp_path)
    config = DistilBertConfig(vocab_size=len(VOCABULARY), n_layers=1, n_heads=2, dim=16, hidden_dim=32,
                              id2label=dict(enumerate(SENTIMENT)))  # fmt: skip
    DistilBertForSequenceClassification(config).save_pretrained(tmp_path)
    assert load_classifier(str(tmp_path)).logits(["bitcoin to rise"]).shape == (1, 3)


@torch_only
def test_a_tiny_trained_model_decides_stances(tmp_path):
    import torch

    network = tiny_bert(tmp_path / "bert", ["bearish", "bullish"]).train()
    network.save_pretrained(tmp_path / "bert")
    tokenizer = load_classifier(str(tmp_path / "bert")).tokenizer
    texts = [f"{name} expects the price {way}" for name in ("bitcoin", "ether", "it") for way in ("to rise", "to fall",
             "to climb", "to drop", "higher", "lower")]  # fmt: skip
    labels = torch.tensor([1, 0] * (len(texts) // 2))
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.02)
    for _ in range(40):
        optimizer.zero_grad()
        network(**tokenizer(texts, padding=True, return_tensors="pt"), labels=labels).loss.backward()
        optimizer.step()
    network.eval().save_pretrained(tmp_path / "bert")
    choice = StanceModelChoice(str(tmp_path / "bert"), every=True, weight=0.9)
    calls = extract(DOCUMENT, Options(opinions=(choice,))).calls
    assert {(c.asset, c.stance, c.layer) for c in calls} >= {("BTC", "bullish", "transformers")}


@torch_only
def test_weights_without_a_head_are_refused(tmp_path):
    tiny_bert(tmp_path / "bert", list(SENTIMENT)).bert.save_pretrained(tmp_path / "bert")
    write_config(tmp_path / "bert", list(SENTIMENT))
    with pytest.raises(StanceModelError, match="not trained to classify: its weights hold no"):
        load_classifier(str(tmp_path / "bert"))


@torch_only
@pytest.mark.skipif(find_spec("onnx") is None, reason="onnx is not installed: pip install onnx")
def test_the_same_weights_say_the_same_in_onnx_and_in_torch(tmp_path):
    import torch

    network = tiny_bert(tmp_path / "bert", list(SENTIMENT)).eval()
    network.config._attn_implementation = "eager"
    network.save_pretrained(tmp_path / "bert")
    texts = ["bitcoin to rise", "the price of ether is to fall", "it", "flat"]
    in_torch = load_classifier(str(tmp_path / "bert"))
    example = in_torch.tokenizer(texts[:2], padding=True, return_tensors="pt")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        network, tuple(example[name] for name in names), str(tmp_path / "bert" / "model.onnx"), dynamo=False,
        input_names=names, output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}},
    )  # fmt: skip
    assert np.allclose(load_classifier(str(tmp_path / "bert")).logits(texts), in_torch.logits(texts), atol=1e-4)
