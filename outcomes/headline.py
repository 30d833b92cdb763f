"""Measures at a call's headline horizon only: beside the benchmark, on the way, before it, and until it was ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from outcomes.arrays import MISSING, Floats, Ints
from outcomes.base_rates import TRAILING_DAYS
from outcomes.blocks import FAILED, HELD, NO_REASON, Block, reason_code
from outcomes.call_table import CallTable
from outcomes.entries import Entries
from outcomes.extremes import RangeMaximum
from outcomes.hashing import combined, text_hashes
from outcomes.horizons import headline_days
from outcomes.market import Market, by_value
from outcomes.measures import block, changes, close_out, direction, headline_end, mark

RUN_UP_DAYS = 7


def at_headline(calls: CallTable, entries: Entries, market: Market, first: int) -> Iterator[Block]:
    """Blocks for directional calls that entered the market; empty ones are left out."""
    index = np.flatnonzero((entries.reason == NO_REASON) & (calls.stance != 0))
    end = headline_end(calls, entries, market)
    index = index[end[index] > entries.column[index]]
    blocks = (
        until_reversal(calls, entries, market, first),
        excess(calls, entries, market, index, end[index], first),
        *excursions(calls, entries, market, index, end[index], first),
        run_up(calls, entries, market, index, first),
    )
    yield from (b for b in blocks if len(b))


def until_reversal(calls: CallTable, entries: Entries, market: Market, first: int) -> Block:
    """`until_reversal`: the call ended early by the same speaker's next different stance on the asset, or by a close.

    Only for calls ended before their headline horizon; their full-length verdicts are kept beside it. A verdict up to
    an explicit close has the reason "closed by the speaker", and the statement's id in `detail`.
    """
    index = np.flatnonzero((calls.ended_at != MISSING) & (entries.reason == NO_REASON))
    end = market.prices.entry(entries.row[index], calls.ended_at[index])
    early = (end > entries.column[index]) & (end < headline_end(calls, entries, market)[index])
    index, end = index[early], end[early]
    days = headline_days(calls)[index]
    found = direction("until_reversal", calls, entries, market, index, end, days, first)
    return _closed(found, calls, index)


def _closed(found: Block, calls: CallTable, index: Ints) -> Block:
    """The verdicts with the closing statement named, which their input hash covers, where there is one."""
    by = calls.closed_by[index]
    if not (by >= 0).any():
        return found
    ids = (*calls.closings, "")
    told = np.where((by >= 0) & (found.reason == NO_REASON), reason_code("closed by the speaker"), found.reason)
    covered = combined(found.input_hash, text_hashes(ids)[by])
    return replace(
        found,
        reason=told.astype(np.int8),
        input_hash=np.where(by >= 0, covered, found.input_hash),
        texts={"closed_by": [ids[i] for i in by.tolist()]},
    )


def excess(calls: CallTable, entries: Entries, market: Market, index: Ints, end: Ints, first: int) -> Block:
    """`excess`: the signed return less beta times the benchmark's over the same days; held if positive.

    Beta is the slope of daily returns over the 250 common closes before entry (docs/method.md).
    """
    prices = market.prices
    compared = (prices.benchmark[entries.row[index]] >= 0) & ~prices.by_level[entries.row[index]]
    index, end = index[compared], end[compared]
    row, entry = entries.row[index], entries.column[index]
    bench, beta = prices.benchmark[row], market.beta[row, entry]
    reason = entries.reason[index].copy()
    mark(reason, ~np.isfinite(beta), "history too short")
    exit_ = close_out(market, row, entry, end, reason)
    bench_entry = prices.at_or_before(bench, entry)
    bench_exit = np.where(exit_ >= 0, prices.at_or_before(bench, exit_), -1)
    mark(reason, (bench_entry < 0) | (bench_exit < 0), "price missing")
    done = np.flatnonzero(reason == NO_REASON)
    value, moved = np.full(len(index), np.nan), np.full(len(index), np.nan)
    moved[done] = changes(market, bench[done], bench_entry[done], bench_exit[done])
    own = changes(market, row[done], entry[done], exit_[done])
    value[done] = calls.stance[index[done]] * (own - beta[done] * moved[done])
    status = np.where(value > 0, HELD, FAILED)
    detail = {"beta": beta, "benchmark_return": moved}
    none = np.full(len(index), np.nan)
    days = headline_days(calls)[index]
    return block("excess", entries, market, index, days, status, reason, value, none, exit_, detail, first, bench)


def excursions(
    calls: CallTable, entries: Entries, market: Market, index: Ints, end: Ints, first: int
) -> Iterator[Block]:
    """`favourable` and `adverse`: the furthest daily high and low on the way, beside those of random dates.

    Signed towards the call, so `adverse` is mostly negative (docs/method.md). `base_rate` is the mean over earlier
    windows of the same asset and length; held where the call did better than that.
    """
    row, entry = entries.row[index], entries.column[index]
    for measure, side in (("favourable", 1), ("adverse", -1)):
        reason = entries.reason[index].copy()
        towards = side * calls.stance[index]  # +1 where the daily high counts, -1 where the low does
        typical, count = _typical(market, row, entry, end - entry, towards)
        mark(reason, count < market.prices.min_windows[row], "history too short")
        exit_ = close_out(market, row, entry, end, reason)
        value = np.full(len(index), np.nan)
        for sign, table in ((1, market.highest), (-1, market.lowest)):
            of = np.flatnonzero((towards == sign) & (reason == NO_REASON))
            reached = sign * table.highest(row[of], entry[of] + 1, exit_[of])
            start = market.prices.close[row[of], entry[of]]
            value[of] = calls.stance[index[of]] * _moved(market, row[of], start, reached)
        typical = calls.stance[index] * typical
        status = np.where(value > typical, HELD, FAILED)
        detail = {"windows": count.astype(np.float64)}
        days = headline_days(calls)[index]
        yield block(measure, entries, market, index, days, status, reason, value, typical, exit_, detail, first)


def _moved(market: Market, row: Ints, start: Floats, reached: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(market.prices.by_level[row], reached - start, reached / start - 1)


def _typical(market: Market, row: Ints, entry: Ints, length: Ints, towards: Ints) -> tuple[Floats, Ints]:
    """Mean furthest move, upwards or downwards, of earlier windows, and how many there were."""
    mean, count = np.full(len(row), np.nan), np.zeros(len(row), dtype=np.int64)
    for sign, table in ((1, market.highest), (-1, market.lowest)):
        for days, of in by_value(np.where(towards == sign, length, -1)):
            if days > 0:
                mean[of], count[of] = _typical_of(market, table, sign, days, row[of], entry[of])
    return mean, count


def _typical_of(
    market: Market, table: RangeMaximum, sign: int, days: int, row: Ints, entry: Ints
) -> tuple[Floats, Ints]:
    used, at = np.unique(row, return_inverse=True)
    close = market.prices.close[used]
    reached = sign * table.sliding(used, days)
    moves = _moved(market, used[:, None], close, reached)
    known = np.isfinite(moves)
    sums = np.pad(np.cumsum(np.where(known, moves, 0.0), axis=1), ((0, 0), (1, 0)))
    seen = np.pad(np.cumsum(known, axis=1), ((0, 0), (1, 0)))
    until = np.maximum(entry - days + 1, 0)
    since = np.minimum(np.maximum(entry - TRAILING_DAYS, 0), until)
    count = seen[at, until] - seen[at, since]
    total = sums[at, until] - sums[at, since]
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), count


def run_up(calls: CallTable, entries: Entries, market: Market, index: Ints, first: int) -> Block:
    """`run_up`: the signed move over the 7 days before publication; held where the price already went that way.

    A caller whose calls follow such moves reports as much as predicts. Its dates are those of the two closes.
    """
    prices = market.prices
    row = entries.row[index]
    until = prices.known_before(row, calls.clock[index])
    since = np.where(until >= 0, prices.at_or_before(row, until - RUN_UP_DAYS), -1)
    usable = (since >= 0) & (until > since)
    index, row, until, since = index[usable], row[usable], until[usable], since[usable]
    value = calls.stance[index] * changes(market, row, since, until)
    reason = entries.reason[index].copy()
    mark(reason, ~np.isfinite(value), "price missing")
    days, none = np.full(len(index), RUN_UP_DAYS), np.full(len(index), np.nan)
    status = np.where(value > 0, HELD, FAILED)
    after = block("run_up", entries, market, index, days, status, reason, value, none, until, {}, first)
    return replace(after, entry=since)
