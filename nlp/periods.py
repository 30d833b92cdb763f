"""Dates and periods in running text: "Dec. 12", "Q3 2025", "late 2020", "the past 24 hours", "three weeks ago".

`find_periods` marks them (so that their digits are no figures) and `resolve_period` turns one into first and
last day, relative to the day of publication.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from nlp.calendar_days import (
    SMALL_NUMBERS,
    UNIT_DAYS,
    WEEKDAYS,
    calendar_unit,
    month_number,
    month_span,
    quarter_span,
    small_number,
)
from nlp.first_letters import narrowed


@cache
def words() -> Mapping[str, str]:
    """The patterns of months, days, years and the like, by name."""
    return dict(_table()["words"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("nlp").joinpath("periods.toml").read_text(encoding="utf-8"))


@cache
def pattern() -> re.Pattern[str]:
    """Every kind of periods.toml as a named group, tried in the file's order."""
    known = words()
    rows = {row["kind"]: re.sub(r"<(\w+)>", lambda name: known[name[1]], row["pattern"]) for row in _table()["period"]}
    kinds = "|".join(f"(?P<{kind}>{each})" for kind, each in rows.items())
    return narrowed(re.compile(rf"(?<![\w$€£#@.,/])(?:{kinds})"))


@dataclass(frozen=True, slots=True)
class Period:
    """A printed date or period at `text[start:end]`; `kind` names the pattern; first and last day if known."""

    start: int
    end: int
    text: str
    kind: str
    first: date | None = None
    last: date | None = None


def find_periods(text: str, published: date | None = None) -> Iterator[Period]:
    """Every date or period printed in `text`, in order, resolved where `published` allows it."""
    return iter(_periods(text, published))


@lru_cache(maxsize=4)  # figures, horizons and calls ask for the same text in turn
def _periods(text: str, published: date | None) -> tuple[Period, ...]:
    found = []
    for match in pattern().finditer(text):
        kind = match.lastgroup or ""
        first, last = resolve_period(match.group(), published, kind) or (None, None)
        found.append(Period(match.start(), match.end(), match.group(), kind, first, last))
    return tuple(found)


def resolve_period(printed: str, published: date | None = None, kind: str | None = None) -> tuple[date, date] | None:
    """First and last day of a printed period, or None where it cannot be known.

    Relative periods and dates without a year need `published`; a date without a year is the one nearest to it.
    """
    if kind is None:
        match = pattern().search(printed)
        if match is None:
            return None
        printed, kind = match.group(), match.lastgroup or ""
    resolver = _resolvers().get(kind)
    try:
        return resolver(printed, published) if resolver else None
    except (ValueError, OverflowError):
        return None


Resolver = Callable[[str, date | None], tuple[date, date] | None]


@cache
def _resolvers() -> dict[str, Resolver]:
    return {
        "iso": _iso,
        "slashed": _slashed,
        "month_day": _dates,
        "day_month": _dates,
        "quarter": _quarter,
        "quarter_words": _quarter_words,
        "fiscal": _years,
        "part_year": _part,
        "part_month": _part,
        "month_year": _month,
        "years": _years,
        "decade": _decade,
        "year": _years,
        "ago": _ago,
        "window": _window,
        "relative": _relative,
        "weekday": _weekday,
        "month": _month,
    }


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _year_in(printed: str) -> int | None:
    found = re.search(words()["year"], printed)
    return int(found.group()) if found else None


def _nearest_year(month: int, day: int, published: date | None) -> int | None:
    if published is None:
        return None
    options = [date(published.year + shift, month, min(day, 28)) for shift in (-1, 0, 1)]
    return min(options, key=lambda d: abs((d - published).days)).year


def _iso(printed: str, published: date | None) -> tuple[date, date]:
    day = date.fromisoformat(printed[:10])
    return day, day


def _slashed(printed: str, published: date | None) -> tuple[date, date]:
    month, day, year = (int(part) for part in printed.split("/"))
    if month > 12:
        month, day = day, month
    found = date(year if year > 99 else 2000 + year, month, day)
    return found, found


def _dates(printed: str, published: date | None) -> tuple[date, date] | None:
    names = re.findall(words()["month"], printed)
    days = [int(d) for d in re.findall(r"(?<!\d)\d{1,2}(?!\d)", printed.replace(str(_year_in(printed)), ""))]
    first_month, last_month = month_number(names[0]), month_number(names[-1])
    year = _year_in(printed) or _nearest_year(first_month, days[0], published)
    if year is None:
        return None
    return date(year, first_month, days[0]), date(year, last_month, days[-1])


def _quarter(printed: str, published: date | None) -> tuple[date, date] | None:
    year = _year_in(printed)
    if year is None:
        short = re.search(r"(?:[ ’'/-]|Q|H)(\d{2})$", printed)
        year = _full_year(short.group(1)) if short else (published.year if published else None)
    if year is None:
        return None
    half = re.search(r"H([12])|([12])H", printed)
    if half:
        number = int(half.group(1) or half.group(2))
        return quarter_span(year, 2 * number - 1)[0], quarter_span(year, 2 * number)[1]
    numbers = [int(a or b) for a, b in re.findall(r"Q([1-4])|([1-4])Q", printed)]
    return quarter_span(year, numbers[0])[0], quarter_span(year, numbers[-1])[1]


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": -1, "last": -1}


def _quarter_words(printed: str, published: date | None) -> tuple[date, date] | None:
    year = _year_in(printed) or (published.year if published else None)
    if year is None:
        return None
    year += ("next year" in printed) - ("last year" in printed)
    found = re.search(words()["ordinal"], printed.casefold())
    number = _ORDINALS[found.group()] if found else 1
    if "half" in printed:
        number = 2 if number < 0 else min(number, 2)
        return quarter_span(year, 2 * number - 1)[0], quarter_span(year, 2 * number)[1]
    return quarter_span(year, 4 if number < 0 else number)


def _years(printed: str, published: date | None) -> tuple[date, date]:
    first = int((re.search(words()["year"], printed) or re.search(r"\d{2}", printed) or [0])[0])
    first += 2000 if first < 100 else 0
    tail = re.search(rf"(?:-|–|to|and|or|/)\s?({words()['year']}|\d{{2}})s?$", printed)
    last = first if tail is None else int(tail.group(1))
    last += first // 100 * 100 if last < 100 else 0
    return date(first, 1, 1), date(max(first, last), 12, 31)


def _decade(printed: str, published: date | None) -> tuple[date, date]:
    digits = re.sub(r"\D", "", printed)
    first = int(digits) if len(digits) == 4 else 1900 + int(digits)
    return date(first, 1, 1), date(first + 9, 12, 31)


_PARTS = {"early": (0, 4), "start": (0, 3), "begin": (0, 3), "mid": (4, 8), "late": (8, 12), "end": (9, 12)}


def _part(printed: str, published: date | None) -> tuple[date, date] | None:
    whole = _month(printed, published) if re.search(words()["month"], printed) else _years(printed, published)
    if whole is None:
        return None
    part = next(span for word, span in _PARTS.items() if printed.casefold().startswith(word))
    days = (whole[1] - whole[0]).days + 1
    return whole[0] + timedelta(days * part[0] // 12), whole[0] + timedelta(days * part[1] // 12 - 1)


def _month(printed: str, published: date | None) -> tuple[date, date] | None:
    name = re.findall(words()["month"], printed)[-1]
    month = month_number(name)
    year = _year_in(printed) or _nearest_year(month, 15, published)
    return month_span(year, month) if year else None


_UNIT = re.compile(r"(second|minute|hour|day|weekend|week|month|quarter|year|decade|session)s?\b")


def span_days(printed: str) -> tuple[int, int] | None:
    """Length in days of "24 hours", "12 to 18 months", "few weeks": low and high."""
    unit = _UNIT.search(printed.casefold())
    numbers = re.findall(rf"(?<![\w-]){words()['small']}(?![\w])", printed[: unit.start()] if unit else "")
    if unit is None or not numbers:
        return None
    counts = [small_number(n) for n in numbers if n.isdigit() or n.casefold() in SMALL_NUMBERS][-2:]
    length = UNIT_DAYS[unit.group(1)]
    return (round(counts[0] * length), round(counts[-1] * length)) if counts else None


def _ago(printed: str, published: date | None) -> tuple[date, date] | None:
    length = span_days(printed)
    if length is None or published is None:
        return None
    return published - timedelta(length[1]), published - timedelta(length[0])


def _window(printed: str, published: date | None) -> tuple[date, date] | None:
    length = span_days(printed)
    if length is None or published is None:
        return None
    if re.search(r"\b(?:next|coming|following)\b", printed):
        return published, published + timedelta(length[1])
    return published - timedelta(length[1]), published


def _relative(printed: str, published: date | None) -> tuple[date, date] | None:
    if published is None:
        return None
    low = printed.casefold()
    if low in ("year-to-date", "year to date", "ytd"):
        return date(published.year, 1, 1), published
    for word, shift in (("yesterday", -1), ("today", 0), ("tomorrow", 1), ("overnight", 0)):
        if low == word:
            return published + timedelta(shift), published + timedelta(shift)
    shift = 1 if re.search(r"\bnext|coming", low) else -1 if re.search(r"\b(?:last|past|previous)", low) else 0
    if re.search(words()["weekday"], printed):
        return _weekday(printed, published)
    month = re.search(words()["month"], printed)
    if month:
        return _shifted_month(month_number(month.group()), shift, published)
    unit = _UNIT.search(low)
    return calendar_unit(unit.group(1), shift, published) if unit else None


def _shifted_month(month: int, shift: int, published: date) -> tuple[date, date]:
    year = published.year
    if shift > 0 and month <= published.month:
        year += 1
    if shift < 0 and month >= published.month:
        year -= 1
    return month_span(year, month)


def _weekday(printed: str, published: date | None) -> tuple[date, date] | None:
    """The weekday last passed, or the coming one after "next"."""
    if published is None:
        return None
    wanted = WEEKDAYS.index(printed.split()[-1].casefold()[:3])
    if printed.startswith("next"):
        found = published + timedelta((wanted - published.weekday() - 1) % 7 + 1)
    else:
        found = published - timedelta((published.weekday() - wanted) % 7)
    return found, found
