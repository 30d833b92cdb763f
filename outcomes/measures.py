"""Did the price go the called way? One function per measure of direction; each returns a block of verdicts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outcomes.arrays import MISSING, Bools, Floats, Ints
from outcomes.base_rates import CALM, TRAILING_DAYS
from outcomes.blocks import (
    FAILED,
    HELD,
    MIXED,
    NO_REASON,
    NOT_YET_DUE,
    PENDING,
    UNGRADABLE,
    Block,
    Codes,
    reason_code,
)
from outcomes.call_table import CallTable
from outcomes.entries import Entries
from outcomes.hashing import combined, stretch_hash
from outcomes.horizons import headline_days, kernel_weights, stated_days
from outcomes.market import Market
from outcomes.ranges import inside_range, range_odds
from outcomes.verdicts import Reason


def at_horizon(calls: CallTable, entries: Entries, market: Market, horizon: int, first: int) -> Block:
    """`direction`: the signed change from entry to `horizon` days later; held if positive (docs/method.md)."""
    index = np.arange(len(calls))
    end = entries.column + horizon
    return direction("direction", calls, entries, market, index, end, np.full(len(index), horizon), first)


def stated(calls: CallTable, entries: Entries, market: Market, first: int) -> Iterator[Block]:
    """`stated`: the same at the horizon the call itself gives, a date or a kernel."""
    days = stated_days(calls)
    dated = np.flatnonzero((days != MISSING) & (calls.kernel < 0))
    if len(dated):
        end = calls.horizon_end[dated] - market.prices.first_day
        yield direction("stated", calls, entries, market, dated, end, days[dated], first)
    for code in np.unique(calls.kernel[calls.kernel >= 0]).tolist():
        yield vague(calls, entries, market, np.flatnonzero(calls.kernel == code), calls.kernels[code], first)


def direction(
    measure: str, calls: CallTable, entries: Entries, market: Market, index: Ints, end: Ints, horizon: Ints,
    first: int,
) -> Block:  # fmt: skip
    """Verdicts on the calls at `index`, whose windows run from their entry to the columns `end`."""
    prices = market.prices
    row, entry, reason = entries.row[index], entries.column[index], entries.reason[index].copy()
    length = np.where(reason == NO_REASON, end - entry, 1)
    mark(reason, length <= 0, "no checkable period")
    rate, count = np.full(len(index), np.nan), np.zeros(len(index), dtype=np.int64)
    open_ = np.flatnonzero(reason == NO_REASON)
    rate[open_], count[open_] = market.base_rates(row[open_], entry[open_], calls.stance[index[open_]], length[open_])
    mark(reason, count < prices.min_windows[row], "history too short")
    exit_ = close_out(market, row, entry, end, reason)
    value, hit = np.full(len(index), np.nan), np.zeros(len(index), dtype=np.bool_)
    done = np.flatnonzero(reason == NO_REASON)
    value[done], hit[done] = _outcome(
        calls, entries, market, index[done], row[done], entry[done], exit_[done], length[done]
    )
    ranged = done[entries.ranged[index[done]]]
    rate[ranged] = range_odds(calls, market, index[ranged], row[ranged], entry[ranged], length[ranged])
    status = np.where(hit, HELD, FAILED)
    detail = {"windows": np.where(count > 0, count, np.nan)}
    return block(measure, entries, market, index, horizon, status, reason, value, rate, exit_, detail, first)


def close_out(market: Market, row: Ints, entry: Ints, end: Ints, reason: Codes) -> Ints:
    """Columns of the exit closes, -1 where there is none; `reason` is filled in place."""
    prices = market.prices
    mark(reason, end >= prices.width, "not yet due")
    exit_ = np.full(len(row), -1, dtype=np.int64)
    due = np.flatnonzero(reason == NO_REASON)
    exit_[due] = prices.at_or_before(row[due], end[due])
    mark(reason, exit_ <= entry, "price missing")
    return np.where(reason == NO_REASON, exit_, -1)


def headline_end(calls: CallTable, entries: Entries, market: Market) -> Ints:
    """Column in which each call's headline horizon ends: its stated date, else counted from entry."""
    dated = (calls.horizon_end != MISSING) & (calls.kernel < 0)
    return np.where(dated, calls.horizon_end - market.prices.first_day, entries.column + headline_days(calls))


def _outcome(
    calls: CallTable, entries: Entries, market: Market, index: Ints, row: Ints, entry: Ints, exit_: Ints, length: Ints
) -> tuple[Floats, Bools]:
    """Signed change (raw for a neutral call) and whether it is what was called."""
    change = changes(market, row, entry, exit_)
    stance = calls.stance[index]
    calm = np.abs(change) <= CALM * market.volatility.per_day[row, entry] * np.sqrt(length)
    close = market.prices.close
    inside = entries.ranged[index] & inside_range(calls, index, close[row, entry], close[row, exit_])
    signed = np.where(stance == 0, change, stance * change)
    return signed, np.where(stance == 0, calm | inside, signed > 0)


def changes(market: Market, row: Ints, entry: Ints, exit_: Ints) -> Floats:
    """Simple return between two closes; the difference for an asset graded by its level."""
    close = market.prices.close
    start, end = close[row, entry], close[row, exit_]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(market.prices.by_level[row], end - start, end / start - 1)


def mark(reason: Codes, mask: Bools, why: Reason) -> None:
    """Set a reason where none stands yet."""
    reason[mask & (reason == NO_REASON)] = reason_code(why)


def block(
    measure: str, entries: Entries, market: Market, index: Ints, horizon: Ints, status: Ints, reason: Codes,
    value: Floats, base_rate: Floats, exit_: Ints, detail: dict[str, Floats], first: int,
    beside: Ints | None = None,
) -> Block:  # fmt: skip
    """Assemble a block: statuses follow reasons, and the input hash covers the price rows that were used.

    `beside` is the row of a second asset whose prices over the same days were used.
    """
    row, entry = entries.row[index], entries.column[index]
    final = np.where(reason == NO_REASON, status, np.where(reason == NOT_YET_DUE, PENDING, UNGRADABLE))
    last = np.maximum(exit_, entry)
    used = stretch_hash(market.price_hashes, np.where(entry >= 0, row, -1), entry - TRAILING_DAYS, last)
    if beside is not None:
        used = used + stretch_hash(market.price_hashes, beside, entry - TRAILING_DAYS, last)
    return Block(
        measure=measure,
        call=index + first,
        horizon=horizon,
        status=final.astype(np.int8),
        reason=reason,
        value=np.where(reason == NO_REASON, value, np.nan),
        base_rate=base_rate,
        row=row,
        proxied=entries.proxied[index],
        entry=entry,
        exit=exit_,
        detail=detail,
        input_hash=combined(entries.claim_hash[index], used, horizon, final.astype(np.int64)),
    )


def vague(
    calls: CallTable, entries: Entries, market: Market, index: Ints, kernel: tuple[int, int, int, int], first: int
) -> Block:
    """`stated` for a kernel: the weighted share of its days on which the call stood right (docs/method.md).

    Held from two thirds of the weight, failed up to one third, else mixed. The base rate is the mean of the same
    share over earlier windows.
    """
    prices = market.prices
    weights = kernel_weights(kernel)
    row, entry, reason = entries.row[index], entries.column[index], entries.reason[index].copy()
    end = entry + len(weights)
    share, value = np.zeros(len(index)), np.zeros(len(index))
    base, count = np.zeros(len(index)), np.full(len(index), np.iinfo(np.int64).max)
    stance = calls.stance[index]
    open_ = np.flatnonzero(reason == NO_REASON)
    exit_ = np.full(len(index), -1, dtype=np.int64)
    for day, weight in enumerate(weights.tolist(), start=1):
        if weight == 0:
            continue
        length = np.full(len(open_), day)
        rate, seen = market.base_rates(row[open_], entry[open_], stance[open_], length)
        base[open_] += weight * rate
        count[open_] = np.minimum(count[open_], seen)
        due = open_[end[open_] < prices.width]
        exit_[due] = prices.at_or_before(row[due], entry[due] + day)
        held = due[exit_[due] > entry[due]]
        days = np.full(len(held), day)
        signed, hit = _outcome(calls, entries, market, index[held], row[held], entry[held], exit_[held], days)
        share[held] += weight * hit
        value[held] += weight * signed
    mark(reason, count < prices.min_windows[row], "history too short")
    mark(reason, end >= prices.width, "not yet due")
    mark(reason, exit_ <= entry, "price missing")
    status = np.where(share >= 2 / 3, HELD, np.where(share <= 1 / 3, FAILED, MIXED))
    exit_ = np.where(reason == NO_REASON, exit_, -1)
    horizon = np.full(len(index), kernel[3])
    detail = {"share": share, "windows": np.where(reason == NO_REASON, count, np.nan)}
    return block("stated", entries, market, index, horizon, status, reason, value, base, exit_, detail, first)
