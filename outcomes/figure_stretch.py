"""Over how long a move is said to have run: "in a month", "than a year ago", "this week"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from outcomes.arrays import from_day, to_day
from outcomes.figure_words import rules

REACH = 60  # characters between the figure and the words for its stretch
_ELSEWHERE = re.compile(
    r"\W+(?:after|following|that follow\w*|later|in (?:each|every|all|both)|before|on average)\b", re.I
)
_UNIT_FORMS = r"(?:hour|trading day|session|day|week|month|quarter|year)s?|h|d"


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many days up to publication; `to_date` names the calendar unit from whose start it runs, "" for none."""

    printed: str
    days: float
    to_date: str = ""
    elsewhere: bool = False  # "in the sixty days after each record": not up to publication

    def start_of_unit(self, published: int) -> int:
        """The last day before the current week, month, quarter or year began (days since 1970-01-01)."""
        day = from_day(published)
        if self.to_date == "week":
            return published - day.weekday() - 1
        month = {"month": day.month, "quarter": 3 * ((day.month - 1) // 3) + 1, "year": 1}[self.to_date]
        return to_day(date(day.year, month, 1)) - 1


def stretch_of(quote: str, at: int, text: str) -> Stretch | None:
    """The stretch named nearest to the figure at `at`, within 60 characters and no other number of the kind between."""
    end = at + len(text)
    found = [(_distance(m.start(), m.end(), at, end), m, row) for m, row in _matches(quote)]
    near = [f for f in found if 0 < f[0] <= REACH and not _number_between(quote, f[1], at, end)]
    if not near:
        return None
    _, match, to_date = min(near, key=lambda item: (item[0], -len(item[1].group())))
    elsewhere = bool(_ELSEWHERE.match(quote, match.end()))
    return _stretch(match, to_date, elsewhere)


def stretch_spans(quote: str) -> list[tuple[int, int]]:
    """Where the quote names a stretch."""
    return [match.span() for match, _ in _matches(quote)]


def _matches(quote: str) -> Iterator[tuple[re.Match[str], bool]]:
    for pattern, to_date in _patterns():
        for match in pattern.finditer(quote):
            yield match, to_date


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    number = r"\d+|" + "|".join(sorted(rules()["numbers"], key=len, reverse=True))
    made = []
    for row in rules()["stretch"]:
        pattern = row["pattern"].replace("NUMBER", number).replace("UNIT", rf"(?:{_UNIT_FORMS})\b")
        made.append((re.compile(pattern, re.IGNORECASE), bool(row.get("to_date"))))
    return tuple(made)


def _stretch(match: re.Match[str], to_date: bool, elsewhere: bool) -> Stretch:
    groups = match.groupdict()
    unit = (groups.get("unit") or "year").lower()
    number = (groups.get("n") or "1").lower()
    count = float(number) if number.isdigit() else float(rules()["numbers"].get(number, 1))
    size = rules()["units"].get(unit) or rules()["units"].get(unit.rstrip("s"), 1)
    return Stretch(match.group(), max(count * size, 1.0), unit if to_date else "", elsewhere)


def _distance(start: int, end: int, at: int, stop: int) -> int:
    """Characters between; words after the figure are its own more often than words before it."""
    return start - stop if start >= stop else 10 + at - end if end <= at else 0


def _number_between(quote: str, match: re.Match[str], at: int, end: int) -> bool:
    """Whether another percentage stands between: "up 3% today and 11% in a month" has two stretches."""
    between = quote[end : match.start()] if match.start() >= end else quote[match.end() : at]
    return bool(re.search(r"\d\s?(?:%|percent)", between))
