"""Charts that only the site draws: a figure upon its prices, and a chart fitted to the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from outcomes.chart_theme import COLOURS, Spec, Theme, chart, day_axis, marks
from outcomes.wording import number

Row = Mapping[str, Any]
NARROW = {"width": 300, "height": 230}


def figure_on_price(asset: str, closes: Sequence[Row], figure: Row, theme: Theme = "light") -> Spec:
    """A printed figure upon the closes around it.

    `closes`: day, close. `figure`: text, status, claimed (price level, or None), points (day, close, what).
    """
    colour = COLOURS[theme].get(figure["status"], COLOURS[theme]["pending"])
    y = {"field": "close", "type": "quantitative", "title": asset, "scale": {"zero": False}}
    points = {"values": [dict(point) for point in figure["points"]]}
    encoding = {"x": day_axis(), "y": y}
    layers: list[Spec] = [
        {"data": {"values": [dict(row) for row in closes]}, **marks("line", day_axis(), y)},
        {"data": points, "mark": {"type": "point", "filled": True, "size": 80, "color": colour}, "encoding": encoding},
        {
            "data": points,
            "mark": {"type": "text", "dy": -12},
            "encoding": {**encoding, "text": {"field": "what"}},
        },
    ]
    if figure["claimed"] is not None:
        level = {"values": [{"close": figure["claimed"]}]}
        rule = {"type": "rule", "color": colour, "strokeDash": [5, 3]}
        layers.append({"data": level, "mark": rule, "encoding": {"y": y}})
    said = ", ".join(f"{point['what']} {number(point['close'])} on {point['day']}" for point in figure["points"])
    return chart(
        theme,
        f"“{figure['text']}” beside the closes of {asset}",
        f"Daily closes of {asset} around the figure {figure['text']}: {said}. {figure['status']}.",
        layer=layers,
    )


def fitted(spec: Spec, narrow: bool) -> Spec:
    """The specification without a ground of its own, and small enough for a phone where `narrow`."""
    found = deepcopy(spec)
    found["config"]["background"] = "transparent"
    found["padding"] = {"left": 4, "top": 4, "bottom": 4, "right": 24}  # a reader's font may be wider than ours
    if "facet" in found:
        return _stacked(found) if narrow else found
    return {**found, **NARROW} if narrow else {**found, "width": 680, "height": 300}


def _stacked(spec: Spec) -> Spec:
    """Facets below each other instead of side by side."""
    spec["facet"] = {"row": spec["facet"]["column"]}
    return spec
