"""Horizons of calls: "by year-end", "in Q3", "over the coming weeks", "within 12–18 months", "this cycle".

`find_horizons` marks them in a prepared text; `resolve` turns a printed one into dates, or into a kernel where it
names none (METHODS 5.1: a trapezoid of four day offsets after publication).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from nlp.calendar_days import (
    UNIT_DAYS,
    calendar_unit,
    month_span,
    quarter_span,
    small_number,
    year_span,
)
from nlp.claims import Horizon
from nlp.periods import find_periods, resolve_period
from nlp.prefilter import Caseless
from nlp.text import Prepared

Kernel = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class HorizonSpan:
    """A horizon printed at `text[start:end]` of the prepared text, and its sentence's index."""

    start: int
    end: int
    text: str
    sentence: int


@dataclass(frozen=True, slots=True)
class HorizonRules:
    """horizons.toml, compiled."""

    vague: tuple[tuple[re.Pattern[str], Kernel], ...]
    phrases: tuple[tuple[str, re.Pattern[str]], ...]
    words: re.Pattern[str]
    any_vague: Caseless
    any_phrase: Caseless


@cache
def rules() -> HorizonRules:
    """The rules of horizons.toml."""
    data = tomllib.loads(files("nlp").joinpath("horizons.toml").read_text(encoding="utf-8"))
    vague = tuple((_whole(row["pattern"]), _kernel(row["kernel"])) for row in data["vague"])
    phrases = tuple((row["name"], _whole(row["pattern"])) for row in data["phrase"])
    words = "|".join(row["words"] for row in data["date"])
    unnamed = [re.sub(r"\?P<\w+>", "?:", row["pattern"]) for row in data["phrase"]]
    return HorizonRules(
        vague,
        phrases,
        re.compile(
            rf"\b(?:{words}) (?:the |about |around )?(?:(?:end|close|start|beginning|middle) of )?$", re.IGNORECASE
        ),
        _anywhere([row["pattern"] for row in data["vague"]]),
        _anywhere(unnamed),
    )


def _kernel(offsets: list[int]) -> Kernel:
    first, second, third, fourth = offsets
    return first, second, third, fourth


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


def _anywhere(patterns: list[str]) -> Caseless:
    return Caseless(re.compile(r"(?<![\w-])(?:" + "|".join(patterns) + r")(?![\w-])", re.IGNORECASE))


_FUTURE_KINDS = frozenset(
    ("month_year", "quarter", "quarter_words", "part_year", "part_month", "month_year", "year", "years", "month_day",
     "day_month", "month", "iso", "slashed", "fiscal")
)  # fmt: skip
_BY = re.compile(r"\s*(?:by|before|until|till|through|no later than)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|[’']\d\d\b")
_PAST = re.compile(r"\b(?:ago|last|past|previous|since|earlier|prior)\b", re.IGNORECASE)


def find_horizons(prepared: Prepared, published: date | None = None) -> tuple[HorizonSpan, ...]:
    """Every expression that may say when a call is due, in order, without overlaps.

    Dates that lie before `published` are left out where it is given.
    """
    text = prepared.text
    spans = [span for found in (rules().any_phrase, rules().any_vague) for span in found.spans(text)]
    spans += list(_dated(text, published))
    kept: list[HorizonSpan] = []
    for start, end in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        start, end = _trimmed(text, start, end)
        if start >= end or _PAST.search(text, start, end) or (kept and kept[-1].end > start):
            continue
        if _is_measurement(text, start, end):
            continue
        kept.append(HorizonSpan(start, end, text[start:end], prepared.sentence_at(start)))
    return tuple(kept)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _dated(text: str, published: date | None) -> Iterator[tuple[int, int]]:
    for period in find_periods(text, published):
        if period.kind not in _FUTURE_KINDS:
            continue
        before = rules().words.search(text, max(0, period.start - 32), period.start)
        by = before is not None and _BY.match(before.group())
        if published and period.last and period.last < published and not (by and not _YEAR.search(period.text)):
            continue
        yield (before.start() if before else period.start), period.end


_SINCE = re.compile(
    r"\b(?:the (?:last|past)|in (?:just|less than|under|over|more than)|first time|since|every|lasted|after|for|"
    r"(?:high|low|larg|bigg|strong|weak|long|short|fast)est(?: \w+){0,3}|"
    r"(?:best|worst|most|least)(?: \w+){0,3})\s(?:the )?$",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\s?(?:-?\s?(?:highs?|lows?|chart|moving|average|MA|EMA|SMA|treasury|note|yield|bond|Treasury|old|streak|timeframe|"
    r"candle|RSI|ago|earlier|rally|trend|volume))\b"
)


def _is_measurement(text: str, start: int, end: int) -> bool:
    """ "the 50-day average", "in just two weeks", "two weeks ago" say nothing of the future."""
    return bool(_SINCE.search(text, max(0, start - 40), start) or _THING.match(text, end))


def resolve(printed: str, published: date | None) -> Horizon:
    """The horizon with its dates, or with a kernel where it is vague; with neither where it cannot be known."""
    for name, pattern in rules().phrases:
        match = pattern.search(printed)
        if match and match.group().strip() == printed.strip():
            found = _phrase(name, match, published)
            if found is not None:
                return Horizon(printed, *found)
    for pattern, kernel in rules().vague:
        if pattern.fullmatch(printed.strip()):
            return Horizon(printed, kernel=kernel)
    span = resolve_period(printed, published)
    if span is None:
        return _loosely(printed)
    return Horizon(printed, *_due(printed, span, published))


def _loosely(printed: str) -> Horizon:
    for pattern, kernel in rules().vague:
        if pattern.search(printed):
            return Horizon(printed, kernel=kernel)
    return Horizon(printed)


def _due(printed: str, span: tuple[date, date], published: date | None) -> tuple[date, date]:
    """ "by June" runs from publication to the end of June; "by the end of" and "in" keep the period's own end."""
    first, last = span
    if _BY.match(printed):
        if published and last < published and not _YEAR.search(printed):  # "by the end of Q1", said in July
            first, last = _next_year(first), _next_year(last)
        if re.match(r"\s*before\b", printed, re.IGNORECASE):
            last = first - timedelta(1) if first < last else last
        first = min(published, last) if published else first
    return first, max(first, last)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)


Phrase = Callable[[re.Match[str], date], tuple[date, date] | None]


def _phrase(name: str, match: re.Match[str], published: date | None) -> tuple[date, date] | None:
    if published is None:
        return None
    try:
        return _PHRASES[name](match, published)
    except (ValueError, OverflowError, KeyError):
        return None


def _year_end(match: re.Match[str], published: date) -> tuple[date, date]:
    year = int(match["year"]) if match["year"] else published.year
    return min(published, date(year, 12, 31)), date(year, 12, 31)


def _month_end(match: re.Match[str], published: date) -> tuple[date, date]:
    return published, month_span(published.year, published.month)[1]


def _quarter_end(match: re.Match[str], published: date) -> tuple[date, date]:
    return published, quarter_span(published.year, (published.month + 2) // 3)[1]


def _week_end(match: re.Match[str], published: date) -> tuple[date, date]:
    return published, published + timedelta(6 - published.weekday())


def _decade_end(match: re.Match[str], published: date) -> tuple[date, date]:
    return published, date(published.year // 10 * 10 + 9, 12, 31)


_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_FEASTS = {"christmas": (12, 25), "thanksgiving": (11, 27), "easter": (4, 10)}


def _season_span(word: str, year: int) -> tuple[date, date]:
    if word in _FEASTS:
        day = date(year, *_FEASTS[word])
        return day, day
    first, last = _SEASONS[word]
    return date(year, first, 1), month_span(year + (last > 12), last - 12 if last > 12 else last)[1]


def _season(match: re.Match[str], published: date) -> tuple[date, date] | None:
    low = match.group().casefold()
    word = next((w for w in (*_SEASONS, *_FEASTS) if w in low), "")
    if not word:
        return None
    first, last = _season_span(word, int(match["year"]) if match["year"] else published.year)
    if (last < published and not match["year"]) or "next" in low.split():
        first, last = _season_span(word, published.year + 1)
    return (published, last) if low.startswith(("by", "before")) else (first, last)


def _relative(match: re.Match[str], published: date) -> tuple[date, date] | None:
    low = match.group().casefold()
    unit = re.search(r"year|quarter|month|week|summer|autumn|fall|winter|spring", low)
    if unit is None:
        return None
    if unit.group() in _SEASONS:
        first, last = _season_span(unit.group(), published.year)
        if last < published or "next" in low:
            first, last = _season_span(unit.group(), published.year + 1)
    else:
        found = calendar_unit(unit.group(), 1 if "next" in low else 0, published)
        if found is None:
            return None
        first, last = _part_of(low, *found)
    by = low.startswith(("by", "before", "until"))
    return (min(published, last) if by else max(first, min(published, last)), last)


def _part_of(low: str, first: date, last: date) -> tuple[date, date]:
    third = (last - first) // 3
    if "early" in low:
        return first, first + third
    if "mid" in low:
        return first + third, last - third
    return (last - third, last) if "late " in low or "end of" in low else (first, last)


def _span(match: re.Match[str], published: date) -> tuple[date, date]:
    low = small_number(match["low"])
    high = small_number(match["high"]) if match["high"] else low
    days = UNIT_DAYS[match["unit"].casefold()]
    start = published if high == low else published + timedelta(round(low * days))
    return start, published + timedelta(round(high * days))


def _rest_of_year(match: re.Match[str], published: date) -> tuple[date, date]:
    if "coming year" in match.group().casefold():
        return published, published + timedelta(365)
    year = year_span(published.year)
    start = date(published.year, 7, 1) if "second half" in match.group().casefold() else published
    return max(published, start), year[1]


def _day(match: re.Match[str], published: date) -> tuple[date, date]:
    day = published + timedelta("tomorrow" in match.group().casefold())
    return day, day


_PHRASES: dict[str, Phrase] = {
    "year-end": _year_end,
    "month-end": _month_end,
    "quarter-end": _quarter_end,
    "week-end": _week_end,
    "decade-end": _decade_end,
    "relative": _relative,
    "span": _span,
    "rest-of-year": _rest_of_year,
    "day": _day,
    "season": _season,
}
