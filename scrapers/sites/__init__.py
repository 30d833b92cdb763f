"""Readers for sites whose pages need more than the general article reader: one small module per domain.

A module is named after its registrable domain (`federalreserve_gov.py`) and has one function, `prepare`. How to write
one: docs/add-a-site.md.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from lxml.html import HtmlElement

from scrapers.canonical import registrable_domain
from scrapers.metadata import PageMetadata


class SiteReader(Protocol):
    """Takes out of the parsed page what is not its article, and returns its metadata, mended where needed."""

    def __call__(self, tree: HtmlElement, found: PageMetadata) -> PageMetadata: ...


def site_reader(url: str) -> SiteReader | None:
    """The reader for the site of this address; None for most."""
    return _reader_of(registrable_domain(url))


@cache
def _reader_of(domain: str) -> SiteReader | None:
    name = f"scrapers.sites.{domain.replace('.', '_').replace('-', '_')}"
    if not name.rsplit(".", 1)[-1].isidentifier() or find_spec(name) is None:
        return None
    return cast(SiteReader, import_module(name).prepare)


def take_out(tree: HtmlElement, *classes: str) -> None:
    """Remove every element that has one of these classes."""
    for element in [found for name in classes for found in tree.find_class(name)]:
        if element.getparent() is not None:
            element.drop_tree()
