"""Machine-paraphrased text: found by a lexicon of spinner substitutions and read through a de-spun shadow."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

THRESHOLD = 0.6  # sure substitutions per 100 words from which a text counts as machine-paraphrased
AT_LEAST = 3  # and this many different ones


@dataclass(frozen=True, slots=True)
class Shadow:
    """A text with substitutions undone, and where each piece of it came from.

    `edits` holds (start in `text`, end in `text`, start in the original, end in the original), in order.
    """

    text: str
    edits: tuple[tuple[int, int, int, int], ...] = ()

    @staticmethod
    def unchanged(text: str) -> Shadow:
        return Shadow(text)

    @property
    def rewritten(self) -> bool:
        return bool(self.edits)

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The original's span: an edited piece touched by the span is taken whole."""
        if not self.edits:
            return start, end
        first, last = self._map(start, False), self._map(end, True)
        return first, max(first, last)

    def _map(self, at: int, is_end: bool) -> int:
        index = bisect_right(self.edits, (at - is_end, 10**12, 0, 0)) - 1
        if index < 0:
            return at
        new_start, new_end, old_start, old_end = self.edits[index]
        if new_start <= at - is_end < new_end:
            return old_end if is_end else old_start
        return at - new_end + old_end


@dataclass(frozen=True, slots=True)
class SpinLexicon:
    """Spinner substitutions: `plain` by spun phrase, a pattern of all and of the sure ones, these by longest word."""

    plain: dict[str, str]
    every: re.Pattern[str]
    sure: re.Pattern[str]
    phrases: dict[str, tuple[str, ...]]


@cache
def lexicon() -> SpinLexicon:
    """Rows of spin.jsonl: `spun`, `plain`, `sure` (no natural writer says it), `example`."""
    lines = files("nlp").joinpath("spin.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    plain = {row["spun"]: row["plain"] for row in rows}
    sure = [row["spun"] for row in rows if row.get("sure")]
    by_word: dict[str, tuple[str, ...]] = {}
    for phrase in sure:
        longest = max(_WORD.findall(phrase.casefold()), key=len)  # seldom met in other texts
        by_word[longest] = (*by_word.get(longest, ()), phrase)
    return SpinLexicon(plain, _any_of(list(plain)), _any_of(sure), by_word)


_WORD = re.compile(r"\w+")


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    words = sorted(phrases, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(w).replace(r"\ ", r"\s") for w in words) + r")\b", re.I)


def spin_rate(text: str) -> tuple[float, int]:
    """Sure substitutions per 100 words, and how many different ones."""
    low = text.casefold()
    phrases = lexicon().phrases
    met = phrases.keys() & _WORD.findall(low)
    if sum(phrase in low for word in met for phrase in phrases[word]) < AT_LEAST:  # much cheaper than the pattern
        return 0.0, 0
    hits = [m.group().casefold() for m in lexicon().sure.finditer(text)]
    words = max(1, text.count(" ") + 1)
    return 100 * len(hits) / words, len(set(hits))


def despin(text: str) -> Shadow:
    """The de-spun shadow of a machine-paraphrased text; any other text unchanged."""
    rate, different = spin_rate(text)
    if rate < THRESHOLD or different < AT_LEAST:
        return Shadow.unchanged(text)
    pieces: list[str] = []
    edits: list[tuple[int, int, int, int]] = []
    at = length = 0
    for match in lexicon().every.finditer(text):
        plain = _like(match.group(), lexicon().plain[re.sub(r"\s", " ", match.group()).casefold()])
        pieces += [text[at : match.start()], plain]
        length += match.start() - at
        edits.append((length, length + len(plain), match.start(), match.end()))
        length += len(plain)
        at = match.end()
    pieces.append(text[at:])
    return Shadow("".join(pieces), tuple(edits))


def _like(printed: str, plain: str) -> str:
    """`plain` with the capital that `printed` had."""
    return plain[:1].upper() + plain[1:] if printed[:1].isupper() else plain
