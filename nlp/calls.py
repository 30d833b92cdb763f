"""Calls: candidates that the model takes for views, one per voice, asset, stance and horizon or condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nlp.attribution import Attribution
from nlp.candidates import Candidate
from nlp.claims import Call, Modality, Stance
from nlp.conditions import Condition, find_condition
from nlp.reading import Reading
from nlp.stance import STANCES, shipped
from nlp.targets import find_target
from nlp.version import EXTRACTOR_VERSION

THRESHOLD = 0.25
QUOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with one stance and the model's probability of it."""

    candidate: Candidate
    stance: Stance
    probability: float


def find_calls(reading: Reading) -> tuple[Call, ...]:
    """The calls of a document, most confident reading of each, in reading order."""
    kept = _distinct(reading, [s for s in scored(reading) if s.probability >= THRESHOLD])
    return tuple(sorted(kept, key=lambda c: (c.start, c.asset)))


def scored(reading: Reading) -> list[Scored]:
    """Every candidate with its likeliest stance."""
    table = shipped().probabilities(reading.features)
    found = []
    for candidate, row in zip(reading.candidates, table, strict=True):
        best = int(row.argmax())
        found.append(Scored(candidate, STANCES[best], float(row[best])))
    return found


def _distinct(reading: Reading, items: list[Scored]) -> Iterator[Call]:
    """One call per sentence, asset and stance."""
    seen: set[tuple[int, str, str]] = set()
    for item in sorted(items, key=lambda s: -s.probability):
        key = (item.candidate.clause.sentence, item.candidate.asset, item.stance)
        if key not in seen:
            seen.add(key)
            yield make_call(reading, item)


def voice_of(candidate: Candidate) -> Attribution | None:
    """The voice that speaks the most of a clause; carried voices only inside quotations."""
    clause = candidate.clause
    best, most = None, 0.0
    for voice in candidate.voices:
        if voice.rule == "carried":
            continue
        shared = min(voice.end, clause.end) - max(voice.start, clause.start) + voice.confidence
        if shared >= most:
            best, most = voice, shared
    return best


def make_call(reading: Reading, item: Scored) -> Call:
    """The call with its speaker, target, condition and exact quotation."""
    prepared, candidate = reading.prepared, item.candidate
    clause, sentence = candidate.clause, prepared.sentences[candidate.clause.sentence]
    voice = voice_of(candidate)
    condition = find_condition(
        prepared.text, clause.start, clause.end, candidate.asset, reading.quantities, candidate.mentions + candidate.others
    )
    target = find_target(
        prepared.text, clause.start, clause.end, reading.quantities, item.stance, _level_end(condition, clause.start)
    )
    start, end = quote_span(reading, clause.start, clause.end)
    return Call(
        document_id=reading.document.id, start=start, end=end, quote=reading.document.text[start:end],
        speaker=voice.speaker if voice else "", organisation=voice.organisation if voice else None,
        handle=voice.handle if voice else None, voice=voice.voice if voice else "outlet",
        verbatim=bool(voice and voice.verbatim), conditional=condition is not None,
        condition=prepared.text[condition.start : condition.end] if condition else None,
        modality=_modality(prepared.text, sentence.end, sentence.role), rewritten=prepared.rewritten,
        confidence=item.probability, layer="linear", rule=f"{candidate.origin}/{voice.rule if voice else 'outlet'}",
        extractor_version=EXTRACTOR_VERSION, asset=candidate.asset, stance=item.stance, target=target,
        condition_asset=condition.asset if condition else None, condition_side=condition.side if condition else None,
        condition_level=condition.level if condition else None,
    )  # fmt: skip


def _level_end(condition: Condition | None, start: int) -> int:
    return condition.end if condition and condition.start - start < 40 else -1


def _modality(text: str, end: int, role: str) -> Modality:
    if "?" in text[max(0, end - 2) : end]:
        return "question"
    return "heading" if role in ("heading", "title") else "asserted"


def quote_span(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """The clause in the text as published, at most QUOTE_LENGTH characters, without outer white space."""
    text = reading.document.text
    first, last = reading.prepared.to_original(start, end)
    last = min(last, first + QUOTE_LENGTH)
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    return first, last
