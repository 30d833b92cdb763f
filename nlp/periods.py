"""Dates and periods in running text: "Dec. 12", "Q3 2025", "late 2020", "the past 24 hours", "three weeks ago".

`find_periods` marks them (so that their digits are no figures) and `resolve_period` turns one into first and
last day, relative to the day of publication.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:19[5-9]\d|20[0-6]\d)"
_PART = r"(?:[Ee]arly|[Mm]id|[Ll]ate|[Ee]nd[ -]of|[Ss]tart of|[Bb]eginning of|[Mm]iddle of|[Ee]nd)"
_SMALL = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|twenty|thirty|sixty|ninety|few|"
    r"couple of|several|a|half[- ]dozen)"
)
_SPAN = r"(?:trading |business )?(?:second|minute|hour|day|week|weekend|month|quarter|year|decade|session)s?"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_ORDINAL = r"(?:first|second|third|fourth|final|last)"
_NOT_YEAR = (
    r"(?!\d|,\d{3}|\.\d|\s?(?:%|percent|per cent|points?\b|BTC|ETH|bitcoins?\b|dollars|million|billion|trillion|level"
    r"|resistance|support|shares|contracts|tons|tonnes|companies|stores|people|x\b|bps))"
)


def _named(**patterns: str) -> str:
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items())


_PERIOD = re.compile(
    r"(?<![\w$€£#@.,/])(?:"
    + _named(
        iso=r"\d{4}-\d{2}-\d{2}(?:T[\d:]+Z?)?\b",
        slashed=r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})\b",
        month_day=rf"(?:{_MONTH}\.?|Sept\.) {_DAY}(?:\s?(?:-|–|to|and|through)\s?(?:{_MONTH}\.? )?{_DAY})?\b(?:,? {_YEAR})?(?![\d,]*\d|%)",
        day_month=rf"{_DAY}(?:\s?(?:-|–|to|and)\s?{_DAY})?(?: of)? {_MONTH}\b\.?(?:,? {_YEAR})?",
        quarter=rf"(?:Q[1-4](?:\s?(?:-|–|and|to)\s?Q?[1-4])?(?: of)?(?:[ ’'/-]*(?:{_YEAR}|\d{{2}}\b))?|[1-4]Q(?: ?(?:{_YEAR}|\d{{2}}))?|{_YEAR} ?Q[1-4]"
        rf"|H[12](?: of)?(?: ?{_YEAR})?\b|[12]H(?: ?(?:{_YEAR}|\d{{2}}))?\b)",
        quarter_words=rf"(?:[Ff]iscal )?{_ORDINAL}[- ](?:quarter|half)(?: of)?(?: (?:the|this|last|next) year| {_YEAR})?",
        fiscal=rf"(?:FY|[Ff]iscal(?: year)?)[ -]?’?(?:{_YEAR}|\d{{2}})\b",
        part_year=rf"{_PART}(?:[ -](?:in )?){_YEAR}(?:/\d{{2}})?{_NOT_YEAR}",
        part_month=rf"{_PART}[ -]{_MONTH}\b(?:,? {_YEAR})?",
        month_year=rf"{_MONTH}\.?,?(?: of)? {_YEAR}\b",
        years=rf"{_YEAR}s?\s?(?:-|–|to|and|or|/)\s?(?:{_YEAR}|\d{{2}})s?{_NOT_YEAR}",
        decade=rf"(?:the )?(?:{_YEAR}|[’'][2-9]0)s\b",
        year=rf"{_YEAR}{_NOT_YEAR}",
        ago=rf"(?:a |about |nearly |over )?{_SMALL}(?:\s?(?:-|–|to|or)\s?{_SMALL})?[ -]{_SPAN} (?:ago|earlier|prior|before that)\b",
        window=r"(?:(?:over|in|during|for|within|across|throughout|of) )?(?:the |its |their |our )?(?:last|past|next|previous|prior|trailing|coming|"
        rf"following|preceding|first|final|this past|these past) (?:{_SMALL}(?:\s?(?:-|–|to|or)\s?{_SMALL})?[ -])(?:or (?:so|more) )?{_SPAN}\b",
        relative=rf"(?:(?:earlier |later )?(?:last|this|next|past|coming|current|previous|same|the coming) (?:{_SPAN}|{_WEEKDAY}|{_MONTH}\b|summer|fall|autumn|"
        r"winter|spring|cycle)|year[- ]to[- ]date|YTD|year[- ](?:on|over)[- ]year|YoY|yoy|y/y|m/m|q/q|[Yy]esterday|[Tt]oday|[Tt]omorrow|[Oo]vernight)\b",
        weekday=rf"(?:last |this |next |on )?{_WEEKDAY}\b",
        month=rf"(?:(?:[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Ll]ast|[Nn]ext|[Tt]his|[Oo]f|[Dd]uring|[Ff]rom|[Ff]or) ){_MONTH}\b(?!\.? \d)",
    )
    + r")"
)


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
    for match in _PERIOD.finditer(text):
        kind = match.lastgroup or ""
        first, last = resolve_period(match.group(), published, kind) or (None, None)
        yield Period(match.start(), match.end(), match.group(), kind, first, last)


def resolve_period(printed: str, published: date | None = None, kind: str | None = None) -> tuple[date, date] | None:
    """First and last day of a printed period, or None where it cannot be known.

    Relative periods and dates without a year need `published`; a date without a year is the one nearest to it.
    """
    if kind is None:
        match = _PERIOD.search(printed)
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


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def quarter_span(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a calendar quarter."""
    return date(year, 3 * quarter - 2, 1), month_span(year, 3 * quarter)[1]


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _year_in(printed: str) -> int | None:
    found = re.search(_YEAR, printed)
    return int(found.group()) if found else None


def month_number(name: str) -> int:
    """1 to 12 from "Sept." or "september"; raises ValueError for anything else."""
    key = name.casefold()[:3]
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(key))


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
    names = re.findall(_MONTH, printed)
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
    found = re.search(_ORDINAL, printed.casefold())
    number = _ORDINALS[found.group()] if found else 1
    if "half" in printed:
        number = 2 if number < 0 else min(number, 2)
        return quarter_span(year, 2 * number - 1)[0], quarter_span(year, 2 * number)[1]
    return quarter_span(year, 4 if number < 0 else number)


def _years(printed: str, published: date | None) -> tuple[date, date]:
    first = int((re.search(_YEAR, printed) or re.search(r"\d{2}", printed) or [0])[0])
    first += 2000 if first < 100 else 0
    tail = re.search(rf"(?:-|–|to|and|or|/)\s?({_YEAR}|\d{{2}})s?$", printed)
    last = first if tail is None else int(tail.group(1))
    last += first // 100 * 100 if last < 100 else 0
    return date(first, 1, 1), date(max(first, last), 12, 31)


def _decade(printed: str, published: date | None) -> tuple[date, date]:
    digits = re.sub(r"\D", "", printed)
    first = int(digits) if len(digits) == 4 else 1900 + int(digits)
    return date(first, 1, 1), date(first + 9, 12, 31)


_PARTS = {"early": (0, 4), "start": (0, 3), "begin": (0, 3), "mid": (4, 8), "late": (8, 12), "end": (9, 12)}


def _part(printed: str, published: date | None) -> tuple[date, date] | None:
    whole = _month(printed, published) if re.search(_MONTH, printed) else _years(printed, published)
    if whole is None:
        return None
    part = next(span for word, span in _PARTS.items() if printed.casefold().startswith(word))
    days = (whole[1] - whole[0]).days + 1
    return whole[0] + timedelta(days * part[0] // 12), whole[0] + timedelta(days * part[1] // 12 - 1)


def _month(printed: str, published: date | None) -> tuple[date, date] | None:
    name = re.findall(_MONTH, printed)[-1]
    month = month_number(name)
    year = _year_in(printed) or _nearest_year(month, 15, published)
    return month_span(year, month) if year else None


_NUMBERS = {
    "a": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "several": 5,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18, "twenty": 20, "thirty": 30,
    "sixty": 60, "ninety": 90, "half-dozen": 6, "half dozen": 6,
}  # fmt: skip
UNIT_DAYS = {
    "second": 0.0, "minute": 0.0, "hour": 1 / 24, "day": 1.0, "session": 1.4, "weekend": 2.0, "week": 7.0,
    "month": 30.44, "quarter": 91.3, "year": 365.25, "decade": 3652.5,
}  # fmt: skip
_UNIT = re.compile(r"(second|minute|hour|day|weekend|week|month|quarter|year|decade|session)s?\b")


def small_number(word: str) -> int:
    """3 from "3", "three" or "few"; raises ValueError for anything else."""
    return int(word) if word.isdigit() else _NUMBERS[word.casefold()]


def span_days(printed: str) -> tuple[int, int] | None:
    """Length in days of "24 hours", "12 to 18 months", "few weeks": low and high."""
    unit = _UNIT.search(printed.casefold())
    numbers = re.findall(rf"(?<![\w-]){_SMALL}(?![\w])", printed[: unit.start()] if unit else "")
    if unit is None or not numbers:
        return None
    counts = [small_number(n) for n in numbers if n.isdigit() or n.casefold() in _NUMBERS][-2:]
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
    if re.search(_WEEKDAY, printed):
        return _weekday(printed, published)
    month = re.search(_MONTH, printed)
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


def calendar_unit(unit: str, shift: int, published: date) -> tuple[date, date] | None:
    """The calendar week (from Monday), month, quarter or year `shift` units after the one of `published`."""
    if unit == "week":
        monday = published - timedelta(published.weekday()) + timedelta(7 * shift)
        return monday, monday + timedelta(6)
    if unit == "weekend":
        saturday = published - timedelta(published.weekday()) + timedelta(5 + 7 * shift)
        return saturday, saturday + timedelta(1)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + shift
        return month_span(months // 12, months % 12 + 1)
    if unit == "quarter":
        quarters = published.year * 4 + (published.month - 1) // 3 + shift
        return quarter_span(quarters // 4, quarters % 4 + 1)
    if unit == "year":
        return year_span(published.year + shift)
    if unit in ("day", "session"):
        return published + timedelta(shift), published + timedelta(shift)
    return None


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday(printed: str, published: date | None) -> tuple[date, date] | None:
    """The weekday last passed, or the coming one after "next"."""
    if published is None:
        return None
    wanted = _DAYS.index(printed.split()[-1].casefold()[:3])
    if printed.startswith("next"):
        found = published + timedelta((wanted - published.weekday() - 1) % 7 + 1)
    else:
        found = published - timedelta((published.weekday() - wanted) % 7)
    return found, found
