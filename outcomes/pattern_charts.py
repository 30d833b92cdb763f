"""Charts of correlations, patterns and figures as Vega-Lite specifications (see `outcomes.charts`)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from outcomes.chart_theme import CELL, COLOURS, Spec, Theme, chart, day_axis, marks, statuses
from outcomes.wording import listed, percent, signed

Row = Mapping[str, Any]


def event_study(title: str, paths: Sequence[Row], band: Sequence[Row], theme: Theme = "light") -> Spec:
    """Every occurrence as a path from 100, hits and misses apart, over the band of all start days.

    `paths`: event (its date), days, value, status (held for a hit, failed for a miss, pending). `band`: days, low,
    middle, high (10th, 50th and 90th percentile from any day).
    """
    colour, _ = statuses(theme, paths)
    by_event = {row["event"]: row["status"] for row in paths}
    hits = [event for event, status in by_event.items() if status == "held"]
    misses = [event for event, status in by_event.items() if status == "failed"]
    wide = max((row["value"] for row in paths), default=100) > 300
    scale = {"type": "log"} if wide else {"zero": False}
    y = {"type": "quantitative", "title": "close, 100 on the day of entry", "scale": scale}
    days = {"field": "days", "type": "quantitative", "title": "days after"}
    return chart(
        theme,
        title,
        f"{len(hits)} of {len(hits) + len(misses)} occurrences were hits. Hits: {listed(hits) or 'none'}. Misses: "
        f"{listed(misses) or 'none'}. Grey: four fifths of all start days.",
        layer=[
            {
                "data": {"values": [dict(row) for row in band]},
                "mark": {"type": "area", "opacity": 0.25, "color": COLOURS[theme]["band"]},
                "encoding": {"x": days, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": [dict(row) for row in band]},
                "mark": {"type": "line", "strokeDash": [4, 4], "color": COLOURS[theme]["band"]},
                "encoding": {"x": days, "y": {**y, "field": "middle"}},
            },
            {
                "data": {"values": [dict(row) for row in paths]},
                "mark": {"type": "line", "strokeWidth": 1.6, "opacity": 0.9},
                "encoding": {"x": days, "y": {**y, "field": "value"}, "detail": {"field": "event"}, "color": colour},
            },
            {
                "data": {"values": _labels(paths, wide)},
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10},
                "encoding": {"x": days, "y": {**y, "field": "value"}, "text": {"field": "event"}, "color": colour},
            },
        ],
    )  # fmt: skip


def _labels(paths: Sequence[Row], logarithmic: bool) -> list[dict[str, Any]]:
    """The last point of each path, moved up where two dates would be printed over each other."""
    last = {row["event"]: dict(row) for row in sorted(paths, key=lambda row: row["days"])}
    ends = sorted(last.values(), key=lambda row: row["value"])
    heights = [math.log(row["value"]) if logarithmic else row["value"] for row in ends]
    values = [math.log(row["value"]) if logarithmic else row["value"] for row in paths]
    room = (max(values, default=1.0) - min(values, default=0.0)) / 18
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + room)
    return [row | {"value": math.exp(h) if logarithmic else h} for row, h in zip(ends, heights, strict=True)]


def robustness_grid(title: str, cells: Sequence[Row], theme: Theme = "light") -> Spec:
    """Every choice of quiet time, size and horizon: how far k/n lies above the base rate, a ring where significant.

    `cells`: gap, size (share), horizon, n, k, base_rate, q.
    """
    values = [
        {
            **row,
            "above": row["k"] / row["n"] - row["base_rate"],
            "label": f"{row['k']}/{row['n']}",
            "size_label": f"up {row['size']:.0%}" if row["size"] else "up at all",
            "significant": row["q"] < 0.05,
        }
        for row in cells
    ]
    order = list(dict.fromkeys(v["size_label"] for v in sorted(values, key=lambda v: v["size"])))
    share = sum(v["significant"] for v in values) / len(values) if values else 0.0
    gap = {"field": "gap", "type": "ordinal", "title": "quiet days before"}
    horizon = {"field": "horizon", "type": "ordinal", "title": "horizon, days"}
    diverging = {
        "domainMid": 0,
        "interpolate": "rgb",
        "range": [COLOURS[theme]["failed"], COLOURS[theme]["ground"], COLOURS[theme]["held"]],
    }
    shade = {"field": "above", "type": "quantitative", "scale": diverging, "title": "above base rate"}
    ring = {"condition": {"test": "datum.significant", "value": COLOURS[theme]["text"]}, "value": None}
    return chart(
        theme,
        title,
        f"{len(values)} choices of quiet time, size and horizon; after correction {percent(share)} are significant.",
        data={"values": values},
        facet={"column": {"field": "size_label", "type": "nominal", "title": None, "sort": order}},
        spec={
            "width": CELL * 4, "height": CELL * 4,
            "layer": [
                {"mark": {"type": "rect"}, "encoding": {"x": horizon, "y": gap, "color": shade, "stroke": ring}},
                {"mark": {"type": "text"}, "encoding": {"x": horizon, "y": gap, "text": {"field": "label"}}},
            ],
        },
    )  # fmt: skip


def correlation_windows(title: str, rows: Sequence[Row], claimed: Row | None, theme: Theme = "light") -> Spec:
    """Rolling correlation with the full-sample interval, and the claim where it names a window.

    `rows`: day, r. `claimed`: r, low and high of the full sample, and from, to of the claimed window (or None).
    """
    values = [dict(row) for row in rows]
    y = {"type": "quantitative", "title": "correlation of returns", "scale": {"domain": [-1, 1]}}
    layers: list[Spec] = [
        {"data": {"values": values}, **marks("line", day_axis(), {**y, "field": "r"})},
        {"data": {"values": [{"r": 0}]}, "mark": {"type": "rule"}, "encoding": {"y": {**y, "field": "r"}}},
    ]
    described = ""
    if claimed:
        colour = COLOURS[theme]["held"]
        layers += _interval_layers(claimed, y, colour)
        described = f" Over all history r is {claimed['r']:.2f} ({claimed['low']:.2f} to {claimed['high']:.2f})."
    low, high = (f([v["r"] for v in values], default=0.0) for f in (min, max))
    return chart(theme, title, f"Rolling correlation, from {low:.2f} to {high:.2f}.{described}", layer=layers)


def correlation_by_lag(
    title: str, rows: Sequence[Row], claimed_lag: int, by_chance: float, theme: Theme = "light"
) -> Spec:
    """Correlation at every lag, the claimed lag marked, and what the best lag reaches by chance.

    `rows`: lag (days the first series leads), r. `by_chance`: 95th percentile of the strongest |r|.
    """
    best = max(rows, key=lambda row: abs(row["r"]))
    x = {"field": "lag", "type": "quantitative", "title": "days by which the first leads"}
    y = {"type": "quantitative", "title": "correlation of returns"}
    edges = [{"r": by_chance}, {"r": -by_chance}]
    mark = {"type": "rule", "strokeDash": [4, 4]}
    return chart(
        theme,
        title,
        f"The strongest lag is {best['lag']} days (r = {best['r']:.2f}); chance alone reaches {by_chance:.2f} in one "
        f"case of twenty. Claimed: {claimed_lag} days.",
        layer=[
            {"data": {"values": [dict(row) for row in rows]}, **marks("line", x, {**y, "field": "r"})},
            {"data": {"values": edges}, "mark": mark, "encoding": {"y": {**y, "field": "r"}}},
            {
                "data": {"values": [{"lag": claimed_lag}]},
                "mark": {"type": "rule", "color": COLOURS[theme]["failed"], "strokeWidth": 2},
                "encoding": {"x": x},
            },
        ],
    )


def figure_windows(title: str, moves: Sequence[float], claimed: float, share: float, theme: Theme = "light") -> Spec:
    """How often each size of move occurs among the admissible windows, with the claimed one marked."""
    values = [{"move": value} for value in moves]
    x = {"type": "quantitative", "axis": {"format": "%"}, "title": "move over the window"}
    return chart(
        theme,
        title,
        f"Moves over {len(values)} admissible windows, from {signed(min(moves))} to {signed(max(moves))}. The claimed "
        f"{signed(claimed)} is true in {percent(share)}.",
        layer=[
            {
                "data": {"values": values},
                "mark": {"type": "bar", "color": COLOURS[theme]["band"]},
                "encoding": {
                    "x": {**x, "field": "move", "bin": {"maxbins": 40}},
                    "y": {"aggregate": "count", "type": "quantitative", "title": "windows"},
                },
            },
            {
                "data": {"values": [{"move": claimed}]},
                "mark": {"type": "rule", "color": COLOURS[theme]["failed"], "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "move"}},
            },
        ],
    )


def _interval_layers(claimed: Row, y: Spec, colour: str) -> list[Spec]:
    layers: list[Spec] = [
        {
            "data": {"values": [dict(claimed)]},
            "mark": {"type": "rect", "opacity": 0.2, "color": colour},
            "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
        }
    ]
    if claimed.get("from"):
        layers.append(
            {
                "data": {"values": [dict(claimed)]},
                "mark": {"type": "rect", "opacity": 0.12, "color": colour},
                "encoding": {"x": {"field": "from", "type": "temporal", "title": None}, "x2": {"field": "to"}},
            }
        )
    return layers
