"""When a call is due: the grid, a stated date, or a kernel for a vague horizon ("coming weeks")."""

from __future__ import annotations

import numpy as np

from outcomes.arrays import MISSING, Floats, Ints
from outcomes.call_table import CallTable, Kernel

GRID = (1, 7, 30, 90, 180, 365)
KERNEL_DAYS = 30  # of a vague horizon that are looked at
HEADLINE = 30  # of a call that states no horizon of its own
SECONDS = 86_400


def stated_days(calls: CallTable) -> Ints:
    """Days from the day of the call's clock to its stated end (a kernel's last day), MISSING where none."""
    day = calls.clock // SECONDS
    dated = np.where(calls.horizon_end != MISSING, calls.horizon_end - day, MISSING)
    ends = np.array([kernel[3] for kernel in calls.kernels] or [0], dtype=np.int64)
    days = np.where(calls.kernel >= 0, ends[calls.kernel], dated)
    return np.where(calls.clock == MISSING, np.where(days == MISSING, MISSING, 0), days)


def headline_days(calls: CallTable) -> Ints:
    """The horizon a call is first judged by: its own, else 30 days."""
    days = stated_days(calls)
    return np.where(days == MISSING, HEADLINE, days)


def kernel_weights(kernel: Kernel) -> Floats:
    """Weights of days 1..end after entry, summing to 1: a trapezoid (docs/method.md).

    (7, 14, 56, 84) rises from day 7 to 14, stays flat to day 56 and falls to 0 on day 84; at most 30 evenly
    spaced days carry weight, which a long kernel cannot tell from all of them.
    """
    start, flat_from, flat_to, end = kernel
    days = np.arange(1, max(end, 1) + 1)
    weights = np.interp(days, _spread(start, flat_from, flat_to, end), [0.0, 1.0, 1.0, 0.0])
    step = -(-len(days) // KERNEL_DAYS)
    weights[days % step != 0] = 0.0
    if not weights.any():
        weights[-1] = 1.0
    normalised: Floats = weights / weights.sum()
    return normalised


def _spread(start: int, flat_from: int, flat_to: int, end: int) -> Floats:
    """The corners as increasing abscissae: a kernel without a slope still needs distinct points."""
    corners = np.array([start, flat_from, flat_to, end], dtype=np.float64)
    if start == flat_from:
        corners[0] -= 1
    if flat_to == end:
        corners[3] += 1
    return corners
