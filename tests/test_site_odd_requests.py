"""Odd addresses are answered with a page that helps: never an error of the server, never silence."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.serve import site
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
