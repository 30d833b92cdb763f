"""By what an entry of a feed is recognised when it is printed again, perhaps with another link or id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from scrapers.canonical import cleaned_url
from scrapers.documents import EntryHint

_SCHEME_AND_HOST = re.compile(r"^https?://[^/]+(?=/.)", re.IGNORECASE)


def entry_key(hint: EntryHint) -> str:
    """The link without tracking parameters; else the entry's own id; else title and day."""
    day = f"{hint.published:%Y-%m-%d}" if hint.published else ""
    return cleaned_url(hint.url) or hint.guid or f"{hint.title}\n{day}"


def entry_aliases(hints: Iterable[EntryHint]) -> list[str | None]:
    """A second key per entry of one feed: its own id without scheme and host, where it is unique in the feed.

    Some feeds give every entry the same id, and some without ids put a changing token into the link: there
    title and instant together serve.
    """
    listed = list(hints)
    ids = [_plain_guid(hint) or _title_and_instant(hint) for hint in listed]
    counts = Counter(ids)
    return [found if found and counts[found] == 1 else None for found in ids]


def _plain_guid(hint: EntryHint) -> str | None:
    return "id:" + _SCHEME_AND_HOST.sub("", hint.guid.strip()) if hint.guid and hint.guid.strip() else None


def _title_and_instant(hint: EntryHint) -> str | None:
    instant = hint.published if hint.published_precision == "instant" else None
    return f"title:{hint.title}\n{instant:%Y-%m-%dT%H:%M:%S}" if hint.title and instant else None
