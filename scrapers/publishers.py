"""One name per outlet: by the domain it publishes under, or by how a credit begins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from scrapers.canonical import host_of


def publisher_at(url: str | None) -> str | None:
    """The outlet that publishes under this address; None where it is not one of publishers.toml."""
    parts = host_of(url).split(".")
    return next((name for at in range(len(parts) - 1) if (name := _by_domain().get(".".join(parts[at:])))), None)


def publisher_leading(text: str) -> str | None:
    """The outlet whose name the text begins with, the longest one; None where it is none that is known."""
    found = _leading().match(text)
    return _by_name()[found[0].casefold()] if found else None


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
