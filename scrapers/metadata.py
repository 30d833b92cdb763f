"""What a page says of itself: title, authors, publication time, canonical link, publisher.

Read with BeautifulSoup from the few elements that can hold it, in the order JSON-LD, meta tags, `<time>`, byline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from scrapers.bylines import after_by, author_names
from scrapers.jsonld import Node, article_node, is_article, read_nodes, resolve, text_of, types
from scrapers.timestamps import Timestamp, read_timestamp
from scrapers.titles import plain, printed_headline

_TELLING = etree.XPath(
    "//meta[@content] | (//title)[1] | //link[contains(@rel, 'canonical')]"
    " | //script[contains(@type, 'ld+json')] | (//h1)[position() <= 6]"
    " | (//time)[position() <= 12] | (//*[@itemprop='datePublished'])[position() <= 2]"
    " | (//*[@rel='author' or contains(@itemprop, 'author')])[position() <= 8]"
    " | (//*[contains(@class, 'byline') or contains(@class, 'author-name')])[position() <= 4]"
)
_TELLING_META = re.compile(r"title|author|publ|date|time|creat|site|name|byl|source|og:url|data1", re.IGNORECASE)
_LONGEST_ELEMENT = 2_000  # characters, scripts and metas apart: a "byline" that is longer wraps the page
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "article_published_time", "datepublished",
    "cxenseparse:publishtime", "parsely-pub-date", "sailthru.date", "publish-date", "publish_date", "pubdate",
    "publication_date", "dc.date.issued", "dcterms.date", "dc.date", "dcterms.created", "date", "datecreated",
    "article:created", "timestamp",
)  # fmt: skip
_AUTHOR_METAS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
                 "byl", "cxenseparse:author", "twitter:data1")  # fmt: skip
_TITLE_METAS = ("og:title", "twitter:title", "title", "sailthru.title", "parsely-title", "dc.title")
_SYNDICATION_METAS = ("syndication-source", "original-source")


SEARCHED = "trafilatura"  # the origin of a day that was found by searching the page, and may be another's


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of itself; empty where it says nothing."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: Timestamp | None = None
    published_origin: str | None = None  # "json-ld", "meta", "time", or SEARCHED
    canonical: str | None = None  # as declared, not cleaned
    site_name: str | None = None
    publisher: str | None = None  # JSON-LD's publisher
    first_publisher: str | None = None  # who is credited with publishing it first: an address or a name
    article_body: str = ""  # JSON-LD's, plain text with line breaks
    language: str | None = None  # as the page declares it: "en-US"


def read_metadata(tree: HtmlElement, url: str | None = None) -> PageMetadata:
    """Read a parsed page's metadata. Never raises on malformed metadata: what cannot be read is left out."""
    soup = BeautifulSoup(_telling_part(tree), "lxml")
    metas = _metas(soup)
    nodes = read_nodes(script.get_text() for script in soup.find_all("script"))
    canonical = _canonical(soup, metas)
    node = article_node(nodes, filter(None, (url, canonical, metas.get("og:url", [""])[0])))
    site_names = list(_site_names(node, nodes, metas))
    authors = _authors(node, nodes, metas, soup, site_names)
    published, origin = _published(node, nodes, metas, soup)
    if published is None and (published := _searched_day(tree, url)):
        origin = SEARCHED
    return PageMetadata(
        title=_title(node, nodes, metas, soup, [*site_names, *authors]),
        authors=authors,
        published=published,
        published_origin=origin,
        canonical=canonical,
        site_name=plain(metas.get("og:site_name", [""])[0]) or None,
        publisher=_publisher(node, nodes),
        first_publisher=_first_publisher(node, nodes, metas),
        article_body=text_of(node.get("articleBody")),
        language=tree.getroottree().getroot().get("lang") or text_of(node.get("inLanguage")) or None,
    )


def _telling_part(tree: HtmlElement) -> str:
    """The elements that can hold metadata, as HTML of their own: parsing these alone is ten times faster."""
    parts: list[str] = []
    for element in _TELLING(tree):
        if element.tag == "meta" and not _TELLING_META.search(_meta_name(element)):
            continue
        text = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
        if element.tag in ("script", "meta") or len(text) <= _LONGEST_ELEMENT:
            parts.append(text)
    return "".join(parts)


def _meta_name(meta: HtmlElement) -> str:
    return meta.get("property") or meta.get("name") or meta.get("itemprop") or ""


def _metas(soup: BeautifulSoup) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in soup.find_all("meta"):
        name = _attribute(meta, "property") or _attribute(meta, "name") or _attribute(meta, "itemprop")
        content = _attribute(meta, "content").strip()
        if name and content:
            found.setdefault(name.lower(), []).append(content)
    return found


def _title(
    node: Node, nodes: list[Node], metas: dict[str, list[str]], soup: BeautifulSoup, names: Iterable[str]
) -> str:
    articles = (node, *filter(is_article, nodes))
    headlines = [text_of(part.get("headline")) or text_of(part.get("name")) for part in articles]
    social = next((metas[name][0] for name in _TITLE_METAS if name in metas), "")
    headings = [h1.get_text(" ", strip=True) for h1 in soup.find_all("h1")]
    window = soup.title.get_text() if soup.title else ""
    return printed_headline(headlines, social, [heading for heading in headings if heading], window, names)


def _authors(
    node: Node, nodes: list[Node], metas: dict[str, list[str]], soup: BeautifulSoup, site_names: list[str]
) -> tuple[str, ...]:
    """The first source that names a person: JSON-LD, meta tags, marked-up byline."""
    in_metas = (content for name in _AUTHOR_METAS for content in metas.get(name, ())[:6])
    candidates: list[Iterable[str]] = [
        list(_people(node, nodes)),
        *([content] for content in in_metas),
        [_marked(tag) for tag in soup.find_all(_is_author)],
        [after_by(tag.get_text("\n", strip=True)) for tag in soup.find_all(_is_byline)[:2]],
    ]
    for bylines in candidates:
        if names := author_names(bylines, site_names):
            return names
    return ()


def _people(node: Node, nodes: list[Node]) -> Iterator[str]:
    for key in ("author", "creator"):
        for author in resolve(node.get(key), nodes):
            if isinstance(author, dict) and any(kind.endswith("Organization") for kind in types(author)):
                continue
            for name in author if isinstance(author, list) else [author]:
                yield text_of(name)


def _marked(tag: Tag) -> str:
    named = tag.find(True, itemprop="name")
    return (named if isinstance(named, Tag) else tag).get_text("\n", strip=True)


def _published(
    node: Node, nodes: list[Node], metas: dict[str, list[str]], soup: BeautifulSoup
) -> tuple[Timestamp | None, str | None]:
    """The most exact of the stated publication times: an instant with a zone, an instant without, a day."""
    stated = [
        *((text_of(node.get(key)), "json-ld") for key in ("datePublished", "dateCreated", "uploadDate")),
        *((metas[name][0], "meta") for name in _DATE_METAS if name in metas),
        *((text_of(other.get("datePublished")), "json-ld") for other in nodes if "WebPage" in types(other)),
        *((text, "time") for text in _times(soup)),
    ]
    read = [(stamp, origin) for text, origin in stated if text and (stamp := read_timestamp(text))]
    if not read:
        return None, None
    first = read[0][0].moment
    near = [pair for pair in read if abs((pair[0].moment - first).total_seconds()) < 36 * 3600]
    return min(near, key=lambda pair: (pair[0].precision != "instant", not pair[0].zoned))


def _searched_day(tree: HtmlElement, url: str | None) -> Timestamp | None:
    """The day by trafilatura's date search: addresses, headings, footers. It finds most, and never an instant."""
    try:
        found = find_date(tree, extensive_search=False, original_date=True, url=url)
    except (ValueError, TypeError, OverflowError):
        return None
    return read_timestamp(found) if found else None


def _times(soup: BeautifulSoup) -> Iterator[str]:
    """Marked publication times first, then the first `<time>` of the page that is no modification time."""
    for tag in soup.find_all(_is_publication_time):
        yield _attribute(tag, "datetime") or _attribute(tag, "content") or tag.get_text(" ", strip=True)
    for tag in soup.find_all("time"):
        if "modif" not in str(tag.attrs) and "updat" not in str(tag.attrs):
            yield _attribute(tag, "datetime") or tag.get_text(" ", strip=True)
            return


def _canonical(soup: BeautifulSoup, metas: dict[str, list[str]]) -> str | None:
    link = soup.find("link")
    declared = _attribute(link, "href").strip() if link else ""
    return declared or metas.get("og:url", [""])[0] or None


def _publisher(node: Node, nodes: list[Node]) -> str | None:
    return plain(text_of(resolve(node.get("publisher"), nodes))) or None


def _first_publisher(node: Node, nodes: list[Node], metas: dict[str, list[str]]) -> str | None:
    for name in _SYNDICATION_METAS:
        if name in metas:
            return metas[name][0]
    for key in ("isBasedOn", "sourceOrganization"):
        for part in resolve(node.get(key), nodes):
            stated = text_of(part) or (text_of(part.get("url")) if isinstance(part, dict) else "")
            if stated:
                return plain(stated)
    return None


def _site_names(node: Node, nodes: list[Node], metas: dict[str, list[str]]) -> Iterator[str]:
    for name in (
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
        "dc.publisher",
        "twitter:site",
    ):
        yield from (plain(content).lstrip("@") for content in metas.get(name, ()))
    yield _publisher(node, nodes) or ""
    yield from (text_of(other.get("name")) for other in nodes if "WebSite" in types(other))


def _is_author(tag: Tag) -> bool:
    return "author" in _attribute(tag, "rel") or "author" in _attribute(tag, "itemprop")


def _is_byline(tag: Tag) -> bool:
    names = _attribute(tag, "class")
    return "byline" in names or "author-name" in names


def _is_publication_time(tag: Tag) -> bool:
    if tag.name != "time":
        return _attribute(tag, "itemprop") == "datePublished"
    names = _attribute(tag, "class")
    return "pubdate" in tag.attrs or "publish" in names or "entry-date" in names or tag.get("itemprop") is not None


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else " ".join(value or ())
