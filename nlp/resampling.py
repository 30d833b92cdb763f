"""Bootstrap over documents (Efron & Tibshirani 1993): intervals of a measure, and of what two readers differ by.

Both readers are judged on the same drawn documents, so what is hard for both does not widen the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp.evaluate import Tally, total

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure, or a difference of two, with its 95 % interval."""

    value: float
    low: float
    high: float


def estimated(tallies: Sequence[Tally], measure: str, seed: int = 0) -> Estimate | None:
    """An F1 or a share ("call_stance", "call_target") over documents; None where there is nothing to judge."""
    return _between(_values(tallies, measure, seed))


def intervals(tallies: Sequence[Tally], seed: int = 0) -> dict[str, tuple[float, float]]:
    """The 95 % interval of every measure that the documents have."""
    found = {measure: estimated(tallies, measure, seed) for measure in total(tallies).table()}
    return {measure: (one.low, one.high) for measure, one in found.items() if one}


def difference(base: Sequence[Tally], other: Sequence[Tally], measure: str, seed: int = 0) -> Estimate | None:
    """How much higher `other` is than `base`; tallies of the same documents in the same order.

    Raises ValueError where they are not as many.
    """
    if len(base) != len(other):
        raise ValueError(f"a paired difference needs the same documents: {len(base)} and {len(other)} are not")
    return _between(_values(other, measure, seed) - _values(base, measure, seed))


def _values(tallies: Sequence[Tally], measure: str, seed: int) -> NDArray[np.float64]:
    """The measure on all documents, then on each draw of as many, shape (1 + DRAWS,); NaN where it is of nothing."""
    import numpy as np

    parts = np.array([_parts(tally, measure) for tally in tallies], np.float64).reshape(len(tallies), 2)
    every = np.ones((1, len(tallies)))
    share = np.full(len(tallies), 1 / max(1, len(tallies)))
    drawn = np.random.default_rng(seed).multinomial(len(tallies), share, DRAWS) if tallies else every[:0]
    right, of = (np.concatenate([every, drawn]) @ parts).T
    result: NDArray[np.float64] = np.divide(right, of, out=np.full(len(of), np.nan), where=of > 0)
    return result


def _parts(tally: Tally, measure: str) -> tuple[int, int]:
    """What a measure divides: twice the matched by gold and predicted rows together (F1), or the right by all."""
    if measure in tally.gold or measure in tally.predicted:
        return 2 * tally.matched[measure], tally.gold[measure] + tally.predicted[measure]
    return tally.right[measure], tally.of[measure]


def _between(values: NDArray[np.float64]) -> Estimate | None:
    import numpy as np

    if np.isnan(values[0]):
        return None
    drawn = values[1:][~np.isnan(values[1:])]
    low, high = np.quantile(drawn, (0.025, 0.975)) if len(drawn) else (values[0], values[0])
    return Estimate(float(values[0]), float(low), float(high))
