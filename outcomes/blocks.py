"""Verdicts as columns: one block per measure, and the rows of table `verdicts` made from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from outcomes.arrays import MISSING, Bools, Floats, Hashes, Ints, from_day
from outcomes.call_table import CallTable
from outcomes.hashing import hex_of
from outcomes.prices import PriceMatrix
from outcomes.verdicts import RULE_VERSION, Reason, Status

Codes = npt.NDArray[np.int8]

STATUSES: tuple[str, ...] = get_args(Status)
REASONS: tuple[str, ...] = get_args(Reason)
HELD, FAILED, MIXED, PENDING, UNGRADABLE = range(5)
NO_REASON = -1
NOT_YET_DUE = REASONS.index("not yet due")


def reason_code(reason: Reason) -> int:
    """The number of a reason in the columns of this room."""
    return REASONS.index(reason)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One measure of many calls. `call` is the position in the call table; days are those of table `prices`."""

    measure: str
    call: Ints
    horizon: Ints
    status: Codes
    reason: Codes  # -1 where there is a verdict that needs no remark
    value: Floats
    base_rate: Floats
    row: Ints  # of the price matrix, -1 where none
    proxied: Bools  # graded on the prices of a stand-in
    entry: Ints  # columns of the price matrix, -1 where none
    exit: Ints
    detail: Mapping[str, Floats]
    input_hash: Hashes
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)  # details in words, "" where there is none

    def __len__(self) -> int:
        return len(self.call)


VERDICT_COLUMNS = (
    "claim_id", "claim_kind", "measure", "horizon", "status", "reason", "value", "base_rate", "entry_date",
    "entry_price", "exit_date", "exit_price", "detail", "rule_version", "input_hash",
)  # fmt: skip


def verdict_rows(block: Block, calls: CallTable, prices: PriceMatrix) -> Iterator[tuple[Any, ...]]:
    """The block as rows of table `verdicts`, in the order of VERDICT_COLUMNS."""
    days = _DayTexts()
    entry_day, entry_price = _dated(block, block.entry, prices)
    exit_day, exit_price = _dated(block, block.exit, prices)
    columns = (
        block.call.tolist(), block.horizon.tolist(), block.status.tolist(), block.reason.tolist(),
        _nullable(block.value), _nullable(block.base_rate), entry_day.tolist(), _nullable(entry_price),
        exit_day.tolist(), _nullable(exit_price), _details(block, prices), hex_of(block.input_hash),
    )  # fmt: skip
    for call, horizon, status, reason, value, base, day0, price0, day1, price1, detail, digest in zip(
        *columns, strict=True
    ):
        yield (
            calls.claim_id[call], "call", block.measure, horizon, STATUSES[status],
            REASONS[reason] if reason >= 0 else None, value, base, days[day0], price0, days[day1], price1,
            detail, RULE_VERSION, digest,
        )  # fmt: skip


class _DayTexts(dict[int, str | None]):
    def __missing__(self, day: int) -> str | None:
        text = None if day == MISSING else from_day(day).isoformat()
        self[day] = text
        return text


def _dated(block: Block, columns: Ints, prices: PriceMatrix) -> tuple[Ints, Floats]:
    have = (columns >= 0) & (block.row >= 0)
    day = np.full(len(columns), MISSING, dtype=np.int64)
    price = np.full(len(columns), np.nan)
    rows = block.row[have]
    day[have] = prices.printed_day(rows, columns[have])
    price[have] = prices.close[rows, columns[have]]
    return day, price


def _nullable(values: Floats) -> list[float | None]:
    return [v if isfinite(v) else None for v in values.tolist()]


def _details(block: Block, prices: PriceMatrix) -> list[str]:
    columns = [(f'"{name}":%.10g', values.tolist()) for name, values in block.detail.items()]
    parts: list[list[str]] = [
        [f'"proxy":"{prices.symbols[row]}"'] if proxied else []
        for row, proxied in zip(block.row.tolist(), block.proxied.tolist(), strict=True)
    ]
    for i in np.flatnonzero((block.row >= 0) & prices.by_level[block.row]).tolist():
        parts[i].append('"by_level":1')
    for form, values in columns:
        for part, value in zip(parts, values, strict=True):
            if isfinite(value):
                part.append(form % value)
    for name, words in block.texts.items():
        for part, word in zip(parts, words, strict=True):
            if word:
                part.append(f'"{name}":{json.dumps(word, ensure_ascii=False)}')
    return ["{" + ",".join(part) + "}" for part in parts]
