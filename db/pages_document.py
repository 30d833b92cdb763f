"""What the page of a document asks: every current claim with its main verdict; and documents for lists."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]

_CLAIMS = """
select 'call' as kind, id, start, "end", quote, speaker, speaker_id, asset as subject, stance as detail, verified,
  confidence from current_calls where document_id = :id and rejected = 0
union all
select 'correlation', id, start, "end", quote, speaker, speaker_id, driver || ' → ' || response, relation, verified,
  confidence from current_correlations where document_id = :id and rejected = 0
union all
select 'figure', id, text_start, text_start + length(text), quote, speaker, speaker_id, text, role, verified,
  confidence from current_figures where document_id = :id and rejected = 0
union all
select 'close', id, start, "end", quote, speaker, speaker_id, 'closed ' || asset, side, verified,
  confidence from current_closes where document_id = :id and rejected = 0
"""


def claims_in(db: Database, document_id: str) -> list[Row]:
    """Every current claim of the document in order, with `status` and `reason` of its main verdict."""
    sql = f"""
        select claims.*, coalesce(speakers.name, claims.speaker) as speaker,
          (select status || '|' || coalesce(reason, '') from verdicts
           where claim_id = claims.id and current = 1
           order by measure != 'stated', measure != 'direction' or horizon != 30, measure limit 1) as verdict
        from ({_CLAIMS}) as claims left join speakers on speakers.id = claims.speaker_id
        order by claims.start, claims."end" desc
    """
    rows = []
    for row in db.query(sql, {"id": document_id}):
        status, _, reason = (row.pop("verdict") or "|").partition("|")
        rows.append({**row, "status": status, "reason": reason})
    return rows


def embedded(db: Database, document_id: str) -> list[Row]:
    """Posts embedded in the article."""
    sql = """
        select id, handle, text, published from documents indexed by documents_parent
        where parent_id = ? order by published, id
    """
    return list(db.query(sql, [document_id]))


def corrections_in(db: Database, document_id: str) -> list[Row]:
    """What people corrected in the document's claims, newest first."""
    return list(db.query("select * from corrections where document_id = ? order by id desc", [document_id]))
