"""Positions that their speakers said were closed: each such statement ends the call that was open until then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from outcomes.arrays import MISSING, Bools, Hashes, Ints
from outcomes.call_table import CallTable
from outcomes.hashing import combined, text_hashes

SIDES = {"long": 1, "short": -1, "unknown": 0}
CLOSE_COLUMNS = ("id", "speaker_id", "asset", "side", "rejected")


@dataclass(frozen=True, slots=True, eq=False)
class CloseTable:
    """One entry per closing statement in every column; `stance` is the one it ends, 0 where the side is unknown."""

    claim_id: tuple[str, ...]
    speaker_id: Ints
    asset: tuple[str, ...]
    stance: Ints
    clock: Ints  # of the cluster's earliest publication, seconds UTC

    def __len__(self) -> int:
        return len(self.claim_id)


def close_table(columns: Mapping[str, Sequence[Any]]) -> CloseTable:
    """The statements that can end a call: dated, of a resolved speaker, not rejected. Columns as in table `closes`."""
    names = ("claim_id", "speaker_id", "asset", "side", "clock", "rejected")
    rows = zip(*(columns[name] for name in names), strict=True)
    kept = sorted((clock, i, who, asset, SIDES[side]) for i, who, asset, side, clock, rejected in rows
                  if who is not None and clock is not None and not rejected)  # fmt: skip
    return CloseTable(
        tuple(row[1] for row in kept),
        np.array([row[2] for row in kept], dtype=np.int64),
        tuple(row[3] for row in kept),
        np.array([row[4] for row in kept], dtype=np.int64),
        np.array([row[0] for row in kept], dtype=np.int64),
    )


def with_closings(calls: CallTable, closes: CloseTable) -> CallTable:
    """Fill `ended_at` and `closed_by` where the speaker closed the position before, or with, a change of mind.

    The first statement later than the call counts that names its side, or none: "I closed my long in Bitcoin" ends
    a bullish call on BTC, "took profit on the rest of my ETH" one either way. Neutral calls are no positions.
    """
    if not len(closes):
        return calls
    at = _first_later(calls, closes)
    clock = np.where(at >= 0, closes.clock[at], MISSING)
    first = (at >= 0) & ((calls.ended_at == MISSING) | (clock <= calls.ended_at))
    return replace(
        calls,
        ended_at=np.where(first, clock, calls.ended_at),
        ended_by=np.where(first, 0, calls.ended_by),
        closed_by=np.where(first, at, -1),
        closings=closes.claim_id,
    )


def _first_later(calls: CallTable, closes: CloseTable) -> Ints:
    """For each call the position of the statement that closes it, -1 where none does."""
    found = np.full(len(calls), -1, dtype=np.int64)
    symbols = text_hashes(calls.symbols)
    holding = combined(calls.speaker_id, symbols[calls.asset]) if len(symbols) else np.zeros(0, dtype=np.uint64)
    closing = combined(closes.speaker_id, text_hashes(closes.asset))
    open_ = (calls.speaker_id >= 0) & (calls.clock != MISSING) & ~calls.rejected
    for stance in (1, -1):
        some = np.flatnonzero(open_ & (calls.stance == stance))
        ending = np.flatnonzero((closes.stance == stance) | (closes.stance == 0))
        later = _next(holding[some], calls.clock[some], closing[ending], closes.clock[ending])
        found[some] = np.where(later >= 0, ending[later] if len(ending) else -1, -1)
    return found


def _next(holding: Hashes, since: Ints, closing: Hashes, clock: Ints) -> Ints:
    """Position of the first entry with the same key and a later clock, -1 where there is none; `clock` ascends."""
    keys, group = np.unique(closing, return_inverse=True)
    if not len(keys) or not len(holding):
        return np.full(len(holding), -1, dtype=np.int64)
    own = np.minimum(np.searchsorted(keys, holding), len(keys) - 1)
    known: Bools = keys[own] == holding
    low, span = clock.min(), int(clock.max() - clock.min()) + 2
    order = np.argsort(group, kind="stable")
    rank = group[order] * span + (clock[order] - low) + 1
    place = np.searchsorted(rank, own * span + np.clip(since - low + 1, 0, span - 1), side="right")
    inside = np.minimum(place, len(order) - 1)
    return np.where(known & (place < len(order)) & (group[order][inside] == own), order[inside], -1)
