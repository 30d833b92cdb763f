"""Which prices a general claim is judged on: whose series, and up to which day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.arrays import from_day, to_day
from outcomes.hashing import hex_of, stretch_hash
from outcomes.prices import locate
from outcomes.verdicts import Reason

if TYPE_CHECKING:
    from outcomes.market import Market

MIN_DENSITY = 0.5  # of the closes that a series at its usual pace would have; below it a proxy stands in


@dataclass(frozen=True, slots=True)
class Place:
    """Where an asset's prices are. `proxy` names the asset that stands in for it, "" for its own."""

    symbol: str
    row: int
    proxy: str = ""

    @property
    def priced_as(self) -> str:
        return self.proxy or self.symbol


def place(market: Market, symbol: str) -> Place | Reason:
    """The asset's own series, else that of its proxy, else the reason why there is none.

    A patchy series (the total market capitalisation was once a point a month, then daily) gives way to the proxy.
    """
    row, proxy, why = locate(market.prices, market.assets, [symbol])[0]
    asset = market.assets.get(symbol)
    if row >= 0 and not proxy and asset and asset.proxy and density(market, row) < MIN_DENSITY:
        stand_in = place(market, asset.proxy)
        if isinstance(stand_in, Place):
            return Place(symbol, stand_in.row, asset.proxy)
    return Place(symbol, row, proxy) if row >= 0 else why  # type: ignore[return-value]


def density(market: Market, row: int) -> float:
    """Closes there are, as a share of those that the series' usual gap would give over its span."""
    days = np.flatnonzero(np.isfinite(market.prices.close[row]))
    if len(days) < 2:
        return 0.0
    usual = {1: 5 / 7}.get(int(market.prices.gap[row]), 1 / max(int(market.prices.gap[row]), 1))
    return float(len(days) / ((days[-1] - days[0] + 1) * usual))


def evidence_end(market: Market) -> int:
    """Column of the last day of the last full month: general claims are judged anew each month, not each day."""
    last = from_day(market.prices.last_day)
    if last.day == monthrange(last.year, last.month)[1]:
        return market.prices.width - 1
    return to_day(last.replace(day=1)) - 1 - market.prices.first_day


def prices_hash(market: Market, row: int, first: int, last: int) -> str:
    """Hash of one asset's price rows in columns first..last."""
    columns = (np.array([value], dtype=np.int64) for value in (row, first, last))
    return hex_of(stretch_hash(market.price_hashes, *columns))[0]
