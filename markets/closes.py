"""When a day's close is known: one instant, or a whole column of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from markets.asset import Asset

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = date(1970, 1, 1).toordinal()


def close_instant(asset: Asset, day: date) -> datetime:
    """The UTC instant from which the value dated `day` is known.

    A coin's day closes at 00:00 UTC of the next day, a share's at 16:00 in New York; a statistic is known
    `release_lag_days` after the day that it is dated. Whether the market was open that day is not asked.
    """
    known = day + timedelta(days=asset.release_lag_days)
    return datetime.fromtimestamp(_close_second(asset.close_time, asset.close_zone, known.toordinal()), UTC)


def close_instants(asset: Asset, days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """`close_instant` of each day: datetime64[D] in, datetime64[s] (UTC) out."""
    import numpy as np

    ordinals = days.astype("datetime64[D]").astype(np.int64) + _EPOCH + asset.release_lag_days
    unique, where = np.unique(ordinals, return_inverse=True)
    seconds = [_close_second(asset.close_time, asset.close_zone, int(ordinal)) for ordinal in unique]
    return np.array(seconds, dtype="datetime64[s]")[where]


def last_known_day(asset: Asset, now: datetime) -> date:
    """The newest day whose close is known at `now`, the market's holidays aside."""
    day = now.astimezone(ZoneInfo(asset.close_zone)).date() - timedelta(days=asset.release_lag_days)
    while close_instant(asset, day) > now:
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=200_000)
def _close_second(close_time: str, zone: str, ordinal: int) -> int:
    hours, minutes = map(int, close_time.split(":"))
    midnight = datetime.fromordinal(ordinal)
    if hours == 24:  # "24:00" is the first instant of the next day, whatever the zone's clock did in between
        midnight, hours = midnight + timedelta(days=1), 0
    return int(midnight.replace(hour=hours, minute=minutes, tzinfo=ZoneInfo(zone)).timestamp())
