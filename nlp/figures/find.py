"""From candidates to figures: which quantities state something, what they are and what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from nlp.assets import AssetMention
from nlp.claims import Figure
from nlp.figures.context import Around, surroundings
from nlp.figures.features import figures_features
from nlp.figures.grammar import find_quantities
from nlp.figures.linear import shipped
from nlp.figures.links import NONE, Mentions, candidates, gather
from nlp.figures.qualify import direction, hedge, unit
from nlp.figures.quantity import Quantity
from nlp.figures.rules import beside, matching
from nlp.periods import Period, find_periods
from nlp.text import Prepared

KEEP = 0.46  # probability from which an unsure candidate is a figure
QUOTE = 300  # characters a quote may have


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quantity with the words around it and its features."""

    quantity: Quantity
    around: Around
    features: set[str]


@dataclass(frozen=True, slots=True)
class Read:
    """What was made out about one candidate."""

    candidate: Candidate
    role: str
    asset: str | None
    confidence: float


def find_figures(
    prepared: Prepared,
    assets: Sequence[AssetMention],
    document_id: str = "",
    published: date | None = None,
    quantities: Sequence[Quantity] | None = None,
) -> tuple[Figure, ...]:
    """Every figure of a prepared text, in order, with offsets into the original.

    `document.text[start:end] == quote` and `document.text[text_start:][:len(text)] == text` always hold.
    Periods are resolved where the day of publication is given. Never raises on any text.
    """
    periods = list(find_periods(prepared.text, published))
    found = list(quantities) if quantities is not None else find_quantities(prepared.text, periods, assets)
    known = gather(prepared, assets)
    reads = (read_one(prepared, c, known) for c in prepare_candidates(prepared, found, known))
    return tuple(_figure(prepared, r, periods, document_id) for r in reads if r is not None)


def prepare_candidates(prepared: Prepared, quantities: Sequence[Quantity], known: Mentions) -> Iterator[Candidate]:
    """The quantities outside boilerplate, with their features."""
    if not prepared.sentences:
        return
    pairs = list(zip(quantities, surroundings(prepared, quantities), strict=True))
    pairs = [(q, a) for q, a in pairs if a.role not in ("boilerplate", "caption")]
    own, around = [q for q, _ in pairs], [a for _, a in pairs]
    for quantity, place, features in zip(own, around, figures_features(prepared, own, around, known), strict=True):
        yield Candidate(quantity, place, features)


def read_one(prepared: Prepared, candidate: Candidate, known: Mentions) -> Read | None:
    """Role and asset of a candidate, or None where it states nothing."""
    probability = keep_probability(candidate)
    if probability < KEEP:
        return None
    role, sure = role_of(prepared, candidate)
    asset = asset_of(prepared, candidate, role, known)
    return Read(candidate, role, asset, min(probability, 0.5 + sure / 2))


def keep_probability(candidate: Candidate) -> float:
    """How likely the candidate states something about a market or the economy."""
    quantity = candidate.quantity
    if quantity.word and quantity.kind == "bare" and quantity.text.casefold() == "one":
        return 0.0
    model = shipped().get("keep")
    if model is None:
        return 0.9 if "sure" in candidate.features else 0.0
    return model.probabilities(candidate.features)["yes"]


def role_of(prepared: Prepared, candidate: Candidate) -> tuple[str, float]:
    """The role and its probability: by the model, else by the first rule that matches."""
    model = shipped().get("role")
    if model is not None:
        found = model.probabilities(candidate.features)
        best = max(found, key=found.__getitem__)
        return best, found[best]
    for rule in matching(candidate.quantity, *beside(prepared, candidate.around)):
        return rule.role, 0.6
    return "other", 0.3


def asset_of(prepared: Prepared, candidate: Candidate, role: str, known: Mentions) -> str | None:
    """The asset the figure is about, or None."""
    quantity = candidate.quantity
    if quantity.unit.startswith("coins:") and len(quantity.unit) > 6 and role not in ("level", "price", "target"):
        return quantity.unit[6:]
    model = shipped().get("asset")
    best, top = NONE, float("-inf")
    for symbol, features in candidates(prepared.text, quantity, candidate.around, role, known):
        score = float(model.scores(features)[0]) if model else _plain_score(features)
        if score > top:
            best, top = symbol, score
    if best == "BTC" and quantity.kind == "percent" and _DOMINANCE.search(beside(prepared, candidate.around)[0]):
        return "BTC.D"
    return best or None


_DOMINANCE = re.compile(r"\bdominance\b(?:(?!\bprice\b)[^.;]){0,60}$")


def _plain_score(features: set[str]) -> float:
    order = ("<0", ">0", "<1", "back1:0:False", "top0", "none")
    return -next((place for place, name in enumerate(order) if name in features), len(order))


def _figure(prepared: Prepared, read: Read, periods: Sequence[Period], document_id: str) -> Figure:
    quantity, around = read.candidate.quantity, read.candidate.around
    after = beside(prepared, around)[1]
    start, end = quote_span(prepared, quantity, around)
    first, last = prepared.to_original(start, end)
    at, until = prepared.to_original(quantity.start, quantity.end)
    original = prepared.original
    sentence = prepared.sentences[around.sentence]
    left = prepared.text[max(sentence.start, quantity.start - 30) : quantity.start]
    near = _period(periods, quantity, sentence.start, sentence.end)
    return Figure(
        document_id=document_id, start=first, end=last, quote=original[first:last],
        text=original[at:until], text_start=at, value=quantity.value, value_high=quantity.high,
        unit=unit(quantity, read.role, read.asset, around.clause, after),
        role=read.role,  # type: ignore[arg-type]
        asset=read.asset, direction=direction(quantity, around),
        hedge=hedge(left, after, quantity, read.role),
        period=near.text if near else None, period_start=near.first if near else None,
        period_end=near.last if near else None, verbatim=_quoted(prepared, quantity), rewritten=prepared.rewritten,
        confidence=round(read.confidence, 4), layer="linear" if shipped() else "rules", rule="figures",
    )  # fmt: skip


def _quoted(prepared: Prepared, quantity: Quantity) -> bool:
    return any(start <= quantity.start and quantity.end <= end for start, end in prepared.quotes)


def _period(periods: Sequence[Period], quantity: Quantity, start: int, end: int) -> Period | None:
    """The period nearest to the number within its sentence."""
    inside = [p for p in periods if start <= p.start and p.end <= end]
    return min(inside, key=lambda p: min(abs(p.start - quantity.end), abs(quantity.start - p.end)), default=None)


_CLAUSE = re.compile(r"[;:,—–]\s|\s(?:and|but|while|as|which)\s")


def quote_span(prepared: Prepared, quantity: Quantity, around: Around) -> tuple[int, int]:
    """The sentence, or the clauses around the number that fit into QUOTE characters."""
    sentence = prepared.sentences[around.sentence]
    start, end = min(sentence.start, quantity.start), max(sentence.end, quantity.end)
    if _length(prepared, start, end) <= QUOTE:
        return start, end
    room = max(0, QUOTE - 20 - (quantity.end - quantity.start)) // 2
    low, high = max(start, quantity.start - room), min(end, quantity.end + room)
    cuts = [m.end() for m in _CLAUSE.finditer(prepared.text, low, quantity.start)]
    low = cuts[0] if cuts else low
    stops = [m.start() for m in _CLAUSE.finditer(prepared.text, quantity.end, high)]
    high = stops[-1] if stops and high < end else high
    while _length(prepared, low, high) > QUOTE and high > quantity.end:
        high -= 1
    return _trim(prepared.text, low, high)


def _length(prepared: Prepared, start: int, end: int) -> int:
    first, last = prepared.to_original(start, end)
    return last - first


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
