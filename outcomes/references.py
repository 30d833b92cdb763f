"""Three callers that the board must put in their place: a coin-flipper, an always-bull and a momentum follower."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Literal

import numpy as np

from outcomes.arrays import MISSING, Bools, Ints
from outcomes.call_table import CallTable, call_table
from outcomes.horizons import SECONDS
from outcomes.market import Market
from outcomes.prices import locate

Reference = Literal["coin-flipper", "always-bull", "momentum"]
REFERENCES: tuple[Reference, ...] = ("coin-flipper", "always-bull", "momentum")

CALLS = 300  # each, spread over what the real speakers called
MOMENTUM_DAYS = 30


def reference_calls(calls: CallTable, market: Market, speaker_ids: dict[Reference, int]) -> CallTable:
    """Calls of the reference speakers, on assets and at times that real speakers chose.

    At most 300 (asset, day) pairs of gradable calls are drawn by their hash, so that a new call elsewhere leaves
    the draw alone; all three callers use the same pairs. The coin is the hash too; momentum is the sign of the
    last 30 days.
    """
    index = _drawn(calls, market)
    momentum = _momentum(calls, market, index)
    columns: dict[str, list[object]] = {name: [] for name in ("claim_id", "speaker_id", "asset", "stance", "clock")}
    for reference, speaker_id in speaker_ids.items():
        for i, rising in zip(index.tolist(), momentum.tolist(), strict=True):
            key = _key(calls, i)
            bullish = {"coin-flipper": _digest(f"coin {key}") % 2 == 0, "always-bull": True, "momentum": rising}
            columns["claim_id"].append(f"{reference} {key}")
            columns["speaker_id"].append(speaker_id)
            columns["asset"].append(calls.symbols[calls.asset[i]])
            columns["stance"].append("bullish" if bullish[reference] else "bearish")
            columns["clock"].append(int(calls.clock[i]))
    table = call_table(columns)
    return replace(table, verified=np.ones(len(table), dtype=np.bool_))


def _drawn(calls: CallTable, market: Market) -> Ints:
    """One call for each drawn (asset, day): the earliest of that day."""
    usable = np.flatnonzero(_gradable(calls, market))
    order = usable[np.lexsort((usable, calls.clock[usable]))]
    day = calls.clock[order] // SECONDS
    _, first = np.unique(calls.asset[order] * 10**7 + day, return_index=True)
    pairs = order[first].tolist()
    chosen = sorted(pairs, key=lambda i: _digest(f"draw {_key(calls, i)}"))[:CALLS]
    return np.array(sorted(chosen, key=lambda i: _key(calls, i)), dtype=np.int64)


def _gradable(calls: CallTable, market: Market) -> Bools:
    priced = np.array([row >= 0 for row, _, _ in locate(market.prices, market.assets, calls.symbols)])
    usable: Bools = priced[calls.asset] & (calls.clock != MISSING) & (calls.stance != 0) & ~calls.conditional
    return usable & calls.asserted & ~calls.rejected


def _momentum(calls: CallTable, market: Market, index: Ints) -> Bools:
    prices = market.prices
    rows = np.array([row for row, _, _ in locate(prices, market.assets, calls.symbols)], dtype=np.int64)
    row = rows[calls.asset[index]]
    until = prices.known_before(row, calls.clock[index])
    since = prices.at_or_before(row, until - MOMENTUM_DAYS)
    known = (until >= 0) & (since >= 0)
    now, then = prices.close[row, until], prices.close[row, since]
    return np.where(known, now > then, True)


def _key(calls: CallTable, i: int) -> str:
    return f"{calls.symbols[calls.asset[i]]} {calls.clock[i] // SECONDS}"


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
