"""FRED, the St. Louis Fed's data service: one CSV a series, no key.

A feed id may carry a transformation after a colon: "CPIAUCSL:pc1" is the change from a year ago in per cent.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import Endpoint, ProviderError, get_text, optional


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """One value a row under `observation_date` (once `DATE`); a missing value is empty or "."."""
    series, _, transformation = feed_id.partition(":")
    url = endpoint.url("/graph/fredgraph.csv", id=series, cosd=start, coed=end, transformation=transformation or None)
    rows = csv.reader(get_text(fetcher, url).splitlines())
    header = next(rows, [])
    if len(header) < 2 or header[0].strip("\ufeff").lower() not in ("observation_date", "date"):
        raise ProviderError("answered with something that is not a FRED file")
    for row in rows:
        if len(row) >= 2 and (close := optional(row[1])) is not None:
            yield PriceBar(asset.symbol, date.fromisoformat(row[0]), close, provider="fred")
