"""The stance model: lexicon counts, masked views, features of fixed length, shipped weights of plain numbers."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from nlp import calibrate, ranking, trees
from nlp.carry import NAMES, weights
from nlp.reading import read
from nlp.stance import STANCES, combined, from_bytes, shipped
from nlp.stance_features import DENSE
from nlp.views import CLASSES, lexicon_counts, word_classes
from scrapers.documents import Document


def test_words_and_stems_have_classes() -> None:
    assert CLASSES.index("up") in word_classes("surging")
    assert CLASSES.index("bad") in word_classes("bearish")
    assert word_classes("zylophone") == ()


def test_a_negation_turns_the_sign() -> None:
    assert lexicon_counts(["the", "rally", "continues"])[1] > 0
    assert lexicon_counts(["no", "rally"])[1] < 0


def test_features_have_one_length_and_buckets_are_sorted() -> None:
    reading = read(Document(id="d", kind="article", text="Gold\n\nGold could rise while silver may fall to $20."))
    assert reading.candidates
    for features in reading.features:
        assert len(features.dense) == len(DENSE)
        assert list(features.buckets) == sorted(set(features.buckets))


def test_shipped_weights_are_small_and_hold_no_pickle() -> None:
    folder = Path(str(files("nlp").joinpath("weights")))
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_000_000
    for path in folder.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind in "fiu" for name in arrays.files)
    assert (folder / "CARD.md").exists() and len(weights()) == len(NAMES)


def test_the_model_survives_its_own_bytes() -> None:
    model = from_bytes(shipped().to_bytes())
    reading = read(Document(id="d", kind="post", text="$BTC will rally to $200k", handle="a"))
    ours, theirs = shipped().probabilities(reading.features), model.probabilities(reading.features)
    assert ours.shape == (len(reading.candidates), len(STANCES))
    assert np.allclose(ours, theirs, atol=1e-3)


def test_whether_it_is_a_call_times_which_way_is_averaged_with_each_stance_alone() -> None:
    sure, unsure = np.array([[4.0, -4, -6, 4, 4]]), np.array([[4.0, -4, -6, -4, 4]])
    assert combined(sure)[0].argmax() == 0 and combined(sure)[0, 0] > combined(unsure)[0, 0] > combined(unsure)[0, 1]
    turned = combined(sure[:, [1, 0, 2, 3, 4]] * [1, 1, 1, 1, -1])
    assert np.allclose(turned[0], combined(sure)[0, [1, 0, 2]])
    assert np.allclose(
        combined(np.array([[0.3, 0.3, -9, 1.0, 0.0]]))[0, 0], combined(np.array([[0.3, 0.3, -9, 1, 0]]))[0, 1]
    )


def test_a_forest_read_out_into_arrays_splits_as_it_learned() -> None:
    rows = np.random.RandomState(0).rand(400, 3).astype(np.float32)
    labels = rows[:, 0] > 0.5
    forest = trees.fit_forest(rows, labels, trees=30)
    again = trees.from_bytes(trees.to_bytes(forest))
    assert ((again.probabilities(rows) > 0.5) == labels).mean() > 0.97


def test_confidence_rises_with_the_score_and_the_threshold_is_honest() -> None:
    steps = calibrate.isotonic([i / 200 for i in range(200)], [i % 200 > 90 for i in range(200)])
    assert [y for _, y in steps] == sorted(y for _, y in steps)
    assert calibrate.verified_from([0.9] * 30 + [0.2] * 30, [True] * 30 + [False] * 30) == 0.9
    assert calibrate.verified_from([0.9] * 30, [False] * 30) == 1.0
    assert 0 < calibrate.verified_threshold("call") <= 1.0


def test_inflation_and_rates_belong_to_the_country_spoken_of() -> None:
    def assets(text: str) -> set[str]:
        return {a.symbol for a in read(Document(id="d", kind="article", text=f"Rates\n\n{text}")).assets}

    assert "FEDFUNDS" in assets("The Federal Reserve could hold rates steady for long.")
    assert "UK_RATE" in assets("The Bank of England will stay tighter for longer, says Orla Finn.")
    assert "ECB_RATE" in assets("ECB officials will keep raising interest rates, the bank said.")
    assert "FEDFUNDS" in assets("The Fed will keep raising interest rates, the bank said.")
    assert "JP_CPI" in assets("The Bank of Japan expects inflation to slow next year.")


def test_the_forest_ships_and_ranks_nothing_for_nothing() -> None:
    assert ranking.rank_probabilities(ranking.shipped(), []) == []


def test_the_surest_claims_make_a_whole_bin():
    scores = [n / 107 for n in range(107)]
    steps = calibrate.isotonic(scores, [n >= 87 for n in range(107)])
    assert steps[-1] == (round(sum(scores[-20:]) / 20, 4), round(20.5 / 21, 4)), "the seven left over are the lowest"
    assert calibrate.isotonic([], []) == ()
