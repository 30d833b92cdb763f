"""The three kinds of claim, statements that close a call, and the converter to the annotation format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

Stance = Literal["bullish", "bearish", "neutral"]
Relation = Literal["positive", "negative", "none"]
CorrelationKind = Literal["pattern", "cause"]
Voice = Literal["quoted", "paraphrased", "outlet", "author"]
Modality = Literal["asserted", "question", "heading", "historical"]
Unit = str  # USD | EUR | % | x | bps | points | coins:BTC | shares | count | days | weeks | months | years | other
Role = Literal[
    "price", "target", "level", "change", "flow", "holding", "volume", "rate", "share", "count", "indicator",
    "duration", "other",
]  # fmt: skip
Direction = Literal["up", "down"]
Side = Literal["long", "short", "unknown"]
Hedge = Literal["approx", "over", "under"]


@dataclass(frozen=True, slots=True)
class Target:
    """A price target: one number (`high` None), a range, or a percent move (`percent` True; bearish is negative)."""

    low: float
    high: float | None = None
    percent: bool = False

    def to_annotation(self) -> Any:
        value = self.low if self.high is None else [self.low, self.high]
        return {"pct": value} if self.percent else value


@dataclass(frozen=True, slots=True)
class Horizon:
    """When a call is due. `printed` is the text; dates are None where it cannot be resolved.

    A vague horizon ("coming weeks") is a kernel: four day offsets after publication (start, flat from, flat to,
    end) between which the weight rises to 1, stays, and falls to 0 (METHODS 5.1).
    """

    printed: str
    start: date | None = None
    end: date | None = None
    kernel: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What every claim carries. `document.text[start:end] == quote` always holds."""

    document_id: str
    start: int
    end: int
    quote: str
    speaker: str = ""  # as printed; "" the outlet's own view, "unnamed" a group without a name
    organisation: str | None = None
    handle: str | None = None
    voice: Voice = "outlet"
    verbatim: bool = False
    hedged: bool = False
    negated: bool = False
    conditional: bool = False
    condition: str | None = None
    modality: Modality = "asserted"
    rewritten: bool = False  # read from machine-paraphrased text
    confidence: float = 0.5
    layer: str = "rules"
    rule: str = ""
    extractor_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Claim):
    """A forward-looking or evaluative view on the price of one asset, by an identifiable voice."""

    asset: str
    stance: Stance
    target: Target | None = None
    horizon: Horizon | None = None
    condition_asset: str | None = None
    condition_side: Literal["above", "below"] | None = None
    condition_level: float | None = None

    @property
    def id(self) -> str:
        return claim_id(self, "call", self.asset, self.stance, self.speaker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Claim):
    """A statement that a position was closed: it ends the speaker's open call on that asset, and is no call itself.

    Not in the annotation format. `side` is what was closed; an unknown one ends a call either way.
    """

    asset: str
    side: Side = "unknown"

    @property
    def id(self) -> str:
        return claim_id(self, "close", self.asset, self.side, self.speaker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation(Claim):
    """A claimed relation between two things, at least one of them a priced asset or macro series."""

    driver: str
    response: str
    relation: Relation
    driver_event: str | None = None
    event_id: str | None = None  # row of the events rules file, where one fits
    kind: CorrelationKind = "pattern"
    lag_days: float | tuple[float, float] | None = None
    magnitude_pct: float | None = None
    coefficient: float | None = None
    instances: int | None = None
    periods: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return claim_id(self, "correlation", self.driver, self.driver_event or "", self.response, self.relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Claim):
    """A numeric quantity about a market or the economy. `text` stands at `text_start` inside the document."""

    text: str
    text_start: int
    value: float
    value_high: float | None = None
    unit: Unit = "other"
    role: Role = "other"
    asset: str | None = None
    direction: Direction | None = None
    hedge: Hedge | None = None
    period: str | None = None  # as printed
    period_start: date | None = None
    period_end: date | None = None

    @property
    def id(self) -> str:
        return claim_id(self, "figure", str(self.text_start), self.text)


@dataclass(frozen=True, slots=True)
class Claims:
    """Everything read out of one document."""

    document_id: str
    calls: tuple[Call, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    figures: tuple[Figure, ...] = ()
    rewritten: bool = False  # machine-paraphrased text was detected
    extractor_version: str = ""
    rejected: tuple[tuple[str, str], ...] = field(default=())  # (what, why) set aside by a verifier
    closes: tuple[Close, ...] = ()


def claim_id(claim: Claim, kind: str, *key: str) -> str:
    """16 hex digits, stable over runs: hash of document, kind, span and key fields."""
    parts = (claim.document_id, kind, str(claim.start), str(claim.end), *key)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


_CALL = ("quote", "speaker", "organisation", "asset", "stance", "conditional", "verbatim")
_CORRELATION = (
    "quote", "speaker", "driver", "driver_event", "response", "relation", "kind", "magnitude_pct", "coefficient",
    "instances",
)  # fmt: skip
_FIGURE = ("text", "value", "value_high", "unit", "role", "asset", "direction", "hedge")

# The fields of the annotation format by kind of claim.
ANNOTATION_FIELDS: dict[type[Claim], tuple[str, ...]] = {
    Call: (*_CALL, "target", "horizon"),
    Correlation: (*_CORRELATION, "lag_days", "periods"),
    Figure: _FIGURE,
}


def to_annotation(claim: Call | Correlation | Figure) -> dict[str, Any]:
    """The claim in the annotation format, plus `start`, `end` (of a figure: of its text) and `confidence`."""
    start, end = claim.start, claim.end
    if isinstance(claim, Call):
        row = {name: getattr(claim, name) for name in _CALL}
        row["target"] = claim.target.to_annotation() if claim.target else None
        row["horizon"] = claim.horizon.printed if claim.horizon else None
    elif isinstance(claim, Correlation):
        row = {name: getattr(claim, name) for name in _CORRELATION}
        row["lag_days"] = list(claim.lag_days) if isinstance(claim.lag_days, tuple) else claim.lag_days
        row["periods"] = list(claim.periods)
    else:
        row = {name: getattr(claim, name) for name in _FIGURE}
        start, end = claim.text_start, claim.text_start + len(claim.text)
    return row | {"start": start, "end": end, "confidence": round(claim.confidence, 4)}


def document_annotation(claims: Claims) -> dict[str, Any]:
    """One line of `calledit extract --out`: the document's id and its claims in the annotation format."""
    return {
        "id": claims.document_id,
        "calls": [to_annotation(c) for c in claims.calls],
        "correlations": [to_annotation(c) for c in claims.correlations],
        "figures": [to_annotation(f) for f in claims.figures],
    }


def field_names(kind: type[Claim]) -> tuple[str, ...]:
    """The names of a claim type's fields, in order."""
    return tuple(f.name for f in fields(kind))
