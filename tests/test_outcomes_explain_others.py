"""Verdicts on correlations and figures in words, and recomputed from the database by one query each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from db.prices import add_bars
from db.store import open_store
from db.verdicts import VerdictWriter
from outcomes.arrays import from_day, to_day
from outcomes.blocks import VERDICT_COLUMNS
from outcomes.correlations import CORRELATION_COLUMNS, grade_correlations
from outcomes.explain import explain
from outcomes.explain_others import REASONS
from outcomes.figures import FIGURE_COLUMNS, grade_figures
from outcomes.market import Market
from outcomes.verdict_rows import verdict_row
from scrapers.prices import PriceBar
from tests.outcomes_samples import START
from tests.patterns_samples import CLOCK, DAYS, checked, figure, judged, noise, price, prices, ranged, relation
from tests.test_outcomes_correlations import together
from tests.test_outcomes_figures import RISE, SPAN_2024
from tests.test_outcomes_precedes import AT, rallies

DOC = Path(__file__).parents[1] / "docs" / "method-patterns.md"


def worded(verdict: Any, claim: Mapping[str, Any]) -> str:
    row = dict(zip(VERDICT_COLUMNS, verdict_row(verdict), strict=True))
    return explain(row, {"speaker": "Ada Birch", "asset": "BTC", "driver": "ACME", "response": "BTC", **claim})


PAIR = {"relation": "positive", "driver_event": None}


def test_a_correlation_in_words() -> None:
    verdicts = judged(together(), relation(coefficient=0.3, periods=["2023"]))
    text = worded(verdicts["correlation"], PAIR)
    assert "Claimed: they move together" in text and "r = 0.8" in text and ": held." in text
    assert "At publication r was" in text and "In four equal parts" in text
    assert "Claimed coefficient 0.3" in worded(verdicts["coefficient"], PAIR)
    assert "In the claimed window, 2023-01-01 to 2023-12-31" in worded(verdicts["claimed_window"], PAIR)
    lagged = judged(together(), relation(lag_days=20))["correlation"]
    assert "Of all lags from -120 to 120 days the strongest is 0" in worded(lagged, PAIR)
    assert "BTC stands in for CRYPTO" in worded(judged(together(), relation(response="CRYPTO"))["correlation"], PAIR)


def test_a_pattern_in_words() -> None:
    claim = relation(driver_event="new high", lag_days=60, instances=3, magnitude_pct=80)
    text = worded(judged(rallies(AT), claim)["precedes"], PAIR | {"driver_event": "new high"})
    assert "60 days later BTC had risen after 6 of 6: 100.0 %" in text
    assert "Hits: 2022-09-08 (+" in text and "Misses" not in text
    assert "Known at publication: 5 of 5." in text and "of the last 3 before it 3 were hits" in text
    assert "A move of 80 % followed 6 of 6." in text


def test_figures_in_words() -> None:
    move = checked(RISE, figure("Bitcoin gained 200% in 2024", "200%", 200, **SPAN_2024))
    text = worded(move, {"text": "200%"})
    assert "BTC went from 100 on 2023-12-31 to 200 on 2024-12-31: +100.0 %, against the claimed +200.0 %" in text
    assert "A likely confusion: the price rose to 2 times" in text
    there = worded(checked(RISE, price("Bitcoin at $300", "$300", 300.0)), {"text": "$300"})
    assert "claimed 300, give or take 5" in there and "held" in there
    record = worded(checked(RISE, price("a record high of $300", "$300", 300.0)), {"text": "$300"})
    assert "Claimed as all-time high: 300" in record


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_sentence(reason: str) -> None:
    row = {
        "claim_kind": "figure", "measure": "price", "status": "ungradable", "reason": reason, "rule_version": "x",
        "input_hash": "y", "detail": "{}",
    }  # fmt: skip
    text = explain(row, {"speaker": "", "text": "$5", "asset": None})
    assert f"Ungradable: {reason}. {REASONS[reason]}" in text


def columns(names: tuple[str, ...], row: dict[str, Any]) -> dict[str, list[Any]]:
    keys = ["claim_id" if name == "id" else name for name in names]
    return {name: [row.get(name)] for name in [*keys, "clock"]}


def stored(path: Path, found: Market, closes: dict[str, list[float]], rows: list[Any]) -> Any:
    db = open_store(path)
    first = to_day(START)
    bars = [
        PriceBar(symbol, from_day(first + i), close=c, high=c * 1.001, low=c * 0.999, provider="hand")
        for symbol, series in closes.items()
        for i, c in enumerate(series)
    ]
    add_bars(db, bars, datetime(2026, 1, 1, tzinfo=UTC))
    for kind in ("correlation", "figure"):
        writer = VerdictWriter(db, kind)
        writer.add(row for row in rows if row[1] == kind)
        writer.publish(datetime(2026, 1, 1, tzinfo=UTC))
    return db


def queries() -> dict[str, str]:
    """The SQL of docs/method-patterns.md, by the measure its comment names."""
    blocks = [part.split("```")[0] for part in DOC.read_text(encoding="utf-8").split("```sql\n")[1:]]
    return {block.split("\n")[0].removeprefix("-- ").strip(): block for block in blocks}


def test_documented_queries_recompute_a_verdict_of_each_kind(tmp_path: Path) -> None:
    made = rallies(AT[:4])
    closes = {"SOL": made["ACME"], "BTC": made["BTC"], "ETH": prices(noise(8))}
    found = ranged(closes)
    base = {"claim_id": "c1", "driver": "SOL", "response": "BTC", "relation": "positive", "clock": CLOCK}
    said = {"start": 0, "asset": "BTC", "clock": CLOCK, "role": "change", "unit": "%"}
    year = {"period": "2024", "period_start": "2024-01-01", "period_end": "2024-12-31"}
    now = closes["BTC"][(date(2025, 6, 2) - START).days]
    rows = [
        *grade_correlations(columns(CORRELATION_COLUMNS, base | {"driver_event": "new high", "lag_days": 60}), found),
        *grade_correlations(columns(CORRELATION_COLUMNS, base | {"claim_id": "c2", "driver": "ETH"}), found),
        *grade_figures(columns(FIGURE_COLUMNS, said | year | {
            "claim_id": "f1", "quote": "Bitcoin gained 7% in 2024", "text": "7%", "text_start": 15, "value": 7.0,
        }), found),
        *grade_figures(columns(FIGURE_COLUMNS, said | {
            "claim_id": "f2", "quote": f"Bitcoin at ${now:.2f}", "text": f"${now:.2f}", "text_start": 11, "value": now,
            "unit": "USD", "role": "price",
        }), found),
    ]  # fmt: skip
    assert len(rows) == 4 and DAYS > 0
    db = stored(tmp_path / "calledit.db", found, closes, rows)
    for measure, claim in {"precedes": "c1", "correlation": "c2", "change": "f1", "price": "f2"}.items():
        (result,) = db.query(queries()[measure], {"claim": claim})
        assert result["recomputed"] == pytest.approx(result["value"], rel=1e-5, abs=1e-6), (measure, result)
