"""HTML fragments of feeds and interfaces to plain text, paragraph by paragraph."""

from __future__ import annotations

import re
from html import unescape

from lxml import etree, html

_DROPPED = ("script", "style", "noscript", "template", "iframe", "figure", "figcaption", "form", "svg")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
        "br",
    ]
)
_SPACE = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_TAG = re.compile(r"<[a-zA-Z/!]|&\w+;|&#")
_LINES = re.compile(r"\n\s*")


def plain_text(fragment: str) -> str:
    """The visible text of an HTML fragment, one line per paragraph; plain text comes back as it is, tidied."""
    fragment = _CONTROL.sub("", fragment)
    if _TAG.search(fragment):
        fragment = _rendered(fragment)
    return _LINES.sub("\n", _SPACE.sub(" ", fragment.replace("\xad", ""))).strip()


def one_line(fragment: str) -> str:
    """The visible text of a fragment on one line: for titles, which may carry entities and tags."""
    return " ".join(plain_text(fragment).split())


def _rendered(fragment: str) -> str:
    if "<" not in fragment:
        return unescape(fragment)
    try:
        tree = html.fragment_fromstring(fragment, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return unescape(re.sub(r"<[^>]*>", " ", fragment))
    etree.strip_elements(tree, *_DROPPED, etree.Comment, with_tail=False)
    return "".join(_pieces(tree))


def _pieces(tree: html.HtmlElement) -> list[str]:
    # Iterative: a fragment of 5,000 nested elements would exhaust the stack.
    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag in _BLOCKS:
            pieces.append("\n")
        text = element.text if event == "start" else element.tail
        if (text and element is not tree) or (text and event == "start"):
            pieces.append(text.replace("\n", " "))
    return pieces
