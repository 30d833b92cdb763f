"""Visiting a source whose server is a dictionary of prepared answers, over real HTTP on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scrapers.fetch import Fetcher, FetchSettings
from scrapers.kinds import Reader, Reading
from scrapers.sources import Source
from scrapers.state import SourceState
from tests.fault_newsroom import Newsroom, Reply, page

HOST = "127.4.0.1"
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Answer = Callable[[Mapping[str, str]], object]


def asked(path: str) -> dict[str, str]:
    """The query of a request's path, one value for each name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def server(routes: Mapping[str, Any]) -> Newsroom:
    """Serves by path: a Reply as it is, text and bytes as a page, a function with the query, all else as JSON."""

    def answer(_: Newsroom, __: str, path: str) -> Reply:
        found = routes.get(urlsplit(path).path)
        found = found(asked(path)) if callable(found) else found
        if found is None:
            return page("not here", 404)
        if isinstance(found, Reply):
            return found
        if isinstance(found, str | bytes):
            return page(found)
        return page(json.dumps(found), Content_Type="application/json")

    return Newsroom([HOST], answer)


def visit(
    read: Reader, newsroom: Newsroom, kind: str, path: str, state: SourceState | None = None, **options: object
) -> Reading:
    """One visit to the address, with an `api` option naming the server where the kind takes one."""
    url = newsroom.url(HOST, path)
    source = Source("test", "Test", kind, url, options={"api": newsroom.url(HOST, ""), **options})
    settings = FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0.0, deadline_s=5.0)
    return read(source, replace(state or SourceState("test", url), url=url), Fetcher(settings), NOW)
