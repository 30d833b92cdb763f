"""The price target of a call: which of a clause's numbers it is headed for."""

from __future__ import annotations

import re
from nlp.candidates import Candidate
from nlp.claims import Stance, Target
from nlp.conditions import Condition
from nlp.figures.grammar import Quantity
from nlp.reading import Reading

_TOWARD = re.compile(
    r"(?:\b(?:to|toward|towards|at|hit|hits|hitting|reach|reaches|reaching|target|targets|targeting|near|around|test|tests|testing|retest"
    r"|of|exceed|surpass|top|eye|eyes|eyeing|above|below|between|as (?:high|low) as|is|be|next|see|sees|by|for|back to|down to|up to|about|roughly|"
    r"over|near|or|and|even|into|high|the|a|from)|[:→>~]|=)\s*(?:the\s|a\s|about\s|around\s|nearly\s|roughly\s|as much as\s|at least\s|between\s|even\s|\$)*$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:to|toward|towards|hit\w*|reach\w*|target\w*|test\w*|retest|as (?:high|low) as|exceed|surpass|top|eye\w*|aim\w*|until|projection|forecast\w*|"
    r"predict\w*|price|objective|next|potential|rally\w*|surge\w*|climb\w*|rise|fall|drop|slide|sink|decline|send|push\w*|run|move|pullback|correction|dip|worth|valued)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b(?:support|resistance|above|below|hold\w*|break\w*|close[sd]?|clos\w+|reclaim\w*|defend\w*|loss of|lose\w*|under|over|from|past|through|since|threshold|barrier|neckline|"
    r"moving average|stop|stopped|entry|entered|currently|trading|traded|trades|now|was|were|had|at press|stood|high of|low of|peak of|record)\b[^.;]{0,24}$",
    re.IGNORECASE,
)
_MOVE = re.compile(r"\b(?:gain|rally|upside|rise|surge|increase|drop|decline|fall|correction|crash|pullback|move|jump|climb|downside|plunge|return|higher|lower|up|down|run|advance|slide)", re.I)


def find_target(
    reading: Reading, candidate: Candidate, stance: Stance, condition: Condition | None
) -> Target | None:
    """The last price the clause is headed for, else a percent move; None where there is none."""
    text, clause = reading.prepared.text, candidate.clause
    inside = [q for q in reading.quantities if clause.start <= q.start < clause.end and not _conditional(q, condition)]
    prices = [q for q in inside if _is_price(q) and _headed(text, clause.start, q)]
    if prices:
        return _price(prices, stance)
    moves = [q for q in inside if q.kind in ("percent", "multiple") and _is_move(text, q)]
    return _percent(moves[-1], stance) if moves else None


def _conditional(quantity: Quantity, condition: Condition | None) -> bool:
    return condition is not None and condition.start <= quantity.start < condition.end


def _is_price(quantity: Quantity) -> bool:
    return quantity.unit in ("USD", "EUR", "points") or (quantity.kind == "bare" and quantity.value >= 0.5)


def _headed(text: str, start: int, quantity: Quantity) -> bool:
    before = text[max(start, quantity.start - 60) : quantity.start]
    if quantity.magnitude >= 1e6 and quantity.kind == "money":
        return bool(re.search(r"market cap|capitali[sz]ation|valuation", text[quantity.end : quantity.end + 30], re.I))
    if not _TOWARD.search(before) and not before.rstrip().endswith((",", "(", "-", "–", "$")):
        return False
    level = _LEVEL.search(before)
    strong = _STRONG.search(before)
    return bool(strong) and not (level and level.start() > strong.start())


def _price(prices: list[Quantity], stance: Stance) -> Target:
    if len(prices) == 1 or prices[-1].high is not None:
        return Target(prices[-1].value, prices[-1].high)
    values = [q.value for q in prices]
    if stance == "bearish":
        return Target(min(values))
    return Target(max(values)) if stance == "bullish" else Target(min(values), max(values))


def _is_move(text: str, quantity: Quantity) -> bool:
    return bool(_MOVE.search(text, max(0, quantity.start - 30), quantity.start) or _MOVE.search(text, quantity.end, quantity.end + 25))


def _percent(quantity: Quantity, stance: Stance) -> Target:
    factor = -1.0 if stance == "bearish" else 1.0
    if quantity.kind == "multiple":
        return Target((quantity.value - 1) * 100, None if quantity.high is None else (quantity.high - 1) * 100, True)
    return Target(factor * quantity.value, None if quantity.high is None else factor * quantity.high, True)
