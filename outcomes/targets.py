"""Price targets: touched on the way, met at the horizon, and how likely either was (docs/method.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from outcomes.arrays import MISSING, Bools, Floats, Ints
from outcomes.blocks import FAILED, HELD, NO_REASON, Block, Codes
from outcomes.call_table import CallTable
from outcomes.entries import Entries
from outcomes.horizons import stated_days
from outcomes.market import Market
from outcomes.measures import block, close_out, headline_end, mark
from outcomes.past_odds import share_reaching
from outcomes.ranges import levels
from outcomes.splits import displaced, rescaled

DEFAULT_HORIZONS = (30, 90, 365)  # of a target without a date
MOST = 20.0  # times the entry price, or one part in
MONITORING = 0.5826  # -ζ(½)/√(2π), Broadie, Glasserman & Kou 1997: closes are watched once a day


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Calls with a target, repeated once for each horizon they are graded at."""

    index: Ints
    days: Ints  # as shown
    end: Ints  # column
    level: Floats  # the near edge, in today's units
    start: Floats
    up: Bools
    reason: Codes


def targets(calls: CallTable, entries: Entries, market: Market, first: int) -> Iterator[Block]:
    """`target_touched` (a daily close at or beyond) and `target_at_end` (the exit close), with null odds.

    Both at the call's own horizon, else after 30, 90 and 365 days. `value` is how much of the way was gone.
    """
    wanted = np.flatnonzero(np.isfinite(calls.target) & (calls.stance != 0))
    if not len(wanted):
        return
    own = stated_days(calls)[wanted] != MISSING
    yield from _graded(calls, entries, market, _prepared(calls, entries, market, wanted[own], None), first)
    for days in DEFAULT_HORIZONS:
        yield from _graded(calls, entries, market, _prepared(calls, entries, market, wanted[~own], days), first)


def _prepared(calls: CallTable, entries: Entries, market: Market, index: Ints, days: int | None) -> Targets:
    prices = market.prices
    row, entry, reason = entries.row[index], entries.column[index], entries.reason[index].copy()
    start = np.where(reason == NO_REASON, prices.close[row, np.maximum(entry, 0)], np.nan)
    low, high = levels(calls, index, start)
    up = calls.stance[index] > 0
    level = rescaled(calls, market, index, np.where(up, low, high))
    mark(reason, calls.rewritten[index], "from a rewritten copy")
    mark(reason, entries.proxied[index] & ~calls.target_percent[index], "no priced asset")
    mark(reason, displaced(calls, market, index, level, start, up), "split unknown")
    mark(reason, _implausible(level, start, up, prices.by_level[row]), "implausible target")
    if days is None:
        shown, end = stated_days(calls)[index], headline_end(calls, entries, market)[index]
    else:
        shown, end = np.full(len(index), days), entry + days
    return Targets(index, shown, end, level, start, up, reason)


def _implausible(level: Floats, start: Floats, up: Bools, by_level: Bools) -> Bools:
    """Already met at entry, or more than twenty times away."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = level / start
        met = np.where(up, level <= start, level >= start)
        far = (ratio > MOST) | (ratio < 1 / MOST)
    return met | (far & ~by_level)


def _graded(calls: CallTable, entries: Entries, market: Market, t: Targets, first: int) -> Iterator[Block]:
    if not len(t.index):
        return
    row, entry = entries.row[t.index], entries.column[t.index]
    length = t.end - entry
    mark(t.reason, length <= 0, "no checkable period")
    at = np.where(t.reason == NO_REASON, entry, 0)
    mark(t.reason, ~np.isfinite(market.volatility.per_day[row, at]), "history too short")
    live = np.flatnonzero(t.reason == NO_REASON)
    null = _null_odds(market, row[live], entry[live], length[live], t.start[live], t.level[live])
    past = share_reaching(market, row[live], entry[live], length[live], t.start[live], t.level[live])
    for measure, judge, k in (("target_touched", _touched, 0), ("target_at_end", _at_end, 1)):
        reason = t.reason.copy()
        exit_, hit, reached = judge(market, row, entry, t, reason)
        with np.errstate(divide="ignore", invalid="ignore"):
            way = (reached - t.start) / (t.level - t.start)
            missed_by = (t.level - reached) / t.start
        odds, own = np.full(len(t.index), np.nan), np.full(len(t.index), np.nan)
        odds[live], own[live] = null[k], past[k]
        detail = {"target": t.level, "own_history_odds": own, "missed_by": missed_by}
        status = np.where(hit, HELD, FAILED)
        yield block(measure, entries, market, t.index, t.days, status, reason, way, odds, exit_, detail, first)


def _touched(market: Market, row: Ints, entry: Ints, t: Targets, reason: Codes) -> tuple[Ints, Bools, Floats]:
    """The first close at or beyond the target, else the exit; with the furthest close on the way."""
    touched, furthest = np.full(len(row), -1, dtype=np.int64), np.full(len(row), np.nan)
    sides = ((t.up, market.highest_close, 1.0), (~t.up, market.lowest_close, -1.0))
    for side, table, sign in sides:
        of = np.flatnonzero(side & (reason == NO_REASON))
        after, end = entry[of] + 1, t.end[of]
        touched[of] = table.first_at(row[of], after, end, sign * t.level[of])
        furthest[of] = sign * table.highest(row[of], after, end)
    pending = reason.copy()
    exit_ = close_out(market, row, entry, t.end, pending)
    hit = touched >= 0
    reason[~hit] = pending[~hit]
    furthest = np.where(np.isfinite(furthest), furthest, np.nan)
    return np.where(hit, touched, exit_), hit, furthest


def _at_end(market: Market, row: Ints, entry: Ints, t: Targets, reason: Codes) -> tuple[Ints, Bools, Floats]:
    exit_ = close_out(market, row, entry, t.end, reason)
    price = np.where(exit_ >= 0, market.prices.close[row, np.maximum(exit_, 0)], np.nan)
    with np.errstate(invalid="ignore"):
        hit = np.where(t.up, price >= t.level, price <= t.level)
    return exit_, hit, price


def _null_odds(
    market: Market, row: Ints, entry: Ints, days: Ints, start: Floats, level: Floats
) -> tuple[Floats, Floats]:
    """Odds of touching and of ending beyond for a driftless price with the volatility known at entry."""
    sigma = market.volatility
    per_day, per_close = sigma.per_day[row, entry], sigma.per_close[row, entry]
    by_level = market.prices.by_level[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(level / start)
    distance = np.where(by_level, level - start, logs)
    drift = np.where(by_level, 0.0, -(per_day**2) / 2)
    return (
        touch_odds(distance, per_day, days, drift, MONITORING * per_close),
        end_odds(distance, per_day, days, drift),
    )


def end_odds(distance: Floats, sigma: Floats, days: Ints, drift: Floats) -> Floats:
    """P(a walk ends at or beyond `distance` after `days`): Φ((μT - b)/(σ√T)); downwards with flipped signs."""
    from scipy.special import ndtr

    side = np.sign(distance)
    b, mu = np.abs(distance), drift * side
    odds: Floats = ndtr((mu * days - b) / (sigma * np.sqrt(days)))
    return odds


def touch_odds(distance: Floats, sigma: Floats, days: Ints, drift: Floats, shift: Floats) -> Floats:
    """P(a walk touches `distance` within `days`), by the reflection principle (docs/method.md).

    Φ((μT - b)/(σ√T)) + exp(2μb/σ²)·Φ((-b - μT)/(σ√T)), with b moved out by `shift` for closes watched daily.
    """
    from scipy.special import ndtr

    side = np.sign(distance)
    b, mu = np.abs(distance) + shift, drift * side
    spread = sigma * np.sqrt(days)
    with np.errstate(over="ignore"):
        mirrored = np.exp(np.minimum(2 * mu * b / sigma**2, 700)) * ndtr((-b - mu * days) / spread)
    odds: Floats = np.clip(ndtr((mu * days - b) / spread) + mirrored, 0.0, 1.0)
    return odds
