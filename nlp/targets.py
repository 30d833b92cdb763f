"""The price target of a call: which of its clause's figures it is headed for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from markets.assets import registry
from nlp.candidates import Candidate
from nlp.claims import Figure, Stance, Target
from nlp.conditions import Condition
from nlp.reading import Reading

_HEADED = re.compile(
    r"(?:\b(?:to|toward|towards|hit|hits|reach|reaches|target|targets|test|retest|above|below|exceed|surpass|top|eyeing|"
    r"near|around|at|of|past|break|reclaim|even|or|and)\b|[,–-])$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:could|would|will|may|might|can|should|expect\w*|predict\w*|forecast\w*|target\w*|likely|path|toward|towards|"
    r"next|potential\w*|poised|set to|send\w*|aim\w*|eye\w*|surge|rally|climb|rise|fall|drop|slide|decline|pullback|"
    r"correct\w*|retrace\w*|push|move|sell-off|losses|gains|see[ns]?)\b",
    re.IGNORECASE,
)
_MOVE = re.compile(
    r"\b(?:could|would|will|may|might|to|should|expects?|sees?|predicts?|warns? of|another|impending|rall(?:y|ies) of|"
    r"bounces?|outperforms?|lose|gain|envisag\w*)\b(?:(?!\bafter\b)[^.;,]){0,25}$",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"(?:\b(?:the|a|an|about|around|nearly|roughly|as much as|as high as|as low as|at least|USD|US)\b|\s|[$€£])*$",
    re.IGNORECASE,
)
_STEADY = re.compile(
    r"\b(?:steady|unchanged|hold\w*|remain\w*|stay\w*|kept|keep\w*|leave\w*)\b[^.;]{0,50}$", re.IGNORECASE
)
_BY = re.compile(r"\bby\s*(?:about|around|nearly|roughly|as much as|up to|\s)*$", re.IGNORECASE)
_NEXT_TARGET = re.compile(
    r"(?:The|His|Her|Their|Its|My|Our|A|An)\s(?:[\w-]+\s){0,3}?(?:target|targets|objective|aim)\b", re.IGNORECASE
)
_PRICED = frozenset(("USD", "EUR", "points", "other", "JPY", "GBP", "count"))
_ELSE = ("level", "price", "change", "holding", "count", "indicator")  # roles that a forecast price is taken for
_AROUND = 90  # characters before a figure that say what it is


@dataclass(frozen=True, slots=True)
class _Words:
    """targets.toml as one pattern per kind of row."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    earlier: re.Pattern[str]
    today: re.Pattern[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("nlp").joinpath("targets.toml").read_text(encoding="utf-8"))
    joined = {kind: "|".join(f"(?:{row['pattern']})" for row in rows) for kind, rows in data.items()}
    return _Words(
        re.compile(joined["before"], re.IGNORECASE),
        re.compile(r"\s*(?:" + joined["after"] + ")", re.IGNORECASE),
        re.compile(joined["earlier"], re.IGNORECASE),
        re.compile(joined["today"], re.IGNORECASE),
    )


def find_target(reading: Reading, candidate: Candidate, stance: Stance, condition: Condition | None) -> Target | None:
    """The price the clause is headed for, else a percent move; else one that the next sentence calls the target.

    In a post about one asset all its text is read.
    """
    clause, asset = candidate.clause, candidate.asset
    inside = _figures(reading, clause.start, clause.end, asset)
    free = [f for f in inside if not _conditional(reading, f, condition)]
    found = _chosen(reading, free, asset, stance) or _named(reading, inside, candidate, stance, condition)
    if found is None and reading.prepared.kind == "post" and len({m.symbol for m in reading.assets}) == 1:
        return _chosen(reading, _figures(reading, 0, len(reading.prepared.text), asset), asset, stance)
    return found or _next_sentence(reading, candidate, stance)


def _figures(reading: Reading, start: int, end: int, asset: str) -> list[Figure]:
    """The figures of the span that are this asset's as far as is known."""
    first, last = reading.prepared.to_original(start, end)
    return [f for f in reading.figures if first <= f.text_start < last and f.asset in (None, asset)]


def _conditional(reading: Reading, figure: Figure, condition: Condition | None) -> bool:
    if condition is None:
        return False
    low, high = reading.prepared.to_original(condition.start, condition.end)
    return low <= figure.text_start < high


def _named(
    reading: Reading, figures: Sequence[Figure], candidate: Candidate, stance: Stance, condition: Condition | None
) -> Target | None:
    """A forecast price inside what only looks like a condition: "before a sustained breakout above $3,900"."""
    if condition is None or _by_level(candidate.asset):
        return None
    if not reading.prepared.text.startswith(("a ", "an "), condition.start):
        return None
    prices = [f for f in figures if f.unit in _PRICED and f.role == "target"]
    return _price(prices, stance) if prices else None


def _next_sentence(reading: Reading, candidate: Candidate, stance: Stance) -> Target | None:
    """ "The initial target would be $1.27." after a view that prints no price."""
    number = candidate.clause.sentence + 1
    if candidate.clause.position + 1 < candidate.clause.count or number >= len(reading.prepared.sentences):
        return None
    sentence = reading.prepared.sentences[number]
    if not _NEXT_TARGET.match(reading.prepared.text, sentence.start):
        return None
    figures = _figures(reading, sentence.start, sentence.end, candidate.asset)
    return _chosen(reading, [f for f in figures if not _by_level(candidate.asset)], candidate.asset, stance)


def _chosen(reading: Reading, figures: Sequence[Figure], asset: str, stance: Stance) -> Target | None:
    figures = [f for f in figures if f.value_high is not None or not _words().earlier.search(_before(reading, f))]
    if _by_level(asset):
        return _level(reading, figures, stance)
    priced = [f for f in figures if f.unit in _PRICED]
    prices = [f for f in priced if f.role == "target"] or [f for f in priced if _headed(reading, f)]
    if prices:
        return _price(prices, stance)
    moves = [f for f in figures if f.unit in ("%", "x") and f.role == "target"]
    moves = moves or [f for f in figures if f.unit == "%" and f.role == "change" and _to_come(reading, f)]
    return _percent(_joined(reading, moves), stance) if moves else None


def _joined(reading: Reading, moves: Sequence[Figure]) -> Figure:
    """The last of some moves, as one range with the one before it in "10% to 15%"."""
    last = moves[-1]
    if len(moves) < 2 or last.value_high is not None or moves[-2].value_high is not None:
        return last
    between = reading.document.text[moves[-2].text_start + len(moves[-2].text) : last.text_start]
    return replace(moves[-2], value_high=last.value) if between.strip() in ("to", "-", "–") else last


def _level(reading: Reading, figures: Sequence[Figure], stance: Stance) -> Target | None:
    """The target of a rate or a series, which is a level in percent: the first printed; "by 15%" is a move."""
    levels = [f for f in figures if f.unit in ("%", "points")]
    targets = [f for f in levels if f.role == "target"]
    targets = targets or [f for f in levels if f.role in ("rate", "share", "change") and _foretold(reading, f)]
    if not targets and stance == "neutral":
        targets = [f for f in levels if f.role == "rate" and _STEADY.search(_before(reading, f))]
    if not targets:
        return None
    first = targets[0]
    if first.unit == "%" and _BY.search(_before(reading, first)):
        return _percent(first, stance)
    return Target(first.value, first.value_high)


def _by_level(asset: str) -> bool:
    known = registry().get(asset)
    series = known is not None and known.kind in ("rate", "macro") and not asset.endswith(("HOUSING", "PROPERTY"))
    return series or asset.endswith(".D")


def _before(reading: Reading, figure: Figure) -> str:
    """The words before a figure, as far back as they can say what it is."""
    return reading.document.text[max(figure.start, figure.text_start - _AROUND, 0) : figure.text_start].rstrip()


def _headed(reading: Reading, figure: Figure) -> bool:
    """Whether the words around a figure say that price goes there: "could slide to the $3,400 support"."""
    before = _before(reading, figure)
    if _words().today.search(before):
        return False
    to = figure.role in ("level", "price") and _HEADED.search(_SMALL.sub("", before)) and _AHEAD.search(before)
    return bool(to) or (figure.role in _ELSE and _foretold(reading, figure))


def _foretold(reading: Reading, figure: Figure) -> bool:
    """Whether the words around a figure are those of a forecast (targets.toml)."""
    end = figure.text_start + len(figure.text)
    ahead = _words().before.search(_SMALL.sub("", _before(reading, figure)))
    return ahead is not None or _words().after.match(reading.document.text, end) is not None


def _to_come(reading: Reading, figure: Figure) -> bool:
    """Whether a percent move is still ahead: "to lose 40%"."""
    return _MOVE.search(_before(reading, figure)) is not None


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
