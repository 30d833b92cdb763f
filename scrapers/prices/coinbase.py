"""Coinbase Exchange candles, public, without a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import DAY_S, Endpoint, ProviderError, get_json, utc_day

PAGE = 300


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """UTC days, newest first, at most 300 a request: [start of the day, low, high, open, close, volume].

    Walks back from `end` and stops at the first empty page, so that a coin listed last year does not cost a
    request for every year before.
    """
    newest = end
    while newest >= start:
        oldest = max(start, newest - timedelta(days=PAGE - 1))
        url = endpoint.url(
            f"/products/{feed_id}/candles", granularity=DAY_S,
            start=f"{oldest}T00:00:00Z", end=f"{newest}T00:00:00Z",
        )  # fmt: skip
        page = get_json(fetcher, url)
        if not isinstance(page, list):
            raise ProviderError("answered with something that is not a list of candles")
        if not page:
            return
        for opened, low, high, open_, close, volume, *_ in page:
            yield PriceBar(asset.symbol, utc_day(opened), close, open_, high, low, volume, "coinbase")
        newest = oldest - timedelta(days=1)
