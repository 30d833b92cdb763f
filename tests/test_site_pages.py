"""Every page of the site answers, shows what it should, and never lets a stranger's text become markup."""

from __future__ import annotations

import json
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path

import pytest

from commands.serve import site
from tests.site_data import PEOPLE, PLANT, build

TABLES = (
    "calls", "correlations", "figures", "closes", "documents", "sources", "speakers", "corrections", "call_outcomes",
)  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("site") / "site.db")


@pytest.fixture
async def client(database):
    app = site(database)
    await app.invoke_startup()
    return app.client


def one(database: Path, sql: str) -> str:
    found = sqlite3.connect(database).execute(sql).fetchone()
    assert found, sql
    return str(found[0])


def addresses(database: Path) -> dict[str, str]:
    """One address of each kind of page, and the planted document's own."""
    claims = {kind: one(database, f"select id from {kind}s where document_id = 'planted'") for kind in KINDS}
    quarter = one(database, f"select speaker_id from calls where speaker = '{PEOPLE[0]}'")
    return {
        "front": "/", "board": "/board", "every reading": "/board?basis=all&asset=BTC",
        "analyst": f"/analyst/{quarter}",
        "planted analyst": "/analyst/" + one(database, "select speaker_id from calls where document_id = 'planted'"),
        "assets": "/assets", "asset": "/asset/BTC", "sources": "/sources", "methodology": "/methodology",
        "claim": f"/claim/{claims['call']}", "figure": f"/claim/{claims['figure']}",
        "close": f"/claim/{claims['close']}",
        "correlation": f"/correlation/{claims['correlation']}", "document": "/document/planted",
        "search": "/search?q=bitcoin", "planted search": "/search?q=%3Cscript%3Ealert(1)", "data": "/calledit",
        "sql": "/calledit?sql=select+*+from+documents+where+id='planted'",
        "row": "/calledit/documents/planted",
        **{table: f"/calledit/{table}" for table in TABLES},
    }  # fmt: skip


KINDS = ("call", "correlation", "figure", "close")


class Markup(HTMLParser):
    """Collects what the browser would run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "iframe", "object", "embed"):
            self.bad.append(f"<{tag}>")
        for name, value in attrs:
            address = re.sub(r"\s", "", value or "").casefold()
            if name.startswith("on") or name == "style":
                self.bad.append(f"{tag} {name}={value}")
            if name in ("href", "src", "srcset", "action") and address.startswith(
                ("javascript:", "data:", "vbscript:")
            ):
                self.bad.append(f"{tag} {name}={value}")


async def test_no_stranger_s_text_becomes_markup(client, database):
    for name, address in addresses(database).items():
        answer = await client.get(address)
        assert answer.status_code == 200, f"{name}: {answer.status_code} {answer.text[-300:]}"
        page = Markup()
        page.feed(answer.text)
        assert not page.bad, f"{name}: {page.bad}"


async def test_planted_text_is_shown_as_text(client, database):
    for name in ("claim", "document", "planted analyst", "documents"):
        answer = await client.get(addresses(database)[name])
        assert "&lt;script&gt;document.title" in answer.text, name


async def test_every_answer_forbids_scripts(client, database):
    for address in (*addresses(database).values(), "/nothing-here", "/calledit/calls.json", "/static/site.css"):
        headers = (await client.get(address)).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"


async def test_front_page_answers_who_called_it(client):
    text = (await client.get("/")).text
    for words in ("Who called it?", "Called it", "Did not", "Head of the board", "Due next", "1 in trouble"):
        assert words in text
    assert any(person in text for person in PEOPLE)
    assert "invented" not in text, "only the demo's data is"


async def test_demo_data_says_so(tmp_path):
    from db.sources import save_sources
    from db.store import open_store
    from scrapers.sources import Source

    database = open_store(tmp_path / "demo.db")
    terms = "Invented for the demo; free for every use."
    save_sources(database, [Source("a", "A", "feed", "https://a.example/", terms=terms)])
    app = site(tmp_path / "demo.db")
    await app.invoke_startup()
    text = (await app.client.get("/")).text
    assert "Every person, outlet, article and price here is invented" in text


async def test_an_empty_database_has_every_page(tmp_path):
    from db.store import open_store

    open_store(tmp_path / "empty.db").close()
    app = site(tmp_path / "empty.db")
    await app.invoke_startup()
    for address in ("/", "/board", "/assets", "/sources", "/methodology", "/search?q=x", "/calledit"):
        assert (await app.client.get(address)).status_code == 200, address


async def test_board_is_filtered_and_sorted(client):
    few = (await client.get("/board?least=9999")).text
    assert "always-bull" in few and PEOPLE[0] not in few
    text = (await client.get("/board?sort=name&horizon=90")).text
    found = [text.index(person) for person in sorted(PEOPLE) if person in text]
    assert len(found) >= 3 and found == sorted(found)
    assert (await client.get("/board?horizon=x&least=nan&offset=-4&sort=;drop")).status_code == 200


async def test_corrections_are_shown_where_they_concern(client, database):
    claim = one(database, "select claim_id from corrections")
    speaker = one(database, f"select speaker_id from calls where id = '{claim}'")
    document = one(database, f"select document_id from calls where id = '{claim}'")
    for address in (f"/claim/{claim}", f"/analyst/{speaker}", f"/document/{document}"):
        text = (await client.get(address)).text
        assert "Corrections" in text and "<strong>neutral</strong>" in text, address
    merged = one(database, f"select speaker_id from calls where speaker = '{PEOPLE[1]}'")
    assert "merge of" in (await client.get(f"/analyst/{merged}")).text


async def test_claim_page_has_sentence_verdict_and_arithmetic(client, database):
    held = one(
        database, "select claim_id from verdicts where claim_kind = 'call' and measure = 'stated' and status = 'held'"
    )
    text = (await client.get(f"/claim/{held}")).text
    assert '<mark class="m call">' in text
    assert "the first close after the call counted" in text and "Rule version" in text
    assert "Direction at every horizon" in text
    correlation = one(database, "select id from correlations where document_id != 'planted'")
    assert (await client.get(f"/claim/{correlation}")).headers["location"] == f"/correlation/{correlation}"


async def test_document_highlights_each_kind(client):
    text = (await client.get("/document/d10")).text
    assert 'class="m figure' in text and "correlation" in text and 'class="m call' in text


async def test_charts_are_drawn_once_and_described(client, database):
    call = one(database, "select claim_id from verdicts where measure = 'stated' and status = 'held'")
    answer = await client.get(f"/-/chart/call/{call}.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert 'role="img" aria-label="' in answer.text and "<script" not in answer.text
    again = await client.get(f"/-/chart/call/{call}.svg", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    spec = json.loads((await client.get(f"/-/chart/call/{call}.json")).text)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/") and spec["description"]
    dark = await client.get(f"/-/chart/call/{call}.svg?theme=dark&narrow=1")
    assert dark.headers["etag"] != answer.headers["etag"]


async def test_every_chart_a_page_shows_exists(client, database):
    for name, address in addresses(database).items():
        text = (await client.get(address)).text
        for chart in re.findall(r'<img src="([^"]+)"', text):
            assert (await client.get(chart.replace("&amp;", "&"))).status_code == 200, f"{name}: {chart}"


async def test_missing_things_say_so_in_one_line(client):
    for address in ("/analyst/999999", "/claim/none", "/document/none", "/asset/NONE", "/-/chart/call/none.svg"):
        answer = await client.get(address)
        assert answer.status_code == 404 and "Traceback" not in answer.text, address


async def test_columns_are_described_and_facets_indexed(client):
    text = (await client.get("/calledit/calls")).text
    assert "Canonical symbol of the asset" in text
    assert 'aria-label="Count by stance"' in text
    assert "Rows that refer to it" in (await client.get("/calledit/assets/BTC")).text


async def test_search_finds_people_assets_documents_and_claims(client):
    text = (await client.get("/search?q=Marchbanks")).text
    assert "People and assets" in text and "Cleo Marchbanks" in text and "Calls" in text
    assert (await client.get('/search?q="unclosed AND (')).status_code == 200
    assert "Bitcoin" in (await client.get("/search?q=btc")).text


async def test_robots_are_blocked_unless_asked(client, database):
    assert "Disallow: /" in (await client.get("/robots.txt")).text
    assert "noindex" in (await client.get("/")).text
    app = site(database, allow_robots=True)
    await app.invoke_startup()
    assert "Allow: /" in (await app.client.get("/robots.txt")).text
    assert "noindex" not in (await app.client.get("/")).text


async def test_nothing_can_be_written(client):
    answer = await client.get("/calledit.json?sql=delete+from+calls")
    assert answer.status_code == 400
    assert (await client.post("/calledit/calls", data={"a": "b"})).status_code in (403, 404, 405, 500)


def test_plant_is_what_it_says():
    assert "<script>" in PLANT


async def test_a_write_shows_at_once(tmp_path):
    from db.sources import save_sources
    from db.store import open_store
    from scrapers.sources import Source

    database = open_store(tmp_path / "fresh.db")
    app = site(tmp_path / "fresh.db")
    await app.invoke_startup()
    assert "No source is listed yet" in (await app.client.get("/sources")).text
    save_sources(database, [Source("a", "Late Edition", "feed", "https://a.example/")])
    assert "Late Edition" in (await app.client.get("/sources")).text
