"""Prices in and out of the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from db.documents import utc_text
from markets.assets import registry
from scrapers.prices import PriceBar, PriceConflict

_INSERT = """
insert into prices (symbol, day, open, high, low, close, volume, provider, loaded_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (symbol, day) do update set
  open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
  volume = excluded.volume, provider = excluded.provider, loaded_at = excluded.loaded_at
where excluded.close is not close or excluded.high is not high or excluded.low is not low
"""


@dataclass(frozen=True, slots=True)
class PriceColumns:
    """All prices as columns, ordered by symbol and day; `symbol` indexes `symbols`, `day` counts from 1970-01-01."""

    symbols: tuple[str, ...]
    symbol: NDArray[np.int64]
    day: NDArray[np.int64]
    close: NDArray[np.float64]
    high: NDArray[np.float64]  # NaN where unknown
    low: NDArray[np.float64]


def add_bars(db: Database, bars: Iterable[PriceBar], at: datetime, batch: int = 5_000) -> int:
    """Insert or revise daily bars; returns how many rows are new or changed."""
    save_assets(db)
    changed, rows = 0, iter(bars)
    while part := list(islice(rows, batch)):
        with db.atomic():
            before = db.conn.total_changes
            db.conn.executemany(_INSERT, (_values(bar, at) for bar in part))
            changed += db.conn.total_changes - before
    return changed


def _values(bar: PriceBar, at: datetime) -> tuple[object, ...]:
    prices = (bar.open, bar.high, bar.low, bar.close, bar.volume)
    return (bar.symbol, bar.day.isoformat(), *prices, bar.provider, utc_text(at))


def save_assets(db: Database) -> None:
    """Bring the assets table in line with the registry."""
    columns = ("symbol", "name", "kind", "quote", "close_time", "close_zone", "benchmark", "proxy", "graded_by")
    rows = ({name: getattr(asset, name) for name in columns} for asset in registry().values())
    with db.atomic():
        db.table("assets").upsert_all(rows, pk="symbol")


def note_conflicts(db: Database, conflicts: Iterable[PriceConflict], at: datetime) -> int:
    """Keep the days on which two providers disagree; returns how many."""
    rows = [
        (c.symbol, c.day.isoformat(), c.provider, c.close, c.other_provider, c.other_close, utc_text(at))
        for c in conflicts
    ]
    with db.atomic():
        db.conn.executemany("insert or replace into price_conflicts values (?, ?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def price_columns(db: Database) -> PriceColumns:
    """Every stored price, ready for the price matrix."""
    symbols = tuple(row[0] for row in db.execute("select distinct symbol from prices order by symbol"))
    index = {symbol: i for i, symbol in enumerate(symbols)}
    rows = db.execute("select symbol, julianday(day), close, high, low from prices order by symbol, day").fetchall()
    numbers = np.array([(index[r[0]], *r[1:]) for r in rows], dtype=np.float64).reshape(-1, 5)
    # Julian day 2440587.5 is 1970-01-01 00:00.
    days = np.rint(numbers[:, 1] - 2440587.5).astype(np.int64)
    return PriceColumns(symbols, numbers[:, 0].astype(np.int64), days, numbers[:, 2], numbers[:, 3], numbers[:, 4])
