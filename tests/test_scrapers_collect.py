"""Collecting again and again: nothing twice, nothing lost, conditional requests, stops and kills at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
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
from tests.fault_newsroom import Newsroom, Reply, article, item, page, rss

HOST = "127.7.0.1"
SETTINGS = FetchSettings(allow_private=("127.0.0.0/8",), deadline_s=5.0, delay_s=0.0)
ROOT = Path(__file__).parents[1]


class Site:
    """A site whose answers a test may change: paths to replies, 404 for the rest."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}

    def __call__(self, newsroom: Newsroom, host: str, path: str) -> Reply:
        return self.replies.get(path, page("", 404))

    def feed(self, *items: str) -> None:
        self.replies["/feed.xml"] = page(rss(items))


@pytest.fixture()
def site() -> Site:
    return Site()


@pytest.fixture()
def newsroom(site: Site) -> Iterator[Newsroom]:
    with Newsroom([HOST], site) as running:
        yield running


@pytest.fixture()
def database(tmp_path: Path, newsroom: Newsroom) -> Iterator[Database]:
    store = open_store(tmp_path / "store.db")
    save_sources(store, [source(newsroom)])
    yield store
    store.close()


def source(newsroom: Newsroom, **options: object) -> Source:
    return Source("courier", "Port Lumen Courier", "feed", newsroom.url(HOST, "/feed.xml"), options=options)


def run(database: Database, newsroom: Newsroom, later: timedelta = timedelta(), **options: object) -> CollectSummary:
    """One run, as if `later` from now."""
    now = datetime.now(UTC) + later
    return collect([source(newsroom, **options)], DbState(database), SETTINGS, now=lambda: now, workers=2)


def titles(database: Database) -> list[str]:
    return sorted(title for (title,) in database.execute("select title from documents"))


def test_a_second_run_asks_only_whether_something_changed(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.feed(item("One", newsroom.url(HOST, "/1")), item("Two", newsroom.url(HOST, "/2")))
    site.replies |= {"/1": page(article("One")), "/2": page(article("Two"))}
    newsroom.etags[HOST, "/feed.xml"] = '"first"'
    assert run(database, newsroom).new_documents == 2
    newsroom.requests.clear()
    summary = run(database, newsroom)
    assert (summary.new_documents, dict(summary.by_status)) == (0, {"unchanged": 1})
    assert newsroom.requests == [(HOST, "/feed.xml", True)]


def test_an_unchanged_body_without_validators_counts_as_unchanged(
    site: Site, newsroom: Newsroom, database: Database
) -> None:
    site.feed(item("One", newsroom.url(HOST, "/1")))
    site.replies["/1"] = page(article("One"))
    run(database, newsroom)
    assert dict(run(database, newsroom).by_status) == {"unchanged": 1}


def test_entries_are_recognised_whatever_changes(site: Site, newsroom: Newsroom, database: Database) -> None:
    first, moved = newsroom.url(HOST, "/first"), newsroom.url(HOST, "/first-renamed")
    site.replies |= {"/first": page(article("First")), "/first-renamed": page(article("First"))}
    for entry in (
        item("First", first, "id-1"),
        item("First", f"{first}?utm_source=rss", "id-1"),  # a tracking parameter
        item("First", first, "id-2"),  # another id
        item("First, corrected", moved, "id-1"),  # another link
    ):
        site.feed(entry)
        run(database, newsroom)
    assert titles(database) == ["First"]


def test_one_id_for_all_entries_does_not_hide_them(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.replies |= {f"/{n}": page(article(f"Story {n}")) for n in range(3)}
    site.feed(*(item(f"Story {n}", newsroom.url(HOST, f"/{n}"), "same-id") for n in range(3)))
    run(database, newsroom)
    assert titles(database) == ["Story 0", "Story 1", "Story 2"]


def test_a_link_with_a_changing_token_and_no_id_is_one_entry(
    site: Site, newsroom: Newsroom, database: Database
) -> None:
    for token in ("a81", "b92"):
        site.replies[f"/story/{token}"] = page(article("Token story"))
        site.feed(item("Token story", newsroom.url(HOST, f"/story/{token}")))
        run(database, newsroom)
    assert titles(database) == ["Token story"]


def test_a_page_that_fails_is_had_later_even_when_its_feed_has_moved_on(
    site: Site, newsroom: Newsroom, database: Database
) -> None:
    site.feed(item("Late", newsroom.url(HOST, "/late")))
    site.replies["/late"] = page("", 503)
    assert run(database, newsroom).waiting == 1
    site.feed(item("Newer", newsroom.url(HOST, "/newer")))
    site.replies |= {"/late": page(article("Late")), "/newer": page(article("Newer"))}
    assert run(database, newsroom, timedelta(days=1)).new_documents == 2
    assert titles(database) == ["Late", "Newer"]


def test_a_page_that_is_gone_leaves_what_its_feed_said(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.feed(item("Gone", newsroom.url(HOST, "/gone"), "g"))
    site.replies["/gone"] = page("", 410)
    assert run(database, newsroom).set_aside == 1
    (text,) = next(database.execute("select text from documents"))
    assert text == "Gone\n\nOne sentence says what it is about."


def test_a_page_another_source_brought_is_not_fetched_again(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.feed(item("One", newsroom.url(HOST, "/1")))
    site.replies["/1"] = page(article("One"))
    run(database, newsroom)
    other = replace(source(newsroom), id="digest", name="Digest")
    save_sources(database, [source(newsroom), other])
    newsroom.requests.clear()
    collect([other], DbState(database), SETTINGS, now=lambda: datetime.now(UTC))
    assert newsroom.counts()["/1"] == 0


def test_a_source_that_moved_for_good_is_asked_at_its_new_address(
    site: Site, newsroom: Newsroom, database: Database
) -> None:
    site.replies |= {"/feed.xml": page("", 301, Location="/new.xml"), "/new.xml": page(rss([item("One", None, "1")]))}
    run(database, newsroom)
    newsroom.requests.clear()
    run(database, newsroom)
    assert [path for _, path, _ in newsroom.requests] == ["/new.xml"]


def test_a_source_that_is_gone_is_not_asked_again(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.replies["/feed.xml"] = page("", 410)
    run(database, newsroom)
    assert run(database, newsroom, timedelta(days=30)).skipped == 1


def test_a_source_that_fails_is_asked_again_for_ever(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.replies["/feed.xml"] = page("", 500)
    for days in range(0, 60, 2):
        run(database, newsroom, timedelta(days=days))
    row = next(database.query("select failures, next_try from sources"))
    assert row["failures"] == 30
    assert datetime.fromisoformat(row["next_try"]) <= datetime.now(UTC) + timedelta(days=59, hours=1)


def test_full_text_in_the_feed_needs_no_page(site: Site, newsroom: Newsroom, database: Database) -> None:
    body = "".join(
        f"<p>Paragraph {n} speaks at length about the invented exchange of Port Lumen.</p>" for n in range(30)
    )
    entry = f"<item><title>Letter</title><link>{newsroom.url(HOST, '/letter')}</link><guid>l1</guid>"
    entry += (
        f"<content:encoded><![CDATA[{body}]]></content:encoded><pubDate>Mon, 02 Mar 2026 08:30:00 GMT</pubDate></item>"
    )
    text = rss([entry]).replace("<rss ", "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' ")
    site.replies["/feed.xml"] = page(text)
    assert run(database, newsroom).new_documents == 1
    assert newsroom.counts() == {"/feed.xml": 1}
    assert next(database.execute("select text from documents"))[0].count("\n") == 31


def test_a_reader_that_breaks_harms_no_other_source(
    site: Site, newsroom: Newsroom, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import scrapers.sitemaps

    def broken(*args: object) -> None:
        raise RuntimeError("a slip in a reader")

    monkeypatch.setattr(scrapers.sitemaps, "read", broken)
    site.feed(item("One", None, "1"))
    other = replace(source(newsroom), id="map", kind="sitemap")
    save_sources(database, [source(newsroom), other])
    summary = collect([other, source(newsroom)], DbState(database), SETTINGS, now=lambda: datetime.now(UTC))
    assert summary.new_documents == 1
    assert summary.by_status["unreadable"] == 1


def test_a_wish_to_stop_keeps_what_was_fetched(site: Site, newsroom: Newsroom, database: Database) -> None:
    site.feed(*(item(f"Story {n}", newsroom.url(HOST, f"/{n}")) for n in range(40)))
    site.replies |= {f"/{n}": page(article(f"Story {n}")) for n in range(40)}
    stop = threading.Event()
    threading.Thread(target=lambda: (_until(lambda: len(newsroom.requests) > 8), stop.set()), daemon=True).start()
    now = lambda: datetime.now(UTC)  # noqa: E731
    summary = collect([source(newsroom)], DbState(database), SETTINGS, now=now, stop=stop, workers=2)
    assert summary.stopped
    kept = len(titles(database))
    assert 0 < kept < 40
    assert run(database, newsroom, timedelta(seconds=1)).new_documents == 40 - kept
    assert titles(database) == sorted(f"Story {n}" for n in range(40))


HOSTS, PER_HOST = 12, 20
COLLECT = """
import sys
from datetime import UTC, datetime
from db.state import DbState
from db.store import open_store
from scrapers.collect import collect
from scrapers.fetch import FetchSettings
from scrapers.sources import Source

if __name__ == "__main__":
    port, hosts = sys.argv[2], int(sys.argv[3])
    sources = [Source(f"s{n}", f"s{n}", "feed", f"http://127.7.1.{n}:{port}/feed.xml") for n in range(1, hosts + 1)]
    settings = FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0.0)
    collect(sources, DbState(open_store(sys.argv[1])), settings, now=lambda: datetime.now(UTC))
"""


def serve_story(newsroom: Newsroom, host: str, path: str) -> Reply:
    if path == "/feed.xml":
        return page(rss(item(f"{host} {n}", newsroom.url(host, f"/{n}"), f"{host}/{n}") for n in range(PER_HOST)))
    time.sleep(0.02)
    return page(article(f"{host} {path[1:]}")) if path != "/robots.txt" else page("", 404)


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path, kills: int) -> None:
    store, script = tmp_path / "store.db", tmp_path / "collecting.py"
    script.write_text(COLLECT)
    hosts = [f"127.7.1.{n}" for n in range(1, HOSTS + 1)]
    rng, counts = random.Random(kills), list[int]()
    with Newsroom(hosts, serve_story) as newsroom:
        database = open_store(store)
        save_sources(
            database, [Source(f"s{n}", f"s{n}", "feed", newsroom.url(h, "/feed.xml")) for n, h in enumerate(hosts, 1)]
        )
        database.close()
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(script), str(store), str(newsroom.port), str(HOSTS)]
        for _ in range(kills):
            target = len(newsroom.requests) + rng.randint(1, HOSTS * PER_HOST)
            process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            _until(lambda: len(newsroom.requests) > target or process.poll() is not None, 30)  # noqa: B023
            time.sleep(rng.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.wait()
            counts.append(_check_consistent(store))
        subprocess.run(command, env=environment, check=True, timeout=120)
    print("documents after each kill:", counts)
    _check_consistent(store)
    database = open_store(store)
    found = sorted(title for (title,) in database.execute("select title from documents"))
    assert found == sorted(f"{host} {n}" for host in hosts for n in range(PER_HOST))
    database.close()


def _check_consistent(store: Path) -> int:
    """Every stored entry has its document, and no page is stored twice; returns how many there are."""
    database = open_store(store)
    assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    stored = {key for (key,) in database.execute("select key from entries where status = 'stored'")}
    urls = [url for (url,) in database.execute("select canonical_url from documents")]
    assert len(urls) == len(set(urls))
    assert set(urls) == stored
    database.close()
    return len(urls)


def _until(condition: object, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.005)
