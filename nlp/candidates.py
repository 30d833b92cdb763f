"""Candidates for calls: every (clause, asset) that could carry a view on a price, with the voice that speaks there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from nlp.assets import AssetMention
from nlp.attribution import Attribution
from nlp.text import Prepared, Sentence

Origin = Literal["explicit", "sentence", "carried", "main"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that can hold a view of its own: "..., while a drop below $9 opens the way to $7"."""

    start: int
    end: int
    sentence: int
    position: int  # within its sentence
    count: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One clause read as a view on one asset.

    `origin` says how the asset came: named in the clause, named earlier in the sentence, carried over from
    `distance` sentences before, or the document's main asset.
    """

    clause: Clause
    asset: str
    origin: Origin
    mentions: tuple[AssetMention, ...]  # of this asset inside the clause
    others: tuple[AssetMention, ...]  # of other assets inside the clause
    distance: int
    main: bool  # the document's main asset
    share: float  # of the document's mentions
    in_title: bool
    alone_in_title: bool
    voices: tuple[Attribution, ...]


_SPLIT = re.compile(
    r";\s+|\.\s+(?=[A-Z“])|[,—–]\s+(?=(?:while|but|whereas|although|though|yet|otherwise|however|and if|or else)\b)"
    r"|\s(?=(?:whereas|while)\s)|(?<=[a-z]),\s+(?=and\s(?:if|a\s(?:break|drop|close|move|fall|failure|loss))\b)",
)
_WHILE = re.compile(r"(?:While|Although|Though|Whereas|Even though)\b[^,;]{15,120},\s")


def clauses(text: str, sentence: Sentence, number: int) -> list[Clause]:
    """The clauses of one sentence, each at least 20 characters long."""
    cuts = [m.end() for m in _SPLIT.finditer(text, sentence.start, sentence.end)]
    opening = _WHILE.match(text, sentence.start, sentence.end)
    if opening:
        cuts.append(opening.end())
    kept = [sentence.start]
    for cut in sorted(cuts):
        if cut - kept[-1] >= 20 and sentence.end - cut >= 20:
            kept.append(cut)
    kept.append(sentence.end)
    return [Clause(a, b, number, i, len(kept) - 1) for i, (a, b) in enumerate(pairwise(kept))]


def main_asset(prepared: Prepared, mentions: Sequence[AssetMention]) -> str | None:
    """What the document is about: named most, with the title counted three times."""
    votes: Counter[str] = Counter()
    for mention in mentions:
        role = prepared.sentences[mention.sentence].role if prepared.sentences else "body"
        votes[mention.symbol] += 4 if role == "title" else 0 if role == "boilerplate" else 1
    return votes.most_common(1)[0][0] if votes else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How much a document is about each asset."""

    counts: Counter[str]
    title: frozenset[str]

    def of(self, asset: str) -> tuple[float, bool, bool]:
        """Share of all mentions, named in the title, and alone there."""
        share = self.counts[asset] / max(1, sum(self.counts.values()))
        return share, asset in self.title, self.title == {asset}


def _standing(prepared: Prepared, mentions: Sequence[AssetMention]) -> Standing:
    roles = [prepared.sentences[m.sentence].role if prepared.sentences else "body" for m in mentions]
    title = frozenset(m.symbol for m, role in zip(mentions, roles, strict=True) if role == "title")
    counts = Counter(m.symbol for m, role in zip(mentions, roles, strict=True) if role != "boilerplate")
    return Standing(counts, title)


def candidates(
    prepared: Prepared, mentions: Sequence[AssetMention], voices: Sequence[Attribution]
) -> Iterator[Candidate]:
    """Every candidate of a document in reading order."""
    main = main_asset(prepared, mentions)
    standing = _standing(prepared, mentions)
    by_sentence: dict[int, list[AssetMention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    focus: list[str] = []
    focus_at = -99
    for number, sentence in enumerate(prepared.sentences):
        if sentence.role in ("boilerplate", "caption"):
            continue
        here = by_sentence.get(number, [])
        for clause in clauses(prepared.text, sentence, number):
            yield from _of_clause(
                clause, here, focus if number - focus_at <= 4 else [], number - focus_at, main, standing, voices
            )
        if here and sentence.role != "heading":
            focus, focus_at = _focus(here), number


def _focus(mentions: list[AssetMention]) -> list[str]:
    """What the next sentence may take up: the first asset named, and the last."""
    names = [m.symbol for m in mentions if not m.modifier]
    return list(dict.fromkeys([*names[:1], *names[-1:]]))


def _of_clause(
    clause: Clause,
    here: list[AssetMention],
    focus: list[str],
    distance: int,
    main: str | None,
    standing: Standing,
    voices: Sequence[Attribution],
) -> Iterator[Candidate]:
    """The assets the clause names or takes up, then the document's main asset where it is none of these."""
    inside = [m for m in here if clause.start <= m.start < clause.end]
    speaking = tuple(v for v in voices if v.start < clause.end and clause.start < v.end)
    names, origin = _named(clause, here, inside) if here else (focus, "carried")
    distance = distance if origin == "carried" else 0
    for name in names:
        own = tuple(m for m in inside if m.symbol == name)
        others = tuple(m for m in inside if m.symbol != name)
        yield Candidate(clause, name, origin, own, others, distance, name == main, *standing.of(name), speaking)
    if main and main not in names:
        yield Candidate(clause, main, "main", (), tuple(inside), distance, True, *standing.of(main), speaking)


def _named(clause: Clause, here: list[AssetMention], inside: list[AssetMention]) -> tuple[list[str], Origin]:
    """The assets that the clause names, else those that its sentence named before it, else after it."""
    if inside:
        return list(dict.fromkeys(m.symbol for m in inside)), "explicit"
    return _focus([m for m in here if m.start < clause.start] or here), "sentence"
