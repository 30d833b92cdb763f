"""Calls that hang on a condition: watched if it is a price level, else not checkable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outcomes.arrays import MISSING, Ints
from outcomes.blocks import NO_REASON, NOT_YET_DUE, Codes, reason_code
from outcomes.call_table import CallTable
from outcomes.horizons import SECONDS, headline_days
from outcomes.market import Market
from outcomes.prices import locate


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """`clock` is the instant from which the call counts: the close that met its condition, else its own."""

    clock: Ints
    reason: Codes  # -1 where unconditional or met
    row: Ints  # of the watched asset, -1 where none
    watched_from: Ints  # columns
    met_on: Ints  # column, -1 where not met


def watch(calls: CallTable, market: Market) -> Conditions:
    """Find for each conditional call the first close at or beyond its level, published after the call.

    Watched are the closes known strictly after the call's clock and up to its headline horizon.
    """
    prices = market.prices
    count = len(calls)
    clock, reason = calls.clock.copy(), np.full(count, NO_REASON, dtype=np.int8)
    row, start, met = (np.full(count, -1, dtype=np.int64) for _ in range(3))
    placed = locate(prices, market.assets, calls.symbols)
    rows = np.array([-1 if proxy else r for r, proxy, _ in placed] or [-1], dtype=np.int64)  # a level is its own
    row = np.where(calls.condition_asset >= 0, rows[calls.condition_asset], -1)
    has_level = (row >= 0) & (calls.condition_side != 0) & np.isfinite(calls.condition_level)
    reason[calls.conditional & ~(has_level & ~calls.rewritten)] = reason_code("condition not checkable")
    at = np.flatnonzero(calls.conditional & has_level & ~calls.rewritten & (clock != MISSING))
    if len(at):
        start[at] = prices.entry(row[at], clock[at])
        until = clock[at] // SECONDS - prices.first_day + headline_days(calls)[at]
        met[at] = _first_beyond(calls, market, at, row[at], start[at], until)
        found = met[at] >= 0
        clock[at[found]] = prices.known_at[row[at[found]], met[at[found]]]
        missed = np.where(until >= prices.width, NOT_YET_DUE, reason_code("condition not met"))
        reason[at[~found]] = missed[~found]
    return Conditions(clock, reason, np.where(calls.conditional, row, -1), start, met)


def _first_beyond(calls: CallTable, market: Market, at: Ints, row: Ints, start: Ints, until: Ints) -> Ints:
    level, above = calls.condition_level[at], calls.condition_side[at] > 0
    found = np.full(len(at), -1, dtype=np.int64)
    for side, table, sign in ((above, market.highest_close, 1.0), (~above, market.lowest_close, -1.0)):
        of = np.flatnonzero(side & (start >= 0))
        found[of] = table.first_at(row[of], start[of], until[of], sign * level[of])
    return found
