"""What the page of a claim asks: its row, its verdicts, its document, copies and what they changed, corrections."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]

TABLES = {"call": "calls", "correlation": "correlations", "figure": "figures", "close": "closes"}


def claim(db: Database, claim_id: str) -> Row | None:
    """The claim with its `claim_kind` and corrections laid over it; a superseded one where none is current."""
    for source in ("current_{0}", "{0}"):
        for kind, table in TABLES.items():
            sql = f"""
                select claims.*, speakers.name as speaker_name, speakers.kind as speaker_kind
                from {source.format(table)} as claims left join speakers on speakers.id = claims.speaker_id
                where claims.id = ? order by read_at desc limit 1
            """
            for row in db.query(sql, [claim_id]):
                return {"rejected": 0, **row, "claim_kind": kind}
    return None


def document(db: Database, document_id: str) -> Row | None:
    """The document with its source's name."""
    sql = """
        select documents.*, sources.name as source_name from documents
        left join sources on sources.id = documents.source_id where documents.id = ?
    """
    return next(iter(db.query(sql, [document_id])), None)


def same_story(db: Database, cluster_id: str | None, document_id: str) -> list[Row]:
    """The other documents that tell the same story, earliest first."""
    sql = """
        select id, title, publisher, published, copy_kind, rewritten from documents
        where cluster_id = ? and id != ? order by published, id limit 50
    """
    return list(db.query(sql, [cluster_id, document_id])) if cluster_id else []


def drifts_of(db: Database, cluster_id: str | None, document_id: str) -> list[Row]:
    """Numbers and attributions that differ between the story's head and its copies."""
    sql = """
        select drifts.*, copies.title, copies.publisher from drifts join documents as copies on copies.id = document_id
        where document_id = :id or head_document_id = :id
           or head_document_id = (select head_document_id from clusters where id = :cluster) order by drifts.id limit 40
    """
    return list(db.query(sql, {"id": document_id, "cluster": cluster_id}))


def corrections(db: Database, claim_id: str) -> list[Row]:
    """What people corrected in the claim, newest first."""
    return list(db.query("select * from corrections where claim_id = ? order by id desc", [claim_id]))


def older_readings(db: Database, kind: str, claim_id: str) -> list[Row]:
    """Readings of the claim that newer ones replaced."""
    sql = f"""
        select extractor_version, read_at, superseded_at from {TABLES[kind]}
        where id = ? and superseded_at is not null order by superseded_at
    """
    return list(db.query(sql, [claim_id]))


def older_verdicts(db: Database, claim_id: str) -> int:
    """How many verdicts on the claim were replaced."""
    found = db.execute("select count(*) from verdicts where claim_id = ? and current = 0", [claim_id]).fetchone()[0]
    return int(found)


def ended_calls(db: Database, close_id: str, speaker_id: int | None, asset: str) -> list[Row]:
    """The calls that a closing statement ended, newest first, each with its verdict up to then."""
    sql = """
        select calls.id, calls.stance, calls.asset, calls.quote, documents.published, verdicts.status, verdicts.reason,
          verdicts.value
        from current_calls as calls join documents on documents.id = calls.document_id
        join verdicts on verdicts.claim_id = calls.id and verdicts.current = 1 and measure = 'until_reversal'
        where calls.speaker_id = ? and calls.asset = ? and json_extract(verdicts.detail, '$.closed_by') = ?
        order by documents.published desc, calls.id
    """
    return list(db.query(sql, [speaker_id, asset, close_id]))


def others_claiming(db: Database, driver: str, response: str, claim_id: str, limit: int = 12) -> list[Row]:
    """Other current claims about the same pair."""
    sql = """
        select claims.id, claims.quote, claims.relation, coalesce(speakers.name, claims.speaker) as speaker,
          claims.speaker_id, documents.publisher, documents.published
        from current_correlations as claims join documents on documents.id = claims.document_id
        left join speakers on speakers.id = claims.speaker_id
        where driver = ? and response = ? and claims.id != ? order by documents.published desc limit ?
    """
    return list(db.query(sql, [driver, response, claim_id, limit]))
