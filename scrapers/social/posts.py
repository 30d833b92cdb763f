"""What the readers of social networks share: a post as a document, an interface's answer as JSON, a visit's result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapers.canonical import cleaned_url
from scrapers.documents import Document, document_id
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading, failed
from scrapers.responses import Response
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.storable import storable
from scrapers.timestamps import Timestamp

_AHEAD = timedelta(minutes=10)  # clocks differ by less
_NEVER = datetime.max.replace(tzinfo=UTC)


def post_document(
    source: Source, *, url: str, text: str, handle: str | None, published: Timestamp | None, now: datetime,
    name: str = "", language: str | None = None,
) -> Document | None:  # fmt: skip
    """One post as a document; None where it has no text (a picture alone).

    A time ahead of `now` is taken as now: by then it was published.
    """
    text = storable(text).strip()
    if not text:
        return None
    stamp = Timestamp(now, "instant") if published and published.moment > now + _AHEAD else published
    canonical = cleaned_url(url)
    return Document(
        id=document_id(canonical, source.id, url), kind="post", text=text, url=url, canonical_url=canonical,
        source=source.id, publisher=source.publisher, authors=(storable(name),) if name else (), handle=handle or None,
        published=stamp.moment if stamp else None, published_precision=stamp.precision if stamp else "none",
        published_origin=source.kind if stamp else None, fetched=now, language=(language or "")[:2].lower() or None,
    )  # fmt: skip


def ask(fetcher: Fetcher, url: str, headers: Mapping[str, str] | None = None) -> tuple[Response, Any]:
    """One request to an interface and its JSON object; what is none comes back as status "unreadable" and {}."""
    response = fetcher.get(url, purpose="api", headers=headers)
    if response.status != "ok":
        return response, {}
    try:
        answer = json.loads(response.text)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict | list):
        return replace(response, status="unreadable", detail="the answer is no JSON"), {}
    return response, answer


def visited(
    source: Source, state: SourceState, responses: Sequence[Response], posts: Iterable[Document | None],
    cursor: str | None = None,
) -> Reading:  # fmt: skip
    """The result of a visit: its documents, oldest first, and how many posts had no text.

    Where a request failed midway what came before it is kept, and the cursor stays, so that nothing is skipped.
    """
    found = list(posts)
    documents = sorted(filter(None, found), key=lambda post: post.published or _NEVER)
    trouble = next((response for response in responses if response.status != "ok"), None)
    fetches = tuple(response.as_fetch(source.id) for response in responses)
    if trouble and not documents:
        return replace(failed(trouble, source, state), fetches=fetches)
    return Reading(
        status="ok", state=state if trouble else replace(state, cursor=cursor or state.cursor),
        documents=tuple(documents), fetches=fetches, set_aside=len(found) - len(documents),
        retry_after_s=trouble.retry_after if trouble else None,
    )  # fmt: skip


def text_option(source: Source, name: str, default: str = "") -> str:
    """A source's option that is text, or the default."""
    value = source.options.get(name, default)
    return value if isinstance(value, str) else default


def number_option(source: Source, name: str, default: int) -> int:
    """A source's option that is a whole number, or the default."""
    value = source.options.get(name, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def account_in(url: str) -> str:
    """The account at the end of a profile's address, without "@": "https://x.com/anaruiz/" → "anaruiz"."""
    return url.split("?")[0].rstrip("/").rsplit("/", 1)[-1].lstrip("@")
