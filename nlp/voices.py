"""The voice of every candidate: the cue that covers its clause, a voice carried over, or the outlet's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.attribution import Attribution
from nlp.candidates import Candidate


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
