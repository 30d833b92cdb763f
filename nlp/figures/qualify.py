"""Hedge, direction and unit of a figure, read from the words beside it."""

from __future__ import annotations

import re

from markets.assets import registry
from nlp.claims import Direction, Hedge
from nlp.figures.context import Around
from nlp.figures.lexicon import cue_groups
from nlp.figures.quantity import Quantity

_APPROX = (
    r"(?:\b(?:about|around|nearly|roughly|approximately|approx\.?|almost|close to|closer to|near|an estimated|"
    r"estimated|some|circa|or so|just under|just over|just above|just below|just shy of|in the vicinity of|"
    r"hovering near)(?: (?:the|a|an))?|[~≈∼])\s?$"
)
_OVER = (
    r"\b(?:over|more than|at least|exceed(?:ing|s|ed)?|north of|upwards of|greater than|surpass(?:ing|ed)|no less than|"
    r"topp(?:ing|ed)|better than)(?: (?:the|a|an))?\s?$"
)
_UNDER = (
    r"\b(?:under|less than|fewer than|up to|as much as|as many as|at most|no more than|not more than|lower than|sub)"
    r"(?: (?:the|a|an))?[\s-]?$"
)
_HEDGES: tuple[tuple[Hedge, re.Pattern[str]], ...] = (
    ("approx", re.compile(_APPROX, re.IGNORECASE)),
    ("over", re.compile(_OVER, re.IGNORECASE)),
    ("under", re.compile(_UNDER, re.IGNORECASE)),
)
_ABOVE = re.compile(r"\b(?:above|beyond)(?: (?:the|a|an))?\s?$", re.I)
_BELOW = re.compile(r"\b(?:below|beneath)(?: (?:the|a|an))?\s?$", re.I)


def hedge(before: str, after: str, quantity: Quantity, role: str) -> Hedge | None:
    """approx, over or under; a level that something must happen above or below takes none."""
    if (
        role in ("level", "target")
        and re.search(r"\b(?:over|under)(?: the)?\s?$", before, re.I)
        and quantity.kind == "money"
    ):
        return None
    for name, pattern in _HEDGES:
        if pattern.search(before):
            return name
    if quantity.plus or after.startswith("+") or re.match(r" (?:or|and) (?:more|higher|above)\b|-plus\b", after):
        return "over"
    if role not in ("level", "target"):
        if _ABOVE.search(before):
            return "over"
        if _BELOW.search(before):
            return "under"
    return None


def direction(quantity: Quantity, around: Around) -> Direction | None:
    """up or down, from the sign or the nearest movement word of the clause."""
    if quantity.sign:
        return "up" if quantity.sign == "+" else "down"
    for place in range(8):
        for words in (around.before, around.after[:4]):
            if place < len(words):
                groups = cue_groups(words[place])
                if ("up" in groups) != ("down" in groups):
                    return "up" if "up" in groups else "down"
    return None


_FX_USD = frozenset(["EURUSD", "GBPUSD", "AUDUSD", "NZDUSD"])
_SCORE = re.compile(r"\b(?:rsi|index|score|scores|rating|pmi|greed|fear|sentiment|points)\b")


def unit(quantity: Quantity, role: str, asset: str | None, clause: str, after: str) -> str:
    """The unit, also of a bare number, which its role and asset decide."""
    if quantity.unit == "coins:":
        return f"coins:{asset}" if asset else "other"
    if quantity.kind == "times":
        return "count" if role == "count" else "x"
    if quantity.kind == "ordinal":
        return _ordinal_unit(after)
    if quantity.kind == "written" and quantity.text.casefold() in ("twice", "thrice"):
        return "x" if re.match(r" (?:as|its|the|that|their|what|more)\b", after) else "count"
    if quantity.kind != "bare":
        return quantity.unit
    return _bare_unit(quantity, role, asset, clause, after)


def _ordinal_unit(after: str) -> str:
    found = re.search(r"\b(day|session|week|month|year|time|quarter)", after[:30])
    word = found.group(1) if found else ""
    return {"day": "days", "session": "days", "week": "weeks", "month": "months", "year": "years"}.get(word, "count")


def _bare_unit(quantity: Quantity, role: str, asset: str | None, clause: str, after: str) -> str:
    row = registry().get(asset) if asset else None
    kind = row.kind if row else ("ticker" if asset else None)
    if quantity.text.casefold() == "zero" and role in ("rate", "target", "change"):
        return "%"
    if re.match(r" (?:\w+ )?shares?\b", after):
        return "shares"
    if role == "count":
        return "count"
    if role in ("volume", "holding", "flow") and kind in ("coin", "equity", "fund", "ticker"):
        return f"coins:{asset}" if kind == "coin" else "shares"
    if role == "indicator":
        return "points" if _SCORE.search(clause) and "ratio" not in clause else "other"
    if kind == "index" or asset == "DXY":
        return "points"
    if kind == "currency":
        return "USD" if asset in _FX_USD else "other"
    if asset == "ETHBTC":
        return "coins:BTC"
    if role in ("price", "level", "target") and kind in ("coin", "equity", "fund", "commodity", "ticker"):
        return "USD"
    return "count" if quantity.word or re.match(r" (?:\w+ )?[a-z]+s\b", after) else "other"
