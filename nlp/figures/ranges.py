"""Ranges: "$1.2-1.5 trillion", "between 3% and 5%", "$116K to $120K"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nlp.figures.quantity import Quantity

_BAND = re.compile(r"\s?(?:\w+ )?(?:range|zone|area|region|band|corridor)\b")
_MOVED = re.compile(
    r"\b(?:from|up|down|higher|lower|r[iou]s(?:e|es|en|ing)|f[ae]ll(?:s|en|ing)?|drop\w*|climb\w*|mov\w+|jump\w*|sli[dp]\w*|los[et]\w*|"
    r"gain\w*|add\w*|eas\w+|cut|rais\w+|lift\w*|dip\w*|declin\w+|soar\w*|surg\w+|advanc\w+|retreat\w*|shed\w*|sank|grew|widen\w*|narrow\w*)"
    r"\s(?:\w+\s){0,3}$",
    re.IGNORECASE,
)
_SAME = frozenset(
    {"bare", "money", "percent", "duration", "multiple", "points", "coins", "shares", "physical", "times", "counted"}
)


def ranges(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    index = 0
    while index < len(found):
        low = found[index]
        high = found[index + 1] if index + 1 < len(found) else None
        merged = _merge(text, low, high) if high is not None else None
        yield merged or low
        index += 2 if merged else 1


def _merge(text: str, low: Quantity, high: Quantity) -> Quantity | None:
    """One range out of two numbers: "$1.2-1.5 trillion", "between 3% and 5%", "$85,000–$90,000"."""
    gap = text[low.end : high.start]
    if len(gap) > 16 or low.high is not None or high.high is not None or not {low.kind, high.kind} <= _SAME:
        return None
    dash = gap.strip() in ("-", "–", "—", "‑") or (high.sign == "-" and not gap.strip())
    if not dash and not re.fullmatch(r"\s(?:to|and|or)\s(?:the )?", gap):
        return None
    word = gap.strip().split(" ")[0]
    if not _compatible(low, high) or not _meant(text, low, high, word, dash):
        return None
    borrowed = low.kind == "bare" and high.kind != "bare"
    magnitude = high.magnitude if low.magnitude == 1 and _needs_magnitude(low, high) else low.magnitude
    factor = high.value / (high.number * high.magnitude) if borrowed and high.number else 1.0
    first = low.number * magnitude * factor if borrowed or magnitude != low.magnitude else low.value
    if borrowed and high.kind == "money" and high.text[:1] in "$€£¥":
        return None
    second = _tail_value(low, high, first)
    if second < first:
        return None
    unit = high if borrowed else low
    return replace(
        unit, start=low.start, end=high.end, text=text[low.start : high.end], value=first, high=second,
        sign=low.sign, plus=high.plus, magnitude=magnitude, number=low.number,
    )  # fmt: skip


def _compatible(low: Quantity, high: Quantity) -> bool:
    if low.unit == high.unit and low.kind == high.kind:
        return low.kind != "money" or ("cent" in low.text) == ("cent" in high.text)
    if high.kind == "bare" and not high.word and low.kind in ("money", "bare"):
        return True
    return low.kind == "bare" and high.kind in _SAME


def _needs_magnitude(low: Quantity, high: Quantity) -> bool:
    return high.magnitude > 1 and low.number < 1000 and (low.number <= high.number or low.number < 10 * high.number)


def _tail_value(low: Quantity, high: Quantity, first: float) -> float:
    """The upper end, with the magnitude of the lower where only it has one: "$116K to $116.4"."""
    if low.magnitude > 1 and high.magnitude == 1 and high.value < first and high.number * low.magnitude >= first:
        return high.number * low.magnitude
    return high.value


def _meant(text: str, low: Quantity, high: Quantity, word: str, dash: bool) -> bool:
    before = text[max(0, low.start - 24) : low.start]
    if dash:
        return True
    if word == "to":
        if re.search(r"\brang(?:e[sd]?|ing) (?:from|of) $", before):
            return True
        return not _MOVED.search(before)
    if word == "and":
        band = _BAND.match(text, high.end)
        return bool(
            re.search(r"\b(?:between|within)\b[^.;]{0,24}$", text[max(0, low.start - 30) : low.start], re.I)
            or band
            or re.search(r"\baround $", before)
        )
    return word == "or" and low.kind == "bare" and high.kind not in ("bare", "money")
