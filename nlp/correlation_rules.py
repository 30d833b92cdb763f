"""The data correlations are read by: cues of relations, drivers without a price of their own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from markets.assets import registry
from nlp.prefilter import Caseless, Gate


@dataclass(frozen=True, slots=True)
class Cue:
    """A way of saying that things go together; `frame` groups them (general, relation, lead, signal ...)."""

    id: str
    frame: str
    pattern: re.Pattern[str]
    example: str


@dataclass(frozen=True, slots=True)
class Driver:
    """Something that moves prices. `asset`: it is a change of that series. `chart`: of the asset's own chart.

    `sign` is the direction prices are commonly said to take with it, 0 where it depends.
    """

    label: str
    pattern: re.Pattern[str]
    example: str
    asset: str | None = None
    event: str | None = None
    sign: int = 0
    chart: bool = False
    printed: bool = False  # stored under the words found, not under the label
    event_id: str | None = None


@cache
def cues() -> tuple[Cue, ...]:
    """The rows of correlations.jsonl."""
    lines = files("nlp").joinpath("correlations.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return tuple(
        Cue(r["id"], r["frame"], re.compile(rf"(?<!\w)(?:{r['pattern']})", re.IGNORECASE), r["example"]) for r in rows
    )


@lru_cache(maxsize=4096)
def cue_spans(text: str) -> tuple[tuple[int, int, Cue], ...]:
    """Every cue of a relation in a text, with its span."""
    return tuple((start, end, cues()[number]) for number, start, end in _cue_gate().spans(text))


@cache
def _cue_gate() -> Gate:
    return Gate([cue.pattern for cue in cues()])


@lru_cache(maxsize=4096)
def cues_in(text: str) -> tuple[str, ...]:
    """Ids and frames of the cues in a text."""
    return named_cues(cue for _, _, cue in cue_spans(text))


def named_cues(found: Iterable[Cue]) -> tuple[str, ...]:
    """The ids of cues and, after them, their frames; each once."""
    distinct = list(dict.fromkeys(found))
    return tuple(dict.fromkeys([cue.id for cue in distinct] + [f"frame {cue.frame}" for cue in distinct]))


@dataclass(frozen=True, slots=True)
class LooseName:
    """A name that stands for a series only beside something it could go together with: "small caps"."""

    symbol: str
    pattern: re.Pattern[str]
    example: str
    among_coins: str | None = None  # what it stands for in a document about coins


@cache
def loose_names() -> tuple[LooseName, ...]:
    """The `name` rows of drivers.toml."""
    rows = _table()["name"]
    return tuple(LooseName(r["symbol"], _whole_words(r["pattern"]), r["example"], r.get("coins")) for r in rows)


def possible_names(text: str) -> Iterator[LooseName]:
    """The loose names that could be in a text."""
    return (loose_names()[number] for number in _name_gate().open(text))


@cache
def _name_gate() -> Gate:
    return Gate([name.pattern for name in loose_names()])


@dataclass(frozen=True, slots=True)
class Movement:
    """Words of rise and fall, and words that turn them around."""

    up: re.Pattern[str]
    down: re.Pattern[str]
    against: re.Pattern[str]


@cache
def movement() -> Movement:
    """The `movement` row of drivers.toml."""
    row = _table()["movement"]
    return Movement(_whole_words(row["up"]), _whole_words(row["down"]), _whole_words(row["against"]))


@cache
def movement_finders() -> tuple[Caseless, Caseless, Caseless]:
    """The words of rise, those of fall and those that turn them around, for finding quickly."""
    return Caseless(movement().up), Caseless(movement().down), Caseless(movement().against)


@cache
def usual_sign(driver: str, response: str) -> int:
    """How two things commonly go together by the `usual` rows of drivers.toml, either way round: 1, -1 or 0."""
    for row in _table()["usual"]:
        for a, b in ((driver, response), (response, driver)):
            if _in_group(a, row["driver"]) and _in_group(b, row["response"]):
                return int(row["sign"])
    return 0


def _in_group(name: str, group: list[str]) -> bool:
    asset = registry().get(name)
    return name in group or (asset is not None and asset.kind in group)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("nlp").joinpath("drivers.toml").read_text(encoding="utf-8"))


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])", re.IGNORECASE)


@cache
def drivers() -> tuple[Driver, ...]:
    """The `driver` rows of drivers.toml."""
    return tuple(
        Driver(
            label=row["label"],
            pattern=_whole_words(row["pattern"]),
            example=row["example"],
            asset=row.get("asset"),
            event=row.get("event"),
            sign=row.get("sign", 0),
            chart=row.get("self", False),
            printed=row.get("printed", False),
            event_id=row.get("id"),
        )
        for row in _table()["driver"]
    )


def driver_spans(text: str) -> Iterator[tuple[int, int, Driver]]:
    """Every driver in a text, with its span, driver by driver."""
    return ((start, end, drivers()[number]) for number, start, end in _driver_gate().spans(text))


@cache
def _driver_gate() -> Gate:
    return Gate([driver.pattern for driver in drivers()])
