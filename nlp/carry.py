"""Does a sentence without a cue of its own go on with the voice of the sentence before?"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from nlp.prefilter import Caseless
from nlp.text import Prepared

if TYPE_CHECKING:
    from nlp.attribution import Attribution

NAMES = (
    "bias", "distance", "far", "resumes", "other_next", "pronoun", "role", "this", "condition", "contrast", "chart",
    "colon", "person", "organisation", "group", "same_paragraph", "future", "price_now",
)  # fmt: skip

_PRONOUN = Caseless(re.compile(r"\b(?:he|she|his|her|him|they|their)\b", re.IGNORECASE))
_ROLE = Caseless(
    re.compile(
        r"\bthe (?:\w+ )?(?:analyst|trader|expert|strategist|firm|bank|report|note|economist|post)\b", re.IGNORECASE
    )
)
_THIS = re.compile(r"^(?:This|These|That|Those|Such|In this|Under th|Based on th|According to th|For this)\b")
_CONDITION = Caseless(re.compile(r"\b(?:if|unless|should|once|in a \w+ (?:case|scenario))\b", re.IGNORECASE))
_CONTRAST = re.compile(
    r"^(?:However|But|Still|Conversely|On the other hand|On the downside|Yet|Despite|While|Although)\b"
)
_CHART = Caseless(
    re.compile(
        r"\b(?:chart|accompanying|pattern|setup|structure|projection|target|analysis|framework|model)\b", re.IGNORECASE
    )
)
_FUTURE = Caseless(re.compile(r"\b(?:could|would|will|may|might|expected|likely|poised|set to)\b", re.IGNORECASE))
_PRICE_NOW = Caseless(
    re.compile(
        r"\b(?:at press time|at the time of writing|is (?:currently |now )?(?:trading|changing hands|priced)|"
        r"traded at|24 hours|according to data|meanwhile|coinmarketcap|tradingview|past week)\b",
        re.IGNORECASE,
    )
)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The attributions of a document in order, for looking ahead."""

    voices: Sequence[Attribution]

    def next_cued(self, after: int) -> Attribution | None:
        """The next attribution that rests on a cue of its own."""
        return next((v for v in self.voices if v.start >= after and not v.rule.startswith("carried")), None)


def carry_features(prepared: Prepared, voice: Attribution, around: Neighbours) -> tuple[float, ...]:
    """The signs, in the order of NAMES."""
    text = prepared.text[voice.start : voice.end]
    following = around.next_cued(voice.end)
    near = following is not None and prepared.sentence_at(following.start) - prepared.sentence_at(voice.start) <= 2
    earlier = prepared.text[max(0, voice.start - 3) : voice.start]
    values = (
        1.0, min(voice.distance, 5) / 5, float(voice.distance > 2),
        float(near and following is not None and following.speaker == voice.speaker),
        float(near and following is not None and following.speaker != voice.speaker),
        float(_PRONOUN.found(text)), float(_ROLE.found(text)), float(bool(_THIS.search(text))),
        float(_CONDITION.found(text)), float(bool(_CONTRAST.search(text))), float(_CHART.found(text)),
        float(":" in earlier), float(voice.kind in ("person", "handle")), float(voice.kind == "organisation"),
        float(voice.speaker == "unnamed"), float("\n" not in earlier), float(_FUTURE.found(text)),
        float(_PRICE_NOW.found(text)),
    )  # fmt: skip
    return values


_IN_USE: dict[str, tuple[float, ...]] = {}


def weights() -> tuple[float, ...]:
    """weights/carry.json: one number for each of NAMES."""
    if "shipped" not in _IN_USE:
        use(json.loads(files("nlp").joinpath("weights/carry.json").read_text(encoding="utf-8")))
    return _IN_USE["shipped"]


def use(data: Mapping[str, float]) -> None:
    """Read with these weights from here on: training fits them before what rests on them."""
    _IN_USE["shipped"] = tuple(float(data[name]) for name in NAMES)


def carries(features: Sequence[float]) -> float:
    """P(the voice goes on)."""
    score = sum(w * f for w, f in zip(weights(), features, strict=True))
    return 1 / (1 + math.exp(-score))
