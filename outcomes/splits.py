"""Share splits: prices are adjusted for them, a target printed earlier is not."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from outcomes.arrays import Bools, Floats, Ints, to_day
from outcomes.call_table import CallTable
from outcomes.horizons import SECONDS
from outcomes.market import Market

SMALLEST = 1.9  # a share whose splits we do not know may have had a 2:1 split; smaller ones are rare

_SPLIT_KINDS = frozenset({"equity", "fund"})


@cache
def known_splits() -> Mapping[str, tuple[tuple[date, float], ...]]:
    """Splits by symbol, complete since 2010 for each symbol listed: the day, and new shares per old."""
    text = files("outcomes").joinpath("splits.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return MappingProxyType(
        {symbol: tuple((row["day"], float(row["factor"])) for row in splits) for symbol, splits in rows.items()}
    )


def rescaled(calls: CallTable, market: Market, index: Ints, level: Floats) -> Floats:
    """Levels in the units of the adjusted prices: divided by every later split of a listed share."""
    result = level.copy()
    fixed = ~calls.target_percent[index]
    for code, symbol in enumerate(calls.symbols):
        for day, factor in known_splits().get(symbol, ()):
            before = calls.clock[index] // SECONDS < to_day(day)
            happened = to_day(day) <= market.prices.last_day
            result[fixed & before & happened & (calls.asset[index] == code)] /= factor
    return result


def displaced(calls: CallTable, market: Market, index: Ints, level: Floats, start: Floats, up: Bools) -> Bools:
    """Targets of shares with unknown splits that lie where a later split would have put them.

    A bullish target stood above its price when printed, so one at less than twice the adjusted price cannot have
    been moved by a 2:1 split; a bearish one above the adjusted price must have been.
    """
    unknown = np.array([_splits_unknown(market, symbol) for symbol in calls.symbols], dtype=np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = level / start
        far = np.where(up, ratio >= SMALLEST, ratio >= 1)
    return unknown[calls.asset[index]] & ~calls.target_percent[index] & far


def _splits_unknown(market: Market, symbol: str) -> bool:
    asset = market.assets.get(symbol)
    return asset is not None and asset.kind in _SPLIT_KINDS and symbol not in known_splits()
