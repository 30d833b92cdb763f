"""Colours and type of every chart, light and dark. Marks differ by shape as well as by colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Theme = Literal["light", "dark"]
Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH, HEIGHT = 640, 320

CELL = 45

# Okabe & Ito (2008): told apart with every common colour vision deficiency.
COLOURS: dict[Theme, dict[str, str]] = {
    "light": {
        "ground": "#ffffff", "text": "#1f2328", "faint": "#6b7280", "grid": "#e5e7eb", "line": "#374151",
        "held": "#0072b2", "failed": "#d55e00", "mixed": "#b8860b", "pending": "#6b7280", "band": "#9ca3af",
    },
    "dark": {
        "ground": "#14171c", "text": "#e6e8eb", "faint": "#9aa3af", "grid": "#2c323b", "line": "#c5cbd3",
        "held": "#56b4e9", "failed": "#ff9d5c", "mixed": "#f0c75e", "pending": "#9aa3af", "band": "#5b6472",
    },
}  # fmt: skip
SHAPES = {"held": "triangle-up", "failed": "triangle-down", "mixed": "diamond", "pending": "circle"}


def chart(theme: Theme, title: str, description: str, **parts: Any) -> Spec:
    """A Vega-Lite specification with title, text for those who do not see it, and the theme's configuration."""
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "anchor": "start"},
        "description": description,
        "width": WIDTH,
        "height": HEIGHT,
        "config": _config(theme),
        **parts,
    }


def statuses(theme: Theme, rows: Iterable[Mapping[str, Any]]) -> tuple[Spec, Spec]:
    """Colour and shape by status, as encodings; the legend names the statuses that the rows have."""
    present = {row["status"] for row in rows}
    names = [name for name in SHAPES if name in present]
    legend = {"title": None, "orient": "top"}
    colours = {"domain": names, "range": [COLOURS[theme][name] for name in names]}
    shapes = {"domain": names, "range": [SHAPES[name] for name in names]}
    return (
        {"field": "status", "type": "nominal", "scale": colours, "legend": legend},
        {"field": "status", "type": "nominal", "scale": shapes, "legend": legend},
    )


def day_axis() -> Spec:
    """Days along the bottom, from the field `day`."""
    return {"field": "day", "type": "temporal", "title": None}


def marks(kind: str, x: Spec, y: Spec, extra: Spec | None = None, **style: Any) -> Spec:
    """One layer: a kind of mark, its two axes and its style."""
    return {"mark": {"type": kind, **style}, "encoding": {"x": x, "y": y, **(extra or {})}}


def _config(theme: Theme) -> Spec:
    colour = COLOURS[theme]
    axis = {
        "labelColor": colour["faint"], "titleColor": colour["faint"], "gridColor": colour["grid"],
        "domainColor": colour["grid"], "tickColor": colour["grid"], "labelFontSize": 11, "titleFontSize": 11,
        "titleFontWeight": "normal",
    }  # fmt: skip
    return {
        "background": colour["ground"],
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": axis,
        "title": {"color": colour["text"], "fontSize": 14, "fontWeight": 600, "offset": 12},
        "legend": {"labelColor": colour["text"], "titleColor": colour["faint"], "symbolStrokeWidth": 0},
        "text": {"color": colour["text"], "fontSize": 11},
        "rule": {"color": colour["faint"]},
        "line": {"color": colour["line"], "strokeWidth": 1.5},
    }
