"""CoinGecko: one price a day for nearly every coin, the last 365 days without a paid plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from markets.assets import Asset
from scrapers.fetch import Fetcher
from scrapers.prices import PriceBar
from scrapers.prices.provider import DAY_S, Endpoint, ProviderError, get_json, midnight

HISTORY_DAYS = 365  # what a request without a paid plan may reach back; beyond it CoinGecko answers 401
_NEAR_S = 5_400  # an hourly sample counts as the close when it is this near to midnight


def bars(
    feed_id: str, asset: Asset, start: date, end: date, fetcher: Fetcher, endpoint: Endpoint
) -> Iterator[PriceBar]:
    """`prices`: [ms, price], daily at 00:00 UTC beyond 90 days, hourly below; the price at midnight closes the day."""
    reach = datetime.now(UTC).date() - timedelta(days=HISTORY_DAYS - 1)
    first = max(start, reach)
    if first > end:
        raise ProviderError(f"serves the last {HISTORY_DAYS} days only")
    url = endpoint.url(
        f"/api/v3/coins/{feed_id}/market_chart/range", vs_currency="usd",
        **{"from": midnight(first), "to": midnight(end) + DAY_S + _NEAR_S},
    )  # fmt: skip
    answer = get_json(fetcher, url, {"x-cg-demo-api-key": endpoint.key} if endpoint.key else None)
    if not isinstance(answer, dict) or not isinstance(answer.get("prices"), list):
        raise ProviderError("answered with something that is not its format")
    for day, price in sorted(_closes(answer["prices"]).items()):
        yield PriceBar(asset.symbol, day, price, provider="coingecko")


def _closes(samples: list[list[float]]) -> dict[date, float]:
    """The sample nearest to each midnight, under the day that it ends."""
    nearest: dict[date, tuple[float, float]] = {}
    for milliseconds, price in samples:
        seconds = milliseconds / 1000
        turn = round(seconds / DAY_S) * DAY_S
        distance = abs(seconds - turn)
        day = datetime.fromtimestamp(turn, UTC).date() - timedelta(days=1)
        if price is not None and distance <= _NEAR_S and distance < nearest.get(day, (DAY_S, 0.0))[0]:
            nearest[day] = (distance, price)
    return {day: price for day, (_, price) in nearest.items()}
