"""The registry of assets: `markets/assets.toml` read into frozen dataclasses."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

AssetKind = Literal["coin", "index", "fund", "equity", "commodity", "currency", "rate", "macro", "group"]


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing with a price or a level.

    `close_time` and `close_zone` say when a day's close is known (a coin's day closes at 00:00 UTC of the next
    day, printed "24:00"). `proxy` names the asset whose prices stand in where it has none (STOCKS: SPX).
    `graded_by` is "level" where a call is about the level itself (rates, VIX, CPI), else "return".
    """

    symbol: str
    name: str
    kind: AssetKind
    aliases: tuple[str, ...] = ()  # matched whatever the case
    exact: tuple[str, ...] = ()  # matched only in this case: tickers, names that are also words
    guarded: tuple[str, ...] = ()  # also words: matched only with a finance cue beside them
    quote: str = "USD"
    close_time: str = "24:00"
    close_zone: str = "UTC"
    benchmark: str | None = None
    proxy: str | None = None
    graded_by: Literal["return", "level"] = "return"
    feeds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # provider: id


def parse_assets(data: Mapping[str, Any]) -> dict[str, Asset]:
    """Assets by symbol, in the file's order; `[defaults.KIND]` tables fill what a row leaves out."""
    defaults = data.get("defaults", {})
    rows = ({**defaults.get(row["kind"], {}), **row} for row in data["asset"])
    return {row["symbol"]: _asset(row) for row in rows}


def _asset(row: dict[str, Any]) -> Asset:
    lists = {key: tuple(row[key]) for key in ("aliases", "exact", "guarded") if key in row}
    return Asset(**{**row, **lists, "feeds": MappingProxyType(dict(row.get("feeds", {})))})


@cache
def registry() -> Mapping[str, Asset]:
    """Every known asset by canonical symbol."""
    text = files("markets").joinpath("assets.toml").read_text(encoding="utf-8")
    return MappingProxyType(parse_assets(tomllib.loads(text)))


@cache
def feed_symbols() -> Mapping[str, str]:
    """Canonical symbol by any provider's own symbol: "BTC-USD", "^RUT" and "GC=F" to BTC, RUT and GOLD."""
    by_feed = {feed: asset.symbol for asset in registry().values() for feed in asset.feeds.values()}
    return MappingProxyType(by_feed | {symbol: symbol for symbol in registry()})
