"""Records from before the loaded prices: a high since 2010 is not an all-time high if 2007 was higher."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from outcomes.arrays import Ints, to_day
from outcomes.market import Market

LONG_ENOUGH = date(2007, 12, 31)  # prices that begin by then hold the records of the cycle before 2010


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of records from before a series begins.

    `known` False: there may have been a higher one that nobody noted here. `record` is day and value of one that the
    first loaded close does not exceed; None where the loaded history is all there is to go by.
    """

    known: bool
    record: tuple[int, float] | None = None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("outcomes").joinpath("earlier_records.toml").read_text(encoding="utf-8"))


@cache
def records() -> Mapping[str, tuple[int, float]]:
    """Day (since 1970-01-01) and close of the record of each symbol in earlier_records.toml."""
    rows = _data()["record"]
    return MappingProxyType({row["symbol"]: (to_day(date.fromisoformat(row["day"])), row["close"]) for row in rows})


def before(market: Market, row: int) -> Before:
    """What is known of the record that stood when the row's prices begin.

    A record that the first loaded close exceeds was itself exceeded before, at a time and by a price that nobody knows:
    the first close then starts the clock, and is no new high.
    """
    prices = market.prices
    days = np.flatnonzero(np.isfinite(prices.close[row]))
    if not len(days):
        return Before(known=False)
    first, begins = float(prices.close[row, days[0]]), prices.first_day + int(days[0])
    own = _record_of(market, row, days)
    if own and own[0] < begins:
        return Before(True, own if own[1] >= first else None)
    return Before(known=begins <= to_day(LONG_ENOUGH) or _whole(market, row))


def _record_of(market: Market, row: int, days: Ints) -> tuple[int, float] | None:
    """The row's own record; of a fund, that of what it tracks in proportion."""
    prices = market.prices
    symbol = prices.symbols[row]
    asset = market.assets.get(symbol)
    own, tracked = records().get(symbol), asset.tracks if asset else None
    if own is not None or tracked not in records() or tracked not in prices.symbols:
        return own
    other = prices.symbols.index(tracked)
    common = days[np.isfinite(prices.close[other, days])]
    if not len(common):
        return None
    day, close = records()[tracked]
    return day, close * float(prices.close[row, common[0]] / prices.close[other, common[0]])


def _whole(market: Market, row: int) -> bool:
    symbol = market.prices.symbols[row]
    asset = market.assets.get(symbol)
    return symbol in _data()["whole"]["symbols"] or (asset is not None and asset.kind in _data()["whole"]["kinds"])
