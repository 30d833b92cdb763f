"""News sitemaps and their indexes, over HTTP."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.sitemaps import UnreadableSitemapError, listed, read
from scrapers.state import SourceState
from tests.visits import HOST, server, visit

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def news(address: str, day: str, title: str = "Tin slips") -> str:
    return f"""<url><loc>{address}</loc><image:image><image:loc>https://cdn.example/a.jpg</image:loc>
    <image:title>A crane</image:title></image:image><news:news><news:publication><news:name>The Ledger Post</news:name>
    <news:language>en</news:language></news:publication><news:publication_date>{day}</news:publication_date>
    <news:title>{title}</news:title></news:news></url>"""


def urlset(*rows: str) -> str:
    return f"{HEAD}<urlset {NAMESPACES}>{''.join(rows)}</urlset>"


def index(*rows: tuple[str, str]) -> str:
    maps = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{changed}</lastmod></sitemap>" for loc, changed in rows)
    return f"{HEAD}<sitemapindex {NAMESPACES}>{maps}</sitemapindex>"


def test_a_news_sitemap_announces_its_pages() -> None:
    body = urlset(
        news("https://ledger.example/tin?utm_source=sitemap", "2026-03-02T09:30:00-05:00", "Tin slips &amp; slides")
    )
    with server({"/news.xml": body}) as newsroom:
        reading = visit(read, newsroom, "sitemap", "/news.xml")
    (entry,) = reading.entries
    assert (entry.url, entry.title) == ("https://ledger.example/tin", "Tin slips & slides")
    assert entry.published == datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    assert (entry.published_precision, entry.published_origin) == ("instant", "sitemap")
    assert (entry.publisher, entry.language, entry.source) == ("The Ledger Post", "en", "test")


def page_of(day: str) -> str:
    return news(f"https://ledger.example/{day.replace('-', '/')}/p", f"{day}T10:00:00Z")


def test_only_the_days_between_two_dates_are_fetched() -> None:
    months = {f"/posts-2025-{month:02}.xml": urlset(*(page_of(f"2025-{month:02}-{day}") for day in ("01", "15", "28")))
              for month in range(1, 13)}  # fmt: skip
    routes: dict[str, object] = dict(months)
    with server(routes) as newsroom:
        routes["/index.xml"] = index(*((newsroom.url(HOST, path), "2026-01-01") for path in months))
        reading = visit(read, newsroom, "sitemap", "/index.xml", since="2025-04-10", until=date(2025, 5, 20))
    asked = [path for _, path, _ in newsroom.requests if path.startswith("/posts")]
    assert asked == ["/posts-2025-05.xml", "/posts-2025-04.xml"]
    days = sorted(entry.published.date().isoformat() for entry in reading.entries if entry.published)
    assert days == ["2025-04-15", "2025-04-28", "2025-05-01", "2025-05-15"]
    assert reading.state.cursor == "done 2026-03-04"


def test_a_sitemap_last_changed_before_the_window_is_left_alone() -> None:
    routes: dict[str, object] = {"/a.xml": urlset(), "/b.xml": urlset(news("https://ledger.example/b", "2026-02-20"))}
    with server(routes) as newsroom:
        urls = [newsroom.url(HOST, path) for path in ("/a.xml", "/b.xml")]
        routes["/index.xml"] = index((urls[0], "2024-06-01"), (urls[1], "2026-02-21"))
        reading = visit(read, newsroom, "sitemap", "/index.xml", since="2026-02-01")
    assert [path for _, path, _ in newsroom.requests] == ["/index.xml", "/b.xml"]
    assert [entry.published_precision for entry in reading.entries] == ["day"]


def test_a_large_backfill_goes_on_where_it_stopped() -> None:
    maps = {f"/m{n:03}.xml": urlset(news(f"https://ledger.example/{n}", "2025-06-01T00:00:01Z")) for n in range(70)}
    routes: dict[str, object] = dict(maps)
    with server(routes) as newsroom:
        routes["/index.xml"] = index(*((newsroom.url(HOST, path), "2025-06-02") for path in maps))
        first = visit(read, newsroom, "sitemap", "/index.xml")
        assert (len(first.entries), first.detail) == (50, "20 more sitemaps wait for the next visit")
        second = visit(read, newsroom, "sitemap", "/index.xml", SourceState("test", "", cursor=first.state.cursor))
    assert len(second.entries) == 20
    assert not {entry.url for entry in first.entries} & {entry.url for entry in second.entries}
    assert second.state.cursor == "done 2026-03-04"


def test_after_a_complete_visit_only_news_is_announced() -> None:
    body = urlset(news("https://ledger.example/old", "2026-02-01"), news("https://ledger.example/new", "2026-03-03"))
    with server({"/news.xml": body}) as newsroom:
        reading = visit(read, newsroom, "sitemap", "/news.xml", SourceState("test", "", cursor="done 2026-03-03"))
    assert [entry.url for entry in reading.entries] == ["https://ledger.example/new"]


def test_include_chooses_by_address() -> None:
    body = urlset(
        news("https://ledger.example/markets/a", "2026-03-01"), news("https://ledger.example/sport/b", "2026-03-01")
    )
    with server({"/news.xml": body}) as newsroom:
        reading = visit(read, newsroom, "sitemap", "/news.xml", include="/markets/")
        broken = visit(read, newsroom, "sitemap", "/news.xml", include="(")
    assert [entry.url for entry in reading.entries] == ["https://ledger.example/markets/a"]
    assert (broken.status, broken.fetches) == ("refused", ())


def test_gzip_plain_lists_and_what_is_no_sitemap() -> None:
    packed = gzip.compress(urlset(news("https://ledger.example/z", "2026-03-01")).encode())
    assert [row.address for row in listed(packed)] == ["https://ledger.example/z"]
    assert [row.address for row in listed(b"https://ledger.example/a\nhttps://ledger.example/b\n")][1].endswith("/b")
    with pytest.raises(UnreadableSitemapError):
        list(listed(b"<html><body>Not found</body></html>"))
    with server({"/news.xml": "<html></html>"}) as newsroom:
        assert visit(read, newsroom, "sitemap", "/news.xml").status == "not_a_feed"


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = f"<?xml version='1.0'?>{bomb}<urlset {NAMESPACES}><url><loc>https://e.example/&b;</loc></url></urlset>"
    assert all("aaaa" not in row.address for row in listed(body.encode()))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    for body in (noise, b"<urlset><url>" + noise):
        with suppress(UnreadableSitemapError):
            assert all(row.address for row in listed(body))
