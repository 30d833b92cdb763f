"""Binance spot candles, from its public market-data host, without a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import Endpoint, ProviderError, get_json, midnight, utc_day

PAGE = 1000


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """UTC days, oldest first, 1,000 a page: [open time in ms, open, high, low, close, volume, …]."""
    following = start
    while following <= end:
        url = endpoint.url(
            "/api/v3/klines", symbol=feed_id, interval="1d", startTime=midnight(following) * 1000,
            endTime=midnight(end) * 1000, limit=PAGE,
        )  # fmt: skip
        page = get_json(fetcher, url)
        if not isinstance(page, list):
            raise ProviderError("answered with something that is not a list of candles")
        found = [_bar(asset.symbol, candle) for candle in page]
        yield from found
        if len(page) < PAGE:
            return
        following = max(bar.day for bar in found) + timedelta(days=1)


def _bar(symbol: str, candle: list[object]) -> PriceBar:
    opened, open_, high, low, close, volume = (float(str(value)) for value in candle[:6])
    return PriceBar(symbol, utc_day(opened / 1000), close, open_, high, low, volume, "binance")
