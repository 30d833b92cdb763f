"""Layer 3: whose words are whose, over a whole document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from nlp.attribution_cues import Cue, find_cues, find_mentions
from nlp.attribution_names import VoiceKind, lexicon
from nlp.carry import Neighbours, carries, carry_features
from nlp.claims import Voice
from nlp.embedded import embedded_posts
from nlp.text import Prepared, Sentence
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


@dataclass(slots=True)
class Source:
    """A voice met in the document, and the last sentence it was met in."""

    name: str
    kind: VoiceKind
    organisation: str | None
    sentence: int
    document: bool = False  # a publication: a report, a letter, a poll


def attribute(prepared: Prepared, document: Document) -> tuple[Attribution, ...]:
    """The voices of a document, as spans in reading order; words under no span are the outlet's own."""
    found = attributions(prepared, document)
    around = Neighbours(found)
    decided = (
        replace(v, confidence=carries(carry_features(prepared, v, around))) if v.rule == "carried" else v for v in found
    )
    return tuple(v for v in decided if v.rule != "carried" or v.confidence >= CARRIED)


CARRIED = 0.5  # probability from which a voice is carried over


def attributions(prepared: Prepared, document: Document) -> tuple[Attribution, ...]:
    """Like `attribute`, with every voice carried into the sentences after it, before it is decided which go on."""
    if prepared.kind == "post":
        return tuple(_post(prepared, document))
    return tuple(sorted(_Reader(prepared, document).read(), key=lambda a: (a.start, a.end)))


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
    for number, sentence in enumerate(prepared.sentences):
        for cue in find_cues(prepared.text, sentence.start, sentence.end, heading=True):
            if cue.reference == "name" and cue.strong and cue.rule != "for" and cue.name.lstrip("@") != handle:
                yield Attribution(
                    sentence.start,
                    sentence.end,
                    cue.name,
                    cue.organisation,
                    voice="paraphrased",
                    verbatim=bool(_quoted(prepared, sentence.start, sentence.end)),
                    confidence=0.6,
                    rule=f"post_{cue.rule}",
                    kind=cue.kind,
                    distance=number * 0,
                )


def _quoted(prepared: Prepared, start: int, end: int) -> list[tuple[int, int]]:
    return [q for q in prepared.quotes if q[0] < end and start < q[1] and q[1] - q[0] > 25]


class _Reader:
    """Reads an article sentence by sentence, remembering the voices met."""

    def __init__(self, prepared: Prepared, document: Document) -> None:
        self.prepared, self.document = prepared, document
        self.sources: list[Source] = []
        self.cues = [
            []
            if s.role in ("boilerplate", "caption")
            else find_cues(prepared.text, s.start, s.end, s.role in ("title", "heading"))
            for s in prepared.sentences
        ]
        self.cues = [[c for c in cues if self._plausible(c, prepared.sentences[n])] for n, cues in enumerate(self.cues)]
        printed = {
            c.name.casefold() for n, cues in enumerate(self.cues) if prepared.sentences[n].role == "body" for c in cues
        }
        for n, cues in enumerate(self.cues):
            if prepared.sentences[n].role in ("title", "heading"):
                self.cues[n] = [
                    c
                    for c in cues
                    if c.reference in ("group", "someone") or (c.reference == "name" and self._printed(c, printed))
                ]
        self.first_named = self._first_named()

    def _plausible(self, cue: Cue, sentence: Sentence) -> bool:
        """Not a common word that only opens the sentence ("Contracts betting on")."""
        if cue.reference != "name" or " " in cue.name or cue.start > sentence.start + 2 or not cue.name.isalpha():
            return True
        if any(map(str.isupper, cue.name[1:])):
            return True
        return not cue.name.endswith(("s", "ing")) and f" {cue.name.casefold()} " not in self.prepared.text

    @staticmethod
    def _printed(cue: Cue, names: set[str]) -> bool:
        low = cue.name.casefold()
        return low in names or any(low in other.split() for other in names)

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
        cues = [(c, s) for c in self.cues[number] if (s := self._resolve(c, number)) is not None]
        for mention in (
            find_mentions(self.prepared.text, sentence.start, sentence.end) if sentence.role == "body" else ()
        ):
            self._named(mention, number)
        if not cues:
            carried = self._carry(number, current)
            return [carried] if carried else []
        spans = _scopes([c for c, _ in cues], sentence.start, sentence.end)
        found = []
        for (cue, source), (start, end) in zip(cues, spans, strict=True):
            if start >= end:
                continue
            quotes = _quoted(self.prepared, start, end)
            if cue.also:
                found.append(self._second(cue, start, end, bool(quotes)))
            found.append(
                Attribution(
                    start,
                    end,
                    source.name,
                    source.organisation,
                    source.name[1:] if source.name.startswith("@") else None,
                    "quoted" if quotes else "paraphrased",
                    bool(quotes),
                    0.9 if cue.strong else 0.6,
                    cue.rule if cue.reference == "name" else f"{cue.rule}:{cue.reference}",
                    source.kind,
                )
            )
        return found

    def _second(self, cue: Cue, start: int, end: int, quoted: bool) -> Attribution:
        """The other of two conjoined voices."""
        known = self._known(cue.also)
        name, kind = (known.name, known.kind) if known else (cue.also, _kind(cue))
        return Attribution(
            start,
            end,
            name,
            known.organisation if known else None,
            None,
            "quoted" if quoted else "paraphrased",
            quoted,
            0.9,
            "verb:also",
            kind,
        )

    def _carry(self, number: int, current: Attribution | None) -> Attribution | None:
        """The voice of the sentence before, where a quotation runs on or starts on its own."""
        if current is None:
            return self._quote_ahead(number)
        sentence = self.prepared.sentences[number]
        open_quote = any(q[0] < sentence.start < q[1] for q in self.prepared.quotes)
        own_quote = bool(_quoted(self.prepared, sentence.start, sentence.end))
        rule = "carried:quote" if open_quote or own_quote else "carried"
        ahead = self._quote_ahead(number) if rule == "carried:quote" else None
        if ahead is not None:
            return ahead
        confidence = 0.8 if rule == "carried:quote" else 0.3
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
        quote = next((q for q in self.prepared.quotes if q[0] < sentence.end and sentence.end < q[1]), None)
        if quote is None:
            return None
        for later in range(number + 1, min(number + 6, len(self.prepared.sentences))):
            other = self.prepared.sentences[later]
            if other.start >= quote[1]:
                break
            for cue in self.cues[later]:
                source = self._resolve(cue, later)
                if source and cue.start >= quote[1] - 2:
                    return Attribution(
                        sentence.start,
                        sentence.end,
                        source.name,
                        source.organisation,
                        None,
                        "quoted",
                        True,
                        0.85,
                        "quote_ahead",
                        source.kind,
                    )
        return None

    # --- who a mention is ---------------------------------------------------------------------------------------

    def _resolve(self, cue: Cue, number: int) -> Source | None:
        if cue.reference == "name":
            return self._named(cue, number)
        if cue.reference == "group":
            return Source("unnamed", "group", None, number)
        if cue.reference == "someone":
            ahead = self.first_named
            if ahead and 0 <= ahead[0] - number <= 5 and not any(s.kind in ("person", "handle") for s in self.sources):
                return Source(ahead[1].name, _kind(ahead[1]), ahead[1].organisation, number)
            return Source("unnamed", "group", None, number)
        return self._antecedent(cue, number)

    def _named(self, cue: Cue, number: int) -> Source | None:
        known = self._known(cue.name)
        if known is None and not cue.strong and cue.kind == "person" and len(cue.name.split()) < 2:
            return None
        if known is None:
            documentary = cue.name.casefold().split()[-1] in (
                "letter",
                "report",
                "newsletter",
                "poll",
                "survey",
                "vector",
            )
            known = Source(cue.name, _kind(cue), cue.organisation, number, documentary)
            self.sources.append(known)
        else:
            self.sources.remove(known)
            self.sources.append(known)
        known.sentence = number
        known.organisation = known.organisation or cue.organisation
        return known

    def _known(self, name: str) -> Source | None:
        low = name.casefold().lstrip("@")
        for source in reversed(self.sources):
            other = source.name.casefold().lstrip("@")
            if low == other or (len(low) > 2 and low in other.split()) or (" " in low and other.startswith(low)):
                return source
        return None

    def _antecedent(self, cue: Cue, number: int) -> Source | None:
        """The last voice of a fitting kind: "he" a person, "the bank" a house, "the report" a publication."""
        recent = [s for s in reversed(self.sources) if number - s.sentence <= 12]
        if cue.reference in ("pronoun", "who"):
            fitting = [s for s in recent if (s.kind in ("organisation",)) == (cue.name == "it")] or (
                recent if cue.name == "they" else []
            )
        elif cue.reference == "role":
            fitting = [s for s in recent if s.kind in ("person", "handle")] or recent
        elif cue.reference == "document":
            fitting = [s for s in recent if s.document] or recent
        else:
            fitting = [s for s in recent if s.kind == "organisation"] or [
                replace_name(s) for s in recent if s.organisation
            ]
        if fitting:
            return fitting[0]
        if cue.reference == "role" and self.first_named and 0 <= self.first_named[0] - number <= 5:
            ahead = self.first_named[1]
            return Source(ahead.name, _kind(ahead), ahead.organisation, number)
        return Source("unnamed", "group", None, number) if cue.reference == "role" or cue.plural else None


def replace_name(source: Source) -> Source:
    """The house of a person, as a voice of its own."""
    return Source(source.organisation or source.name, "organisation", source.organisation, source.sentence)


def _kind(cue: Cue) -> VoiceKind:
    if cue.kind in ("handle", "organisation"):
        return "handle" if cue.kind == "handle" else "organisation"
    return "organisation" if cue.rule == "house_group" or cue.name.casefold() in lexicon().not_speakers else "person"


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
