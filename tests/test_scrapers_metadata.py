"""What pages say of themselves: titles, bylines, times, canonical links. All names are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trafilatura import load_html

from scrapers.bylines import author_names, split_names
from scrapers.canonical import canonical_url, cleaned_url, registrable_domain
from scrapers.jsonld import article_node, read_nodes
from scrapers.metadata import PageMetadata, read_metadata
from scrapers.publishers import publisher_at
from scrapers.timestamps import read_timestamp
from scrapers.titles import printed_headline

URL = "https://www.ledger.example/markets/tin-slips"


def page(head: str = "", body: str = "", ld: Any = None) -> PageMetadata:
    script = (
        f'<script type="application/ld+json">{ld if isinstance(ld, str) else json.dumps(ld)}</script>' if ld else ""
    )
    tree = load_html(f"<html><head>{head}{script}</head><body>{body}<p>Tin fell on Monday.</p></body></html>")
    assert tree is not None
    return read_metadata(tree, URL)


def test_json_ld_with_a_graph_and_references() -> None:
    graph = [
        {"@type": "WebSite", "name": "Ledger Post"},
        {"@type": "Person", "@id": "#/p/1", "name": "Ana Ruiz"},
        {"@type": "Organization", "@id": "#/o", "name": "Ledger Post"},
        {"@type": ["NewsArticle"], "headline": "Tin slips", "author": [{"@id": "#/p/1"}], "publisher": {"@id": "#/o"},
         "datePublished": "2026-03-02T09:30:00-05:00", "articleBody": "Tin fell."},
    ]  # fmt: skip
    found = page(ld={"@context": "https://schema.org", "@graph": graph})
    assert (found.title, found.authors, found.publisher) == ("Tin slips", ("Ana Ruiz",), "Ledger Post")
    assert found.published is not None and found.published.moment == datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    assert (found.published_origin, found.article_body) == ("json-ld", "Tin fell.")


def test_the_pages_own_article_among_teasers() -> None:
    teaser = {"@type": "NewsArticle", "headline": "Zinc soars", "url": "https://www.ledger.example/zinc", "author": "A",
              "datePublished": "2026-01-01", "publisher": "x"}  # fmt: skip
    own = {"@type": "Article", "headline": "Tin slips", "mainEntityOfPage": {"@id": URL + "#main"}}
    assert page(ld=[teaser, own]).title == "Tin slips"


@pytest.mark.parametrize(
    "broken",
    [
        '<!-- {"@type": "NewsArticle", "headline": "Tin slips"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Tin slips",}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Tin\nslips"}',
    ],
)
def test_json_ld_as_it_is_found(broken: str) -> None:
    assert page(ld=broken).title == "Tin slips"


def test_opengraph_and_time_where_there_is_no_json_ld() -> None:
    found = page(
        head='<meta property="og:title" content="Tin slips | Ledger Post">'
        '<meta property="og:site_name" content="Ledger Post">'
        '<meta name="author" content="By Ana Ruiz and Tom Beck"><link rel="canonical" href="/markets/tin">',
        body='<time datetime="2026-03-02T09:30:00Z">Monday</time>',
    )
    assert (found.title, found.authors) == ("Tin slips", ("Ana Ruiz", "Tom Beck"))
    assert (found.published_origin, found.canonical) == ("time", "/markets/tin")


def test_the_most_exact_of_the_times_that_agree() -> None:
    found = page(
        head='<meta property="article:published_time" content="2026-03-02T14:30:00Z">',
        ld={"@type": "NewsArticle", "datePublished": "2026-03-02"},
    )
    assert found.published is not None and found.published.moment.hour == 14
    other = page(
        head='<meta name="date" content="2026-05-20T10:00:00Z">',
        ld={"@type": "NewsArticle", "datePublished": "2026-03-02"},
    )
    assert other.published is not None and other.published.precision == "day"


def test_a_byline_in_the_page() -> None:
    byline = "<div class='byline'><span>By</span><a href='/p'>Ana Ruiz</a><i>5 min read</i><b>Share</b></div>"
    assert page(body=byline).authors == ("Ana Ruiz",)
    assert page(body="<div class='byline-bar'><b>Published</b> Monday</div>").authors == ()


def test_a_day_that_had_to_be_searched_for() -> None:
    found = page(body='<div class="meta">Published on March 2, 2026</div>' + "<p>Tin fell again on Monday.</p>" * 20)
    assert found.published is not None and found.published.precision == "day"
    assert (found.published.moment.date().isoformat(), found.published_origin) == ("2026-03-02", "trafilatura")
    assert page().published is None


@pytest.mark.parametrize(
    ("headlines", "social", "headings", "window", "title"),
    [
        # What is printed and shared beats what was written for search engines.
        (["Tin price news today"], "Tin slips as smelters wake", ["Tin slips as smelters wake"], "Tin price news today",
         "Tin slips as smelters wake"),
        (["Tin slips"], "Tin slips | Ledger Post", ["Log in", "Tin slips"], "Tin slips - by Ana Ruiz - Ledger Post",
         "Tin slips"),
        (["Tin &amp; zinc slip"], "", [], "Tin & zinc slip :: Ledger Post", "Tin & zinc slip"),
        # Typed quotes that WordPress prints as entities, and quotes that were typed curly.
        (["Tin&#8217;s fall"], "", ["Tin’s fall"], "", "Tin's fall"),
        (["Tin’s fall"], "Tin's fall", ["Tin’s fall"], "", "Tin’s fall"),
        (["Tin slips as…"], "Tin slips as smelters wake", [], "", "Tin slips as smelters wake"),
        ([], "", ["<em>Tin</em> slips"], "", "Tin slips"),
        ([], "", [], "Gold – a history", "Gold – a history"),
        ([], "", [], "", ""),
    ],
)  # fmt: skip
def test_headlines(headlines: list[str], social: str, headings: list[str], window: str, title: str) -> None:
    assert printed_headline(headlines, social, headings, window, ["Ledger Post", "Ana Ruiz"]) == title


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ana Ruiz", ["Ana Ruiz"]),
        ("Ana Ruiz, Tom Beck and Lee O'Hara", ["Ana Ruiz", "Tom Beck", "Lee O'Hara"]),
        ("Ana Ruiz & Tom Beck", ["Ana Ruiz", "Tom Beck"]),
        ("Martin Luther Beck, Jr.", ["Martin Luther Beck, Jr."]),
        ("Written by: Ana Ruiz | Ledger Post", ["Ana Ruiz", "Ledger Post"]),
        ("desk@ledger.example", []),
        ("https://www.facebook.com/ledgerpost", []),
        ("ana-ruiz", []),
        ("Staff", []),
        ("Alexandra Beck", ["Alexandra Beck"]),
        ("More from this author", []),
        ("Maria de la Cruz", ["Maria de la Cruz"]),
        ("2 March 2026", []),
        ("", []),
    ],
)
def test_bylines(byline: str, names: list[str]) -> None:
    assert split_names(byline) == names


def test_the_outlet_is_not_its_own_author() -> None:
    assert author_names(["The Ledger Post", "Ana Ruiz"], ["Ledger Post"]) == ("Ana Ruiz",)
    assert page(head='<meta name="author" content="ledger.example">').authors == ()
    assert page(ld={"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Ore Desk"}}).authors == ()


@pytest.mark.parametrize(
    ("printed", "utc", "precision", "zoned"),
    [
        ("2026-03-02T09:30:00-05:00", "2026-03-02T14:30:00", "instant", True),
        ("2026-03-02 09:30:00Z", "2026-03-02T09:30:00", "instant", True),
        ("2026-03-02T09:30:00+0000", "2026-03-02T09:30:00", "instant", True),
        ("2026-03-02T09:30:00.1234567Z", "2026-03-02T09:30:00.123456", "instant", True),
        ("2026-03-02T09:30:00", "2026-03-02T09:30:00", "instant", False),
        ("Mon, 02 Mar 2026 09:30:00 +0100", "2026-03-02T08:30:00", "instant", True),
        ("1772443800", "2026-03-02T09:30:00", "instant", True),
        ("2026-03-02", "2026-03-02T00:00:00", "day", True),
        ("March 2, 2026", "2026-03-02T00:00:00", "day", True),
    ],
)
def test_printed_times(printed: str, utc: str, precision: str, zoned: bool) -> None:
    found = read_timestamp(printed)
    assert found is not None
    assert (found.moment.replace(tzinfo=None).isoformat(), found.precision, found.zoned) == (utc, precision, zoned)


@pytest.mark.parametrize("printed", ["", "5 hours ago", "soon", "0001-01-01T00:00:00Z", "2026-13-45", "9" * 30])
def test_what_names_no_time(printed: str) -> None:
    assert read_timestamp(printed) is None


@given(st.text(max_size=70))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = read_timestamp(text)
    assert found is None or (found.moment.utcoffset() is not None and 1990 <= found.moment.year < 2100)


@pytest.mark.parametrize(
    ("url", "declared", "canonical"),
    [
        (URL + "?utm_source=rss&fbclid=1#top", None, URL),
        ("https://video.example/watch?v=abc&utm_medium=x", None, "https://video.example/watch?v=abc"),
        (URL, "https://www.ledger.example/", URL),  # the front page as canonical of everything
        (URL, "/markets/tin", "https://www.ledger.example/markets/tin"),
        (URL, "https://other.example/first", "https://other.example/first"),
        (URL, "javascript:void(0)", URL),
        (None, "https://other.example/first", "https://other.example/first"),
        ("page.html", None, None),
        (URL, "https://[broken/x", URL),
    ],
)
def test_canonical_addresses(url: str | None, declared: str | None, canonical: str | None) -> None:
    assert canonical_url(url, declared) == canonical


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(text: str) -> None:
    for candidate in (text, f"https://{text}", f"https://e.example/{text}"):
        found = cleaned_url(candidate)
        assert found is None or found.startswith(("http://", "https://"))
        assert cleaned_url(found) == found


_KEYS = ["@type", "@graph", "@id", "author", "headline", "name", "url", "mainEntityOfPage", "articleBody"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner),
)


@given(_JSON)
def test_any_json_is_survived(value: object) -> None:
    nodes = read_nodes([json.dumps(value)])
    assert isinstance(article_node(nodes, [URL]), dict)
    page(ld=[{"@type": "NewsArticle", "headline": value, "author": value, "datePublished": value, "publisher": value}])


def test_outlets_by_address() -> None:
    assert publisher_at("https://www.coindesk.com/markets/x") == "CoinDesk"
    assert publisher_at("https://nocoindesk.com/") is None
    assert registrable_domain("https://news.ledger.co.uk/x") == "ledger.co.uk"
