"""A small forest of boosted regression trees, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Forest:
    """Binary classification: P = logistic(start + sum of leaf values).

    `feature` (trees, nodes) is -1 at leaves; `left` and `right` point to nodes of the same tree, a leaf to itself;
    `threshold` sends values at or below it left; `value` is the leaf's share of the score.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]
    start: float

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """P(true) of each row, shape (n,)."""
        import numpy as np

        roots = np.arange(len(self.feature)) * self.feature.shape[1]  # `take` counts nodes and values through
        samples = np.arange(len(rows))[:, None] * rows.shape[1]
        at = np.tile(roots, (len(rows), 1))
        for _ in range(6):
            below = rows.take(samples + np.maximum(self.feature.take(at), 0)) <= self.threshold.take(at)
            at = np.where(below, self.left.take(at), self.right.take(at)) + roots
        score = self.start + self.value.take(at).sum(1, dtype=np.float64)
        result: NDArray[np.float64] = 1 / (1 + np.exp(-score))
        return result


def from_bytes(data: bytes) -> Forest:
    """The forest of the npz archive that `to_bytes` gives."""
    import numpy as np

    kinds = {"feature": np.int16, "threshold": np.float32, "left": np.int16, "right": np.int16, "value": np.float32}
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        parts = {name: arrays[name].astype(kind) for name, kind in kinds.items()}
        return Forest(**parts, start=float(arrays["start"]))


def to_bytes(forest: Forest) -> bytes:
    """A compressed npz archive of the forest's arrays; the same forest gives the same bytes."""
    import numpy as np

    names = ("feature", "threshold", "left", "right", "value")
    out = BytesIO()
    np.savez_compressed(out, **{name: getattr(forest, name) for name in names}, start=np.float64(forest.start))
    return out.getvalue()


def fit_forest(
    rows: NDArray[np.float32], labels: NDArray[np.bool_], weight: NDArray[np.float64] | None = None, trees: int = 300
) -> Forest:
    """Gradient boosting with scikit-learn (extra `train`), read out into arrays; deterministic."""
    import numpy as np
    from sklearn.ensemble import GradientBoostingClassifier

    if labels.all() or not labels.any():
        return _constant(float(labels.mean()))
    model = GradientBoostingClassifier(
        n_estimators=trees,
        learning_rate=0.025,
        max_depth=3,
        min_samples_leaf=20,
        subsample=0.6,
        max_features=0.5,
        random_state=0,
    ).fit(rows, labels, sample_weight=weight)
    grown = [estimator.tree_ for estimator in model.estimators_[:, 0]]
    size = max(tree.node_count for tree in grown)
    share = float(np.clip(np.average(labels, weights=weight), 1e-6, 1 - 1e-6))
    forest = Forest(
        np.full((len(grown), size), -1, np.int16),
        np.zeros((len(grown), size), np.float32),
        np.tile(np.arange(size, dtype=np.int16), (len(grown), 1)),
        np.tile(np.arange(size, dtype=np.int16), (len(grown), 1)),
        np.zeros((len(grown), size), np.float32),
        float(np.log(share / (1 - share))),
    )
    for number, tree in enumerate(grown):
        _read_out(forest, number, tree, model.learning_rate)
    return forest


def _constant(share: float) -> Forest:
    """A forest of one leaf, where all examples are alike."""
    import numpy as np

    share = min(max(share, 0.01), 0.99)
    whole, real = np.zeros((1, 1), np.int16), np.zeros((1, 1), np.float32)
    return Forest(whole - 1, real, whole, whole, real, float(np.log(share / (1 - share))))


def _read_out(forest: Forest, number: int, tree: Any, rate: float) -> None:
    count, inner = tree.node_count, tree.children_left >= 0
    forest.feature[number, :count][inner] = tree.feature[inner]
    forest.threshold[number, :count][inner] = tree.threshold[inner]
    forest.left[number, :count][inner] = tree.children_left[inner]
    forest.right[number, :count][inner] = tree.children_right[inner]
    forest.value[number, :count][~inner] = rate * tree.value[~inner, 0, 0]
