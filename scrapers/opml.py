"""Lists of feeds as OPML 2.0, the format feed readers exchange (http://opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from lxml import etree

from scrapers.addresses import absolute_url
from scrapers.sources import Source, SourceError

_NOT_ID = re.compile(r"[^a-z0-9]+")


def read_opml(data: bytes, taken: Collection[str] = ()) -> tuple[list[Source], int]:
    """The feeds of an OPML file as sources with ids of their own, and how many outlines could not be used.

    Outlines in folders count; the same address twice counts once. Raises SourceError where it is no OPML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"this is no OPML file: {error}") from error
    if root is None or root.tag.lower() != "opml":
        raise SourceError("this is no OPML file: it has no <opml> element")
    found: dict[str, Source] = {}
    ids, unusable = set(taken), 0
    for outline in root.iter("outline"):
        address = outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("xmlURL")
        url = absolute_url("", address) if address else None
        if url is None:
            unusable += bool(address) or outline.get("type") in ("rss", "atom")
        elif url not in found:
            found[url] = _source(outline, url, ids)
            ids.add(found[url].id)
    return list(found.values()), unusable


def write_opml(sources: Iterable[Source], at: datetime | None = None) -> bytes:
    """The feeds among the sources as OPML; other kinds have no address a feed reader could use."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "calledit sources"
    etree.SubElement(head, "dateCreated").text = f"{at or datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT"
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind == "feed":
            names = {"text": source.name, "title": source.name, "type": "rss", "xmlUrl": source.url}
            etree.SubElement(body, "outline", names | {"calleditId": source.id})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def source_id(name: str, taken: Collection[str] = ()) -> str:
    """An id made of a name, with a number where it is taken: "Port Lumen Courier" → "port-lumen-courier"."""
    base = _NOT_ID.sub("-", name.lower()).strip("-")[:56].strip("-") or "source"
    number, found = 2, base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def _source(outline: etree._Element, url: str, taken: Collection[str]) -> Source:
    name = " ".join((outline.get("title") or outline.get("text") or "").split())[:200] or url
    wanted = outline.get("calleditId")
    return Source(source_id(wanted or name, taken), name, "feed", url)
