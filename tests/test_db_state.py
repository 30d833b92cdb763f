from datetime import UTC, datetime, timedelta

import pytest

from db.runs import recorded_run
from db.sources import remember_collecting, restore_collecting, save_sources
from db.state import DbState
from db.store import open_store
from scrapers.documents import Document
from scrapers.sources import Source
from scrapers.state import Fetch, HostState, SourceState

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="wire", name="The Wire", kind="feed", url="https://wire.example/rss")


@pytest.fixture
def db(tmp_path):
    database = open_store(tmp_path / "a.db")
    save_sources(database, [SOURCE])
    return database


def visited(**changes):
    values = {"source_id": "wire", "url": SOURCE.url, "etag": '"1"', "next_try": NOW, "last_ok": NOW} | changes
    return SourceState(**values)


def test_state_documents_and_fetches_commit_together(db):
    state = DbState(db)
    document = Document(id="d1", kind="article", text="words", source="wire")
    fetch = Fetch(url=SOURCE.url, status="ok", at=NOW, source_id="wire", documents=1)
    assert state.commit([document], visited(), [fetch]) == 1
    assert state.source("wire") == visited(interval_s=None)
    assert state.known(["d1", "d2"]) == {"d1"}
    assert db.execute("select status, documents from fetches").fetchall() == [("ok", 1)]


def test_a_failing_commit_leaves_nothing_behind(db):
    broken = Document(id="d2", kind="article", text="words", parent_id="nowhere")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        DbState(db).commit([broken], visited(), [])
    assert DbState(db).source("wire").etag is None


def test_a_politeness_clock_keeps_fractions_of_a_second(db):
    state, clock = DbState(db), HostState("wire.example", NOW + timedelta(milliseconds=1500), 2)
    state.save_host(clock)
    assert state.host("wire.example") == clock
    assert state.host("other.example") is None


def test_a_changed_address_forgets_the_old_ones_validators(db):
    DbState(db).commit([], visited(), [])
    save_sources(db, [SOURCE])
    assert DbState(db).source("wire").etag == '"1"'
    save_sources(db, [Source(id="wire", name="The Wire", kind="feed", url="https://wire.example/atom")])
    assert DbState(db).source("wire").etag is None
    assert DbState(db).source("wire").url == "https://wire.example/atom"


def test_a_source_taken_out_of_the_configuration_is_kept_but_not_listed(db):
    save_sources(db, [])
    assert list(db.query("select id from sources where enabled")) == []
    assert DbState(db).source("wire") is not None


def test_a_visit_that_reached_nothing_can_be_undone(db):
    before = remember_collecting(db)
    save_sources(db, [SOURCE, Source(id="new", name="New", kind="feed", url="https://new.example")])
    DbState(db).commit([], visited(failures=1), [Fetch(url="u", status="timeout", at=NOW)])
    DbState(db).save_host(HostState("wire.example", NOW))
    restore_collecting(db, before)
    assert remember_collecting(db) == before


def test_a_run_is_recorded_with_its_end(db):
    with recorded_run(db, "extract") as run:
        run.done = 3
    with pytest.raises(RuntimeError), recorded_run(db, "grade"):
        raise RuntimeError("no prices\nat all")
    rows = db.execute("select stage, status, done, detail from runs").fetchall()
    assert rows == [("extract", "ok", 3, None), ("grade", "failed", 0, "no prices")]
