"""What becomes of an announced page once it was tried: stored, tried again later, or set aside. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from scrapers.documents import Document, EntryHint
from scrapers.entry_keys import entry_key
from scrapers.feeds import document_from
from scrapers.retry import backoff_s
from scrapers.state import Entry, FetchStatus

_RETRY_BASE_S = 600.0
_PAGES_A_VISIT = 200
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_TRIES = 10  # with backoff about a week
# What will not change by asking again, and after how many tries we believe it.
_TRIES_FOR: Mapping[FetchStatus, int] = MappingProxyType(
    {
        "gone": 1, "robots": 1, "refused": 1, "too_large": 1, "http_error": 2, "redirect_loop": 2, "bot_wall": 2,
        "unreadable": 2,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """The entry as it now stands, and the documents to store with it."""

    entry: Entry
    documents: tuple[Document, ...] = ()


def announced(source_id: str, hints: Iterable[EntryHint], now: datetime) -> list[Entry]:
    """The hints as waiting entries, one per key; `hint.guid` is the alias where it is unique (scrapers.feeds)."""
    entries = {key: (key, hint) for hint in hints for key in [entry_key(hint)]}
    return [Entry(source_id, key, hint.guid, "waiting", hint=hint, next_try=now) for key, hint in entries.values()]


def pages_due(waiting: Iterable[Entry], now: datetime) -> list[Entry]:
    """The pages to fetch on one visit, the newest first: at most 200, so that a long feed does not hold a run."""
    due = [entry for entry in waiting if entry.next_try is None or entry.next_try <= now]
    newest = sorted(due, key=lambda entry: (entry.hint and entry.hint.published) or _LONG_AGO, reverse=True)
    return newest[:_PAGES_A_VISIT]


def whole_entry(source_id: str, document: Document, guids: Mapping[str, str]) -> Entry:
    """The entry of a document the source itself brought whole; `guids` as in `scrapers.kinds.Reading`."""
    return Entry(source_id, document.canonical_url or document.id, guids.get(document.id), "stored")


def stored(entry: Entry, documents: Iterable[Document], status: FetchStatus) -> PageOutcome:
    """The page was read."""
    done = replace(entry, status="stored", hint=None, next_try=None, failures=0, last_status=status)
    return PageOutcome(done, tuple(documents))


def not_had(
    entry: Entry, status: FetchStatus, retry_after_s: float | None, now: datetime, rng: random.Random | None = None
) -> PageOutcome:
    """The page could not be had or read: try again later, or settle for what the source itself said of it."""
    failures = entry.failures + 1
    if failures < _TRIES_FOR.get(status, _TRIES):
        wait = max(backoff_s(failures, base_s=_RETRY_BASE_S, rng=rng), retry_after_s or 0.0)
        later = now + timedelta(seconds=wait)
        return PageOutcome(replace(entry, failures=failures, next_try=later, last_status=status))
    aside = replace(entry, status="set_aside", hint=None, next_try=None, failures=failures, last_status=status)
    hint = entry.hint
    if hint is None or not hint.title:
        return PageOutcome(aside)
    return PageOutcome(aside, (document_from(hint, hint.summary, now),))
