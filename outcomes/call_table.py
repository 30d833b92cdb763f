"""Calls as columns: what grading needs to know of each, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from outcomes.arrays import MISSING, Bools, Floats, Ints

STANCES = {"bullish": 1, "bearish": -1, "neutral": 0}
SIDES = {"above": 1, "below": -1}
GRADED_MODALITIES = frozenset({"asserted", "heading"})

Kernel = tuple[int, int, int, int]
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, eq=False)
class CallTable:
    """One entry per call in every column. Days count from 1970-01-01, instants are seconds UTC, MISSING where none.

    `asset` and `condition_asset` index `symbols`, `kernel` indexes `kernels`; -1 where there is none.
    """

    symbols: tuple[str, ...]
    kernels: tuple[Kernel, ...]
    claim_id: tuple[str, ...]
    speaker_id: Ints  # -1 where nobody is resolved
    asset: Ints
    stance: Ints  # +1 bullish, -1 bearish, 0 neutral
    clock: Ints  # of the cluster's earliest publication
    target: Floats  # NaN where none
    target_high: Floats
    target_percent: Bools
    horizon_start: Ints  # days
    horizon_end: Ints
    kernel: Ints
    conditional: Bools
    condition_asset: Ints
    condition_side: Ints  # +1 above, -1 below, 0 none
    condition_level: Floats
    cluster: Ints
    asserted: Bools  # neither a question nor a look back
    hedged: Bools
    verified: Bools  # extracted with enough confidence to count in a record
    rewritten: Bools
    rejected: Bools
    ended_at: (
        Ints  # clock of the same speaker's next different stance on the asset (repeats.with_endings), or of a close
    )
    ended_by: Ints  # that stance; 0 where closed
    closed_by: Ints  # position in `closings` of the statement that closed it (closes.with_closings), -1 where none did
    closings: tuple[str, ...] = ()  # ids of the closing statements

    def __len__(self) -> int:
        return len(self.claim_id)

    def take(self, index: Ints) -> CallTable:
        """The calls at these positions, in this order."""
        columns: dict[str, Any] = {name: getattr(self, name)[index] for name in _ARRAYS}
        return replace(self, claim_id=tuple(self.claim_id[i] for i in index.tolist()), **columns)


_ARRAYS = tuple(f.name for f in fields(CallTable) if f.name not in {"symbols", "kernels", "claim_id", "closings"})


def concatenate(first: CallTable, second: CallTable) -> CallTable:
    """Both tables' calls, the second's after the first's; clusters of the two stay apart."""
    symbols = {symbol: code for code, symbol in enumerate(first.symbols)}
    kernels = {kernel: code for code, kernel in enumerate(first.kernels)}
    symbol_code = np.array([*(symbols.setdefault(s, len(symbols)) for s in second.symbols), -1])
    kernel_code = np.array([*(kernels.setdefault(k, len(kernels)) for k in second.kernels), -1])
    moved = replace(
        second,
        asset=symbol_code[second.asset],
        condition_asset=symbol_code[second.condition_asset],
        kernel=kernel_code[second.kernel],
        cluster=second.cluster + int(first.cluster.max(initial=-1)) + 1,
    )
    columns: dict[str, Any] = {name: np.concatenate([getattr(first, name), getattr(moved, name)]) for name in _ARRAYS}
    ids = first.claim_id + second.claim_id
    return replace(first, symbols=tuple(symbols), kernels=tuple(kernels), claim_id=ids, **columns)


def call_table(columns: Mapping[str, Sequence[Any]]) -> CallTable:
    """Build the table from equally long columns named as in table `calls`, None where there is no value.

    Needs `claim_id`, `asset`, `stance` and `clock` (seconds UTC or None). `horizon_start` and `horizon_end` are
    dates or ISO texts, `horizon_kernel` four day offsets, `cluster_id` any key (a claim without one is alone).
    """
    count = len(columns["claim_id"])
    blank: Sequence[Any] = [None] * count
    get = {name: columns.get(name, blank) for name in _INPUTS}
    codes: dict[str, int] = {}
    kernels: dict[Kernel, int] = {}
    clusters: dict[Any, int] = {}
    asset = _codes(get["asset"], codes)
    condition_asset = _codes(get["condition_asset"], codes)
    kernel = _codes([tuple(k) if k else None for k in get["horizon_kernel"]], kernels)
    cluster = _codes([c if c is not None else ("", i) for i, c in enumerate(get["cluster_id"])], clusters)
    return CallTable(
        symbols=tuple(codes),
        kernels=tuple(kernels),
        claim_id=tuple(get["claim_id"]),
        speaker_id=_ints(get["speaker_id"], -1),
        asset=asset,
        stance=np.array([STANCES[s] for s in get["stance"]], dtype=np.int64),
        clock=_ints(get["clock"], MISSING),
        target=_floats(get["target"]),
        target_high=_floats(get["target_high"]),
        target_percent=_flags(get["target_percent"]),
        horizon_start=_days(get["horizon_start"]),
        horizon_end=_days(get["horizon_end"]),
        kernel=kernel,
        conditional=_flags(get["conditional"]),
        condition_asset=condition_asset,
        condition_side=np.array([SIDES.get(s or "", 0) for s in get["condition_side"]], dtype=np.int64),
        condition_level=_floats(get["condition_level"]),
        cluster=cluster,
        asserted=np.array([m is None or m in GRADED_MODALITIES for m in get["modality"]], dtype=np.bool_),
        hedged=_flags(get["hedged"]),
        verified=_flags(get["verified"]),
        rewritten=_flags(get["rewritten"]),
        rejected=_flags(get["rejected"]),
        ended_at=np.full(count, MISSING, dtype=np.int64),
        ended_by=np.zeros(count, dtype=np.int64),
        closed_by=np.full(count, -1, dtype=np.int64),
    )


_INPUTS = (
    "claim_id", "speaker_id", "asset", "stance", "clock", "target", "target_high", "target_percent",
    "horizon_start", "horizon_end", "horizon_kernel", "conditional", "condition_asset", "condition_side",
    "condition_level", "cluster_id", "modality", "hedged", "verified", "rewritten", "rejected",
)  # fmt: skip


def _codes(values: Iterable[_Key | None], codes: dict[_Key, int]) -> Ints:
    numbers = [-1 if v is None else codes.setdefault(v, len(codes)) for v in values]
    return np.array(numbers, dtype=np.int64)


def _ints(values: Sequence[Any], missing: int) -> Ints:
    return np.array([missing if v is None else v for v in values], dtype=np.int64)


def _floats(values: Sequence[Any]) -> Floats:
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _flags(values: Sequence[Any]) -> Bools:
    return np.array(values, dtype=np.object_).astype(np.bool_)  # None becomes False


def _days(values: Sequence[Any]) -> Ints:
    days = np.array(values, dtype="datetime64[D]")  # None becomes NaT
    return np.where(np.isnat(days), MISSING, days.astype(np.int64))
