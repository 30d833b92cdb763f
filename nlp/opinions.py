"""A second opinion on stance: which candidates to ask another model about, and how its answer joins the linear one.

A model that judges candidates implements `Opinion`; what is passed between processes is its `Choice`, a small frozen
description that `loaded` turns into the model once a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from nlp.ranking import FLOOR
from nlp.reading import Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nlp.calls import CallModel

MARGIN = 0.4
LEAST = 1e-6  # a probability no model's answer falls below, so that one model alone rules nothing out
TINY = 1e-300


class Opinion(Protocol):
    """A model that judges candidates beside the linear one.

    `layer` and `name` go into the claims it decides ("transformers", "ProsusAI/finbert"). `whole`: its rows hold
    P(bullish), P(bearish), P(neutral) and leave the rest to "no call"; otherwise they are given that there is a
    call, and a column of NaN says that it knows nothing about that stance. `weight` is its say in `blended`, from
    0 to 1; `every`: it is asked about all candidates and not only where the linear model is unsure.
    """

    @property
    def layer(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def whole(self) -> bool: ...
    @property
    def weight(self) -> float: ...
    @property
    def every(self) -> bool: ...

    @property
    def calls(self) -> CallModel | None:
        """Ranking and calibration that learned from tables with this opinion in them; None: the usual ones do."""
        ...

    def judge(self, reading: Reading, indices: Sequence[int]) -> NDArray[np.float64]:
        """P(bullish), P(bearish), P(neutral) of the candidates with these numbers, shape (len(indices), 3)."""
        ...


class Choice(Protocol):
    """Which opinion to ask: frozen, hashable, picklable; `version` joins the version of the reader."""

    @property
    def version(self) -> str: ...

    def __hash__(self) -> int: ...

    def load(self) -> Opinion:
        """The model, ready to judge. Raises ValueError with one line on what is wrong and the remedy."""
        ...


@cache
def loaded(choice: Choice) -> Opinion:
    """The model of a choice, loaded once a process."""
    return choice.load()


@dataclass(frozen=True, slots=True)
class Judged:
    """The table of stance probabilities after every opinion, shape (n, 3), and who was asked about each candidate."""

    table: NDArray[np.float64]
    by: dict[int, tuple[Opinion, ...]]

    def layer(self, candidate: int) -> str:
        """The layer that decided a candidate's stance: the last opinion asked, else the linear model."""
        return self.by[candidate][-1].layer if candidate in self.by else "linear"

    def names(self, candidate: int) -> str:
        """The names of the opinions asked about a candidate, "" where none was."""
        return " + ".join(opinion.name for opinion in self.by.get(candidate, ()))


def judged(reading: Reading, table: NDArray[np.float64], opinions: Sequence[Opinion]) -> Judged:
    """The linear model's table with every opinion blended in, one after the other."""
    by: dict[int, tuple[Opinion, ...]] = {}
    for opinion in opinions:
        asked = worth_asking(table, whole=opinion.whole, every=opinion.every)
        if asked:
            table = blended(table, opinion.judge(reading, asked), asked, opinion.weight, whole=opinion.whole)
            by |= {number: (*by.get(number, ()), opinion) for number in asked}
    return Judged(table, by)


def worth_asking(table: NDArray[np.float64], *, whole: bool = False, every: bool = False) -> list[int]:
    """The candidates to ask an opinion about.

    `every` asks about all that its answer could change: one that says "no call" could raise any candidate over the
    floor of items, one that does not can only move those already over it.
    """
    if not every:
        return low_margin(table, whole=whole)
    return list(range(len(table))) if whole else _numbers(table.max(1, initial=0.0) >= FLOOR)


def low_margin(
    table: NDArray[np.float64], *, whole: bool = False, margin: float = MARGIN, floor: float = FLOOR
) -> list[int]:
    """Candidates that could become a call (one stance over `floor`) and of which the linear model is unsure.

    Unsure between stances: the two best differ by less than `margin` of all three together. With `whole` also
    unsure whether it is a call: the best stance and "no call" differ by less than `margin`.
    """
    import numpy as np

    ordered, mass = np.sort(table, 1), table.sum(1)
    best, second = ordered[:, 2], ordered[:, 1]
    unsure = best - second < margin * mass
    if whole:
        unsure |= np.abs(best - np.clip(1 - mass, 0.0, 1.0)) < margin
    return _numbers(unsure & (best >= floor))


def blended(
    table: NDArray[np.float64],
    rows: NDArray[np.float64],
    indices: Sequence[int],
    weight: float,
    *,
    whole: bool = False,
) -> NDArray[np.float64]:
    """`table` (n, 3) with the opinion's `rows` (m, 3) pooled into its rows `indices`; the others stay as they are.

    Logarithmic opinion pools (Genest & Zidek 1986). Conditional rows leave the mass of "is a call" as the linear
    model has it and part it anew between the stances, by p r^w: an opinion that holds all stances as likely changes
    nothing, whatever its weight. Whole rows are pooled stance by stance against everything else, as the linear
    model's own are, by p^(1-w) r^w: with a weight of 1 they take its place. A weight of 0 changes nothing.
    """
    import numpy as np

    if rows.shape != (len(indices), 3):
        raise ValueError(f"an opinion on {len(indices)} candidates has {len(indices)} rows of 3, not {rows.shape}")
    result, chosen = table.copy(), list(indices)
    result[chosen] = _whole(table[chosen], rows, weight) if whole else _conditional(table[chosen], rows, weight)
    checked: NDArray[np.float64] = np.clip(result, 0.0, 1.0)
    return checked


def _conditional(linear: NDArray[np.float64], rows: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Mass kept, its shares pooled; a stance the opinion knows nothing about keeps its share."""
    import numpy as np

    known = ~np.isnan(rows)
    kept = np.where(known, linear, 0.0).sum(1, keepdims=True)
    opinion = np.where(known, np.maximum(rows, LEAST), 1.0)
    pooled = np.where(known, linear * opinion**weight, 0.0)
    pooled *= kept / np.maximum(pooled.sum(1, keepdims=True), TINY)
    result: NDArray[np.float64] = np.where(known, pooled, linear)
    return result


def _whole(linear: NDArray[np.float64], rows: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The logits of each stance against all else, averaged."""
    import numpy as np

    def logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = np.clip(p, LEAST, 1 - LEAST)
        result: NDArray[np.float64] = np.log(inside / (1 - inside))
        return result

    result: NDArray[np.float64] = 1 / (1 + np.exp(-((1 - weight) * logit(linear) + weight * logit(rows))))
    return result


def _numbers(mask: NDArray[np.bool_]) -> list[int]:
    return [int(number) for number in mask.nonzero()[0]]
