"""The words around a figure that decide what it is checked against, read from figure_words.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Lead = Literal["within", "since", "after"]
End = Literal["peak", "trough"]
_ENDS: tuple[End, ...] = ("peak", "trough")


@cache
def rules() -> dict[str, Any]:
    """The rules file as it is."""
    return tomllib.loads(files("outcomes").joinpath("figure_words.toml").read_text(encoding="utf-8"))


def extreme_of(quote: str, at: int, text: str) -> str | None:
    """ "all-time high" or "all-time low" where the words bind the figure at `at` to one."""
    binding = rules()["binding"]
    left, right = quote[:at], quote[at + len(text) :]
    for row in rules()["extreme"]:
        words = f"(?:{row['pattern']})"
        if _found(rf"{words}\b{binding['before']}$", left) or _found(rf"^{binding['after']}{words}", right):
            return str(row["kind"])
    return None


def other_quantity(text: str) -> bool:
    """Whether the words speak of a quantity that is not the asset's price."""
    return _found(rules()["other_quantity"]["pattern"], text)


def is_former(text: str) -> bool:
    """Whether the record is one that stood before."""
    return _found(rules()["former"]["pattern"], text)


def lead_of(period: str, quote: str) -> Lead:
    """How a period bounds a move: within it, since it, or after it."""
    own = period.strip()
    for row in rules()["lead"]:
        kind: Lead = row["kind"]
        if _found(rf"^{row['pattern']}\b", own):
            return kind
        if _found(rf"\b{row['pattern']}\s+(?:\w+\s+){{0,3}}?{re.escape(own)}", quote):
            return kind
    return "within"


def starts_at(period: str, quote: str) -> End | None:
    """Whether the move is counted from the top or the bottom of the period."""
    own = re.escape(period.strip())
    for where in _ENDS:
        word = f"(?:{rules()[where]['pattern']})"
        if _found(rf"{own}\S*\s+(?:\w+\s+)?{word}|{word}\s+(?:\w+\s+){{0,2}}?{own}", quote):
            return where
    return None


def is_general(quote: str) -> bool:
    """Whether the sentence speaks of several occasions at once ("in each of the five cases", "on average")."""
    return _found(rules()["general"]["pattern"], quote)


def another_index(asset: str, quote: str) -> bool:
    """Whether the quote speaks of a variant of the index: Russell 2000 Value is not the Russell 2000."""
    return any(row["asset"] == asset and _found(row["pattern"], quote) for row in rules()["variant"])


def _found(pattern: str, text: str) -> bool:
    return bool(_compiled(pattern).search(text))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
