"""The circular-shift permutation test: is a speaker's timing better than the same calls at other times?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outcomes.arrays import Bools, Floats, Ints
from outcomes.market import Market

MIN_HISTORY = 10  # horizons of history that the test needs
MIN_KEPT = 0.5  # of a speaker's calls that must stay gradable for a rotation to count


@dataclass(frozen=True, slots=True)
class Permutation:
    """`p` is two-sided; `sd` that of the statistic under rotation; `floored` where p is a normal tail below the
    1/(B + 1) that counting can reach."""

    p: float
    mean: float
    sd: float
    rotations: int
    floored: bool


def edges(market: Market, horizon: int) -> Floats:
    """Hit minus base rate of a call made on any calendar day [3 stances × assets × days], NaN where ungradable.

    Index 0 is bearish, 1 neutral, 2 bullish. The call enters at the first close on or after the day.
    """
    prices, table = market.prices, market.windows(horizon)
    count, width = prices.close.shape
    row = np.repeat(np.arange(count), width)
    entry = prices.following.ravel()
    inside = np.minimum(entry, width - 1)
    fresh = (entry < width) & (entry - np.tile(np.arange(width), count) <= prices.stale_after[row])
    change = table.change[row, inside]
    calm = np.diff(table.calm, axis=1)[row, inside]
    hits = (change < 0, calm > 0, change > 0)
    result = np.full((3, count * width), np.nan)
    for stance, hit in zip((-1, 0, 1), hits, strict=True):
        rate, seen = table.base_rate(row, inside, np.full(len(row), stance))
        usable = fresh & np.isfinite(change) & (seen >= prices.min_windows[row])
        result[stance + 1, usable] = hit[usable] - rate[usable]
    return result.reshape(3, count, width)


class Rotations:
    """Tests many speakers on one horizon's edges."""

    def __init__(self, edge: Floats, horizon: int) -> None:
        self.edge = edge
        self.horizon = horizon
        usable: Bools = np.logical_or.reduce(np.isfinite(edge), axis=0)
        width = edge.shape[2]
        some = usable.any(axis=1)
        self._first = np.where(some, usable.argmax(axis=1), width)
        self._last = np.where(some, width - usable[:, ::-1].argmax(axis=1), 0)
        self._filled = np.where(np.isfinite(edge), edge, 0.0)
        self._known = np.isfinite(edge).astype(np.float64)

    def test(self, row: Ints, column: Ints, stance: Ints) -> Permutation | None:
        """Rotate all calls together by every offset (docs/method.md); None where the history is under ten horizons.

        The statistic is the mean of hit minus base rate, the base rate taken anew at each rotated date; p =
        (1 + #{|T_u - mean| ≥ |T - mean|}) / (B + 1). A rotation that leaves some calls where their asset has no
        history keeps the others, weighted by the root of their number.

        A rotation by less than a horizon overlaps the calls it came from: it shows a faded copy of their edge.
        Mean and standard deviation are those of the other rotations; calls that beat all of those stand at the
        floor of what counting can tell, and get a normal tail.
        """
        first, last = int(self._first[row].min()), int(self._last[row].max())
        length = last - first
        if length < MIN_HISTORY * self.horizon or not len(row):
            return None
        total, kept = self._rotated(row, column - first, stance, first, last)
        observed = np.nansum(self.edge[stance + 1, row, column]) / len(row)
        usable = np.flatnonzero(kept[1:] >= MIN_KEPT * len(row)) + 1
        far = (usable >= self.horizon) & (usable <= length - self.horizon)
        if far.sum() < (MIN_HISTORY - 2) * self.horizon:
            return None
        rotated = total[usable] / kept[usable]
        mean = float(rotated[far].mean())
        shifted = (rotated - mean) * np.sqrt(kept[usable] / len(row))
        return _judged(float(observed), mean, shifted, far)

    def _rotated(self, row: Ints, column: Ints, stance: Ints, first: int, last: int) -> tuple[Floats, Floats]:
        """Sum of edges and number of gradable calls for every offset 0..length-1, by whichever way is quicker."""
        keys = row * 3 + stance + 1
        if len(keys) <= 50 + 20 * len(np.unique(keys)):
            return self._added(keys, column, first, last)
        return self._transformed(keys, column, first, last)

    def _added(self, keys: Ints, column: Ints, first: int, last: int) -> tuple[Floats, Floats]:
        """Add up each call's stretch of edges, turned so that it starts at the call."""
        length = last - first
        total, kept = np.zeros(length), np.zeros(length)
        for key, start in zip(keys.tolist(), column.tolist(), strict=True):
            for sums, values in ((total, self._filled), (kept, self._known)):
                circle = values[key % 3, key // 3, first:last]
                sums[: length - start] += circle[start:]
                sums[length - start :] += circle[:start]
        return total, kept

    def _transformed(self, keys: Ints, column: Ints, first: int, last: int) -> tuple[Floats, Floats]:
        """The same as a circular correlation of counts and edges, by Fourier transform."""
        length = last - first
        size = _padded_size(length)
        total = kept = np.zeros(size // 2 + 1, dtype=np.complex128)
        for key in np.unique(keys).tolist():
            counts = np.bincount(column[keys == key], minlength=length).astype(np.float64)
            spectrum = np.conj(np.fft.rfft(counts, size))
            twice = (np.tile(v[key % 3, key // 3, first:last], 2) for v in (self._filled, self._known))
            edge, known = (np.fft.rfft(circle, size) for circle in twice)  # twice round: no wrapping needed
            total = total + spectrum * edge
            kept = kept + spectrum * known
        sums, numbers = np.fft.irfft(total, size)[:length], np.fft.irfft(kept, size)[:length]
        return sums, np.rint(numbers)


def _padded_size(length: int) -> int:
    """A length with small prime factors, which transforms many times faster than most others."""
    from scipy.fft import next_fast_len

    return int(next_fast_len(2 * length, real=True))


def _judged(observed: float, mean: float, shifted: Floats, far: Bools) -> Permutation:
    from scipy.special import ndtr

    distance = abs(observed - mean)
    extreme = np.abs(shifted) >= distance - 1e-9
    sd = float(shifted[far].std())
    p = (1 + int(extreme.sum())) / (len(shifted) + 1)
    tail = float(2 * ndtr(-distance / sd)) if sd > 0 else 1.0
    floored = not extreme[far].any() and tail < p
    return Permutation(tail if floored else p, mean, sd, len(shifted), floored)
