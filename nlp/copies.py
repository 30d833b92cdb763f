"""One story, many copies: what a document is recognised by, and whether two documents tell the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from nlp.anchors import function_words, names, strong_numbers
from nlp.sketches import Sketch, sketch
from scrapers.documents import Document

Relation = Literal["copy", "rewrite", "same story"]
STRENGTH: dict[str, int] = {"copy": 3, "rewrite": 2, "same story": 1}
WINDOW_DAYS = 4  # copies appear within days of each other
MIN_WORDS = 12  # shorter texts ("GM, bitcoin to the moon") are said by many independently
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
# "The post X appeared first on Y", or out of a paraphrasing program "The put up X appeared first on Y".
_CREDIT = re.compile(
    r"\bThe\s(?:post|put\sup|article)\s(?P<title>.{8,200}?)\s(?:first\sappeared|appeared\sfirst)\son\s"
    r"(?P<by>[^.\n]{2,60})"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a document is recognised by; small enough to store beside it."""

    document_id: str
    kind: str
    title: str  # normalised
    numbers: frozenset[str]
    names: frozenset[str]
    shingles: Sketch  # of three words
    skeleton: Sketch  # of five words, content words blanked: survives synonyms
    words: Sketch  # content words
    length: int  # in words
    published: str | None = None  # ISO 8601, UTC
    publisher: str | None = None
    credited_publisher: str | None = None
    credited_title: str = ""  # normalised

    def to_json(self) -> str:
        """The signature as one line of JSON."""
        row: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        for key in ("numbers", "names"):
            row[key] = sorted(row[key])
        for key in ("shingles", "skeleton", "words"):
            row[key] = row[key].to_json()
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Signature:
        row: dict[str, Any] = json.loads(text)
        sets = {key: frozenset(row[key]) for key in ("numbers", "names")}
        sketches = {key: Sketch.from_json(row[key]) for key in ("shingles", "skeleton", "words")}
        return cls(**{**row, **sets, **sketches})


def signature(document: Document) -> Signature:
    """The document's anchors, shingles and skeleton. Costs about 2 ms per 300 words."""
    body = document.text.removeprefix(document.title) if document.title else document.text
    credit = _CREDIT.search(body)
    tokens = _WORD.findall(document.text)
    lower = [token.casefold() for token in tokens]
    return Signature(
        document_id=document.id,
        kind=document.kind,
        title=normalised(document.title or (document.text if document.kind == "post" else "")),
        numbers=strong_numbers(document.text),
        names=names(body),
        shingles=sketch(_runs(lower, 3)),
        skeleton=sketch(_runs(_blanked(tokens), 5)),
        words=sketch(word for word in lower if len(word) > 2 and word not in function_words()),
        length=len(tokens),
        published=_iso(document.published),
        publisher=document.publisher,
        credited_publisher=document.credited_publisher or (credit["by"].strip() if credit else None),
        credited_title=normalised(credit["title"]) if credit else "",
    )


def normalised(title: str) -> str:
    """A title as it is compared: its words in lower case; "" where it is too short to be telling."""
    words = _WORD.findall(title.casefold())
    return " ".join(words[:40]) if len(words) >= 4 else ""


def _runs(tokens: Sequence[str], length: int) -> set[str]:
    return {" ".join(tokens[i : i + length]) for i in range(len(tokens) - length + 1)}


def _blanked(tokens: Sequence[str]) -> list[str]:
    keep = function_words()
    return [t if t.casefold() in keep or t[0].isupper() or t[0].isdigit() else "_" for t in tokens]


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def candidate_keys(signature: Signature) -> frozenset[str]:
    """Keys an index is asked for: "n:935" a number, "a:ida quell" a name, "t:..." a title.

    Two documents are worth comparing with at least 3 "n:", 2 "a:" or 1 "t:" in common (`worth_comparing`).
    """
    if signature.length < MIN_WORDS:
        return frozenset()
    titles = {title for title in (signature.title, signature.credited_title) if title}
    return frozenset(
        [f"n:{number}" for number in signature.numbers]
        + [f"a:{name}" for name in signature.names]
        + [f"t:{title}" for title in titles]
    )


def worth_comparing(numbers: int, names: int, titles: int) -> bool:
    """Whether this many shared keys make two documents candidates."""
    return numbers >= 3 or names >= 2 or titles >= 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two signatures are. Containments are shares of the smaller one, `words` is Jaccard."""

    shingles: float
    skeleton: float
    words: float
    word_containment: float
    anchors: float
    shared_anchors: int
    shared_numbers: int
    same_title: bool
    length_ratio: float


def likeness(a: Signature, b: Signature) -> Likeness:
    """Every measure the staged rule looks at."""
    numbers, names = len(a.numbers & b.numbers), len(a.names & b.names)
    smaller = min(len(a.numbers) + len(a.names), len(b.numbers) + len(b.names))
    titles = {t for t in (a.title, a.credited_title) if t} & {t for t in (b.title, b.credited_title) if t}
    return Likeness(
        shingles=a.shingles.containment(b.shingles),
        skeleton=a.skeleton.containment(b.skeleton),
        words=a.words.jaccard(b.words),
        word_containment=a.words.containment(b.words),
        anchors=(numbers + names) / smaller if smaller else 0.0,
        shared_anchors=numbers + names,
        shared_numbers=numbers,
        same_title=bool(titles),
        length_ratio=min(a.length, b.length) / max(a.length, b.length, 1),
    )


def relation(a: Signature, b: Signature) -> Relation | None:
    """Whether two documents tell one text, by the staged rule; symmetric.

    A post and an article are never related: an article that embeds a post does not copy it.
    """
    if a.kind != b.kind or min(a.length, b.length) < MIN_WORDS:
        return None
    return judge(likeness(a, b))


def judge(like: Likeness) -> Relation | None:
    """The staged rule: copy by shingles, rewrite by skeleton or words, same story by anchors."""
    if like.shingles >= 0.5 and (like.length_ratio >= 0.2 or like.same_title):
        return "copy"
    if like.same_title and (like.words >= 0.1 or like.anchors >= 0.3):
        return "rewrite"
    if like.skeleton >= 0.25 and like.words >= 0.12:
        return "rewrite"
    if like.words >= 0.2 or (like.shingles >= 0.15 and like.words >= 0.12):
        return "rewrite"
    if like.words >= 0.12 and like.anchors >= 0.5 and like.shared_anchors >= 8 and like.shared_numbers >= 3:
        return "same story"
    return None


def cluster_head(members: Sequence[Signature]) -> Signature:
    """The earliest member, or the earliest of a publisher that another credits. Undated ones come last.

    Raises ValueError where there are no members.
    """
    credited = {m.credited_publisher.casefold() for m in members if m.credited_publisher}
    named = [m for m in members if m.publisher and m.publisher.casefold() in credited]
    return min(named or members, key=seniority)


def seniority(signature: Signature) -> tuple[bool, str, str]:
    """Sorts signatures by publication, undated ones last, ties by id."""
    return signature.published is None, signature.published or "", signature.document_id
