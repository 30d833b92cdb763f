"""A database that is not filled yet: every page answers, and says which stage is missing."""

from __future__ import annotations

import sqlite3

import pytest

from commands.serve import site
from db.store import open_store
from tests.site_data import build

PAGES = ("/", "/board", "/assets", "/sources", "/search?q=bitcoin", "/search", "/methodology", "/calledit")
CLAIMS = ("calls", "correlations", "figures")
GRADED = ("verdicts", "speaker_records")


async def texts(path) -> dict[str, str]:
    app = site(path)
    await app.invoke_startup()
    answers = {page: await app.client.get(page) for page in PAGES}
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(PAGES, 200)
    return {page: answer.text for page, answer in answers.items()}


async def test_a_fresh_database_says_how_to_begin(tmp_path):
    open_store(tmp_path / "fresh.db").close()
    found = await texts(tmp_path / "fresh.db")
    for page, text in found.items():
        assert "Nothing has been collected yet." in text and "<code>calledit run</code>" in text, page
    assert "no prices yet" in found["/"] and "all well" not in found["/"]
    assert "No records yet." in found["/board"] and "No calls on any asset yet." in found["/assets"]
    assert "No source is listed yet" in found["/sources"] and "No stage has run yet." in found["/sources"]
    assert "Nothing found." in found["/search?q=bitcoin"]


@pytest.mark.parametrize(
    ("emptied", "told"),
    [
        (CLAIMS + GRADED, "calledit extract"),
        (("prices", *GRADED), "calledit prices"),
        (GRADED, "calledit grade"),
        ((), ""),
    ],
)
async def test_the_first_stage_that_left_nothing_is_named(tmp_path, emptied, told):
    path = build(tmp_path / "site.db")
    with sqlite3.connect(path) as connection:
        for table in emptied:
            connection.execute(f"delete from {table}")
    for page, text in (await texts(path)).items():
        assert (f"<code>{told}</code>" in text) if told else ('class="demo-note"' not in text), page
