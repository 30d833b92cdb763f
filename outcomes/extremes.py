"""Highest values of any stretch of days, and the first day at or beyond a level, for many queries at once."""

from __future__ import annotations

import numpy as np

from outcomes.arrays import Floats, Ints


class RangeMaximum:
    """A sparse table over values [rows × days]: each query costs two look-ups whatever its length.

    Missing values (NaN) never count. For the lowest value negate what goes in and what comes out.
    """

    def __init__(self, values: Floats) -> None:
        level = np.where(np.isnan(values), -np.inf, values)
        self.levels = [level]
        step = 1
        while 2 * step <= values.shape[1]:
            level = np.maximum(level[:, :-step], level[:, step:])
            self.levels.append(level)
            step *= 2

    def highest(self, rows: Ints, first: Ints, last: Ints) -> Floats:
        """The maximum over days first..last, both included; -inf where the stretch is empty."""
        width = self.levels[0].shape[1]
        first, last = np.maximum(first, 0), np.minimum(last, width - 1)
        length = last - first + 1
        found = np.full(len(rows), -np.inf)
        power = np.frexp(np.maximum(length, 1).astype(np.float64))[1] - 1
        for k, level in enumerate(self.levels):
            at = np.flatnonzero((power == k) & (length > 0))
            row, low, high = rows[at], first[at], last[at] - 2**k + 1
            found[at] = np.maximum(level[row, low], level[row, high])
        return found

    def sliding(self, rows: Ints, length: int) -> Floats:
        """For each row and day c the maximum over days c+1..c+length, cut at the end: [len(rows) × days]."""
        width = self.levels[0].shape[1]
        length = min(length, width)
        k = length.bit_length() - 1
        level = np.pad(self.levels[k][rows], ((0, 0), (0, length + 2**k)), constant_values=-np.inf)
        tail = self.levels[0][rows]
        level[:, width - 2**k + 1 : width] = np.maximum.accumulate(tail[:, ::-1], axis=1)[:, ::-1][
            :, width - 2**k + 1 :
        ]
        later = length - 2**k + 1
        found: Floats = np.maximum(level[:, 1 : width + 1], level[:, later : width + later])
        return found

    def first_at(self, rows: Ints, first: Ints, last: Ints, level: Floats) -> Ints:
        """The first day in first..last whose value is at or above `level`, -1 where there is none."""
        width = self.levels[0].shape[1]
        at = np.maximum(first, 0)
        end = np.minimum(last, width - 1)
        for k in range(len(self.levels) - 1, -1, -1):
            table = self.levels[k]
            inside = at < table.shape[1]
            below = np.zeros(len(at), dtype=np.bool_)
            below[inside] = table[rows[inside], at[inside]] < level[inside]
            at = np.where(below, at + 2**k, at)
        ok = (at <= end) & (at < width)
        ok[ok] = self.levels[0][rows[ok], at[ok]] >= level[ok]
        return np.where(ok, at, -1)
