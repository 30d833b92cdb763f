"""Asking an LLM through the real `llm` library: faults, patience, budget, kept answers; a loopback server answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("llm", reason="the extra `llm` is not installed")

from nlp.claims import Claims, document_annotation
from nlp.extract import Options, extract
from nlp.models.llm import Patience, open_model, parsed, prompt_version
from nlp.models.llm_faults import LlmError, NoAnswerError, StoppedError, described, pause
from nlp.models.llm_reading import LlmReader
from nlp.models.llm_spending import FAILURES
from scrapers.documents import Document
from tests.llm_samples import CALL, SOLANA, TEXT, document, fake_model, reader
from tests.llm_server import FakeModel, Reply, rows


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    with fake_model(tmp_path, monkeypatch) as model:
        yield model


def read(one: LlmReader, documents: list[Document]) -> list[Claims]:
    return list(one.read_all((d, extract(d)) for d in documents))


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
