"""Records from before the loaded prices: a high since 2010 is not an all-time high if 2007 was higher."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from outcomes.arrays import to_day
from outcomes.market import Market


@cache
def records() -> Mapping[str, tuple[int, float]]:
    """Day (since 1970-01-01) and close of the record of each symbol in earlier_records.toml."""
    rows = tomllib.loads(files("outcomes").joinpath("earlier_records.toml").read_text(encoding="utf-8"))["record"]
    return MappingProxyType({row["symbol"]: (to_day(date.fromisoformat(row["day"])), row["close"]) for row in rows})


def earlier_record(market: Market, row: int) -> tuple[int, float] | None:
    """The record that stood when the row's prices begin; of a fund, that of what it tracks in proportion."""
    prices = market.prices
    symbol = prices.symbols[row]
    asset = market.assets.get(symbol)
    own, tracked = records().get(symbol), asset.tracks if asset else None
    days = np.flatnonzero(np.isfinite(prices.close[row]))
    if not len(days):
        return None
    if own is None and tracked in records() and tracked in prices.symbols:
        other = prices.symbols.index(tracked)
        common = days[np.isfinite(prices.close[other, days])]
        if len(common):
            day, close = records()[tracked]
            own = day, close * float(prices.close[row, common[0]] / prices.close[other, common[0]])
    return own if own and own[0] < prices.first_day + int(days[0]) else None
