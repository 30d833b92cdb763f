"""Which claimed relations and figures stand as claims at all: said as a fact, of now or of the past, and read right."""

from __future__ import annotations

from outcomes.call_table import GRADED_MODALITIES
from outcomes.verdicts import Reason

_STATED = frozenset({None, "historical", *GRADED_MODALITIES})


def is_stated(modality: str | None) -> bool:
    """Whether the claim is made: looking back is ("gold rose after each cut"), asking is not."""
    return modality in _STATED


def not_standing(rejected: bool, asserted: bool) -> Reason | None:
    """Why a claim is not judged, whatever it says; None where it stands."""
    if rejected:
        return "rejected by a person"
    return None if asserted else "not a price claim"
