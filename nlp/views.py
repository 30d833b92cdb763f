"""A span as the linear model reads it: masked tokens and counts of our finance lexicon (lexicon.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from nlp.first_letters import narrowed
from nlp.remembered import Remembered
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


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """lexicon.toml: classes by whole word, by stem and by phrase; `pivots`: phrases by their longest word."""

    words: dict[str, tuple[int, ...]]
    stems: dict[str, tuple[int, ...]]
    lengths: tuple[int, ...]  # of the stems
    pattern: re.Pattern[str]
    phrases: dict[str, tuple[int, ...]]
    pivots: dict[str, tuple[str, ...]]


@cache
def _lexicon() -> _Lexicon:
    data = tomllib.loads(files("nlp").joinpath("lexicon.toml").read_text(encoding="utf-8"))
    words: dict[str, set[int]] = {}
    stems: dict[str, set[int]] = {}
    phrases: dict[str, set[int]] = {}
    for number, name in enumerate(CLASSES):
        for word in data["words"].get(name, "").split():
            (stems if word.endswith("*") else words).setdefault(word.removesuffix("*"), set()).add(number)
        for phrase in data["phrases"].get(name, []):
            phrases.setdefault(phrase, set()).add(number)
    longest_first = sorted(map(re.escape, phrases), key=len, reverse=True)
    pattern = narrowed(re.compile(r"\b(?:" + "|".join(longest_first) + r")\b"))
    pivots: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        pivot = max(re.findall(r"\w+", phrase), key=len)
        pivots[pivot] = (*pivots.get(pivot, ()), phrase)
    lengths = tuple(sorted({len(stem) for stem in stems}))
    return _Lexicon(_sorted(words), _sorted(stems), lengths, pattern, _sorted(phrases), pivots)


def _sorted(found: dict[str, set[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(sorted(classes)) for name, classes in found.items()}


@lru_cache(maxsize=1 << 17)
def word_classes(word: str) -> tuple[int, ...]:
    """The lexicon classes of one lower-case word."""
    lexicon = _lexicon()
    whole = lexicon.words.get(word)
    if whole:
        return whole
    starts = (lexicon.stems.get(word[:length], ()) for length in lexicon.lengths if length <= len(word))
    return tuple(sorted({number for classes in starts for number in classes}))


def _polar(word: str) -> bool:
    return any(number in _POLAR for number in word_classes(word))


POLAR = Remembered(_polar)  # whether a lower-case word says up, down, good or bad


def _phrases_with(word: str) -> tuple[str, ...]:
    """The phrases whose longest word a token is or holds: only these can be around it."""
    return tuple(phrase for part in re.findall(r"\w+", word) for phrase in _lexicon().pivots.get(part, ()))


def _known(word: str) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """The classes of a lower-case word and the phrases around it; None for most words, which have neither."""
    classes, phrases = word_classes(word), _phrases_with(word)
    return (classes, phrases) if classes or phrases else None


_KNOWN = Remembered(_known)


_WORD, _MARK = r"[^\W\d_]+(?:['’-][^\W\d_]+)*", r"[?!:;,“”\"…]"
_TOKEN = re.compile(  # the commonest first: no two of these begin with the same character, but for those of numbers
    rf"(?P<word>{_WORD})|(?P<mark>{_MARK})"
    r"|(?P<money>[$€£¥]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:[kKmMbBtT]\b|million|billion|trillion))?)"
    r"|(?P<pct>\d[\d,]*(?:\.\d+)?\s?(?:%|percent\b|per cent\b|bps\b))|(?P<mult>\d+(?:\.\d+)?x\b)"
    r"|(?P<year>\b(?:19|20)\d\d\b)|(?P<num>\d[\d,]*(?:\.\d+)?\w?)"
)
_PLAIN = re.compile(f"{_WORD}|{_MARK}")
_NUMERIC = re.compile(r"\d")  # money holds digits too
_MASKS = {"money": "<usd>", "pct": "<pct>", "mult": "<x>", "year": "<year>", "num": "<num>"}


@dataclass(frozen=True, slots=True)
class View:
    """The tokens of one span, masked, with lexicon counts."""

    tokens: tuple[str, ...]
    at: tuple[int, ...]  # token positions of the target
    counts: tuple[float, ...]  # one per class
    net: float  # up + good - down - bad, signs turned by a negation up to three words before


_LOWERED: Remembered[str, str] = Remembered(lambda word: word.casefold().replace("’", "'"))


def view(prepared: Prepared, start: int, end: int, mentions: Sequence[tuple[int, int, str]]) -> View:
    """Read `text[start:end]`; each mention (start, end, symbol) becomes one token "<@SYMBOL>"."""
    tokens: list[str] = []
    spans = iter([m for m in mentions if m[1] > start and m[0] < end])
    mask = next(spans, None)
    if mask is None and not _NUMERIC.search(prepared.text, start, end):
        return _counted_view([*map(_LOWERED.__getitem__, _PLAIN.findall(prepared.text, start, end))])
    for match in _TOKEN.finditer(prepared.text, start, end):
        first, last = match.span()
        while mask and first >= mask[1]:
            mask = next(spans, None)
        if mask and last > mask[0]:
            name = f"<@{mask[2]}>"
            if not tokens or tokens[-1] != name:
                tokens.append(name)
            continue
        tokens.append(_masked(match))
    return _counted_view(tokens)


def _masked(match: re.Match[str]) -> str:
    kind = match.lastgroup
    return _LOWERED[match[0]] if kind == "word" else _MASKS.get(kind or "") or match[0]


def _counted_view(tokens: Sequence[str]) -> View:
    return View(tuple(tokens), (), *lexicon_counts(tokens))


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
    """How many tokens and phrases are of each class, and the net of the polar ones."""
    return _counted(tuple(tokens))


@lru_cache(maxsize=512)  # the candidates of one clause ask for the same words in turn
def _counted(tokens: tuple[str, ...]) -> tuple[tuple[float, ...], float]:
    counts, net, negated = [0.0] * len(CLASSES), 0.0, -9
    known = [(place, found) for place, found in enumerate(map(_KNOWN.__getitem__, tokens)) if found]
    for position, (classes, _) in known:
        for number in classes:
            counts[number] += 1
            if number in _POLAR:
                net += _POLAR[number] * (-1 if position - negated <= 5 else 1)
        if _NEGATION in classes:
            negated = position
    for phrase in _phrases(tokens, [phrase for _, (_, around) in known for phrase in around]):
        for number in _lexicon().phrases[phrase]:
            counts[number] += 1
            net += _POLAR.get(number, 0.0)
    return tuple(counts), net


def _phrases(tokens: tuple[str, ...], possible: list[str]) -> list[str]:
    printed = " ".join(tokens) if possible else ""
    return _lexicon().pattern.findall(printed) if any(phrase in printed for phrase in possible) else []
