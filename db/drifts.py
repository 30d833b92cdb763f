"""Numbers and attributions that changed while a text was copied, noted once per copy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from db.documents import utc_text
from nlp.drift import Attribution, drift

_INSERT = """
insert into drifts (
  document_id, head_document_id, kind, head, copy, head_start, head_end, copy_start, copy_end, noted_at
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def note_drifts(db: Database, copies: Iterable[tuple[str, str]], at: datetime) -> None:
    """Compare each (copy, head) pair of documents afresh and keep what differs."""
    for copy, head in copies:
        db.execute("delete from drifts where document_id = ?", [copy])
        found = drift(_text(db, head), _text(db, copy), _speakers(db, head), _speakers(db, copy))
        rows = [(copy, head, d.kind, d.head, d.copy, *d.head_span, *d.copy_span, utc_text(at)) for d in found]
        db.conn.executemany(_INSERT, rows)


def _text(db: Database, document_id: str) -> str:
    return str(db.execute("select text from documents where id = ?", [document_id]).fetchone()[0])


def _speakers(db: Database, document_id: str) -> list[Attribution]:
    """Who the document's current claims are credited to."""
    sql = " union ".join(
        f'select start, "end", speaker from {table}'
        " where document_id = :id and superseded_at is null and speaker != ''"
        for table in ("calls", "correlations", "figures", "closes")
    )
    return [Attribution(*row) for row in db.execute(sql, {"id": document_id})]
