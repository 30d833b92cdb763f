"""Which stretches of days a claimed move may mean, and what the price did over each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outcomes.arrays import Floats, Ints
from outcomes.figure_claims import ClaimedFigure
from outcomes.figure_stretch import REACH, Stretch, stretch_of
from outcomes.figure_words import Lead, lead_of, starts_at
from outcomes.prices import PriceMatrix

MIN_SLACK, MAX_SLACK = 2, 21  # days by which a printed period may be meant otherwise
AFTER_DAYS = 365  # a move "after" something ends within a year of it
AROUND = 7  # days
TRAILING = (1, 7, 30, 365)  # windows meant by a move without a period
MOST_DAYS = 800  # starts or ends looked at; longer periods are thinned


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Admissible starts and ends (columns of the price matrix, each with a close), and the plain readings.

    `plain` lists the (start, end) that the words name, none where they name no end ("after late 2020").
    """

    starts: Ints
    ends: Ints
    plain: tuple[tuple[int, int], ...]
    kind: str
    length: tuple[int, int] | None = None  # fewest and most calendar days from start to end


def admissible(figure: ClaimedFigure, prices: PriceMatrix, row: int) -> Windows | None:
    """The windows of a move; None where its words name none, or there is no close for them.

    "in a month": so many days up to publication, or up to the close before it, give or take a day. "in October": the
    month, its ends moved by a tenth of its length (2 to 21 days). "since October": any start in October, up to
    publication. "after late 2020": any start in it, any end within a year and before publication. "from the October
    high": the start at the highest close of October. "in two months after February 2021": any stretch of two months
    that starts or ends in it.
    """
    stretch = stretch_of(figure.quote, figure.at, figure.text)
    if stretch is not None and figure.span and figure.span[1] < figure.published - AROUND and stretch.days > 1:
        return _around_period(figure, prices, row, stretch)
    if stretch is not None:
        return None if stretch.elsewhere else _up_to_publication(figure, prices, row, stretch)
    if figure.span is None or not _attached(figure):
        return None
    lead = lead_of(figure.period or "", figure.quote)
    return _within(figure, prices, row) if lead == "within" else _from(figure, prices, row, lead)


def _up_to_publication(figure: ClaimedFigure, prices: PriceMatrix, row: int, stretch: Stretch) -> Windows | None:
    now = figure.published - prices.first_day
    days = round(stretch.days)
    slack = max(1, round(days / 20))
    last = [_close_by(prices, row, now - back) for back in (0, 1)]
    if figure.span and figure.span[0] == figure.span[1]:  # "closed at ... on Monday, a rally of 27% in a month"
        last.append(_close_by(prices, row, figure.span[1] - prices.first_day))
    ends = np.unique([c for c in last if c >= 0])
    begins = {_close_by(prices, row, int(c) - days + k) for c in ends for k in range(-slack, slack + 1)}
    if stretch.to_date:
        begins.add(_close_by(prices, row, stretch.start_of_unit(figure.published) - prices.first_day))
    plain = tuple((s, int(e)) for e in ends for s in sorted(begins) if 0 <= s < e)
    if not plain:
        return None
    first, final = min(s for s, _ in plain), max(e for _, e in plain)
    starts = _closes(prices, row, first - slack - 1, max(s for s, _ in plain) + slack + 1)
    wider = _closes(prices, row, final - slack - MIN_SLACK, now)
    return Windows(_thin(starts), _thin(wider), plain, stretch.printed)


def _around_period(figure: ClaimedFigure, prices: PriceMatrix, row: int, stretch: Stretch) -> Windows | None:
    first, last, now = _columns(figure, prices, row)
    days = round(stretch.days)
    slack = max(AROUND, round(days / 10))
    starts = _closes(prices, row, first - days, last)
    ends = _closes(prices, row, first, min(last + days + slack, now))
    if not len(starts) or not len(ends):
        return None
    length = (max(days - slack, 1), days + slack)
    return Windows(_thin(starts), _thin(ends), (), f"{stretch.printed}, around the period", length)


def _within(figure: ClaimedFigure, prices: PriceMatrix, row: int) -> Windows | None:
    first, last, now = _columns(figure, prices, row)
    if first > now:
        return None
    slack = int(np.clip((last - first) // 10, MIN_SLACK, MAX_SLACK))
    plain = (_close_before(prices, row, first), _close_by(prices, row, last))
    starts = _closes(prices, row, first - 1 - slack, first + slack)
    ends = _closes(prices, row, last - slack, min(last + slack, now))
    usable = len(starts) and len(ends) and min(plain) >= 0
    return Windows(_thin(starts), _thin(ends), (plain,), "within the period") if usable else None


def _from(figure: ClaimedFigure, prices: PriceMatrix, row: int, lead: Lead) -> Windows | None:
    first, last, now = _columns(figure, prices, row)
    starts = _closes(prices, row, first, last)
    end = now if lead == "since" else min(last + AFTER_DAYS, now)
    ends = _closes(prices, row, end - MIN_SLACK if lead == "since" else first + 1, end)
    if first > now or not len(starts) or not len(ends):
        return None
    if lead == "after":
        return Windows(_thin(starts), _thin(ends), (), "after the period")
    plain = (_plain_start(figure, prices, row, starts, first), _close_by(prices, row, now))
    return Windows(_thin(starts), _thin(ends), (plain,), "since the period") if min(plain) >= 0 else None


def _columns(figure: ClaimedFigure, prices: PriceMatrix, row: int) -> tuple[int, int, int]:
    """Columns of the period's first and last day, and of publication, beyond which nothing counts."""
    now = figure.published - prices.first_day
    first, last = (day - prices.first_day + int(prices.lag[row]) for day in figure.span or (0, 0))
    return first, min(last, now), now


def _attached(figure: ClaimedFigure) -> bool:
    """Whether the period stands close to the figure: a date elsewhere in the sentence bounds something else."""
    printed = (figure.period or "").strip()
    place = figure.quote.find(printed)
    if place < 0:
        return True
    after, before = place - figure.at - len(figure.text), figure.at - place - len(printed)
    return 0 <= after <= REACH // 2 or 0 <= before <= REACH


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


def _plain_start(figure: ClaimedFigure, prices: PriceMatrix, row: int, starts: Ints, first: int) -> int:
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
