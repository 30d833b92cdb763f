"""The sources that are collected and how the network door behaves, as `calledit.toml` says.

    contact = "https://example.org/about-our-reader"   # sent in the User-Agent
    allow_private = ["127.0.0.0/8"]                    # private addresses that may be fetched all the same
    starting_set = true                                # our sources.toml as well as the sources named here
    without = ["reddit-markets"]                       # ... except these

    [[source]]
    id = "example"
    name = "Example Markets"
    kind = "feed"
    url = "https://example.org/feed.xml"

Without a file, or with one that names no source, the starting set is collected.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from scrapers.fetch import FetchSettings

# Each kind of source and the module whose function `read` visits one (see scrapers.kinds.Reader).
READERS: Mapping[str, str] = MappingProxyType(
    {
        "feed": "scrapers.feeds",
        "sitemap": "scrapers.sitemaps",
        "bluesky": "scrapers.social.bluesky",
        "mastodon": "scrapers.social.mastodon",
        "reddit": "scrapers.social.reddit",
        "telegram": "scrapers.social.telegram",
        "x": "scrapers.social.x",
    }
)
TUNABLE = ("contact", "allow_private", "deadline_s", "delay_s", "max_wait_s", "page_cap", "feed_cap", "host_delays")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class SourceError(ValueError):
    """A source or a setting cannot be used; the message is one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place where something is published. `options` are read by its kind (see docs/sources.md)."""

    id: str
    name: str
    kind: str  # a key of READERS
    url: str
    publisher: str | None = None
    interval_s: int = 3600  # the longest wait between two visits; the schedule adapts below it
    terms: str = ""
    checked: str = "never"  # ISO date of the last look by a person, or "never"
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def load_sources(config: Path | None = None) -> tuple[Source, ...]:
    """The sources to collect, in the order of the files.

    Raises SourceError for a file that cannot be read, an unknown key, a duplicate id or an unusable source.
    """
    data = read_config(config)
    own = [source_from(row) for row in data.get("source", ())]
    packaged = starting_set() if data.get("starting_set", not own) else ()
    dropped = {*data.get("without", ()), *(source.id for source in own)}
    return _unique([*(source for source in packaged if source.id not in dropped), *own])


def load_fetch_settings(config: Path | None = None) -> FetchSettings:
    """How the network door behaves. Raises SourceError as `load_sources` does."""
    data = {name: value for name, value in read_config(config).items() if name in TUNABLE}
    if "allow_private" in data:
        data["allow_private"] = tuple(data["allow_private"])
    data["host_delays"] = {**FetchSettings().host_delays, **data.get("host_delays", {})}
    for name in ("deadline_s", "delay_s", "max_wait_s", "page_cap", "feed_cap"):
        if name in data and (not isinstance(data[name], (int, float)) or data[name] < 0):
            raise SourceError(f"{config}: {name} must be a number that is not negative")
    return FetchSettings(**data)


def kind_of_address(url: str) -> str:
    """The kind of source an address is by its looks: "bluesky" for https://bsky.app/profile/x; else "feed"."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), parts.path
    by_host = {"bsky.app": "bluesky", "reddit.com": "reddit", "t.me": "telegram", "x.com": "x", "twitter.com": "x"}
    if host in by_host:
        return by_host[host]
    if path.startswith("/@") and "/" not in path[2:] and not path.endswith(".rss"):
        return "mastodon"
    return "sitemap" if "sitemap" in path.rpartition("/")[2] else "feed"


def missing_need(source: Source) -> str | None:
    """The environment variable a source needs (option `needs`) and does not have, or None."""
    needs = source.options.get("needs")
    return needs if isinstance(needs, str) and not os.environ.get(needs) else None


@cache
def starting_set() -> tuple[Source, ...]:
    """The sources of scrapers/sources.toml."""
    rows = tomllib.loads(files("scrapers").joinpath("sources.toml").read_text(encoding="utf-8"))["source"]
    return _unique([source_from(row) for row in rows])


def read_config(config: Path | None) -> dict[str, Any]:
    """The configuration file as a dict, {} where there is none. Raises SourceError."""
    if config is None or not config.exists():
        return {}
    try:
        data = tomllib.loads(config.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{config} is not valid TOML: {error}") from error
    except OSError as error:
        raise SourceError(f"{config}: {error}") from error
    if not isinstance(data.get("source", []), list):
        raise SourceError(f"{config}: write each source under [[source]], with double brackets")
    return data


def source_from(row: Mapping[str, Any]) -> Source:
    """A source from its entry. Raises SourceError where it misses something or has a key too many."""
    known = {spec.name for spec in fields(Source)}
    label = f"source {row.get('id') or row.get('url') or '?'}"
    if extra := set(row) - known:
        raise SourceError(f"{label}: unknown {', '.join(sorted(extra))}; what a kind needs goes under options")
    if missing := [name for name in ("id", "url") if not row.get(name)]:
        raise SourceError(f"{label}: {', '.join(missing)} is missing")
    options = MappingProxyType(dict(row.get("options", {})))
    source = Source(**{"name": row["id"], "kind": "feed", **row, "options": options})
    _check(source, label)
    return source


def _check(source: Source, label: str) -> None:
    if not _ID.fullmatch(source.id):
        raise SourceError(f"{label}: an id is lower-case letters, digits, dots and dashes, at most 64")
    if source.kind not in READERS:
        raise SourceError(f"{label}: no kind {source.kind!r}; the kinds are {', '.join(READERS)}")
    if urlsplit(source.url).scheme not in ("http", "https") or not urlsplit(source.url).hostname:
        raise SourceError(f"{label}: {source.url!r} is not an http or https address")
    if not isinstance(source.interval_s, int) or source.interval_s < 60:
        raise SourceError(f"{label}: interval_s is a whole number of seconds, 60 or more")


def _unique(sources: Iterable[Source]) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for source in sources:
        if source.id in found:
            raise SourceError(f"two sources are named {source.id}: give one of them another id")
        found[source.id] = source
    return tuple(found.values())
