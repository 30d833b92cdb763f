"""From model scores to confidence: how often such a claim is right, by cross-validation on annotated documents."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from nlp.attribution import Attribution

if TYPE_CHECKING:
    from collections.abc import Mapping

PRECISION = 0.90  # of (speaker, asset, stance), which a verified claim must reach on held-out documents
LEAST = 20  # held-out claims over a threshold below which nothing is said about it


@dataclass(frozen=True, slots=True)
class Calibration:
    """weights/calibration.json.

    `thresholds` by kind of document: items under them are no calls. `speakers`: how often a voice found by a rule
    is the right one. `steps`: (score, share right) of the isotonic fit, for (asset, stance, speaker). `verified`
    by kind of claim: the confidence from which precision is at least PRECISION, or 1.0 where none reaches it.
    """

    thresholds: Mapping[str, float]
    speakers: Mapping[str, float]
    steps: tuple[tuple[float, float], ...]
    verified: Mapping[str, float]

    def threshold(self, kind: str) -> float:
        """The probability from which an item is a call, for "article" or "post"."""
        return self.thresholds[kind]

    def raw(self, probability: float, voice: Attribution | None, sure: float) -> float:
        """The score that the isotonic fit turns into a confidence."""
        return probability * self.speaker_right(voice, sure)

    def speaker_right(self, voice: Attribution | None, sure: float) -> float:
        family = rule_family(voice)
        return self.speakers.get(family, 0.7) if family != "carried" else sure

    def confidence(self, probability: float, voice: Attribution | None, sure: float) -> float:
        """P(asset, stance and speaker are right), from the isotonic fit."""
        return step(self.steps, self.raw(probability, voice, sure))

    def verified_threshold(self, kind: str) -> float:
        """The confidence from which claims of a kind ("call", "correlation", "figure") are verified; 1.0: none are."""
        return float(self.verified.get(kind, 1.0))

    def to_json(self) -> str:
        """The text that `from_json` reads."""
        fields = {
            "thresholds": dict(self.thresholds),
            "speakers": dict(self.speakers),
            "steps": [list(s) for s in self.steps],
            "verified": dict(self.verified),
        }
        return json.dumps(fields, indent=1, sort_keys=True) + "\n"


def rule_family(voice: Attribution | None) -> str:
    """The first word of the rule that found a voice: "verb", "group", "carried", "outlet" ..."""
    return voice.rule.replace("_", ":").split(":")[0] if voice else "outlet"


def step(steps: Sequence[tuple[float, float]], score: float) -> float:
    """The isotonic fit at a score, straight lines between its steps."""
    if not steps:
        return score
    at = bisect_right(steps, (score, 2.0))
    if at == 0:
        return steps[0][1]
    if at == len(steps):
        return steps[-1][1]
    (x0, y0), (x1, y1) = steps[at - 1], steps[at]
    return y0 + (y1 - y0) * (score - x0) / (x1 - x0) if x1 > x0 else y1


def from_json(text: str) -> Calibration:
    """The calibration that `Calibration.to_json` wrote."""
    data = json.loads(text)
    return Calibration(
        data["thresholds"], data["speakers"], tuple((float(a), float(b)) for a, b in data["steps"]), data["verified"]
    )


@cache
def shipped() -> Calibration:
    """The calibration in nlp/weights."""
    return from_json(files("nlp").joinpath("weights/calibration.json").read_text(encoding="utf-8"))


def verified_threshold(kind: str) -> float:
    """`Calibration.verified_threshold` of the shipped calibration."""
    return shipped().verified_threshold(kind)


# --- fitting ----------------------------------------------------------------------------------------------------


def isotonic(scores: Sequence[float], right: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """Pool adjacent violators over bins of at least LEAST claims: (mean score, share right), both rising.

    The bins are laid from the highest score down, so that the surest claims make a whole bin and the lowest bin takes
    what is left over.
    """
    ordered = sorted(zip(scores, right, strict=True))
    size = max(LEAST, len(ordered) // 40)
    blocks: list[tuple[float, float, int]] = []  # sum of scores, number right, count
    for end in reversed(range(len(ordered), 0, -size)):
        part = ordered[max(0, end - size) : end]
        blocks.append((sum(s for s, _ in part), float(sum(r for _, r in part)), len(part)))
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            a, b = blocks.pop(), blocks.pop()
            blocks.append((a[0] + b[0], a[1] + b[1], a[2] + b[2]))
    return tuple((round(total / count, 4), round((good + 0.5) / (count + 1), 4)) for total, good, count in blocks)


def verified_from(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """The lowest confidence from which the share right stays at least PRECISION; 1.0 where it never does."""
    ordered = sorted(zip(confidences, right, strict=True), reverse=True)
    good, lowest = 0, 1.0
    for count, (confidence, was_right) in enumerate(ordered, 1):
        good += was_right
        last_of_ties = count == len(ordered) or ordered[count][0] < confidence
        if count >= LEAST and last_of_ties and good / count >= PRECISION:
            lowest = confidence
    return round(lowest, 4)
