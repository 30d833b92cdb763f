"""Paragraphs and sentences of market commentary, whose breaks and spaces are often lost.

Knows abbreviations ("Fellwood Inc. rose", "on Dec. 12", "the U.S. dollar"), a lost space ("held support.Bitcoin
rose"), questions inside quotations, embedded posts, and headings that ran into the sentence after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Split:
    """One sentence's span; `heading`: a heading that ran into the text; `cut`: page text cut out whole."""

    start: int
    end: int
    heading: bool = False
    cut: bool = False


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
    return [(a, b) for a, b in (_strip(text, a, b) for a, b in bounds) if a < b]


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


_NEVER = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sen",
        "rep",
        "gov",
        "gen",
        "col",
        "lt",
        "sgt",
        "st",
        "vs",
        "v",
        "approx",
        "est",
        "fig",
        "figs",
        "e.g",
        "i.e",
        "eg",
        "ie",
        "cf",
        "al",
        "ca",
        "pp",
        "no",
        "nos",
        "vol",
        "jr",
        "messrs",
        "hon",
        "rev",
        "pres",
        "adm",
        "capt",
        "cmdr",
        "dept",
    ]
)
_MONTHS = frozenset(["jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"])
_MAYBE = frozenset(
    [
        "inc",
        "corp",
        "co",
        "ltd",
        "llc",
        "plc",
        "bros",
        "u.s",
        "u.k",
        "u.n",
        "e.u",
        "a.m",
        "p.m",
        "d.c",
        "etc",
        "s.a",
        "n.v",
        "ag",
        "jr",
        "sr",
        "ph.d",
        "s.p.a",
    ]
)
_STARTERS = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "It",
        "Its",
        "If",
        "As",
        "And",
        "But",
        "Or",
        "So",
        "Yet",
        "He",
        "She",
        "They",
        "We",
        "You",
        "I",
        "This",
        "That",
        "These",
        "Those",
        "There",
        "Here",
        "For",
        "From",
        "With",
        "While",
        "When",
        "What",
        "Why",
        "How",
        "Who",
        "Where",
        "After",
        "Before",
        "Since",
        "Although",
        "Though",
        "However",
        "Meanwhile",
        "Moreover",
        "Still",
        "Now",
        "Then",
        "Also",
        "Despite",
        "According",
        "Analysts",
        "Traders",
        "Investors",
        "Markets",
        "Stocks",
        "Prices",
        "Shares",
        "Both",
        "Some",
        "Many",
        "Most",
        "Last",
        "Earlier",
        "Later",
        "Until",
        "Unlike",
        "Once",
        "Even",
        "Not",
        "No",
        "To",
        "By",
        "Over",
        "Under",
        "Because",
        "Amid",
        "Today",
        "Yesterday",
        "Overall",
        "Additionally",
        "Furthermore",
        "Currently",
        "Elsewhere",
        "Further",
        "Nearly",
        "Just",
        "Only",
        "Other",
        "Such",
        "Another",
        "Each",
        "Every",
        "All",
        "Several",
        "Two",
        "Three",
        "His",
        "Her",
        "Their",
        "Our",
        "My",
        "Your",
        "Is",
        "Are",
        "Was",
        "Were",
        "Will",
        "Would",
        "Could",
        "Should",
        "May",
        "Might",
        "Can",
        "Has",
        "Have",
        "Had",
        "Does",
        "Do",
        "Did",
    ]
)
_STOP = re.compile(
    r"""
    (?P<mark>[.!?…]+)(?P<close>["”’'\)\]»]*)(?=\s|$)                       # a full stop with its space
    | (?<=[a-z0-9%\)”"’])(?P<tight>[.!?])(?P<tclose>[”"’]?)(?=[“"]?[A-Z][a-z]+[\s’',])   # the space after it was lost
    | (?P<url>(?:pic\.(?:twitter|x)\.com|https?://(?:t\.co|(?:twitter|x)\.com))/[\w/.]+)(?=\s+[A-Z“"—])    # the end of an embedded post
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


def split_sentences(
    text: str, start: int, end: int, cut: list[tuple[int, int]], post: bool = False
) -> Iterator[Split]:
    """The sentences of the paragraph `text[start:end]`; the spans in `cut` come out as they are."""
    at = start
    for cut_start, cut_end in [*cut, (end, end)]:
        if cut_start > at:
            yield from _plain(text, at, cut_start, post)
        if cut_end > max(cut_start, at):
            yield Split(*_strip(text, max(cut_start, at), min(cut_end, end)), cut=True)
        at = max(at, cut_end)


def _plain(text: str, start: int, end: int, post: bool) -> Iterator[Split]:
    at = start
    for match in _STOP.finditer(text, start, end):
        if match.start() >= at and _breaks(text, match, end, post):
            yield from _with_heading(text, at, match.start() + 1 if match["bullet"] else match.end(), post)
            at = match.end()
    yield from _with_heading(text, at, end, post)


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
        if low in _NEVER:
            return low == "no" and not word[0].isdigit()
        if low in _MONTHS and word[0].isdigit():
            return False
        if low in _MAYBE or (len(before) > 2 and before[-2] == "." and before[-1].isupper()):
            return word in _STARTERS
        if len(before) == 1 and before.isalpha() and before.isupper() and before != "I":
            return word in _STARTERS
    if word[0].islower():
        return post and len(before) > 1
    return True


_TITLE_WORD = re.compile(
    r"(?:[A-Z0-9$#&“‘'\"(][\w’'$%.,:;&()/“”\"-]*|of|the|for|to|in|and|on|at|a|an|as|by|with|vs|or|from|is|[–—|])\s+"
)
_TITLE_ONLY = re.compile(r"\s(?:To|By|Of|For|As|Is|And|With|On|Will|Could|In|At|From|Are|Its|It|Be|Can)\s")
_ASSETS = frozenset(
    ["Bitcoin", "BTC", "Ethereum", "Ether", "ETH", "XRP", "Solana", "Crypto", "Gold", "Dogecoin"]
)
_LEAST_WORDS = 3  # a run-in heading has at least this many


def _with_heading(text: str, start: int, end: int, post: bool) -> Iterator[Split]:
    """The span as one sentence, or as a run-in heading and the sentence after it.

    "Copper Price Outlook The metal slipped 2% on Monday." is a heading of three words and a sentence.
    """
    start, end = _strip(text, start, end)
    if start >= end:
        return
    at = None if post else _heading_end(text, start, end)
    if at is None:
        yield Split(start, end)
        return
    yield Split(*_strip(text, start, at), heading=True)
    yield Split(*_strip(text, at, end))


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
    known = _word(run[opener]) in _STARTERS or _word(run[opener]) in _ASSETS
    return run[opener][0] if known or _TITLE_ONLY.search(heading) else None


def _word(item: tuple[int, str]) -> str:
    return re.split(r"['’,]", item[1])[0]


def _opener(run: list[tuple[int, str]]) -> int:
    """The first of the words that open the sentence: "Growth Despite | the Bitcoin" opens at "Despite"."""
    index = len(run) - 1
    while index > _LEAST_WORDS and not run[index][1][0].isupper():
        index -= 1
    if index - 1 >= _LEAST_WORDS and _word(run[index - 1]) in _STARTERS:
        return index - 1
    before = index - 1
    while before > _LEAST_WORDS and run[before][1][0].islower():
        before -= 1
    return before if before < index - 1 and _word(run[before]) in _STARTERS else index


_TEASER_END = re.compile(r"(?<=[a-z0-9%)])\s(?=(?:" + "|".join(sorted(_STARTERS - {"I"})) + r")\b,?\s[a-z])")


def teaser_end(text: str, start: int, end: int) -> int | None:
    """Where a teaser ("Related: A Quiet Week For Tin However, the metal ...") runs into the article again."""
    match = _TEASER_END.search(text, start, end)
    return match.end() if match else None
