import feedparser

from outcomes.atom import stale_feed, verdicts_feed

HOSTILE = "<script>alert(1)</script> ]]> &amp; \x00 “quoted”"
ROW = {
    "claim_id": "c1", "status": "held", "value": 0.123, "exit_date": "2025-02-01", "exit_price": 110.0,
    "entry_date": "2025-01-02", "entry_price": 98.0, "graded_at": "2025-02-02T00:00:00Z", "measure": "direction",
    "horizon": 30, "asset": "BTC", "stance": "bullish", "quote": HOSTILE, "speaker": HOSTILE,
}  # fmt: skip


def test_a_feed_reads_back_and_hostile_text_stays_text():
    body = verdicts_feed([ROW], "Calls & more", "http://localhost/feed/verdicts.atom", "http://localhost/")
    feed = feedparser.parse(body)
    assert not feed.bozo and feed.feed.title == "Calls & more"
    (entry,) = feed.entries
    assert entry.link == "http://localhost/claim/c1" and entry.updated == "2025-02-02T00:00:00Z"
    assert b"<script>" not in body and b"\x00" not in body
    assert "+12.3 %" in entry.summary


def test_an_empty_feed_is_valid():
    assert not feedparser.parse(verdicts_feed([], "Nothing", "http://localhost/a", "http://localhost/")).bozo


def test_a_stale_source_is_announced_once_and_again_when_it_fails_anew():
    row = {"id": "wire", "name": "The Wire", "last_new": None, "last_ok": None, "last_error": None, "failures": 0}
    ids = [
        feedparser.parse(stale_feed([row | change], "http://localhost/a", "http://localhost/")).entries[0].id
        for change in ({}, {}, {"failures": 3})
    ]
    assert ids[0] == ids[1] != ids[2]
