"""A second opinion on stance: who is asked, how answers are pooled, and that the claim names who decided."""

import pickle
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.calls import find_calls
from nlp.extract import Options, extract, shipped_model
from nlp.opinions import blended, judged, low_margin, worth_asking
from nlp.ranking import FLOOR
from nlp.reading import read
from nlp.version import EXTRACTOR_VERSION
from scrapers.documents import Document

TABLE = np.array(
    [
        [0.50, 0.02, 0.02],  # sure of bullish, and about even on whether it is a call
        [0.30, 0.28, 0.02],  # unsure between bullish and bearish
        [0.03, 0.03, 0.01],  # unsure, but no call anyway
        [0.90, 0.01, 0.02],  # sure
        [0.05, 0.01, 0.30],  # sure of neutral, if it is a call
    ]
)
DOCUMENT = Document(
    "d",
    "article",
    "Analyst Mara Quill expects Bitcoin to reach $90,000 by June. Tom Berg of Tern Capital sees Ether falling to $900.",
)
share = st.floats(0.0, 1.0)
rows_of_three = st.lists(st.tuples(share, share, share), min_size=1, max_size=6)


@dataclass
class Fixed:
    """An opinion that says the same of every candidate, and remembers which it was asked about."""

    row: tuple[float, float, float]
    name: str = "fixed"
    layer: str = "transformers"
    whole: bool = False
    calls: None = None
    weight: float = 1.0
    every: bool = True
    asked: list[int] = field(default_factory=list)

    def judge(self, reading, indices):
        self.asked += indices
        return np.tile(np.array(self.row), (len(indices), 1))


@dataclass(frozen=True)
class FixedChoice:
    row: tuple[float, float, float]
    version: str = "fixed"

    def load(self):
        return Fixed(self.row)


def test_asked_are_candidates_that_could_be_calls_and_whose_stances_are_close():
    assert low_margin(TABLE) == [1]
    assert low_margin(TABLE, whole=True) == [0, 1, 4], "whole opinions also say whether it is a call at all"
    assert worth_asking(TABLE, every=True) == [0, 1, 3, 4], "under the floor no stance can become a call"
    assert worth_asking(TABLE, every=True, whole=True) == [0, 1, 2, 3, 4]
    assert worth_asking(np.zeros((0, 3))) == worth_asking(np.zeros((0, 3)), every=True) == []


@given(rows_of_three, share)
def test_a_low_margin_is_only_over_the_floor_and_grows_with_the_margin(rows, margin):
    table = np.array(rows)
    asked = low_margin(table, margin=margin)
    assert all(table[n].max() >= FLOOR for n in asked)
    assert set(asked) <= set(low_margin(table, margin=1.0))


@given(rows_of_three, rows_of_three, share, st.booleans())
def test_pooling_keeps_probabilities_and_leaves_other_candidates_alone(linear, opinion, weight, whole):
    table, rows = np.array(linear), np.array(opinion[:1])
    found = blended(table, rows, [0], weight, whole=whole)
    assert ((found >= 0) & (found <= 1)).all()
    assert np.array_equal(found[1:], table[1:])


@given(rows_of_three, share)
def test_conditional_opinions_keep_the_mass_of_being_a_call(linear, weight):
    table = np.array(linear) / 3
    rows = np.tile([0.2, 0.7, 0.1], (len(table), 1))
    found = blended(table, rows, range(len(table)), weight)
    assert np.allclose(found.sum(1), table.sum(1), atol=1e-5)


@pytest.mark.parametrize("whole", [False, True])
def test_a_weight_of_nothing_changes_nothing_and_a_whole_weight_counts_in_full(whole):
    rows = np.array([[0.1, 0.8, 0.1]])
    assert np.allclose(blended(TABLE, rows, [1], 0.0, whole=whole), TABLE)
    product = TABLE[1] * rows[0] * TABLE[1].sum() / (TABLE[1] * rows[0]).sum()
    assert np.allclose(blended(TABLE, rows, [1], 1.0, whole=whole)[1], rows[0] if whole else product, atol=1e-5)


@given(rows_of_three, share)
def test_an_opinion_that_does_not_know_changes_nothing(linear, weight):
    table = np.array(linear) / 3
    assert np.allclose(blended(table, np.full_like(table, 1 / 3), range(len(table)), weight), table)


def test_a_stance_the_opinion_knows_nothing_about_keeps_its_share():
    found = blended(TABLE, np.array([[0.1, 0.9, np.nan]]), [4], 0.5)[4]
    assert found[2] == TABLE[4, 2]
    assert found[0] + found[1] == pytest.approx(TABLE[4, 0] + TABLE[4, 1])
    assert found[1] > TABLE[4, 1]


def test_rows_of_another_number_are_refused():
    with pytest.raises(ValueError, match="an opinion on 2 candidates has 2 rows of 3"):
        blended(TABLE, np.ones((1, 3)), [0, 1], 0.5)


def test_opinions_are_asked_one_after_the_other_and_named():
    first, second = Fixed((0.4, 0.5, 0.1), "first", "encoder"), Fixed((0.1, 0.8, 0.1), "second", every=False)
    found = judged(None, TABLE, [first, second])
    assert first.asked == [0, 1, 3, 4]
    assert second.asked == low_margin(blended(TABLE, np.tile(first.row, (4, 1)), first.asked, 1.0))
    assert found.layer(second.asked[0]) == "transformers" and found.names(second.asked[0]) == "first + second"
    assert found.layer(2) == "linear" and found.names(2) == ""


def test_a_call_whose_stance_was_asked_about_says_so_and_others_do_not():
    reading, model = read(DOCUMENT), shipped_model()
    usual = find_calls(reading, model)
    assert {call.layer for call in usual} == {"linear"}
    turned = find_calls(reading, model, [Fixed((0.01, 0.98, 0.01), "bear")])
    assert turned and {call.stance for call in turned} == {"bearish"}
    assert all(call.layer == "transformers" and call.rule.endswith(", bear") for call in turned)
    silent = find_calls(reading, model, [Fixed((0.01, 0.98, 0.01), weight=0.0)])
    assert [(c.asset, c.stance, c.confidence) for c in silent] == [(c.asset, c.stance, c.confidence) for c in usual]


def test_options_travel_and_say_which_reader_they_make():
    options = Options(opinions=(FixedChoice((0.01, 0.98, 0.01)),))
    assert pickle.loads(pickle.dumps(options)) == options
    claims = extract(DOCUMENT, options)
    assert claims.extractor_version == options.version == f"{EXTRACTOR_VERSION}+fixed"
    every = (*claims.calls, *claims.correlations, *claims.figures)
    assert {claim.extractor_version for claim in every} == {options.version}
    assert {call.stance for call in claims.calls} == {"bearish"}
