"""Stooq: one CSV a series. Since 2026 it asks for a free key (`stooq_key`), given out on its page of any symbol."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import Endpoint, ProviderError, UnknownSeriesError, get_text, optional


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """Date,Open,High,Low,Close and mostly Volume; what goes wrong comes as a line of text with HTTP 200."""
    url = endpoint.url(
        "/q/d/l/", s=feed_id, d1=f"{start:%Y%m%d}", d2=f"{end:%Y%m%d}", i="d", apikey=endpoint.key or None
    )
    text = get_text(fetcher, url)
    if trouble := _trouble(text):
        raise trouble
    for row in csv.DictReader(text.splitlines()):
        if (close := optional(row.get("Close"))) is not None:
            open_, high, low = (optional(row.get(name)) for name in ("Open", "High", "Low"))
            day = date.fromisoformat(row["Date"])
            yield PriceBar(asset.symbol, day, close, open_, high, low, optional(row.get("Volume")), "stooq")


def _trouble(text: str) -> ProviderError | None:
    if text.startswith("Date,"):
        return None
    line = text.strip().partition("\n")[0][:100]
    if line.lower().startswith("no data") or not line:
        return UnknownSeriesError("has no data for it")
    if "hits limit" in line:
        return ProviderError("its daily number of requests is used up", closed=True)
    if "apikey" in text.lower():
        return ProviderError("asks for a key: set `stooq_key` under [prices] in calledit.toml", closed=True)
    return ProviderError(f"answered {line!r} instead of prices")
