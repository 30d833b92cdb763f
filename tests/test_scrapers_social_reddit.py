"""Reddit's Atom of several subreddits, in its shape, over HTTP."""

from __future__ import annotations

from html import escape

from scrapers.social.reddit import read
from tests.fault_newsroom import page
from tests.visits import server, visit

ROUTE = "/r/Metals+Rates/new/.rss"
ENTRY = """<entry><author><name>/u/{name}</name><uri>https://www.reddit.com/user/{name}</uri></author>
<category term="Metals" label="r/Metals"/><content type="html">{content}</content><id>t3_{key}</id>
<link href="https://www.reddit.com/r/Metals/comments/{key}/x/" /><updated>2026-03-02T10:00:00+00:00</updated>
<published>2026-03-02T09:00:00+00:00</published><title>{title}</title></entry>"""
_LINKS = """&#32; submitted by &#32; <a href="https://www.reddit.com/user/{name}"> /u/{name} </a>{to} <br/>
<span><a href="https://x.example">[link]</a></span> &#32; <span><a href="https://x.example">[comments]</a></span>"""
_TO = ' &#32; to &#32; <a href="https://www.reddit.com/r/Rates/"> r/Rates </a>'
_WORDS = '<!-- SC_OFF --><div class="md"><p>Stocks in warehouses are at a low.</p></div><!-- SC_ON --> '
OWN = escape(_WORDS + _LINKS.format(name="slagheap", to=""))
LINK = escape(_LINKS.format(name="orefan", to=_TO))


def atom(*entries: str) -> str:
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>r</title>{"".join(entries)}</feed>'


def test_one_request_reads_all_subreddits() -> None:
    own = ENTRY.format(name="slagheap", key="1a", content=OWN, title="Tin to 40k by summer")
    link = ENTRY.format(name="orefan", key="2b", content=LINK, title="Smelters restart in the north")
    with server({ROUTE: atom(own, link)}) as newsroom:
        reading = visit(read, newsroom, "reddit", "/r/Metals+Rates/")
    assert [path for _, path, _ in newsroom.requests] == [f"{ROUTE}?limit=100"]
    assert {post.text for post in reading.documents} == {
        "Tin to 40k by summer\n\nStocks in warehouses are at a low.", "Smelters restart in the north",
    }  # fmt: skip
    post = next(post for post in reading.documents if post.handle == "slagheap")
    assert post.published is not None and post.published.hour == 9
    assert post.url == "https://www.reddit.com/r/Metals/comments/1a/x/"


def test_its_rate_limit_is_honoured_whatever_shape_it_takes() -> None:
    busy = page("", 429, X_Ratelimit_Remaining="0.0", X_Ratelimit_Reset="57")
    with server({ROUTE: busy}) as newsroom:
        reading = visit(read, newsroom, "reddit", "/r/Metals+Rates")
    assert (reading.status, reading.retry_after_s) == ("rate_limited", 57.0)
    with server({ROUTE: "<html><body>You've been blocked by network security.</body></html>"}) as newsroom:
        assert visit(read, newsroom, "reddit", "/r/Metals+Rates").status in ("not_a_feed", "bot_wall")
