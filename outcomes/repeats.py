"""One call said several times, and calls that the same speaker later takes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from outcomes.arrays import MISSING, Hashes, Ints
from outcomes.call_table import CallTable
from outcomes.hashing import bits, combined
from outcomes.horizons import SECONDS

REPEAT_DAYS = 7


def heads(calls: CallTable) -> Ints:
    """For each call the position of the call that it repeats, its own where it repeats none.

    The same speaker, asset, stance and target within 7 days of the first is one call, and so is the same speaker,
    asset and stance in one cluster, whose copies drift in their numbers. A call under another condition is
    another call. Calls without a resolved speaker fold by cluster only.
    """
    view = _view(calls)
    key = combined(view, bits(calls.target), bits(calls.target_high), calls.target_percent.astype(np.int64))
    head = _weekly(key, np.where(calls.clock == MISSING, 0, calls.clock))
    return _rooted(_joined_by_cluster(calls, view, head))


def _view(calls: CallTable) -> Hashes:
    """One number for (speaker, asset, stance, condition); unresolved speakers are told apart by cluster."""
    anonymous = np.where(calls.speaker_id < 0, calls.cluster + 1, 0)
    condition = (calls.condition_asset, calls.condition_side, bits(calls.condition_level))
    return combined(
        calls.speaker_id, anonymous, calls.asset, calls.stance, calls.conditional.astype(np.int64), *condition
    )


def _weekly(key: Hashes, clock: Ints) -> Ints:
    order = np.lexsort((np.arange(len(key)), clock, key))
    sorted_key = key[order]
    group = np.cumsum(np.concatenate([[0], sorted_key[1:] != sorted_key[:-1]])) if len(order) else order
    head = np.empty(len(key), dtype=np.int64)
    head[order] = order[_week_firsts(group, clock[order])]
    return head


def _week_firsts(group: Ints, clock: Ints) -> Ints:
    """Position of the call that opens each one's week: a new week opens with the first call after the last one.

    Follows, for all groups at once, the chain "first call more than 7 days after this one".
    """
    count = len(group)
    if not count:
        return group
    rank = clock - clock.min()
    span = int(rank.max()) + REPEAT_DAYS * SECONDS + 2
    limit = np.searchsorted(group * span + rank, group * span + rank + REPEAT_DAYS * SECONDS, side="right")
    opens = np.zeros(count, dtype=np.bool_)
    frontier = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    while len(frontier):
        opens[frontier] = True
        following = limit[frontier]
        inside = following < count
        same = group[np.minimum(following, count - 1)] == group[frontier]
        frontier = following[inside & same]
    found: Ints = np.maximum.accumulate(np.where(opens, np.arange(count), 0))
    return found


def _joined_by_cluster(calls: CallTable, view: Hashes, head: Ints) -> Ints:
    """Copies in one cluster share the head of the earliest of them."""
    order = np.lexsort((head, calls.clock, calls.cluster, view))
    same = (view[order][1:] == view[order][:-1]) & (calls.cluster[order][1:] == calls.cluster[order][:-1])
    opens = np.concatenate([[True], ~same]) if len(order) else np.zeros(0, dtype=np.bool_)
    start = np.maximum.accumulate(np.where(opens, np.arange(len(order)), 0))
    joined = head.copy()
    joined[order] = head[order[start]]
    return joined


def _rooted(head: Ints) -> Ints:
    """Follow each head to the head of heads; a chain never runs upwards in time, so this ends."""
    for _ in range(len(head)):
        above = head[head]
        if np.array_equal(above, head):
            break
        head = above
    return head


def with_endings(calls: CallTable) -> CallTable:
    """Fill `ended_at` and `ended_by`: when the same speaker next took a different stance on the asset.

    A bull who turns bear, or neutral, has ended the call. Only asserted, unrejected, dated, unconditional calls
    of a resolved speaker end another.
    """
    usable = np.flatnonzero(
        (calls.speaker_id >= 0) & (calls.clock != MISSING) & calls.asserted & ~calls.rejected & ~calls.conditional
    )
    ended_at, ended_by = np.full(len(calls), MISSING, dtype=np.int64), np.zeros(len(calls), dtype=np.int64)
    if len(usable):
        pair = combined(calls.speaker_id[usable], calls.asset[usable]).view(np.int64)
        order = np.lexsort((calls.stance[usable], calls.clock[usable], pair))
        at, pair = usable[order], pair[order]
        change = (pair[1:] != pair[:-1]) | (calls.stance[at][1:] != calls.stance[at][:-1])
        starts = np.concatenate([[0], np.flatnonzero(change) + 1])
        following = starts[np.minimum(np.searchsorted(starts, np.arange(len(at)), side="right"), len(starts) - 1)]
        later = (pair[following] == pair) & (calls.clock[at[following]] > calls.clock[at])
        ended_at[at[later]] = calls.clock[at[following[later]]]
        ended_by[at[later]] = calls.stance[at[following[later]]]
    return replace(calls, ended_at=ended_at, ended_by=ended_by)
