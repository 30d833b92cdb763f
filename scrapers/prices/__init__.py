"""Daily prices, one provider a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
