"""The registry of assets: the TOML files beside this one read into frozen dataclasses."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from markets.asset import Asset as Asset
from markets.asset import AssetKind as AssetKind
from markets.checks import AssetError as AssetError
from markets.checks import check_assets, check_row

ASSET_FILES = ("coins", "groups", "indices", "macro", "currencies", "commodities", "funds", "equities")
CONFIG_VARIABLE = "CALLEDIT_CONFIG"  # path of a calledit.toml whose [[asset]] rows are added to ours

_NAME_LISTS = ("aliases", "exact", "guarded", "guarded_exact", "not_in")
_TICKER_KINDS = ("coin", "equity", "fund", "index")


def parse_assets(data: Mapping[str, Any]) -> dict[str, Asset]:
    """Assets by symbol, in the file's order; `[defaults.KIND]` tables fill what a row leaves out.

    A later row with the symbol of an earlier one replaces the keys it gives. Raises AssetError, naming the row.
    """
    rows: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(data.get("asset", ()), start=1):
        merged = {**rows.get(row.get("symbol", ""), {}), **row}
        check_row(merged, number)
        rows[merged["symbol"]] = merged
    defaults = data.get("defaults", {})
    assets = {symbol: _asset({**defaults.get(row["kind"], {}), **row}) for symbol, row in rows.items()}
    check_assets(assets)
    return assets


def _asset(row: dict[str, Any]) -> Asset:
    names = {key: tuple(row.get(key, ())) for key in _NAME_LISTS}
    if row["kind"] in _TICKER_KINDS:
        names["exact"] = tuple(dict.fromkeys([*names["exact"], *_cashtags(row["symbol"], names)]))
    if row.get("benchmark") == row["symbol"]:  # the S&P 500 is no benchmark of itself
        row["benchmark"] = None
    symbol = row["symbol"]
    feeds = {name: feed.format(symbol=symbol, lower=symbol.lower()) for name, feed in row.get("feeds", {}).items()}
    return Asset(**{**row, **names, "feeds": MappingProxyType(feeds)})


def _cashtags(symbol: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    tickers = [symbol, *names["exact"], *names["guarded_exact"]]
    return [f"${ticker}" for ticker in tickers if ticker.isupper() and ticker.isalnum() and len(ticker) <= 6]


@cache
def registry() -> Mapping[str, Asset]:
    """Every known asset by canonical symbol: the packaged files, then the rows of the file CALLEDIT_CONFIG names."""
    folder = files("markets")
    data = tomllib.loads(folder.joinpath("assets.toml").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = []
    for name in ASSET_FILES:
        rows += tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))["asset"]
    if extra := os.environ.get(CONFIG_VARIABLE):
        rows += tomllib.loads(Path(extra).read_text(encoding="utf-8")).get("asset", [])
    return MappingProxyType(parse_assets({**data, "asset": rows}))


def with_stand_ins(symbols: Iterable[str]) -> list[Asset]:
    """The assets of these symbols and those they lean on, proxies and benchmarks, in the registry's order.

    Symbols that the registry does not know are passed over.
    """
    assets, wanted, new = registry(), set[str](), set(symbols)
    while new:
        wanted |= new
        leaned = ((assets[s].proxy, assets[s].benchmark) for s in new if s in assets)
        new = {other for pair in leaned for other in pair if other} - wanted
    return [asset for symbol, asset in assets.items() if symbol in wanted]


@cache
def feed_symbols() -> Mapping[str, str]:
    """Canonical symbol by any provider's own symbol: "BTC-USD", "^RUT" and "GC=F" to BTC, RUT and GOLD."""
    by_feed = {feed: asset.symbol for asset in registry().values() for feed in asset.feeds.values()}
    return MappingProxyType(by_feed | {symbol: symbol for symbol in registry()})
