"""Feeds of every dialect, read from bytes; dates, texts, and input that is no feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.charset import decode
from scrapers.dates import published
from scrapers.documents import EntryHint
from scrapers.entry_keys import entry_aliases, entry_key
from scrapers.feed_limits import FeedTask, parse_within_limits
from scrapers.feed_parsing import UnreadableFeedError, parse_feed
from scrapers.feeds import document_from, is_whole
from scrapers.markup import one_line, plain_text
from scrapers.sources import Source
from scrapers.walls import wall_name, walls
from tests.fault_newsroom import entity_bomb, item, rss

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://courier.example/feed.xml"

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Port Lumen Notes</title>
<link href="https://notes.example/"/>
<entry><title type="html">Copper &amp;amp; calm</title><id>tag:notes.example,2026:1</id>
<link rel="alternate" href="/2026/copper"/><author><name>Mira Oldacre</name></author>
<published>2026-03-01T09:15:00-05:00</published><updated>2026-03-01T10:00:00-05:00</updated>
<content type="html">&lt;p&gt;Copper held.&lt;/p&gt;&lt;p&gt;Tin did not.&lt;/p&gt;</content></entry></feed>"""

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://bank.example/"><title>Bank of Lumen</title><link>https://bank.example/</link></channel>
<item rdf:about="https://bank.example/s1"><title>Speech on rates</title><link>https://bank.example/s1</link>
<dc:creator>By Tomas Brandt</dc:creator><dc:date>2026-03-01</dc:date></item></rdf:RDF>"""

JSON_FEED = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "Lumen Letter", "home_page_url": "https://letter.example",
    "language": "en", "items": [
        {"id": 7, "url": "https://letter.example/7", "title": "On tin", "content_html": "<p>Tin &gt; copper.</p>",
         "date_published": "2026-03-01T08:00:00Z", "authors": [{"name": "Ilse Marchetti"}]},
        {"id": "empty"}, "not an item",
    ],
})  # fmt: skip


def test_atom() -> None:
    feed = parse_feed(ATOM.encode(), "application/atom+xml", "https://notes.example/atom")
    (entry,) = feed.entries
    assert (feed.title, feed.link, feed.language) == ("Port Lumen Notes", "https://notes.example/", "en")
    assert (entry.title, entry.link) == ("Copper & calm", "https://notes.example/2026/copper")
    assert (entry.content, entry.authors) == ("Copper held.\nTin did not.", ("Mira Oldacre",))
    assert published(entry.date, NOW).moment == datetime(2026, 3, 1, 14, 15, tzinfo=UTC)


YOUTUBE = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><title>Lumen Live</title><entry>
<id>yt:video:abc</id><title>Copper in May</title><link rel="alternate" href="https://www.youtube.com/watch?v=abc"/>
<author><name>Lumen Live</name></author><published>2026-03-01T15:00:00+00:00</published>
<media:group><media:title>Copper in May</media:title><media:description>What copper may do.

Not advice.</media:description></media:group></entry></feed>"""


def test_a_video_channel_brings_titles_and_descriptions() -> None:
    (entry,) = parse_feed(YOUTUBE.encode(), "text/xml", "https://www.youtube.com/feeds/videos.xml").entries
    assert (entry.title, entry.guid) == ("Copper in May", "yt:video:abc")
    assert entry.content.startswith("What copper may do.")


def test_the_outlet_in_front_of_a_name_is_left_out() -> None:
    named = item("One", "https://courier.example/1").replace(
        "<title>", "<author>Port Lumen Courier by Ana Ruiz</author><title>"
    )
    assert parse_feed(rss([named]).encode(), None, URL).entries[0].authors == ("Ana Ruiz",)


def test_rdf() -> None:
    (entry,) = parse_feed(RDF.encode(), "text/xml", URL).entries
    assert (entry.title, entry.link, entry.authors) == ("Speech on rates", "https://bank.example/s1", ("Tomas Brandt",))
    assert published(entry.date, NOW).precision == "day"


def test_json_feed() -> None:
    feed = parse_feed(JSON_FEED.encode(), "application/feed+json", URL)
    (entry,) = feed.entries
    assert (feed.title, feed.set_aside) == ("Lumen Letter", 2)
    assert (entry.guid, entry.content, entry.authors) == ("7", "Tin > copper.", ("Ilse Marchetti",))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", "not_a_feed"),
        (b"<!doctype html><html><body>Subscribe</body></html>", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n", "not_a_feed"),
        (b'{"items": []}', "not_a_feed"),
        (b'{"version": ', "not_a_feed"),
        (b'<?xml version="1.0"?><urlset><url/></urlset>', "not_a_feed"),
        (entity_bomb().encode(), "unreadable"),
        (b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://10.0.0.1/x.dtd">]><rss></rss>', "unreadable"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes, status: str) -> None:
    with pytest.raises(UnreadableFeedError) as caught:
        parse_feed(body, "application/rss+xml", URL)
    assert caught.value.status == status
    assert "\n" not in str(caught.value)


def test_harmless_entities_are_allowed() -> None:
    text = '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>' + rss([item("Quiet&nbsp;day", "https://courier.example/1")])[38:]
    assert parse_feed(text.encode(), None, URL).entries[0].title == "Quiet day"


def test_a_feed_cut_in_the_middle_gives_what_is_there() -> None:
    text = rss(item(f"Story {n}", f"https://courier.example/{n}") for n in range(20))
    found = parse_feed(text[: len(text) // 2].encode(), "text/xml", URL).entries
    assert 5 < len(found) < 15


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "cp1251", "utf-16"])
def test_charsets(charset: str) -> None:
    text = rss([item("Порт Люмен", "https://courier.example/1")]).replace("utf-8", charset)
    assert parse_feed(text.encode(charset), "application/xml", URL).entries[0].title == "Порт Люмен"


def test_a_large_feed_is_read_in_a_process_of_its_own() -> None:
    large = rss(item(f"Story {n}", f"https://courier.example/{n}") for n in range(1500))
    assert len(large) > 100_000
    assert len(parse_within_limits(FeedTask(large.encode(), "text/xml", URL)).entries) == 1500
    with pytest.raises(UnreadableFeedError, match="web page"):
        parse_within_limits(FeedTask(b"<html>" + b" " * 200_000, "text/html", URL))


@pytest.mark.slow
def test_a_tag_with_200_000_attributes_is_given_up_on() -> None:
    attributes = " ".join(f"a{n}='1'" for n in range(200_000))
    body = f"<rss version='2.0'><channel><item {attributes}><title>x</title></item></channel></rss>"
    with pytest.raises(UnreadableFeedError, match="cannot be parsed"):
        parse_within_limits(FeedTask(body.encode(), "text/xml", URL))


@pytest.mark.parametrize(
    ("printed", "moment", "precision"),
    [
        ("Mon, 02 Mar 2026 08:30:00 GMT", datetime(2026, 3, 2, 8, 30), "instant"),
        ("Mon, 02 Mar 2026 03:30:00 EST", datetime(2026, 3, 2, 8, 30), "instant"),
        ("2026-03-02T09:30:00+01:00", datetime(2026, 3, 2, 8, 30), "instant"),
        ("2026-03-02 03:30:00 ET", datetime(2026, 3, 2, 8, 30), "instant"),
        ("2026-03-02T08:30:00", datetime(2026, 3, 2), "day"),  # in which zone?
        ("2025/12/15 01:00", datetime(2025, 12, 15), "day"),
        ("2026-03-01", datetime(2026, 3, 1), "day"),
        ("Feb. 12, 2026", datetime(2026, 2, 12), "day"),
        ("1772440200", datetime(2026, 3, 2, 8, 30), "instant"),
    ],
)
def test_dates(printed: str, moment: datetime, precision: str) -> None:
    found = published(printed, NOW)
    assert (found.moment, found.precision) == (moment.replace(tzinfo=UTC), precision)


def test_a_zone_the_source_is_known_to_mean() -> None:
    found = published("2026-03-02 03:30:00", NOW, zone="America/New_York")
    assert (found.moment, found.precision) == (datetime(2026, 3, 2, 8, 30, tzinfo=UTC), "instant")


def test_times_ahead_of_the_clock() -> None:
    slip = published((NOW + timedelta(hours=8)).isoformat(), NOW)
    assert (slip.moment, slip.precision) == (NOW, "instant")
    assert slip.origin and "ahead" in slip.origin
    assert published((NOW + timedelta(days=3)).isoformat(), NOW).moment is None


@pytest.mark.parametrize("printed", [None, "", "yesterday", "32 Foo 2026", "0000-00-00", "5 hours ago"])
def test_no_date_is_no_date(printed: str | None) -> None:
    assert published(printed, NOW).precision == "none"


def test_the_credit_of_a_copy_is_taken_off_and_kept() -> None:
    body = "Copper held.\nThe post Copper and calm appeared first on Port Lumen Notes."
    document = document_from(EntryHint(title="Copper and calm", url="https://copy.example/1"), body, NOW)
    assert document.text == "Copper and calm\n\nCopper held."
    assert document.credited_publisher == "Port Lumen Notes"


@pytest.mark.parametrize(
    ("content", "options", "whole"),
    [
        ("A sentence about copper. " * 80, {}, True),
        ("A sentence about copper. " * 80 + "Read more", {}, False),
        ("A sentence about copper. " * 80 + "[…]", {}, False),
        ("One sentence.", {}, False),
        ("One sentence.", {"full_text": True}, True),
        ("One sentence.", {"pages": False}, True),
        ("A sentence about copper. " * 80, {"full_text": False}, False),
    ],
)
def test_when_an_entry_carries_the_whole_text(content: str, options: dict[str, object], whole: bool) -> None:
    body = f"<p>{content}</p>"
    entry = parse_feed(rss([item("Note", "https://courier.example/1").replace(
        "One sentence says what it is about.", f"<![CDATA[{body}]]>")]).encode(), None, URL).entries[0]  # fmt: skip
    assert is_whole(Source("s", "S", "feed", URL, options=options), entry) is whole


def test_markup_becomes_paragraphs() -> None:
    html = "<h2>Title</h2><p>One <b>two</b>\nthree&nbsp;four</p><script>x()</script><ul><li>a</li><li>b</li></ul>c<br>d"
    assert plain_text(html) == "Title\nOne two three four\na\nb\nc\nd"
    assert one_line("AT&amp;T <i>rises</i>") == "AT&T rises"
    assert plain_text("5 < 6 and 7 > 2") == "5 < 6 and 7 > 2"


def test_keys_of_entries() -> None:
    one = EntryHint(url="https://courier.example/1?utm_source=rss", guid="https://courier.example/?p=1")
    two = EntryHint(url="https://courier.example/2", guid="https://www.courier.example/?p=2")
    assert entry_key(one) == "https://courier.example/1"
    assert entry_aliases([one, two]) == ["id:/?p=1", "id:/?p=2"]
    assert entry_aliases([one, one]) == [None, None]


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.name)
def test_every_wall_knows_its_example(wall: object) -> None:
    from importlib.resources import files
    from tomllib import loads

    rows = loads(files("scrapers").joinpath("walls.toml").read_text(encoding="utf-8"))["wall"]
    row = rows[walls().index(wall)]  # type: ignore[arg-type]
    if "header" in row:
        name, _, value = row["example"].partition(": ")
        assert wall_name({name: value}, b"") == row["name"]
    else:
        assert wall_name({}, row["example"].encode()) == row["name"]


def test_an_article_about_bot_walls_is_no_wall() -> None:
    page = b"<title>Why captchas fail</title><article>Some sites ask visitors to wait just a moment.</article>"
    assert wall_name({"server": "cloudflare"}, page) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_a_typed_refusal(body: bytes) -> None:
    for start in (b"", b"<rss version='2.0'><channel><item><title>"):
        try:
            parse_feed(start + body, "application/rss+xml", URL)
        except UnreadableFeedError as error:
            assert error.status in ("not_a_feed", "unreadable")


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_any_bytes_decode(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)


@given(st.text(max_size=300))
def test_any_fragment_has_a_text_without_blank_lines(fragment: str) -> None:
    text = plain_text(fragment)
    assert "\n\n" not in text
    assert text == text.strip()


@given(st.text(max_size=60))
def test_any_printed_date_is_read_or_left(printed: str) -> None:
    found = published(printed, NOW)
    assert (found.moment is None) == (found.precision == "none")
    assert found.moment is None or found.moment <= NOW + timedelta(days=1)
