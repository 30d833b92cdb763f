"""Settling clusters: the connected parts of `copy_links`, each with a head, a first publication and kinds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from nlp.copies import STRENGTH, cluster_head, seniority

Links = Mapping[str, Mapping[str, str]]  # document: neighbour: relation

_MEMBERS = """
select id, published, published_precision, publisher, credited_publisher, cluster_id, copy_kind
from documents where id in (select value from json_each(?))
"""
_MATES = """
select id from documents where cluster_id in
  (select cluster_id from documents where id in (select value from json_each(?)))
"""
_STORE = """
insert into clusters (id, head_document_id, first_published, first_precision, size) values (?, ?, ?, ?, ?)
on conflict (id) do update set head_document_id = excluded.head_document_id, size = excluded.size,
  first_published = excluded.first_published, first_precision = excluded.first_precision
"""
_LINKS = """
with asked as (select value as id from json_each(?))
select document_id, other_id, relation from copy_links where document_id in (select id from asked)
union
select document_id, other_id, relation from copy_links where other_id in (select id from asked)
"""


@dataclass(frozen=True, slots=True)
class _Member:
    document_id: str
    published: str | None
    precision: str
    publisher: str | None
    credited_publisher: str | None
    cluster_id: str | None
    copy_kind: str | None


def settle(db: Database, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Bring these documents' clusters up to date with the links; returns the (copy, head) pairs that are new.

    A cluster keeps its id when earlier documents join; merged clusters keep the id of the earliest document.
    """
    affected, links = _neighbourhood(db, set(ids))
    members = {row[0]: _Member(*row) for row in db.execute(_MEMBERS, [json.dumps(sorted(affected))])}
    heads = _heads(db, {m.cluster_id for m in members.values() if m.cluster_id})
    new: list[tuple[str, str]] = []
    taken: set[str] = set()
    for part in sorted(_parts(members, links), key=lambda part: min(map(seniority, part))):
        cluster_id = _cluster_id(part, members, taken)
        taken.add(cluster_id)
        head = cluster_head(part)
        _store(db, cluster_id, part, head, links)
        changed = (m for m in part if m is not head and _changed(m, head, cluster_id, heads))
        new += [(m.document_id, head.document_id) for m in changed]
    left = {m.cluster_id for m in members.values() if m.cluster_id} - taken
    db.conn.executemany("delete from clusters where id = ?", [[cluster_id] for cluster_id in left])
    return new


def _neighbourhood(db: Database, ids: set[str]) -> tuple[set[str], Links]:
    """The documents, all they are linked to, and all that shared a cluster with any of these."""
    links: dict[str, dict[str, str]] = defaultdict(dict)
    affected: set[str] = set()
    fresh = set(ids)
    while fresh:
        affected |= fresh
        asked = json.dumps(sorted(fresh))
        for a, b, relation in db.execute(_LINKS, [asked]):
            links[a][b] = links[b][a] = relation
        mates = {row[0] for row in db.execute(_MATES, [asked])}
        fresh = (mates | {other for i in fresh for other in links.get(i, ())}) - affected
    return affected, links


def _parts(members: Mapping[str, _Member], links: Links) -> list[list[_Member]]:
    parts, seen = [], set()
    for start in members:
        if start in seen:
            continue
        seen.add(start)
        part, stack = [], [start]
        while stack:
            at = stack.pop()
            part.append(members[at])
            fresh = set(links.get(at, ())) - seen
            seen |= fresh
            stack += fresh
        parts.append(part)
    return parts


def _cluster_id(part: Sequence[_Member], members: Mapping[str, _Member], taken: set[str]) -> str:
    """The earliest id among the clusters its members had, else the id of its earliest member."""
    ids = {m.cluster_id for m in part if m.cluster_id} - taken
    held = [members[cluster_id] for cluster_id in ids if cluster_id in members]
    return min(held or part, key=seniority).document_id


def _heads(db: Database, cluster_ids: set[str]) -> dict[str, str]:
    sql = "select id, head_document_id from clusters where id in (select value from json_each(?))"
    return dict(db.execute(sql, [json.dumps(sorted(cluster_ids))]).fetchall())


def _changed(member: _Member, head: _Member, cluster_id: str, heads: Mapping[str, str]) -> bool:
    return member.cluster_id != cluster_id or heads.get(cluster_id) != head.document_id


def _store(db: Database, cluster_id: str, part: Sequence[_Member], head: _Member, links: Links) -> None:
    first = min(part, key=seniority)
    row = [cluster_id, head.document_id, first.published, first.precision, len(part)]
    db.execute(_STORE, row)
    ranked = [head, *sorted((m for m in part if m is not head), key=seniority)]
    for rank, member in enumerate(ranked):
        kind = _kind(member, [m.document_id for m in ranked[:rank]], links)
        if (member.cluster_id, member.copy_kind) != (cluster_id, kind):
            sql = "update documents set cluster_id = ?, copy_kind = ? where id = ?"
            db.execute(sql, [cluster_id, kind, member.document_id])


def _kind(member: _Member, earlier: Sequence[str], links: Links) -> str:
    """The closest relation to an earlier member; where it is linked to later ones only, to those."""
    if not earlier:
        return "original"
    mine = links.get(member.document_id, {})
    relations = [mine[other] for other in earlier if other in mine] or list(mine.values())
    return max(relations, key=lambda relation: STRENGTH[relation])
