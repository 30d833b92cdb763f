"""The network door, over real sockets."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from db.state import DbState
from db.store import open_store
from scrapers.addresses import AddressGuard, RefusedAddressError
from scrapers.fetch import Fetcher, FetchSettings
from tests.fault_newsroom import (
    Newsroom,
    Reply,
    SilentHost,
    article,
    brotli_bomb,
    drip,
    gzip_bomb,
    page,
    wait_until,
)

HOST, OTHER = "127.3.0.1", "127.3.0.2"
SETTINGS = FetchSettings(
    contact="https://example.org/reader", allow_private=("127.0.0.0/8",), deadline_s=2.0, delay_s=0.0
)


def answer(newsroom: Newsroom, host: str, path: str) -> Reply:
    simple = {
        "/robots.txt": page("User-agent: *\nDisallow: /private/\n", Content_Type="text/plain"),
        "/ok": page(article("Quiet morning in Port Lumen"), ETag='"v1"', Last_Modified="Mon, 02 Mar 2026 08:30:00 GMT"),
        "/loop": page("", 302, Location="/loop2"),
        "/loop2": page("", 302, Location="/loop"),
        "/to-private": page("", 302, Location="http://10.11.12.13/"),
        "/to-file": page("", 302, Location="file:///etc/passwd"),
        "/moved": page("", 301, Location="/moved-on"),
        "/moved-on": page("", 308, Location="/ok"),
        "/moved-for-now": page("", 301, Location="/found"),
        "/found": page("", 302, Location="/ok"),
        "/to-blocked": page("", 302, Location="/private/x"),
        "/gone": page("no more", 410),
        "/missing": page("no such page", 404),
        "/busy": page("slow down", 429, Retry_After="120"),
        "/busy-date": page("slow down", 503, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
        "/busy-plain": page("", 429),
        "/broken": page("oops", 500),
        "/wall": page("<html><head><title>Just a moment...</title></head></html>", 403, Cf_Mitigated="challenge"),
        "/wall-200": page("<html><head><title>Just a moment...</title></head><body></body></html>"),
        "/bad-gzip": page(b"\x1f\x8b\x08 this is not gzip at all", Content_Encoding="gzip"),
        "/cut": Reply((b"<p>half a pa",), length=5000, headers={"X-Cut": "1"}),
        "/huge": Reply((b"x" * 100_000 for _ in range(200)), length=None),
        "/gzip-bomb": Reply((gzip_bomb(),), headers={"Content-Encoding": "gzip"}, length=len(gzip_bomb())),
        "/brotli-bomb": Reply((brotli_bomb(),), headers={"Content-Encoding": "br"}, length=len(brotli_bomb())),
        "/drip": Reply(drip(b"x" * 1000), pause=0.1, length=1000),
        "/other": page("", 302, Location=newsroom.url(OTHER, "/ok")),
    }
    if (host, path) == (OTHER, "/robots.txt"):
        return page("User-agent: *\nCrawl-delay: 20\n", Content_Type="text/plain")
    return simple.get(path, page("not here", 404))


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom([HOST, OTHER], answer) as running:
        yield running


@pytest.fixture()
def fetcher() -> Fetcher:
    return Fetcher(SETTINGS)


@pytest.mark.parametrize(
    ("path", "status", "http_status"),
    [
        ("/ok", "ok", 200),
        ("/loop", "redirect_loop", 302),
        ("/to-private", "refused", None),
        ("/to-file", "refused", 302),
        ("/private/x", "robots", None),
        ("/to-blocked", "robots", None),
        ("/gone", "gone", 410),
        ("/missing", "http_error", 404),
        ("/busy", "rate_limited", 429),
        ("/busy-plain", "rate_limited", 429),
        ("/busy-date", "server_error", 503),
        ("/broken", "server_error", 500),
        ("/wall", "bot_wall", 403),
        ("/wall-200", "bot_wall", 200),
        ("/bad-gzip", "unreadable", 200),
        ("/cut", "truncated", 200),
        ("/huge", "too_large", 200),
        ("/gzip-bomb", "too_large", 200),
        ("/brotli-bomb", "too_large", 200),
        ("/drip", "timeout", None),
    ],
)
def test_every_answer_has_its_status(
    newsroom: Newsroom, fetcher: Fetcher, path: str, status: str, http_status: int | None
) -> None:
    response = fetcher.get(newsroom.url(HOST, path))
    assert (response.status, response.http_status) == (status, http_status), response.detail
    assert response.body == b"" or status == "ok"
    assert status == "ok" or response.detail


@pytest.mark.parametrize(
    "url", ["ftp://example.org/x", "file:///etc/passwd", "example.org", "http://", "http://[::1", ""]
)
def test_only_web_addresses_are_fetched(fetcher: Fetcher, url: str) -> None:
    assert fetcher.get(url).status == "refused"


@cache
def closed_door() -> Fetcher:
    return Fetcher(FetchSettings(deadline_s=10.0, delay_s=0.0))  # a busy resolver may take its time over "http://A"


def test_a_fetcher_leaves_no_thread_behind(newsroom: Newsroom) -> None:
    for _ in range(3):
        assert Fetcher(SETTINGS).get(newsroom.url(HOST, "/ok"), purpose="feed").status == "ok"
    assert wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "deadlines"], 30.0)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=40).filter(lambda text: "@" not in text))  # "http://127.0.0.1:@A" asks a resolver for A
@example("@127.0.0.1")
def test_no_address_makes_it_raise(text: str) -> None:
    for url in (text, f"http://127.0.0.1:{text}", f"http://127.0.0.1/{text}", f"http://[::1]{text}"):
        assert closed_door().get(url, purpose="feed").status == "refused"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "0.0.0.0", "2130706433"],
)
def test_private_addresses_are_refused_unless_named(host: str) -> None:
    response = Fetcher(FetchSettings(deadline_s=2.0)).get(f"http://{host}:9/", purpose="feed")
    assert response.status == "refused"
    assert "private" in (response.detail or "")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True),
        ("100.64.0.1", False), ("198.18.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("0.1.2.3", False), ("::", False), ("::7f00:1", False), ("::ffff:0:7f00:1", False), ("fe80::1%eth0", False),
        ("fc00::1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("64:ff9b:1::1", False),
        ("2001:0:7f00:1::", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    AddressGuard(["host.example"]).check("host.example", address)
    AddressGuard([address.partition("%")[0]]).check("other.example", address)
    if public:
        AddressGuard().check("host.example", address)
    else:
        with pytest.raises(RefusedAddressError):
            AddressGuard().check("host.example", address)


def test_a_name_whose_answer_turns_private_is_refused(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([HOST, "127.200.0.1"])
    real = socket.getaddrinfo

    def turning(host: str, *args: object, **options: object) -> object:
        if host != "rebinding.example":
            return real(host, *args, **options)  # type: ignore[arg-type]
        if options.get("flags"):
            raise socket.gaierror("not numeric")
        return real(next(answers), *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    fetcher = Fetcher(FetchSettings(allow_private=(f"{HOST}/32",), delay_s=0.0, deadline_s=2.0))
    url = f"http://rebinding.example:{newsroom.port}"
    assert fetcher.get(f"{url}/huge", purpose="feed").status == "too_large"  # closes its connection
    assert fetcher.get(f"{url}/ok", purpose="feed").status == "refused"


def test_the_deadline_holds_however_the_answer_drips(newsroom: Newsroom, fetcher: Fetcher) -> None:
    start = time.monotonic()
    assert fetcher.get(newsroom.url(HOST, "/drip")).status == "timeout"
    assert time.monotonic() - start < SETTINGS.deadline_s + 3


def test_a_host_that_never_answers_costs_one_deadline() -> None:
    with SilentHost("127.3.0.9") as silent:
        start = time.monotonic()
        assert Fetcher(SETTINGS).get(silent.url, purpose="feed").status == "timeout"
        assert time.monotonic() - start < SETTINGS.deadline_s + 3


def test_bombs_are_stopped_before_they_take_memory(newsroom: Newsroom, fetcher: Fetcher) -> None:
    answer(newsroom, HOST, "/gzip-bomb")  # build the bombs before measuring
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in ("/gzip-bomb", "/brotli-bomb"):
        assert fetcher.get(newsroom.url(HOST, path), purpose="feed").status == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kB; the cap is 15 MB


def test_permanent_redirects_are_told_and_temporary_ones_not(newsroom: Newsroom, fetcher: Fetcher) -> None:
    moved = fetcher.get(newsroom.url(HOST, "/moved"))
    assert moved.moved_to == newsroom.url(HOST, "/ok") == moved.url
    assert fetcher.get(newsroom.url(HOST, "/moved-for-now")).moved_to is None
    assert fetcher.get(newsroom.url(HOST, "/ok")).moved_to is None


def test_secrets_do_not_follow_a_redirect_to_another_host(newsroom: Newsroom, fetcher: Fetcher) -> None:
    seen: list[dict[str, str]] = []
    original = newsroom.respond
    newsroom.respond = lambda host, path, headers: seen.append(headers) or original(host, path, headers)  # type: ignore
    try:
        fetcher.get(newsroom.url(HOST, "/other"), purpose="api", headers={"Authorization": "Bearer secret"})
    finally:
        newsroom.respond = original  # type: ignore[method-assign]
    assert [headers.get("authorization") for headers in seen] == ["Bearer secret", None]
    assert {headers["user-agent"] for headers in seen} == {SETTINGS.user_agent}
    assert "https://example.org/reader" in SETTINGS.user_agent


def test_a_conditional_request_comes_back_unchanged(newsroom: Newsroom, fetcher: Fetcher) -> None:
    first = fetcher.get(newsroom.url(HOST, "/ok"))
    again = fetcher.get(newsroom.url(HOST, "/ok"), etag=first.etag, last_modified=first.last_modified)
    assert again.status == "unchanged"  # a 200 with the same ETag
    assert first.text.startswith("<!doctype html>")


def test_patience_a_server_asks_for_is_kept(newsroom: Newsroom) -> None:
    fetcher = Fetcher(SETTINGS)
    assert fetcher.get(newsroom.url(HOST, "/busy")).retry_after == 120.0
    put_off = fetcher.get(newsroom.url(HOST, "/ok"))
    assert put_off.status == "rate_limited"
    assert put_off.http_status is None
    assert (put_off.retry_after or 0) > 100


def test_the_clock_of_a_domain_survives_a_restart(newsroom: Newsroom, tmp_path: Path) -> None:
    Fetcher(SETTINGS, DbState(open_store(tmp_path / "store.db"))).get(newsroom.url(HOST, "/busy"))
    again = Fetcher(SETTINGS, DbState(open_store(tmp_path / "store.db"))).get(newsroom.url(HOST, "/ok"))
    assert (again.status, again.http_status) == ("rate_limited", None)


def test_the_pause_robots_txt_asks_for_is_kept(newsroom: Newsroom, fetcher: Fetcher) -> None:
    fetcher.get(newsroom.url(OTHER, "/ok"))
    assert fetcher.politeness.next_allowed(OTHER) - datetime.now(UTC) > timedelta(seconds=15)


def test_a_far_retry_date_is_capped_at_a_day(newsroom: Newsroom, fetcher: Fetcher) -> None:
    assert fetcher.get(newsroom.url(HOST, "/busy-date")).retry_after == 86_400.0


def test_two_requests_to_one_domain_keep_their_distance(newsroom: Newsroom) -> None:
    fetcher = Fetcher(FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0.3))
    start = time.monotonic()
    for _ in range(3):
        assert fetcher.get(newsroom.url(HOST, "/ok"), purpose="feed").status == "ok"
    assert time.monotonic() - start >= 0.6


def test_the_turn_of_a_domain_is_known_beforehand(newsroom: Newsroom) -> None:
    fetcher = Fetcher(FetchSettings(allow_private=("127.0.0.0/8",), delay_s=5.0))
    fetcher.get(newsroom.url(HOST, "/ok"), purpose="feed")
    wait = fetcher.politeness.next_allowed(HOST) - datetime.now(UTC)
    assert timedelta(seconds=4) < wait <= timedelta(seconds=5)
