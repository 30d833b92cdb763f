"""The arithmetic behind verdicts on correlations and figures, in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from outcomes.explain_figures import change, extreme, price
from outcomes.explain_patterns import coefficient, correlation, precedes, window

Row = Mapping[str, Any]

REASONS = {
    "undated": "The document carries no date, so nothing can be set against it.",
    "no priced asset": "There are no prices for one of the things the claim is about, nor an agreed stand-in.",
    "series not loaded": "Prices for it exist but are not loaded; `calledit prices` fetches them.",
    "price missing": "There is no usable close for the days that were needed.",
    "history too short": "Fewer than sixty returns in common, or the record may be older than the loaded prices.",
    "not yet due": "The window ends after the newest price.",
    "not a price claim": "The sentence asks; it claims nothing.",
    "cause not graded": "It gives a reason for one move; prices alone cannot show what caused it.",
    "no checkable period": "The sentence does not say over which days, or speaks of several occasions at once.",
    "no such measure": "Daily prices cannot tell: it is a flow, a holding, a count or another statistic.",
    "rejected by a person": "A person marked this claim as misread.",
    "event not defined": "The event it speaks of has no row in the file of event definitions.",
    "too few occurrences": "The event has happened fewer than three times with a full window after it.",
    "from a rewritten copy": "The text is machine-paraphrased, and its figures are not trusted.",
    "a forecast or a level": "It is a target or a level to watch, not something that was.",
    "another index": "The sentence speaks of a variant of the index, which has a series of its own.",
    "another unit": "It is printed in a unit that the price series is not in.",
    "implausible figure": "It is more than three times away from the price, so it was probably misread.",
    "asset unclear": "It does not fit the asset it was read for, but the sentence may be about another one.",
}


def explain_other(verdict: Row, claim: Row) -> str:
    """One verdict on a correlation or a figure, as sentences: rows of table `verdicts` and of the claim's table."""
    lines = [_heading(verdict, claim)]
    if verdict["status"] in ("pending", "ungradable"):
        reason = verdict["reason"]
        lines.append(f"{str(verdict['status']).capitalize()}: {reason}. {REASONS.get(reason, '')}".rstrip())
        return "\n".join(lines)
    detail = verdict.get("detail") or "{}"
    lines += _MEASURES[verdict["measure"]](verdict, json.loads(detail) if isinstance(detail, str) else detail)
    lines.append(f"Rule version {verdict['rule_version']}, input {verdict['input_hash']}.")
    return "\n".join(lines)


def _heading(verdict: Row, claim: Row) -> str:
    speaker = claim.get("speaker") or "the outlet"
    if verdict["claim_kind"] == "figure":
        about = f" of {claim['asset']}" if claim.get("asset") else ""
        return f"{speaker}, “{claim['text']}”{about}: {verdict['measure']}."
    event = f" ({claim['driver_event']})" if claim.get("driver_event") else ""
    return f"{speaker}, {claim['driver']}{event} and {claim['response']}, {claim['relation']}: {verdict['measure']}."


_MEASURES: dict[str, Callable[[Row, dict[str, Any]], list[str]]] = {
    "correlation": correlation,
    "claimed_window": window,
    "coefficient": coefficient,
    "precedes": precedes,
    "price": price,
    "extreme": extreme,
    "change": change,
}
