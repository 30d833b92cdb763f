"""The arithmetic behind a verdict, in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from outcomes.explain_others import explain_other

Row = Mapping[str, Any]

_REASONS = {
    "undated": "The document carries no date, so there is no moment to grade from.",
    "no priced asset": "There are no prices for this asset, nor an agreed stand-in.",
    "series not loaded": "Prices of this asset exist but are not loaded; `calledit prices` fetches them.",
    "condition not met": "The call depended on a price level that was not reached before its horizon.",
    "condition not checkable": "The call depends on a condition that is not a price level.",
    "price missing": "There is no usable close within a week of the day that was needed.",
    "history too short": "Too few earlier windows of this length had ended by the entry day for a base rate.",
    "implausible target": "The target was already met at entry, or lies more than twenty times away.",
    "split unknown": "The target may have been printed before a share split that is not on record.",
    "not yet due": "The horizon ends after the newest price.",
    "not a price claim": "The sentence asks or looks back; it does not call a price.",
    "no checkable period": "The stated horizon had ended before the first price after publication.",
    "rejected by a person": "A person marked this claim as misread.",
    "from a rewritten copy": "The text is machine-paraphrased, and its figures are not trusted.",
    "closed by the speaker": "The speaker said that the position was closed, which ends the call there.",
}


def explain(verdict: Row, claim: Row) -> str:
    """One verdict as sentences: a row of table `verdicts` and the claim's own row, keyed by column name."""
    if verdict.get("claim_kind", "call") != "call":
        return explain_other(verdict, claim)
    lines = [_heading(verdict, claim)]
    if verdict["status"] in ("pending", "ungradable"):
        reason = verdict["reason"]
        lines.append(f"{str(verdict['status']).capitalize()}: {reason}. {_REASONS.get(reason, '')}".rstrip())
        return "\n".join(lines)
    detail = _detail(verdict)
    lines.append(_prices(verdict, claim, detail))
    lines += _MEASURES[verdict["measure"]](verdict, claim, detail)
    lines.append(f"Rule version {verdict['rule_version']}, input {verdict['input_hash']}.")
    return "\n".join(lines)


def _heading(verdict: Row, claim: Row) -> str:
    speaker = claim.get("speaker") or "the outlet"
    return f"{speaker}, {claim['stance']} on {claim['asset']}: {verdict['measure']} over {verdict['horizon']} days."


def _detail(verdict: Row) -> dict[str, Any]:
    detail = verdict.get("detail") or {}
    return dict(json.loads(detail) if isinstance(detail, str) else detail)


def _prices(verdict: Row, claim: Row, detail: Row) -> str:
    symbol = detail.get("proxy") or claim["asset"]
    stand_in = f" ({symbol} stands in for {claim['asset']})" if "proxy" in detail else ""
    return (
        f"{symbol} closed at {_number(verdict['entry_price'])} on {verdict['entry_date']}, the first close after the "
        f"call counted, and at {_number(verdict['exit_price'])} on {verdict['exit_date']}{stand_in}."
    )


def _direction(verdict: Row, claim: Row, detail: Row) -> list[str]:
    moved = _move(verdict, detail)
    if "share" in detail:
        first = (
            f"The horizon is vague: weighted over its days, the call stood right for {_percent(detail['share'])} of "
            "it (held from 66.7 %, failed up to 33.3 %)."
        )
    elif claim["stance"] == "neutral":
        first = f"{moved}; a neutral call holds if that is within 0.6745·σ·√days, or inside the range it states."
    else:
        first = f"{moved}, so the {claim['stance']} call {verdict['status']}."
    return [first, _base_rate(verdict, detail)]


def _until_ended(verdict: Row, claim: Row, detail: Row) -> list[str]:
    if verdict["reason"] == "closed by the speaker":
        why = (
            f"The speaker said that the position was closed (statement {detail['closed_by']}): the call ends with the "
            "first close after that."
        )
    else:
        why = "The speaker took another view of the asset: the call ends with the first close after that."
    return [why, *_direction(verdict, claim, detail)]


def _move(verdict: Row, detail: Row) -> str:
    start, end = verdict["entry_price"], verdict["exit_price"]
    if "by_level" in detail:
        return f"{_number(end)} - {_number(start)} = {end - start:+,.6g} (graded by change in level)"
    return f"{_number(end)} / {_number(start)} - 1 = {_signed(end / start - 1)}"


def _base_rate(verdict: Row, detail: Row) -> str:
    if verdict["base_rate"] is None:
        return "There is no base rate."
    windows = f" ({int(detail['windows'])} windows of the five years before)" if "windows" in detail else ""
    return f"The same came true in {_percent(verdict['base_rate'])} of earlier windows of this length{windows}."


def _target(verdict: Row, claim: Row, detail: Row) -> list[str]:
    how = "a daily close reached" if verdict["measure"] == "target_touched" else "the last close was at or beyond"
    outcome = "Held" if verdict["status"] == "held" else "Failed"
    lines = [
        f"{outcome}: the question is whether {how} {_number(detail['target'])}; {_percent(verdict['value'])} of the "
        "way was covered.",
        f"A driftless price as volatile as this one then was does so with odds of {_percent(verdict['base_rate'])}.",
    ]
    if "own_history_odds" in detail:
        share = _percent(detail["own_history_odds"])
        lines.append(f"In {share} of its own earlier windows the asset went as far.")
    return lines


def _excess(verdict: Row, claim: Row, detail: Row) -> list[str]:
    own = verdict["exit_price"] / verdict["entry_price"] - 1
    return [
        f"It moved {_signed(own)}; its benchmark moved {_signed(detail['benchmark_return'])}, which at a beta of "
        f"{detail['beta']:.2f} accounts for {_signed(detail['beta'] * detail['benchmark_return'])}.",
        f"What is left, towards the call, is {_signed(verdict['value'])}: {verdict['status']}.",
    ]


def _excursion(verdict: Row, claim: Row, detail: Row) -> list[str]:
    which = "in favour of" if verdict["measure"] == "favourable" else "against"
    return [
        f"The furthest daily high or low {which} the call stood {_amount(verdict['value'], detail)} from entry; "
        f"for the same call at random earlier dates the mean is {_amount(verdict['base_rate'], detail)}.",
    ]


def _run_up(verdict: Row, claim: Row, detail: Row) -> list[str]:
    moved = _amount(verdict["value"], detail)
    return [f"In the days before publication the price had moved {moved} towards the call."]


_MEASURES: dict[str, Callable[[Row, Row, Row], list[str]]] = {
    "direction": _direction,
    "stated": _direction,
    "until_reversal": _until_ended,
    "target_touched": _target,
    "target_at_end": _target,
    "excess": _excess,
    "favourable": _excursion,
    "adverse": _excursion,
    "run_up": _run_up,
}


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.6g}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _amount(change: float, detail: Row) -> str:
    return f"{change:+,.6g}" if "by_level" in detail else _signed(change)


def _signed(change: float) -> str:
    return f"{100 * change:+.1f} %"
