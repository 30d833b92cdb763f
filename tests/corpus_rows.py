"""Rows of nlp/corpus and what the annotation guide asks of each, for the tests of its sentences and documents."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FOLDER = Path(str(files("nlp").joinpath("corpus")))
ROLES = ("price", "target", "level", "change", "flow", "holding", "volume", "rate", "share", "count")
MORE_ROLES = ("indicator", "duration", "other")
UNIT = re.compile(r"USD|EUR|%|x|bps|points|coins:[A-Z0-9]+|shares|count|days|weeks|months|years|other")
SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9_.]+")

Row = dict[str, Any]

_TEXT, _TEXT_OR_NONE = (str,), (str, type(None))
_NUMBER, _NUMBER_OR_NONE = (int, float), (int, float, type(None))
FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "calls": {
        "quote": _TEXT,
        "speaker": _TEXT,
        "organisation": _TEXT_OR_NONE,
        "asset": _TEXT,
        "stance": _TEXT,
        "target": (int, float, list, dict, type(None)),
        "horizon": _TEXT_OR_NONE,
        "conditional": (bool,),
        "verbatim": (bool,),
    },
    "correlations": {
        "quote": _TEXT,
        "speaker": _TEXT,
        "driver": _TEXT,
        "driver_event": _TEXT_OR_NONE,
        "response": _TEXT,
        "relation": _TEXT,
        "lag_days": (int, float, list, type(None)),
        "magnitude_pct": _NUMBER_OR_NONE,
        "coefficient": _NUMBER_OR_NONE,
        "instances": _NUMBER_OR_NONE,
        "periods": (list,),
        "kind": _TEXT,
    },
    "figures": {
        "text": _TEXT,
        "value": _NUMBER,
        "value_high": _NUMBER_OR_NONE,
        "unit": _TEXT,
        "role": _TEXT,
        "asset": _TEXT_OR_NONE,
        "direction": _TEXT_OR_NONE,
        "hedge": _TEXT_OR_NONE,
    },
}
ONE_OF = {
    "stance": ("bullish", "bearish", "neutral"),
    "relation": ("positive", "negative", "none"),
    "kind": ("pattern", "cause"),
    "role": (*ROLES, *MORE_ROLES),
    "direction": ("up", "down", None),
    "hedge": ("approx", "over", "under", None),
}


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def pairs(prefix: str) -> tuple[tuple[Row, Row], ...]:
    """(document, labels) of every annotated row of the files PREFIX_*.jsonl, in the order of the files."""
    found: list[tuple[Row, Row]] = []
    for labels in sorted(FOLDER.glob(f"{prefix}_*_gold.jsonl")):
        texts = rows(labels.with_name(labels.name.replace("_gold", "")))
        marks = rows(labels)
        assert [t["id"] for t in texts] == [m["id"] for m in marks], labels.name
        found += zip(texts, marks, strict=True)
    return tuple(found)


def misfits(labels: Row) -> list[str]:
    """Fields that are missing or not of the type or among the values of the annotation guide."""
    found = []
    for kind, fields in FIELDS.items():
        for row in labels[kind]:
            found += [f"{kind}: fields {sorted(row)}"] if set(row) != set(fields) else []
            found += [f"{kind}: {name} {row[name]!r}" for name, types in fields.items() if type(row[name]) not in types]
            found += [f"{kind}: {name} {row[name]!r}" for name in ONE_OF.keys() & row if row[name] not in ONE_OF[name]]
    found += [f"figures: unit {row['unit']!r}" for row in labels["figures"] if not UNIT.fullmatch(row["unit"])]
    return found


def unprinted(text: Row, labels: Row) -> list[str]:
    """Quotations, numbers, horizons and periods that do not stand in the text, and quotations that are too long."""
    claims = [*labels["calls"], *labels["correlations"]]
    parts = [row["quote"] for row in claims] + [row["text"] for row in labels["figures"]]
    parts += [row["horizon"] for row in labels["calls"] if row["horizon"]]
    parts += [period for row in labels["correlations"] for period in row["periods"]]
    missing = [part for part in parts if not part or part not in text["text"]]
    return missing + [row["quote"] for row in claims if len(row["quote"]) > 300]


def unnamed_speakers(text: Row, labels: Row) -> list[str]:
    """Speakers that are neither printed in the text, nor its own handle, nor the outlet or an unnamed group."""
    speakers = {row["speaker"] for row in (*labels["calls"], *labels["correlations"])}
    own = {"", "unnamed", "@" + (text.get("handle") or "")}
    return [name for name in speakers - own if name not in text["text"]]


def symbols(labels: Row) -> set[str]:
    """Every symbol of an asset or series in the labels."""
    found = {row["asset"] for row in (*labels["calls"], *labels["figures"]) if row["asset"]}
    sides = {row[side] for row in labels["correlations"] for side in ("driver", "response")}
    return found | {side for side in sides if SYMBOL.fullmatch(side)}
