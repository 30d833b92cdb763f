"""Sources: the configuration, the starting set, OPML, discovery, and the commands around them."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cli import main_group
from scrapers.config_edit import with_sources, without_source
from scrapers.discover import discover
from scrapers.fetch import Fetcher, FetchSettings
from scrapers.kinds import reader_of
from scrapers.opml import read_opml, source_id, write_opml
from scrapers.sources import (
    READERS,
    Source,
    SourceError,
    kind_of_address,
    load_fetch_settings,
    load_sources,
    missing_need,
    source_from,
    starting_set,
)
from tests.fault_newsroom import Newsroom, Reply, article, item, page, rss

HOST = "127.8.0.1"


def test_the_starting_set_is_broad_and_complete() -> None:
    found = starting_set()
    assert len(found) >= 40
    assert set(Counter(source.kind for source in found)) == set(READERS)
    assert all(source.terms and source.checked and source.interval_s >= 300 for source in found)
    assert len({source.url for source in found}) == len(found)


def test_every_kind_has_its_reader() -> None:
    assert all(callable(reader_of(kind)) for kind in READERS)


def test_without_a_file_the_starting_set_is_collected(tmp_path: Path) -> None:
    assert load_sources(tmp_path / "none.toml") == load_sources() == starting_set()


def config(folder: Path, text: str) -> Path:
    path = folder / "calledit.toml"
    path.write_text(text, encoding="utf-8")
    return path


ONE = '[[source]]\nid = "one"\nurl = "https://one.example/feed"\n'


def test_a_file_with_sources_replaces_the_starting_set_unless_it_says_so(tmp_path: Path) -> None:
    assert [source.id for source in load_sources(config(tmp_path, ONE))] == ["one"]
    both = load_sources(config(tmp_path, f'starting_set = true\nwithout = ["decrypt"]\n{ONE}'))
    assert len(both) == len(starting_set())
    assert "decrypt" not in {source.id for source in both}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contact = ", "Invalid value"),
        ('[source]\nid = "x"', "double brackets"),
        ('[[source]]\nid = "x"', "url is missing"),
        (ONE + ONE, "two sources are named one"),
        (ONE + "intervall_s = 3", "unknown intervall_s"),
        (ONE + 'kind = "podcast"', "no kind 'podcast'"),
        (ONE + "interval_s = 5", "60 or more"),
        ('[[source]]\nid = "One!"\nurl = "https://one.example/"', "an id is"),
        ('[[source]]\nid = "one"\nurl = "ftp://one.example/"', "not an http or https"),
    ],
)
def test_slips_in_the_file_are_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        load_sources(config(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_settings_of_the_door_come_from_the_same_file(tmp_path: Path) -> None:
    path = config(tmp_path, 'contact = "mailto:a@one.example"\nallow_private = ["127.0.0.0/8"]\ndelay_s = 0.5\n')
    found = load_fetch_settings(path)
    assert (found.contact, found.allow_private, found.delay_s) == ("mailto:a@one.example", ("127.0.0.0/8",), 0.5)
    slower = load_fetch_settings(config(tmp_path, 'host_delays = { "lumen.example" = 10 }\n'))
    assert dict(slower.host_delays) == {"reddit.com": 60.0, "lumen.example": 10}
    with pytest.raises(SourceError, match="delay_s"):
        load_fetch_settings(config(tmp_path, "delay_s = -1\n"))


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://bsky.app/profile/ana.example", "bluesky"),
        ("https://www.reddit.com/r/stocks+bonds/", "reddit"),
        ("https://t.me/s/lumen", "telegram"),
        ("https://x.com/lumen", "x"),
        ("https://social.example/@lumen", "mastodon"),
        ("https://social.example/@lumen.rss", "feed"),
        ("https://one.example/news-sitemap.xml", "sitemap"),
        ("https://one.example/feed", "feed"),
    ],
)
def test_the_kind_of_an_address(url: str, kind: str) -> None:
    assert kind_of_address(url) == kind


def test_a_source_that_needs_a_key_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_from({"id": "x", "url": "https://x.com/a", "kind": "x", "options": {"needs": "LUMEN_TOKEN"}})
    assert missing_need(source) == "LUMEN_TOKEN"
    monkeypatch.setenv("LUMEN_TOKEN", "1")
    assert missing_need(source) is None


def test_opml_there_and_back() -> None:
    feeds = [source for source in starting_set() if source.kind == "feed"]
    found, unusable = read_opml(write_opml(starting_set()))
    assert [(source.id, source.name, source.url) for source in found] == [(s.id, s.name, s.url) for s in feeds]
    assert unusable == 0


def test_opml_of_other_readers() -> None:
    text = """<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x "y">]><opml version="1.1"><body>
    <outline text="Markets"><outline text="Lumen &amp; Sons" xmlUrl="https://lumen.example/feed"/>
    <outline text="Lumen again" xmlUrl="https://lumen.example/feed"/>
    <outline title="Lumen &amp; Sons" type="rss" xmlUrl="https://other.example/rss"/></outline>
    <outline text="Broken" type="rss" xmlUrl="feed:nothing"/><outline text="A link" type="link"/></body></opml>"""
    found, unusable = read_opml(text.encode(), {"lumen-sons"})
    assert [source.id for source in found] == ["lumen-sons-2", "lumen-sons-3"]
    assert unusable == 1


@pytest.mark.parametrize("data", [b"", b"not xml", b"<html><body/></html>", b"\xff\xfe\x00"])
def test_what_is_no_opml_is_told(data: bytes) -> None:
    with pytest.raises(SourceError, match="no OPML"):
        read_opml(data)


@given(st.text(max_size=80), st.sets(st.text(max_size=5)))
def test_ids_are_always_usable(name: str, taken: set[str]) -> None:
    found = source_id(name, taken)
    assert found not in taken
    source_from({"id": found, "url": "https://one.example/"})


@given(st.text(max_size=60), st.text(max_size=30))
def test_what_is_written_is_read_back(name: str, terms: str) -> None:
    source = Source("one", name or "x", "sitemap", "https://one.example/", terms=terms, options={"since": "2026-01-01"})
    text = with_sources("# mine\ncontact = 'me'\n", [source])
    (row,) = tomllib.loads(text)["source"]
    assert source_from(row) == source
    assert "# mine" in text and tomllib.loads(text)["starting_set"] is True
    assert tomllib.loads(without_source(text, "one")) == {"starting_set": True, "contact": "me"}


def test_removing_leaves_the_rest_as_it_was() -> None:
    two = '[[source]]\nid = "two"\nurl = "https://two.example/"\noptions = { pages = false }\n'
    text = f"# top\n{ONE}# about two\n\n{two}"
    assert without_source(text, "two") == f"# top\n{ONE}# about two\n"
    assert tomllib.loads(without_source(without_source("", "decrypt"), "protos")) == {"without": ["decrypt", "protos"]}


def answer(newsroom: Newsroom, host: str, path: str) -> Reply:
    head = (
        "<link rel='alternate' type='application/rss+xml' title='News' href='/news.xml'>"
        "<link rel='alternate' type='application/rss+xml' title='Comments' href='/comments.xml'>"
        "<link rel='alternate' type='application/atom+xml' href='/broken.xml'>"
    )
    replies = {
        "/": page(f"<html><head>{head}</head><body>Welcome</body></html>"),
        "/news.xml": page(rss([item("One", newsroom.url(host, "/1"))], "Lumen News")),
        "/comments.xml": page(rss([item("A comment", newsroom.url(host, "/c"))])),
        "/two": page("<link rel=alternate type='application/rss+xml' href=/news.xml>"
                     "<link rel=alternate type='application/rss+xml' href=/more.xml>"),
        "/more.xml": page(rss([], "More")),
        "/plain": page("<html>nothing here</html>"),
        "/1": page(article("One")),
    }  # fmt: skip
    return replies.get(path, page("", 404))


@pytest.fixture()
def newsroom() -> Iterator[Newsroom]:
    with Newsroom([HOST], answer) as running:
        yield running


def test_discovery(newsroom: Newsroom) -> None:
    fetcher = Fetcher(FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0.0))
    (feed,) = discover(newsroom.url(HOST, "/"), fetcher)
    assert (feed.url, feed.title, feed.entries) == (newsroom.url(HOST, "/news.xml"), "Lumen News", 1)
    assert discover(newsroom.url(HOST, "/news.xml"), fetcher) == [feed]
    assert discover(newsroom.url(HOST, "/plain"), fetcher) == []
    assert len(discover(newsroom.url(HOST, "/two"), fetcher)) == 2


@pytest.fixture()
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    config(tmp_path, 'allow_private = ["127.0.0.0/8"]\ndelay_s = 0\nstarting_set = false\n')
    return tmp_path


def calledit(*arguments: str) -> Result:
    return CliRunner().invoke(main_group, ["sources", *arguments], catch_exceptions=True)


def test_add_list_test_and_remove(folder: Path, newsroom: Newsroom) -> None:
    assert calledit("add", newsroom.url(HOST, "/")).exit_code == 0
    listed = json.loads(calledit("list", "--json").stdout)
    assert [(row["id"], row["url"]) for row in listed] == [("lumen-news", newsroom.url(HOST, "/news.xml"))]
    (line,) = json.loads(calledit("test", "lumen-news", "--json").stdout)
    assert line["title"] == "One" and line["note"] == "page" and "Port Lumen" in line["text"]
    assert not (folder / "calledit.db").exists()
    assert calledit("remove", "lumen-news").exit_code == 0
    assert json.loads(calledit("list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("remove", "nobody"), "no source named nobody"),
        (("test", "nobody"), "no source named nobody"),
        (("add", "http://127.8.0.1:1/"), "nothing was added"),
    ],
)
def test_errors_are_one_line(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    result = calledit(*arguments)
    assert result.exit_code == 1
    assert words in result.output and result.output.strip().count("\n") == 0


def test_a_site_with_several_feeds_lists_them(folder: Path, newsroom: Newsroom) -> None:
    result = calledit("add", newsroom.url(HOST, "/two"))
    assert result.exit_code == 1
    assert "/news.xml" in result.output and "/more.xml" in result.output


def test_import_and_export(folder: Path) -> None:
    (folder / "mine.opml").write_bytes(write_opml([Source("one", "One", "feed", "https://one.example/feed")]))
    assert json.loads(calledit("import", "mine.opml", "--json").stdout)["added"] == 1
    assert json.loads(calledit("import", "mine.opml", "--json").stdout) == {"added": 0, "present": 1, "unusable": 0}
    assert calledit("export", "out.opml").exit_code == 0
    assert read_opml((folder / "out.opml").read_bytes())[0][0].url == "https://one.example/feed"
