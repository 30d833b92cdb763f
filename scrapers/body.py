"""The main text of a page: trafilatura, its gaps filled; BeautifulSoup where it finds nothing.

trafilatura's precise reading is the best of its kind on news pages but sometimes stops early: at a second container
of the same article, at a paywall, at a page without paragraphs. Each of the steps below answers one such case.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from html import unescape
from itertools import accumulate
from typing import Literal

from bs4 import BeautifulSoup, Tag
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import extract

from scrapers.boilerplate import without_boilerplate
from scrapers.credits import credit_in
from scrapers.storable import storable

Reader = Literal["trafilatura", "json-ld", "soup", "none"]

_TEASER = 600  # characters; a precise reading below it may be the teaser over a paywall
_TEASER_FACTOR = 2.5  # how much more the usual reading must find to be believed instead
_SHORTEST_BODY = 100  # characters; below it BeautifulSoup is asked
_LONG_PARAGRAPH = 60  # characters; shorter ones are as often captions and links
_FEWEST_FOUND = 3  # paragraphs that must have been found in a place for more to be taken from it
_LINK_SHARE = 0.6  # of a paragraph; above it stands a list of other articles
_GAP_SHARE = 0.1  # of the text found; missing less than this is a caption or an advertisement
_DECLARED_FACTOR = 1.15  # how much longer JSON-LD's body must be to be believed instead
_BLANKS = re.compile(r"[ \t\r\f\v\xa0]+")
_NO_LETTERS = re.compile(r"\W+")
_MARKUP = re.compile(r"<(?:p|br|div|a|h\d)\b", re.IGNORECASE)
_NOISE = ("script", "style", "noscript", "nav", "footer", "aside", "form", "header", "template", "svg", "iframe",
          "button")  # fmt: skip
_BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # an empty page is our caller's news, not the console's


@dataclass(frozen=True, slots=True)
class Body:
    """A page's main text, paragraphs with a blank line between, and who read it."""

    text: str
    reader: Reader
    credited: str | None = None  # "The post T appeared first on S"; the line itself is left out


def read_body(tree: HtmlElement, html: str, title: str = "", declared: str = "") -> Body:
    """The main text of a parsed page; `declared` is JSON-LD's articleBody, `title` is left off its start.

    Scripts and styles are taken out of the tree.
    """
    etree.strip_elements(tree, "script", "style", "noscript", with_tail=False)
    text = _extract(tree, precise=True)
    if len(text) < _TEASER and len(usual := _extract(tree, precise=False)) > _TEASER_FACTOR * len(text):
        text = usual
    lines = _untitled(with_gaps_filled(tree, _lines(text)), title)
    whole = _untitled(_lines(_plain(storable(declared))), title)
    if _is_whole(whole, lines):
        return _body(whole, "json-ld")
    body = _body(lines, "trafilatura")
    if len(body.text) >= _SHORTEST_BODY:
        return body
    return max(body, plain_body(html, title), key=lambda body: len(body.text))


def plain_body(html: str, title: str = "") -> Body:
    """The paragraphs of the element that holds most of them, else all text; one cheap pass without limits of depth."""
    soup = BeautifulSoup(html, "lxml")
    for noise in soup.find_all(_NOISE):
        noise.extract()
    homes: Counter[int] = Counter()
    parents: dict[int, Tag] = {}
    for paragraph in soup.find_all("p"):
        if paragraph.parent is not None:
            parents[id(paragraph.parent)] = paragraph.parent
            homes[id(paragraph.parent)] += len(paragraph.get_text())
    home = parents[homes.most_common(1)[0][0]] if homes else soup
    blocks = [block.get_text(" ", strip=True) for block in home.find_all(_BLOCKS)] if homes else []
    lines = _lines("\n".join(blocks)) or _lines(soup.get_text("\n"))
    return _body(_untitled(lines, title), "soup")


def with_gaps_filled(tree: HtmlElement, lines: list[str]) -> list[str]:
    """The lines with the paragraphs put back that stand beside them in the page and were passed over.

    A paragraph belongs to the article if its parent, or one of the same tag and class, holds most of the
    paragraphs that were found, and it is no list of links. Nothing changes unless what is missing is more
    than a caption's worth.
    """
    letters = [_letters(line) for line in lines]
    whole = "".join(letters)
    paragraphs = [(text, _home(p), whole.find(_start(text))) for p in tree.iter("p") if (text := _prose(p))]
    homes = Counter(home for _, home, place in paragraphs if place >= 0)
    main, found = homes.most_common(1)[0] if homes else (None, 0)
    ours = [(text, place) for text, home, place in paragraphs if home == main]
    missing = sum(len(text) for text, place in ours if place < 0)
    if found < _FEWEST_FOUND or missing <= _GAP_SHARE * sum(map(len, lines)):
        return lines
    return _merged(lines, list(accumulate(map(len, letters))), ours)


def _merged(lines: list[str], ends: list[int], paragraphs: list[tuple[str, int]]) -> list[str]:
    """Lines and passed-over paragraphs (their place is -1) in order of the page.

    `ends` says where in the letters of all lines each line ends, `place` where a paragraph that was found begins.
    """
    merged: list[str] = []
    taken = 0
    for text, place in paragraphs:
        if place < 0:
            merged.append(text)
        else:
            upto = bisect_right(ends, place) + 1
            merged += lines[taken:upto]
            taken = max(taken, upto)
    return merged + lines[taken:]


def _is_whole(declared: list[str], found: list[str]) -> bool:
    """Whether a declared body holds what was found, and clearly more: then the page showed it only in part."""
    if sum(map(len, declared)) < _DECLARED_FACTOR * sum(map(len, found)):
        return False
    held, wanted = _shingles(declared), _shingles(found)
    return bool(wanted) and sum((held & wanted).values()) >= 0.95 * sum(wanted.values())


def _shingles(lines: list[str]) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", " ".join(lines))
    return Counter(zip(words, words[1:], words[2:], strict=False))


def _extract(tree: HtmlElement, precise: bool) -> str:
    return extract(tree, favor_precision=precise, include_comments=False) or ""


def _plain(text: str) -> str:
    return BeautifulSoup(text, "lxml").get_text("\n") if _MARKUP.search(text) else unescape(text)


def _prose(paragraph: HtmlElement) -> str:
    """The paragraph's text; "" where it is short, or mostly links."""
    text = _line(paragraph.text_content())
    if len(text) < _LONG_PARAGRAPH:
        return ""
    linked = sum(len(link.text_content()) for link in paragraph.iter("a"))
    return text if linked < _LINK_SHARE * len(text) else ""


def _home(paragraph: HtmlElement) -> tuple[str, str]:
    """What the paragraph's parent and those like it share: tag and class, or the place of one without a class."""
    parent = paragraph.getparent()
    if parent is None:
        return "", ""
    return str(parent.tag), parent.get("class") or parent.getroottree().getpath(parent)


def _lines(text: str) -> list[str]:
    return [line for raw in text.split("\n") if (line := _line(raw))]


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\n", " ")).strip()


def _start(text: str) -> str:
    return _letters(text[:90])[:40]


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


def _untitled(lines: list[str], title: str) -> list[str]:
    return lines[1:] if title and lines and _start(lines[0]) == _start(title) else lines


def _body(lines: list[str], reader: Reader) -> Body:
    credited = credit_in("\n".join(lines))
    lines = without_boilerplate(lines)
    return Body("\n\n".join(lines), reader if lines else "none", credited)
