"""One story, many copies: what a document is recognised by, and whether two documents tell the same text."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

from nlp.anchors import function_words, names, strong_numbers
from nlp.sketches import Sketch, sketch
from scrapers.documents import Document

Relation = Literal["copy", "rewrite", "same story"]
STRENGTH: dict[str, int] = {"copy": 3, "rewrite": 2, "same story": 1}
WINDOW_DAYS = 4  # copies appear within days of each other
LEAST_ANCHORS = 0.25  # share of the smaller side's anchors that any rewrite keeps
_FEW_NUMBERS = 4
_SHINGLE_KEYS = 16
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
    handle: str | None = None
    text: str = ""  # hash of all words, "" of a text without any

    @property
    def anchors(self) -> int:
        """How many numbers and names it has."""
        return len(self.numbers) + len(self.names)

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
        handle=document.handle,
        text=_text_hash(lower),
    )


def _text_hash(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16] if words else ""


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
    """Keys an index is asked for: "n:935" a number, "a:ida quell" a name, "s:..." a shingle, "t:..." a title, "x:..."
    the whole text, which is all that a short one is looked for by.

    The shingles are those with the lowest hashes (MinHash), for texts with hardly any anchors. Which pairs are
    worth comparing is said by `worth_comparing`.
    """
    whole = frozenset([f"x:{signature.text}"] if signature.text else [])
    if signature.length < MIN_WORDS:
        return whole
    titles = {title for title in (signature.title, signature.credited_title) if title}
    return whole | frozenset(
        [f"n:{number}" for number in signature.numbers]
        + [f"a:{name}" for name in signature.names]
        + [f"s:{shingle:x}" for shingle in signature.shingles.ordered[:_SHINGLE_KEYS]]
        + [f"t:{title}" for title in titles]
    )


def worth_comparing(shared: Iterable[str]) -> bool:
    """Whether these shared keys make two documents candidates: 3 numbers, 2 names, 4 shingles, a title or the text."""
    kinds = Counter(key[0] for key in shared)
    return kinds["n"] >= 3 or kinds["a"] >= 2 or kinds["s"] >= 4 or kinds["t"] >= 1 or kinds["x"] >= 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two signatures are. Containments are shares of the smaller one, `words` is Jaccard."""

    shingles: float
    skeleton: float
    words: float
    anchors: float  # containment of numbers and names together
    shared_anchors: int
    numbers: float  # containment; 1.0 where one has too few numbers to tell
    shared_numbers: int
    telling_numbers: int  # shared ones of at least three significant digits
    same_title: bool
    same_publisher: bool
    length_ratio: float


def likeness(a: Signature, b: Signature) -> Likeness:
    """Every measure the staged rule looks at."""
    numbers, names = a.numbers & b.numbers, a.names & b.names
    smaller = min(a.anchors, b.anchors)
    fewer = min(len(a.numbers), len(b.numbers))
    titles = {t for t in (a.title, a.credited_title) if t} & {t for t in (b.title, b.credited_title) if t}
    return Likeness(
        shingles=a.shingles.containment(b.shingles),
        skeleton=a.skeleton.containment(b.skeleton),
        words=a.words.jaccard(b.words),
        anchors=(len(numbers) + len(names)) / smaller if smaller else 0.0,
        shared_anchors=len(numbers) + len(names),
        numbers=len(numbers) / fewer if fewer >= _FEW_NUMBERS else 1.0,
        shared_numbers=len(numbers),
        telling_numbers=sum(len(number) >= 3 for number in numbers),
        same_title=bool(titles),
        same_publisher=bool(a.publisher) and a.publisher == b.publisher,
        length_ratio=min(a.length, b.length) / max(a.length, b.length, 1),
    )


def relation(a: Signature, b: Signature) -> Relation | None:
    """Whether two documents tell one text, by the staged rule; symmetric.

    A post and an article are never related: an article that embeds a post does not copy it. Of a text met twice word
    for word the days decide, and of a short one who says it: "GM, bitcoin to the moon" is said by many.
    """
    if a.kind != b.kind:
        return None
    if a.text and a.text == b.text:
        return "copy" if _near(a, b) and (a.length >= MIN_WORDS or _one_voice(a, b)) else None
    if min(a.length, b.length) < MIN_WORDS:
        return None
    return judge(likeness(a, b))


def _near(a: Signature, b: Signature) -> bool:
    """Published within days of each other, or one of them at a time that nobody knows."""
    if not a.published or not b.published:
        return True
    return abs(datetime.fromisoformat(a.published) - datetime.fromisoformat(b.published)) <= timedelta(WINDOW_DAYS)


def _one_voice(a: Signature, b: Signature) -> bool:
    """Whether a short text may be the same one met twice: one account's post, or no two publishers' article."""
    if a.kind == "post":
        return bool(a.handle) and a.handle == b.handle
    return not a.publisher or not b.publisher or a.publisher == b.publisher


def judge(like: Likeness) -> Relation | None:
    """The staged rule: copy by shingles, rewrite by skeleton or words, same story by anchors.

    A publisher's own articles share furniture and templates ("Bitcoin price analysis: ..."), so between them
    the numbers have to agree and only a near copy counts.
    """
    if like.same_publisher:
        return _judge_within_publisher(like)
    if like.shingles >= 0.5 and like.numbers >= 0.5 and (like.length_ratio >= 0.2 or like.same_title):
        return "copy"
    return "rewrite" if _rewritten(like) else "same story" if _same_story(like) else None


def _judge_within_publisher(like: Likeness) -> Relation | None:
    if like.shingles >= 0.6 and like.numbers >= 0.7 and like.anchors >= 0.7:
        return "copy"
    return "rewrite" if like.words >= 0.4 and like.anchors >= 0.8 and like.numbers >= 0.8 else None


def _rewritten(like: Likeness) -> bool:
    if like.same_title and (like.words >= 0.1 or like.anchors >= 0.3):
        return True
    if like.anchors < LEAST_ANCHORS or like.numbers < 0.25:
        return False
    if like.anchors < 0.4:  # a loose rewrite of a text with few numbers: many names and words must be shared
        return like.words >= 0.22 and like.shared_anchors >= 8
    return like.words >= 0.2 or (like.words >= 0.12 and (like.skeleton >= 0.25 or like.shingles >= 0.15))


def _same_story(like: Likeness) -> bool:
    return like.words >= 0.1 and like.anchors >= 0.5 and like.shared_numbers >= 3 and like.telling_numbers >= 2


class Member(Protocol):
    """What choosing a head needs to know of a document; a Signature is one."""

    @property
    def document_id(self) -> str: ...
    @property
    def published(self) -> str | None: ...
    @property
    def publisher(self) -> str | None: ...
    @property
    def credited_publisher(self) -> str | None: ...


M = TypeVar("M", bound=Member)


def cluster_head(members: Sequence[M]) -> M:
    """The earliest member, or the earliest of a publisher that another credits. Undated ones come last.

    Raises ValueError where there are no members.
    """
    credited = {m.credited_publisher.casefold() for m in members if m.credited_publisher}
    named = [m for m in members if m.publisher and m.publisher.casefold() in credited]
    return min(named or members, key=seniority)


def seniority(member: Member) -> tuple[bool, str, str]:
    """Sorts members by publication, undated ones last, ties by id."""
    return member.published is None, member.published or "", member.document_id
