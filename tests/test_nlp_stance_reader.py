"""Linear model and network together: the network is asked where a call is possible, and weighs by its share."""

from __future__ import annotations

import numpy as np

from nlp import stance, stance_reader
from nlp.network import CLASSES
from nlp.opinions import blended
from nlp.reading import read
from nlp.stance import STANCES
from nlp.stance_reader import ASKED, SHARE, worth_reading
from scrapers.documents import Document

TEXT = (
    "Markets today\n\nMara Ellison expects Bitcoin to rally toward $90,000, while gold could slide. Trading was thin "
    "on Monday, a holiday. The silver museum in Potosi opened its doors."
)


def test_the_network_weighs_by_its_share_and_only_where_it_is_asked() -> None:
    found, shipped = read(Document(id="d", kind="article", text=TEXT)).features, stance_reader.shipped()
    linear, table = shipped.linear.probabilities(found), shipped.probabilities(found)
    asked = worth_reading(linear, found)
    assert 0 < len(asked) < len(found)
    rest = [n for n in range(len(found)) if n not in asked]
    assert (table[rest] == linear[rest]).all() and (linear[rest].sum(1) < ASKED).all()
    answers = shipped.network.probabilities([found[n] for n in asked])[:, 1:]
    assert (table == blended(linear, answers, asked, SHARE, whole=True)).all()
    assert ((table[asked] - linear[asked]) * (answers - table[asked]) >= -1e-6).all()


def test_posts_are_left_to_the_linear_model() -> None:
    found = read(Document(id="p", kind="post", text="$BTC to $200k soon", handle="a")).features
    shipped = stance_reader.shipped()
    assert worth_reading(shipped.linear.probabilities(found), found) == []
    assert (shipped.probabilities(found) == shipped.linear.probabilities(found)).all()


def test_classes_are_no_call_and_the_stances() -> None:
    assert ("none", *STANCES) == CLASSES
    assert stance_reader.shipped().linear is stance.shipped()
    assert stance_reader.shipped().probabilities([]).shape == (0, len(STANCES))
    assert np.isfinite(stance_reader.shipped().network.parameters["table"]).all()
