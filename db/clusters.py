"""The `cluster` stage: which documents tell the same text, found through an index of anchors.

Clusters are the connected parts of the graph of `copy_links`, so neither the order in which documents come
nor an interruption changes which documents belong together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from sqlite_utils import Database

from db.cluster_members import settle
from db.documents import documents_where
from db.drifts import note_drifts
from nlp.copies import LEAST_ANCHORS, WINDOW_DAYS, Signature, candidate_keys, relation, signature
from scrapers.documents import Document

_UNDATED = -1
_MOST_CANDIDATES = 64  # per document, those with the most keys in common first
_CACHED_SIGNATURES = 1000

# What a pair must share is what `nlp.copies.worth_comparing` says, and a share of the anchors without which
# `nlp.copies.judge` would not relate the two.
_CANDIDATES = f"""
with shared as (
  select document_id,
    sum(key >= 'n:' and key < 'o') as numbers, sum(key < 'b') as names,
    sum(key >= 's:' and key < 't') as shingles, sum(key >= 't:' and key < 'u') as titles, sum(key >= 'x:') as texts
  from ({{near}})
  where document_id != :id
  group by document_id
  having numbers >= 3 or names >= 2 or shingles >= 4 or titles >= 1 or texts >= 1
)
select document_id from shared join signatures using (document_id)
where texts >= 1 or titles >= 1 or shingles >= 4 or numbers + names >= {LEAST_ANCHORS} * min(:anchors, anchors)
order by 1000 * texts + 100 * titles + numbers + names + shingles desc, document_id limit :most
"""
_LINK = "insert or replace into copy_links (document_id, other_id, relation) values (?, ?, ?)"
_SIGN = "insert or replace into signatures (document_id, anchors, signature) values (?, ?, ?)"
_CREDIT = "update documents set credited_publisher = ? where id = ?"
_ALL = "select key, document_id from copy_keys where key in (select value from json_each(:keys))"
# Two searches rather than one `or`, with which SQLite would go through every day of a key.
_NEAR = f"{_ALL} and day between :first and :last union all {_ALL} and day = -1"
_CACHE_KB = 131_072  # keys of one document lie all over the index

Progress = Callable[[int], None]


def cluster_pending(db: Database, at: datetime, on_progress: Progress = lambda count: None, batch: int = 200) -> int:
    """Give every document without a cluster one, in order of publication; returns how many there were.

    Each batch is one transaction: a run that was killed goes on where it stopped, to the same clusters.
    """
    order = "select id from documents where cluster_id is null order by published is null, published, id"
    pending = [row[0] for row in db.execute(order)]
    db.execute(f"pragma cache_size = -{_CACHE_KB}")
    signatures = lru_cache(_CACHED_SIGNATURES)(lambda document_id: _stored_signature(db, document_id))
    for start in range(0, len(pending), batch):
        ids = pending[start : start + batch]
        with db.atomic():
            for document in documents_where(db, "id in (select value from json_each(?))", [json.dumps(ids)]):
                _forget(db, document.id)
                _link(db, document, signatures)
            copies = settle(db, ids)
            note_drifts(db, copies, at)
        on_progress(len(ids))
    return len(pending)


def _stored_signature(db: Database, document_id: str) -> Signature:
    row = db.execute("select signature from signatures where document_id = ?", [document_id]).fetchone()
    return Signature.from_json(row[0])


def _forget(db: Database, document_id: str) -> None:
    """Drop what an earlier version of the document's text was recognised by."""
    db.execute("delete from copy_keys where document_id = ?", [document_id])
    db.execute("delete from copy_links where document_id = :id or other_id = :id", {"id": document_id})


def _link(db: Database, document: Document, signatures: Callable[[str], Signature]) -> None:
    own = signature(document)
    keys = candidate_keys(own)
    day = _day(document.published or document.fetched)
    links = (
        (*sorted((own.document_id, other)), found)
        for other in _candidates(db, own, keys, day)
        if (found := relation(own, signatures(other)))
    )
    db.conn.executemany(_LINK, links)
    db.execute(_SIGN, [own.document_id, own.anchors, own.to_json()])
    # A text that was met before is looked for however far apart the two lie: one of them may have no date.
    rows = ((key, _UNDATED if key.startswith("x:") else day, own.document_id) for key in keys)
    db.conn.executemany("insert into copy_keys (key, day, document_id) values (?, ?, ?)", rows)
    if own.credited_publisher and not document.credited_publisher:
        db.execute(_CREDIT, [own.credited_publisher, own.document_id])


def _candidates(db: Database, own: Signature, keys: Iterable[str], day: int) -> list[str]:
    params = {
        "id": own.document_id, "keys": json.dumps(sorted(keys)), "anchors": own.anchors, "most": _MOST_CANDIDATES,
        "first": day - WINDOW_DAYS, "last": day + WINDOW_DAYS,
    }  # fmt: skip
    sql = _CANDIDATES.format(near=_ALL if day == _UNDATED else _NEAR)
    return [row[0] for row in db.execute(sql, params)]


def _day(moment: datetime | None) -> int:
    return int(moment.timestamp() // 86_400) if moment else _UNDATED
