"""`calledit extract --llm`: what reaches the tables and files, and what is said in one line."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("llm", reason="the extra `llm` is not installed")

from cli import main_group
from db.documents import add_documents
from db.llm_answers import KeptAnswers
from db.store import open_store
from nlp.extract import Options
from nlp.models.llm import Answer, prompt_version
from tests.llm_samples import CALL, SOLANA, document, fake_model
from tests.llm_server import FakeModel, rows


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    with fake_model(tmp_path, monkeypatch) as model:
        yield model


INVENTED: list[dict[str, Any]] = [
    CALL | {"quote": "Mara Quill expects Bitcoin to reach $250,000 by June, and quickly.", "target": 250000},
    CALL | {"target": 250000},
    CALL | {"target": {"pct": 300}},
    CALL | {"asset": "XRP"},
    CALL | {"asset": "ETH", "target": None},
    CALL | {"speaker": "Pell Arundel"},
    CALL | {"stance": "bearish"},
    CALL | {"horizon": "by the end of 2039"},
]
FIGURES = [
    {"text": "$61,500", "value": 65100, "unit": "USD", "role": "price"},
    {"text": "77%", "value": 77, "unit": "%", "role": "change"},
]
PATTERN = {
    "quote": CALL["quote"], "speaker": "", "driver": "ETH", "response": "BTC", "relation": "positive",
    "kind": "pattern", "magnitude_pct": 300,
}  # fmt: skip


def planted(database: Any) -> list[Any]:
    """Rows of the claims tables that hold anything invented."""
    calls = """select * from calls where target in (250000, 300) or asset in ('XRP', 'ETH') or speaker = 'Pell Arundel'
               or stance = 'bearish' or horizon like '%2039%'"""
    others = ("select * from figures where value in (65100, 77)", "select * from correlations")
    return [row for sql in (calls, *others) for row in database.execute(sql)]


def stored(path: Path, count: int) -> Any:
    database = open_store(path)
    add_documents(database, [document(n) for n in range(count)], datetime(2025, 3, 4, tzinfo=UTC))
    return database


def run(path: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main_group, ["extract", "--db", str(path), *arguments])


def test_a_planted_hallucination_never_reaches_the_tables(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: rows(calls=[*INVENTED, CALL], correlations=[PATTERN], figures=FIGURES)
    database = stored(tmp_path / "a.db", 3)
    outcome = run(tmp_path / "a.db", "--llm", "fake", "--json")
    assert outcome.exit_code == 0, outcome.output
    assert planted(database) == []
    assert database.execute("select count(distinct document_id) from calls where asset = 'BTC'").fetchone()[0] == 3
    refused = Counter(row[0] for row in database.execute("select document_id from rejected_claims"))
    assert refused == {f"d{n}": len(INVENTED) + 1 + len(FIGURES) for n in range(3)}
    reasons = [row[0] for row in database.execute("select reason from rejected_claims")]
    assert all(reason.startswith("fake: ") for reason in reasons)


def test_the_command_reads_each_document_once_with_each_model(fake: FakeModel, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = stored(path, 3)
    assert json.loads(run(path, "--json").stdout)["documents"] == 3
    assert json.loads(run(path, "--llm", "fake", "--json").stdout)["documents"] == 3
    assert fake.count == 3
    assert json.loads(run(path, "--llm", "fake", "--json").stdout)["documents"] == 0
    assert json.loads(run(path, "--json").stdout)["documents"] == 0, "what an LLM read is read"
    versions = {row[0] for row in database.execute("select extractor_version from documents")}
    assert versions == {f"{Options().version}+llm:fake@{prompt_version()}"}
    assert (tmp_path / "data" / "calledit" / "llm-answers.db").exists()


def test_the_command_says_what_is_left_undone_and_goes_on(fake: FakeModel, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    stored(path, 5)
    outcome = run(path, "--llm", "fake", "--llm-budget", "6000")
    assert outcome.exit_code == 0 and "the budget of 6,000 tokens is spent" in outcome.stderr
    assert "claims read out of 5 documents" in outcome.stderr
    left = 5 - fake.count
    assert 0 < left < 5
    assert json.loads(run(path, "--llm", "fake", "--json").stdout)["documents"] == left
    assert fake.count == 5


def test_the_command_reads_files_too(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: rows(calls=[SOLANA])
    given, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    text = "Solana has room to double from here, say the charts."
    given.write_text("".join(json.dumps({"id": f"x{n}", "text": f"{text} {n}"}) + "\n" for n in range(9)))
    outcome = CliRunner().invoke(main_group, ["extract", "--in", str(given), "--out", str(out), "--llm", "fake"])
    assert outcome.exit_code == 0, outcome.output
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 9 and all(any(c["asset"] == "SOL" for c in line["calls"]) for line in lines)


@pytest.mark.parametrize("model", ["no-such-model", "fake-key"])
def test_the_command_refuses_in_one_line(fake: FakeModel, tmp_path: Path, model: str) -> None:
    database = stored(tmp_path / "a.db", 1)
    outcome = run(tmp_path / "a.db", "--llm", model)
    assert outcome.exit_code == 1 and len(outcome.stderr.strip().splitlines()) == 1
    assert database.execute("select count(*) from calls").fetchone()[0] == 0, (
        "nothing is read before the model is found"
    )


def test_the_command_names_the_extra_it_needs(fake: FakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path / "a.db", 1)
    monkeypatch.setitem(sys.modules, "llm", None)
    outcome = run(tmp_path / "a.db", "--llm", "fake")
    assert outcome.stderr == "calledit: --llm needs the extra `llm`: pip install 'calledit[llm]'\n"
    assert run(tmp_path / "a.db").exit_code == 0, "without --llm nothing of it is needed"


def test_a_file_that_holds_no_answers_is_named(fake: FakeModel, tmp_path: Path) -> None:
    stored(tmp_path / "a.db", 1)
    kept = tmp_path / "data" / "calledit" / "llm-answers.db"
    kept.parent.mkdir(parents=True)
    kept.write_text("a letter to a friend, longer than the header of a database " * 20)
    outcome = run(tmp_path / "a.db", "--llm", "fake")
    assert outcome.exit_code == 1 and str(kept) in outcome.stderr and len(outcome.stderr.splitlines()) == 1


def test_kept_answers_outlive_the_run_and_are_replaced(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path / "new" / "kept.db")
    assert kept.get("k") is None
    for text in ("{}", '{"calls": []}'):
        kept.put("k", "fake", "v", Answer(text, 1, 2))
    kept.close()
    assert KeptAnswers(tmp_path / "new" / "kept.db").get("k") == '{"calls": []}'
