"""Speakers: every printed name of a current claim leads to one, and keeps leading to the same one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from nlp.speakers import Key, SpeakerIdentity, SpeakerMention, SpeakerMerge, resolve

_TABLES = ("calls", "correlations", "figures", "closes")
_MENTIONS = " union all ".join(
    f"select speaker, {table}.organisation, {table}.handle, publisher from {table}"
    f" join documents on documents.id = document_id where superseded_at is null"
    for table in _TABLES
)
# The context of a printed name in SQL; the same as `SpeakerMention.key`.
_CONTEXT = """
case when {table}.speaker = '' then coalesce((select publisher from documents where id = document_id), '')
     when coalesce({table}.handle, '') != '' then '@' || {table}.handle
     else coalesce({table}.organisation, '') end
"""


def resolve_speakers(db: Database) -> int:
    """Bring speakers, their printed names and the claims' speaker ids up to date; returns how many speakers there are.

    Idempotent. A speaker keeps its id as long as one of its printed names led to it before.
    """
    identities = resolve(_mentions(db), _merges(db))
    with db.atomic():
        ids = _speaker_ids(db, identities)
        _write_names(db, identities, ids)
        for table in _TABLES:
            _point_claims(db, table)
        _drop_unused(db)
    return len(set(ids.values()))


# The newest display name of each account that is collected as a source of its own: somebody chose to follow it.
# The accounts of embedded and imported posts are left out, for anyone can call an account "Elon Musk".
_FOLLOWED = """
select json_extract(authors, '$[0]') as name, documents.handle, max(published)
from documents join sources on sources.id = source_id
where documents.kind = 'post' and parent_id is null and coalesce(documents.handle, '') != '' and authors != '[]'
group by documents.handle
"""


def _mentions(db: Database) -> list[SpeakerMention]:
    sql = f"select speaker, organisation, handle, publisher, count(*) from ({_MENTIONS}) group by 1, 2, 3, 4"
    printed = [
        SpeakerMention(name, organisation or None, handle or None, publisher, count)
        for name, organisation, handle, publisher, count in db.execute(sql)
    ]
    heard = {(mention.handle or "").casefold() for mention in printed}
    followed = [
        SpeakerMention(name, None, handle)
        for name, handle, _ in db.execute(_FOLLOWED)
        if handle.casefold() in heard and name and name.casefold() != handle.casefold()
    ]
    return printed + followed


def _merges(db: Database) -> list[SpeakerMerge]:
    return [SpeakerMerge(*row) for row in db.execute("select action, name, into_name from speaker_merges order by id")]


def _speaker_ids(db: Database, identities: Mapping[Key, SpeakerIdentity]) -> dict[Key, int]:
    """The id of each printed name's speaker: the one most of its names had, else a new one."""
    known = {
        (name, context): i for name, context, i in db.execute("select name, context, speaker_id from speaker_names")
    }
    ids: dict[Key, int] = {}
    taken: set[int] = set()
    for keys in _by_voice(identities):
        before = Counter(known[key] for key in keys if key in known and known[key] not in taken)
        speaker = min(before, key=lambda i: (-before[i], i)) if before else _insert(db)
        taken.add(speaker)
        _update(db, speaker, identities[keys[0]])
        ids.update(dict.fromkeys(keys, speaker))
    return ids


def _by_voice(identities: Mapping[Key, SpeakerIdentity]) -> list[list[Key]]:
    """The keys of each voice; when a merge is undone the larger part keeps the id."""
    groups: dict[Key, list[Key]] = defaultdict(list)
    for key in sorted(identities):
        groups[identities[key].voice].append(key)
    return sorted(groups.values(), key=lambda keys: (-len(keys), keys))


def _insert(db: Database) -> int:
    row = db.execute("insert into speakers (name) values ('')")
    assert row.lastrowid is not None
    return row.lastrowid


def _update(db: Database, speaker: int, who: SpeakerIdentity) -> None:
    sql = "update speakers set name = ?, kind = ?, organisation = ?, handle = ? where id = ?"
    db.execute(sql, [who.name, who.kind, who.organisation, who.handle, speaker])


def _write_names(db: Database, identities: Mapping[Key, SpeakerIdentity], ids: Mapping[Key, int]) -> None:
    rows: Sequence[tuple[str, str, int, str]] = [(*key, ids[key], identities[key].rule) for key in sorted(ids)]
    db.conn.executemany(
        "insert into speaker_names (name, context, speaker_id, rule) values (?, ?, ?, ?)"
        " on conflict (name, context) do update set speaker_id = excluded.speaker_id, rule = excluded.rule",
        rows,
    )


def _point_claims(db: Database, table: str) -> None:
    context = _CONTEXT.format(table=table)
    right = f"(select speaker_id from speaker_names where name = {table}.speaker and context = {context})"
    db.execute(f"update {table} set speaker_id = {right} where superseded_at is null and speaker_id is not {right}")


def _drop_unused(db: Database) -> None:
    """Speakers that nothing leads to any more; reference callers stay."""
    used = " union ".join(
        f"select speaker_id from {table} where speaker_id is not null"
        for table in (*_TABLES, "speaker_names", "speaker_records")
    )
    db.execute(f"delete from speakers where kind != 'reference' and id not in ({used})")
