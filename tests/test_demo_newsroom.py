"""The newsroom over real HTTP: feeds, pages, posts and prices in the shapes that real ones have."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import feedparser
import pytest
from bs4 import BeautifulSoup

from demo.config import PROVIDERS, configuration, price_endpoints, sources
from demo.material import INVENTED, articles, outlets, posts
from demo.newsroom import Newsroom
from demo.price_feeds import BINANCE, FRED, STOOQ
from demo.prices import history
from markets.assets import registry
from scrapers.prices.settings import load_price_settings
from scrapers.sources import load_fetch_settings, load_sources


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as served:
        yield served


def get(newsroom: Newsroom, path: str) -> str:
    with urlopen(newsroom.base_url + path, timeout=10) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("outlet", list(outlets()))
def test_feed_is_valid_and_whole(newsroom: Newsroom, outlet: str) -> None:
    feed = feedparser.parse(get(newsroom, f"/{outlet}/feed.xml"))
    assert not feed.bozo
    expected = sorted((a for a in articles() if a.outlet == outlet), key=lambda a: a.published, reverse=True)
    assert [entry.title for entry in feed.entries] == [a.title for a in expected]
    assert len({entry.id for entry in feed.entries}) == len(expected)
    for entry, article in zip(feed.entries, expected, strict=True):
        assert bool(entry.get("author")) == bool(article.authors)
        has_text = (
            "content" in entry
            and article.body.split("\n\n")[0][:40] in BeautifulSoup(entry.content[0].value, "lxml").get_text()
        )
        assert has_text == (outlets()[outlet].carries == "full")


def test_every_page_holds_its_article_and_says_it_is_invented(newsroom: Newsroom) -> None:
    for article in articles():
        page = BeautifulSoup(get(newsroom, article.path), "lxml")
        text = page.select_one(".article-content").get_text("\n")  # type: ignore[union-attr]
        for paragraph in article.body.split("\n\n"):
            assert all(line.removeprefix("- ") in text for line in paragraph.splitlines()), article.id
        assert page.h1 and page.h1.get_text() == article.title
        assert INVENTED in page.select_one("footer.site-footer").get_text()  # type: ignore[union-attr]
        assert len(page.select("nav a")) >= 4
        assert page.select(".related-posts a")
        for data in page.select('script[type="application/ld+json"]'):
            assert json.loads(data.get_text())["datePublished"] == article.published.isoformat()


def test_embedded_posts_are_quoted_as_sites_quote_them(newsroom: Newsroom) -> None:
    embedding = [article for article in articles() if article.embeds]
    assert len(embedding) >= 3
    for article in embedding:
        page = BeautifulSoup(get(newsroom, article.path), "lxml")
        assert len(page.select("blockquote.twitter-tweet, blockquote.bluesky-embed")) == len(article.embeds)


def test_a_second_visit_is_answered_with_304(newsroom: Newsroom) -> None:
    address = newsroom.base_url + "/coinkettle/feed.xml"
    with urlopen(address, timeout=10) as first:
        tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert parsedate_to_datetime(modified).year == 2025
    for header, value in (("If-None-Match", tag), ("If-Modified-Since", modified)):
        with pytest.raises(HTTPError) as refusal:
            urlopen(Request(address, headers={header: value}), timeout=10)
        assert refusal.value.code == 304


def test_robots_and_front_pages(newsroom: Newsroom) -> None:
    assert "Disallow: /drafts/" in get(newsroom, "/robots.txt")
    assert INVENTED in get(newsroom, "/")
    page = BeautifulSoup(get(newsroom, "/second-layer/"), "lxml")
    assert page.select_one('link[rel="alternate"]')


def test_what_is_not_there_is_a_404(newsroom: Newsroom) -> None:
    for path in ("/nowhere/", "/coinkettle/2023/01/nothing/", "/@nobody.rss", "/nowhere/feed.xml"):
        with pytest.raises(HTTPError) as refusal:
            get(newsroom, path)
        assert refusal.value.code == 404


def test_bluesky_pages_through_all_posts(newsroom: Newsroom) -> None:
    texts: list[str] = []
    cursor = ""
    while True:
        page = json.loads(get(newsroom, f"/xrpc/app.bsky.feed.getAuthorFeed?actor=quenby.example&limit=10{cursor}"))
        texts += [item["post"]["record"]["text"] for item in page["feed"]]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert sorted(texts) == sorted(post.text for post in posts() if post.handle == "quenby.example")


def test_mastodon_gives_accounts_and_statuses(newsroom: Newsroom) -> None:
    account = json.loads(get(newsroom, "/api/v1/accounts/lookup?acct=charthermit"))
    statuses = json.loads(get(newsroom, f"/api/v1/accounts/{account['id']}/statuses?limit=40"))
    own = [post for post in posts() if post.handle == "charthermit"]
    assert [status["url"] for status in statuses] == [post.url for post in reversed(own)]
    later = json.loads(get(newsroom, f"/api/v1/accounts/{account['id']}/statuses?min_id={statuses[3]['id']}"))
    assert [status["id"] for status in later] == [status["id"] for status in statuses[:3]]
    feed = feedparser.parse(get(newsroom, "/@charthermit.rss"))
    assert not feed.bozo
    assert len(feed.entries) == len(own)


def test_no_mastodon_account_has_more_posts_than_a_first_visit_brings() -> None:
    counts = {handle: sum(p.handle == handle for p in posts()) for handle in {p.handle for p in posts()}}
    assert max(counts[post.handle] for post in posts() if post.network == "mastodon") <= 40


def test_price_providers_answer(newsroom: Newsroom) -> None:
    assert get(newsroom, "/stooq/q/d/l/?s=%5Erut&d1=20250106&d2=20250110&i=d").count("\n") == 6
    assert get(newsroom, "/fred/graph/fredgraph.csv?id=DGS10&cosd=2025-01-06").startswith(
        "observation_date,DGS10\n2025-01-06,"
    )
    candles = json.loads(get(newsroom, "/binance/api/v3/klines?symbol=BTCUSDT&interval=1d&startTime=0&limit=1000"))
    assert len(candles) == 1000


def test_configuration_is_toml_for_the_ordinary_code(newsroom: Newsroom) -> None:
    data = tomllib.loads(configuration(newsroom.base_url))
    assert data["source"] == sources(newsroom.base_url)
    assert data["prices"]["base_urls"] == price_endpoints(newsroom.base_url)
    assert set(data["prices"]["providers"]) == set(PROVIDERS)
    handles = {post.handle for post in posts()}
    assert len(data["source"]) == len(outlets()) + len(handles)


def test_the_ordinary_code_takes_the_configuration(newsroom: Newsroom, tmp_path: Path) -> None:
    config = tmp_path / "calledit.toml"
    config.write_text(configuration(newsroom.base_url), encoding="utf-8")
    assert [source.id for source in load_sources(config)] == [row["id"] for row in sources(newsroom.base_url)]
    assert load_fetch_settings(config).allow_private == ("127.0.0.0/8",)
    prices = load_price_settings(config)
    assert prices.providers == PROVIDERS
    assert prices.endpoints["stooq"].base_url == f"{newsroom.base_url}/stooq"


def test_every_priced_asset_of_the_demo_has_a_provider_that_answers(newsroom: Newsroom) -> None:
    known = {"stooq": STOOQ, "fred": FRED, "binance": BINANCE}
    for symbol in history():
        feeds = registry()[symbol].feeds
        served = [known[name].get(feeds[name].split(":")[0].removesuffix(".us")) for name in PROVIDERS if name in feeds]
        assert symbol in served, f"{symbol}: {dict(feeds)}"


def test_nonsense_is_answered_with_400(newsroom: Newsroom) -> None:
    for path in ("/stooq/q/d/l/?s=%5Erut&d1=never", "/binance/api/v3/klines?symbol=BTCUSDT&startTime=soon"):
        with pytest.raises(HTTPError) as refusal:
            get(newsroom, path)
        assert refusal.value.code == 400


def test_a_closed_newsroom_says_so() -> None:
    with pytest.raises(RuntimeError, match="with statement"):
        _ = Newsroom().base_url
