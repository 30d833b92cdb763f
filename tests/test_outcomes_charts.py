"""Every chart draws in both themes, says in words what it shows, and its rows come from prices."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from outcomes.chart_rows import event_paths, grid_rows, lag_rows, rolling_rows
from outcomes.chart_theme import COLOURS, Spec, Theme
from outcomes.charts import calls_on_price, one_call, outcomes_by_horizon, record_over_horizons, svg
from outcomes.co_movement import CoMovement, lag_scan
from outcomes.events import events
from outcomes.pattern_charts import (
    correlation_by_lag,
    correlation_windows,
    event_study,
    figure_windows,
    robustness_grid,
)
from outcomes.precedes import robustness
from tests.outcomes_samples import market
from tests.patterns_samples import DAYS, noise, prices
from tests.test_outcomes_precedes import AT, rallies

CLOSES = [{"day": f"2025-01-{d:02}", "close": 100.0 + d} for d in range(1, 31)]
CALL = {
    "speaker": "Ada Birch & Co <ab>", "stance": "bullish", "status": "held",
    "entry_day": "2025-01-03", "entry_price": 103.0, "exit_day": "2025-01-20", "exit_price": 120.0, "target": 125.0,
}  # fmt: skip


def study(theme: Theme) -> Spec:
    paths, band = event_paths(market(rallies(AT)), events()["new_high"], 0, 1, 60, 1)
    return event_study("After a record", paths, band, theme)


def grid(theme: Theme) -> Spec:
    cells = robustness(market(rallies(AT)), events()["new_high"], 0, 1, DAYS - 1, 1)
    return robustness_grid("Choices", grid_rows(cells), theme)


def walks() -> Any:
    return market({"ACME": prices(noise(1)), "BTC": prices(noise(2))})


def windows(theme: Theme) -> Spec:
    rows = rolling_rows(CoMovement(walks(), 0, 1))
    claimed = {"r": 0.1, "low": -0.1, "high": 0.3, "from": "2023-01-01", "to": "2023-12-31"}
    return correlation_windows("Windows", rows, claimed, theme)


def lags(theme: Theme) -> Spec:
    scan = lag_scan(walks(), 0, 1, DAYS - 1, 40)
    assert scan is not None
    return correlation_by_lag("Lags", lag_rows(scan), 20, scan.null_95, theme)


def record(theme: Theme) -> Spec:
    row = {"n_effective": 12.0, "hit_rate": 0.6, "base_rate": 0.5, "wilson_low": 0.4, "wilson_high": 0.8}
    return record_over_horizons("Ada Birch", [{"horizon": h, **row} for h in (30, 90)], theme)


POINTS = [{"day": "2025-01-05", "close": 105.0, "status": "failed", "stance": "bearish", "speaker": "Ada Birch"}]
NOT_DUE = {"exit_day": None, "target": None, "status": "pending"}
CHARTS = {
    "calls": lambda theme: calls_on_price("BTC", CLOSES, POINTS, theme),
    "call": lambda theme: one_call("BTC", CLOSES, CALL, theme),
    "pending call": lambda theme: one_call("BTC", CLOSES, CALL | NOT_DUE, theme),
    "study": study,
    "grid": grid,
    "windows": windows,
    "lags": lags,
    "record": record,
    "moves": lambda theme: figure_windows("Moves", [0.1, 0.5, 2.0, 3.9], 3.8, 0.25, theme),
    "outcomes": lambda theme: outcomes_by_horizon(
        "Outcomes", [{"who": "1", "horizon": 30, "change": -0.1, "status": "failed"}], theme
    ),
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_draws_and_describes_itself(name: str, theme: Theme) -> None:
    spec = CHARTS[name](theme)
    json.dumps(spec)
    assert len(spec["description"]) > 20 and "nan" not in spec["description"]
    drawn = ElementTree.fromstring(svg(spec))
    assert drawn.get("role") == "img" and drawn.get("aria-label") == spec["description"]
    assert COLOURS[theme]["ground"] in svg(spec)
    assert "<script" not in svg(spec)


def test_a_study_names_its_hits_and_misses() -> None:
    description = study("light")["description"]
    assert "6 of 6 occurrences were hits" in description and "Misses: none" in description
    paths, band = event_paths(market(rallies(AT[:2])), events()["new_high"], 0, 1, 60, 1)
    start = [row for row in paths if row["days"] == 0]
    assert len(start) == 6 and all(row["value"] == pytest.approx(100) for row in start)
    assert {row["status"] for row in paths} == {"held", "failed"}
    assert band[0] == {"days": 0, "low": 100, "middle": 100, "high": 100} and band[-1]["days"] == 60


def test_rolling_rows_end_on_their_day() -> None:
    rows = rolling_rows(CoMovement(walks(), 0, 1), 30)
    assert rows[-1]["day"] == date(2025, 12, 31).isoformat()
    assert len(rows) == DAYS - 1 - 29
