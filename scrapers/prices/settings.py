"""Which providers are asked, where, and from when on: the `[prices]` table of calledit.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scrapers.prices import binance, coinbase, coingecko, fred, kraken, stooq, yahoo
from scrapers.prices.provider import Bars, Endpoint

PROVIDERS: Mapping[str, Bars] = MappingProxyType({
    "binance": binance.bars, "coinbase": coinbase.bars, "kraken": kraken.bars, "coingecko": coingecko.bars,
    "fred": fred.bars, "yahoo": yahoo.bars, "stooq": stooq.bars,
})  # fmt: skip
BASE_URLS: Mapping[str, str] = MappingProxyType({
    "binance": "https://data-api.binance.vision", "coinbase": "https://api.exchange.coinbase.com",
    "kraken": "https://api.kraken.com", "coingecko": "https://api.coingecko.com",
    "fred": "https://fred.stlouisfed.org", "yahoo": "", "stooq": "https://stooq.com",
})  # fmt: skip
_KEYED = ("stooq", "coingecko")


class PriceSettingsError(ValueError):
    """The [prices] table cannot be used; the message says what to mend."""


def usual_providers() -> tuple[str, ...]:
    """Every provider, Yahoo only where its extra is installed."""
    return tuple(name for name in PROVIDERS if name != "yahoo" or yahoo.installed())


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """What `[prices]` says. An asset's own order of feeds decides who is asked first."""

    start: date = date(2010, 1, 1)  # of the history of an asset that has none yet
    providers: tuple[str, ...] = field(default_factory=usual_providers)
    endpoints: Mapping[str, Endpoint] = field(default_factory=lambda: _endpoints({}))
    cross_check: bool = True  # ask a second provider and keep the days on which the two disagree


def load_price_settings(config: Path | None) -> PriceSettings:
    """The settings of a configuration file; the usual ones where it has no [prices] or there is no file.

    Raises PriceSettingsError for unknown keys, providers and wrong values.
    """
    if config is None or not config.exists():
        return PriceSettings()
    try:
        table = tomllib.loads(config.read_text(encoding="utf-8")).get("prices", {})
    except tomllib.TOMLDecodeError as error:
        raise PriceSettingsError(f"{config}: {error}") from None
    known = {"start", "providers", "cross_check", "base_urls", *(f"{name}_key" for name in _KEYED)}
    if unknown := sorted(table.keys() - known):
        raise PriceSettingsError(f"{config}: [prices] has no key `{unknown[0]}`; it has {', '.join(sorted(known))}")
    providers = tuple(table.get("providers", usual_providers()))
    for name in (*providers, *table.get("base_urls", ())):
        if name not in PROVIDERS:
            raise PriceSettingsError(f"{config}: no price provider {name!r}; there are {', '.join(PROVIDERS)}")
    start = table.get("start", PriceSettings().start)
    if not isinstance(start, date):
        raise PriceSettingsError(f"{config}: [prices] start must be a date such as 2015-01-01")
    return PriceSettings(start, providers, _endpoints(table), bool(table.get("cross_check", True)))


def _endpoints(table: Mapping[str, Any]) -> Mapping[str, Endpoint]:
    urls = {**BASE_URLS, **table.get("base_urls", {})}
    return MappingProxyType({name: Endpoint(url, table.get(f"{name}_key", "")) for name, url in urls.items()})
