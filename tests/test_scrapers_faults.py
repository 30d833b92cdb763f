"""A collection among faults: each leaves a typed row, takes bounded time and memory, and harms no neighbour."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.sources import save_sources
from db.state import DbState
from db.store import open_store
from scrapers.collect import CollectSummary, collect
from scrapers.fetch import FetchSettings
from scrapers.sources import Source
from tests.fault_newsroom import (
    Newsroom,
    Reply,
    SilentHost,
    article,
    brotli_bomb,
    drip,
    entity_bomb,
    gzip_bomb,
    item,
    page,
    rss,
)

HEALTHY = [f"127.4.1.{n}" for n in range(1, 51)]
SETTINGS = FetchSettings(allow_private=("127.0.0.0/8",), deadline_s=1.5, delay_s=0.0, max_wait_s=5.0)
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(200_000))
NESTED = "<div>" * 5_000 + "<p>At the bottom of it all the harbour fund kept its bonds.</p>" * 8 + "</div>" * 5_000

# What the feed of a host answers, and the status its visit must have.
FEEDS: dict[str, tuple[Reply, str]] = {
    "drip": (Reply(drip(b"<rss>" * 500), pause=0.1, length=2500), "timeout"),
    "gzip-bomb": (Reply((gzip_bomb(),), headers={"Content-Encoding": "gzip"}, length=len(gzip_bomb())), "too_large"),
    "brotli-bomb": (
        Reply((brotli_bomb(),), headers={"Content-Encoding": "br"}, length=len(brotli_bomb())),
        "too_large",
    ),
    "entity-bomb": (page(entity_bomb()), "unreadable"),
    "external-entity": (
        page('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>'),
        "unreadable",
    ),
    "html": (page(article("A page where a feed was promised")), "not_a_feed"),
    "empty": (page(""), "not_a_feed"),
    "loop": (page("", 302, Location="/feed.xml"), "redirect_loop"),
    "private": (page("", 302, Location="http://10.1.2.3/feed.xml"), "refused"),
    "cut": (Reply((b"<rss><channel>",), length=5000, headers={"X-Cut": "1"}), "truncated"),
    "limited": (page("", 429), "rate_limited"),
    "limited-until": (page("", 429, Retry_After="3600"), "rate_limited"),
    "unavailable": (page("", 503), "server_error"),
    "unavailable-until": (page("", 503, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"), "server_error"),
    "gone": (page("", 410), "gone"),
    "wall": (page("<html><head><title>Just a moment...</title></head></html>", 403), "bot_wall"),
}  # fmt: skip
# What the page of a host answers, and the status and the text it must come to; "" where only the feed's words stay.
PAGES: dict[str, tuple[Reply, str, str]] = {
    "attributes": (page(f"<html><body {ATTRIBUTES}><p>Port Lumen keeps calm.</p></body></html>"), "ok", "keeps calm"),
    "nested": (page(f"<html><body>{NESTED}</body></html>"), "ok", "harbour fund"),
    "wrong-charset": (
        page(article("Größe zählt").encode("cp1252"), Content_Type="text/html; charset=utf-8"),
        "ok",
        "Größe zählt",
    ),
    "unsaid-charset": (
        page(article("Пусто в порту", meta="koi8-r").encode("koi8-r"), Content_Type="text/html"),
        "ok",
        "Пусто в порту",
    ),
    "page-bomb": (Reply((brotli_bomb(),), headers={"Content-Encoding": "br"}), "too_large", ""),
    "page-drip": (Reply(drip(b"<p>" * 500), pause=0.1, length=1500), "timeout", ""),
    "page-cut": (Reply((b"<html><p>half",), length=9000, headers={"X-Cut": "1"}), "truncated", ""),
    "page-loop": (page("", 302, Location="/page"), "redirect_loop", ""),
    "page-private": (page("", 302, Location="http://192.168.1.1/"), "refused", ""),
    "page-missing": (page("", 404), "http_error", ""),
    "page-empty": (page("<html><body></body></html>"), "unreadable", ""),
    "page-wall": (page("<html><head><title>Just a moment...</title></head></html>", 403), "bot_wall", ""),
}  # fmt: skip
DATES = {
    "undated": None,
    "far-ahead": f"{datetime.now(UTC) + timedelta(days=400):%a, %d %b %Y %H:%M:%S} GMT",
    "zone-slip": f"{datetime.now(UTC) + timedelta(hours=7):%a, %d %b %Y %H:%M:%S} GMT",
    "zoneless": "Mon, 02 Mar 2026 08:30:00",
}
WHOLE = ("thousands", "dates")  # feeds read without their pages
HOSTS = {name: f"127.4.2.{n}" for n, name in enumerate([*FEEDS, *PAGES, *WHOLE], 1)}
NAMES = {host: name for name, host in HOSTS.items()}


def answer(newsroom: Newsroom, host: str, path: str) -> Reply:
    if path == "/robots.txt":
        return page("User-agent: *\nDisallow:\n", Content_Type="text/plain")
    name = NAMES.get(host)
    if name in FEEDS:
        return FEEDS[name][0]
    if name in PAGES and path == "/page":
        return PAGES[name][0]
    if name in PAGES:
        return page(rss([item(f"Seen at {name}", newsroom.url(host, "/page"), name)]))
    if name == "thousands":
        return page(rss(item(f"Note {n}", newsroom.url(host, f"/n/{n}"), str(n)) for n in range(10_000)))
    if name == "dates":
        return page(rss(item(title, newsroom.url(host, f"/{title}"), title, date) for title, date in DATES.items()))
    if path == "/feed.xml":
        return page(rss(item(f"Story {n} of {host}", newsroom.url(host, f"/{n}"), f"{host}-{n}") for n in range(2)))
    return page(article(f"Story {path[1:]} of {host}"))


def source(id: str, url: str, **options: object) -> Source:
    return Source(id, id, "feed", url, options=options)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, CollectSummary, float, int]]:
    """One run over fifty healthy hosts, one that never answers, and one host per fault."""
    database = open_store(tmp_path_factory.mktemp("faults") / "store.db")
    with Newsroom([*HEALTHY, *HOSTS.values()], answer) as newsroom, SilentHost("127.4.3.1") as silent:
        sources = [source("silent", silent.url)]
        sources += [
            source(name, newsroom.url(host, "/feed.xml"), **({"pages": False} if name in WHOLE else {}))
            for name, host in HOSTS.items()
        ]
        sources += [source(host, newsroom.url(host, "/feed.xml")) for host in HEALTHY]
        save_sources(database, sources)
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        summary = collect(sources, DbState(database), SETTINGS, now=lambda: datetime.now(UTC))
        seconds = time.monotonic() - start
    yield database, summary, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    database.close()


Collected = tuple[Database, CollectSummary, float, int]


def test_every_healthy_source_is_collected(collected: Collected) -> None:
    database = collected[0]
    rows = database.execute("select source_id, count(*) from documents where source_id like '127.%' group by 1")
    assert dict(rows) == dict.fromkeys(HEALTHY, 2)


@pytest.mark.parametrize("name", [*FEEDS, "silent"])
def test_a_feeds_fault_is_a_typed_row(collected: Collected, name: str) -> None:
    database = collected[0]
    expected = FEEDS[name][1] if name in FEEDS else "timeout"
    fetches = list(database.execute("select status, detail from fetches where source_id = ?", [name]))
    assert [status for status, _ in fetches] == [expected], fetches
    row = next(database.query("select * from sources where id = ?", [name]))
    assert (row["last_status"], row["failures"], row["disabled"]) == (expected, 1, int(name == "gone"))
    assert row["next_try"] and row["last_error"]


@pytest.mark.parametrize("name", PAGES)
def test_a_pages_fault_is_a_typed_row(collected: Collected, name: str) -> None:
    database, expected, words = collected[0], PAGES[name][1], PAGES[name][2]
    statuses = [
        s
        for (s,) in database.execute(
            "select status from fetches where source_id = ? and url not like '%feed.xml'", [name]
        )
    ]
    assert statuses == [expected]
    texts = [text for (text,) in database.execute("select text from documents where source_id = ?", [name])]
    entry = next(database.query("select * from entries where source_id = ?", [name]))
    if words:
        assert len(texts) == 1 and words in texts[0]
    else:
        assert (entry["status"] == "waiting" and entry["next_try"]) or "One sentence says" in texts[0]


def test_a_feed_of_ten_thousand_entries_is_stored_whole(collected: Collected) -> None:
    assert collected[0].execute("select count(*) from documents where source_id = 'thousands'").fetchone() == (10_000,)


def test_dates_that_cannot_be_are_not_believed(collected: Collected) -> None:
    sql = "select title, published_precision, published <= fetched from documents where source_id = 'dates'"
    found = {title: (precision, past) for title, precision, past in collected[0].execute(sql)}
    assert found == {
        "undated": ("none", None), "far-ahead": ("none", None), "zone-slip": ("instant", 1), "zoneless": ("day", 1),
    }  # fmt: skip


def test_time_and_memory_stay_bounded(collected: Collected) -> None:
    _, summary, seconds, growth_kb = collected
    print(f"{seconds:.1f} s, {growth_kb / 1000:.0f} MB more, {dict(summary.by_status)}")
    assert seconds < 60
    assert growth_kb < 250_000


def test_a_patient_request_is_remembered(collected: Collected) -> None:
    row = next(collected[0].query("select next_try, last_status from sources where id = 'limited-until'"))
    wait = datetime.fromisoformat(row["next_try"]) - datetime.now(UTC)
    assert 3000 < wait.total_seconds() <= 3600


def test_a_run_without_a_network_ends_early(tmp_path: Path) -> None:
    database = open_store(tmp_path / "store.db")
    with SilentHost("127.4.3.4") as silent:
        sources = [source(f"s{n}", silent.url.replace("127.4.3.4", f"127.4.4.{n}")) for n in range(1, 200)]
        save_sources(database, sources)
        settings = FetchSettings(allow_private=("127.0.0.0/8",), deadline_s=0.5, delay_s=0.0)
        asked: list[str] = []
        collect(
            sources, DbState(database), settings, now=lambda: datetime.now(UTC),
            on_progress=lambda progress: asked.append(progress.source_id),
        )  # fmt: skip
    assert 12 <= len(asked) < 40


def test_an_outage_of_our_own_counts_against_nobody(tmp_path: Path) -> None:
    database = open_store(tmp_path / "store.db")
    with SilentHost("127.4.3.2") as one, SilentHost("127.4.3.3") as two:
        sources = [source("one", one.url), source("two", two.url)]
        save_sources(database, sources)
        settings = FetchSettings(allow_private=("127.0.0.0/8",), deadline_s=0.5, delay_s=0.0)
        summary = collect(sources, DbState(database), settings, now=lambda: datetime.now(UTC))
    assert not summary.reachable
    assert [row["failures"] for row in database.query("select failures from sources")] == [0, 0]
    assert database.table("fetches").count == 0
