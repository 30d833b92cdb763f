"""Days of calendar units: months, quarters, years, weeks."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNIT_DAYS = {
    "second": 0.0, "minute": 0.0, "hour": 1 / 24, "day": 1.0, "session": 1.4, "weekend": 2.0, "week": 7.0,
    "month": 30.44, "quarter": 91.3, "year": 365.25, "decade": 3652.5,
}  # fmt: skip
SMALL_NUMBERS = {
    "a": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "several": 5,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18, "twenty": 20, "thirty": 30,
    "sixty": 60, "ninety": 90, "half-dozen": 6, "half dozen": 6,
}  # fmt: skip


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def quarter_span(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a calendar quarter."""
    return date(year, 3 * quarter - 2, 1), month_span(year, 3 * quarter)[1]


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


def month_number(name: str) -> int:
    """1 to 12 from "Sept." or "september"; raises ValueError for anything else."""
    key = name.casefold()[:3]
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(key))


def small_number(word: str) -> int:
    """3 from "3", "three" or "few"; raises ValueError for anything else."""
    return int(word) if word.isdigit() else SMALL_NUMBERS[word.casefold()]
