"""Headings and teasers that ran into the sentence after them, where a page's line breaks were lost."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Split:
    """One sentence's span; `heading`: a heading that ran into the text; `cut`: page text cut out whole."""

    start: int
    end: int
    heading: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class SentenceWords:
    """sentences.toml."""

    never: frozenset[str]
    months: frozenset[str]
    maybe: frozenset[str]
    starters: frozenset[str]
    subjects: frozenset[str]


@cache
def words() -> SentenceWords:
    """The words that decide where sentences begin and end."""
    data = tomllib.loads(files("nlp").joinpath("sentences.toml").read_text(encoding="utf-8"))
    return SentenceWords(**{name: frozenset(text.split()) for name, text in data.items()})


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


_TITLE_WORD = re.compile(
    r"(?:[A-Z0-9$#&“‘'\"(][\w’'$%.,:;&()/“”\"-]*|of|the|for|to|in|and|on|at|a|an|as|by|with|vs|or|from|is|[–—|])\s+"
)
_TITLE_ONLY = re.compile(r"\s(?:To|By|Of|For|As|Is|And|With|On|Will|Could|In|At|From|Are|Its|It|Be|Can)\s")
_LEAST_WORDS = 3  # a run-in heading has at least this many


def with_heading(text: str, start: int, end: int, post: bool) -> Iterator[Split]:
    """The span as one sentence, or as a run-in heading and the sentence after it.

    "Copper Price Outlook The metal slipped 2% on Monday." is a heading of three words and a sentence.
    """
    start, end = stripped(text, start, end)
    if start >= end:
        return
    at = None if post else _heading_end(text, start, end)
    if at is None:
        yield Split(start, end)
        return
    yield Split(*stripped(text, start, at), heading=True)
    yield Split(*stripped(text, at, end))


def _heading_end(text: str, start: int, end: int) -> int | None:
    """Where a run-in heading stops: before the opening words of the sentence that lower case follows."""
    run: list[tuple[int, str]] = []
    at = start
    while (match := _TITLE_WORD.match(text, at, end)) and len(run) < 18:
        run.append((at, match.group().strip()))
        at = match.end()
    if len(run) <= _LEAST_WORDS or at >= end or not text[at].islower():
        return None
    opener = _opener(run)
    heading = text[start : run[opener][0]].rstrip()
    if opener < _LEAST_WORDS or heading.endswith(
        (",", ";", ")", "-", "–", "—", "of", "on", "for", "and", "the", "in", "to")
    ):
        return None
    known = _word(run[opener]) in words().starters | words().subjects
    return run[opener][0] if known or _TITLE_ONLY.search(heading) else None


def _word(item: tuple[int, str]) -> str:
    return re.split(r"['’,]", item[1])[0]


def _opener(run: list[tuple[int, str]]) -> int:
    """The first of the words that open the sentence: "Growth Despite | the Bitcoin" opens at "Despite"."""
    index = len(run) - 1
    while index > _LEAST_WORDS and not run[index][1][0].isupper():
        index -= 1
    if index - 1 >= _LEAST_WORDS and _word(run[index - 1]) in words().starters:
        return index - 1
    before = index - 1
    while before > _LEAST_WORDS and run[before][1][0].islower():
        before -= 1
    return before if before < index - 1 and _word(run[before]) in words().starters else index


@cache
def _teaser_end() -> re.Pattern[str]:
    openers = "|".join(sorted(words().starters - {"I"}))
    return re.compile(rf"(?<=[a-z0-9%)])\s(?=(?:{openers})\b,?\s[a-z])")


def teaser_end(text: str, start: int, end: int) -> int | None:
    """Where a teaser ("Related: A Quiet Week For Tin However, the metal ...") runs into the article again."""
    match = _teaser_end().search(text, start, end)
    return match.end() if match else None
