"""Odd addresses are answered with a page that helps: never an error of the server, never silence."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.serve import site
from db.queries import queries
from tests.site_data import build


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return build(tmp_path_factory.mktemp("odd") / "site.db")


@pytest.fixture
async def client(database):
    app = site(database)
    await app.invoke_startup()
    return app.client


@pytest.mark.parametrize("words", ['"', '"""', '" "', "\x00", "  ", '\x00"', "*", "^a", "a:b", "-", "NEAR(", "\\"])
async def test_a_search_for_signs_alone_is_no_error(client, words):
    answer = await client.get("/search", params={"q": words})
    assert answer.status_code == 200 and "syntax error" not in answer.text


async def test_a_lone_quotation_mark_says_nothing_found(client):
    assert "Nothing found" in (await client.get("/search?q=%22")).text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=12))
async def test_any_words_can_be_searched(client, words):
    assert (await client.get("/search", params={"q": words})).status_code == 200


@pytest.mark.parametrize("table", ["calls", "correlations", "figures"])
async def test_a_claim_is_found_by_its_id_alone(client, database, table):
    claim = sqlite3.connect(database).execute(f"select id from {table}").fetchone()[0]
    answer = await client.get(f"/calledit/{table}/{claim}")
    assert answer.status_code == 302 and answer.headers["location"] == f"/claim/{claim}"


@pytest.mark.parametrize("asked", ["31", "x", "30.0", "-7", "²", "9" * 40])
async def test_a_horizon_that_nothing_is_graded_at_is_told_as_such(client, database, asked):
    who = sqlite3.connect(database).execute("select speaker_id from calls").fetchone()[0]
    for address in (f"/analyst/{who}", "/asset/BTC"):
        answer = await client.get(address, params={"horizon": asked})
        assert answer.status_code == 400 and "1, 7, 30, 90, 180, 365 days" in answer.text
        for known in ("", "90"):
            assert (await client.get(address, params={"horizon": known})).status_code == 200


async def test_rows_that_do_not_exist_are_not_found(client):
    assert (await client.get("/calledit/calls/zz", follow_redirects=True)).status_code == 404
    assert (await client.get("/calledit/calls/zz,1")).status_code == 404
    assert (await client.get("/calledit/prices/BTC")).status_code == 404


@pytest.mark.parametrize("key", ["99999999999999999999.BTC", "\u00b2.BTC", "x.BTC", "99999999999999999999"])
@pytest.mark.parametrize("kind", ["analyst", "record"])
async def test_a_chart_of_no_speaker_is_not_found(client, kind, key):
    answer = await client.get(f"/-/chart/{kind}/{key}.svg", follow_redirects=True)
    assert answer.status_code == 404 and "Traceback" not in answer.text


async def test_a_column_that_does_not_exist_cannot_be_sorted_by(client):
    answer = await client.get("/calledit/calls?_sort=zz")
    assert answer.status_code == 400 and "Cannot sort table by zz" in answer.text
    assert (await client.get("/calledit/calls.json?_sort=zz")).status_code == 400


async def test_an_asset_is_found_in_any_case(client):
    answer = await client.get("/asset/btc?horizon=90")
    assert answer.status_code == 302 and answer.headers["location"] == "/asset/BTC?horizon=90"
    assert (await client.get("/asset/nothing")).status_code == 404


async def test_the_board_says_where_it_keeps_no_records(client):
    for asked in ("5", "abc", "nan"):
        assert f"There are no records at “{asked}” days" in (await client.get(f"/board?horizon={asked}")).text
    for address in ("/board", "/board?horizon=90", "/board?horizon="):
        assert "There are no records at" not in (await client.get(address)).text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("days=abc", "days: “abc” is not a whole number"),
        ("days=31", "days: “31” is not known here"),
        ("asset=NONE", "asset: “NONE” is not known here"),
        ("since=yesterday", "since: “yesterday” is not a day"),
        ("least=many", "least: “many” is not a whole number"),
    ],
)
async def test_a_question_says_which_value_it_cannot_use(client, asked, told):
    assert told in (await client.get(f"/calledit/analysts_on_asset?{asked}")).text


async def test_a_question_asked_well_has_nothing_to_complain_of(client):
    text = (await client.get("/calledit/analysts_on_asset?asset=BTC&days=30&since=2020-01-01&least=")).text
    assert "Calls on BTC published since 2020-01-01, judged 30 days later" in text
    assert "is not" not in text


async def test_questions_are_listed_in_plain_words(client):
    text = (await client.get("/calledit")).text
    assert "Calls on an asset published since a chosen day, judged N days later" in text
    assert "since since" not in text


def test_the_manual_tells_every_question_as_the_site_does():
    manual = (Path(__file__).parents[1] / "docs" / "queries.md").read_text(encoding="utf-8")
    for query in queries().values():
        assert f"## {query.title}\n\n`{query.name}`: {query.plainly}\n" in manual, query.name
        assert "{" not in query.plainly
