"""Grade calls: every measure at every horizon, by arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outcomes.blocks import Block
from outcomes.call_table import CallTable
from outcomes.closes import CloseTable, with_closings
from outcomes.entries import enter
from outcomes.headline import at_headline
from outcomes.horizons import GRID
from outcomes.market import Market
from outcomes.measures import at_horizon, stated
from outcomes.repeats import with_endings
from outcomes.targets import targets

BATCH = 250_000


def grade_calls(calls: CallTable, market: Market, closes: CloseTable | None = None) -> tuple[Block, ...]:
    """All verdicts of all calls, one block per measure (and grid horizon); `closes` end calls early."""
    return tuple(_graded(_ended(calls, closes), market, 0))


def grade_batches(
    calls: CallTable, market: Market, size: int = BATCH, closes: CloseTable | None = None
) -> Iterator[tuple[Block, ...]]:
    """The same verdicts in portions of `size` calls; `Block.call` counts within the whole table."""
    calls = _ended(calls, closes)
    for first in range(0, len(calls), size):
        index = np.arange(first, min(first + size, len(calls)))
        yield tuple(_graded(calls.take(index), market, first))


def _ended(calls: CallTable, closes: CloseTable | None) -> CallTable:
    ended = with_endings(calls)
    return with_closings(ended, closes) if closes else ended


def _graded(calls: CallTable, market: Market, first: int) -> Iterator[Block]:
    entries = enter(calls, market)
    for horizon in GRID:
        yield at_horizon(calls, entries, market, horizon, first)
    yield from stated(calls, entries, market, first)
    yield from targets(calls, entries, market, first)
    yield from at_headline(calls, entries, market, first)
