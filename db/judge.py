"""Grade the claims of one document that is not stored, on the prices that are."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlite_utils import Database

from db.claims import claim_row
from db.grading import CALL_COLUMNS, load_market
from nlp.claims import Claims
from outcomes.blocks import VERDICT_COLUMNS, verdict_rows
from outcomes.call_table import call_table
from outcomes.calls import grade_calls
from outcomes.horizons import HEADLINE
from outcomes.prices import call_clock
from scrapers.documents import Document

Row = dict[str, Any]


def judge(db: Database, document: Document, claims: Claims) -> dict[str, Row]:
    """The verdict on each call by claim id: at its own horizon, else at the headline one of 30 days."""
    rows = [claim_row("call", call, 0.0) for call in claims.calls]
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in CALL_COLUMNS}
    kernels = [call.horizon.kernel if call.horizon else None for call in claims.calls]
    clock = _clock(document)
    columns |= {"claim_id": columns["id"], "horizon_kernel": kernels, "clock": [clock] * len(rows)}
    calls, market = call_table(columns), load_market(db)
    verdicts = [
        dict(zip(VERDICT_COLUMNS, row, strict=True))
        for block in grade_calls(calls, market)
        for row in verdict_rows(block, calls, market.prices)
    ]
    headline = {
        row["claim_id"]: row for row in verdicts if row["measure"] == "direction" and row["horizon"] == HEADLINE
    }
    return headline | {row["claim_id"]: row for row in verdicts if row["measure"] == "stated"}


def _clock(document: Document) -> int | None:
    if document.published is None:
        return None
    seconds = np.array([int(document.published.timestamp())])
    return int(call_clock(seconds, np.array([document.published_precision == "day"]))[0])
