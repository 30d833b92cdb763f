"""What stands as a claim is the same for relations and figures."""

from __future__ import annotations

import pytest

from outcomes.verdicts import Reason
from tests.patterns_samples import figure, relation


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"modality": "historical"}, None),
        ({"modality": "heading"}, None),
        ({"modality": "question"}, "not a price claim"),
        ({"rejected": 1}, "rejected by a person"),
        ({"rejected": 1, "modality": "question"}, "rejected by a person"),
    ],
)
def test_relations_and_figures_are_refused_alike(fields: dict[str, object], reason: Reason | None) -> None:
    assert relation(**fields).refused == reason
    assert figure("Bitcoin gained 7% in May", "7%", 7.0, **fields).refused == reason
