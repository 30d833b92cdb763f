"""Layer 4: what is claimed to move together, to lead, or to have caused a move."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.assets import AssetMention
from nlp.attribution import Attribution
from nlp.claims import Correlation, Modality
from nlp.correlation_arguments import coefficient, driver_event, instances, lag_days, magnitude, periods
from nlp.correlation_model import CorrelationModel, Scored, chosen
from nlp.correlation_relation import outline
from nlp.correlation_rules import cues_in
from nlp.correlation_things import Pair
from nlp.correlation_weights import shipped
from nlp.directions import stated_relation
from nlp.figures.grammar import Quantity
from nlp.text import Prepared
from nlp.voices import said_by

_QUESTION = re.compile(r"\?[\"”’)]*$")
_HEDGED = re.compile(
    r"\b(?:may|might|could|perhaps|possibly|seems?|appears?|suggests?|not a guarantee)\b", re.IGNORECASE
)
_CONDITION = re.compile(r"\b(?:if|unless|provided(?: that)?|as long as|should)\b[^,;.]{4,120}", re.IGNORECASE)
_TOGETHER = frozenset(("correlation", "in tandem"))
_ONE_WAY = frozenset(("precedes", "followed by", "each time", "when"))
_LONGEST_QUOTE = 300


def find_correlations(
    prepared: Prepared,
    assets: Sequence[AssetMention],
    quantities: Sequence[Quantity] = (),
    voices: Sequence[Attribution] = (),
    document_id: str = "",
    model: CorrelationModel | None = None,
) -> tuple[Correlation, ...]:
    """The claimed relations of a document, in order; general patterns and single causes are kept apart by `kind`."""
    model = model or shipped()
    scored = list(model.score(prepared, assets))
    found = [
        _claim(prepared, candidate, pattern, quantities, voices, document_id, model)
        for candidate, pattern in chosen(scored, model.limits)
    ]
    told = [claim for claim in found if claim.driver_event or claim.driver != claim.response]  # else "gold moves gold"
    return tuple(sorted(told, key=lambda claim: (claim.start, -claim.confidence)))


def _claim(
    prepared: Prepared,
    scored: Scored,
    pattern: bool,
    quantities: Sequence[Quantity],
    voices: Sequence[Attribution],
    document_id: str,
    model: CorrelationModel,
) -> Correlation:
    pair = _first_named_first(scored.pair, cues_in(prepared.sentence_text(scored.pair.sentence)))
    sentence = prepared.sentences[pair.sentence]
    text = prepared.text[sentence.start : sentence.end]
    start, end = prepared.to_original(sentence.start, min(sentence.end, sentence.start + _LONGEST_QUOTE))
    voice = voice_at(voices, sentence.start, sentence.end)
    event, event_id = driver_event(prepared, pair)
    condition = _CONDITION.search(text)
    return Correlation(
        document_id=document_id,
        start=start,
        end=end,
        quote=prepared.original[start:end],
        **said_by(voice),
        hedged=bool(_HEDGED.search(text)),
        negated="!" in outline(prepared, pair),
        conditional=condition is not None,
        condition=condition[0].strip() if condition else None,
        modality=_modality(prepared, pair.sentence, text),
        rewritten=prepared.rewritten,
        confidence=round(scored.pattern if pattern else scored.cause, 4),
        layer="linear",
        rule=next(iter(cues_in(text)), "pair"),
        driver=pair.driver.name,
        driver_event=event,
        event_id=event_id,
        response=pair.response.name,
        relation=stated_relation(prepared, pair) or model.relation_of(prepared, pair),  # type: ignore[arg-type]
        kind="pattern" if pattern else "cause",
        lag_days=lag_days(text),
        magnitude_pct=magnitude(pair, quantities, sentence.start, sentence.end),
        coefficient=coefficient(text),
        instances=instances(text),
        periods=periods(text),
    )


def _first_named_first(pair: Pair, found: Sequence[str]) -> Pair:
    """Where two assets are said to move together, the first-named is the driver."""
    together = pair.driver.driver is None and _TOGETHER & set(found) and not _ONE_WAY & set(found)
    if not (together and pair.reversed):
        return pair
    return replace(pair, driver=pair.response, response=pair.driver, reversed=False)


def _modality(prepared: Prepared, number: int, text: str) -> Modality:
    if _QUESTION.search(text):
        return "question"
    return "heading" if prepared.sentences[number].role in ("title", "heading") else "asserted"


def voice_at(voices: Sequence[Attribution], start: int, end: int) -> Attribution | None:
    """The voice that speaks most of a span; the narrower one where two cover it alike."""

    def shared(voice: Attribution) -> tuple[int, int]:
        return min(end, voice.end) - max(start, voice.start), voice.start - voice.end

    over = [voice for voice in voices if voice.start < end and start < voice.end]
    return max(over, key=shared, default=None)
