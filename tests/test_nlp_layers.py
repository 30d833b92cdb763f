"""What layers buy and cost: paired differences over drawn documents, and `calledit eval --layers` with small models."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import nlp.layers
import nlp.models.encoder
import nlp.models.encoder_files
from cli import main_group
from nlp.evaluate import Tally, total
from nlp.extract import extract
from nlp.gold import gold_pairs, load_gold
from nlp.layers import Combination, Start, measured, start_up
from nlp.models.classifier import StanceModelChoice
from nlp.opinions import loaded
from nlp.resampling import difference, estimated
from tests.llm_server import FakeModel, register, rows, serving
from tests.small_models import word_classifier

UPSIDE_DOWN = {"up": "bearish", "down": "bullish", "flat": "neutral"}
NAMES, MOVES = ("Mara Quill", "Tom Berg", "Ines Vale"), (("rally to", "bullish"), ("fall to", "bearish"))
UNSURE = "Ether may rally, or it may fall. Ether looks strong, but may fall, or rally, or do neither."
MISSED = "The old rule about Solana and full moons holds this month as well."


def documents() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Twenty short articles and what they claim; of the last sentence the default layers read nothing."""
    texts, labels = [], []
    for number in range(20):
        name, (move, stance) = NAMES[number % 3], MOVES[number % 2]
        view = f"{name} expects Bitcoin to {move} ${number + 60},000 by June."
        texts.append({"id": f"d{number}", "kind": "article", "text": f"Notes\n\n{view} {UNSURE}\n\n{MISSED}"})
        call = {"quote": view, "speaker": name, "asset": "BTC", "stance": stance, "target": (number + 60) * 1000}
        missed = {"quote": MISSED, "speaker": "", "asset": "SOL", "stance": "bullish", "target": None}
        labels.append({"id": f"d{number}", "calls": [call, missed], "correlations": [], "figures": []})
    return texts, labels


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documents in a folder; no encoder is installed."""
    for name, part in zip(("made.jsonl", "made_gold.jsonl"), documents(), strict=True):
        (tmp_path / name).write_text("\n".join(map(json.dumps, part)), encoding="utf-8")
    monkeypatch.setenv("CALLEDIT_ENCODER", str(tmp_path / "nowhere"))
    return tmp_path


def evaluated(gold: Path, *arguments: str) -> list[dict[str, Any]]:
    run = CliRunner().invoke(main_group, ["eval", "--layers", "--gold", str(gold), "--json", *arguments])
    assert run.exit_code == 0, run.output
    found: list[dict[str, Any]] = json.loads(run.stdout)["made"]
    return found


@pytest.fixture
def quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """No new processes, to which a test's made-up model would be unknown."""
    monkeypatch.setattr(nlp.layers, "start_up", lambda combination, llm=None: Start(1.5, 200.0))


# --- drawn documents ----------------------------------------------------------------------------------------------


def counts(matched: int, gold: int, predicted: int) -> Tally:
    return Tally(Counter(call=matched), Counter(call=gold), Counter(call=predicted))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_an_estimate_is_the_f1_of_all_documents_inside_its_interval(parts):
    tallies = [counts(m, m + g, m + p) for m, g, p in parts]
    found = estimated(tallies, "call")
    if found is None:
        assert not any(map(sum, parts))
    else:
        assert found.value == pytest.approx(total(tallies).table()["call"]["f1"])
        assert 0 <= found.low <= found.high <= 1
        assert found == estimated(tallies, "call"), "the same documents are drawn at every run"


def test_a_difference_is_paired():
    """One reader finds one call more in each document; how many calls there are varies much more."""
    base = [counts(n, 2 * n + 2, 2 * n + 2) for n in range(30)]
    better = [counts(n + 1, 2 * n + 2, 2 * n + 2) for n in range(30)]
    found, alone = difference(base, better, "call"), estimated(base, "call")
    assert found is not None
    assert alone is not None
    assert 0 < found.low < found.value < found.high < 0.1
    same = difference(base, base, "call")
    assert same is not None
    assert (same.value, same.low, same.high) == (0, 0, 0)
    with pytest.raises(ValueError, match="30 and 29"):
        difference(base, better[1:], "call")


def test_a_share_is_estimated_too_and_what_nobody_judged_is_not():
    tallies = [Tally(right=Counter(target=n % 2), of=Counter(target=1)) for n in range(10)]
    found = estimated(tallies, "target")
    assert found is not None
    assert found.value == 0.5
    assert estimated(tallies, "call") is None
    assert estimated([], "target") is None


# --- reading on one clock -----------------------------------------------------------------------------------------


def test_what_is_measured_is_what_extract_reads(gold: Path, tmp_path: Path) -> None:
    model = StanceModelChoice(str(word_classifier(tmp_path / "m", UPSIDE_DOWN, strength=30.0)), every=True)
    found = [annotated for pair in gold_pairs(gold) for annotated in load_gold(*pair)]
    for one in (Combination("default layers"), Combination("+ m", (model,))):
        result = measured(found, one)
        assert result.claims == [extract(annotated.document, one.options) for annotated in found]
        assert len(result.tallies) == len(found)
        assert result.cpu_s > 0


def test_starting_is_measured_in_a_new_process(tmp_path: Path) -> None:
    model = StanceModelChoice(str(word_classifier(tmp_path / "m", UPSIDE_DOWN)), every=True)
    start = start_up(Combination("+ m", (model,)))
    assert 0.1 < start.cpu_s < 60
    assert start.memory_mb is None or 30 < start.memory_mb < 3000


# --- the command --------------------------------------------------------------------------------------------------


def test_a_stance_model_stands_beside_the_default_layers(gold: Path, tmp_path: Path, quick_start: None) -> None:
    folder = word_classifier(tmp_path / "m", UPSIDE_DOWN, strength=30.0)
    default, other = evaluated(gold, "--stance-model", str(folder), "--stance-model-all")
    assert (default["layers"], other["layers"]) == ("default layers", "+ m")
    assert default["differences"] == {}
    assert other["differences"]["call_stance"]["high"] < 0, "a model that is always wrong makes it worse"
    assert other["scores"]["call_flip"]["value"] > default["scores"]["call_flip"]["value"]
    assert other["scores"]["figure_span"] == default["scores"]["figure_span"]
    assert default["documents"] == 20
    assert default["cpu_s_per_1000_words"] > 0
    assert default["start_up"] == {"cpu_s": 1.5, "memory_mb": 200.0}
    assert default["tokens"] is None


@dataclass
class Sure:
    """An encoder that says bullish of everything, and remembers how often it was asked."""

    every: bool
    asked: list[int]
    name: str = "all-MiniLM-L6-v2"
    layer: str = "encoder"
    whole: bool = True
    weight: float = 1.0
    calls: None = None

    def judge(self, reading, indices):
        self.asked[0] += len(indices)
        return np.tile(np.array((0.98, 0.005, 0.005)), (len(indices), 1))


@pytest.fixture
def encoder(gold: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[bool, list[int]]]:
    """An installed encoder, made up; the value counts the candidates it was asked about, by `every`."""
    asked = {False: [0], True: [0]}
    monkeypatch.setattr(nlp.models.encoder_files, "is_installed", lambda: True)
    monkeypatch.setattr(nlp.models.encoder_files, "checked", lambda folder: folder)
    monkeypatch.setattr(nlp.models.encoder, "adapter_version", lambda: "made-up")
    monkeypatch.setattr(
        nlp.models.encoder.EncoderChoice, "load", lambda choice: Sure(choice.every, asked[choice.every])
    )
    loaded.cache_clear()
    yield asked
    loaded.cache_clear()


def test_an_installed_encoder_is_tried_both_ways(gold: Path, encoder: dict[bool, list[int]], quick_start: None) -> None:
    default, unsure, every = evaluated(gold)
    assert [row["layers"] for row in (default, unsure, every)] == [
        "default layers",
        "+ encoder, unsure",
        "+ encoder, all",
    ]
    assert 0 < encoder[False][0] < encoder[True][0]
    assert every["scores"]["call_flip"]["value"] > default["scores"]["call_flip"]["value"]


def test_combinations_join_the_encoder_with_another_model(
    gold: Path, tmp_path: Path, encoder: dict[bool, list[int]], quick_start: None
) -> None:
    folder = word_classifier(tmp_path / "m", UPSIDE_DOWN)
    found = [row["layers"] for row in evaluated(gold, "--stance-model", str(folder))]
    assert found[3:] == ["+ m", "+ encoder, unsure + m"]


def test_eval_takes_the_encoder_by_option_or_from_calledit_toml(gold: Path, encoder: dict[bool, list[int]]) -> None:
    config = gold / "calledit.toml"
    config.write_text('[reading]\nencoder = "all"\n', encoding="utf-8")
    scores = [
        json.loads(run.stdout)["made"]["scores"]["call_stance"]["f1"]
        for arguments in ((), ("--encoder", "all"), ("--config", str(config)))
        if (run := CliRunner().invoke(main_group, ["eval", "--gold", str(gold), "--json", *arguments]))
    ]
    assert scores[0] != scores[1] == scores[2]


def test_the_tables_are_printed(gold: Path, encoder: dict[bool, list[int]], quick_start: None) -> None:
    run = CliRunner().invoke(main_group, ["eval", "--layers", "--gold", str(gold)])
    assert run.exit_code == 0, run.output
    lines = run.stderr.splitlines()
    assert lines[0].startswith("made: 20 documents, ")
    assert sum(line.startswith("  + encoder, all ") for line in lines) == 3, "quality, difference and cost"
    assert all(len(line) < 120 for line in lines)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--layers", "--encoder", "all"), "leave out --encoder"),
        (("--llm", "fake"), "--llm goes with --layers"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: tuple[str, ...], words: str) -> None:
    run = CliRunner().invoke(main_group, ["eval", *arguments])
    assert run.exit_code == 2
    assert words in run.output


@pytest.fixture
def llm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    pytest.importorskip("llm", reason="the extra `llm` is not installed")
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    missed = {"quote": MISSED, "speaker": "", "asset": "SOL", "stance": "bullish", "target": None}
    model = FakeModel(lambda message, number: rows(calls=[missed]))
    with serving(model) as address:
        register(tmp_path / "llm", address)
        yield model


def test_a_language_model_is_paid_once_and_its_tokens_are_told_every_time(
    gold: Path, llm: FakeModel, quick_start: None
) -> None:
    default, other = evaluated(gold, "--llm", "fake")
    assert other["layers"] == "+ fake"
    assert other["differences"]["call_stance"]["low"] > 0
    assert other["cpu_s"] > default["cpu_s"]
    assert (llm.count, other["tokens"], default["tokens"]) == (20, 20 * 1200, None)
    again = evaluated(gold, "--llm", "fake")[1]
    assert llm.count == 20
    assert [again[key] for key in ("scores", "differences", "tokens")] == [
        other[key] for key in ("scores", "differences", "tokens")
    ]


@pytest.mark.slow
def test_starting_with_a_language_model_is_measured_in_a_new_process(llm: FakeModel) -> None:
    assert start_up(Combination("+ fake", llm=True), "fake").cpu_s > 0.1


# --- calledit.toml ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("run",), ("schedule", "--once"), ("extract",), ("demo", "--no-serve")])
def test_a_configured_encoder_that_is_not_there_is_told_in_one_line(
    command: tuple[str, ...], gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(gold)
    (gold / "calledit.toml").write_text('[reading]\nencoder = "unsure"\n', encoding="utf-8")
    run = CliRunner().invoke(main_group, [*command, "--db", str(gold / "a.db"), "--quiet"])
    assert run.exit_code == 1
    assert run.stderr.count("\n") == 1
    assert "run `calledit encoder install`" in run.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[reading]\nencoder = "some"', 'is "unsure" or "all", not \'some\''),
        ("[reading]\nencoder = [1]", "not [1]"),
        ('[reading]\nmodel = "unsure"', "has one key"),
        ('reading = "unsure"', "reading is a table"),
        ("[reading", "is not valid TOML"),
    ],
)
def test_a_table_that_cannot_be_meant_is_named(text: str, words: str, gold: Path) -> None:
    config, given = gold / "calledit.toml", gold / "made.jsonl"
    config.write_text(text, encoding="utf-8")
    arguments = ["extract", "--in", str(given), "--out", str(gold / "out.jsonl"), "--config", str(config)]
    run = CliRunner().invoke(main_group, arguments)
    assert run.exit_code == 1
    assert run.stderr.count("\n") == 1
    assert words in run.stderr
