"""Series that the texts mention in passing, so that a claim about them finds a price: invented like the rest."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

FOLLOWERS: Mapping[str, tuple[str, float, float]] = MappingProxyType({
    "IXIC": ("NDX", 0.93, 0.002),  # follows whom, scale of the start, daily deviation of its own
    "SILVER": ("GOLD", 0.0121, 0.009),
    "COPPER": ("WTI", 0.058, 0.008),
})  # fmt: skip
POLICY: Sequence[tuple[date, float]] = (  # the upper bound of the Fed's target, from this day on
    (date(2018, 1, 1), 1.5), (date(2018, 6, 14), 2.0), (date(2018, 12, 20), 2.5), (date(2019, 10, 31), 1.75),
    (date(2020, 3, 16), 0.25), (date(2022, 3, 17), 0.5), (date(2022, 6, 16), 1.75), (date(2022, 9, 22), 3.25),
    (date(2022, 12, 15), 4.5), (date(2023, 3, 23), 5.0), (date(2023, 5, 4), 5.25), (date(2024, 9, 19), 5.0),
    (date(2024, 12, 19), 4.5), (date(2025, 9, 18), 4.25), (date(2025, 12, 11), 4.0),
)  # fmt: skip
INFLATION: Sequence[tuple[date, float]] = (  # consumer prices, per cent over the year, straight lines between
    (date(2018, 1, 1), 2.1), (date(2020, 6, 1), 0.9), (date(2022, 6, 1), 8.2), (date(2023, 2, 1), 5.8),
    (date(2024, 4, 1), 3.2), (date(2025, 4, 1), 2.7), (date(2026, 6, 1), 2.4),
)  # fmt: skip


def follower(seed: int, symbol: str, leader: Sequence[tuple[date, float]]) -> Iterator[tuple[date, float]]:
    """Closes of a series that moves with another one, and a little by itself."""
    _, scale, noise = FOLLOWERS[symbol]
    rng = random.Random(f"{seed}:{symbol}")
    apart = 0.0
    for day, close in leader:
        apart = 0.995 * apart + noise * rng.gauss(0, 1)
        yield day, close * scale * math.exp(apart)


def policy_rate(days: Sequence[date]) -> Iterator[tuple[date, float]]:
    """The Fed's upper bound on each day, in per cent."""
    starts = [start for start, _ in POLICY]
    return ((day, POLICY[bisect_right(starts, day) - 1][1]) for day in days)


def inflation() -> Iterator[tuple[date, float]]:
    """Consumer prices over the year, in per cent, on the first of each month."""
    for (start, before), (end, after) in pairwise(INFLATION):
        for n in range((end - start).days):
            day = start + timedelta(days=n)
            if day.day == 1:
                yield day, round(before + (after - before) * n / (end - start).days, 1)
    yield INFLATION[-1]
