"""Where each call enters the market, or the typed reason why it never does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outcomes.arrays import MISSING, Bools, Hashes, Ints
from outcomes.blocks import NO_REASON, NOT_YET_DUE, Codes, reason_code
from outcomes.call_table import CallTable
from outcomes.conditions import Conditions, watch
from outcomes.hashing import bits, combined, stretch_hash, text_hashes
from outcomes.horizons import SECONDS
from outcomes.market import Market
from outcomes.prices import locate
from outcomes.verdicts import RULE_VERSION, Reason


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """One entry per call: row of the price matrix, column of the entry close (-1 where none), and why not."""

    row: Ints
    proxied: Bools
    column: Ints
    reason: Codes  # -1 where the call has entered
    ranged: Bools  # neutral, with a range stated in the units it is graded in
    clock: Ints
    conditions: Conditions
    claim_hash: Hashes


def enter(calls: CallTable, market: Market) -> Entries:
    """Resolve the asset, the condition and the entry close of every call."""
    placed = locate(market.prices, market.assets, calls.symbols)
    row = np.array([r for r, _, _ in placed], dtype=np.int64)[calls.asset]
    proxied = np.array([bool(proxy) for _, proxy, _ in placed], dtype=np.bool_)[calls.asset]
    lost = np.array([_code(reason) for _, _, reason in placed], dtype=np.int8)[calls.asset]
    conditions = watch(calls, market)
    reason = _first_reason(
        np.where(calls.rejected, _code("rejected by a person"), NO_REASON),
        np.where(calls.asserted, NO_REASON, _code("not a price claim")),
        np.where(calls.clock == MISSING, _code("undated"), NO_REASON),
        lost,
        conditions.reason,
    )
    column = np.full(len(calls), -1, dtype=np.int64)
    at = np.flatnonzero(reason == NO_REASON)
    column[at], reason[at] = _entry_columns(market, row[at], conditions.clock[at])
    own_units = ~proxied | calls.target_percent
    ranged = (calls.stance == 0) & np.isfinite(calls.target_high) & ~calls.rewritten & own_units
    return Entries(
        row, proxied, column, reason, ranged, conditions.clock, conditions, _claim_hashes(calls, market, conditions)
    )


def _code(reason: Reason | None) -> int:
    return reason_code(reason) if reason else NO_REASON


def _first_reason(*reasons: Codes) -> Codes:
    result = np.full(len(reasons[0]), NO_REASON, dtype=np.int8)
    for reason in reasons:
        result = np.where(result == NO_REASON, reason, result).astype(np.int8)
    return result


def _entry_columns(market: Market, row: Ints, clock: Ints) -> tuple[Ints, Codes]:
    """The entry close, which must come within the asset's limit of staleness and be above zero for a return."""
    prices = market.prices
    column = prices.entry(row, clock)
    day = clock // SECONDS - prices.first_day
    limit = day + prices.stale_after[row]
    late = (column < 0) | (column > limit)
    close = prices.close[row, np.maximum(column, 0)]
    worthless = ~late & ~prices.by_level[row] & ~(close > 0)
    reason = np.full(len(row), NO_REASON, dtype=np.int8)
    reason[late | worthless] = reason_code("price missing")
    reason[late & (column < 0) & (limit >= prices.width)] = NOT_YET_DUE
    return np.where(reason == NO_REASON, column, -1), reason


def _claim_hashes(calls: CallTable, market: Market, conditions: Conditions) -> Hashes:
    """Hash of everything a verdict takes from the claim: its fields, its clock and its condition's price rows."""
    symbols = text_hashes([*calls.symbols, ""])
    kernels = text_hashes([*(str(kernel) for kernel in calls.kernels), ""])
    flags = calls.target_percent + 2 * calls.conditional + 4 * calls.asserted + 8 * calls.rewritten
    watched = stretch_hash(market.price_hashes, conditions.row, conditions.watched_from, conditions.met_on)
    return combined(
        text_hashes([RULE_VERSION]).repeat(len(calls)),
        text_hashes(calls.claim_id),
        symbols[calls.asset],
        calls.stance,
        calls.clock,
        bits(calls.target),
        bits(calls.target_high),
        calls.horizon_end,
        kernels[calls.kernel],
        symbols[calls.condition_asset],
        calls.condition_side,
        bits(calls.condition_level),
        (flags + 16 * calls.rejected).astype(np.int64),
        np.where(conditions.met_on >= 0, watched, np.uint64(0)),
    )
