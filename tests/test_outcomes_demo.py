"""The relations and figures of the demo, whose truth is known because its prices are simulated."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.prices import history
from markets.assets import registry
from outcomes.arrays import to_day
from outcomes.correlations import Judge
from outcomes.figures import judge_figure
from outcomes.market import Market
from outcomes.prices import PriceMatrix
from outcomes.relations import claimed_relations
from tests.patterns_samples import figure

KEY = json.loads((Path(__file__).parents[1] / "demo" / "material" / "key.json").read_text(encoding="utf-8"))
CLOCK = int(datetime(2025, 12, 1, 12, tzinfo=UTC).timestamp())


@cache
def judge() -> Judge:
    symbols = tuple(history())
    rows = [
        (i, to_day(bar.day), bar.close, bar.high, bar.low)
        for i, symbol in enumerate(symbols)
        for bar in history()[symbol]
    ]
    symbol, day, close, high, low = (np.array(column) for column in zip(*rows, strict=True))
    packed = PriceMatrix.from_bars(symbols, symbol, day, close, high, low, assets=registry())
    return Judge(Market(packed, registry()))


def distinct() -> list[dict[str, Any]]:
    known = [row for row in KEY["relations"] if "truth" in row]
    fields = ("driver", "event", "response", "relation", "lag", "coefficient", "truth")
    return [dict(t) for t in dict.fromkeys(tuple((f, row.get(f)) for f in fields) for row in known)]


@pytest.mark.parametrize(
    "row", distinct(), ids=lambda r: f"{r['driver']} {r['event'] or ''} {r['response']} {r['relation']}"
)
def test_every_known_relation_comes_out_as_it_is(row: dict[str, Any]) -> None:
    claim = {
        "claim_id": "k", "driver": row["driver"], "driver_event": row["event"], "response": row["response"],
        "relation": row["relation"], "lag_days": row["lag"], "coefficient": row["coefficient"], "clock": CLOCK,
    }  # fmt: skip
    verdicts = judge().verdicts(next(claimed_relations({name: [value] for name, value in claim.items()})))
    main = verdicts[0]
    if row["truth"]:
        assert main.status in ("held", "mixed"), main
        if row["relation"] == "positive":
            assert main.status == "held", main
    else:
        assert main.status in ("failed", "mixed"), main
    assert all(v.status == "held" for v in verdicts if v.measure == "coefficient")


def test_the_false_380_percent_is_contradicted() -> None:
    claim = figure("After the breakout of February 2021, bitcoin surged 380% in two months", "380%", 380, clock=CLOCK,
                   period="February 2021", period_start="2021-02-01", period_end="2021-02-28")  # fmt: skip
    verdict = judge_figure(claim, judge().market)
    assert verdict.status == "failed" and verdict.detail["largest"] < 1
