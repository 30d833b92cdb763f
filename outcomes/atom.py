"""Atom feeds (RFC 4287) of verdicts and of stale sources: entries in plain text, never markup of the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

Row = Mapping[str, Any]
_ATOM = "http://www.w3.org/2005/Atom"
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])
_NEVER = "1970-01-01T00:00:00Z"


def verdicts_feed(rows: Iterable[Row], title: str, address: str, site: str) -> bytes:
    """A feed of resolved calls; `address` is the feed's own, `site` the site's root, both absolute."""
    entries = [
        {
            "id": f"{site}claim/{row['claim_id']}#{row['measure']}-{row['horizon']}",
            "link": f"{site}claim/{row['claim_id']}",
            "title": f"{row['speaker']}: {row['stance']} on {row['asset']} {row['status']}",
            "updated": row["graded_at"] or _NEVER,
            "summary": _verdict_in_words(row),
        }
        for row in rows
    ]
    return _feed(entries, title, address)


def stale_feed(rows: Iterable[Row], address: str, site: str) -> bytes:
    """A feed of sources that need a look; an entry's id changes with the failure, so that each is announced once."""
    entries = [
        {
            "id": f"{site}sources#{row['id']}-{row['last_new'] or 'never'}-{bool(row['failures'])}",
            "link": f"{site}sources",
            "title": f"{row['name']} needs a look",
            "updated": row["last_ok"] or row["last_new"] or _NEVER,
            "summary": row["last_error"] or f"Nothing new since {row['last_new'] or 'the start'}.",
        }
        for row in rows
    ]
    return _feed(entries, "Sources that went stale", address)


def _verdict_in_words(row: Row) -> str:
    moved = "" if row["value"] is None else f" The signed change was {100 * row['value']:+.1f} %."
    return (
        f"“{row['quote']}” From {row['entry_price']} on {row['entry_date']} to {row['exit_price']} on "
        f"{row['exit_date']}.{moved}"
    )


def _feed(entries: list[dict[str, str]], title: str, address: str) -> bytes:
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    newest = max((entry["updated"] for entry in entries), default=_NEVER)
    for name, text in (("id", address), ("title", title), ("updated", newest)):
        _child(feed, name, text)
    _child(feed, "link", None, rel="self", href=address)
    _child(_child(feed, "author", None), "name", "calledit")
    for entry in entries:
        node = _child(feed, "entry", None)
        for name in ("id", "title", "updated", "summary"):
            _child(node, name, entry[name])
        _child(node, "link", None, href=entry["link"])
    body: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _child(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    node.text = text.translate(_UNPRINTABLE) if text is not None else None
    return node
