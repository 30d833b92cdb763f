"""What the Atom feeds list: the newest resolved verdicts, and the sources that went stale."""

from __future__ import annotations

from typing import Any, Literal

from sqlite_utils import Database

from db.queries import queries

Row = dict[str, Any]
Scope = Literal["verdicts", "analyst", "asset", "source"]

HEADLINE = 30
_OF = {"analyst": "calls.speaker_id = :of", "asset": "calls.asset = :of", "source": "documents.source_id = :of"}

_RESOLVED = """
select verdicts.claim_id, verdicts.status, verdicts.value, verdicts.exit_date, verdicts.exit_price,
  verdicts.entry_date, verdicts.entry_price, verdicts.graded_at, verdicts.measure, verdicts.horizon, calls.asset,
  calls.stance, calls.quote, coalesce(speakers.name, nullif(calls.speaker, ''), 'The outlet') as speaker,
  documents.title, documents.published
from verdicts join calls on calls.id = verdicts.claim_id and calls.superseded_at is null
join documents on documents.id = calls.document_id
left join speakers on speakers.id = calls.speaker_id
where verdicts.current = 1 and verdicts.claim_kind = 'call' and verdicts.status in ('held', 'failed', 'mixed')
  and (verdicts.measure = 'stated' or (verdicts.measure = 'direction' and verdicts.horizon = :headline
       and calls.horizon_end is null)) and calls.rejected = 0 and {of}
order by verdicts.exit_date desc, verdicts.claim_id limit :limit
"""


def resolved(db: Database, scope: Scope, of: str = "", limit: int = 50) -> list[Row]:
    """The newest resolved calls, of one analyst (id), asset (symbol) or source (id), or of all."""
    sql = _RESOLVED.format(of=_OF.get(scope, "1"))
    return list(db.query(sql, {"of": of, "headline": HEADLINE, "limit": limit}))


def stale_sources(db: Database) -> list[Row]:
    """Sources that fail, or have brought nothing new in three times their usual gap."""
    return list(db.query(queries()["stale_sources"].sql))


def name_of(db: Database, scope: Scope, of: str) -> str | None:
    """The name of an analyst, asset or source; None where there is none."""
    table, key = {"analyst": ("speakers", "id"), "asset": ("assets", "symbol"), "source": ("sources", "id")}[scope]
    row = db.execute(f"select name from {table} where {key} = ?", [of]).fetchone()
    return str(row[0]) if row else None
