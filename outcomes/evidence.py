"""Which prices a general claim is judged on: whose series, and up to which day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from outcomes.arrays import from_day, to_day
from outcomes.hashing import hex_of, stretch_hash
from outcomes.market import Market
from outcomes.prices import locate
from outcomes.verdicts import Reason

_PLACES: WeakKeyDictionary[Market, dict[str, Place | Reason]] = WeakKeyDictionary()


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
    """The asset's own series, else that of its proxy, else the reason why there is none. Kept for each market."""
    if market not in _PLACES:
        found = zip(market.assets, locate(market.prices, market.assets, market.assets), strict=True)
        _PLACES[market] = {name: why or Place(name, row, proxy) for name, (row, proxy, why) in found}
    return _PLACES[market].get(symbol, "no priced asset")


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
