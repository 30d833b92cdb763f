"""The voices met so far in a document, and whom "he", "the analyst", "the bank" or "the report" means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nlp.attribution_cues import Cue
from nlp.attribution_names import VoiceKind, lexicon

REACH = 12  # sentences over which a voice can be meant again
AHEAD = 5  # sentences in which a voice that was announced must be named


@dataclass(slots=True)
class Source:
    """A voice met in the document, and the last sentence it was met in."""

    name: str
    kind: VoiceKind
    organisation: str | None
    sentence: int
    document: bool = False  # a publication: a report, a letter, a poll
    spoken: bool = False  # met next to a sure sign that it speaks, or with its profession
    cued: bool = False  # met next to any sign that it speaks
    human: bool = False  # met with a profession, a house or "he"


class Sources:
    """Remembers the voices of one document in the order they were last met."""

    def __init__(self, first_named: tuple[int, Cue] | None) -> None:
        self._met: list[Source] = []
        self._first = first_named
        self._several: Source | None = None  # whom "they" means: the group or house that spoke last

    def resolve(self, cue: Cue, number: int) -> Source | None:
        """The voice a cue of sentence `number` means; None where it means nobody that is known."""
        if cue.reference == "name":
            return self.named(cue, number)
        if cue.reference == "group":
            self._several = _nobody(number)
            return self._several
        if cue.reference == "someone":
            known = any(s.kind in ("person", "handle") for s in self._met)
            return (None if known else self._announced(number)) or _nobody(number)
        return self._antecedent(cue, number)

    def named(self, cue: Cue, number: int) -> Source | None:
        """The voice of this printed name, new or met before."""
        known = self.known(cue.name)
        if known is None and not cue.strong and cue.kind == "person" and len(cue.name.split()) < 2:
            return None
        if known is None:
            documentary = cue.name.casefold().split()[-1] in lexicon().publications
            known = Source(cue.name, kind_of_cue(cue), cue.organisation, number, documentary)
        else:
            self._met.remove(known)
        self._met.append(known)
        known.sentence = number
        known.spoken = known.spoken or cue.strong
        known.cued = known.cued or cue.rule != "subject"
        known.organisation = known.organisation or cue.organisation
        known.human = known.human or cue.rule == "mention" or (cue.kind == "person" and bool(cue.organisation))
        self._several = known if cue.plural else self._several
        return known

    def known(self, name: str) -> Source | None:
        """The voice met under this name, a part of it or a longer form."""
        low = name.casefold().lstrip("@")
        for source in reversed(self._met):
            other = source.name.casefold().lstrip("@")
            if low == other or (len(low) > 2 and low in other.split()) or (" " in low and other.startswith(low)):
                return source
        return None

    def _antecedent(self, cue: Cue, number: int) -> Source | None:
        recent = [s for s in reversed(self._met) if number - s.sentence <= REACH]
        meant = next(iter(self._fitting(cue, recent)), None)
        if meant is not None:
            if cue.reference == "house" or cue.name == "it":  # "Podbrook reports ... The firm adds": no person's name
                meant.kind = "organisation"
            meant.human = meant.human or cue.name in ("he", "she")
            return meant
        if cue.reference == "role":
            return self._announced(number) or _nobody(number)
        return _nobody(number) if cue.plural else None

    def _fitting(self, cue: Cue, recent: list[Source]) -> Iterable[Source]:
        """The recent voices of a fitting kind, the likeliest first."""
        recent = [s for s in recent if s.cued] or recent
        people = [s for s in recent if s.kind in ("person", "handle")]
        houses = [s for s in recent if s.kind == "organisation"]
        if cue.reference in ("pronoun", "who"):
            if cue.name == "it":
                return houses or [s for s in people if not s.human]
            if cue.name == "they" and self._several and _newer(self._several, recent):
                return [self._several]
            sure = [s for s in people if s.spoken]
            return sure or people or (recent if cue.name == "they" else ())
        if cue.reference == "role" and cue.plural:
            return [self._several] if self._several else houses
        if cue.reference == "role":
            return [s for s in people if s.spoken] or people or recent
        if cue.reference == "document":
            return [s for s in recent if s.document] or recent
        return houses or [house_of(s) for s in recent if s.organisation] or [s for s in people if not s.human]

    def _announced(self, number: int) -> Source | None:
        """ "A popular analyst" of an opening line: the first person the document names, soon after."""
        if self._first is None or not 0 <= self._first[0] - number <= AHEAD:
            return None
        cue = self._first[1]
        return Source(cue.name, kind_of_cue(cue), cue.organisation, number)


def _newer(several: Source, recent: list[Source]) -> bool:
    return not recent or recent[0] is several or several.sentence >= recent[0].sentence


def _nobody(number: int) -> Source:
    return Source("unnamed", "group", None, number)


def house_of(source: Source) -> Source:
    """The house of a person, as a voice of its own."""
    return replace(source, name=source.organisation or source.name, kind="organisation")


def kind_of_cue(cue: Cue) -> VoiceKind:
    if cue.kind in ("handle", "organisation"):
        return cue.kind
    if cue.organisation == cue.name:  # "Harrow analysts said"
        return "organisation"
    return "organisation" if cue.rule == "house_group" or cue.name.casefold() in lexicon().not_speakers else "person"
