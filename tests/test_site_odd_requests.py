"""Odd addresses are answered with a page that helps: never an error of the server, never silence."""

from __future__ import annotations

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
