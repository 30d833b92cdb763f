"""Yahoo Finance through yfinance, an extra: `pip install 'calledit[yahoo]'`.

yfinance brings its own connection (Yahoo answers nobody else for long), so this one provider does not go through
the network door. It is asked only where the package is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import Endpoint, ProviderError, UnknownSeriesError


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("yfinance") is not None


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """Adjusted for splits, not for dividends, as a claimed price is."""
    try:
        import yfinance
    except ImportError:
        raise ProviderError("needs the extra: pip install 'calledit[yahoo]'", closed=True) from None
    try:
        frame = yfinance.Ticker(feed_id).history(
            start=start.isoformat(), end=(end + timedelta(days=1)).isoformat(),
            interval="1d", auto_adjust=False, actions=False, raise_errors=False,
        )  # fmt: skip
    except Exception as error:  # yfinance raises whatever its parts raise
        kind = type(error).__name__
        raise ProviderError(f"{kind}: {error}"[:200], closed="RateLimit" in kind) from error
    if not len(frame):
        raise UnknownSeriesError("has no data for it")
    columns = (frame[name] for name in ("Open", "High", "Low", "Close", "Volume"))
    for stamp, open_, high, low, close, volume in zip(frame.index, *columns, strict=True):
        if close == close:  # NaN marks a day without trade
            prices = (float(close), float(open_), float(high), float(low), float(volume))
            yield PriceBar(asset.symbol, stamp.date(), *prices, "yahoo")
