"""The main text of a page: trafilatura, its gaps filled; BeautifulSoup where it finds nothing.

trafilatura's precise reading is the best of its kind on news pages but sometimes stops early: at a second container
of the same article, at a paywall, at a page without paragraphs. Each of the steps below answers one such case.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from bs4 import BeautifulSoup, Tag
from lxml.html import HtmlElement
from trafilatura import extract

Reader = Literal["trafilatura", "json-ld", "soup", "none"]

_TEASER = 600  # characters; a precise reading below it may be the teaser over a paywall
_TEASER_FACTOR = 2.5  # how much more the usual reading must find to be believed instead
_SHORTEST_BODY = 100  # characters; below it BeautifulSoup is asked
_LONG_PARAGRAPH = 60  # characters; shorter ones are as often captions and links
_LINK_SHARE = 0.6  # of a paragraph; above it stands a list of other articles
_GAP_SHARE = 0.1  # of the text found; missing less than this is a caption or an advertisement
_DECLARED_FACTOR = 1.15  # how much longer JSON-LD's body must be to be believed instead
_BLANKS = re.compile(r"[ \t\r\f\v\xa0]+")
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


def read_body(tree: HtmlElement, html: str, title: str = "", declared: str = "") -> Body:
    """The main text of a parsed page; `declared` is JSON-LD's articleBody, `title` is left off its start."""
    text = _extract(tree, precise=True)
    if len(text) < _TEASER and len(usual := _extract(tree, precise=False)) > _TEASER_FACTOR * len(text):
        text = usual
    lines = with_gaps_filled(tree, _lines(text))
    whole = _lines(_plain(declared))
    if _is_whole(whole, lines):
        return Body(_joined(whole, title), "json-ld")
    if sum(map(len, lines)) < _SHORTEST_BODY:
        return max(Body(_joined(lines, title), "trafilatura"), plain_body(html, title), key=lambda body: len(body.text))
    return Body(_joined(lines, title), "trafilatura")


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
    return Body(_joined(lines, title), "soup" if lines else "none")


def with_gaps_filled(tree: HtmlElement, lines: list[str]) -> list[str]:
    """The lines with the paragraphs put back that stand beside them in the page and were passed over.

    A paragraph belongs to the article if its parent, or one of the same tag and class, holds most of the
    paragraphs that were found, and it is no list of links. Nothing changes unless what is missing is more
    than a caption's worth.
    """
    found = {_start(line) for line in lines}
    paragraphs = [(text, _home(p)) for p in tree.iter("p") if (text := _prose(p))]
    homes = Counter(home for text, home in paragraphs if _start(text) in found)
    if not homes or homes.most_common(1)[0][1] < 3:
        return lines
    main = homes.most_common(1)[0][0]
    ours = [text for text, home in paragraphs if home == main]
    missing = sum(len(text) for text in ours if _start(text) not in found)
    return _merged(lines, ours) if missing > _GAP_SHARE * sum(map(len, lines)) else lines


def _merged(lines: list[str], paragraphs: list[str]) -> list[str]:
    """Both in order of the page: each paragraph that is not a line goes before the next one that is."""
    at = {_start(line): place for place, line in reversed(list(enumerate(lines)))}
    merged: list[str] = []
    taken = 0
    for text in paragraphs:
        place = at.get(_start(text))
        if place is None:
            merged.append(text)
        elif place >= taken:
            merged += lines[taken : place + 1]
            taken = place + 1
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
    return BeautifulSoup(text, "lxml").get_text("\n") if _MARKUP.search(text) else text


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
    return re.sub(r"\W+", "", text[:90])[:40]


def _joined(lines: list[str], title: str) -> str:
    if title and lines and _start(lines[0]) == _start(title):
        lines = lines[1:]
    return "\n\n".join(lines)
