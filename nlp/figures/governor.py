"""What governs a number: its preposition, the nearest verb and its form, the nouns beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.figures.context import Around
from nlp.figures.lexicon import cue_groups, verb_forms, word_list
from nlp.figures.quantity import Quantity

_NOUNS = (
    "level",
    "target",
    "flow",
    "holding",
    "volume",
    "rate",
    "share",
    "indicator",
    "price",
    "up",
    "down",
    "count",
    "other",
)
_STOP = frozenset(".;()|") | {"while", "but", "whereas", "although"}


@dataclass(frozen=True, slots=True)
class Governor:
    """`verb` is its form ("past", "base" ...) or "" and `modal` whether a modal or "to" stands before it."""

    preposition: str
    verb: str
    word: str
    modal: bool
    left: str  # nearest noun group on the left, before any verb
    right: str  # nearest noun group on the right


def governor(around: Around) -> Governor:
    """Read the words around a number outward until something governs it."""
    before = _clause(around.before)
    preposition = _preposition(before)
    place, form = _verb(before)
    modal = place >= 0 and _modal(before[place + 1 : place + 4])
    left = _noun(before[: place if place >= 0 else 6])
    right = _noun(_clause(around.after)[:4])
    return Governor(preposition, form, before[place] if place >= 0 else "", modal, left, right)


def _clause(words: Sequence[str]) -> tuple[str, ...]:
    for place, word in enumerate(words):
        if word in _STOP:
            return tuple(words[:place])
    return tuple(words)


def _preposition(before: Sequence[str]) -> str:
    for word in before[:5]:
        if word in word_list("prepositions") and word not in ("about", "than"):
            return word
        if word not in word_list("fillers"):
            return "" if word not in ("than", "about") else word
    return ""


def _verb(before: Sequence[str]) -> tuple[int, str]:
    for place, word in enumerate(before):
        forms = verb_forms(word)
        if forms:
            following = before[place + 1 : place + 3]
            return place, "base" if "base" in forms and _modal(following) else sorted(forms)[-1]
    return -1, ""


def _modal(words: Sequence[str]) -> bool:
    return any(word in word_list("modals") or word == "to" for word in words)


@cache
def _noun_groups(word: str) -> tuple[str, ...]:
    return tuple(group for group in _NOUNS if group in cue_groups(word))


def _noun(words: Sequence[str]) -> str:
    for word in words:
        groups = _noun_groups(word)
        if groups and not verb_forms(word):
            return "+".join(groups)
    return ""


def unit_class(quantity: Quantity) -> str:
    """The coarse kind that decides which roles are likely."""
    if quantity.kind == "money":
        return "sum" if quantity.magnitude >= 1e5 or quantity.value >= 5e6 else "price"
    if quantity.kind in ("bare", "points", "counted"):
        if quantity.word or quantity.kind == "counted":
            return "number"
        return "decimal" if "." in quantity.text else "integer"
    return quantity.kind


def governor_features(quantity: Quantity, around: Around) -> Iterator[str]:
    """The governor, alone and together with the unit."""
    found, unit = governor(around), unit_class(quantity)
    modal = "!" if found.modal else ""
    parts = [
        f"prep:{found.preposition}",
        f"verb:{found.verb}{modal}",
        f"left:{found.left}",
        f"right:{found.right}",
        f"word:{found.word}{modal}",
        f"pv:{found.preposition}|{found.verb}{modal}",
        f"pl:{found.preposition}|{found.left}",
        f"pr:{found.preposition}|{found.right}",
        f"vr:{found.verb}{modal}|{found.right}",
        f"vl:{found.verb}{modal}|{found.left}",
        f"pvr:{found.preposition}|{found.verb}{modal}|{found.right}",
    ]
    for part in parts:
        yield part
        yield f"{unit}~{part}"
    yield f"class:{unit}"
