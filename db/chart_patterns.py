"""Charts of one correlation or pattern, measured again on the prices of the two series it is about."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sqlite_utils import Database

from markets.assets import registry
from outcomes.chart_theme import Spec, Theme
from outcomes.market import Market
from outcomes.prices import PriceMatrix

Row = dict[str, Any]


def event(db: Database, key: str, theme: Theme) -> Spec | None:
    """Every occurrence of an event as a path, over the band of all start days."""
    from outcomes.chart_rows import event_paths
    from outcomes.events import events
    from outcomes.pattern_charts import event_study

    verdict = _verdict(db, key, "precedes")
    if verdict is None:
        return None
    detail = verdict["detail"]
    market, driver, response = _pair(db, detail)
    paths, band = event_paths(
        market, events()[detail["event"]], driver, response, verdict["horizon"], detail["side"] or 1
    )
    listed = {row[0] for row in detail["occurrences"]}  # the chart shows what the verdict counted
    paths = [row for row in paths if row["event"] in listed]
    return event_study(_title(detail), paths, band, theme) if paths else None


def grid(db: Database, key: str, theme: Theme) -> Spec | None:
    """The same question at every other quiet time, size and horizon."""
    from outcomes.chart_rows import grid_rows
    from outcomes.events import events
    from outcomes.evidence import evidence_end
    from outcomes.pattern_charts import robustness_grid
    from outcomes.precedes import robustness

    verdict = _verdict(db, key, "precedes")
    if verdict is None:
        return None
    detail = verdict["detail"]
    market, driver, response = _pair(db, detail)
    cells = robustness(market, events()[detail["event"]], driver, response, evidence_end(market), detail["side"] or 1)
    rows = grid_rows(cells)
    return robustness_grid(f"{_title(detail)}: other choices", rows, theme) if rows else None


def rolling(db: Database, key: str, theme: Theme) -> Spec | None:
    """The correlation over windows of 90 returns."""
    from outcomes.chart_rows import claimed_band, rolling_rows
    from outcomes.co_movement import CoMovement
    from outcomes.pattern_charts import correlation_windows

    verdict = _verdict(db, key, "correlation")
    if verdict is None:
        return None
    detail = verdict["detail"]
    rows = rolling_rows(CoMovement(*_pair(db, detail), verdict["horizon"]))
    title = f"{detail['driver']} and {detail['response']}: correlation over 90 returns"
    named = _verdict(db, key, "claimed_window")
    window = {name: named["detail"][name] for name in ("from", "to")} if named else {"from": None, "to": None}
    return correlation_windows(title, _thinned(rows), claimed_band(detail) | window, theme) if rows else None


def lags(db: Database, key: str, theme: Theme) -> Spec | None:
    """The correlation at every lag, where the claim names one."""
    from outcomes.chart_rows import lag_rows
    from outcomes.co_movement import CoMovement
    from outcomes.pattern_charts import correlation_by_lag

    verdict = _verdict(db, key, "correlation")
    if verdict is None or "lags_tried" not in verdict["detail"]:
        return None
    detail = verdict["detail"]
    scan = CoMovement(*_pair(db, detail), verdict["horizon"]).scan(detail["lags_tried"][1])
    title = f"{detail['driver']} and {detail['response']}: correlation by lag"
    chance = detail["best_by_chance_95"]
    return correlation_by_lag(title, lag_rows(scan), verdict["horizon"], chance, theme) if scan else None


def _verdict(db: Database, claim_id: str, measure: str) -> Row | None:
    sql = """
        select * from verdicts where claim_id = ? and measure = ? and current = 1
          and status in ('held', 'failed', 'mixed')
    """
    for row in db.query(sql, [claim_id, measure]):
        return {**row, "detail": json.loads(row["detail"])}
    return None


def _pair(db: Database, detail: Row) -> tuple[Market, int, int]:
    """A market of only the two series, and the rows of driver and response in it.

    An event with dates of its own (a halving) may have no price series: the response stands in its place.
    """
    names = list(dict.fromkeys((detail["driver"], detail["response"])))
    sql = """
        select symbol, julianday(day) - 2440587.5, close, coalesce(high, close), coalesce(low, close) from prices
        where symbol in (select value from json_each(?)) order by symbol, day
    """
    rows = db.execute(sql, [json.dumps(names)]).fetchall()
    symbols = sorted({row[0] for row in rows})
    numbers = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 4)
    which = np.array([symbols.index(row[0]) for row in rows], dtype=np.int64)
    day = np.rint(numbers[:, 0]).astype(np.int64)
    matrix = PriceMatrix.from_bars(symbols, which, day, numbers[:, 1], numbers[:, 2], numbers[:, 3], assets=registry())
    response = symbols.index(detail["response"])
    driver = symbols.index(detail["driver"]) if detail["driver"] in symbols else response
    return Market(matrix, registry()), driver, response


def _title(detail: Row) -> str:
    return f"{detail['event_name'].capitalize()} ({detail['driver']}), then {detail['response']}"


def _thinned(rows: list[Row], most: int = 700) -> list[Row]:
    return rows[:: max(-(-len(rows) // most), 1)]
