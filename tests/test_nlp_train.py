"""Training: deterministic, from documents of our own; weights that load; a card without sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main_group
from nlp import carry
from nlp.gold import Annotated, gold_pairs, load_gold
from nlp.train import train_calls
from nlp.train_stance import examples, folds

pytest.importorskip("sklearn")

NAMES = ("Mara Ellison", "Theo Marsh", "Orban Vale", "Dana Surrel", "Kara Holt")
ASSETS = (("Bitcoin", "BTC"), ("Ether", "ETH"), ("Gold", "GOLD"), ("Solana", "SOL"))


def rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sixty small articles and their labels."""
    texts, labels = [], []
    for number in range(60):
        name, (word, symbol) = NAMES[number % 5], ASSETS[number % 4]
        up, quiet = number % 3 != 0, number % 6 == 5  # many documents claim nothing
        move = "rally toward" if up else "slide below"
        view = f"{name} expects {word} to {move} ${number + 40},000 this year."
        said = f"{word} rose 2% last week, data showed." if quiet else view
        body = f"{word} traded at ${number + 50},000 on Monday. {said} Volumes were thin on Tuesday."
        texts.append({"id": f"t{number}", "kind": "article", "field": "crypto", "text": f"{word} in brief\n\n{body}"})
        stance = "bullish" if up else "bearish"
        call = {"quote": view, "speaker": name, "asset": symbol, "stance": stance, "target": None}
        labels.append({"id": f"t{number}", "calls": [] if quiet else [call], "correlations": [], "figures": []})
    return texts, labels


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    for name, part in zip(("train_own.jsonl", "train_own_gold.jsonl"), rows(), strict=True):
        (tmp_path / name).write_text("\n".join(map(json.dumps, part)), encoding="utf-8")
    return tmp_path


def documents(folder: Path) -> list[Annotated]:
    return [a for pair in gold_pairs(folder, "train_") for a in load_gold(*pair)]


def test_labels_lie_over_the_clauses_they_quote(gold: Path) -> None:
    (example, *_) = examples(documents(gold))
    marked = [c.asset for c, label in zip(example.reading.candidates, example.labels, strict=True) if label != "none"]
    assert marked == ["BTC"]


def test_folds_are_the_same_at_every_run() -> None:
    assert list(folds(20)) == list(folds(20)) and set(folds(20)) == set(range(5))


def test_training_twice_gives_the_same_weights_and_learns(gold: Path) -> None:
    first, second = train_calls(documents(gold)), train_calls(documents(gold))
    assert first.stance.to_bytes() == second.stance.to_bytes()
    assert first.calibration == second.calibration
    assert first.quality["crypto: call_stance"]["f1"] > 0.8


def test_the_command_writes_weights_and_a_card(gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights"
    in_use = dict(zip(carry.NAMES, carry.weights(), strict=True))
    try:
        run = CliRunner().invoke(main_group, ["train", "--gold", str(gold), "--out", str(out), "--json"])
    finally:
        carry.use(in_use)
    assert run.exit_code == 0, run.output
    assert {path.name for path in out.iterdir()} >= {
        "stance.npz",
        "ranking.npz",
        "calibration.json",
        "carry.json",
        "CARD.md",
    }
    assert "Mara Ellison" not in (out / "CARD.md").read_text(encoding="utf-8")


def test_a_line_that_is_no_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "train_x.jsonl").write_text('{"id": "a", "text": "x"}\nnot json\n', encoding="utf-8")
    (tmp_path / "train_x_gold.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        load_gold(tmp_path / "train_x.jsonl", tmp_path / "train_x_gold.jsonl")


def test_eval_prints_every_measure(gold: Path) -> None:
    run = CliRunner().invoke(main_group, ["eval", "--gold", str(gold), "--json"])
    assert run.exit_code == 0, run.output
    scores = json.loads(run.output)["train_own"]["scores"]
    assert scores["call_stance"]["gold"] == 50
