"""Best windows, leads and lags: what the strongest of many correlations is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outcomes.arrays import Floats, Ints
from outcomes.bootstrap import effective_pairs, pearson

SHIFTS = 400
SURROGATES = 400


@dataclass(frozen=True, slots=True)
class Scan:
    """The correlation at every lag in calendar days (positive: the first series leads), and the null of the best."""

    lags: Ints
    r: Floats
    best_lag: int
    best_r: float
    p_best: float  # how often the strongest of as many lags is as strong when the series are shifted apart
    null_95: float  # the 95th percentile of that strongest |r|


def scan_lags(x: Floats, y: Floats, most: int, seed: int = 0) -> Scan | None:
    """Correlate two daily series at lags -most..most; None where there are not eight times as many days.

    The null of the best lag: the first series is replaced by SURROGATES with the same spectrum and random phases
    (Theiler et al. 1992), which keeps each series' own dependence and breaks any between them; of each the largest
    |r| among the same lags is taken. Shifting the series would give only a handful of separate windows of lags.
    """
    from scipy.fft import prev_fast_len

    if len(x) < 8 * most or not len(x):
        return None
    n = prev_fast_len(len(x), real=True)
    a, b = np.fft.rfft(_unit(x[-n:])), np.fft.rfft(_unit(y[-n:]))
    near = np.r_[np.arange(most + 1), np.arange(n - most, n)]
    strongest = np.array([np.abs(np.fft.irfft(s * b, n)[near]).max() for s in _surrogates(a, seed)])
    lags = np.arange(-most, most + 1)
    r = np.array([_at_lag(x, y, int(lag)) for lag in lags])
    best = int(np.nanargmax(np.abs(r)))
    p = (1 + int((strongest >= abs(r[best]) - 1e-12).sum())) / (1 + SURROGATES)
    return Scan(lags, r, int(lags[best]), float(r[best]), p, float(np.percentile(strongest, 95)))


def _surrogates(spectrum: npt.NDArray[np.complex128], seed: int) -> Iterator[npt.NDArray[np.complex128]]:
    """The spectrum's conjugate with random phases, again and again."""
    random = np.random.default_rng(seed)
    for _ in range(SURROGATES):
        yield np.abs(spectrum) * np.exp(2j * np.pi * random.random(len(spectrum)))


def rolling_correlation(x: Floats, y: Floats, width: int) -> Floats:
    """Pearson r of every window of `width` neighbouring pairs, in order."""
    return np.asarray(_rolling(_unit(x)[None, :], _unit(y)[None, :], width)[0])


def best_window_p(x: Floats, y: Floats, width: int, observed: float, seed: int) -> float:
    """How often the best window of that width is as strong as `observed` when the series are shifted apart.

    p = (1 + #) / (shifts + 1) over random circular shifts of y; the sign of `observed` counts. A window picked
    because it looks best must be set against this, not against a single window.
    """
    n = len(x)
    if width >= n or width < 3 or not math.isfinite(observed):
        return math.nan
    sign = 1.0 if observed >= 0 else -1.0
    shifts = np.random.default_rng(seed).integers(width, max(n - width, width + 1), size=SHIFTS)
    a, b = _unit(x), _unit(y)
    beaten = 0
    for part in np.array_split(shifts, max(1, SHIFTS * n // 2_000_000)):
        moved = b[(np.arange(n)[None, :] + part[:, None]) % n]
        best = np.nanmax(sign * _rolling(np.broadcast_to(a, moved.shape), moved, width), axis=1)
        beaten += int((best >= abs(observed) - 1e-12).sum())
    return (1 + beaten) / (SHIFTS + 1)


@dataclass(frozen=True, slots=True)
class Stability:
    """Correlation in equal consecutive parts, and Fisher's test that they are one (p small: it changed)."""

    parts: tuple[tuple[int, int, float, int], ...]  # first day, last day, r, number of pairs
    p: float


def stability(day: Ints, x: Floats, y: Floats, overlap: int = 1, parts: int = 4) -> Stability | None:
    """Q = Σ (n_i - 3)(z_i - z̄)² with z = atanh r is χ² with parts - 1 degrees of freedom; None under 30 a part."""
    from scipy.stats import chi2

    cuts = np.array_split(np.arange(len(day)), parts)
    if min(map(len, cuts)) < 30:
        return None
    r = np.array([pearson(x[c], y[c]) for c in cuts])
    weight = np.array([max(effective_pairs(x[c], y[c], overlap) - 3, 1.0) for c in cuts])
    z = np.arctanh(np.clip(r, -0.999999, 0.999999))
    mean = float((weight * z).sum() / weight.sum())
    q = float((weight * (z - mean) ** 2).sum())
    rows = tuple((int(day[c[0]]), int(day[c[-1]]), float(v), len(c)) for c, v in zip(cuts, r, strict=True))
    return Stability(rows, float(chi2.sf(q, parts - 1)))


def _at_lag(x: Floats, y: Floats, lag: int) -> float:
    return pearson(x[: len(x) - lag], y[lag:]) if lag >= 0 else pearson(x[-lag:], y[: len(y) + lag])


def _unit(values: Floats) -> Floats:
    centred = values - values.mean()
    norm = math.sqrt(float(centred @ centred))
    return np.asarray(centred / norm if norm > 0 else centred)


def _rolling(a: Floats, b: Floats, width: int) -> Floats:
    sums = [np.cumsum(np.pad(v, ((0, 0), (1, 0))), axis=1) for v in (a, b, a * a, b * b, a * b)]
    sa, sb, saa, sbb, sab = (s[:, width:] - s[:, :-width] for s in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.maximum(saa - sa**2 / width, 0) * np.maximum(sbb - sb**2 / width, 0))
        r: Floats = np.where(spread > 1e-12, (sab - sa * sb / width) / spread, np.nan)
    return r
