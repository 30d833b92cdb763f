"""The voice of every candidate: the cue that covers its clause, a voice carried over, or the outlet's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from nlp.attribution import Attribution
from nlp.candidates import Candidate
from nlp.claims import Voice


@dataclass(frozen=True, slots=True)
class Voicing:
    """One voice per candidate (None: the outlet's own), and how sure each is, 0 to 1."""

    voices: tuple[Attribution | None, ...]
    sureness: tuple[float, ...]

    def speaker(self, number: int) -> str:
        voice = self.voices[number]
        return voice.speaker if voice else ""

    def sure(self, number: int) -> float:
        return self.sureness[number]


class SaidBy(TypedDict):
    """The fields of a claim that tell whose words it is in."""

    speaker: str
    organisation: str | None
    handle: str | None
    voice: Voice
    verbatim: bool


def said_by(voice: Attribution | None) -> SaidBy:
    """The fields of a claim made by a voice; those of the outlet's own words for None."""
    if voice is None:
        return SaidBy(speaker="", organisation=None, handle=None, voice="outlet", verbatim=False)
    return SaidBy(
        speaker=voice.speaker,
        organisation=voice.organisation,
        handle=voice.handle,
        voice=voice.voice,
        verbatim=voice.verbatim,
    )


def voicing(candidates: Sequence[Candidate]) -> Voicing:
    """Decide the voice of each candidate's clause."""
    voices = tuple(spoken_by(candidate) for candidate in candidates)
    return Voicing(voices, tuple(v.confidence if v else 0.5 for v in voices))


def spoken_by(candidate: Candidate) -> Attribution | None:
    """The attribution that covers most of the clause; of two equal ones, the surer."""
    clause = candidate.clause
    return max(
        candidate.voices,
        key=lambda v: (min(v.end, clause.end) - max(v.start, clause.start), v.confidence, v.rule != "verb:also"),
        default=None,
    )
