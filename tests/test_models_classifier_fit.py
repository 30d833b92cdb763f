"""How much a classifier's word weighs: fitted on annotated documents, kept for its model."""

from dataclasses import replace

import numpy as np
import pytest

from nlp.gold import own_corpus
from nlp.models.classifier import StanceModelChoice, chosen
from nlp.models.classifier_fit import LEAST, Blend, fit_blend, keep_blend, kept_blend, learn_blend, tempered
from tests.small_models import SENTIMENT, word_classifier


@pytest.fixture
def sentiment(tmp_path):
    return StanceModelChoice(str(word_classifier(tmp_path / "tone", SENTIMENT)), every=True)


def told(seed, sharpness, right=1.0, n=300):
    """(linear table, classifier's log-scores, stances): the table is mostly right, the classifier as often as said."""
    rng = np.random.default_rng(seed)
    stances = rng.integers(0, 3, n)
    linear = rng.dirichlet([2.0, 2.0, 2.0], n) * 0.2 + np.eye(3)[stances] * 0.1
    said = np.where(rng.random(n) < right, stances, (stances + 1) % 3)
    return linear, np.eye(3)[said] * sharpness, stances.tolist()


def test_a_model_that_knows_weighs_much_and_one_that_does_not_weighs_nothing():
    good, bad = fit_blend(*told(0, 2.0, right=0.9)), fit_blend(*told(0, 2.0, right=1 / 3))
    assert good and good.accuracy > good.accuracy_linear + 0.03 and good.loss < good.loss_linear
    assert good.weight > 0.6
    assert bad and bad.weight / bad.temperature < 0.1 and bad.accuracy >= bad.accuracy_linear


def test_a_model_too_sure_of_itself_is_cooled_to_be_right_as_often_as_it_says():
    linear, log_scores, stances = told(1, 6.0, right=0.7)
    fitted = fit_blend(linear, log_scores, stances)
    assert fitted.temperature > 2
    assert tempered(log_scores, fitted.temperature).max(1).mean() == pytest.approx(0.7, abs=0.06)


def test_a_model_is_weighed_against_linear_models_that_had_not_seen_the_documents(sentiment):
    pytest.importorskip("sklearn", reason="training needs scikit-learn: pip install calledit[train]")
    documents = own_corpus("train")[::30]
    blend = learn_blend(sentiment, documents)
    assert blend and blend.examples >= LEAST and 0 <= blend.weight <= 1
    assert blend.accuracy_linear < 0.95, "it would be near 1 on documents the linear model learned from"
    assert learn_blend(sentiment, documents[:3]) is None


def test_too_few_documents_fit_nothing():
    assert fit_blend(*told(0, 2.0, n=LEAST - 1)) is None


def test_a_fitted_blend_is_kept_for_its_model_and_used(tmp_path):
    folder = word_classifier(tmp_path / "m", SENTIMENT)
    assert kept_blend(str(folder)) is None
    blend = Blend(0.7, 1.4142, 200, 0.8, 0.7, 0.5, 0.6)
    keep_blend(str(folder), blend)
    path = keep_blend("someone/else", replace(blend, weight=0.2))
    assert kept_blend(f"{tmp_path}/./m") == blend and kept_blend("someone/else").weight == 0.2
    used = chosen(str(folder), False, {})
    assert (used.weight, used.temperature) == (0.7, 1.4142)
    assert used.version != StanceModelChoice(str(folder)).version, "read with another weight is read otherwise"
    path.write_text("[]", encoding="utf-8")
    assert kept_blend(str(folder)) is None
