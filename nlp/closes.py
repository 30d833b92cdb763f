"""Closing statements: "I closed my long in Bitcoin", "we were stopped out of our gold trade" (closes.toml).

Read by rules, and rather too seldom than too often: ending a call that its speaker still holds is a false statement
about a person. Plans, hedges, denials, questions, partial sales and looks back close nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from nlp.attribution import Attribution
from nlp.calls import quote_span
from nlp.candidates import Clause, clauses
from nlp.claims import Call, Close, Side, Stance
from nlp.close_rules import CloseRule, CloseRules, close_rules
from nlp.periods import find_periods
from nlp.prefilter import Caseless
from nlp.reading import Reading
from nlp.version import EXTRACTOR_VERSION
from nlp.voices import said_by

NAMED, CARRIED = 0.9, 0.75  # confidence where the clause names the asset, and where a sentence before it does
RECENT = timedelta(days=31)  # a close dated earlier than this before publication is a look back
TAKEN_UP = 2  # sentences back in which an article may name the asset


@dataclass(frozen=True, slots=True)
class _Masked:
    """A clause with its assets as marks: "closed my ⟨3⟩ long", where 3 is a position in the reading's mentions."""

    clause: Clause
    text: str
    marks: tuple[tuple[int, int, int], ...]  # start and end in `text`, characters left out before the end

    def original(self, at: int) -> int:
        """The offset in the prepared text of an offset in `text`."""
        shift = 0
        for _, end, longer in self.marks:
            if end <= at:
                shift = longer
        return self.clause.start + at + shift


_TRIGGER = Caseless(
    re.compile(
        r"\b(?:clos(?:ed|ing)|exited|got out|unwound|liquidated|flattened|cashed out|bailed|stepped out|covered|"
        r"bought back|profits?|sold|stopped|no longer|any|flat|out of)\b",
        re.IGNORECASE,
    )
)


def find_closes(reading: Reading) -> tuple[Close, ...]:
    """The closing statements of a document in reading order, one for each voice, asset and side."""
    found: dict[tuple[str, str, Side], Close] = {}
    for close in _statements(reading):
        found.setdefault((close.speaker, close.asset, close.side), close)
    return tuple(found.values())


ENDED: dict[Side, Stance] = {"long": "bullish", "short": "bearish"}
LONG_ENOUGH = 50  # characters of a clause that can hold a close and a view the other way


def without_closed(calls: Iterable[Call], closes: Sequence[Close]) -> Iterator[Call]:
    """The calls without those read from a closing clause: "I closed my Bitcoin long" is no bullish call on Bitcoin.

    A call with a target, or against the side closed in a clause that says more, stays: "closed my long, it goes lower".
    """
    closed = {(close.start, close.end, close.asset): ENDED.get(close.side) for close in closes}
    for call in calls:
        span = (call.start, call.end, call.asset)
        turned = len(call.quote) >= LONG_ENOUGH and closed.get(span) not in (None, call.stance)
        if span not in closed or call.target is not None or turned:
            yield call


def _statements(reading: Reading) -> Iterator[Close]:
    prepared = reading.prepared
    triggered = {prepared.sentence_at(start) for start, _ in _TRIGGER.spans(prepared.text)}
    for number, sentence in enumerate(prepared.sentences):
        if number not in triggered or sentence.role not in ("body", "post"):
            continue
        if "?" in prepared.text[max(sentence.start, sentence.end - 3) : sentence.end]:
            continue
        for clause in clauses(prepared.text, sentence, number):
            yield from _of_clause(reading, _masked(reading, clause))


_NO_MARKS = str.maketrans("⟨⟩", "()")  # brackets of the text itself are no marks


def _masked(reading: Reading, clause: Clause) -> _Masked:
    parts, marks, at, length = [], [], clause.start, 0
    for position, mention in enumerate(reading.assets):
        if mention.modifier or not (at <= mention.start and mention.end <= clause.end):
            continue
        mark = f"⟨{position}⟩"
        parts += [reading.prepared.text[at : mention.start].translate(_NO_MARKS), mark]
        start = length + mention.start - at
        length, at = start + len(mark), mention.end
        marks.append((start, length, at - clause.start - length))
    parts.append(reading.prepared.text[at : clause.end].translate(_NO_MARKS))
    return _Masked(clause, "".join(parts), tuple(marks))


def _of_clause(reading: Reading, masked: _Masked) -> Iterator[Close]:
    rules = close_rules()
    possible = (rules.closes[number] for number in rules.gate.open(masked.text))
    tried = ((rule, rule.pattern.search(masked.text)) for rule in possible)
    matches = [(rule, match) for rule, match in tried if match and not _guarded(rules, masked.text, match)]
    if not matches or rules.clause.search(masked.text) or _looks_back(reading, masked.clause):
        return
    for rule, match in sorted(matches, key=_telling, reverse=True):
        spoken, voice = _voice(reading, masked, match)
        assets = _assets(reading, masked.clause, match)
        if spoken and assets:
            side = rule.side or _side(match)
            yield from (_close(reading, masked.clause, rule, voice, asset, side, assets[asset]) for asset in assets)
            return


def _telling(found: tuple[CloseRule, re.Match[str]]) -> tuple[bool, bool, int]:
    """How much a match says: "stopped out on the silver long" more than "stopped out"."""
    rule, match = found
    return "⟨" in match[0], bool(rule.side) or _side(match) != "unknown", len(match[0])


def _guarded(rules: CloseRules, text: str, match: re.Match[str]) -> bool:
    before = _BREAK.split(text[: match.start()])[-1]
    return bool(rules.before.search(before) or rules.inside.search(match[0]) or rules.after.search(text[match.end() :]))


_BREAK = re.compile(r"[,;:—–“\"]|\s(?:so|and|but|because|since)\s")


def _looks_back(reading: Reading, clause: Clause) -> bool:
    """Whether the clause dates what it tells to more than a month before publication."""
    published = reading.document.published.date() if reading.document.published else None
    text = reading.prepared.text[clause.start : clause.end]
    if published is None:
        return bool(re.search(r"\b(?:19|20)\d\d\b", text))
    return any(_long_before(period.last, published) for period in find_periods(text, published))


def _long_before(last: date | None, published: date) -> bool:
    return last is not None and last < published - RECENT


def _side(match: re.Match[str]) -> Side:
    said = (match.groupdict().get("side") or "unknown").lower().removesuffix("s")
    return next((side for side in get_args(Side) if side == said), "unknown")


def _assets(reading: Reading, clause: Clause, match: re.Match[str]) -> dict[str, float]:
    """What was closed, with the confidence: the assets in the match, else the only one that can be meant."""
    named = [reading.assets[int(number)].symbol for number in re.findall(r"⟨(\d+)⟩", match[0])]
    if named:
        return dict.fromkeys(named, NAMED)
    around = _taken_up(reading, clause)
    return {next(iter(around)): CARRIED} if len(around) == 1 else {}


def _taken_up(reading: Reading, clause: Clause) -> set[str]:
    """The assets a clause that names none may speak of: those of its sentence, of the post, of the lines before."""
    here = {m.symbol for m in reading.assets if m.sentence == clause.sentence}
    if here:
        return here
    if reading.prepared.kind == "post":
        return {m.symbol for m in reading.assets}
    sentences = reading.prepared.sentences
    for back in range(1, TAKEN_UP + 1):
        number = clause.sentence - back
        if number < 0 or sentences[number].paragraph != sentences[clause.sentence].paragraph:
            return set()
        if before := {m.symbol for m in reading.assets if m.sentence == number}:
            return before
    return set()


def _voice(reading: Reading, masked: _Masked, match: re.Match[str]) -> tuple[bool, Attribution | None]:
    """Whether somebody says this of a position of their own, and who (None: the outlet or its author).

    "I closed" belongs to the quotation or post it stands in, "she closed" to the voice that is being paraphrased.
    """
    start, end = masked.original(match.start()), masked.original(match.end())
    covering = [v for v in reading.voices if v.start <= start and end <= v.end]
    voice = min(covering, key=lambda v: (v.end - v.start, -v.confidence), default=None)
    quoted = any(first <= start and end <= last for first, last in reading.prepared.quotes)
    groups = match.groupdict()
    if groups.get("they"):
        return not quoted and voice is not None and _paraphrased(voice), voice
    if voice is not None and (voice.rule in ("embedded", "post") or quoted):
        own = voice.rule in ("embedded", "post")
        return (own and not quoted) or (voice.verbatim and _named(voice) and bool(groups.get("me"))), voice
    outlet = not quoted and bool(groups.get("me")) and reading.prepared.kind == "article"
    return outlet, None


def _paraphrased(voice: Attribution) -> bool:
    return _named(voice) and voice.voice == "paraphrased" and not voice.rule.startswith("carried")


def _named(voice: Attribution) -> bool:
    return voice.speaker not in ("", "unnamed")


def _close(
    reading: Reading, clause: Clause, rule: CloseRule, voice: Attribution | None, asset: str, side: Side, sure: float
) -> Close:
    start, end = quote_span(reading, clause.start, clause.end)
    return Close(
        document_id=reading.document.id,
        start=start,
        end=end,
        quote=reading.document.text[start:end],
        **said_by(voice),
        rewritten=reading.prepared.rewritten,
        confidence=round(sure * (voice.confidence if voice else 1.0), 4),
        layer="rules",
        rule=rule.name,
        extractor_version=EXTRACTOR_VERSION,
        asset=asset,
        side=side,
    )
