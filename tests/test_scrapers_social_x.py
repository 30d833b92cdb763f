"""X's API v2, in its shape, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from scrapers.social.x import read
from scrapers.state import SourceState
from tests.fault_newsroom import page
from tests.visits import server, visit

USER, POSTS = "/2/users/by/username/petrahalm", "/2/users/12/tweets"
DATA = {"data": {"id": "12", "name": "Petra Halm", "username": "petrahalm"}}


def post(number: int, text: str, **more: object) -> dict[str, object]:
    return {"id": str(number), "text": text, "created_at": "2026-03-02T14:00:00.000Z", "lang": "en", **more}


def test_without_a_token_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLEDIT_X_TOKEN", raising=False)
    with server({USER: DATA}) as newsroom:
        reading = visit(read, newsroom, "x", "/petrahalm")
    assert reading.status == "refused"
    assert reading.detail == "X needs a bearer token: put it into CALLEDIT_X_TOKEN"
    assert newsroom.requests == []


def test_posts_become_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLEDIT_X_TOKEN", "secret")
    long = post(502, "The whole case for platinum …", note_tweet={"text": "The whole case for platinum is supply."})
    answer = {"data": [long, post(501, "Yields &gt; 5% by June")], "meta": {"result_count": 2, "newest_id": "502"}}
    with server({USER: DATA, POSTS: answer}) as newsroom:
        reading = visit(read, newsroom, "x", "/petrahalm")
    assert {found.text for found in reading.documents} == {
        "The whole case for platinum is supply.", "Yields > 5% by June",
    }  # fmt: skip
    first = next(found for found in reading.documents if "platinum" in found.text)
    assert (first.url, first.handle) == ("https://x.com/petrahalm/status/502", "petrahalm")
    assert first.published == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert reading.state.cursor == "12:502"


def test_later_visits_ask_since_the_last_post_and_follow_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLEDIT_X_TOKEN", "secret")

    def paged(query: Mapping[str, str]) -> object:
        assert query["since_id"] == "500"
        if "pagination_token" in query:
            return {"data": [post(503, "Second page about tin.")], "meta": {}}
        return {"data": [post(504, "First page about tin.")], "meta": {"next_token": "n2"}}

    with server({POSTS: paged}) as newsroom:
        reading = visit(read, newsroom, "x", "/petrahalm", SourceState("test", "", cursor="12:500"))
    assert len(reading.documents) == 2
    assert reading.state.cursor == "12:504"


def test_refusals_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLEDIT_X_TOKEN", "secret")
    with server({USER: page("", 429, Retry_After="900")}) as newsroom:
        reading = visit(read, newsroom, "x", "/petrahalm")
    assert (reading.status, reading.retry_after_s) == ("rate_limited", 900.0)
    with server({USER: {"errors": [{"detail": "Could not find user", "title": "Not Found"}]}}) as newsroom:
        reading = visit(read, newsroom, "x", "/petrahalm")
    assert (reading.status, reading.detail) == ("http_error", "Could not find user")
