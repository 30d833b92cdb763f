"""Mastodon's account interface and its .rss, in their shapes, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scrapers.social.mastodon import read
from scrapers.state import SourceState
from tests.fault_newsroom import page
from tests.visits import server, visit

ACCOUNT = {"id": "77", "username": "odile", "acct": "odile", "display_name": "Odile Brandt"}
LOOKUP, STATUSES = "/api/v1/accounts/lookup", "/api/v1/accounts/77/statuses"


def status(number: int, html: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number), "created_at": "2026-03-01T07:30:00.000Z", "url": f"https://social.example/@odile/{number}",
        "uri": "https://social.example/users/odile/statuses/1", "content": html, "language": "en", "reblog": None,
        "account": ACCOUNT, **more,
    }  # fmt: skip


def test_statuses_become_documents() -> None:
    statuses = [status(101, "<p>Gilts rally &amp; sterling sags.</p><p>Both will fade.</p>"), status(100, "<p></p>")]
    with server({LOOKUP: ACCOUNT, STATUSES: statuses}) as newsroom:
        reading = visit(read, newsroom, "mastodon", "/@odile")
    (post,) = reading.documents
    assert post.text == "Gilts rally & sterling sags.\nBoth will fade."
    assert (post.handle, post.authors, post.url) == ("odile", ("Odile Brandt",), "https://social.example/@odile/101")
    assert post.published == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert (reading.state.cursor, reading.set_aside) == ("77:101", 1)


def test_the_next_visit_asks_only_for_what_came_after() -> None:
    def after(query: Mapping[str, str]) -> object:
        first = int(query["min_id"]) + 1
        return [status(n, f"<p>Bund note {n} for today.</p>") for n in range(min(first + 39, 150), first - 1, -1)]

    with server({STATUSES: after}) as newsroom:
        state = SourceState("test", "", cursor="77:100")
        reading = visit(read, newsroom, "mastodon", "/@odile", state)
    assert [path.split("?")[0] for _, path, _ in newsroom.requests] == [STATUSES, STATUSES]
    assert len(reading.documents) == 50
    assert reading.state.cursor == "77:150"


def test_boosts_are_not_the_accounts_words() -> None:
    with server({LOOKUP: ACCOUNT, STATUSES: [status(9, "<p>RT</p>", reblog={"id": "1"})]}) as newsroom:
        assert visit(read, newsroom, "mastodon", "/@odile").documents == ()


def test_where_the_interface_is_for_members_the_feed_is_read() -> None:
    rss = """<?xml version="1.0"?><rss version="2.0"><channel><title>Odile Brandt</title>
    <link>https://social.example/@odile</link><item><guid isPermaLink="true">https://social.example/@odile/5</guid>
    <link>https://social.example/@odile/5</link><pubDate>Sun, 01 Mar 2026 07:30:00 +0000</pubDate>
    <description>&lt;p&gt;Silver is no substitute.&lt;/p&gt;</description></item></channel></rss>"""
    with server({LOOKUP: page('{"error": "requires a login"}', 401), "/@odile.rss": rss}) as newsroom:
        reading = visit(read, newsroom, "mastodon", "/@odile")
    (post,) = reading.documents
    assert (post.text, post.handle) == ("Silver is no substitute.", "odile")
    assert post.published == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def test_a_server_that_is_down_is_not_asked_twice() -> None:
    with server({LOOKUP: page("", 503)}) as newsroom:
        reading = visit(read, newsroom, "mastodon", "/@odile")
    assert (reading.status, len(reading.fetches)) == ("server_error", 1)
