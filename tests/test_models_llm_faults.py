"""Many documents read through a server with every fault there is: nothing lost, nothing invented."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

pytest.importorskip("llm", reason="the extra `llm` is not installed")

from cli import main_group
from commands.extract import extract_database
from db.documents import add_documents
from db.store import open_store
from nlp.extract import Options
from nlp.gold import gold_pairs, load_gold, own_corpus
from nlp.models.llm import Patience
from tests.llm_samples import fake_model, reader
from tests.llm_server import FakeModel, Reply, rows

GOLD = Path(__file__).parents[2] / "shared" / "data" / "gold"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    with fake_model(tmp_path, monkeypatch) as model:
        yield model


def told(annotated: Any) -> dict[str, list[Any]]:
    """What a good reader would answer, each row followed by a twin with something invented."""
    calls = [
        row
        for call in annotated.calls
        for row in (call, call | {"target": 37123.5}, call | {"quote": "As I always say, buy it all now."})
    ]
    figures = [
        row
        for figure in annotated.figures
        for row in (figure, figure | {"text": "37123.5 doubloons", "value": 37123.5})
    ]
    correlations = [row for c in annotated.correlations for row in (c, c | {"magnitude_pct": 37123.5})]
    return {"calls": calls, "correlations": correlations, "figures": figures}


def faulty(answers: dict[str, dict[str, list[Any]]], slow_s: float) -> Callable[[str, int], Reply]:
    """A server with a fault for most requests; every seventeenth text never gets an answer."""
    tried: Counter[str] = Counter()
    faults = [
        Reply(status=429), Reply(status=500), Reply("{"), Reply("no claims"), Reply(body="<html></html>"),
        Reply('{"calls": {}}'), Reply('{"calls": [null, 7, {}, {"quote": 5}]}'), Reply(delay_s=slow_s), Reply(""),
    ]  # fmt: skip

    def reply(message: str, number: int) -> Reply:
        place = int(hashlib.sha256(message.encode()).hexdigest(), 16)
        tried[message] += 1
        if place % 17 == 0:
            return Reply(status=500)
        if tried[message] == 1 and place % 3:
            return faults[place % len(faults)] if place % 97 == 0 or place % len(faults) != 7 else Reply(status=503)
        text = message.partition("<text>\n")[2].partition("\n</text>")[0]
        return rows(**next((rows for body, rows in answers.items() if text in body), {}))

    return reply


def survive(fake: FakeModel, tmp_path: Path, annotated: list[Any]) -> dict[str, int]:
    """Read the documents into a database through the faulty server; the counts, after the promises are checked."""
    answers = {a.document.text: told(a) for a in annotated}
    fake.answer = faulty(answers, slow_s=3.0)
    database = open_store(tmp_path / "a.db")
    add_documents(database, [a.document for a in annotated], datetime(2025, 3, 4, tzinfo=UTC))
    one = reader(tmp_path, patience=Patience(tries=3, seconds=2.5, pause_s=0.0))
    with click.Context(main_group):
        done, claims = extract_database(database, 1, Options(), one)
    ids = {a.document.id for a in annotated}
    assert done == len(ids) == one.tally.read + one.tally.failed + one.tally.undone
    assert {row[0] for row in database.execute("select id from documents where extractor_version is not null")} == ids
    invented = "select count(*) from {} where quote like '%As I always say%' or {} = 37123.5"
    for table, column in (("calls", "target"), ("correlations", "magnitude_pct"), ("figures", "value")):
        assert database.execute(invented.format(table, column)).fetchone()[0] == 0
    for kind, text in database.execute("select c.quote, d.text from calls c join documents d on d.id = document_id"):
        assert kind in text
    verified = "select count(*) from {} where layer = 'llm' and verified and rule = 'fake'"
    assert all(database.execute(verified.format(t)).fetchone()[0] == 0 for t in ("calls", "correlations", "figures"))
    tally = one.tally
    return {
        "documents": done, "requests": fake.count, "claims": claims, "read": tally.read, "failed": tally.failed,
        "undone": tally.undone, "added": tally.added, "filled": tally.filled, "refused": tally.refused,
    }  # fmt: skip


def test_every_fault_on_our_own_corpus(fake: FakeModel, tmp_path: Path) -> None:
    documents = {a.document.id: a for a in own_corpus("train") if len(a.document.text) > 250}
    counts = survive(fake, tmp_path, list(documents.values())[:40])
    assert counts["read"] > 30 and counts["refused"] > 100 and not counts["undone"], counts
    assert counts["failed"] and counts["requests"] > 60, counts


@pytest.mark.slow
def test_every_fault_on_the_gold_set(fake: FakeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not GOLD.exists():
        pytest.skip(f"{GOLD} is not there")
    annotated = {a.document.id: a for texts, labels in gold_pairs(GOLD) for a in load_gold(texts, labels)}
    counts = survive(fake, tmp_path, list(annotated.values()))
    with capsys.disabled():
        print(f"\n{counts}")
    assert counts["documents"] == len(annotated) and not counts["undone"]
