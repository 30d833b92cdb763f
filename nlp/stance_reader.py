"""Layer 5 as a whole: stances by the linear model and, in articles, where that sees a chance of a call, the network.

Both judge alone; their log-odds are averaged with the network's share (a logarithmic opinion pool, as in nlp.opinions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nlp import network, stance
from nlp.network import Network
from nlp.opinions import blended
from nlp.stance import StanceModel
from nlp.stance_features import DENSE, Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ASKED = 0.03  # the network is asked where the linear model gives all stances together at least this
# By cross-validation: of the surer half of the calls in articles more are right, as many are found. Larger shares find
# fewer; in posts, which leave out what the network reads by, it only blurs the linear model.
SHARE = 0.2
_POST = DENSE.index("post")


@dataclass(frozen=True, slots=True)
class StanceReader:
    """The linear model and the network."""

    linear: StanceModel
    network: Network

    def probabilities(self, features: Sequence[Features]) -> NDArray[np.float64]:
        """P(bullish), P(bearish), P(neutral) of each candidate of one document, shape (n, 3)."""
        return pooled(self.linear.probabilities(features), features, self.network)


def pooled(table: NDArray[np.float64], features: Sequence[Features], network: Network) -> NDArray[np.float64]:
    """The linear model's table of one document with the network's word on the candidates worth reading."""
    asked = worth_reading(table, features)
    if not asked:
        return table
    return blended(table, network.probabilities([features[n] for n in asked])[:, 1:], asked, SHARE, whole=True)


def worth_reading(table: NDArray[np.float64], features: Sequence[Features]) -> list[int]:
    """The candidates that the network is asked about: none of a post."""
    if not features or features[0].dense[_POST]:
        return []
    found: list[int] = (table.sum(1) >= ASKED).nonzero()[0].tolist()
    return found


@cache
def shipped() -> StanceReader:
    """The models in nlp/weights."""
    return StanceReader(stance.shipped(), network.shipped())
