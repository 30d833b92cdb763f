"""An LLM's claims joined with those of the default layers.

The same (speaker, asset, stance) is one call, unless the horizons or the conditions differ. Where both readers have it,
the row of the default layers stays, with its confidence; what it lacks (target, horizon, organisation, a name for an
unnamed speaker) is filled in from the LLM where both quotes overlap, and the row then says "llm" for its layer. A
claim that only the LLM makes is added, under the threshold of verified claims. Where the two contradict each other on
the same words, the default layers' claim stays and the LLM's is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nlp.claims import Call, Claim, Claims, Correlation, Figure, to_annotation
from nlp.evaluate import same_speaker, same_thing
from nlp.models.llm_quotes import confidence
from nlp.models.llm_speaker import NAMELESS

AnyClaim = Call | Correlation | Figure

_MAY_FILL: Mapping[type[AnyClaim], tuple[str, ...]] = {
    Call: ("target", "horizon", "organisation"),
    Correlation: ("driver_event", "lag_days", "magnitude_pct", "coefficient", "instances", "periods", "organisation"),
    Figure: ("asset", "direction"),
}


@dataclass(frozen=True, slots=True)
class Joined:
    """The claims of both readers; how many the LLM added and filled in, and those of its own that were refused."""

    claims: Claims
    added: int
    filled: int
    refused: tuple[tuple[str, str], ...]


def joined(claims: Claims, found: Iterable[AnyClaim], version: str) -> Joined:
    """The default layers' claims with those an LLM found in the document; rows that change carry `version`."""
    rows: list[AnyClaim] = [*claims.calls, *claims.correlations, *claims.figures]
    added, filled, refused = 0, set[int](), []
    for new in found:
        twin = next((n for n, ours in enumerate(rows) if is_same(ours, new)), None)
        against = next((why for ours in rows if (why := contradiction(ours, new))), None)
        if twin is not None:
            fuller = completed_from(rows[twin], new, version)
            filled |= {twin} if fuller is not rows[twin] and rows[twin].layer != "llm" else set()
            rows[twin] = fuller
        elif against or new.id in {row.id for row in rows}:
            refused.append((_shown(new), f"{new.rule}: {against or 'the same words carry this claim already'}"))
        else:
            rows.append(replace(new, extractor_version=version))
            added += 1
    return Joined(_sorted(claims, rows), added, len(filled), tuple(refused))


def _sorted(claims: Claims, rows: list[AnyClaim]) -> Claims:
    """The rows by kind, in reading order."""
    rows = sorted(rows, key=lambda row: row.text_start if isinstance(row, Figure) else row.start)
    return replace(
        claims,
        calls=tuple(row for row in rows if isinstance(row, Call)),
        correlations=tuple(row for row in rows if isinstance(row, Correlation)),
        figures=tuple(row for row in rows if isinstance(row, Figure)),
    )


def _shown(claim: AnyClaim) -> str:
    return json.dumps({type(claim).__name__.lower(): to_annotation(claim)})


# --- the same claim ---------------------------------------------------------------------------------------------


def is_same(ours: AnyClaim, new: AnyClaim) -> bool:
    """Whether both say the same of the same thing."""
    if isinstance(ours, Call) and isinstance(new, Call):
        return _same_view(ours, new) and _one_voice(ours, new) and _one_term(ours, new)
    if isinstance(ours, Correlation) and isinstance(new, Correlation):
        return _same_pair(ours, new) and ours.relation == new.relation
    if isinstance(ours, Figure) and isinstance(new, Figure):
        return _overlap(_number(ours), _number(new)) or (ours.text == new.text and ours.role == new.role)
    return False


def _same_view(ours: Call, new: Call) -> bool:
    return ours.asset == new.asset and ours.stance == new.stance


def _one_voice(ours: Call, new: Call) -> bool:
    """The same name; on the same words also where the default layers have no name."""
    nameless = ours.speaker in NAMELESS and ours.layer != "llm"
    return same_speaker(ours.speaker, new.speaker) or (nameless and _overlap(_quote(ours), _quote(new)))


def _one_term(ours: Call, new: Call) -> bool:
    """No two different horizons; nor, in different words, a condition for one only or two different ones."""
    if ours.horizon and new.horizon and ours.horizon.printed.casefold() != new.horizon.printed.casefold():
        return False
    same_condition = (ours.conditional, ours.condition) == (new.conditional, new.condition)
    return same_condition or _overlap(_quote(ours), _quote(new))


def _same_pair(ours: Correlation, new: Correlation) -> bool:
    straight = same_thing(ours.driver, new.driver) and same_thing(ours.response, new.response)
    swapped = same_thing(ours.driver, new.response) and same_thing(ours.response, new.driver)
    return straight or (swapped and not ours.driver_event and not new.driver_event)


def _quote(claim: Claim) -> tuple[int, int]:
    return claim.start, claim.end


def _number(figure: Figure) -> tuple[int, int]:
    return figure.text_start, figure.text_start + len(figure.text)


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


# --- contradictions, and what one lacks -------------------------------------------------------------------------


def contradiction(ours: AnyClaim, new: AnyClaim) -> str | None:
    """How a claim of the default layers, on the same words, speaks against the new one; None where it does not."""
    if ours.layer == "llm" or not _overlap(_quote(ours), _quote(new)):
        return None
    if isinstance(ours, Call) and isinstance(new, Call) and ours.asset == new.asset:
        if ours.stance != new.stance and same_speaker(ours.speaker, new.speaker):
            return f"the default layers read {ours.stance}"
        if ours.stance == new.stance and not _one_voice(ours, new):
            return f"the default layers give these words to {ours.speaker!r}"
    if isinstance(ours, Correlation) and isinstance(new, Correlation) and _same_pair(ours, new):
        return f"the default layers read the relation as {ours.relation}" if ours.relation != new.relation else None
    return None


def completed_from(ours: AnyClaim, new: AnyClaim, version: str) -> AnyClaim:
    """Our claim with what it lacks from the new one, on overlapping quotes; itself where it lacks nothing."""
    if not _overlap(_quote(ours), _quote(new)):
        return ours
    fields: dict[str, Any] = {
        name: value
        for name in _MAY_FILL[type(ours)]
        if (value := getattr(new, name)) not in (None, ()) and getattr(ours, name) in (None, ())
    }
    if isinstance(ours, Call) and ours.speaker in NAMELESS and new.speaker not in NAMELESS:
        fields |= {name: getattr(new, name) for name in ("speaker", "handle", "voice", "verbatim")}
        fields["confidence"] = min(ours.confidence, confidence("call"))  # nobody but the LLM names the speaker
    if not fields:
        return ours
    lacked = ", ".join(sorted(set(fields) & {*_MAY_FILL[type(ours)], "speaker"}))
    rule = ours.rule if ours.layer == "llm" else f"{ours.rule} + {new.rule}: {lacked}"
    return replace(ours, **fields, layer="llm", rule=rule, extractor_version=version)
