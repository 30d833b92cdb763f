"""What people correct: kept, dated, and read into the claim as a new row; it outlives a new reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from db.documents import utc_text

TABLES = {"call": "calls", "correlation": "correlations", "figure": "figures", "close": "closes"}

Field = Literal["reject", "speaker", "asset", "stance"]
Action = Literal["merge", "split", "rename"]


class CorrectionError(ValueError):
    """The correction does not fit the claim; the message is one line."""


def find_claim(db: Database, claim_id: str) -> tuple[str, dict[str, Any]]:
    """Kind and current row of a claim, by its id or the unique beginning of it. Raises CorrectionError."""
    found = [
        (kind, row)
        for kind, table in TABLES.items()
        for row in db.query(f"select * from {table} where superseded_at is null and id glob ?", [f"{claim_id}*"])
    ]
    if not found:
        raise CorrectionError(f"no current claim has the id {claim_id}")
    if len(found) > 1:
        raise CorrectionError(f"{len(found)} claims begin with {claim_id}: give more of the id")
    return found[0]


def add_correction(db: Database, claim_id: str, field: Field, value: str, note: str | None, at: datetime) -> int:
    """Record a correction and return its number. Raises CorrectionError where the claim has no such field."""
    kind, claim = find_claim(db, claim_id)
    if field != "reject" and field not in claim:
        raise CorrectionError(f"a {kind} has no {field}")
    row = {
        "claim_id": claim["id"], "claim_kind": kind, "field": field, "value": value,
        "old_value": claim.get(field), "document_id": claim["document_id"], "quote": claim["quote"],
        "note": note, "made_at": utc_text(at),
    }  # fmt: skip
    with db.atomic():
        number = _insert(db, row)
        _replace(db, kind, claim, at)
    return number


def corrected(db: Database, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The claim as people corrected it: layer "person", and a version of its own. The row itself where nobody did."""
    sql = "select field, value from corrections where claim_id = ? and claim_kind = ? order by id"
    changes = db.execute(sql, [row["id"], kind]).fetchall()
    if not changes:
        return row
    values = {"rejected" if field == "reject" else field: 1 if field == "reject" else value for field, value in changes}
    version = f"{str(row['extractor_version']).partition('+corrected')[0]}+corrected{len(changes)}"
    return row | values | {"layer": "person", "rule": "correction", "extractor_version": version}


def _replace(db: Database, kind: str, claim: dict[str, Any], at: datetime) -> None:
    """Supersede the claim's current row by the corrected one."""
    table, fresh = TABLES[kind], corrected(db, kind, claim) | {"read_at": utc_text(at)}
    mark = f"update {table} set superseded_at = ? where id = ? and superseded_at is null"
    db.execute(mark, [utc_text(at), claim["id"]])
    names = ", ".join(f'"{name}"' for name in fresh)
    db.execute(f"insert or replace into {table} ({names}) values ({', '.join(':' + name for name in fresh)})", fresh)


def _insert(db: Database, row: dict[str, Any]) -> int:
    marks = ", ".join(f":{name}" for name in row)
    return int(db.execute(f"insert into corrections ({', '.join(row)}) values ({marks})", row).lastrowid or 0)


def carry_corrections(db: Database, document_id: str, at: datetime) -> int:
    """Give the corrections of claims that a new reading superseded to the claim now read from the same sentence.

    A stance corrected on "Bitcoin will follow" still holds when the reader later gives that claim another id.
    Runs in the caller's transaction; returns how many corrections were carried.
    """
    carried = 0
    for row in list(db.query(_ORPHANS, [document_id])):
        heirs = list(_heirs(db, row))
        for heir in heirs:
            note = f"carried over from {row['claim_id']}" + (f": {row['note']}" if row["note"] else "")
            fresh = {name: row[name] for name in row if name != "id"}
            _insert(db, fresh | {"claim_id": heir, "note": note, "made_at": utc_text(at)})
            _, claim = find_claim(db, heir)
            _replace(db, row["claim_kind"], claim, at)
            carried += 1
    return carried


_NOWHERE = " and ".join(
    f"not exists (select 1 from {table} where id = claim_id and superseded_at is null)" for table in TABLES.values()
)
_ORPHANS = f"select * from corrections where document_id = ? and {_NOWHERE} order by id"


def _heirs(db: Database, correction: dict[str, Any]) -> Iterator[str]:
    """Current claims of the same kind and sentence, about the same asset where the old claim had one."""
    table = TABLES[correction["claim_kind"]]
    same = (
        "new.asset is old.asset"
        if table != "correlations"
        else "new.driver = old.driver and new.response = old.response"
    )
    sql = f"""
        select distinct new.id from {table} as new join {table} as old on old.id = :claim_id and {same}
        where new.superseded_at is null and new.document_id = :document_id and new.quote = :quote
          and not exists (select 1 from corrections where claim_id = new.id and field = :field)
    """
    for row in db.execute(sql, correction):
        yield str(row[0])


def add_merge(db: Database, action: Action, name: str, into_name: str, note: str | None, at: datetime) -> None:
    """Record what a person said about a speaker's name; `resolve_speakers` applies it."""
    with db.atomic():
        sql = "insert into speaker_merges (action, name, into_name, note, made_at) values (?, ?, ?, ?, ?)"
        db.execute(sql, [action, name, into_name, note, utc_text(at)])


def check_merge(db: Database, action: Action, name: str, into_name: str) -> tuple[str, str]:
    """The statement's names as they are printed in texts. Raises CorrectionError where it would say nothing.

    A merge must lead somewhere new: neither into itself nor, over standing merges, back to where it began.
    """
    if not name.strip() or not into_name.strip():
        raise CorrectionError("a speaker's name cannot be empty")
    printed = _printed_name(db, name)
    if action == "split":
        return printed, printed
    if action == "rename":
        _check_free(db, printed, into_name.strip())
        return printed, into_name.strip()
    into = _printed_name(db, into_name)
    if printed == into:
        raise CorrectionError(f"{name} and {into_name} are one name already")
    if printed in _merged_into(db, into):
        raise CorrectionError(f"{into_name} was merged into {name} before: they are the same speaker already")
    return printed, into


def _printed_name(db: Database, name: str) -> str:
    """The name as texts print it, for a printed name or the name a speaker is shown by."""
    sql = """
        select names.name from speaker_names as names join speakers on speakers.id = speaker_id
        where names.name != '' and (names.name = :name or speakers.name = :name)
        order by names.name != :name, names.name limit 1
    """
    if row := db.execute(sql, {"name": name}).fetchone():
        return str(row[0])
    near = near_names(db, name)
    hint = f": did you mean {' or '.join(near)}?" if near else ": see `calledit board`"
    raise CorrectionError(f"no speaker named {name}{hint}")


def _check_free(db: Database, name: str, new_name: str) -> None:
    sql = """
        select 1 from speakers where name = ? collate nocase
          and id not in (select speaker_id from speaker_names where name = ?)
    """
    if db.execute(sql, [new_name, name]).fetchone():
        raise CorrectionError(
            f"another speaker is called {new_name}: `calledit speakers merge` says that they are the same"
        )


def _merged_into(db: Database, name: str) -> set[str]:
    """Every name that `name` leads to over the merges that no later split undid."""
    sql = """
        with recursive merges as (
          select name, into_name from speaker_merges as made where action = 'merge' and not exists (
            select 1 from speaker_merges as later
            where later.action = 'split' and later.id > made.id and later.name in (made.name, made.into_name))
        ), led(name) as (
          select into_name from merges where name = ?
          union select into_name from merges join led on merges.name = led.name
        ) select name from led
    """
    return {str(row[0]) for row in db.execute(sql, [name])}


def known_name(db: Database, name: str) -> bool:
    """Whether a text prints this name, or a speaker is shown by it."""
    sql = "select exists (select 1 from speaker_names where name = :n union select 1 from speakers where name = :n)"
    return bool(db.execute(sql, {"n": name}).fetchone()[0])


def near_names(db: Database, name: str, limit: int = 3) -> list[str]:
    """Known names that are spelt much like this one, the nearest first."""
    from rapidfuzz import fuzz, process, utils

    sql = "select name from speaker_names where name != '' union select name from speakers where kind != 'reference'"
    known = [str(row[0]) for row in db.execute(sql)]
    found = process.extract(
        name, known, scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=75
    )
    return [near for near, _, _ in found]
