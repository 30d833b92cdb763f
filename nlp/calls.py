"""Calls: candidates that the models take for views, with voice, target, horizon, condition and modality."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.attribution import Attribution
from nlp.calibrate import Calibration
from nlp.candidates import Candidate
from nlp.claims import Call, Horizon
from nlp.conditions import Condition, find_condition
from nlp.horizons import HorizonSpan, resolve
from nlp.modality import modality_of
from nlp.opinions import Judged, Opinion, judged
from nlp.ranking import Item, items, rank_probabilities
from nlp.reading import Reading
from nlp.stance import StanceModel
from nlp.targets import find_target
from nlp.trees import Forest
from nlp.version import EXTRACTOR_VERSION
from nlp.voices import Voicing, said_by, voicing

QUOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class CallModel:
    """The trained parts of call reading."""

    stance: StanceModel
    ranking: Forest
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Scored:
    """An item with the probability that the document makes this call (asset and stance)."""

    item: Item
    probability: float


def find_calls(reading: Reading, model: CallModel, opinions: Sequence[Opinion] = ()) -> tuple[Call, ...]:
    """The calls of a document in reading order; `opinions` have a say in the stances, and their calls name them."""
    voices = voicing(reading.candidates)
    stances = judged(reading, model.stance.probabilities(reading.features), opinions)
    found = items(reading, stances.table, voices)
    scored = [Scored(i, p) for i, p in zip(found, rank_probabilities(model.ranking, found), strict=True)]
    kept = over_threshold(reading, scored, model.calibration)
    return without_repeats(
        _named(call, stances, one.item.candidate)
        for one in kept
        for call in _calls(reading, voices, one, model.calibration)
    )


def _named(call: Call, stances: Judged, candidate: int) -> Call:
    """The call with the model that decided its stance: "explicit/verb:said, ProsusAI/finbert"."""
    if candidate not in stances.by:
        return call
    return replace(call, layer=stances.layer(candidate), rule=f"{call.rule}, {stances.names(candidate)}")


def make_calls(
    reading: Reading, voices: Voicing, scored: Sequence[Scored], calibration: Calibration
) -> tuple[Call, ...]:
    """The items over the threshold as calls."""
    kept = over_threshold(reading, scored, calibration)
    return without_repeats(call for one in kept for call in _calls(reading, voices, one, calibration))


def without_repeats(calls: Iterable[Call]) -> tuple[Call, ...]:
    """The calls without those in which a voice only says again what it says elsewhere.

    "Ellison is bullish on copper. ... Copper will reach $5, Ellison said." is one call, the one with the target, as
    sure as the surer of the two. The same view with another target, for another horizon or on a condition is another
    call, and nobody knows who is who among the unnamed.
    """
    found = list(calls)
    told: dict[int, Call] = {}
    for place in sorted(range(len(found)), key=lambda place: _by_how_much_it_says(found[place])):
        call = found[place]
        first = next((known for known, other in told.items() if _repeats(call, other)), None)
        if first is None:
            told[place] = call
        elif call.confidence > told[first].confidence:
            told[first] = replace(told[first], confidence=call.confidence)
    return tuple(told[place] for place in sorted(told))


def _by_how_much_it_says(call: Call) -> tuple[bool, bool, float]:
    """Orders calls: those with a target first, then those with a horizon, then the surer ones."""
    return call.target is None, call.horizon is None, -call.confidence


def _repeats(call: Call, other: Call) -> bool:
    if call.speaker in ("", "unnamed"):
        return False
    same = (call.speaker, call.asset, call.stance) == (other.speaker, other.asset, other.stance)
    elsewhen = call.horizon is not None and other.horizon is not None and call.horizon != other.horizon
    further = call.target is not None and other.target is not None and call.target != other.target
    return same and not elsewhen and not further and call.condition == other.condition


def over_threshold(reading: Reading, scored: Sequence[Scored], calibration: Calibration) -> list[Scored]:
    """The items that are calls, in reading order."""
    floor = calibration.threshold(reading.prepared.kind)
    return sorted((s for s in scored if s.probability >= floor), key=lambda s: s.item.candidate)


def _calls(reading: Reading, voices: Voicing, one: Scored, calibration: Calibration) -> Iterator[Call]:
    """One item as a call by each of its voices."""
    call = _call(reading, voices, one, calibration)
    yield call
    yield from (replace(call, speaker=v.speaker, organisation=v.organisation) for v in _also(reading, voices, one))


def _also(reading: Reading, voices: Voicing, scored: Scored) -> Iterator[Attribution]:
    """The other voice where two say the same: "Morgan Vale and Wells Hill target 7,800"."""
    chosen = voices.voices[scored.item.candidate]
    if chosen is not None:
        for voice in reading.candidates[scored.item.candidate].voices:
            if voice.rule == "verb:also" and (voice.start, voice.end) == (chosen.start, chosen.end) and voice != chosen:
                yield voice


def _call(reading: Reading, voices: Voicing, scored: Scored, calibration: Calibration) -> Call:
    prepared, item = reading.prepared, scored.item
    candidate, voice = reading.candidates[item.candidate], voices.voices[item.candidate]
    clause = candidate.clause
    sentence = prepared.sentences[clause.sentence]
    condition = find_condition(
        prepared.text,
        clause.start,
        clause.end,
        candidate.asset,
        reading.quantities,
        candidate.mentions + candidate.others,
    )
    target = find_target(reading, candidate, item.stance, condition)
    tone = modality_of(prepared.text, clause.start, clause.end, sentence)
    start, end = quote_span(reading, clause.start, clause.end)
    return Call(
        document_id=reading.document.id,
        start=start,
        end=end,
        quote=reading.document.text[start:end],
        **said_by(voice),
        hedged=tone.hedged,
        negated=tone.negated,
        conditional=condition is not None,
        condition=_printed(reading, condition),
        modality=tone.modality,
        rewritten=prepared.rewritten,
        confidence=round(calibration.confidence(scored.probability, voice, voices.sure(item.candidate)), 4),
        layer="linear",
        rule=f"{candidate.origin}/{voice.rule if voice else 'outlet'}",
        extractor_version=EXTRACTOR_VERSION,
        asset=candidate.asset,
        stance=item.stance,
        target=target,
        horizon=_horizon(reading, candidate, voice),
        condition_asset=condition.asset if condition else None,
        condition_side=condition.side if condition else None,
        condition_level=condition.level if condition else None,
    )


def _printed(reading: Reading, condition: Condition | None) -> str | None:
    if condition is None:
        return None
    start, end = reading.prepared.to_original(condition.start, condition.end)
    return reading.document.text[start:end].strip()


def _horizon(reading: Reading, candidate: Candidate, voice: Attribution | None) -> Horizon | None:
    """The horizon printed in the clause, else elsewhere in its sentence."""
    clause = candidate.clause
    here = [h for h in reading.horizons if h.sentence == clause.sentence]
    inside: list[HorizonSpan] = [h for h in here if clause.start <= h.start < clause.end] or here
    if not inside:
        return None
    published = reading.document.published
    return resolve(inside[0].text, published.date() if published else None)


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
