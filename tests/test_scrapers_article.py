"""Pages to documents: bodies, hints, limits of the workers. Every page is invented."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.article import ArticlePage, ArticleReader, PageTask, Unread, read_article
from scrapers.boilerplate import rules, without_boilerplate
from scrapers.documents import EntryHint, document_id
from scrapers.language import language_of
from scrapers.worker import CallFailedError, LimitedPool, Limits

URL = "https://www.ledger.example/markets/tin-slips?utm_source=rss"
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PARAGRAPHS = [
    f"In week {n} the smelters of the northern basin kept their furnaces cold while traders counted warehouse receipts."
    for n in range(1, 13)
]


def html(*parts: str, head: str = "", wrap: str = "div") -> str:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    site = "<title>Tin slips - Ledger Post</title><meta property='og:site_name' content='Ledger Post'>"
    return f"""<html lang='en'><head>{site}{head}</head><body><nav><a href='/'>Home</a> <a href='/m'>Markets</a></nav>
    <article><h1>Tin slips</h1><{wrap} class='story'>{body}{"".join(parts)}</{wrap}></article>
    <footer><p>About us</p></footer></body></html>"""


def read(page: str | bytes, **more: Any) -> ArticlePage:
    found = read_article(page, URL, fetched=NOW, **more)
    assert found is not None
    return found


def test_a_page_is_a_document() -> None:
    head = (
        '<meta property="article:published_time" content="2026-03-02T09:30:00Z"><meta name="author" content="Ana Ruiz">'
    )
    found = read(html(head=head)).document
    assert found.text == "Tin slips\n\n" + "\n\n".join(PARAGRAPHS)
    assert found.canonical_url == "https://www.ledger.example/markets/tin-slips"
    assert found.id == document_id(found.canonical_url)
    assert (found.title, found.publisher, found.authors) == ("Tin slips", "Ledger Post", ("Ana Ruiz",))
    assert (found.published, found.published_precision) == (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "instant")
    assert (found.published_origin, found.language, found.kind, found.fetched) == ("meta", "en", "article", NOW)


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("The price of tin fell for a third week and traders from the north waited with their orders.", None, "en"),
        ("Tin Zinc Lead Nickel Copper Cobalt Silver Gold Platinum Palladium Rhodium for the week", "en-GB", "en"),
        ("Der Preis für Zinn ist die dritte Woche in Folge gefallen, und die Händler warten noch ab.", "en", "de"),
        ("Too short.", "en", None),
    ],
)
def test_languages(text: str, declared: str | None, language: str | None) -> None:
    assert language_of(text, declared) == language


def test_the_feed_fills_what_the_page_leaves_out() -> None:
    hint = EntryHint(
        guid="g", title="From the feed", authors=("Tom Beck",), published=NOW, published_precision="instant",
        published_origin="feed", publisher="The Ledger", source="ledger",
    )  # fmt: skip
    found = read(html(), hint=hint).document
    assert (found.source, found.publisher, found.authors) == ("ledger", "The Ledger", ("Tom Beck",))
    assert (found.published, found.published_origin) == (NOW, "feed")
    assert found.title == "Tin slips"


@pytest.mark.parametrize(
    ("printed", "hinted", "moment", "precision"),
    [
        ("2026-03-02T09:30:00", None, datetime(2026, 3, 2, tzinfo=UTC), "day"),  # no zone: half a day is at stake
        (
            "2026-03-02T09:30:00",
            datetime(2026, 3, 2, 14, 30, tzinfo=UTC),
            datetime(2026, 3, 2, 14, 30, tzinfo=UTC),
            "instant",
        ),
        ("2026-03-02", datetime(2026, 3, 2, 14, 30, tzinfo=UTC), datetime(2026, 3, 2, 14, 30, tzinfo=UTC), "instant"),
        ("2026-03-02", datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), "day"),
        ("2027-01-01T00:00:00Z", None, None, "none"),  # has not come yet
        ("2026-03-04T18:00:00Z", None, NOW, "instant"),  # a slip of zones: it was published when it was fetched
    ],
)
def test_which_time_is_believed(printed: str, hinted: datetime | None, moment: datetime | None, precision: str) -> None:
    hint = EntryHint(published=hinted, published_precision="instant" if hinted else "none", published_origin="feed")
    found = read(html(head=f'<meta property="article:published_time" content="{printed}">'), hint=hint).document
    assert (found.published, found.published_precision) == (moment, precision)


def test_boilerplate_and_scripts_are_left_out() -> None:
    rubbish = (
        "<p>Read more: Zinc soars on strike</p><p><script>var tin = 'slips and slides';</script></p>"
        "<p>Sign up for our newsletter to get the brief in your inbox.</p>"
        "<h3>More from Ledger Post</h3><p>Zinc soars again</p>"
    )
    assert read(html(rubbish)).document.text == read(html()).document.text


def test_each_boilerplate_rule_drops_its_example_and_no_prose() -> None:
    prose = [
        "Related party loans rose to 4% of assets, the bank said on Monday.", "More buyers than sellers were seen.",
        "Background checks slowed the sale, according to the filing.", "Follow the money: copper leads the cycle.",
        "Charts from the exchange show that holders are selling into strength this quarter.", *PARAGRAPHS,
    ]  # fmt: skip
    assert without_boilerplate(prose) == prose
    for rule in rules():
        assert rule.example not in without_boilerplate([*PARAGRAPHS, rule.example]), rule.pattern.pattern


def test_a_body_in_two_containers_is_read_whole() -> None:
    halves = [PARAGRAPHS[:6], PARAGRAPHS[6:]]
    advert = "<aside class='advert'><p>Buy now</p></aside>"
    blocks = advert.join(
        f"<div class='grid'><div class='chunk body'>{''.join(f'<p>{text}</p>' for text in half)}</div></div>"
        for half in halves
    )
    page = (
        f"<html><head><title>Tin slips</title></head><body><article><h1>Tin slips</h1>{blocks}</article></body></html>"
    )
    text = read(page).document.text
    assert [text.count(paragraph) for paragraph in PARAGRAPHS] == [1] * 12
    assert text.index(PARAGRAPHS[5]) < text.index(PARAGRAPHS[6])


def test_a_body_that_is_only_in_json_ld() -> None:
    whole = "\n".join(PARAGRAPHS)
    told = json.dumps({"@type": "NewsArticle", "headline": "Tin slips", "articleBody": whole})
    script = f'<script type="application/ld+json">{told}</script>'
    teaser = (
        f"<html><head><title>Tin slips</title>{script}</head><body><article><h1>Tin slips</h1><p>{PARAGRAPHS[0]}</p>"
    )
    teaser += f"<p>{PARAGRAPHS[1]}</p></article></body></html>"
    found = read(teaser)
    assert (found.body_reader, found.document.text.count("In week")) == ("json-ld", 12)


def test_nested_beyond_what_the_main_reader_takes() -> None:
    deep = "<html><body>" + "<div>" * 5000 + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "</div>" * 5000
    found = read(deep + "</body></html>")
    assert found.body_reader == "soup"
    assert all(paragraph in found.document.text for paragraph in PARAGRAPHS)


def test_bytes_in_other_encodings() -> None:
    page = html(head='<meta charset="windows-1252">', wrap="section").replace("smelters", "smélters")
    assert "smélters" in read(page.encode("cp1252")).document.text
    assert "smélters" in read(page.replace("windows-1252", "utf-8").encode()).document.text


@pytest.mark.parametrize(
    "page", ["", " ", "<html></html>", "<html><body><script>x()</script></body></html>", b"\xff\xfe\x00"]
)
def test_pages_without_text(page: str | bytes) -> None:
    assert read_article(page, URL) is None


_SCRAPS = [
    "<p>", "</p>", "<div", ">", "<a href='x'>", "text here and there ", "&#0;", "\0", "<!--", "-->",
    "<h1>", "é", "\ud800",
    "<script type='application/ld+json'>{", "<time datetime='99'>", "<table><tr>", "<blockquote class='twitter-tweet'>",
]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(_SCRAPS), max_size=40))
def test_any_markup_is_survived(parts: list[str]) -> None:
    found = read_article("".join(parts), URL)
    assert found is None or found.document.text


@pytest.fixture(scope="module")
def reader() -> Any:
    with ArticleReader(workers=2, limits=Limits(seconds=6.0)) as found:
        yield found


def test_workers_read_what_one_process_reads(reader: ArticleReader) -> None:
    pages = [html(f"<p>And this is the closing line of the page with the number {n} in it.</p>") for n in range(12)]
    found = list(reader.read_many(PageTask(page, f"{URL}&page={n}", fetched=NOW) for n, page in enumerate(pages)))
    assert found == [read_article(page, f"{URL}&page={n}", fetched=NOW) for n, page in enumerate(pages)]
    assert isinstance(reader.read("<html></html>", URL), Unread)


def test_a_page_that_takes_too_long_is_read_the_cheap_way(reader: ArticleReader) -> None:
    attributes = " ".join(f"a{n}='x'" for n in range(200_000))
    started = time.monotonic()
    found = reader.read(f"<html><body><p {attributes}>{PARAGRAPHS[0]}</p></body></html>", URL)
    assert time.monotonic() - started < 30
    assert isinstance(found, ArticlePage) and found.body_reader == "soup"
    assert isinstance(reader.read(html(), URL), ArticlePage)


def test_many_threads_share_the_workers(reader: ArticleReader) -> None:
    found: list[ArticlePage | Unread] = []
    threads = [threading.Thread(target=lambda: found.append(reader.read(html(), URL))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(page) for page in found] == [ArticlePage] * 8


def die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def fail(number: int) -> int:
    raise ValueError(f"not {number}")


def hoard(size: int) -> int:
    return len(bytearray(size))


def test_a_call_that_needs_too_much_memory() -> None:
    with LimitedPool(hoard, 1, Limits(memory=400 * 2**20)) as pool:
        with pytest.raises(CallFailedError) as hunger:
            pool.call(600 * 2**20)
        assert hunger.value.reason == "memory limit"
        assert pool.call(10) == 10


def test_a_worker_that_dies_is_replaced_and_one_that_raises_is_kept() -> None:
    with LimitedPool(die, 1) as pool, pytest.raises(CallFailedError) as death:
        pool.call(1)
    assert death.value.reason == "crashed"
    with LimitedPool(fail, 1) as failing:
        for number in (1, 2):
            with pytest.raises(CallFailedError, match=f"ValueError: not {number}"):
                failing.call(number)


SHARED = Path(__file__).parents[2] / "shared" / "data" / "pages" / "article-extraction-benchmark"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/pages")
@pytest.mark.slow
def test_bodies_of_the_public_benchmark() -> None:
    from bench.pages import benchmark_pages, ours, score

    tally = score(list(benchmark_pages(SHARED)), ours)
    assert tally.f1()[0] >= 0.965


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/pages")
@pytest.mark.slow
def test_metadata_of_the_public_fixtures() -> None:
    from bench.pages import fundus_pages, ours, score

    tally = score(list(fundus_pages(SHARED.parent / "fundus-us")), ours)
    assert tally.f1()[0] >= 0.95
    for got, floor in ((tally.titles, 0.90), (tally.authors, 0.85), (tally.minutes, 0.94)):
        assert sum(got) / len(got) >= floor
