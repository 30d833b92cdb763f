"""The JSON-LD of a page: which of its objects is the article, and plain strings out of nested values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]

_WRAPPERS = re.compile(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*;?\s*$")
_LOOSE_COMMA = re.compile(r",(\s*[}\]])")
_ARTICLE_TYPES = ("BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "DiscussionForumPosting", "Report")
_DEEPEST = 4  # levels of objects and lists in one another; markup that is meant to be read has fewer
_MOST_NODES = 500  # a page with more is a catalogue


def read_nodes(scripts: Iterable[str]) -> list[Node]:
    """All top-level and `@graph` objects of a page's JSON-LD scripts; scripts that do not parse are skipped."""
    nodes: list[Node] = []
    for script in scripts:
        for node in _objects(_loads(script)):
            nodes.append(node)
            if len(nodes) >= _MOST_NODES:
                return nodes
    return nodes


def article_node(nodes: list[Node], addresses: Iterable[str] = ()) -> Node:
    """The object that describes the page's article; empty where there is none.

    Among several, the one whose own address is one of `addresses` wins, then the one that says most.
    """
    known = {_bare(address) for address in addresses}
    articles = [node for node in nodes if is_article(node)]
    own = [node for node in articles if known & {_bare(address) for address in _addresses(node)}]
    return max(own or articles, key=_told, default={})


def is_article(node: Node) -> bool:
    """Whether a node's type is a schema.org Article, or a kind of one."""
    return any(kind.endswith("Article") or kind in _ARTICLE_TYPES for kind in types(node))


def types(node: Node) -> tuple[str, ...]:
    """The names in `@type`, without a schema.org prefix."""
    found = node.get("@type", ())
    names = found if isinstance(found, list) else [found]
    return tuple(str(name).rsplit("/", 1)[-1].removeprefix("schema:") for name in names if name)


def resolve(value: Any, nodes: list[Node]) -> list[Any]:
    """A value as a list, its `{"@id": …}` references replaced by the objects they name."""
    parts = value if isinstance(value, list) else [] if value is None else [value]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    return [_resolved(part, by_id) for part in parts]


def text_of(value: Any, depth: int = 0) -> str:
    """The string a value holds: itself, its `@value`, its `name`, or the first of a list; else ""."""
    if isinstance(value, str) or depth > _DEEPEST:
        return value if isinstance(value, str) else ""
    if isinstance(value, list):
        return next((text for part in value if (text := text_of(part, depth + 1))), "")
    if isinstance(value, Mapping):
        return text_of(value.get("@value"), depth + 1) or text_of(value.get("name"), depth + 1)
    return ""


def _loads(script: str) -> Any:
    text = _WRAPPERS.sub("", script).strip()
    for attempt in (text, _LOOSE_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _objects(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(value.get(key), depth + 1)


def _resolved(part: Any, by_id: Mapping[str, Node]) -> Any:
    if isinstance(part, Mapping) and isinstance(part.get("@id"), str) and not text_of(part):
        return by_id.get(part["@id"], part)
    return part


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        yield text_of(value.get("@id")) if isinstance(value, Mapping) else text_of(value)


def _bare(address: str) -> str:
    return address.split("#")[0].split("?")[0].split("://")[-1].removeprefix("www.").rstrip("/").lower() or "-"


def _told(node: Node) -> int:
    return sum(bool(node.get(key)) for key in ("headline", "author", "datePublished", "articleBody", "publisher"))
