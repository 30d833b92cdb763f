"""Kinds of source: for each, one function that visits a source and says what it offers.

To add a kind, write one module with one function `read` of the shape of `Reader` and name it in
`scrapers.sources.READERS`. A reader never raises for what the network or a server does: it returns a `Reading`
with the typed status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from scrapers.documents import Document, EntryHint
from scrapers.fetch import Fetcher, Response
from scrapers.sources import READERS, Source
from scrapers.state import Fetch, FetchStatus, SourceState

__all__ = ["READERS", "EntryHint", "Reader", "Reading", "failed", "reader_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one visit to a source brought.

    `documents` are whole and ready to store (those known already are dropped later, by id); `entries` are
    announced pages still to be fetched and read. `state` carries the validators, cursor and address to
    remember; health, failures and the next try are filled in by `scrapers.collect`.
    """

    status: FetchStatus
    state: SourceState
    documents: tuple[Document, ...] = ()
    entries: tuple[EntryHint, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    retry_after_s: float | None = None  # the server's wish
    detail: str | None = None  # one line for a person
    set_aside: int = 0  # entries that could not be read, counted
    guids: Mapping[str, str] = field(default_factory=dict)  # document id -> the entry's own id, where unique


class Reader(Protocol):
    """Visits one source; requests go through the fetcher, memory comes in and goes out as state."""

    def __call__(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading: ...


def reader_of(kind: str) -> Reader:
    """The reader of a kind, imported on first use. Raises KeyError where there is no such kind."""
    return cast(Reader, import_module(READERS[kind]).read)


def failed(response: Response, source: Source, state: SourceState) -> Reading:
    """The reading of a visit whose deciding request failed or brought nothing new.

    A source that answers "unchanged" at a new address is asked there from now on.
    """
    moved = response.moved_to if response.status == "unchanged" else None
    return Reading(
        status=response.status,
        state=replace(state, url=moved) if moved else state,
        fetches=(response.as_fetch(source.id),),
        retry_after_s=response.retry_after,
        detail=response.detail,
    )
