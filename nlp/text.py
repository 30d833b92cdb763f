"""Layer 0: a raw text made ready for reading: sentences with their roles, quotations, embedded posts.

`prepare` is the only way in. Everything it returns counts in offsets of `Prepared.text`; `to_original` maps a
span back to the text as published, which differs only where a machine-paraphrased text is read through its
de-spun shadow (nlp/despin.py).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from nlp.despin import Shadow, despin
from nlp.headings import Split, teaser_end
from nlp.sentences import paragraphs, split_sentences

Role = Literal["title", "heading", "body", "caption", "boilerplate", "post"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` without surrounding white space; `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int
    role: Role


@dataclass(frozen=True, slots=True)
class Embed:
    """The signature line of a post embedded in an article: "— Tilda Brok (@tildabrok) March 3, 2024".

    The post itself is the text before `start`; nothing in run-together text says where it began.
    """

    start: int
    end: int
    name: str
    handle: str
    date: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text ready for reading. Offsets count characters of `text`, and `to_original` maps them back."""

    original: str
    text: str
    kind: Literal["article", "post"]
    rewritten: bool  # machine-paraphrased: `text` is the de-spun shadow of `original`
    sentences: tuple[Sentence, ...]
    quotes: tuple[tuple[int, int], ...]  # quotation spans, marks included
    embeds: tuple[Embed, ...]
    shadow: Shadow
    starts: tuple[int, ...]  # of the sentences

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of `original` that `text[start:end]` was read from."""
        return self.shadow.to_original(start, end)

    def sentence_at(self, offset: int) -> int:
        """The index of the sentence at or before this offset (0 where there is none)."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def sentence_text(self, index: int) -> str:
        return self.text[self.sentences[index].start : self.sentences[index].end]


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Compiled patterns of boilerplate.toml."""

    sentence: re.Pattern[str]
    span: re.Pattern[str]
    embed: re.Pattern[str]
    caption: re.Pattern[str]


@cache
def boilerplate() -> Boilerplate:
    """The patterns that mark text of the page rather than the article."""
    data = tomllib.loads(files("nlp").joinpath("boilerplate.toml").read_text(encoding="utf-8"))
    sentence = "|".join(row["pattern"] for row in data["sentence"])
    span = "|".join(row["pattern"] for row in data["span"])
    return Boilerplate(
        re.compile(sentence, re.IGNORECASE),
        re.compile(span),
        re.compile(data["embed"]["pattern"]),
        re.compile(data["caption"]["pattern"]),
    )


def prepare(text: str, kind: Literal["article", "post"] = "article") -> Prepared:
    """Read the outward shape of a text. Never raises on a str, whatever is in it."""
    shadow = despin(text) if kind == "article" else Shadow.unchanged(text)
    parsed = shadow.text
    embeds = tuple(_embeds(parsed)) if kind == "article" else ()
    cut = sorted([(e.start, e.end) for e in embeds] + [m.span() for m in boilerplate().span.finditer(parsed)])
    bounds = paragraphs(parsed)
    sentences = tuple(_sentences(parsed, kind, bounds, tuple(cut), embeds))
    quotes = tuple(q for start, end in bounds for q in find_quotes(parsed, start, end))
    starts = tuple(s.start for s in sentences)
    return Prepared(text, parsed, kind, shadow.rewritten, sentences, quotes, embeds, shadow, starts)


def _embeds(text: str) -> Iterator[Embed]:
    if "(@" not in text:
        return
    for match in boilerplate().embed.finditer(text):
        yield Embed(match.start(), match.end(), match["name"].strip(), match["handle"], match["date"])


def _sentences(
    text: str,
    kind: str,
    bounds: list[tuple[int, int]],
    cut: tuple[tuple[int, int], ...],
    embeds: tuple[Embed, ...],
) -> Iterator[Sentence]:
    signatures = {(e.start, e.end) for e in embeds}
    for number, (start, end) in enumerate(bounds):
        inside = [span for span in cut if start <= span[0] < end]
        for split in split_sentences(text, start, end, inside, post=kind == "post"):
            if kind == "post":
                role: Role = "post"
            elif (split.start, split.end) in signatures:
                role = "caption"
            elif split.cut:
                role = "boilerplate"
            else:
                role = _role(text, split, number, start, end, len(bounds))
            if role == "boilerplate" and (at := teaser_end(text, split.start, split.end)):
                yield Sentence(split.start, at - 1, number, role)
                yield Sentence(at, split.end, number, "body")
            else:
                yield Sentence(split.start, split.end, number, role)


_ENDS = (".", "!", "?", "…", ".”", '."', "?”", '?"', "!”", '!"', ":", ".)", ",", ";", ".’", ".'")


def _role(text: str, split: Split, number: int, start: int, end: int, count: int) -> Role:
    words = text[split.start : split.end]
    if boilerplate().sentence.match(words):
        return "boilerplate"
    if number == 0 and count > 1 and end - start <= 260 and text[start:end].count(". ") < 2:
        return "title"
    if split.heading:
        return "heading"
    alone = text[split.start : end].strip() == words and text[start : split.end].strip() == words
    if boilerplate().caption.fullmatch(words):
        return "caption"
    if alone and len(words) <= 110 and (not words.endswith(_ENDS) or words.endswith("?")):
        return "heading"
    return "body"


_MARK = re.compile('[“”„"«»]')


def find_quotes(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Quotation spans of one paragraph, marks included; an unclosed one runs to the paragraph's end.

    A straight mark opens after white space or a bracket and closes otherwise, so one stray mark does not turn
    the rest of the paragraph inside out.
    """
    opened = -1
    for match in _MARK.finditer(text, start, end):
        at, mark = match.start(), match.group()
        before, after = text[at - 1 : at] if at > start else " ", text[at + 1 : at + 2]
        opens = mark in "“„«" or (mark == '"' and (not before.strip() or before in "([—–-") and after.strip() != "")
        if opens and (opened < 0 or mark != '"' or before in "\t\n ("):
            if opened >= 0 and mark == '"':
                continue
            opened = at
        elif not opens and opened >= 0:
            yield opened, at + 1
            opened = -1
    if opened >= 0 and (opened == start or end - opened < 600) and text[opened] in "“„":
        yield opened, end
