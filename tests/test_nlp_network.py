"""The network on stance: its gradients are those of numbers, it learns order, it survives its own bytes."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.network import CLASSES, Network, convolved, embedded, from_bytes, shapes, softmax
from nlp.network_words import CLAUSE, FAR, TARGET, Batch, WordTable, words_around
from nlp.reading import read
from nlp.stance_features import Features
from scrapers.documents import Document

TEXT = "Gold in brief\n\nGold fell on Monday. Mara Ellison expects gold to reach $4,000, while silver could slide."


def features(text: str = TEXT) -> tuple[Features, ...]:
    return read(Document(id="d", kind="article", text=text)).features


def small(words: tuple[str, ...] = ("expects", "reach", "slide", "<t>"), seed: int = 0) -> Network:
    chance, table = np.random.default_rng(seed), WordTable(words)
    parameters = {
        name: (0.1 * chance.standard_normal(shape)).astype(np.float32) for name, shape in shapes(table.vectors).items()
    }
    parameters["table"][0] = 0
    return Network(table, parameters)


def test_words_have_places_counted_from_the_asset() -> None:
    one = next(f for f in features() if "expects" in f.context.clause.tokens and f.context.clause.at)
    found = set(zip(*words_around(one.context), strict=True))
    assert {("<t>", TARGET), ("expects", TARGET - 1)} <= found
    assert any(word == "fell" and place > FAR for word, place in found), "the sentence before has a place of its own"


def test_a_clause_that_does_not_name_the_asset_has_one_place() -> None:
    one = next(f for f in features() if not f.context.clause.at)
    assert {place for place in words_around(one.context)[1] if place <= FAR} == {FAR}


def test_long_clauses_are_cut_around_the_asset() -> None:
    long = " ".join(f"word{chr(97 + n % 26)}" for n in range(90))
    one = next(f for f in features(f"T\n\nThe {long} and gold {long} may rise.") if f.context.clause.at)
    words = [word for word, place in zip(*words_around(one.context), strict=True) if place <= FAR]
    assert len(words) == CLAUSE and "<t>" in words


def test_padding_changes_nothing() -> None:
    network, found = small(), features()
    alone = np.vstack([network.probabilities([one]) for one in found])
    assert np.allclose(network.probabilities(found), alone, atol=1e-6)
    assert network.probabilities([]).shape == (0, len(CLASSES))


def test_a_batch_can_be_parted() -> None:
    network, found = small(), features()
    batch = network.table.batch(found)
    assert np.allclose(network.judge(batch.part(np.array([2, 0]))), network.judge(batch)[[2, 0]], atol=1e-6)


def test_the_network_survives_its_own_bytes() -> None:
    network, found = small(), features()
    again = from_bytes(network.to_bytes())
    assert again.table.words == network.table.words
    assert np.allclose(again.probabilities(found), network.probabilities(found), atol=0.02)
    assert from_bytes(again.to_bytes()).to_bytes() == again.to_bytes()


def test_weights_for_other_features_are_refused() -> None:
    network = small()
    cut = Network(network.table, {**network.parameters, "out": network.parameters["out"][1:]})
    with pytest.raises(ValueError, match="run `calledit train`"):
        from_bytes(cut.to_bytes())


def loss(p: dict[str, np.ndarray], parts: np.ndarray, batch: Batch, target: np.ndarray) -> float:
    pooled = convolved(p, batch, embedded(p["table"][parts].sum(1), p["places"], batch)).pooled
    hidden = np.maximum(pooled @ p["hidden"] + p["hidden_bias"], 0)
    chances = softmax(hidden @ p["out"] + p["out_bias"])
    return float(-np.log(chances[np.arange(len(target)), target]).mean())


def test_gradients_are_slopes_of_the_loss() -> None:
    train = pytest.importorskip("nlp.train_network")
    pytest.importorskip("scipy")
    network = small(seed=1)
    p = {name: array.astype(np.float64) for name, array in network.parameters.items()}
    batch = network.table.batch(features())
    batch = Batch(batch.rows, batch.places, batch.dense.astype(np.float64))
    chance = np.random.default_rng(2)
    target = chance.integers(0, len(CLASSES), len(batch.places))
    found = train.gradients(p, network.table.parts, batch, target, None)
    for name, gradient in found.items():
        biggest = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        for at in (biggest, tuple(chance.integers(0, size) for size in gradient.shape)):
            if name == "table" and at[0] == 0:
                continue  # the row of nothing stays zero
            slopes = []
            for step in (1e-5, -1e-5):
                moved = {**p, name: p[name].copy()}
                moved[name][at] += step
                slopes.append(loss(moved, network.table.parts, batch, target))
            assert (slopes[0] - slopes[1]) / 2e-5 == pytest.approx(gradient[at], abs=1e-6, rel=1e-3), name


def test_it_learns_what_only_order_tells() -> None:
    """ "rise before it falls" and "fall before it rises" hold the same words."""
    train = pytest.importorskip("nlp.train_network")
    pytest.importorskip("scipy")
    names = ("gold", "silver", "bitcoin", "ether")
    texts = [
        (f"{name.title()} {up} then {down} {tail}.", label)
        for name in names
        for tail in ("this week", "in June", "after the vote", "by Friday", "on thin volume")
        for up, down, label in (("rises", "falls", 1), ("falls", "rises", 2))
    ]
    found = [next(f for f in features(f"Brief\n\n{text}") if f.context.clause.at) for text, _ in texts]
    words = train.known_words(found)
    target = np.array([label for _, label in texts])
    learned = train.Lessons(words.batch(found), target, np.arange(len(found)) % 5)
    first, second = train.fit(words.parts, learned), train.fit(words.parts, learned)
    assert all((first[name] == second[name]).all() for name in first)
    judged = Network(words, first).probabilities(found)
    assert (judged.argmax(1) == target).mean() > 0.95
