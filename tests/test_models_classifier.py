"""A transformers classifier as a second opinion: labels, files, batches, blending, and every way it can be unusable."""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli import main_group
from nlp.extract import Options, extract
from nlp.models import classifier_runtime
from nlp.models.classifier import StanceModelChoice
from nlp.models.classifier_fit import tempered
from nlp.models.classifier_labels import MEANINGS, StanceModelError, label_map
from nlp.models.classifier_runtime import BATCH_TOKENS, by_length, load_classifier, onnx_file
from nlp.opinions import low_margin
from nlp.reading import read
from nlp.stance import shipped
from nlp.workers import extract_all
from scrapers.documents import Document
from tests.small_hub import small_hub
from tests.small_models import SENTIMENT, WORDS, inference_classifier, word_classifier, write_config, write_tokenizer

ROOT = Path(__file__).parents[1]
UPSIDE_DOWN = {"positive": "bearish", "negative": "bullish", "neutral": "neutral"}
TEXT = (
    "Analyst Mara Quill expects Bitcoin to climb to $90,000 by June. "
    "Tom Berg of Tern Capital sees Ether falling; he thinks it will drop to $900."
)
DOCUMENT = Document("d", "article", TEXT)


@pytest.fixture
def sentiment(tmp_path):
    return StanceModelChoice(str(word_classifier(tmp_path / "tone", SENTIMENT)), every=True)


# --- labels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "stances"),
    [
        (["positive", "negative", "neutral"], ((0,), (1,), (2,))),
        (["Bearish", "Neutral", "Bullish"], ((2,), (0,), (1,))),
        (["NEG", "POS"], ((1,), (0,), ())),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very_Positive"], ((3, 4), (0, 1), (2,))),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], ((3, 4), (0, 1), (2,))),
        (["bullish", "bearish", "none"], ((0,), (1,), ())),
    ],
)
def test_labels_are_read_by_what_they_say(labels, stances):
    assert label_map(labels, "m", {}).stances == stances


def test_inference_models_are_known_by_their_labels():
    assert label_map(["contradiction", "neutral", "entailment"], "m", {}).entailment == 2
    assert label_map(["entailment", "not_entailment"], "m", {}).entailment == 0


def test_numbered_labels_are_known_for_known_models_and_may_be_said():
    numbered = ["LABEL_0", "LABEL_1", "LABEL_2"]
    assert label_map(numbered, "cardiffnlp/twitter-roberta-base-sentiment", {}).stances == ((2,), (0,), (1,))
    own = {"LABEL_0": "bullish", "label_1": "other", "LABEL_2": "bearish"}
    assert label_map(numbered, "m", own).stances == ((0,), (2,), ())
    assert label_map(["positive", "negative"], "m", {"positive": "bearish", "negative": "bullish"}).stances[0] == (1,)


def test_an_unknown_label_is_named_with_all_labels_and_the_remedy():
    with pytest.raises(StanceModelError) as error:
        label_map(["joy", "anger", "neutral"], "mood", {})
    line = str(error.value)
    assert "\n" not in line
    assert "joy, anger" in line and "joy, anger, neutral" in line
    assert "calledit.toml" in line and "[stance_model.labels]" in line and 'joy = "bullish"' in line
    with pytest.raises(StanceModelError, match="tells no two stances apart"):
        label_map(["positive", "other"], "m", {})


def test_shipped_labels_mean_what_we_know():
    table = tomllib.loads(files("nlp.models").joinpath("classifier.toml").read_text(encoding="utf-8"))
    assert set(table["labels"]) == set(MEANINGS)
    assert all(set(row["labels"].values()) <= set(MEANINGS) for row in table["model"])
    assert all("{asset}" in sentence for sentence in table["hypotheses"].values())


def test_labels_of_one_stance_are_added_and_a_missing_stance_is_not_guessed():
    fine = label_map(["very positive", "positive", "negative"], "m", {})
    rows = np.exp(fine.log_scores(np.log([[0.3, 0.3, 0.4]])))
    assert rows[0, :2] == pytest.approx([0.6, 0.4]) and np.isnan(rows[0, 2])
    assert tempered(fine.log_scores(np.log([[0.3, 0.3, 0.4]])), 1.0)[0, :2] == pytest.approx([0.6, 0.4])


# --- running ------------------------------------------------------------------------------------------------------


def test_a_local_model_judges_candidates_by_their_clauses(sentiment):
    reading = read(DOCUMENT)
    rows = sentiment.load().judge(reading, range(len(reading.candidates)))
    found = {(c.asset, "bull" if row[0] > row[1] else "bear") for c, row in zip(reading.candidates, rows, strict=True)}
    assert ("BTC", "bull") in found and ("ETH", "bear") in found
    assert np.allclose(rows.sum(1), 1)


def test_an_inference_model_judges_hypotheses_about_the_asset(tmp_path):
    choice = StanceModelChoice(str(inference_classifier(tmp_path / "nli")), every=True)
    reading, model = read(DOCUMENT), choice.load()
    first = next(n for n, c in enumerate(reading.candidates) if c.asset == "BTC")
    assert model.judge(reading, [first])[0].argmax() == 0
    turned = replace(choice, hypotheses=("{asset} will crash", "{asset} will soar", "{asset} will stay")).load()
    assert turned.judge(reading, [first])[0].argmax() == 1
    assert turned._asked(reading, first)[0][1] == "Bitcoin will crash"


@given(st.lists(st.integers(1, 300), max_size=200))
def test_batches_hold_every_text_once_and_texts_of_like_length(lengths):
    batches = list(by_length(lengths))
    assert sorted(n for batch in batches for n in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[n] for n in batch) <= BATCH_TOKENS for batch in batches)
    tops = [lengths[n] for batch in batches for n in batch]
    assert tops == sorted(tops)


def test_batches_come_back_in_the_order_of_the_texts(sentiment, monkeypatch):
    monkeypatch.setattr(classifier_runtime, "BATCH_TOKENS", 24)
    classifier = load_classifier(sentiment.model)
    numbers = np.random.default_rng(0).integers(0, len(WORDS) - 1, (40, 30))
    texts = [" ".join(WORDS[n] for n in row[: 1 + k % 30]) for k, row in enumerate(numbers)]
    together = classifier.logits(texts)
    assert np.allclose(together, np.concatenate([classifier.logits([text]) for text in texts]))
    assert classifier.logits([]).shape == (0, 3)
    assert classifier.logits(["rise " * 500]).shape == (1, 3)


def test_eight_bit_files_come_first_and_may_lie_in_a_folder_of_their_own(tmp_path):
    folder = word_classifier(tmp_path / "m", SENTIMENT)
    assert onnx_file(folder) == folder / "model.onnx"
    word_classifier(folder, UPSIDE_DOWN, "onnx/model_quantized.onnx")
    assert onnx_file(folder) == folder / "onnx" / "model_quantized.onnx"
    assert load_classifier(str(folder)).logits(["rise"])[0].argmax() == 1, "the eight-bit file is what runs"
    assert onnx_file(tmp_path) is None


# --- claims -------------------------------------------------------------------------------------------------------


def test_calls_say_that_the_model_decided(sentiment):
    usual = [call for call in extract(DOCUMENT).calls if call.asset == "BTC"]
    assert usual[0].stance == "bullish"
    turned = StanceModelChoice(str(word_classifier(Path(sentiment.model), UPSIDE_DOWN)), every=True, weight=1.0)
    calls = [call for call in extract(DOCUMENT, Options(opinions=(turned,))).calls if call.asset == "BTC"]
    assert calls and calls[0].stance == "bearish"
    assert calls[0].layer == "transformers" and calls[0].rule.endswith(", tone")


def test_only_unclear_stances_are_asked_about_by_default(sentiment, monkeypatch):
    asked = []
    reading = read(DOCUMENT)
    unsure = low_margin(shipped().probabilities(reading.features))
    run = classifier_runtime.Classifier.logits
    monkeypatch.setattr(
        classifier_runtime.Classifier, "logits", lambda self, t, p=None: asked.extend(t) or run(self, t, p)
    )
    some = replace(sentiment, every=False)
    extract(DOCUMENT, Options(opinions=(some,)))
    assert len(asked) == len({reading.candidates[n].clause for n in unsure}) < len(reading.candidates)


def test_workers_read_what_one_process_reads(sentiment):
    options = Options(opinions=(sentiment,))
    documents = [Document(f"d{n}", "article", TEXT.replace("90,000", f"9{n},000")) for n in range(3)]
    one = list(extract_all(documents, options, 1))
    assert list(extract_all(documents, options, 2)) == one
    assert any(call.layer == "transformers" for claims in one for call in claims.calls)


def run(*arguments):
    return CliRunner().invoke(main_group, [str(a) for a in arguments])


@pytest.fixture
def one_document(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": "d", "kind": "article", "text": TEXT}) + "\n", encoding="utf-8")
    return ("extract", "--in", path, "--out", tmp_path / "out.jsonl")


def first_stance(tmp_path, asset):
    (line,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    return next(call["stance"] for call in json.loads(line)["calls"] if call["asset"] == asset)


def test_the_command_takes_a_model_from_the_line_or_from_calledit_toml(tmp_path, one_document):
    folder = word_classifier(tmp_path / "m", {"LABEL_0": "bearish", "LABEL_1": "bullish"}, strength=30.0)
    config = tmp_path / "calledit.toml"
    config.write_text('[stance_model.labels]\nLABEL_0 = "bullish"\nLABEL_1 = "bearish"\n', encoding="utf-8")
    found = run(*one_document, "--stance-model", folder, "--stance-model-all", "--config", config)
    assert found.exit_code == 0, found.output
    assert first_stance(tmp_path, "BTC") == "bearish"
    config.write_text(f'[stance_model]\nmodel = "{folder}"\nevery = true\nlabels.LABEL_0 = "bearish"\n'
                      'labels.LABEL_1 = "bullish"\n', encoding="utf-8")  # fmt: skip
    assert run(*one_document, "--config", config).exit_code == 0
    assert first_stance(tmp_path, "BTC") == "bullish"


def test_a_database_is_read_again_by_another_model(tmp_path, one_document):
    db = tmp_path / "c.db"
    given_lines = ("import", one_document[2], "--db", db)
    assert run(*given_lines).exit_code == 0, run(*given_lines).output
    assert run("extract", "--db", db).exit_code == 0
    folder = word_classifier(tmp_path / "m", UPSIDE_DOWN, strength=30.0)
    assert run("extract", "--db", db, "--stance-model", folder, "--stance-model-all").exit_code == 0
    import sqlite3

    rows = sqlite3.connect(db).execute(
        "select layer, rule like '%, m', superseded_at is null from calls"
        " where asset = 'BTC' and quote like 'Analyst Mara Quill%' order by read_at, rowid"
    )
    assert rows.fetchall() == [("linear", 0, 0), ("transformers", 1, 1)]


# --- what cannot be used ------------------------------------------------------------------------------------------


def refused(*arguments):
    found = run(*arguments)
    assert found.exit_code == 1
    (line,) = found.output.splitlines()
    return line


def test_every_unusable_model_is_refused_with_one_line(tmp_path, one_document):
    def line(model, *more):
        return refused(*one_document, "--stance-model", model, *more)

    assert "there is no such folder" in line(tmp_path / "nowhere")
    mood = word_classifier(tmp_path / "mood", {"joy": "bullish", "anger": "bearish"})
    assert "labels that calledit does not know (joy, anger" in line(mood)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no config.json" in line(empty)
    write_tokenizer(empty)
    write_config(empty, ["positive", "negative"])
    assert "holds no weights" in line(empty)
    (empty / "model.onnx").write_bytes(b"not a model")
    assert "cannot be read by ONNX Runtime" in line(empty)
    write_config(empty, ["positive", "negative"], "BertForMaskedLM")
    assert "is a BertForMaskedLM, not a sequence classifier" in line(empty)
    (empty / "config.json").write_text("{", encoding="utf-8")
    assert "cannot be read" in line(empty)
    assert "needs a model" in refused(*one_document, "--stance-model-all")


def test_without_torch_the_line_names_the_extra(tmp_path, one_document, monkeypatch):
    folder = word_classifier(tmp_path / "m", SENTIMENT)
    (folder / "model.onnx").rename(folder / "model.safetensors")
    monkeypatch.setattr(classifier_runtime, "find_spec", lambda name: None)
    assert "pip install 'calledit[torch]'" in refused(*one_document, "--stance-model", folder)


LOADED = (
    "import sys; from nlp.models.classifier_runtime import load_classifier; print(load_classifier(sys.argv[1]).labels)"
)


def loaded_with(address, home, model):
    """load_classifier in a process of its own: the hub's client reads where it is once, when it is imported."""
    ours = {"HF_ENDPOINT": address, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-c", LOADED, model]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **ours}, capture_output=True, text=True, check=False)


def test_a_model_of_the_hub_is_fetched_once_with_one_file_of_weights(tmp_path):
    folder = word_classifier(tmp_path / "m", SENTIMENT)
    word_classifier(folder, SENTIMENT, "onnx/model_quantized.onnx")
    (folder / "model.safetensors").write_bytes(b"large, and of no use here")
    with small_hub("someone/tone", folder) as (address, given):
        found = loaded_with(address, tmp_path / "hub", "someone/tone")
    assert found.stdout.strip() == str(tuple(SENTIMENT)), found.stderr
    assert {"config.json", "tokenizer.json", "onnx/model_quantized.onnx"} <= set(given)
    assert not {"model.onnx", "model.safetensors"} & set(given)
    again = loaded_with(address, tmp_path / "hub", "someone/tone")
    assert again.stdout == found.stdout, f"what was fetched serves without the hub: {again.stderr}"


def test_a_hub_that_cannot_be_reached_is_named(tmp_path):
    found = loaded_with("http://127.0.0.1:9", tmp_path, "someone/else")
    line = found.stderr.splitlines()[-1]
    assert "someone/else is no folder here and could not be fetched from the model hub (Connect" in line


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ('stance_model = "m"', "stance_model is a table"),
        ('[stance_model]\nmodel = "m"\nhypotheses.bullish = "up"', "needs a sentence for each"),
        ("[stance_model", "is not valid TOML"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(one_document, tmp_path, toml, reason):
    config = tmp_path / "calledit.toml"
    config.write_text(toml, encoding="utf-8")
    assert reason in refused(*one_document, "--config", config)
