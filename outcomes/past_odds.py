"""The asset's own history as a judge of targets: how often did earlier windows go as far?"""

from __future__ import annotations

import numpy as np

from outcomes.arrays import Floats, Ints
from outcomes.base_rates import TRAILING_DAYS, window_changes
from outcomes.market import Market, by_value

_CELLS = 2_000_000  # of one comparison at a time


def share_reaching(
    market: Market, row: Ints, entry: Ints, length: Ints, start: Floats, level: Floats
) -> tuple[Floats, Floats]:
    """Share of earlier windows of the same length whose closes touched, and that ended, as far from their start.

    Windows that began in the five years before entry and had ended by it; NaN with fewer than a base rate needs.
    """
    by_level = market.prices.by_level[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        move = np.where(by_level, level - start, level / start - 1)
    touched, ended = np.full(len(row), np.nan), np.full(len(row), np.nan)
    for days, of in by_value(length):
        if days >= TRAILING_DAYS:
            continue
        for code, part in by_value(row[of] * 2 + (move[of] > 0)):
            at = of[part]
            side = 1 if code % 2 else -1
            extreme, end = _moves(market, code // 2, days, side)
            least = int(market.prices.min_windows[code // 2])
            touched[at] = _share(extreme, entry[at], days, side * move[at], least)
            ended[at] = _share(end, entry[at], days, side * move[at], least)
    return touched, ended


def _moves(market: Market, row: int, days: int, side: int) -> tuple[Floats, Floats]:
    """Furthest and final move of every window of one asset, towards `side`; NaN where there is no window."""
    rows = np.array([row])
    end = window_changes(market.prices, rows, days)[0]
    table = market.highest_close if side > 0 else market.lowest_close
    furthest = side * table.sliding(rows, days)[0]
    close = market.prices.close[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = furthest - close if market.prices.by_level[row] else furthest / close - 1
    return np.where(np.isfinite(end), side * moved, np.nan), side * end


def _share(moves: Floats, entry: Ints, days: int, least_move: Floats, least: int) -> Floats:
    """For each entry the share of windows starting in [entry - 5 years, entry - days] that moved that far."""
    span = TRAILING_DAYS - days + 1
    padded = np.concatenate([np.full(TRAILING_DAYS, np.nan), moves])
    stretches = np.lib.stride_tricks.sliding_window_view(padded, span)
    seen = np.concatenate([[0], np.cumsum(np.isfinite(padded))])
    count = seen[entry + span] - seen[entry]
    reached = np.empty(len(entry))
    step = max(_CELLS // span, 1)
    for first in range(0, len(entry), step):
        part = slice(first, first + step)
        with np.errstate(invalid="ignore"):
            reached[part] = (stretches[entry[part]] >= least_move[part, None]).sum(axis=1)
    return np.where(count >= least, reached / np.maximum(count, 1), np.nan)
