"""Claims of relations and figures on the small market of outcomes_samples, judged one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from markets.assets import Asset
from outcomes.arrays import to_day
from outcomes.correlations import Judge
from outcomes.figure_claims import ClaimedFigure, claimed_figures
from outcomes.figures import judge_figure
from outcomes.market import Market
from outcomes.prices import PriceMatrix
from outcomes.relations import Claimed, claimed_relations
from outcomes.verdicts import Verdict
from tests.outcomes_samples import ASSETS, START, market

DAYS = 1461  # 2022-01-01 to 2025-12-31
PUBLISHED = date(2025, 6, 2)
CLOCK = int(datetime(2025, 6, 2, 12, tzinfo=UTC).timestamp())


def relation(**fields: Any) -> Claimed:
    """A claim that ACME and BTC move together, published at noon of 2025-06-02."""
    row = {"claim_id": "r1", "driver": "ACME", "response": "BTC", "relation": "positive", "clock": CLOCK} | fields
    return next(claimed_relations({name: [value] for name, value in row.items()}))


def figure(quote: str, text: str, value: float, **fields: Any) -> ClaimedFigure:
    """A percent move of BTC, upward, published at noon of 2025-06-02."""
    row = {
        "claim_id": "f1", "quote": quote, "start": 0, "text": text, "text_start": quote.index(text), "value": value,
        "unit": "%", "role": "change", "asset": "BTC", "direction": "up", "clock": CLOCK,
    } | fields  # fmt: skip
    return next(claimed_figures({name: [value] for name, value in row.items()}))


def price(quote: str, text: str, value: float, **fields: Any) -> ClaimedFigure:
    """A printed dollar price of BTC."""
    return figure(quote, text, value, **{"unit": "USD", "role": "price", "direction": None, **fields})


def judged(closes: Mapping[str, Sequence[float]] | Market, claim: Claimed) -> dict[str, Verdict]:
    """Verdicts by measure."""
    found = closes if isinstance(closes, Market) else market(closes)
    return {verdict.measure: verdict for verdict in Judge(found).verdicts(claim)}


def checked(closes: Mapping[str, Sequence[float]] | Market, claim: ClaimedFigure) -> Verdict:
    return judge_figure(claim, closes if isinstance(closes, Market) else ranged(closes))


def ranged(closes: Mapping[str, Sequence[float]]) -> Market:
    """A market whose days run a thousandth above and below their closes."""
    symbols, first = list(closes), to_day(START)
    rows = [(symbols.index(s), first + i, c) for s in symbols for i, c in enumerate(closes[s])]
    symbol, day, close = (np.array(values) for values in zip(*rows, strict=True))
    close = close.astype(float)
    packed = PriceMatrix.from_bars(symbols, symbol, day, close, close * 1.001, close * 0.999, assets=ASSETS)
    return Market(packed, ASSETS)


def market_of(closes: Mapping[str, Sequence[float]], **changes: Asset) -> Market:
    """A market with some assets replaced: another closing time, a release lag."""
    assets = ASSETS | changes
    symbols, first = list(closes), to_day(START)
    rows = [(symbols.index(s), first + i, c) for s in symbols for i, c in enumerate(closes[s])]
    symbol, day, close = (np.array(values) for values in zip(*rows, strict=True))
    return Market(PriceMatrix.from_bars(symbols, symbol, day, close.astype(float), assets=assets), assets)


def noise(seed: int, days: int = DAYS, spread: float = 0.02) -> np.typing.NDArray[np.float64]:
    """Daily log returns without any dependence."""
    return np.random.default_rng(seed).normal(0, spread, days)


def prices(returns: Sequence[float], start: float = 100.0) -> list[float]:
    return (start * np.exp(np.cumsum(returns))).tolist()


def offset(day: date) -> int:
    """Position of a day in the series."""
    return (day - START).days


def day_at(position: int) -> date:
    return START + timedelta(days=int(position))


def flat(value: float = 100.0, days: int = DAYS) -> list[float]:
    return [value] * days
