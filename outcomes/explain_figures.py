"""Verdicts on figures in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outcomes.wording import number, percent, signed

Row = Mapping[str, Any]


def price(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """Whether it traded there."""
    first, last = detail["days_said"]
    lines = [
        f"{detail['asset']} between {first} and {last}: claimed {number(detail['claimed'])}, give or take "
        f"{number(detail['tolerance'])}."
    ]
    day = f"{verdict['entry_date']}, when it ran from {number(detail['low'])} to {number(detail['high'])}"
    closed = f"closed at {number(verdict['entry_price'])}"
    where = {
        "held": f"It was there on {day} and {closed} (fits the {detail['basis']} price): held.",
        "mixed": f"Not in those days, but on {day}: true only for another time, mixed.",
        "failed": f"It never traded there up to publication; on {day} it {closed}: failed.",
    }
    lines.append(where[verdict["status"]])
    lines.append(f"{detail['days_covered']} of {detail['days_looked_at']} days looked at had that price.")
    return lines


def extreme(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """Whether it was the record."""
    which = "a record that stood before" if detail["former"] else "the record at publication"
    return [
        f"Claimed as {detail['kind']}: {number(detail['claimed'])}. Nearest to it, {which} by {detail['basis']} price "
        f"is {number(verdict['value'])} on {verdict['entry_date']}, {percent(detail['away'])} away (allowed "
        f"{percent(detail['allowed'])}): {verdict['status']}."
    ]


def change(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """What the move was over the plain reading, and over which windows it is true."""
    lines = [
        f"{detail['asset']} went from {number(verdict['entry_price'])} on {verdict['entry_date']} to "
        f"{number(verdict['exit_price'])} on {verdict['exit_date']}: {_move(verdict['value'], verdict)}, against the "
        f"claimed {_move(detail['claimed'], verdict)}.",
        f"Reading of the words: {detail['reading']}. It is true in {percent(detail['share'])} of {detail['windows']} "
        f"admissible windows: {verdict['status']}.",
    ]
    if "smallest" in detail:
        low, high = _move(detail["smallest"], verdict), _move(detail["largest"], verdict)
        lines.append(f"Over those windows the move ran from {low} to {high}.")
    if "true_from" in detail:
        lines.append(f"One window in which it is true: {detail['true_from']} to {detail['true_to']}.")
    if detail.get("basis") == "intraday":
        lines.append("Closes do not give it; highs and lows within the days do.")
    if "confusion" in detail:
        lines.append(f"A likely confusion: {detail['confusion']}.")
    return lines


def _move(value: float, verdict: Row) -> str:
    """In percent where the two prices make it a relative move, else in units of the price."""
    start, end = verdict["entry_price"], verdict["exit_price"]
    relative = start and abs(end / start - 1 - verdict["value"]) < 1e-6
    return signed(value) if relative else f"{value:+,.6g}"
