"""Who is who across documents: "Tom Lee", "Fundstrat's Thomas Lee" and "@fundstrat" are one voice.

Two people are never merged on a guess. A full name with another house beside it is the same person only where
the name is a rare one; a surname alone joins a person only where house and surname leave one choice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.speaker_names import PrintedName, SpeakerKind, folded, lexicon, organisation_key, read_name

Key = tuple[str, str]  # a printed name and the context it was printed with


@dataclass(frozen=True, slots=True)
class SpeakerMention:
    """A voice as printed: its name, what was printed with it, where, and how often.

    `name` is "" for the publisher's own view. `context` tells mentions of one name apart; see `key`.
    """

    name: str
    organisation: str | None = None
    handle: str | None = None
    publisher: str | None = None
    count: int = 1

    @property
    def key(self) -> Key:
        """The printed name and its context: the publisher of an own view, else the handle, else the organisation."""
        if not self.name:
            return "", self.publisher or ""
        return self.name, f"@{self.handle}" if self.handle else self.organisation or ""


@dataclass(frozen=True, slots=True)
class SpeakerIdentity:
    """One voice. `rule` says why the mention belongs to it."""

    name: str
    kind: SpeakerKind
    organisation: str | None
    handle: str | None
    rule: str
    voice: Key  # the first of its keys: equal for all mentions of one voice


@dataclass(frozen=True, slots=True)
class SpeakerMerge:
    """What a person said about a printed name; later ones outweigh earlier ones, and a split undoes merges."""

    action: Literal["merge", "split", "rename"]
    name: str
    into_name: str


@dataclass(slots=True)
class _Voice:
    """A mention under way to an identity."""

    mention: SpeakerMention
    read: PrintedName
    organisation: str  # compared form, "" where none is known
    rule: str = "own name"


def resolve(mentions: Iterable[SpeakerMention], merges: Sequence[SpeakerMerge] = ()) -> dict[Key, SpeakerIdentity]:
    """The identity of each mention, by its key. Does not depend on the order of the mentions."""
    voices = [_voice(m) for m in sorted(mentions, key=lambda m: (m.key, m.publisher or "", -m.count))]
    groups = _Groups(len(voices))
    apart = {m.name for m in merges if m.action == "split"}
    free = [i for i, voice in enumerate(voices) if voice.mention.name not in apart]
    for join in (_join_same_key, _join_accounts, _join_people, _join_surnames, _join_houses):
        join(voices, free, groups)
    _apply_merges(voices, groups, standing(merges))
    renamed = {m.name: m.into_name for m in merges if m.action == "rename"}
    found: dict[Key, SpeakerIdentity] = {}
    for members in groups.members():
        chosen = [voices[i] for i in members]
        for voice in chosen:
            found[voice.mention.key] = _identity(chosen, voice.rule, renamed)
    return found


class _Groups:
    """Union-find over positions; the root is the smallest position."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def root(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def join(self, i: int, j: int) -> None:
        a, b = sorted((self.root(i), self.root(j)))
        self.parent[b] = a

    def members(self) -> list[list[int]]:
        groups: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.parent)):
            groups[self.root(i)].append(i)
        return list(groups.values())


def _voice(mention: SpeakerMention) -> _Voice:
    if not mention.name:
        publisher = mention.publisher or ""
        return _Voice(mention, PrintedName("outlet", publisher, f"outlet {folded(publisher)}"), "", "outlet")
    read = read_name(mention.name, mention.organisation)
    house = organisation_key(read.organisation) if read.organisation else ""
    rule = {"group": "group without a name", "handle": "handle"}.get(read.kind, "own name")
    return _Voice(mention, read, house, rule)


def _join_same_key(voices: Sequence[_Voice], free: Sequence[int], groups: _Groups) -> None:
    """The same printed name with the same context, and groups, outlets and handles by their compared form."""
    seen: dict[object, int] = {}
    for i, voice in enumerate(voices):
        same: object = voice.mention.key
        groups.join(seen.setdefault(same, i), i)
        if i in set(free) and voice.read.kind in ("group", "outlet", "handle"):
            groups.join(seen.setdefault((voice.read.kind, voice.read.key), i), i)


def _join_accounts(voices: Sequence[_Voice], free: Sequence[int], groups: _Groups) -> None:
    """A handle belongs to the only name that was printed with it, or to the name the list gives it."""
    owners = _account_owners(voices, free)
    for i in free:
        voice = voices[i]
        handle = _handle(voice)
        owner = owners.get(handle) if handle else None
        if owner is None or owner == i:
            continue
        if voice.read.kind == "handle" or _same_printed_person(voice, voices[owner]):
            groups.join(owner, i)
            voice.rule = "handle printed with the name" if voice.read.kind == "handle" else voice.rule


def _handle(voice: _Voice) -> str:
    if voice.read.kind == "handle":
        return voice.read.key.removeprefix("@")
    return (voice.mention.handle or "").removeprefix("@").casefold()


def _account_owners(voices: Sequence[_Voice], free: Sequence[int]) -> dict[str, int]:
    """For each handle the first voice with the one name it was printed with; none where names differ."""
    named: dict[str, dict[str, int]] = defaultdict(dict)
    for i in free:
        voice = voices[i]
        if voice.read.kind != "handle" and _handle(voice):
            named[_handle(voice)].setdefault(voice.read.key, i)
        for handle, (name, house) in lexicon().accounts.items():
            listed = read_name(name, house)
            if voice.read.key == listed.key and voice.organisation in ("", organisation_key(house or "")):
                named[handle].setdefault(voice.read.key, i)
    return {handle: next(iter(owners.values())) for handle, owners in named.items() if len(owners) == 1}


def _same_printed_person(a: _Voice, b: _Voice) -> bool:
    return a.read.key == b.read.key


def _join_people(voices: Sequence[_Voice], free: Sequence[int], groups: _Groups) -> None:
    """One full name is one person, as far as houses and middle names allow it."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for i in free:
        if voices[i].read.kind == "person":
            by_name[voices[i].read.key].append(i)
    for same in by_name.values():
        for part in _compatible_parts([voices[i] for i in same], same):
            for i in part[1:]:
                groups.join(part[0], i)
                voices[i].rule = "same full name"
            voices[part[0]].rule = "same full name" if len(part) > 1 else voices[part[0]].rule


def _compatible_parts(people: Sequence[_Voice], positions: Sequence[int]) -> list[list[int]]:
    """Positions of one full name in parts that are one person each."""
    middles = {p.read.middle[:1] for p in people if p.read.middle}
    written = {p.read.shown.split()[0].casefold() for p in people}
    houses = sorted({p.organisation for p in people if p.organisation})
    risky = people[0].read.last in lexicon().common_surnames or len(written) > 1 or len(middles) > 1
    if not risky or (len(houses) <= 1 and len(middles) <= 1):
        return [list(positions)]
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person, position in zip(people, positions, strict=True):
        parts[person.organisation, person.read.middle[:1] if len(middles) > 1 else ""].append(position)
    return list(parts.values())


def _join_surnames(voices: Sequence[_Voice], free: Sequence[int], groups: _Groups) -> None:
    """ "Quell" of Quillon Data is Ida Quell where she is the only Quell of that house."""
    people: dict[tuple[str, str], set[int]] = defaultdict(set)
    for i in free:
        voice = voices[i]
        if voice.read.kind == "person" and voice.organisation:
            people[voice.read.last, voice.organisation].add(groups.root(i))
    for i in free:
        voice = voices[i]
        found = people.get((voice.read.key, voice.organisation), set())
        if " " not in voice.read.key and voice.organisation and len(found) == 1:
            groups.join(next(iter(found)), i)
            voice.rule = "surname and house"


def _join_houses(voices: Sequence[_Voice], free: Sequence[int], groups: _Groups) -> None:
    """Forms of one organisation."""
    first: dict[str, int] = {}
    for i in free:
        voice = voices[i]
        if voice.read.kind == "organisation" and voice.rule == "own name":
            groups.join(first.setdefault(voice.read.key, i), i)


def standing(statements: Sequence[SpeakerMerge]) -> list[SpeakerMerge]:
    """The statements, given in order, without the merges that a later split of either name undid."""
    kept: list[SpeakerMerge] = []
    for one in statements:
        if one.action == "split":
            kept = [k for k in kept if k.action != "merge" or one.name not in (k.name, k.into_name)]
        kept.append(one)
    return kept


def _apply_merges(voices: Sequence[_Voice], groups: _Groups, merges: Sequence[SpeakerMerge]) -> None:
    """What people said, in order."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, voice in enumerate(voices):
        by_name[voice.mention.name].append(i)
    for merge in merges:
        if merge.action == "split":
            for i in by_name.get(merge.name, [])[1:]:
                groups.join(by_name[merge.name][0], i)
        if merge.action == "merge" and merge.into_name in by_name:
            for i in by_name.get(merge.name, []):
                groups.join(by_name[merge.into_name][0], i)
                voices[i].rule = "merged by a person"


_KIND_ORDER: Mapping[SpeakerKind, int] = {"person": 0, "organisation": 1, "outlet": 2, "handle": 3, "group": 4}


def _identity(voices: Sequence[_Voice], rule: str, renamed: Mapping[str, str]) -> SpeakerIdentity:
    """The form printed most often stands for the whole; persons before houses before handles."""
    kind = min((v.read.kind for v in voices), key=lambda k: _KIND_ORDER[k])
    shown, houses, handles = Counter[str](), Counter[str](), Counter[str]()
    for voice in voices:
        if voice.read.kind == kind:
            shown[voice.read.shown] += voice.mention.count
        houses.update({voice.read.organisation: voice.mention.count} if voice.read.organisation else {})
        handles.update({_handle(voice): voice.mention.count} if _handle(voice) else {})
    name = _most(shown) or ""
    named = next((renamed[v.mention.name] for v in voices if v.mention.name in renamed), None)
    return SpeakerIdentity(
        named or renamed.get(name) or name, kind, _most(houses), _most(handles), rule, voices[0].mention.key
    )


def _most(counts: Counter[str]) -> str | None:
    """The most frequent, then the longest, then the first by alphabet; does not depend on order."""
    return min(counts, key=lambda name: (-counts[name], -len(name), name), default=None)
