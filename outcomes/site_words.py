"""How the site prints values: shares, prices, days, verdicts, and the links it dares to make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

DASH = "–"
SIGNS = {"held": "▲", "failed": "▼", "mixed": "◆", "pending": "◷", "ungradable": "○"}
MEASURES = {
    "direction": "direction", "stated": "its own horizon", "until_reversal": "until the speaker ended it",
    "target_touched": "target touched", "target_at_end": "target at the end", "excess": "against its benchmark",
    "favourable": "furthest in favour", "adverse": "furthest against", "run_up": "run-up before it",
    "correlation": "correlation", "claimed_window": "in the claimed window", "coefficient": "the coefficient",
    "precedes": "A precedes B", "price": "the price", "extreme": "the record", "change": "the move",
}  # fmt: skip


def share(value: float | None, digits: int = 0) -> str:
    """0.634 as "63 %"; a dash where there is no value."""
    return DASH if value is None else f"{100 * value:.{digits}f} %"


def change(value: float | None, digits: int = 1) -> str:
    """0.268 as "+26.8 %", -0.05 as "−5.0 %"; whole percents from ten times on."""
    if value is None:
        return DASH
    return f"{100 * value:+,.{0 if abs(value) >= 10 else digits}f} %".replace("-", "−")


def points(value: float | None) -> str:
    """A difference of shares in percentage points: 0.104 as "+10"."""
    return DASH if value is None else f"{100 * value:+.0f}".replace("-", "−")


def amount(value: float | None, digits: int | None = None) -> str:
    """A number with thousands separators, and as many digits as its size calls for."""
    if value is None:
        return DASH
    if digits is not None:
        return f"{value:,.{digits}f}"
    size = abs(value)
    if size >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if size >= 1 else f"{value:.4g}"


def day(value: str | None) -> str:
    """ "2024-03-14T08:00:00Z" as "14 Mar 2024"; a dash where there is no day, the text itself where it is none."""
    if not value:
        return DASH
    try:
        found = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{found.day} {found:%b %Y}"


def moment(value: str | None) -> str:
    """ "2024-03-14T08:00:00Z" as "14 Mar 2024, 08:00"."""
    return day(value) + (f", {value[11:16]}" if value and len(value) >= 16 else "")


def duration(seconds: float | None) -> str:
    """Seconds in the largest unit that fits: "3 days", "2 hours", "40 seconds"."""
    if seconds is None:
        return DASH
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size or size == 1:
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return DASH


def ago(value: str | None, now: datetime) -> str:
    """How long before `now` (UTC): "3 days ago"; "never" where there is no moment."""
    if not value:
        return "never"
    return f"{duration(max((now - datetime.fromisoformat(value)).total_seconds(), 0))} ago"


def sign(status: str | None) -> str:
    """The mark of a verdict, told apart by shape: "▲" for held."""
    return SIGNS.get(status or "", "○")


def measure(name: str) -> str:
    """A measure as a heading: "target_touched" as "target touched"."""
    return MEASURES.get(name, name.replace("_", " "))


def web_link(url: str | None) -> str:
    """The address where it is one of the web (http, https) with a host; else "": `javascript:` is never linked."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    return (url or "").strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def listing(value: str | None) -> str:
    """A JSON list of names as "a, b"; anything else as it is."""
    try:
        found = json.loads(value or "[]")
    except ValueError:
        return value or ""
    return ", ".join(str(name) for name in found) if isinstance(found, list) else str(found)


def target(claim: Mapping[str, Any]) -> str:
    """A call's target: "100,000", "80,000 to 90,000", "+20 %"; "" where there is none."""
    if claim.get("target") is None:
        return ""
    unit = " %" if claim.get("target_percent") else ""
    low, high = amount(claim["target"]), claim.get("target_high")
    return f"{low}{unit}" if high is None else f"{low} to {amount(high)}{unit}"


def plain_words(text: str | None, length: int = 280) -> str:
    """On one line, cut at a word where it is longer."""
    line = " ".join((text or "").split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + " …"


FILTERS = {
    function.__name__: function
    for function in (
        share, change, points, amount, day, moment, duration, sign, measure, web_link, listing, plain_words, target,
    )
}  # fmt: skip
