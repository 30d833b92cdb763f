"""The demo's documents: outlets, articles and posts, all written for it and all invented."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal
from zlib import crc32

Network = Literal["bluesky", "mastodon"]
INVENTED = "Every person, outlet and price on these pages is invented for the calledit demo. Nothing here is advice."


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented publication: how its feed and pages are shaped."""

    id: str
    name: str
    domain: str
    tagline: str
    feed: Literal["rss", "atom"]
    carries: Literal["summary", "full"]
    skin: Literal["wire", "tabloid", "letter", "bank"]
    utm: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A short post. `network` says which kind of endpoint serves it."""

    id: str
    handle: str
    author: str
    network: Network
    published: datetime
    text: str

    @property
    def number(self) -> int:
        """A number as Mastodon gives: it grows with time and differs within a second."""
        return (int(self.published.timestamp()) << 16) + crc32(self.id.encode()) % 65536

    @property
    def url(self) -> str:
        """The public address, the same wherever the newsroom listens."""
        if self.network == "bluesky":
            return f"https://bsky.app/profile/{self.handle}/post/{self.id.replace('-', '')}"
        return f"https://kelp.example/@{self.handle}/{self.number}"


@dataclass(frozen=True, slots=True)
class Article:
    """An article. `body` is plain text, paragraphs apart by blank lines; `headings` are those that are headings,
    `embeds` the ids of posts whose text stands as a paragraph."""

    id: str
    outlet: str
    slug: str
    published: datetime
    title: str
    summary: str
    body: str
    authors: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    embeds: tuple[str, ...] = ()
    credit: str | None = None  # the outlet a syndicated or rewritten copy names

    @property
    def path(self) -> str:
        """Where the newsroom serves it."""
        return f"/{self.outlet}/{self.published:%Y/%m}/{self.slug}/"


@cache
def outlets() -> Mapping[str, Outlet]:
    """Every outlet by id."""
    rows = tomllib.loads(files("demo").joinpath("outlets.toml").read_text(encoding="utf-8"))["outlet"]
    return MappingProxyType({row["id"]: Outlet(**row) for row in rows})


@cache
def articles() -> tuple[Article, ...]:
    """Every article, oldest first."""
    return tuple(sorted(map(_article, _rows("articles.jsonl")), key=lambda a: (a.published, a.id)))


@cache
def posts() -> tuple[Post, ...]:
    """Every post, oldest first."""
    return tuple(sorted(map(_post, _rows("posts.jsonl")), key=lambda p: (p.published, p.id)))


@cache
def key() -> Mapping[str, Any]:
    """The truth built into the material: calls, skills, relations, figures, copies."""
    text = files("demo").joinpath("material", "key.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def _rows(name: str) -> Iterator[dict[str, Any]]:
    text = files("demo").joinpath("material", name).read_text(encoding="utf-8")
    return (json.loads(line) for line in text.splitlines() if line)


def _article(row: dict[str, Any]) -> Article:
    names = ("id", "outlet", "slug", "title", "summary", "body", "credit")
    known: dict[str, Any] = {name: row.get(name) for name in names}
    known |= {name: tuple(row.get(name, ())) for name in ("authors", "headings", "embeds")}
    return Article(**known, published=_instant(row))


def _post(row: dict[str, Any]) -> Post:
    plain = {name: row[name] for name in ("id", "handle", "author", "network", "text")}
    return Post(**plain, published=_instant(row))


def _instant(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["published"])
