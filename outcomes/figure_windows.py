"""Which stretches of days a claimed move may mean, and what the price did over each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outcomes.arrays import Floats, Ints
from outcomes.figure_claims import ClaimedFigure
from outcomes.figure_words import lead_of, starts_at
from outcomes.prices import PriceMatrix

MIN_SLACK, MAX_SLACK = 2, 21  # days by which a printed period may be meant otherwise
AFTER_DAYS = 365  # a move "after" something ends within a year of it
TRAILING = (1, 7, 30, 365)  # windows meant by a move without a period
MOST_DAYS = 800  # starts or ends looked at; longer periods are thinned


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Admissible starts and ends (columns of the price matrix, each with a close), and the natural reading.

    `natural` is (start, end) in the plain sense of the words, None where they name no end ("after late 2020").
    """

    starts: Ints
    ends: Ints
    natural: tuple[int, int] | None
    kind: str


def admissible(figure: ClaimedFigure, prices: PriceMatrix, row: int) -> Windows | None:
    """The windows of a figure with a period; None where there is no close for them.

    "in October": the month, its ends moved by a tenth of its length (2 to 21 days). "since October": any start in
    October, up to publication. "after late 2020": any start in it, any end within a year and before publication.
    "from the October high": the start at the highest close of October.
    """
    if figure.span is None:
        return None
    first, last = (day - prices.first_day + int(prices.lag[row]) for day in figure.span)
    now = figure.published - prices.first_day
    last = min(last, now)
    if first > now:
        return None
    lead = lead_of(figure.period or "", figure.quote)
    slack = int(np.clip((last - first) // 10, MIN_SLACK, MAX_SLACK))
    if lead == "within":
        natural = (_close_before(prices, row, first), _close_by(prices, row, last))
        starts = _closes(prices, row, first - 1 - slack, first + slack)
        ends = _closes(prices, row, last - slack, min(last + slack, now))
    else:
        starts = _closes(prices, row, first, last)
        end = now if lead == "since" else min(last + AFTER_DAYS, now)
        ends = _closes(prices, row, end - MIN_SLACK if lead == "since" else first + 1, end)
        natural = (_natural_start(figure, prices, row, starts, first), _close_by(prices, row, now))
        if lead == "after":
            return Windows(_thin(starts), _thin(ends), None, "after") if len(starts) and len(ends) else None
    usable = len(starts) and len(ends) and min(natural) >= 0
    return Windows(_thin(starts), _thin(ends), natural, lead) if usable else None


def trailing(figure: ClaimedFigure, prices: PriceMatrix, row: int) -> list[tuple[int, int, int]]:
    """(days, start, end) of the windows that end at publication, or the day before, for a move without a period."""
    now = figure.published - prices.first_day
    found = []
    for days in TRAILING:
        for end in (now, now - 1):
            start = _close_by(prices, row, end - days)
            close = _close_by(prices, row, end)
            if 0 <= start < close:
                found.append((days, start, close))
    return found


def _natural_start(figure: ClaimedFigure, prices: PriceMatrix, row: int, starts: Ints, first: int) -> int:
    where = starts_at(figure.period or "", figure.quote)
    if where and len(starts):
        close = prices.close[row, starts]
        return int(starts[close.argmax() if where == "peak" else close.argmin()])
    return _close_by(prices, row, first)


def _closes(prices: PriceMatrix, row: int, first: int, last: int) -> Ints:
    low, high = max(first, 0), min(last, prices.width - 1)
    if high < low:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(low + np.flatnonzero(np.isfinite(prices.close[row, low : high + 1])))


def _close_by(prices: PriceMatrix, row: int, column: int) -> int:
    """The last close at or before the column, -1 where there is none fresh enough."""
    return int(prices.at_or_before(np.array([row]), np.array([min(column, prices.width - 1)]))[0])


def _close_before(prices: PriceMatrix, row: int, column: int) -> int:
    found = _close_by(prices, row, column - 1)
    return found if found >= 0 else _close_by(prices, row, column)


def _thin(columns: Ints) -> Ints:
    return columns[:: max(1, -(-len(columns) // MOST_DAYS))]


def moves(start: Floats, end: Floats, starts: Ints, ends: Ints, absolute: bool) -> Floats:
    """Change from each start to each end: relative, or in units of the price."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = end[None, :] - start[:, None] if absolute else end[None, :] / start[:, None] - 1
    return np.where(ends[None, :] > starts[:, None], change, np.nan)
