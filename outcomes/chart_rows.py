"""Rows for the charts, worked out from prices: event paths with their band, rolling and lagged correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from outcomes.arrays import Floats, Ints, from_day
from outcomes.co_movement import ROLLING, CoMovement
from outcomes.events import Event
from outcomes.evidence import evidence_end
from outcomes.lead_lag import Scan, rolling_correlation
from outcomes.market import Market
from outcomes.precedes import Cell, event_columns, first_possible, followed

Rows = list[dict[str, Any]]
STEP = 3  # days between two points of a path
BAND = (10, 50, 90)


def event_paths(market: Market, event: Event, driver: int, response: int, horizon: int, sign: int) -> tuple[Rows, Rows]:
    """`paths` and `band` of `pattern_charts.event_study`: closes from 100 on the entry day, on the evidence so far."""
    end = evidence_end(market)
    at = event_columns(market, event, driver, end)
    result = followed(market, event, driver, response, at, horizon, end, sign)
    offsets = np.unique(np.append(np.arange(0, horizon, STEP), horizon))
    paths: Rows = []
    for column, entry, hit, change in zip(at, result.entry, result.hit, result.change, strict=True):
        if entry < 0:
            continue
        status = "pending" if not np.isfinite(change) else "held" if hit else "failed"
        day = from_day(int(column) + market.prices.first_day).isoformat()
        values = _values(market, response, np.array([entry]), offsets, end)[0]
        found = zip(offsets.tolist(), values.tolist(), strict=True)
        paths += [{"event": day, "status": status, "days": d, "value": v} for d, v in found if v == v]
    return paths, _band(market, response, first_possible(market, event, driver), end, offsets)


def _band(market: Market, row: int, first: int, end: int, offsets: Ints) -> Rows:
    starts = np.flatnonzero(np.isfinite(market.prices.close[row, : end - int(offsets[-1]) + 1]))
    values = _values(market, row, starts[starts >= first], offsets, end)
    low, middle, high = np.nanpercentile(values, BAND, axis=0)
    columns = zip(offsets.tolist(), low.tolist(), middle.tolist(), high.tolist(), strict=True)
    return [{"days": d, "low": a, "middle": b, "high": c} for d, a, b, c in columns]


def _values(market: Market, row: int, entry: Ints, offsets: Ints, end: int) -> Floats:
    """Close at each offset from each entry, 100 at entry; NaN after `end`."""
    columns = entry[:, None] + offsets[None, :]
    last = market.prices.last[row, np.minimum(columns, end)]
    close = market.prices.close[row]
    return np.where(columns <= end, 100 * close[last] / close[entry][:, None], np.nan)


def grid_rows(cells: Sequence[Cell]) -> Rows:
    """`cells` of `pattern_charts.robustness_grid`."""
    return [
        {
            "gap": cell.test.gap, "size": cell.test.size, "horizon": cell.test.horizon, "n": cell.test.n,
            "k": cell.test.k, "base_rate": cell.test.base_rate, "q": cell.q,
        }
        for cell in cells
    ]  # fmt: skip


def rolling_rows(pair: CoMovement, width: int = ROLLING) -> Rows:
    """`rows` of `pattern_charts.correlation_windows`: r of each window of that many returns, by its last day."""
    sample = pair.sample
    if len(sample) <= width:
        return []
    days = sample.day[width - 1 :].tolist()
    found = zip(days, rolling_correlation(sample.x, sample.y, width).tolist(), strict=True)
    return [{"day": from_day(day).isoformat(), "r": r} for day, r in found if r == r]


def lag_rows(scan: Scan) -> Rows:
    """`rows` of `pattern_charts.correlation_by_lag`."""
    return [{"lag": lag, "r": r} for lag, r in zip(scan.lags.tolist(), scan.r.tolist(), strict=True)]


def claimed_band(detail: Mapping[str, Any]) -> dict[str, Any]:
    """`claimed` of `pattern_charts.correlation_windows` from the detail of a verdict."""
    return {key: detail[key] for key in ("r", "low", "high", "from", "to") if key in detail}
