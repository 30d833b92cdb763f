"""What the search box asks: people and assets by name, documents and claims by their words."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]

NEWEST = 1_000  # of so many newest matches the best are shown: a common word must not cost a second


def search_names(db: Database, words: str, limit: int = 8) -> list[Row]:
    """Speakers and assets whose name, handle or symbol begins with or contains the words."""
    sql = """
        select 'analyst' as kind, cast(id as text) as key, name, coalesce(organisation, '') as beside
        from speakers where kind != 'reference' and (name like :like or handle like :like)
        union all
        select 'asset', symbol, name, symbol from assets where symbol = upper(:words) or name like :like
        order by 3 limit :limit
    """
    return list(db.query(sql, {"words": words, "like": f"%{words}%", "limit": limit}))


def search_documents(db: Database, match: str, limit: int = 20) -> list[Row]:
    """Documents that match an FTS5 expression, best first, with the words found between \x02 and \x03."""
    sql = """
        with found as (
          select rowid, rank from documents_fts where documents_fts match :match order by rowid desc limit :newest
        ), best as (select rowid from found order by rank limit :limit)
        select documents.id, documents.title, publisher, published, copy_kind,
          snippet(documents_fts, 1, char(2), char(3), ' … ', 28) as excerpt
        from documents_fts join documents on documents.rowid = documents_fts.rowid
        where documents_fts match :match and documents_fts.rowid in (select rowid from best) order by rank
    """
    return list(db.query(sql, {"match": match, "newest": NEWEST, "limit": limit}))


def search_claims(db: Database, match: str, kind: str, limit: int = 15) -> list[Row]:
    """Current claims of one kind that match an FTS5 expression, best first."""
    table = {"call": "calls", "correlation": "correlations", "figure": "figures"}[kind]
    subject = {
        "call": "claims.asset || ' · ' || claims.stance",
        "correlation": "claims.driver || ' → ' || claims.response",
        "figure": "claims.text || coalesce(' · ' || claims.asset, '')",
    }[kind]
    sql = f"""
        with found as (
          select rowid, rank from {table}_fts where {table}_fts match :match order by rowid desc limit :newest
        ), best as (select rowid, rank from found order by rank limit :more)
        select claims.id, claims.quote, {subject} as subject, coalesce(speakers.name, claims.speaker) as speaker,
          claims.speaker_id, documents.publisher, documents.published,
          (select status from verdicts where claim_id = claims.id and current = 1
           order by measure != 'stated', measure != 'direction' or horizon != 30 limit 1) as status
        from best join {table} as claims on claims.rowid = best.rowid
        join documents on documents.id = claims.document_id
        left join speakers on speakers.id = claims.speaker_id
        where claims.superseded_at is null order by best.rank limit :limit
    """
    return list(db.query(sql, {"match": match, "newest": NEWEST, "more": 4 * limit, "limit": limit}))
