"""Embedded posts and credits, in markup and in run-together text. Every sentence and person is invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.article import read_article
from scrapers.credits import credit_in, first_publisher
from scrapers.documents import Document
from scrapers.embedded import posts_in_text, signed_posts
from scrapers.post_numbers import bluesky_time, mastodon_time, x_time
from scrapers.publishers import same_outlet, usual_name

URL = "https://ledger.example/markets/tin"
BLOCKQUOTE = """<blockquote class="twitter-tweet" data-dnt="true"><p lang="en" dir="ltr">Tin above 40k by autumn.<br>
I am adding. <a href="https://t.co/abc">pic.twitter.com/abc</a></p>&mdash; Vera Lindqvist (@veralind)
<a href="https://twitter.com/veralind/status/1750000000000000000?ref_src=x">January 24, 2024</a></blockquote>"""


def article(*parts: str) -> str:
    told = (f"Warehouse stocks fell for the {n}th week while traders waited for the smelter." for n in range(4, 14))
    prose = "".join(f"<p>{sentence}</p>" for sentence in told)
    head = "<head><title>Tin slips</title></head>"
    return f"<html>{head}<body><article><h1>Tin slips</h1>{prose}{''.join(parts)}</article></body></html>"


def text_document(text: str) -> Document:
    return Document("a1", "article", text)


def test_a_blockquote_is_a_post_with_the_time_in_its_number() -> None:
    page = read_article(article(BLOCKQUOTE), URL)
    assert page is not None
    (post,) = page.posts
    assert post.text == "Tin above 40k by autumn.\nI am adding."
    assert (post.handle, post.authors, post.parent_id) == ("veralind", ("Vera Lindqvist",), page.document.id)
    assert post.url == "https://x.com/veralind/status/1750000000000000000"
    assert post.published == x_time("1750000000000000000")
    assert (post.published_precision, post.published_origin) == ("instant", "embedded")


def test_a_bluesky_blockquote_is_a_post_of_its_day() -> None:
    quote = """<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:x/app.bsky.feed.post/3kabc"><p>
    Lead will trail zinc all year.</p>&mdash; Ivo Marsh
    (<a href="https://bsky.app/profile/did:plc:x">@ivomarsh.example</a>)
    <a href="https://bsky.app/profile/did:plc:x/post/3kabc?ref_src=embed">March 3, 2026 at 9:15 AM</a></blockquote>"""
    page = read_article(article(quote), URL)
    assert page is not None
    (post,) = page.posts
    assert (post.handle, post.text) == ("ivomarsh.example", "Lead will trail zinc all year.")
    assert (post.published_precision, post.published) == ("day", datetime(2026, 3, 3, tzinfo=UTC))


def test_a_mastodon_blockquote_is_a_post_of_its_instant() -> None:
    number = (1772529300000 << 16) + 77
    quote = f"""<blockquote class="mastodon-embed"><p>Nickel has further to fall than anyone allows.</p>&mdash; Odile
    Brandt (@odile) <a href="https://social.example/@odile/{number}">March 3, 2026</a></blockquote>"""
    page = read_article(article(quote, quote.replace("March 3, 2026", "May 9, 2026").replace("Nickel", "Zinc")), URL)
    assert page is not None
    first, second = page.posts
    assert (first.url, first.authors) == (f"https://social.example/@odile/{number}", ("Odile Brandt",))
    assert (first.published, first.published_precision) == (datetime(2026, 3, 3, 9, 15, tzinfo=UTC), "instant")
    assert (second.published, second.published_precision) == (datetime(2026, 5, 9, tzinfo=UTC), "day")


def tid(microseconds: int) -> str:
    value = microseconds << 10
    return "".join("234567abcdefghijklmnopqrstuvwxyz"[value >> shift & 31] for shift in range(60, -1, -5))


def test_the_times_in_posts_numbers() -> None:
    assert x_time("1212092628029698048") == datetime(2019, 12, 31, 19, 26, 16, 771_000, tzinfo=UTC)
    assert (x_time("20"), x_time("9" * 20), x_time("x")) == (None, None, None)
    assert mastodon_time(str(1772529300000 << 16)) == datetime(2026, 3, 3, 9, 15, tzinfo=UTC)
    assert bluesky_time(tid(1772529300123456)) == datetime(2026, 3, 3, 9, 15, 0, 123456, tzinfo=UTC)
    assert (bluesky_time("3kabc"), bluesky_time("0" * 13)) == (None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Its own line is the whole post.
        ("Traders split.\nGas is dead. Sell every rally. pic.twitter.com/x1\n\n— Ana Ruiz (@anaruiz) June 3, 2025",
         "Gas is dead. Sell every rally."),
        ("Traders split.\n\nGas is going nowhere. Sell it. pic.twitter.com/x1 — Ana Ruiz (@anaruiz) June 3, 2025 More",
         "Gas is going nowhere. Sell it."),
        # Words that introduce it end before it.
        ("It cut its view. Ruiz wrote on X: Gas is going nowhere. Sell it all. — Ana Ruiz (@anaruiz) June 3, 2025",
         "Gas is going nowhere. Sell it all."),
        # A beginning that only a post has.
        ("The bank cut its view. $GAS looks heavy here. Sell it now https://t.co/x — Ana Ruiz (@anaruiz) June 3, 2025",
         "$GAS looks heavy here. Sell it now"),
        # Else only the last sentence is sure.
        ("The bank cut its view again. Gas is heavy here. I would sell it — Ana Ruiz (@anaruiz) June 3, 2025",
         "I would sell it"),
        # A picture without words: the sentence before it is the newspaper's.
        ("The bank cut its view. Its desk expects no better. pic.twitter.com/x — Ana Ruiz (@anaruiz) June 3, 2025",
         None),
        # Tags alone say nothing.
        ("The bank cut its view again. #Gas #Power #Winter https://t.co/x — Ana Ruiz (@anaruiz) June 3, 2025", None),
    ],
)  # fmt: skip
def test_remains_in_text(text: str, words: str | None) -> None:
    found = [post.text for post in signed_posts(text)]
    assert found == ([words] if words else [])


def test_remains_become_documents_of_their_day_once() -> None:
    line = "Gas is going nowhere, sell the rally — Ana Ruiz (@anaruiz) June 3, 2025"
    posts = posts_in_text(
        text_document(f"Headline\n\nSome prose stands here.\n\n{line}\n\nMore prose.\n\n{line}\n\nEnd.")
    )
    (post,) = posts
    assert (post.handle, post.authors, post.parent_id, post.kind) == ("anaruiz", ("Ana Ruiz",), "a1", "post")
    assert (post.published, post.published_precision) == (datetime(2025, 6, 3, tzinfo=UTC), "day")
    assert posts_in_text(Document("p", "post", line)) == ()


def test_a_post_in_markup_is_not_found_again_in_the_text() -> None:
    page = read_article(article(BLOCKQUOTE, BLOCKQUOTE), URL)
    assert page is not None and len(page.posts) == 1


@given(st.text(alphabet="ab .!?…\n#@$—(),:\"' June325xpic.twitter.com/", max_size=200))
def test_remains_lie_in_their_text(noise: str) -> None:
    text = f"{noise} — Ana Ruiz (@anaruiz) June 3, 2025 {noise}"
    assert all(post.text in text for post in signed_posts(text))


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("Tin fell. The post Tin slips again appeared first on Ledger Post .", "Ledger Post"),
        ("Tin fell. This post Tin slips first appeared on Ledger Post and is written by Staff", "Ledger Post"),
        ("Tin fell. The put up Tin slips again appeared first on Ledger Post", "Ledger Post"),
        ("The post Tin slips appeared first on Coinpedia Fintech News Tin fell by a third on Monday as the smelter.",
         "Coinpedia Fintech News"),
        ("The post Tin slips appeared first on Some Unknown Place Tin fell by a third as the smelter shut.", None),
        ("She appeared first on stage.", None),
    ],
)  # fmt: skip
def test_credits(text: str, site: str | None) -> None:
    assert credit_in(text) == site


def test_a_site_that_credits_itself_is_no_copy() -> None:
    assert first_publisher("Ledger Post", "The Ledger Post", None, None) is None
    assert first_publisher(None, "Ledger Post", None, "https://www.reuters.com/a/b") == "Reuters"
    assert first_publisher(None, "Ledger Post", "https://cointelegraph.com/x", None) == "Cointelegraph"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ledger Post", "The Ledger Post", True), ("ledgerpost.com", "Ledger Post", True),
        ("coinpedia", "Coinpedia Fintech News", True),
        ("Ledger Post", "Orebody Weekly", False), ("", "Ledger Post", False),
        (None, None, False), ("FT", "FTSE Notes", False),
    ],
)  # fmt: skip
def test_spellings_of_one_outlet(one: str | None, other: str | None, same: bool) -> None:
    assert same_outlet(one, other) is same_outlet(other, one) is same


def test_usual_names() -> None:
    assert usual_name("coindesk", "https://www.coindesk.com/x") == "CoinDesk"
    assert usual_name("the daily hodl") == "The Daily Hodl"
    assert usual_name(None, "https://u.today/x") == "U.Today"
    assert usual_name("Bloomberg (via Yahoo Finance)", "https://finance.yahoo.com/x") == "Bloomberg (via Yahoo Finance)"
    assert usual_name("Ledger Post", "https://ledger.example/x") == "Ledger Post"


def test_a_credit_in_a_page_is_kept_and_its_line_left_out() -> None:
    page = read_article(article("<p>The post Tin slips appeared first on <a href='/'>Orebody Weekly</a>.</p>"), URL)
    assert page is not None
    assert page.document.credited_publisher == "Orebody Weekly"
    assert "appeared first" not in page.document.text
