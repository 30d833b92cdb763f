"""Fit the network of nlp.network: forward and back in numpy, so that training needs no more than scikit-learn.

The same examples give the same numbers: one order of batches, one thread of arithmetic a fit.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nlp.adam import Adam, Arrays
from nlp.network import (
    CHANNELS,
    CLASSES,
    REACHES,
    WIDTH,
    Pass,
    convolved,
    embedded,
    shapes,
    softmax,
    target_shares,
)
from nlp.network_words import ABSENT, BESIDE, Batch, WordTable, words_around
from nlp.stance_features import Features
from nlp.train_stance import FOLDS, Example

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS = 6000  # the commonest words get rows of their own
BATCH, RATE, WARM_UP = 256, 2e-3, 200
EPOCHS, LEAST_STEPS = 4, 80  # the second where there are few examples
DROPPED = 0.2
BESIDE_EACH_OTHER = 40  # batches whose examples are sorted by length among themselves


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the network learns from: candidates, their class and their fold."""

    batch: Batch
    target: NDArray[np.intp]
    fold: NDArray[np.int64]


def known_words(features: Sequence[Features]) -> WordTable:
    """A table for the commonest words around the candidates."""
    counts = Counter(word for one in features for word in words_around(one.context)[0])
    return WordTable([word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:WORDS]])


def lessons(found: Sequence[Example], fold: NDArray[np.int64]) -> tuple[WordTable, Lessons]:
    """Every candidate of the documents: those that are plainly no call teach what no call looks like."""
    import numpy as np

    features = [one for e in found for one in e.reading.features]
    target = [CLASSES.index(label) for e in found for label in e.labels]
    words = known_words(features)
    folds = np.repeat(fold, [len(e.labels) for e in found])
    return words, Lessons(words.batch(features), np.array(target, np.intp), folds)


def fit(parts: NDArray[np.int32], learned: Lessons, left_out: int | None = None) -> Arrays:
    """The parameters after all epochs over the lessons that are not of the fold `left_out`."""
    import numpy as np

    learned, middle, spread = standardized(learned)
    chance = np.random.default_rng(0)
    parameters = initial(int(parts.max()) + 1, chance)
    chosen = np.flatnonzero(learned.fold != (-1 if left_out is None else left_out))
    optimizer = Adam(parameters)
    each = max(1, math.ceil(len(chosen) / BATCH))
    epochs = max(EPOCHS, math.ceil(LEAST_STEPS / each))
    steps = epochs * each
    for step, numbers in enumerate(shuffled(learned, chosen, epochs, chance), 1):
        rate = RATE * min(1.0, step / min(WARM_UP, steps / 4)) * max(0.01, 1 - step / steps)
        optimizer.step(gradients(parameters, parts, learned.batch.part(numbers), learned.target[numbers], chance), rate)
    return in_units(parameters, middle, spread)


def standardized(learned: Lessons) -> tuple[Lessons, NDArray[np.float32], NDArray[np.float32]]:
    """The lessons with dense signs of mean 0 and spread 1, and what they were: signs in all units learn alike fast."""
    import numpy as np

    dense = learned.batch.dense
    middle, spread = dense.mean(0), np.maximum(dense.std(0), 0.02)  # a sign seen almost never moves little
    return replace(learned, batch=replace(learned.batch, dense=(dense - middle) / spread)), middle, spread


def in_units(parameters: Arrays, middle: NDArray[np.float32], spread: NDArray[np.float32]) -> Arrays:
    """The parameters for dense signs as they come."""
    hidden = parameters["hidden"].copy()
    hidden[3 * CHANNELS :] /= spread[:, None]
    return parameters | {"hidden": hidden, "hidden_bias": parameters["hidden_bias"] - middle @ hidden[3 * CHANNELS :]}


def initial(vectors: int, chance: np.random.Generator) -> Arrays:
    """Small random vectors for words and places, zero for nothing; He's spread for the layers (He et al. 2015)."""
    import numpy as np

    parameters = {}
    for name, shape in shapes(vectors).items():
        spread = 0.1 if name in ("table", "places") else 0.0 if len(shape) == 1 else math.sqrt(2 / shape[0])
        parameters[name] = (spread * chance.standard_normal(shape)).astype(np.float32)
    parameters["table"][0] = 0
    return parameters


def shuffled(
    learned: Lessons, chosen: NDArray[np.intp], epochs: int, chance: np.random.Generator
) -> Iterator[NDArray[np.intp]]:
    """Every chosen lesson once an epoch, in batches whose texts are about as long as each other."""
    import numpy as np

    lengths = (learned.batch.places != ABSENT).sum(1)
    for _ in range(epochs):
        order = chance.permutation(chosen)
        found = []
        for first in range(0, len(order), BATCH * BESIDE_EACH_OTHER):
            part = order[first : first + BATCH * BESIDE_EACH_OTHER]
            part = part[np.argsort(lengths[part], kind="stable")]
            found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        yield from (found[number] for number in chance.permutation(len(found)))


def gradients(
    p: Arrays,
    parts: NDArray[np.int32],
    batch: Batch,
    target: NDArray[np.intp],
    chance: np.random.Generator | None,
) -> Arrays:
    """The gradient of the mean cross-entropy, by name of parameter; with dropout where `chance` is given."""
    import numpy as np

    words = embedded(p["table"][parts].sum(1), p["places"], batch)
    dropped = _mask(words.shape, chance)
    passed = convolved(p, batch, words * dropped)
    pooled_dropped, hidden_dropped = _mask(passed.pooled.shape, chance), _mask((len(target), p["out"].shape[0]), chance)
    pooled = passed.pooled * pooled_dropped
    hidden = np.maximum(pooled @ p["hidden"] + p["hidden_bias"], 0) * hidden_dropped
    error = softmax(hidden @ p["out"] + p["out_bias"])
    error[np.arange(len(target)), target] -= 1
    d_out = (error / len(target)).astype(np.float32)
    d_hidden = (d_out @ p["out"].T) * hidden_dropped * (hidden > 0)
    found = {"out": hidden.T @ d_out, "out_bias": d_out.sum(0)}
    found |= {"hidden": pooled.T @ d_hidden, "hidden_bias": d_hidden.sum(0)}
    d_pooled = (d_hidden @ p["hidden"].T) * pooled_dropped
    d_words = _back_through(p, batch, passed, d_pooled, found)
    found |= _table_gradients(p, parts, batch, d_words * dropped)
    return found


def _mask(shape: tuple[int, ...], chance: np.random.Generator | None) -> Any:
    """Inverted dropout: zero for DROPPED of the numbers, a little over one for the rest."""
    import numpy as np

    if chance is None:
        return np.float32(1)
    return (chance.random(shape, np.float32) >= DROPPED) * np.float32(1 / (1 - DROPPED))


def _back_through(
    p: Arrays, batch: Batch, passed: Pass, d_pooled: NDArray[np.float32], found: Arrays
) -> NDArray[np.float32]:
    """From the pooled responses back to the words' vectors; what the convolutions learn goes into `found`."""
    import numpy as np

    count, length = batch.places.shape
    d_strongest, d_mean, d_target = (d_pooled[:, n * CHANNELS : (n + 1) * CHANNELS] for n in range(3))
    whole = passed.near + passed.wide
    each = (whole @ d_mean[..., None])[..., 0]
    d_scores = passed.attention * (each - (each * passed.attention).sum(1, keepdims=True))
    found["attention"] = (d_scores.reshape(1, -1) @ whole.reshape(-1, CHANNELS)).T
    d_whole = passed.attention[..., None] * d_mean[:, None] + target_shares(batch)[..., None] * d_target[:, None]
    d_whole += d_scores[..., None] * p["attention"][:, 0]
    number, channel = np.arange(count)[:, None], np.arange(CHANNELS)[None]
    strongest = passed.clause.argmax(1)
    d_whole[number, strongest, channel] += d_strongest * (batch.places[number, strongest] < BESIDE)
    d_wide = (d_whole * (passed.wide > 0)).reshape(-1, CHANNELS)
    found |= {"wide": passed.seen_wide.T @ d_wide, "wide_bias": d_wide.sum(0)}
    d_near = d_whole + together((d_wide @ p["wide"].T).reshape(count, length, -1), REACHES[1])
    d_near = (d_near * (passed.near > 0)).reshape(-1, CHANNELS)
    found |= {"near": passed.seen.T @ d_near, "near_bias": d_near.sum(0)}
    return together((d_near @ p["near"].T).reshape(count, length, -1), REACHES[0])


def together(windows: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """What `nlp.network.around` laid side by side, added up word by word again: its gradient."""
    channels = windows.shape[2] // 3
    found = windows[..., channels : 2 * channels].copy()
    if windows.shape[1] > reach:
        found[:, :-reach] += windows[:, reach:, :channels]
        found[:, reach:] += windows[:, :-reach, 2 * channels :]
    return found


def _table_gradients(p: Arrays, parts: NDArray[np.int32], batch: Batch, d_words: NDArray[np.float32]) -> Arrays:
    """Each row of the tables gets the sum over the words that it stands for."""
    import numpy as np
    from scipy.sparse import csr_matrix

    there = batch.places.ravel() != ABSENT
    flat = d_words.reshape(-1, WIDTH)[there]
    rows, places = parts[batch.rows.ravel()[there]], batch.places.ravel()[there]

    def summed(columns: NDArray[Any], each: int, size: int) -> NDArray[np.float32]:
        ones, starts = np.ones(len(columns), np.float32), np.arange(0, len(columns) + 1, each)
        result: NDArray[np.float32] = csr_matrix((ones, columns, starts), (len(flat), size)).T @ flat
        return result

    table = summed(rows.ravel(), 3, len(p["table"]))
    table[0] = 0
    return {"table": table, "places": summed(places, 1, len(p["places"]))}


def fit_all(words: WordTable, learned: Lessons) -> list[Arrays]:
    """The parameters without each fold, and those from everything, fitted side by side."""
    from joblib import Parallel, delayed, parallel_config

    with parallel_config("loky", n_jobs=-1, inner_max_num_threads=1):  # more threads would add in another order
        found: list[Arrays] = Parallel()(delayed(fit)(words.parts, learned, fold) for fold in (*range(FOLDS), None))
    return found
