"""What an asset is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

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
    exact: tuple[str, ...] = ()  # matched only in this case: tickers, and "$" before any ticker of the asset
    guarded: tuple[str, ...] = ()  # also words: matched whatever the case, only with a finance cue beside them
    guarded_exact: tuple[str, ...] = ()  # the same, only in this case: "NEAR" but never "near"
    not_in: tuple[str, ...] = ()  # longer phrases in which one of its names means something else, whatever the case
    quote: str = "USD"
    close_time: str = "24:00"
    close_zone: str = "UTC"
    release_lag_days: int = 0  # from the date a value carries to the day it is published
    benchmark: str | None = None
    proxy: str | None = None
    tracks: str | None = None  # what a fund, or a second series of the same thing, follows
    graded_by: Literal["return", "level"] = "return"
    feeds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # provider: id
