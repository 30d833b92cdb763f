"""Which track records the pages show: those of surely read calls where they say something, else all."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from db.pages import telling
from db.pages_analyst import best_record
from db.pages_board import usual_basis
from db.pages_front import board_head
from db.store import open_store


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = open_store(tmp_path / "a.db")
    database["speakers"].insert_all(
        {"id": n, "name": name, "kind": "person"} for n, name in ((1, "Mara Ellison"), (2, "unnamed"))
    )
    return database


def record(db: Database, speaker: int, basis: str, worth: float, status: str = "unranked") -> None:
    row = {"speaker_id": speaker, "horizon": 30, "asset": "", "basis": basis, "status": status}
    db["speaker_records"].insert(
        {**row, "calls": 9, "n": 9, "n_effective": worth, "rule_version": "1"}, pk=("speaker_id", "basis")
    )


def test_one_verified_call_is_no_track_record(db: Database) -> None:
    record(db, 1, "verified", 1.0)
    record(db, 1, "all", 8.0)
    record(db, 2, "verified", 20.0)
    assert best_record(db, 1)[0] == "all"
    assert usual_basis(db, 30, "") == "all"
    assert {row["basis"] for row in board_head(db)} == {"all"}


def test_five_effective_verified_calls_are_one(db: Database) -> None:
    record(db, 1, "verified", 5.0)
    record(db, 1, "all", 8.0)
    assert best_record(db, 1)[0] == "verified"
    assert usual_basis(db, 30, "") == "verified"
    assert {row["basis"] for row in board_head(db)} == {"verified"}


def test_reference_callers_say_nothing_of_anybody() -> None:
    assert not telling([{"status": "reference", "n_effective": 99.0}, {"status": "unranked", "n_effective": None}])
