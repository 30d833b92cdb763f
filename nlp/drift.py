"""What changes while a text is copied: numbers and attributions that differ between aligned sentences."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.anchors import NUMBER

_SENTENCE = re.compile(r"[^\n]+?(?:[.!?][\"”’)]*(?=\s|$)|(?=\n|$))")
_WORD = re.compile(r"\w+")
_ALIGNED = 0.5  # share of the shorter sentence's words that stand in the longer one


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is credited with the text between two offsets."""

    start: int
    end: int
    speaker: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference: what the head prints and what the copy prints, each with its sentence's offsets."""

    kind: Literal["number", "attribution"]
    head: str
    copy: str
    head_span: tuple[int, int]
    copy_span: tuple[int, int]


def drift(
    head: str, copy: str, head_speakers: Sequence[Attribution] = (), copy_speakers: Sequence[Attribution] = ()
) -> list[Drift]:
    """Numbers and attributions that differ between aligned sentences of a document and its copy.

    "about 380%" copied as "about 390%" is a drift; "$93,500" printed as "$93.5K" is none, nor is a scale word
    that was paraphrased ("3.2 billion" to "3.2 cardinal").
    """
    found = []
    for ours, theirs in _aligned(head, copy):
        before, after = head[slice(*ours)], copy[slice(*theirs)]
        found += [Drift("number", a, b, ours, theirs) for a, b in _changed_numbers(before, after)]
        a, b = _speakers(head_speakers, ours), _speakers(copy_speakers, theirs)
        if a and b and not a & b:
            found.append(Drift("attribution", ", ".join(sorted(a)), ", ".join(sorted(b)), ours, theirs))
    return found


def _speakers(attributions: Sequence[Attribution], span: tuple[int, int]) -> set[str]:
    return {a.speaker for a in attributions if a.speaker and a.start < span[1] and span[0] < a.end}


def _aligned(head: str, copy: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Sentence spans of the head with the copy's sentences that tell the same, best match each."""
    ours = [m.span() for m in _SENTENCE.finditer(head)]
    words = [_words(head[slice(*span)]) for span in ours]
    holding: dict[str, list[int]] = defaultdict(list)
    for index, bag in enumerate(words):
        for word in bag:
            holding[word].append(index)
    pairs = []
    for match in _SENTENCE.finditer(copy):
        bag = _words(match[0])
        shared = Counter(index for word in bag for index in holding.get(word, ()))
        ranked = sorted((-n / max(1, min(len(bag), len(words[i]))), i) for i, n in shared.items() if n >= 4)
        if ranked and -ranked[0][0] >= _ALIGNED:
            pairs.append((ours[ranked[0][1]], match.span()))
    return pairs


def _words(sentence: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(sentence) if not word[0].isdigit()}


def _changed_numbers(before: str, after: str) -> list[tuple[str, str]]:
    ours, theirs = [m[0] for m in NUMBER.finditer(before)], [m[0] for m in NUMBER.finditer(after)]
    gone = [n for n in ours if not any(_same_number(n, other) for other in theirs)]
    new = [n for n in theirs if not any(_same_number(n, other) for other in ours)]
    return list(zip(gone, new, strict=False))


def _same_number(a: str, b: str) -> bool:
    """Equal up to a power of a thousand, which the scale word or letter may carry."""
    x, y = (float(re.sub(r"[^\d.]", "", n)) for n in (a, b))
    if not x or not y:
        return x == y
    return any(abs(x * 1000**power - y) <= 1e-9 * y for power in range(-3, 4))
