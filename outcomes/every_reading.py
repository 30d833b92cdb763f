"""Records over every call that was read, however unsure the reading: shown apart, never ranked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from outcomes.call_table import CallTable
from outcomes.market import Market
from outcomes.speakers import Outcomes, SpeakerRecord, speaker_records


def records_of_every_reading(
    calls: CallTable,
    outcomes: Outcomes,
    market: Market,
    references: frozenset[int] = frozenset(),
    groups: frozenset[int] = frozenset(),
) -> list[SpeakerRecord]:
    """As `speaker_records`, with unverified readings counted and no ranks.

    A misread sentence is the reader's error and not the analyst's: a rank would lay it at the wrong door.
    """
    every = replace(calls, verified=np.ones(len(calls), dtype=np.bool_))
    return [
        replace(record, rank=None, status="unranked" if record.status == "ranked" else record.status)
        for record in speaker_records(every, outcomes, market, references, groups)
    ]
