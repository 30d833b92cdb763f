"""calledit grade --explain: the arithmetic of a claim's verdicts in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.common import UserError

if TYPE_CHECKING:
    from sqlite_utils import Database


def explain_claim(database: Database, claim_id: str) -> str:
    """Every current verdict on the claim whose id begins so, one paragraph each. Raises UserError."""
    from db.corrections import CorrectionError, find_claim
    from db.pages import verdicts_of
    from outcomes.explain import explain

    try:
        _, claim = find_claim(database, claim_id)
    except CorrectionError as error:
        raise UserError(str(error)) from error
    verdicts = verdicts_of(database, claim["id"])
    if not verdicts:
        raise UserError(f"claim {claim['id']} has no verdict yet: run `calledit grade`")
    return "\n\n".join([f"“{claim['quote']}”", *(explain(verdict, claim) for verdict in verdicts)])
