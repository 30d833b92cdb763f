"""Names for the array types of this room, and the one sentinel for a missing day or instant."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]

MISSING = -(2**62)  # a day or instant that is not there

_EPOCH = date(1970, 1, 1).toordinal()


def to_day(day: date) -> int:
    """Days since 1970-01-01, as numpy counts datetime64[D]."""
    return day.toordinal() - _EPOCH


def from_day(day: int) -> date:
    """The date of a day counted from 1970-01-01."""
    return date.fromordinal(int(day) + _EPOCH)
