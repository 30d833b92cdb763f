"""How a view is put: hedged, negated, asked, said in a heading, or told of the past."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nlp.claims import Modality
from nlp.text import Sentence


@dataclass(frozen=True, slots=True)
class Tone:
    """The manner of one clause."""

    hedged: bool
    negated: bool
    modality: Modality


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = tomllib.loads(files("nlp").joinpath("modality.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(row["pattern"] for row in rows), re.IGNORECASE) for name, rows in data.items()}


_FORWARD = re.compile(
    r"\b(?:will|could|may|might|expects?|expected|predicts?|forecasts?|target|likely|should|would)\b", re.IGNORECASE
)


def modality_of(text: str, start: int, end: int, sentence: Sentence) -> Tone:
    """Read the tone of the clause `text[start:end]` of this sentence."""
    found = {name: bool(pattern.search(text, start, end)) for name, pattern in _patterns().items()}
    modality: Modality = "asserted"
    if "?" in text[max(start, sentence.end - 3) : sentence.end]:
        modality = "question"
    elif sentence.role in ("title", "heading"):
        modality = "heading"
    elif found["historical"] and not _FORWARD.search(text, start, end):
        modality = "historical"
    return Tone(found["hedged"], found["negated"], modality)
