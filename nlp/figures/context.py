"""The words around a quantity, as features: what the rules look at and what the linear models weigh."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.figures.lexicon import cue_groups
from nlp.figures.quantity import Quantity
from nlp.prefilter import Gate
from nlp.text import Prepared

_TOKEN = re.compile(r"[A-Za-z][A-Za-z’'&-]*|\d[\d.,]*|[$%€£¥]|[.,;:()!?—–|/\"“”]")
_LIST_GAP = re.compile(r"\s?(?:,|;|,? (?:and|or|then|to|&|followed by))\s?(?:the |then |finally |even |about )?$")


@dataclass(frozen=True, slots=True)
class Around:
    """Where a quantity stands: its sentence, the words before and after (lower case, nearest first).

    Numbers are "#". For a number inside a list ("$131,000, $144,000 and $158,000") the words before are those
    before the list and the words after those after it; `item` is its place in the list, `items` the length.
    """

    sentence: int
    role: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    item: int
    items: int
    first: int  # offset where the list starts
    last: int  # offset where the list ends
    clause: str  # the clause's text, lower case


def surroundings(prepared: Prepared, quantities: Sequence[Quantity]) -> list[Around]:
    """One per quantity, in order."""
    places = _lists(prepared.text, quantities)
    return [_around(prepared, q, *places[i]) for i, q in enumerate(quantities)]


def _lists(text: str, quantities: Sequence[Quantity]) -> list[tuple[int, int, int, int]]:
    """(place, length, start, end) of the list each quantity is in."""
    runs: list[list[int]] = []
    for i, quantity in enumerate(quantities):
        previous = quantities[i - 1] if i else None
        gap = text[previous.end : quantity.start] if previous else ""
        together = (
            previous is not None and len(gap) < 24 and previous.unit == quantity.unit and _LIST_GAP.fullmatch(gap)
        )
        if together:
            runs[-1].append(i)
        else:
            runs.append([i])
    return [
        (place, len(run), quantities[run[0]].start, quantities[run[-1]].end)
        for run in runs
        for place in range(len(run))
    ]


def _around(prepared: Prepared, quantity: Quantity, item: int, items: int, first: int, last: int) -> Around:
    index = prepared.sentence_at(quantity.start)
    sentence = prepared.sentences[index] if prepared.sentences else None
    start, end = (sentence.start, sentence.end) if sentence else (0, len(prepared.text))
    end = max(end, quantity.end)
    text = prepared.text
    before = tuple(reversed(tokens(text[max(start, first - 90) : first])))[:10]
    after = tuple(tokens(text[last : min(end, last + 80)]))[:8]
    return Around(
        index,
        sentence.role if sentence else "body",
        before,
        after,
        item,
        items,
        first,
        last,
        text[start:end].casefold(),
    )


def tokens(text: str) -> list[str]:
    """Lower-case words, marks, and "#" for numbers."""
    return ["#" if t[0].isdigit() else t.casefold().replace("’", "'") for t in _TOKEN.findall(text)]


def size(quantity: Quantity) -> str:
    """The order of magnitude as a word."""
    value = abs(quantity.value)
    return "0" if value == 0 else f"e{min(13, max(-6, len(str(int(value))) if value >= 1 else 0))}"


def word_features(around: Around, before: int = 6, after: int = 5) -> Iterator[str]:
    """Single words by side and distance, and the nearest pairs."""
    past, future = around.before, around.after
    for place, word in enumerate(past[:before]):
        yield f"b:{word}"
        if place < 3:
            yield f"b{place + 1}:{word}"
    for place, word in enumerate(future[:after]):
        yield f"a:{word}"
        if place < 3:
            yield f"a{place + 1}:{word}"
    if len(past) > 1:
        yield f"bb:{past[1]}_{past[0]}"
    if len(future) > 1:
        yield f"aa:{future[0]}_{future[1]}"
    if past and future:
        yield f"ba:{past[0]}_{future[0]}"


def shape_features(quantity: Quantity, around: Around) -> Iterator[str]:
    """What the quantity itself looks like."""
    yield f"unit:{quantity.unit.split(':')[0]}"
    yield f"kind:{quantity.kind}"
    yield f"size:{quantity.unit.split(':')[0]}:{size(quantity)}"
    if quantity.magnitude >= 1e5:
        yield f"magnitude:{quantity.unit.split(':')[0]}"
    if quantity.word:
        yield f"word:{quantity.kind}"
        yield f"text:{quantity.text.casefold()}"
    if quantity.high is not None:
        yield f"range:{quantity.unit.split(':')[0]}"
    if quantity.sign:
        yield f"sign:{quantity.sign}"
    yield f"in:{around.role}"
    if around.items > 1:
        yield "listed"
    if "-" in quantity.text and quantity.kind == "duration":
        yield "hyphen"


_NEAR = (1, 1, 2, 2, 3, 3, 3, 4, 4, 4)


def cue_features(around: Around) -> Iterator[str]:
    """Which groups of cue words stand before and after, how near, and the nearest one of each group."""
    for side, words in (("<", around.before), (">", around.after)):
        seen: set[str] = set()
        crossed = ""
        for place, word in enumerate(words):
            if word in _BREAKS:
                crossed = "/"
            for group in cue_groups(word):
                if group not in seen:
                    seen.add(group)
                    yield f"{group}{side}{crossed}"
                    yield f"{group}{side}{crossed}{_NEAR[place]}"
        for group in ("up", "down"):
            if group in seen and "modal" in seen:
                yield f"modal+{group}{side}"


_BREAKS = frozenset(".;—–()|:") | {"while", "but", "whereas", "although"}


def clause_features(prefix: str) -> Iterator[str]:
    """What the sentence says before the number, as a whole: modals, conditions, forecasts."""
    possible = _gate().open(prefix)
    for number, (name, pattern) in enumerate(_WHOLE.items()):
        if number in possible and pattern.search(prefix):
            yield f"said:{name}"


_WHOLE = {
    "modal": re.compile(
        r"\b(?:could|may|might|will|would|can|likely|poised|expects?|expected|sees?|potential\w*|possible|going to)\b"
    ),
    "if": re.compile(r"\b(?:if|unless|once|should|until|as long as|provided|failure|a (?:break|close|move))\b"),
    "forecast": re.compile(
        r"\b(?:target\w*|forecast\w*|predict\w*|project\w*|estimate\w*|outlook|anticipat\w*|eye[sd]?)\b"
    ),
    "now": re.compile(r"\b(?:trading|trades|traded|currently|at the time of|hovering|as of|press time|last)\b"),
    "past": re.compile(
        r"\b(?:rose|fell|reached|hit|climbed|dropped|surged|closed|ended|settled|slid|jumped|was|were|had)\b"
    ),
    "level": re.compile(r"\b(?:support|resistance|level|zone|threshold|barrier)s?\b"),
    "above": re.compile(r"\b(?:above|below|beyond|under|over)\b[^,.;]{0,24}$"),
    "to": re.compile(r"\b(?:to|toward|towards)\b(?: (?:the|a|about|around|nearly|as (?:high|low|much) as))?\s?$"),
    "at": re.compile(r"\b(?:at|around|near)\b(?: (?:the|a|about))?\s?$"),
    "from": re.compile(r"\bfrom\b(?: (?:the|a|about|its|around))?(?: \w+){0,4}\s?$"),
    "of": re.compile(r"\bof\b(?: (?:the|a|about|around|nearly|over|more than|some))?\s?$"),
    "by": re.compile(r"\bby\b(?: (?:the|a|about|around|nearly|over|more than|some))?\s?$"),
}


@cache
def _gate() -> Gate:
    return Gate(list(_WHOLE.values()))
