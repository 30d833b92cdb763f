"""`calledit extract --llm` through the real `llm` library, against a loopback server with every fault there is."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

pytest.importorskip("llm", reason="the extra `llm` is not installed")

from cli import main_group
from commands.extract import extract_database
from db.documents import add_documents
from db.llm_answers import KeptAnswers
from db.store import open_store
from nlp.claims import Claims, document_annotation
from nlp.extract import Options, extract
from nlp.gold import gold_pairs, load_gold, own_corpus
from nlp.models.llm import Answer, Asker, Patience, open_model, parsed, prompt_version
from nlp.models.llm_faults import LlmError, NoAnswerError, StoppedError, described, pause
from nlp.models.llm_reading import LlmReader
from nlp.models.llm_spending import FAILURES, Spending
from scrapers.documents import Document
from tests.llm_server import FakeModel, Reply, register, rows, serving

GOLD = Path(__file__).parents[2] / "shared" / "data" / "gold"
TEXT = "Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June. The coin traded at $61,500 on Monday."
QUICK = Patience(tries=3, seconds=20.0, pause_s=0.0)
CALL = {
    "quote": "Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June.",
    "speaker": "Mara Quill", "organisation": "Tern Capital", "asset": "BTC", "stance": "bullish", "target": 90000,
    "horizon": "by June", "conditional": False, "verbatim": False,
}  # fmt: skip
SOLANA = {
    "quote": "Solana has room to double",
    "speaker": "",
    "asset": "SOL",
    "stance": "bullish",
    "target": {"pct": 100},
}


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    """The server, known to the `llm` library, with data folders of the test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    model = FakeModel()
    with serving(model) as address:
        register(tmp_path / "llm", address)
        yield model


def reader(tmp_path: Path, name: str = "fake", budget: int = 10**9, patience: Patience = QUICK) -> LlmReader:
    return LlmReader(Asker(open_model(name), KeptAnswers(tmp_path / "kept.db"), Spending(budget), patience))


def document(number: int, text: str = TEXT) -> Document:
    return Document(f"d{number}", "article", f"Note {number}\n\n{text}", url=f"https://example.test/{number}")


def read(one: LlmReader, documents: list[Document]) -> list[Claims]:
    return list(one.read_all((d, extract(d)) for d in documents))


# --- asking -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fake", "fake-plain", "fake-whole"])
def test_one_answer_becomes_claims_and_is_kept(fake: FakeModel, tmp_path: Path, name: str) -> None:
    fake.answer = lambda message, number: rows(calls=[SOLANA])
    one = reader(tmp_path, name)
    (claims,) = read(one, [document(1, "Solana has room to double from here, say the charts.")])
    assert any((c.asset, c.stance, c.layer) == ("SOL", "bullish", "llm") for c in claims.calls)
    assert claims.extractor_version == f"{Options().version}+llm:{name}@{prompt_version()}"
    assert one.asker.spending.tokens == 1200 and fake.count == 1
    again = reader(tmp_path, name)
    assert read(again, [document(1, "Solana has room to double from here, say the charts.")]) == [claims]
    assert fake.count == 1 and again.asker.spending.from_cache == 1 and again.asker.spending.tokens == 0


def test_the_schema_is_sent_to_models_that_take_one_and_told_to_others(fake: FakeModel, tmp_path: Path) -> None:
    read(reader(tmp_path, "fake"), [document(1)])
    read(reader(tmp_path, "fake-plain"), [document(1)])
    with_schema, plain = fake.requests
    assert with_schema["response_format"]["json_schema"]["schema"]["required"] == ["calls", "correlations", "figures"]
    assert "response_format" not in plain and '"calls": {"type": "array"' in plain["messages"][0]["content"]
    assert all(TEXT in request["messages"][1]["content"] for request in fake.requests)


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=429),
        Reply(status=500),
        Reply(status=503, headers=(("x-should-retry", "false"), ("retry-after", "0.01"))),
        Reply("I found no claims in this text."),
        Reply('{"calls": [{"quote": "Mara'),
        Reply('{"calls": "none", "correlations": [], "figures": []}'),
        Reply('{"answer": 42}'),
        Reply('{"calls": ' + "[" * 100_000),
        Reply('{"calls": ' + "[" * 700 + "]" * 700 + "}"),
        Reply(""),
        Reply(body="<html>Just a moment</html>"),
        Reply(body='data: {"choices": []}\n\n'),
    ],
    ids=lambda fault: f"{fault.status} {(fault.body or fault.content)[:20]}",
)
def test_a_fault_is_asked_again(fake: FakeModel, tmp_path: Path, fault: Reply) -> None:
    fake.answer = lambda message, number: fault if number < 3 else rows(calls=[CALL])
    one = reader(tmp_path)
    (claims,) = read(one, [document(1)])
    assert fake.count == 3 and one.tally.read == 1 and not claims.rejected
    assert claims.extractor_version.endswith(f"+llm:fake@{prompt_version()}")


def test_the_client_librarys_own_retries_work_too(fake: FakeModel, tmp_path: Path) -> None:
    busy = Reply(status=429, headers=(("retry-after-ms", "1"),))
    fake.answer = lambda message, number: busy if number < 3 else Reply()
    one = reader(tmp_path, patience=Patience(tries=1, seconds=20.0))
    read(one, [document(1)])
    assert one.tally.read == 1 and one.asker.spending.requests == 1


def test_an_answer_that_does_not_come_is_not_waited_for(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: Reply(delay_s=3.0) if number < 2 else rows(calls=[CALL])
    one = reader(tmp_path, patience=Patience(tries=1, seconds=0.3))
    (claims,) = read(one, [document(1)])
    assert claims.rejected == (("document", "fake: no answer within 0.3 seconds"),)
    assert one.asker.spending.tokens > 0, "a request under way may be charged for"


def test_a_document_without_an_answer_keeps_its_claims_and_is_due_again(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: Reply(status=500)
    (claims,) = read(reader(tmp_path), [document(1)])
    expected = extract(document(1))
    assert document_annotation(claims) == document_annotation(expected)
    assert claims.extractor_version == expected.extractor_version
    assert "HTTP 500" in claims.rejected[0][1] or "500" in claims.rejected[0][1]


@pytest.mark.parametrize(("status", "asked"), [(401, 1), (402, 1), (404, 1), (500, FAILURES * 3)])
def test_a_model_that_is_gone_is_not_asked_about_every_document(
    fake: FakeModel, tmp_path: Path, status: int, asked: int
) -> None:
    fake.answer = lambda message, number: Reply(status=status)
    one = reader(tmp_path)
    found = list(one.read_all(((d, extract(d)) for d in map(document, range(12))), at_once=1))
    assert [c.document_id for c in found] == [f"d{n}" for n in range(12)]
    assert fake.count == asked
    assert str(status) in str(one.left())


def test_a_refusal_of_one_text_stops_nothing(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: Reply(status=400 if "Note 1\n" in message else 200)
    one = reader(tmp_path)
    read(one, [document(n) for n in range(4)])
    assert (one.tally.read, one.tally.failed, one.left(), fake.count) == (3, 1, None, 4)


def test_models_without_usage_are_counted_by_estimate(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: Reply(usage=False)
    one = reader(tmp_path)
    read(one, [document(1)])
    assert 1000 < one.asker.spending.tokens < 5000


def test_the_budget_stops_cleanly_and_the_next_run_goes_on(fake: FakeModel, tmp_path: Path) -> None:
    fake.answer = lambda message, number: rows(calls=[CALL])
    documents = [document(n) for n in range(8)]
    one = reader(tmp_path, budget=7000)
    found = read(one, documents)
    assert 1 <= one.tally.read < 8 and one.tally.read + one.tally.undone == 8
    assert one.asker.spending.tokens <= 7000 and one.asker.spending.reserved == 0
    assert all(claims.calls for claims in found)
    assert "the budget of 7,000 tokens is spent" in str(one.left())
    rest = reader(tmp_path)
    again = read(rest, documents)
    assert rest.asker.spending.from_cache == one.tally.read and rest.tally.read == 8
    assert len({claims.extractor_version for claims in again}) == 1


def test_kept_answers_cost_nothing(fake: FakeModel, tmp_path: Path) -> None:
    read(reader(tmp_path), [document(1)])
    one = reader(tmp_path, budget=0)
    read(one, [document(1), document(2)])
    assert (one.tally.read, one.tally.undone, fake.count) == (1, 1, 1)


def test_long_documents_are_read_piece_by_piece(fake: FakeModel, tmp_path: Path) -> None:
    filler = "\n\n".join("The index closed 2% higher on Monday, and nobody minded much." for _ in range(150))
    text = f"{TEXT}\n\n{filler}\n\nSolana has room to double from here."
    fake.answer = lambda message, number: rows(calls=[c for c in (CALL, SOLANA) if c["quote"] in message])
    one = reader(tmp_path)
    (claims,) = read(one, [document(1, text)])
    assert fake.count == 2 and not claims.rejected
    assert {"BTC", "SOL"} <= {c.asset for c in claims.calls}
    last = next(r["messages"][1]["content"] for r in fake.requests if "Part 2 of 2" in r["messages"][1]["content"])
    assert "Named before this part, the last one last: Mara Quill" in last


@pytest.mark.parametrize(
    ("name", "words"),
    [("no-such-model", "`llm models` lists those it knows"), ("fake-key", "llm keys set nowhere")],
)
def test_a_model_that_cannot_be_used_is_named_in_one_line(fake: FakeModel, name: str, words: str) -> None:
    with pytest.raises(LlmError, match=words) as error:
        open_model(name)
    assert "\n" not in str(error.value) and name in str(error.value)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm", None)
    with pytest.raises(LlmError, match=r"pip install 'calledit\[llm\]'"):
        open_model("fake")


@pytest.mark.parametrize(
    "text",
    [
        '{"calls": [], "correlations": [], "figures": []}',
        'Here it is:\n```json\n{"calls": []}\n```\nAnything else?',
        '{"figures": []} {"calls": 5}',
    ],
)
def test_json_is_found_among_words(text: str) -> None:
    assert parsed(text) == {"calls": [], "correlations": [], "figures": []}


def test_errors_are_one_short_line_and_pauses_are_bounded() -> None:
    assert described(ValueError("a\n b" * 200)).startswith("a b") and len(described(ValueError("ab " * 200))) == 200
    assert described(ValueError()) == "ValueError"
    assert [pause(ValueError(), n, 2.0) for n in range(3)] == [2.0, 4.0, 8.0]
    error = type("Busy", (Exception,), {})()
    for asked_for, waited in (("7", 7.0), ("nan", 2.0), ("soon", 2.0), ("9999", 60.0), ("-3", 2.0)):
        error.response = type("Answer", (), {"headers": {"retry-after": asked_for}})
        assert pause(error, 0, 2.0) == waited


def test_nothing_more_is_asked_after_a_stop(fake: FakeModel, tmp_path: Path) -> None:
    asker = reader(tmp_path, budget=10).asker
    with pytest.raises(StoppedError):
        asker.ask("a")
    assert fake.count == 0 and issubclass(StoppedError, NoAnswerError)


# --- the command, and the tables --------------------------------------------------------------------------------

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


# --- every fault on many documents ------------------------------------------------------------------------------


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
