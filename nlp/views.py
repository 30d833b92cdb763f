"""A span as the linear model reads it: masked tokens and counts of our finance lexicon (lexicon.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nlp.text import Prepared

CLASSES = (
    "up",
    "down",
    "good",
    "bad",
    "future",
    "past",
    "hedge",
    "negation",
    "condition",
    "neutral",
    "opinion",
    "disclosure",
    "level",
)


@cache
def _lexicon() -> tuple[dict[str, tuple[int, ...]], list[tuple[str, int]], re.Pattern[str], dict[str, tuple[int, ...]]]:
    """Whole words, stems, a pattern of the phrases, and phrases by class."""
    data = tomllib.loads(files("nlp").joinpath("lexicon.toml").read_text(encoding="utf-8"))
    words: dict[str, set[int]] = {}
    stems: list[tuple[str, int]] = []
    phrases: dict[str, set[int]] = {}
    for number, name in enumerate(CLASSES):
        for word in data["words"].get(name, "").split():
            if word.endswith("*"):
                stems.append((word[:-1], number))
            else:
                words.setdefault(word, set()).add(number)
        for phrase in data["phrases"].get(name, []):
            phrases.setdefault(phrase, set()).add(number)
    pattern = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, phrases), key=len, reverse=True)) + r")\b")
    return (
        {w: tuple(sorted(c)) for w, c in words.items()},
        stems,
        pattern,
        {p: tuple(sorted(c)) for p, c in phrases.items()},
    )


@cache
def word_classes(word: str) -> tuple[int, ...]:
    """The lexicon classes of one lower-case word."""
    words, stems, _, _ = _lexicon()
    found = set(words.get(word, ()))
    if not found:
        found |= {number for stem, number in stems if word.startswith(stem)}
    return tuple(sorted(found))


_TOKEN = re.compile(
    r"(?P<money>[$€£¥]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:[kKmMbBtT]\b|million|billion|trillion))?)"
    r"|(?P<pct>\d[\d,]*(?:\.\d+)?\s?(?:%|percent\b|per cent\b|bps\b))|(?P<mult>\d+(?:\.\d+)?x\b)"
    r"|(?P<year>\b(?:19|20)\d\d\b)|(?P<num>\d[\d,]*(?:\.\d+)?\w?)|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)"
    r"|(?P<mark>[?!:;,“”\"…])"
)
_MASKS = {"money": "<usd>", "pct": "<pct>", "mult": "<x>", "year": "<year>", "num": "<num>"}


@dataclass(frozen=True, slots=True)
class View:
    """The tokens of one span, masked, with lexicon counts."""

    tokens: tuple[str, ...]
    at: tuple[int, ...]  # token positions of the target
    counts: tuple[float, ...]  # one per class
    net: float  # up + good - down - bad, signs turned by a negation up to three words before


def view(prepared: Prepared, start: int, end: int, mentions: Sequence[tuple[int, int, str]]) -> View:
    """Read `text[start:end]`; each mention (start, end, symbol) becomes one token "<@SYMBOL>"."""
    tokens: list[str] = []
    spans = iter([m for m in mentions if m[1] > start and m[0] < end])
    mask = next(spans, None)
    for match in _TOKEN.finditer(prepared.text, start, end):
        while mask and match.start() >= mask[1]:
            mask = next(spans, None)
        if mask and match.end() > mask[0]:
            name = f"<@{mask[2]}>"
            if not tokens or tokens[-1] != name:
                tokens.append(name)
            continue
        kind = match.lastgroup or "word"
        tokens.append(_MASKS.get(kind) or match.group().casefold().replace("’", "'"))
    counts, net = lexicon_counts(tokens)
    return View(tuple(tokens), (), counts, net)


def aimed(found: View, target: str) -> View:
    """The same span with the target's mentions as "<t>" and all others as "<o>"."""
    tokens: list[str] = []
    at: list[int] = []
    own = f"<@{target}>"
    for token in found.tokens:
        if token.startswith("<@"):
            token = "<t>" if token == own else "<o>"
            if tokens and tokens[-1] == token:
                continue
            if token == "<t>":
                at.append(len(tokens))
        tokens.append(token)
    return View(tuple(tokens), tuple(at), found.counts, found.net)


_NEGATION = CLASSES.index("negation")
_POLAR = {CLASSES.index("up"): 1.0, CLASSES.index("good"): 1.0, CLASSES.index("down"): -1.0, CLASSES.index("bad"): -1.0}


def lexicon_counts(tokens: Sequence[str]) -> tuple[tuple[float, ...], float]:
    counts, net, negated = [0.0] * len(CLASSES), 0.0, -9
    for position, token in enumerate(tokens):
        classes = word_classes(token)
        for number in classes:
            counts[number] += 1
            if number in _POLAR:
                net += _POLAR[number] * (-1 if position - negated <= 5 else 1)
        if _NEGATION in classes:
            negated = position
    _, _, pattern, phrases = _lexicon()
    for match in pattern.finditer(" ".join(tokens)):
        for number in phrases[match.group()]:
            counts[number] += 1
            net += _POLAR.get(number, 0.0)
    return tuple(counts), net
