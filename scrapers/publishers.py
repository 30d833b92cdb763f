"""One name per outlet: by the domain it publishes under, or by how a credit begins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from scrapers.canonical import host_of

_SHORTEST_KEY = 5  # letters that two spellings must share from the beginning


def publisher_at(url: str | None) -> str | None:
    """The outlet that publishes under this address; None where it is not one of publishers.toml."""
    parts = host_of(url).split(".")
    return next((name for at in range(len(parts) - 1) if (name := _by_domain().get(".".join(parts[at:])))), None)


def publisher_leading(text: str) -> str | None:
    """The outlet whose name the text begins with, the longest one; None where it is none that is known."""
    found = _leading().match(text)
    return _by_name()[found[0].casefold()] if found else None


def same_outlet(one: str | None, other: str | None) -> bool:
    """Whether two names are spellings of one outlet's: "Ledger Post", "The Ledger Post", "ledgerpost.com"."""
    first, second = sorted((_key(one or ""), _key(other or "")), key=len)
    return first == second != "" or (len(first) >= _SHORTEST_KEY and second.startswith(first))


def usual_name(name: str | None, url: str | None = None) -> str | None:
    """The name in publishers.toml of the outlet that calls itself `name`, or publishes under `url`; else the name."""
    at_address = publisher_at(url)
    if not name or same_outlet(name, at_address):
        return at_address or name
    return next((known for known in _table() if _key(known) == _key(name)), name)


def _key(name: str) -> str:
    return re.sub(r"[\W_]+|\b(?:the|news)\b", "", name.casefold())


@cache
def _table() -> Mapping[str, list[str]]:
    text = files("scrapers").joinpath("publishers.toml").read_text(encoding="utf-8")
    table: Mapping[str, list[str]] = tomllib.loads(text)["publishers"]
    return table


@cache
def _by_domain() -> Mapping[str, str]:
    return {domain: name for name, domains in _table().items() for domain in domains}


@cache
def _by_name() -> Mapping[str, str]:
    return {name.casefold(): name for name in _table()}


@cache
def _leading() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_table(), key=len, reverse=True))
    return re.compile(rf"(?:{names})(?!\w)", re.IGNORECASE)
