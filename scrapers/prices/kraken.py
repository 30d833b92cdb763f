"""Kraken candles, public, without a key: the last 720 days and no more, whatever is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import (
    DAY_S,
    Endpoint,
    ProviderError,
    UnknownSeriesError,
    get_json,
    midnight,
    utc_day,
)


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """UTC days, oldest first: [start, open, high, low, close, vwap, volume, count], prices as text.

    `since` leaves out its own candle. The answer names the pair in Kraken's own spelling (XXBTZUSD for XBTUSD)
    beside `last`, from which the next page is asked while that moves on.
    """
    since, stop = midnight(start) - DAY_S, midnight(end)
    while since < stop:
        url = endpoint.url("/0/public/OHLC", pair=feed_id, interval=1440, since=since)
        result = _result(get_json(fetcher, url))
        candles: list[list[Any]] = next((rows for name, rows in result.items() if name != "last"), [])
        yield from (_bar(asset.symbol, candle) for candle in candles)
        last = int(result.get("last", since))
        if last <= since or len(candles) <= 1:
            return
        since = last


def _result(answer: Any) -> dict[str, Any]:
    """The payload. Raises ProviderError for the errors Kraken reports inside an HTTP 200."""
    if not isinstance(answer, dict):
        raise ProviderError("answered with something that is not its format")
    for error in answer.get("error", []):
        if "Unknown asset pair" in error:
            raise UnknownSeriesError(f"does not know it ({error})")
        raise ProviderError(f"answered {error!r}", closed="limit" in error.lower() or "Too many" in error)
    return dict(answer.get("result", {}))


def _bar(symbol: str, candle: list[Any]) -> PriceBar:
    opened, open_, high, low, close, _, volume = (float(value) for value in candle[:7])
    return PriceBar(symbol, utc_day(opened), close, open_, high, low, volume, "kraken")
