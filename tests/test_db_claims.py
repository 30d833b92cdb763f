from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.claims import pending_ids, store_claims
from db.corrections import CorrectionError, add_correction, find_claim
from db.documents import add_documents, documents_where, known_ids
from db.store import StoreError, open_store
from nlp.claims import Call, Claims, Figure, Horizon, Target
from scrapers.documents import Document

NOW = datetime(2025, 3, 1, tzinfo=UTC)
TEXT = "Mara Quill of Tern Capital expects Bitcoin at $90,000 by June."
DOCUMENT = Document(id="d1", kind="article", text=TEXT, title="", published=NOW, published_precision="day")
THRESHOLDS = {"call": 0.8, "correlation": 0.8, "figure": 0.8}


def call(**changes):
    base = Call(
        document_id="d1", start=0, end=len(TEXT), quote=TEXT, speaker="Mara Quill", asset="BTC", stance="bullish",
        target=Target(90_000.0), horizon=Horizon("by June"), confidence=0.9, extractor_version="1",
    )  # fmt: skip
    return replace(base, **changes)


def claims(*calls, version="1"):
    return Claims("d1", calls=tuple(replace(c, extractor_version=version) for c in calls), extractor_version=version)


@pytest.fixture
def db(tmp_path):
    database = open_store(tmp_path / "a.db")
    add_documents(database, [DOCUMENT], NOW)
    return database


def store(db, reading):
    with db.atomic():
        return store_claims(db, reading, NOW, THRESHOLDS)


def test_a_document_comes_back_as_it_went_in(db):
    assert list(documents_where(db, "id = 'd1'")) == [replace(DOCUMENT, fetched=NOW)]


def test_a_document_is_stored_once(db):
    assert add_documents(db, [DOCUMENT, replace(DOCUMENT, text="changed")], NOW) == 0
    assert known_ids(db, ["d1", "d2"]) == {"d1"}


def test_what_is_pending_depends_on_the_readers_version(db):
    assert pending_ids(db, "1") == ["d1"]
    store(db, claims(call()))
    assert pending_ids(db, "1") == []
    assert pending_ids(db, "2") == ["d1"]


def test_the_same_reading_keeps_its_row(db):
    store(db, claims(call()))
    store(db, claims(call(), version="2"))
    rows = list(db.query("select * from calls"))
    assert [(row["extractor_version"], row["superseded_at"]) for row in rows] == [("1", None)]
    assert rows[0]["verified"] == 1 and rows[0]["target"] == 90_000 and rows[0]["horizon"] == "by June"


def test_another_reading_supersedes_and_keeps_the_old_row(db):
    store(db, claims(call()))
    store(db, claims(call(target=Target(95_000.0)), version="2"))
    assert db.execute("select count(*) from calls").fetchone()[0] == 2
    assert [row["target"] for row in db["current_calls"].rows] == [95_000]


def test_a_claim_no_longer_read_is_marked(db):
    store(db, claims(call()))
    store(db, claims(version="2"))
    assert list(db["current_calls"].rows) == []
    assert db.execute("select superseded_at from calls").fetchone()[0]


def test_going_back_to_an_earlier_version_revives_its_row(db):
    first, second = claims(call()), claims(call(target=Target(95_000.0)), version="2")
    for reading in (first, second, first):
        store(db, reading)
    assert [row["target"] for row in db["current_calls"].rows] == [90_000]


def test_figures_are_stored_with_their_own_span(db):
    figure = Figure(
        document_id="d1", start=0, end=len(TEXT), quote=TEXT, text="$90,000", text_start=TEXT.index("$"),
        value=90_000.0, unit="USD", role="target", extractor_version="1",
    )  # fmt: skip
    store(db, Claims("d1", figures=(figure,), extractor_version="1"))
    (row,) = db["current_figures"].rows
    assert TEXT[row["text_start"] :].startswith(row["text"])


def test_a_correction_becomes_a_new_row_and_is_found_by_the_start_of_its_id(db):
    store(db, claims(call()))
    kind, row = find_claim(db, call().id[:6])
    assert (kind, row["asset"]) == ("call", "BTC")
    add_correction(db, call().id, "stance", "bearish", "sarcasm", NOW)
    assert db.execute("select stance, rejected from current_calls").fetchone() == ("bearish", 0)
    rows = db.execute("select stance, layer, superseded_at is null from calls order by read_at, rowid").fetchall()
    assert sorted(rows) == [("bearish", "person", 1), ("bullish", "rules", 0)]
    store(db, claims(call(), version="2"))
    assert db.execute("select stance from current_calls").fetchall() == [("bearish",)]


def test_a_correction_outlives_a_new_reading(db):
    store(db, claims(call()))
    add_correction(db, call().id, "reject", "1", None, NOW)
    store(db, claims(call(speaker="Quill"), version="2"))  # another key, so another id, from the same sentence
    assert db.execute("select speaker, rejected from current_calls").fetchall() == [("Quill", 1)]
    notes = [row[0] for row in db.execute("select note from corrections order by id")]
    assert notes == [None, f"carried over from {call().id}"]


def test_a_correction_that_does_not_fit_is_refused(db):
    store(db, claims(call()))
    with pytest.raises(CorrectionError, match="no current claim"):
        add_correction(db, "ffff", "stance", "bearish", None, NOW)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt.*--db"):
        open_store(path)
