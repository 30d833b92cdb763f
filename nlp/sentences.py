"""Paragraphs and sentences of market commentary, whose breaks and spaces are often lost.

Knows abbreviations ("Fellwood Inc. rose", "on Dec. 12", "the U.S. dollar"), a lost space ("held support.Bitcoin
rose"), questions inside quotations, embedded posts, and headings that ran into the sentence after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.headings import Split, stripped, with_heading, words

_NEWLINES = re.compile(r"[ \t\r\f\v\u00a0]*\n[\s]*|[\u2028\u2029]+")
_SOFT = re.compile(r"[a-z,;]")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs. One line break inside a sentence (a hard-wrapped line) does not part them."""
    bounds, start = [], 0
    for match in _NEWLINES.finditer(text):
        single = match.group().count("\n") == 1
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if single and _SOFT.match(after) and before and before not in '.!?:…”"':
            continue
        bounds.append((start, match.start()))
        start = match.end()
    bounds.append((start, len(text)))
    return [(a, b) for a, b in (stripped(text, a, b) for a, b in bounds) if a < b]


_STOP = re.compile(
    r"""
    (?P<mark>[.!?…]+)(?P<close>["”’'\)\]»]*)(?=\s|$)                       # a full stop with its space
    | (?<=[a-z0-9%\)”"’])(?P<tight>[.!?])(?P<tclose>[”"’]?)(?=[“"]?[A-Z][a-z]+[\s’',])  # its space was lost
    | (?P<url>(?:pic\.(?:twitter|x)\.com|https?://(?:t\.co|(?:twitter|x)\.com))/[\w/.]+)(?=\s+[A-Z“"—])  # a post ends
    | (?P<bullet>\s[•▪◦‣●]\s|\s(?:[-–—*]\s){2,})
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[\w.&’'-]+$")
_WORD_AFTER = re.compile(r"[\s\"“‘'(\[]*([\w’'.&$#@-]+)")
_DOMAIN = re.compile(r"(?:com|org|net|io|co|news|fi|ai|xyz|finance)\b", re.IGNORECASE)
_SAID = re.compile(
    r"[\s]*(?:[A-Z][\w.’-]*\s){0,4}(?:also\s|then\s)?(?:said|says|asked|asks|wrote|writes|added|adds|noted|notes|told|"
    r"tweeted|posted|quipped|wondered|warned|argued|exclaimed|declared|replied)\b"
)


def split_sentences(text: str, start: int, end: int, cut: list[tuple[int, int]], post: bool = False) -> Iterator[Split]:
    """The sentences of the paragraph `text[start:end]`; the spans in `cut` come out as they are."""
    at = start
    for cut_start, cut_end in [*cut, (end, end)]:
        if cut_start > at:
            yield from _plain(text, at, cut_start, post)
        if cut_end > max(cut_start, at):
            yield Split(*stripped(text, max(cut_start, at), min(cut_end, end)), cut=True)
        at = max(at, cut_end)


def _plain(text: str, start: int, end: int, post: bool) -> Iterator[Split]:
    at = start
    for match in _STOP.finditer(text, start, end):
        if match.start() >= at and _breaks(text, match, end, post):
            yield from with_heading(text, at, match.start() + 1 if match["bullet"] else match.end(), post)
            at = match.end()
    yield from with_heading(text, at, end, post)


def _breaks(text: str, match: re.Match[str], end: int, post: bool) -> bool:
    if match["url"] or match["bullet"]:
        return True
    if match["tight"]:
        return not _DOMAIN.match(text, match.end())
    following = _WORD_AFTER.match(text, match.end(), end)
    if following is None:
        return True
    word = following.group(1)
    if match["mark"] == ".":
        return _full_stop_breaks(text, match, word, post)
    if word[0].islower() and not post:
        return False
    return not (match["close"] and _SAID.match(text, match.end()))


def _full_stop_breaks(text: str, match: re.Match[str], word: str, post: bool) -> bool:
    found = _WORD_BEFORE.search(text, max(0, match.start() - 24), match.start())
    before = found.group() if found else ""
    low = before.casefold()
    if not match["close"]:
        if low in words().never:
            return low == "no" and not word[0].isdigit()
        if low in words().months and word[0].isdigit():
            return False
        if low in words().maybe or (len(before) > 2 and before[-2] == "." and before[-1].isupper()):
            return word in words().starters
        if len(before) == 1 and before.isalpha() and before.isupper() and before != "I":
            return word in words().starters
    if word[0].islower():
        return post and len(before) > 1
    return True
