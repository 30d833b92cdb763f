"""A small market whose every number can be worked out by hand, and calls on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from markets.assets import Asset
from outcomes.arrays import to_day
from outcomes.blocks import REASONS, STATUSES, VERDICT_COLUMNS, Block, verdict_rows
from outcomes.call_table import CallTable, call_table
from outcomes.calls import grade_calls
from outcomes.market import Market
from outcomes.prices import PriceMatrix

ASSETS = {
    "BTC": Asset("BTC", "Bitcoin", "coin", benchmark="SPX"),
    "ETH": Asset("ETH", "Ethereum", "coin", benchmark="BTC"),
    "SPX": Asset("SPX", "S&P 500", "index"),
    "VIX": Asset("VIX", "Volatility", "index", graded_by="level"),
    "ACME": Asset("ACME", "Acme", "coin"),  # whole from its first price on, so that its records are known
    "BRICK": Asset("BRICK", "Brick Works", "equity"),
    "NVDA": Asset("NVDA", "Nvidia", "equity"),
    "CRYPTO": Asset("CRYPTO", "The coins", "group", proxy="BTC"),
    "NICHE": Asset("NICHE", "A niche", "group"),
    "SOL": Asset("SOL", "Solana", "coin", feeds={"yahoo": "SOL-USD"}),
}

START = date(2022, 1, 1)
CALLED = 600  # the entry day of `call`, counted from START
CLOCK = int((datetime(2022, 1, 1, 12, tzinfo=UTC) + timedelta(days=CALLED)).timestamp())


def seesaw(after: Sequence[float], days: int = CALLED + 1, low: float = 100.0, high: float = 110.0) -> list[float]:
    """Closes alternating low, high, ... up to the entry day, which closes low; then `after`."""
    return [low if (days - 1 - i) % 2 == 0 else high for i in range(days)] + list(after)


def ramp(start: float, end: float, days: int) -> list[float]:
    """Evenly spaced closes after `start`, the last one `end`."""
    return np.linspace(start, end, days + 1)[1:].tolist()


def matrix(closes: Mapping[str, Sequence[float]], order: Sequence[int] | None = None) -> PriceMatrix:
    """Daily bars from START on; NaN leaves a day out, `order` shuffles the rows."""
    symbols = list(closes)
    rows = [(symbols.index(s), to_day(START) + i, c) for s in symbols for i, c in enumerate(closes[s])]
    rows = [rows[i] for i in order] if order is not None else rows
    symbol, day, close = (np.array(column) for column in zip(*rows, strict=True))
    return PriceMatrix.from_bars(symbols, symbol, day, close.astype(float), assets=ASSETS)


def market(closes: Mapping[str, Sequence[float]], as_of: date | None = None) -> Market:
    return Market(matrix(closes), ASSETS, as_of)


def day(offset: int) -> date:
    """A day counted from the entry day of `call`."""
    return START + timedelta(days=CALLED + offset)


def call(**fields: Any) -> dict[str, Any]:
    """A bullish call on BTC by speaker 1, published at noon of the entry day."""
    return {
        "claim_id": "c1", "speaker_id": 1, "asset": "BTC", "stance": "bullish", "clock": CLOCK, "verified": 1,
    } | fields  # fmt: skip


def table(*calls: dict[str, Any]) -> CallTable:
    names = {name for c in (call(), *calls) for name in c}
    return call_table({name: [c.get(name) for c in calls] for name in names})


def grade(found: Market, *calls: dict[str, Any]) -> list[dict[str, Any]]:
    """Every verdict as a row of table `verdicts`."""
    graded = table(*calls)
    return [row for block in grade_calls(graded, found) for row in rows(block, graded, found)]


def rows(block: Block, calls: CallTable, found: Market) -> Iterator[dict[str, Any]]:
    for row in verdict_rows(block, calls, found.prices):
        yield dict(zip(VERDICT_COLUMNS, row, strict=True))


def one(verdicts: list[dict[str, Any]], measure: str, horizon: int | None = None, claim: str = "c1") -> dict[str, Any]:
    """The only verdict of that measure (and horizon)."""
    found = [
        v for v in verdicts if v["measure"] == measure and v["claim_id"] == claim and horizon in (None, v["horizon"])
    ]
    assert len(found) == 1, found
    assert found[0]["status"] in STATUSES and found[0]["reason"] in (*REASONS, None)
    return found[0]
