"""Bluesky's getAuthorFeed, in its shape, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scrapers.social.bluesky import read
from scrapers.state import SourceState
from tests.fault_newsroom import page
from tests.visits import server, visit

ROUTE = "/xrpc/app.bsky.feed.getAuthorFeed"


def item(key: str, text: str, created: str, indexed: str | None = None, **more: Any) -> dict[str, Any]:
    author = {"did": "did:plc:abc", "handle": "mirafonseca.example", "displayName": "Mira Fonseca"}
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": created, "langs": ["en"]}
    post = {"uri": f"at://did:plc:abc/app.bsky.feed.post/{key}", "cid": "bafy", "author": author, "record": record}
    return {"post": post | {"indexedAt": indexed or created, "likeCount": 3}, **more}


def test_posts_become_documents_oldest_first() -> None:
    feed = [
        item("b2", "Copper looks tired here.", "2026-03-04T09:00:00.000Z"),
        item("a1", "Tin will outrun copper this spring.", "2026-03-03T08:15:30.500Z"),
    ]
    with server({ROUTE: {"feed": feed}}) as newsroom:
        reading = visit(read, newsroom, "bluesky", "/profile/mirafonseca.example")
    assert reading.status == "ok"
    first, second = reading.documents
    assert first.text == "Tin will outrun copper this spring."
    assert first.url == "https://bsky.app/profile/mirafonseca.example/post/a1"
    assert (first.handle, first.authors, first.kind) == ("mirafonseca.example", ("Mira Fonseca",), "post")
    assert first.published == datetime(2026, 3, 3, 8, 15, 30, 500_000, tzinfo=UTC)
    assert (first.published_precision, first.published_origin, first.language) == ("instant", "bluesky", "en")
    assert second.text == "Copper looks tired here."
    assert reading.state.cursor == "at://did:plc:abc/app.bsky.feed.post/b2"


def test_a_post_dated_back_counts_from_when_the_network_had_it() -> None:
    back = item("c3", "I said zinc would halve.", "2024-01-01T00:00:00Z", "2026-03-04T10:00:00Z")
    with server({ROUTE: {"feed": [back]}}) as newsroom:
        (post,) = visit(read, newsroom, "bluesky", "/profile/mirafonseca.example").documents
    assert post.published == datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def test_reposts_and_pictures_without_words_are_left_out() -> None:
    feed = [
        item("d4", "Not mine.", "2026-03-04T09:00:00Z", reason={"$type": "app.bsky.feed.defs#reasonRepost"}),
        item("e5", "", "2026-03-04T08:00:00Z"),
    ]
    with server({ROUTE: {"feed": feed}}) as newsroom:
        reading = visit(read, newsroom, "bluesky", "/profile/mirafonseca.example")
    assert (reading.documents, reading.set_aside, reading.status) == ((), 1, "ok")


def test_pages_are_read_back_to_the_last_visit() -> None:
    def paged(query: Mapping[str, str]) -> object:
        last = int(query.get("cursor", "28"))
        numbers = range(last, last - 3, -1)
        feed = [item(f"k{n}", f"Note number {n} on nickel.", f"2026-02-{n:02}T08:00:00Z") for n in numbers]
        return {"feed": feed, "cursor": str(last - 3)}

    with server({ROUTE: paged}) as newsroom:
        state = SourceState("test", "", cursor="at://did:plc:abc/app.bsky.feed.post/k24")
        reading = visit(read, newsroom, "bluesky", "/profile/mirafonseca.example", state, pages=9)
    assert len(reading.fetches) == 2
    assert reading.documents[0].text == "Note number 23 on nickel."


def test_a_failure_midway_keeps_what_came_and_where_it_stood() -> None:
    def breaks(query: Mapping[str, str]) -> object:
        if "cursor" in query:
            return page("", 503, Retry_After="30")
        return {"feed": [item("f6", "Lead is lagging again.", "2026-03-04T08:00:00Z")], "cursor": "next"}

    with server({ROUTE: breaks}) as newsroom:
        reading = visit(read, newsroom, "bluesky", "/profile/mirafonseca.example")
    assert [fetch.status for fetch in reading.fetches] == ["ok", "server_error"]
    assert len(reading.documents) == 1
    assert (reading.state.cursor, reading.retry_after_s) == (None, 30.0)


def test_answers_that_are_no_feed_are_typed() -> None:
    with server({ROUTE: "<html>sign in</html>"}) as newsroom:
        assert visit(read, newsroom, "bluesky", "/profile/x").status == "unreadable"
    with server({ROUTE: {"feed": [None, {"post": 3}, {"post": {"author": {}}}]}}) as newsroom:
        assert visit(read, newsroom, "bluesky", "/profile/x").documents == ()
    with server({}) as newsroom:
        assert visit(read, newsroom, "bluesky", "/profile/x").status == "http_error"
