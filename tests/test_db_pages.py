"""Which track records the pages show: those of surely read calls where they say something, else all."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from db.pages import usual_basis
from db.pages_analyst import best_record
from db.pages_asset import best_on
from db.pages_front import board_head
from db.store import open_store


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = open_store(tmp_path / "a.db")
    database["speakers"].insert_all(
        {"id": n, "name": name, "kind": kind}
        for n, name, kind in ((1, "Mara Ellison", "person"), (2, "unnamed", "group"), (3, "coin-flipper", "reference"))
    )
    return database


def record(db: Database, speaker: int, basis: str, worth: float, status: str = "unranked") -> None:
    row = {"speaker_id": speaker, "horizon": 30, "basis": basis, "status": status, "n_effective": worth}
    db["speaker_records"].insert_all(
        {**row, "asset": asset, "calls": 9, "n": 9, "rule_version": "1"} for asset in ("", "BTC")
    )


def test_one_verified_call_is_no_track_record(db: Database) -> None:
    record(db, 1, "verified", 1.0)
    record(db, 1, "all", 8.0)
    record(db, 2, "verified", 20.0)  # nobody in particular
    record(db, 3, "verified", 99.0, "reference")
    assert best_record(db, 1)[0] == "all"
    assert usual_basis(db) == "all"
    assert {row["basis"] for row in [*board_head(db), *best_on(db, "BTC")]} == {"all"}


def test_five_effective_verified_calls_are_one(db: Database) -> None:
    record(db, 1, "verified", 5.0)
    record(db, 1, "all", 8.0)
    assert best_record(db, 1)[0] == "verified"
    assert usual_basis(db) == "verified"
    assert {row["basis"] for row in [*board_head(db), *best_on(db, "BTC")]} == {"verified"}
