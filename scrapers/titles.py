"""Which of the titles a page gives itself is the printed headline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import unescape

_TAG = re.compile(r"</?(?:em|i|b|strong|span|sup|sub|br|q|cite)\b[^>]*>", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+(?:[|–—*-]|»|::|•|·)\s+|\s*\|\s*")
_TEXTURED_SINGLE = re.compile(r"&(?:amp;)?#821[67];")
_TEXTURED_DOUBLE = re.compile(r"&(?:amp;)?#822[01];")
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_LETTERS = re.compile(r"\W+")
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")


def plain(text: str) -> str:
    """One line of text: entities (also doubly encoded ones) decoded, inline tags and extra blanks removed."""
    decoded = unescape(unescape(_straight(text))) if "&" in text else text
    return " ".join(_TAG.sub("", decoded).split())


def _straight(text: str) -> str:
    """Quotes as they were typed: WordPress prints a typed ' as &#8217; but leaves a typed ’ alone."""
    return _TEXTURED_DOUBLE.sub('"', _TEXTURED_SINGLE.sub("'", text))


def without_site(title: str, names: Iterable[str]) -> str:
    """The title without site and author: "Oil slips | by A. Ruiz | The Daily Ledger" → "Oil slips"."""
    known = {_key(name) for name in names if name}
    for _ in range(3):
        parts = list(_SEPARATOR.finditer(title))
        if parts and _key(_BY.sub("", title[parts[-1].end() :])) in known:
            title = title[: parts[-1].start()].strip()
        elif parts and _key(title[: parts[0].start()]) in known:
            title = title[parts[0].end() :].strip()
        else:
            break
    return title


def printed_headline(
    headlines: Sequence[str], social: str, headings: Sequence[str], window: str, names: Iterable[str] = ()
) -> str:
    """The headline readers see, from what a page offers; "" where it offers none.

    `headlines` are JSON-LD's (the article's own first), `social` is OpenGraph's title, `headings` the `<h1>`
    texts, `window` the `<title>`, `names` those of site and authors. The wording most of them share wins;
    between equals the printed and shared one beats the search engine's.
    """
    known = tuple(names)
    structured = [without_site(plain(text), known) for text in headlines if text] or [""]
    social, window = (without_site(plain(text), known) for text in (social, window))
    shown = [without_site(plain(text), known) for text in headings]
    headline = structured[0]
    echoed = [text for text in shown if _key(text) in {_key(other) for other in (headline, social, window) if other}]
    heading = echoed[0] if echoed else shown[0] if len(shown) == 1 else ""
    votes = Counter(_key(text) for text in (social, heading, headline, window) if text)
    candidates = [text for text in (social, heading, headline, window) if text]
    if not candidates:
        return shown[0] if shown else ""
    best = max(candidates, key=lambda text: votes[_key(text)])
    return _spelled(best, (*structured, social, heading, window))


def _spelled(best: str, spellings: Sequence[str]) -> str:
    """The winning wording in its first spelling; where it was cut ("Oil slips as…"), the first uncut one."""
    if _CUT.search(best):
        stem = _CUT.sub("", best)
        whole = [text for text in spellings if text.startswith(stem) and not _CUT.search(text)]
        return whole[0] if whole else best
    return next((text for text in spellings if text and _key(text) == _key(best)), best)


def _key(text: str) -> str:
    return _LETTERS.sub("", text).casefold()
