"""Daily prices, one provider a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PriceBar:
    """One day of one asset. `day` is the trading day in the asset's own market; prices in its quote unit."""

    symbol: str  # canonical
    day: date
    close: float
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class KnownPrices:
    """What is stored of one asset: day: (close, provider)."""

    closes: Mapping[date, tuple[float, str]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class PriceConflict:
    """Two providers more than 1 % apart on one day. A row of `price_conflicts`; `provider` was kept."""

    symbol: str
    day: date
    provider: str
    close: float
    other_provider: str
    other_close: float


@dataclass(frozen=True, slots=True)
class Revision:
    """A past close that its own provider has changed since it was loaded."""

    symbol: str
    day: date
    provider: str
    old_close: float
    new_close: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of a price file that was set aside: its line number, and why in a few words."""

    line: int
    reason: str
    symbol: str = ""
