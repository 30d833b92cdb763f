"""Layer 3: whose words are whose, over a whole document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from nlp.attribution_cues import Cue, find_cues
from nlp.attribution_document import document_cues
from nlp.attribution_introductions import find_introductions
from nlp.attribution_names import VoiceKind
from nlp.attribution_quotes import (
    introduced,
    quotations,
    runs_into,
    signature,
    starts_quoted,
)
from nlp.attribution_sources import Source, Sources, kind_of_cue
from nlp.carry import Neighbours, carries, carry_features
from nlp.claims import Voice
from nlp.embedded import embedded_posts
from nlp.text import Prepared
from scrapers.documents import Document


@dataclass(frozen=True, slots=True)
class Attribution:
    """`prepared.text[start:end]` is said by `speaker` ("" the outlet or author, "unnamed" a group without name).

    `rule` names the cue; one that starts with "carried" rests on an earlier sentence. `distance` counts sentences
    back to the cue it rests on. Offsets count characters of `prepared.text`.
    """

    start: int
    end: int
    speaker: str
    organisation: str | None = None
    handle: str | None = None
    voice: Voice = "outlet"
    verbatim: bool = False
    confidence: float = 0.5
    rule: str = "outlet"
    kind: VoiceKind = "outlet"
    distance: int = 0


def attribute(prepared: Prepared, document: Document) -> tuple[Attribution, ...]:
    """The voices of a document, as spans in reading order; words under no span are the outlet's own."""
    found = attributions(prepared, document)
    around = Neighbours(found)
    decided = (
        replace(v, confidence=carries(carry_features(prepared, v, around))) if v.rule == "carried" else v for v in found
    )
    return tuple(v for v in decided if v.rule != "carried" or v.confidence >= CARRIED)


# Probability from which a voice is carried over. Under one half: most of the labels behind the weights come from quick
# readers, who carry a voice over less often than the careful ones do by whom it is judged.
CARRIED = 0.2


def attributions(prepared: Prepared, document: Document) -> tuple[Attribution, ...]:
    """Like `attribute`, with every voice carried into the sentences after it, before it is decided which go on."""
    if prepared.kind == "post":
        return tuple(_post(prepared, document))
    return tuple(sorted(_Reader(prepared, document).read(), key=lambda a: (a.start, a.end)))


_MINE = re.compile(r"(?<![\w’'])(?:I|[Mm]y)(?![\w-])")  # "I think he is wrong": the writer speaks again
INTRODUCED = ("mention", "subject")  # rules by which a voice is met without speaking
REPORTS = ("verb", "verb_after", "according", "made_by")  # rules by which a post reports somebody else


def _same_account(name: str, handle: str) -> bool:
    """Whether a name is that of the handle itself: "The Slate Strategist" of @slatestrategist."""
    low = handle.casefold()
    return name.lstrip("@").casefold() == low or name.casefold().split()[-1] in low


def _post(prepared: Prepared, document: Document) -> Iterator[Attribution]:
    """A post speaks for its handle, except where it reports somebody else."""
    handle = document.handle or (document.authors[0] if document.authors else "")
    own = Attribution(
        0,
        len(prepared.text),
        f"@{handle}" if document.handle else handle,
        None,
        document.handle,
        "author",
        confidence=0.95,
        rule="post",
        kind="handle",
    )
    yield own
    for sentence in prepared.sentences:
        for cue in find_cues(prepared.text, sentence.start, sentence.end, heading=True):
            if cue.reference == "name" and cue.strong and cue.rule in REPORTS and not _same_account(cue.name, handle):
                yield Attribution(
                    sentence.start,
                    sentence.end,
                    cue.name,
                    cue.organisation,
                    voice="paraphrased",
                    verbatim=bool(quotations(prepared, sentence.start, sentence.end)),
                    confidence=0.96,
                    rule=f"post_{cue.rule}",
                    kind=cue.kind,
                )


class _Reader:
    """Reads an article sentence by sentence, remembering the voices met."""

    def __init__(self, prepared: Prepared, document: Document) -> None:
        self.prepared, self.document = prepared, document
        self.cues, self.names = document_cues(prepared)
        self.sources = Sources(self._first_named())

    def read(self) -> Iterator[Attribution]:
        posts = embedded_posts(self.prepared)
        for post in posts:
            yield Attribution(
                post.start, post.end, post.name, None, post.handle, "quoted", True, 0.9, "embedded", "handle"
            )
        current: Attribution | None = None
        taken = [(p.start, p.end) for p in posts]
        for number, sentence in enumerate(self.prepared.sentences):
            if sentence.role in ("boilerplate", "caption") or any(a <= sentence.start < b for a, b in taken):
                continue
            spans = self._sentence(number, current)
            yield from spans
            if sentence.role == "body":
                current = spans[-1] if spans else None

    def _first_named(self) -> tuple[int, Cue] | None:
        """The first person or handle by name: whom "a popular analyst" in an opening line announces."""
        for number, cues in enumerate(self.cues):
            for cue in cues:
                if cue.reference == "name" and cue.strong and cue.kind in ("person", "handle"):
                    return number, cue
        return None

    def _sentence(self, number: int, current: Attribution | None) -> list[Attribution]:
        sentence = self.prepared.sentences[number]
        cues = self._resolved(number)
        if not cues:
            carried = self._carry(number, current)
            return [carried] if carried else []
        spans = _scopes([c for c, _ in cues], sentence.start, sentence.end)
        found = []
        for (cue, source), (start, end) in zip(cues, spans, strict=True):
            if start < end:
                quoted = bool(quotations(self.prepared, start, end))
                if cue.also:
                    found.append(self._second(cue, start, end, quoted))
                found.append(_cued(cue, source, start, end, quoted))
        return found

    def _resolved(self, number: int) -> list[tuple[Cue, Source]]:
        """The cues of a sentence with the voice of each; voices introduced before a cue can be what it means."""
        sentence = self.prepared.sentences[number]
        cues, found = self.cues[number], []
        introduced = (
            find_introductions(self.prepared.text, sentence.start, sentence.end) if sentence.role == "body" else []
        )
        for cue in sorted([*cues, *self.names.settled(introduced)], key=lambda c: (c.start, c.rule not in INTRODUCED)):
            if cue.rule in INTRODUCED:
                self.sources.named(cue, number)
            elif (source := self.sources.resolve(cue, number)) is not None:
                found.append((cue, source))
        return found

    def _second(self, cue: Cue, start: int, end: int, quoted: bool) -> Attribution:
        """The other of two conjoined voices."""
        known = self.sources.known(cue.also)
        source = known or Source(cue.also, kind_of_cue(cue), None, 0)
        return replace(_cued(cue, source, start, end, quoted), handle=None, confidence=0.9, rule="verb:also")

    def _carry(self, number: int, current: Attribution | None) -> Attribution | None:
        """The voice of the sentence before, where a quotation runs on or starts on its own."""
        if current is None:
            return self._quote_ahead(number)
        sentence = self.prepared.sentences[number]
        open_quote = any(q[0] < sentence.start < q[1] for q in self.prepared.quotes)
        own_quote = bool(quotations(self.prepared, sentence.start, sentence.end))
        own_quote = own_quote or starts_quoted(self.prepared, sentence.start)
        rule, confidence = "carried", 0.3
        if open_quote or own_quote:
            ahead = self._quote_ahead(number)
            if ahead is not None:
                return ahead
            rule, confidence = "carried:quote", 0.8
        elif introduced(self.prepared, sentence.start) and current.confidence >= 0.9 and not current.distance:
            rule, confidence = "carried:colon", 0.8
        elif _MINE.search(self.prepared.sentence_text(number)):
            return None
        return replace(
            current,
            start=sentence.start,
            end=sentence.end,
            rule=rule,
            confidence=confidence,
            verbatim=own_quote or open_quote,
            voice="quoted" if own_quote or open_quote else "paraphrased",
            distance=current.distance + 1,
        )

    def _quote_ahead(self, number: int) -> Attribution | None:
        """A quotation whose speaker is named only in a later sentence that the same quotation reaches."""
        sentence = self.prepared.sentences[number]
        quote = runs_into(self.prepared, sentence.start, sentence.end)
        found = self._named_after(number, quote) if quote else None
        if found is None:
            return None
        cue, later = found
        source = self.sources.resolve(cue, later)
        if source is None:
            return None
        ahead = _cued(cue, source, sentence.start, sentence.end, True)
        return replace(ahead, handle=None, confidence=0.85, rule="quote_ahead")

    def _named_after(self, number: int, quote: tuple[int, int]) -> tuple[Cue, int] | None:
        for later in range(number + 1, min(number + 6, len(self.prepared.sentences))):
            if self.prepared.sentences[later].start >= quote[1]:
                break
            for cue in self.cues[later]:
                if cue.start >= quote[1] - 2:
                    return cue, later
        signed = signature(self.prepared, quote[1])
        return (signed, number) if signed else None


def _cued(cue: Cue, source: Source, start: int, end: int, quoted: bool) -> Attribution:
    return Attribution(
        start,
        end,
        source.name,
        source.organisation,
        source.name[1:] if source.name.startswith("@") else None,
        "quoted" if quoted else "paraphrased",
        quoted,
        0.9 if cue.strong else 0.6,
        cue.rule if cue.reference == "name" else f"{cue.rule}:{cue.reference}",
        source.kind,
    )


def _scopes(cues: list[Cue], start: int, end: int) -> list[tuple[int, int]]:
    """Which words of the sentence belong to which cue: a leading cue owns what follows."""
    edges = [start]
    for before, after in pairwise(cues):
        if after.lead:
            edges.append(after.start)
        elif before.lead:
            edges.append(end if before.rule != "possessive" else before.end)
        else:
            edges.append(before.end)
    edges.append(end)
    return [(a, min(b, end)) for a, b in pairwise(edges)]
