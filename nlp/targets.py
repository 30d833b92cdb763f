"""The price target of a call: which of its sentence's figures it is headed for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markets.assets import registry
from nlp.candidates import Candidate
from nlp.claims import Figure, Stance, Target
from nlp.conditions import Condition
from nlp.reading import Reading

_HEADED = re.compile(
    r"(?:\b(?:to|toward|towards|hit|hits|reach|reaches|target|targets|test|retest|above|below|exceed|surpass|top|eyeing|"
    r"near|around|at|of|past|break|reclaim|even|or|and)\b|[,–-])"
    r"\s*(?:the|a|about|around|nearly|roughly|as much as|at least|USD|US|\s|\$)*$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:could|would|will|may|might|can|should|expect\w*|predict\w*|forecast\w*|target\w*|likely|path|toward|towards|"
    r"next|potential\w*|poised|set to|send\w*|aim\w*|eye\w*|surge|rally|climb|rise|fall|drop|slide|decline|pullback|"
    r"correct\w*|retrace\w*|push|move|sell-off|losses|gains|see[ns]?)\b",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:currently|trading|traded|trades|now|was|were|had|at press|stood|since|from|support|resistance|hold\w*|"
    r"defend\w*|close[sd]?|entry|stop|peak of|high of|low of|record)\b[^.;,]{0,22}$",
    re.IGNORECASE,
)
_PRICED = frozenset(("USD", "EUR", "points", "other", "JPY", "GBP", "count"))


def find_target(reading: Reading, candidate: Candidate, stance: Stance, condition: Condition | None) -> Target | None:
    """The last price the clause is headed for, else a percent move; in a post about one asset, of all its text."""
    clause = candidate.clause
    inside = _figures(reading, clause.start, clause.end, candidate.asset, condition)
    found = _chosen(reading, inside, candidate.asset, stance)
    if found is None and reading.prepared.kind == "post" and len({m.symbol for m in reading.assets}) == 1:
        return _chosen(
            reading, _figures(reading, 0, len(reading.prepared.text), candidate.asset, None), candidate.asset, stance
        )
    return found


def _figures(reading: Reading, start: int, end: int, asset: str, condition: Condition | None) -> list[Figure]:
    """The figures of the span that are not the condition's, and are this asset's as far as is known."""
    first, last = reading.prepared.to_original(start, end)
    low, high = reading.prepared.to_original(condition.start, condition.end) if condition else (-1, -1)
    return [
        f
        for f in reading.figures
        if first <= f.text_start < last and not low <= f.text_start < high and f.asset in (None, asset)
    ]


def _chosen(reading: Reading, figures: Sequence[Figure], asset: str, stance: Stance) -> Target | None:
    if _by_level(asset):
        levels = [f for f in figures if f.unit in ("%", "points", "bps") and f.role in ("target", "rate", "change")]
        targets = [f for f in levels if f.role == "target" and f.unit != "bps"]
        return Target(targets[-1].value, targets[-1].value_high) if targets else None
    prices = [f for f in figures if f.unit in _PRICED and f.role == "target"]
    prices = prices or [
        f for f in figures if f.unit in _PRICED and f.role in ("level", "price") and _headed(reading, f)
    ]
    if prices:
        return _price(prices, stance)
    moves = [f for f in figures if f.unit in ("%", "x") and f.role == "target"]
    return _percent(moves[-1], stance) if moves else None


def _by_level(asset: str) -> bool:
    known = registry().get(asset)
    return known is not None and known.kind in ("rate", "macro")


def _headed(reading: Reading, figure: Figure) -> bool:
    """Whether the words before a level say that price goes there: "could slide to the $3,400 support"."""
    text = reading.document.text
    before = text[max(figure.start, figure.text_start - 70, 0) : figure.text_start]
    return bool(_HEADED.search(before) and _AHEAD.search(before)) and not _TODAY.search(before)


def _price(prices: Sequence[Figure], stance: Stance) -> Target:
    last = prices[-1]
    if len(prices) == 1 or last.value_high is not None:
        return Target(last.value, last.value_high)
    values = [f.value for f in prices if f.value_high is None] + [
        f.value_high for f in prices if f.value_high is not None
    ]
    if stance == "bearish":
        return Target(min(values))
    return Target(max(values)) if stance == "bullish" else Target(min(values), max(values))


def _percent(figure: Figure, stance: Stance) -> Target:
    """ "40 %" up is 40, down -40; "5x" is 400."""
    values = [figure.value] if figure.value_high is None else [figure.value, figure.value_high]
    if figure.unit == "x":
        values = [(value - 1) * 100 for value in values]
    elif stance == "bearish":
        values = sorted(-value for value in values)
    return Target(values[0], values[1] if len(values) > 1 else None, True)
