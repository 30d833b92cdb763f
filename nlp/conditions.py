"""Stated conditions of a view: "if $3,800 fails", "a break above $3.40", with price levels in fields of their own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from nlp.assets import AssetMention
from nlp.figures.grammar import Quantity
from nlp.first_letters import narrowed


@dataclass(frozen=True, slots=True)
class Condition:
    """`text[start:end]` is the condition; asset, side and level are set where it is a price level."""

    start: int
    end: int
    asset: str | None = None
    side: Literal["above", "below"] | None = None
    level: float | None = None


@cache
def _opener() -> re.Pattern[str]:
    data = tomllib.loads(files("nlp").joinpath("conditions.toml").read_text(encoding="utf-8"))
    return narrowed(re.compile("|".join(f"(?:{row['pattern']})" for row in data["opener"])))


_END = re.compile(r",\s|;|\s(?=(?:could|would|may|might|will|can|opens?|confirms?|then)\b)|$")
_ABOVE = re.compile(
    r"\b(?:above|over|past|through|beyond|reclaim\w*|clear\w*|breakout|surpass\w*|overcome|hold\w*|defend\w*|flip\w*)\b",
    re.I,
)
_BELOW = re.compile(
    r"\b(?:below|under|beneath|lose\w*|losing|fail\w*|break(?:s|ing)?\s?down|breakdown|drop\w*|fall\w*|"
    r"slip\w*|loss of)\b",
    re.I,
)


def find_condition(
    text: str,
    start: int,
    end: int,
    asset: str,
    quantities: Sequence[Quantity] = (),
    mentions: Sequence[AssetMention] = (),
) -> Condition | None:
    """The condition inside `text[start:end]`, or None."""
    opener = _opener().search(text, start, end)
    if opener is None:
        return None
    ending = _END.search(text, opener.end(), end)
    stop = ending.start() if ending else end
    stop = max(stop, opener.end())
    level = next((q for q in quantities if opener.start() <= q.start < stop and _is_level(q)), None)
    side = _side(text, opener.start(), level.start if level else stop)
    if level is None or side is None:
        return Condition(opener.start(), stop)
    named = [m.symbol for m in mentions if opener.start() <= m.start < stop]
    return Condition(opener.start(), stop, named[0] if named else asset, side, level.value)


def _is_level(quantity: Quantity) -> bool:
    return quantity.unit in ("USD", "EUR", "points", "other", "count")


def _side(text: str, start: int, end: int) -> Literal["above", "below"] | None:
    below = list(_BELOW.finditer(text, start, end))
    above = list(_ABOVE.finditer(text, start, end))
    if not below and not above:
        return None
    if below and re.match(r"fail", below[0].group(), re.I):
        return "below"
    if not below or (above and above[-1].start() > below[-1].start()):
        return "above"
    return "below"
