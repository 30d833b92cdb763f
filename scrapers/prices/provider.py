"""What a price provider is: one function in a file of its own, and the address it asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol
from urllib.parse import urlencode

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.responses import Response

DAY_S = 86_400
_BLOCKED = {"rate_limited", "bot_wall", "refused", "gone"}  # no use asking again in this run


class ProviderError(Exception):
    """A provider has no prices to give; the message says why in one line.

    `closed`: it will not answer anything more in this run (rate limit, key missing, region barred).
    """

    def __init__(self, message: str, *, closed: bool = False) -> None:
        super().__init__(message)
        self.closed = closed


class UnknownSeriesError(ProviderError):
    """The provider answers, but does not know this feed id."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a provider is asked, and the key it asks for, where it asks for one."""

    base_url: str
    key: str = ""

    def url(self, path: str, **query: object) -> str:
        """An address below the base, `None` parameters left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return f"{self.base_url.rstrip('/')}{path}" + (f"?{urlencode(given)}" if given else "")


class Bars(Protocol):
    """Daily bars of one series from `start` to `end`, both included, in any order.

    Pages as the provider does. Raises ProviderError where nothing can be had. Bars outside the range and the
    bar of a day that is not over are the caller's to drop.
    """

    def __call__(
        self, feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
    ) -> Iterator[PriceBar]: ...


def get_text(fetcher: Fetcher, url: str, headers: dict[str, str] | None = None) -> str:
    """The body of an answer. Raises ProviderError for every status but "ok", and for an HTML page."""
    response = fetcher.get(url, purpose="price", headers=headers)
    if response.status != "ok":
        raise _error(response)
    text = response.text
    if text.lstrip()[:1] == "<":
        raise ProviderError("answered with an HTML page instead of prices")
    return text


def get_json(fetcher: Fetcher, url: str, headers: dict[str, str] | None = None) -> Any:
    """The decoded body. Raises ProviderError where it is not JSON."""
    try:
        return json.loads(get_text(fetcher, url, headers))
    except ValueError:
        raise ProviderError("answered with something that is not JSON") from None


def _error(response: Response) -> ProviderError:
    if response.http_status in (400, 404):
        return UnknownSeriesError(f"does not know it (HTTP {response.http_status})")
    if response.http_status in (403, 451):
        return ProviderError(f"does not serve this address (HTTP {response.http_status})", closed=True)
    return ProviderError(response.detail or response.status, closed=response.status in _BLOCKED)


def midnight(day: date) -> int:
    """Seconds since 1970 at 00:00 UTC of a day."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def utc_day(seconds: float) -> date:
    """The UTC day of a Unix time. Raises ValueError or OverflowError for no time at all."""
    return datetime.fromtimestamp(seconds, UTC).date()


def optional(value: object) -> float | None:
    """A price or volume that may be missing: "", ".", "null" and None are."""
    if value is None or str(value).strip() in ("", ".", "null", "-"):
        return None
    return float(str(value))
