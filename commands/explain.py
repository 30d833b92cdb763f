"""calledit grade --explain: the arithmetic of a claim's verdicts in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commands.common import UserError

if TYPE_CHECKING:
    from sqlite_utils import Database


def explain_claim(database: Database, claim_id: str) -> str:
    """Every current verdict on the claim whose id begins so, one paragraph each. Raises UserError."""
    from db.corrections import CorrectionError, find_claim
    from db.pages import verdicts_of
    from outcomes.explain import explain

    try:
        kind, claim = find_claim(database, claim_id)
    except CorrectionError as error:
        raise UserError(str(error)) from error
    if kind == "close":
        return _what_it_ended(database, claim)
    verdicts = verdicts_of(database, claim["id"])
    if not verdicts:
        raise UserError(f"claim {claim['id']} has no verdict yet: run `calledit grade`")
    return "\n\n".join([f"“{claim['quote']}”", *(explain(verdict, claim) for verdict in verdicts)])


def _what_it_ended(database: Database, close: dict[str, Any]) -> str:
    """A closing statement is not graded; it says which calls end with it."""
    from db.pages_claim import ended_calls

    side = "a position" if close["side"] == "unknown" else f"a {close['side']} position"
    calls = [row["id"] for row in ended_calls(database, close["id"], close["speaker_id"], close["asset"])]
    who = close["speaker"] or "The outlet"
    said = f"{who} said that {side} in {close['asset']} was closed; that is no call and is not graded."
    return f"{said}\n" + (f"It ends these calls: {', '.join(calls)}." if calls else "It ends no graded call.")
