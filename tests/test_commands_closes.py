"""From a post that closes a position to the verdict it ends, its page, and back when a person rejects the reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette
from sqlite_utils import Database

from cli import main_group
from commands.serve import site
from db.documents import add_documents
from db.prices import add_bars
from db.store import open_store
from scrapers.documents import Document
from scrapers.prices import PriceBar

CALLED = datetime(2025, 3, 3, 9, tzinfo=UTC)


def posts() -> Iterator[Document]:
    words = (
        (0, "Still long $BTC here, and I expect it to rally from this level over the next months."),
        (9, "I closed my long in Bitcoin this morning."),
    )
    for days, text in words:
        yield Document(
            f"p{days}", "post", text, handle="fernhollow", authors=("fernhollow",), language="en",
            published=CALLED + timedelta(days=days), published_precision="instant",
        )  # fmt: skip


def bars() -> Iterator[PriceBar]:
    first, close = date(2018, 1, 1), 10_000.0
    for number in range(2_800):
        close *= 1.02 if number % 2 else 0.982
        yield PriceBar("BTC", first + timedelta(days=number), close, close, close, close)


def run(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main_group, [*arguments, "--db", str(database), "--quiet"])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("closes") / "c.db"
    db = open_store(path)
    add_documents(db, posts(), CALLED)
    add_bars(db, bars(), CALLED)
    db.close()
    for stage in ("extract", "cluster", "grade"):
        assert run(path, stage).exit_code == 0
    return path


def only(db: Database, sql: str) -> dict[str, object]:
    found = list(db.query(sql))
    assert len(found) == 1, found
    return found[0]


EARLY = "select * from verdicts where measure = 'until_reversal' and current = 1"


def test_the_statement_is_stored_with_its_speaker_and_is_no_call(database: Path) -> None:
    db = open_store(database)
    close = only(db, "select * from current_closes")
    assert (close["asset"], close["side"], close["speaker"]) == ("BTC", "long", "@fernhollow")
    assert close["verified"] == 0
    call = only(db, "select * from current_calls")
    assert call["document_id"] == "p0" and call["speaker_id"] == close["speaker_id"]


def test_the_call_is_also_graded_up_to_the_close(database: Path) -> None:
    db = open_store(database)
    early = only(db, EARLY)
    assert early["reason"] == "closed by the speaker" and early["exit_date"] == "2025-03-12"
    told = run(database, "grade", "--explain", str(early["claim_id"]))
    assert "said that the position was closed" in told.output
    close = only(db, "select id from current_closes")["id"]
    assert f"It ends these calls: {early['claim_id']}." in run(database, "grade", "--explain", str(close)).output


async def test_the_pages_show_both(database: Path) -> None:
    db = open_store(database)
    close, call = only(db, "select * from current_closes"), only(db, "select * from current_calls")
    served: Datasette = site(database)
    await served.invoke_startup()
    page = (await served.client.get(f"/claim/{call['id']}")).text
    assert f"/claim/{close['id']}" in page and "said that the position was closed" in page
    page = (await served.client.get(f"/claim/{close['id']}")).text
    assert "Closing statement" in page and f"/claim/{call['id']}" in page and "closed a long position in BTC" in page
    page = (await served.client.get(f"/analyst/{call['speaker_id']}")).text
    assert "Positions said to be closed" in page and f"/claim/{close['id']}" in page
    page = (await served.client.get("/document/p9")).text
    assert "closing statement" in page


def test_a_rejected_statement_ends_nothing_even_after_a_new_reading(database: Path) -> None:
    db = open_store(database)
    close = only(db, "select * from current_closes")
    assert run(database, "correct", str(close["id"]), "--stance", "bearish").exit_code == 1
    assert run(database, "correct", str(close["id"]), "--reject").exit_code == 0
    db.execute("update documents set extractor_version = 'older'")
    db.conn.commit()
    assert run(database, "extract").exit_code == 0 and run(database, "grade").exit_code == 0
    assert only(db, "select * from current_closes")["rejected"] == 1
    assert not list(db.query(EARLY))
