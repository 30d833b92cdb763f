"""What a classifier costs beside the default layers, in one run: sentences per CPU-second of one core.

usage: python -m bench.models [--sentences N]

The default layers read our own corpus; a model of 4 layers x 256 with eight-bit weights in ONNX Runtime and one of
12 x 768 (the size of FinBERT) judge sentences of the same texts, through the code that `--stance-model` runs. Their
weights are random; the time they take is not. Needs torch and onnx to make them (pip install 'calledit[torch]' onnx);
without, only the default layers are measured.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nlp.gold import own_corpus
from scrapers.documents import Document

LABELS = ("bearish", "neutral", "bullish")
VOCABULARY = 30_522
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SIZES = {"4 x 256": (4, 256, 4), "12 x 768": (12, 768, 12)}  # layers, width, attention heads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=256, help="sentences that each model judges")
    wanted = parser.parse_args().sentences
    documents = [a.document for split in ("train", "test") for a in own_corpus(split)]
    base = default_layers(documents)
    asked(documents)
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    if missing:
        print(f"models: skipped (pip install {' '.join(missing)})")
        return
    every = sentences(documents)
    chosen = every[:: max(1, len(every) // wanted)][:wanted]
    with tempfile.TemporaryDirectory() as folder:
        small, large = (made(Path(folder) / name, size, documents) for name, size in SIZES.items())
        judged("12 x 768, torch, 32 bits", large, chosen, base)
        for name, model in (("4 x 256", small), ("12 x 768", large)):
            whole = to_onnx(model)
            judged(f"{name}, ONNX Runtime, 32 bits", model, chosen, base)
            to_eight_bits(whole)
            judged(f"{name}, ONNX Runtime, 8 bits", model, chosen, base)


def default_layers(documents: Sequence[Document]) -> float:
    """Sentences per CPU-second of everything that reads by default, calls, patterns and figures included."""
    from nlp.extract import extract

    extract(documents[0])  # loads the weights
    seconds = cpu(lambda: [extract(document) for document in documents])
    count = len(sentences(documents))
    print(f"{'default layers':32} {count / seconds:9,.1f} sentences per CPU-second ({count} in {seconds:.2f} s)")
    return count / seconds


def asked(documents: Sequence[Document]) -> None:
    """How many clauses a stance model is asked about, for a hundred sentences."""
    from nlp.opinions import worth_asking
    from nlp.reading import read
    from nlp.stance import shipped

    total, unsure, every = 0, 0, 0
    for reading in map(read, documents):
        table = shipped().probabilities(reading.features)
        clauses = [(c.clause.start, c.clause.end) for c in reading.candidates]
        total += len(reading.prepared.sentences)
        unsure += len({clauses[n] for n in worth_asking(table)})
        every += len({clauses[n] for n in worth_asking(table, every=True)})
    some, most = 100 * unsure / total, 100 * every / total
    print(f"of 100 sentences a stance model is asked about {some:.0f}, with --stance-model-all about {most:.0f}")


def sentences(documents: Sequence[Document]) -> list[str]:
    from nlp.text import prepare

    prepared = (prepare(document.text, document.kind) for document in documents)
    return [one.sentence_text(n) for one in prepared for n in range(len(one.sentences))]


def cpu(work: Callable[[], object]) -> float:
    """CPU-seconds of this process, all its threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def judged(name: str, model: Path, texts: Sequence[str], base: float) -> None:
    """One model over the texts on one thread, and how much dearer than the default layers it is."""
    from nlp.models.classifier_runtime import load_classifier

    classifier = load_classifier(str(model), threads=1)
    tokens = sum(map(len, classifier.tokenizer(list(texts))["input_ids"])) / len(texts)
    classifier.logits(texts[:8])
    seconds = cpu(lambda: classifier.logits(texts))
    rate = len(texts) / seconds
    print(f"{name:32} {rate:9,.1f} sentences per CPU-second ({len(texts)} of {tokens:.0f} tokens in {seconds:.2f} s),"
          f" {base / rate:,.1f} times the CPU of the default layers")  # fmt: skip


def made(folder: Path, size: tuple[int, int, int], documents: Sequence[Document]) -> Path:
    """A BERT of this size with random weights, and a vocabulary learned from the documents."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    layers, width, heads = size
    config = BertConfig(
        vocab_size=VOCABULARY, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=4 * width, id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)},
    )  # fmt: skip
    torch.manual_seed(0)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer([document.text for document in documents]).save_pretrained(folder)
    return folder


def tokenizer(texts: Sequence[str]) -> Any:
    """A WordPiece tokenizer over the words of the texts."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import PreTrainedTokenizerFast

    learned = BertWordPieceTokenizer()
    learned.train_from_iterator(texts, vocab_size=VOCABULARY, show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        learned.save(f"{folder}/tokenizer.json")
        names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
        inputs = ["input_ids", "token_type_ids", "attention_mask"]
        file = f"{folder}/tokenizer.json"
        return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_file=file, model_input_names=inputs, **names
        )


def to_onnx(model: Path) -> Path:
    """Write model.onnx beside the weights."""
    import torch
    from transformers import BertForSequenceClassification

    network = BertForSequenceClassification.from_pretrained(model, attn_implementation="eager")
    network.eval()  # type: ignore[no-untyped-call]
    names, path = ["input_ids", "attention_mask", "token_type_ids"], model / "model.onnx"
    axes = {name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}}
    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on how it will be exported in future versions of torch
        torch.onnx.export(
            network, example, str(path), dynamo=False, input_names=names, output_names=["logits"], dynamic_axes=axes
        )
    return path


def to_eight_bits(path: Path) -> None:
    """Write model_int8.onnx beside model.onnx; weights scaled channel by channel."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises to prepare the graph, which dynamic quantization does without
    quantize_dynamic(path, path.with_name("model_int8.onnx"), per_channel=True, weight_type=QuantType.QInt8)


if __name__ == "__main__":
    main()
