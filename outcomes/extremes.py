"""Highest values of any stretch of days, and the first day at or beyond a level, for many queries at once."""

from __future__ import annotations

import numpy as np

from outcomes.arrays import Floats, Ints


class RangeMaximum:
    """A sparse table over values [rows × days]: each query costs two look-ups whatever its length.

    Missing values (NaN) never count. For the lowest value negate what goes in and what comes out. The table of
    maxima over 2^k days is made when a query first needs it.
    """

    def __init__(self, values: Floats) -> None:
        self._levels = [np.where(np.isnan(values), -np.inf, values)]
        self._width = values.shape[1]

    def _level(self, k: int) -> Floats:
        """Column c holds the maximum over days c..c+2^k-1."""
        while len(self._levels) <= k:
            below, step = self._levels[-1], 2 ** (len(self._levels) - 1)
            self._levels.append(np.maximum(below[:, :-step], below[:, step:]))
        return self._levels[k]

    def highest(self, rows: Ints, first: Ints, last: Ints) -> Floats:
        """The maximum over days first..last, both included; -inf where the stretch is empty."""
        first, last = np.maximum(first, 0), np.minimum(last, self._width - 1)
        length = last - first + 1
        found = np.full(len(rows), -np.inf)
        power = np.frexp(np.maximum(length, 1).astype(np.float64))[1] - 1
        for k in np.unique(power[length > 0]).tolist():
            at = np.flatnonzero((power == k) & (length > 0))
            row, low, high, level = rows[at], first[at], last[at] - 2**k + 1, self._level(k)
            found[at] = np.maximum(level[row, low], level[row, high])
        return found

    def sliding(self, rows: Ints, length: int) -> Floats:
        """For each row and day c the maximum over days c+1..c+length, cut at the end: [len(rows) × days]."""
        width = self._width
        length = min(length, width)
        k = length.bit_length() - 1
        level = np.pad(self._level(k)[rows], ((0, 0), (0, length + 2**k)), constant_values=-np.inf)
        tail = self._levels[0][rows]
        level[:, width - 2**k + 1 : width] = np.maximum.accumulate(tail[:, ::-1], axis=1)[:, ::-1][
            :, width - 2**k + 1 :
        ]
        later = length - 2**k + 1
        found: Floats = np.maximum(level[:, 1 : width + 1], level[:, later : width + later])
        return found

    def first_at(self, rows: Ints, first: Ints, last: Ints, level: Floats) -> Ints:
        """The first day in first..last whose value is at or above `level`, -1 where there is none."""
        at, end = np.maximum(first, 0), np.minimum(last, self._width - 1)
        longest = int((end - at).max(initial=0)) + 1
        for k in range(longest.bit_length() - 1, -1, -1):
            table = self._level(k)
            inside = at < table.shape[1]
            below = np.zeros(len(at), dtype=np.bool_)
            below[inside] = table[rows[inside], at[inside]] < level[inside]
            at = np.where(below, at + 2**k, at)
        ok = at <= end
        ok[ok] = self._levels[0][rows[ok], at[ok]] >= level[ok]
        return np.where(ok, at, -1)
