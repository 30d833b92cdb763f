"""Charts of calls and track records as Vega-Lite specifications, and any specification drawn as SVG.

Every function takes plain rows (keyed as its docstring says) and a theme, and writes a description in words. The
charts of correlations, patterns and figures stand in `outcomes.pattern_charts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outcomes.chart_theme import COLOURS, Spec, Theme, chart, day_axis, marks, statuses
from outcomes.wording import listed, number, percent

Row = Mapping[str, Any]


def calls_on_price(asset: str, closes: Sequence[Row], calls: Sequence[Row], theme: Theme = "light") -> Spec:
    """Calls on one asset upon its closes.

    `closes`: day, close. `calls`: day, close, status, stance, speaker.
    """
    colour, shape = statuses(theme, calls)
    held = sum(row["status"] == "held" for row in calls)
    failed = sum(row["status"] == "failed" for row in calls)
    points = {
        "data": {"values": [dict(row) for row in calls]},
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.9},
        "encoding": {
            "x": day_axis(), "y": _price(asset), "color": colour, "shape": shape,
            "tooltip": [{"field": f} for f in ("day", "speaker", "stance", "status")],
        },
    }  # fmt: skip
    return chart(
        theme,
        f"Calls on {asset}",
        f"Daily closes of {asset} with {len(calls)} calls: {held} held, {failed} failed, others mixed or not yet due.",
        layer=[_closes(asset, closes), points],
    )


def one_call(asset: str, closes: Sequence[Row], call: Row, theme: Theme = "light") -> Spec:
    """One call with entry, exit and target.

    `closes`: day, close. `call`: speaker, stance, status, entry_day, entry_price, exit_day and exit_price (None while
    it is not due), target (None where there is none).
    """
    ends = [("entry", call["entry_day"], call["entry_price"]), ("exit", call.get("exit_day"), call.get("exit_price"))]
    points = [{"day": day, "close": price, "what": name} for name, day, price in ends if day]
    colour = COLOURS[theme].get(call["status"], COLOURS[theme]["pending"])
    layers: list[Spec] = [_closes(asset, closes), _labelled(asset, points, colour)]
    if call.get("target") is not None:
        layers += _target_line(asset, call["target"], closes, colour)
    if len(points) == 2:
        layers.insert(1, _segment(asset, points, colour))
    target = f", target {number(call['target'])}" if call.get("target") is not None else ""
    left = f", exit at {number(call['exit_price'])} on {call['exit_day']}" if call.get("exit_day") else ", not yet due"
    return chart(
        theme,
        f"{call['speaker']}: {call['stance']} on {asset}",
        f"{call['speaker']} was {call['stance']} on {asset}: entry at {number(call['entry_price'])} on "
        f"{call['entry_day']}{left}{target}. {call['status']}.",
        layer=layers,
    )


def record_over_horizons(speaker: str, rows: Sequence[Row], theme: Theme = "light") -> Spec:
    """Hit rate with its interval beside the base rate, at each horizon.

    `rows`: horizon, n_effective, hit_rate, base_rate, wilson_low, wilson_high.
    """
    values = [{**row, "label": f"{row['horizon']} d"} for row in rows]
    order = [v["label"] for v in values]
    x = {"field": "label", "type": "ordinal", "sort": order, "title": "horizon", "axis": {"labelAngle": 0}}
    y = {"type": "quantitative", "title": "share of calls", "axis": {"format": "%"}, "scale": {"domain": [0, 1]}}
    spoken = [f"{v['horizon']} days {percent(v['hit_rate'])} against {percent(v['base_rate'])}" for v in values]
    return chart(
        theme,
        f"{speaker}: hits and base rate by horizon",
        f"Hit rate of {speaker} against the base rate: {listed(spoken) or 'no graded calls'}.",
        data={"values": values},
        layer=[
            marks("rule", x, {**y, "field": "wilson_low"}, {"y2": {"field": "wilson_high"}}, strokeWidth=2),
            marks("point", x, {**y, "field": "hit_rate"}, size=80, filled=True, color=COLOURS[theme]["held"]),
            marks("tick", x, {**y, "field": "base_rate"}, thickness=3, width=26, color=COLOURS[theme]["failed"]),
        ],
    )


def outcomes_by_horizon(title: str, rows: Sequence[Row], theme: Theme = "light") -> Spec:
    """Return of each call at each horizon. `rows`: who, horizon, change (share, towards the call), status."""
    colour, shape = statuses(theme, rows)
    order = sorted({row["horizon"] for row in rows})
    x = {"field": "horizon", "type": "ordinal", "sort": order, "title": "days after", "axis": {"labelAngle": 0}}
    y = {"field": "change", "type": "quantitative", "axis": {"format": "+%"}, "title": "return towards the call"}
    held = sum(row["status"] == "held" for row in rows)
    return chart(
        theme,
        title,
        f"{len(rows)} outcomes at {listed([str(h) for h in order])} days; {held} went the called way.",
        data={"values": [dict(row) for row in rows]},
        layer=[
            {
                "mark": {"type": "point", "filled": True, "size": 70},
                "encoding": {"x": x, "y": y, "color": colour, "shape": shape, "xOffset": {"field": "who"}},
            },
            {"data": {"values": [{"change": 0}]}, "mark": {"type": "rule"}, "encoding": {"y": y}},
        ],
    )


def svg(spec: Spec) -> str:
    """The chart drawn by vl-convert, its description as the image's accessible text."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec)
    label = spec["description"].replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _closes(asset: str, closes: Sequence[Row]) -> Spec:
    return {"data": {"values": [dict(row) for row in closes]}, **marks("line", day_axis(), _price(asset))}


def _price(asset: str) -> Spec:
    return {"field": "close", "type": "quantitative", "title": asset, "scale": {"zero": False}}


def _labelled(asset: str, points: Sequence[Row], colour: str) -> Spec:
    encoding = {"x": day_axis(), "y": _price(asset)}
    text = {**encoding, "text": {"field": "what"}}
    return {
        "data": {"values": [dict(row) for row in points]},
        "layer": [
            {"mark": {"type": "point", "filled": True, "size": 80, "color": colour}, "encoding": encoding},
            {"mark": {"type": "text", "dy": -12}, "encoding": text},
        ],
    }


def _segment(asset: str, points: Sequence[Row], colour: str) -> Spec:
    style: dict[str, Any] = {"color": colour, "strokeDash": [5, 3]}
    return {"data": {"values": [dict(row) for row in points]}, **marks("line", day_axis(), _price(asset), **style)}


def _target_line(asset: str, target: float, closes: Sequence[Row], colour: str) -> list[Spec]:
    values = {"values": [{"close": target, "what": f"target {number(target)}", "day": closes[0]["day"]}]}
    y = _price(asset)
    text = {"type": "text", "align": "left", "dy": -6, "dx": 4}
    return [
        {"data": values, "mark": {"type": "rule", "color": colour}, "encoding": {"y": y}},
        {"data": values, "mark": text, "encoding": {"x": day_axis(), "y": y, "text": {"field": "what"}}},
    ]
