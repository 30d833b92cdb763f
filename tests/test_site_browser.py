"""Three readers' journeys in a real browser, and that every page is quiet, self-contained and accessible."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import urllib.request
from pathlib import Path

import pytest

from tests.site_browser import browser, complaints, installed, requested, served
from tests.site_data import PEOPLE, build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(installed() is None, reason="no Chromium or Chrome with chromedriver on the PATH"),
]
AXE = Path(__file__).parent / "data" / "axe.min.js"


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("site") / "site.db")


@pytest.fixture(scope="module")
def address(database):
    with served(database) as found:
        yield found


@pytest.fixture(scope="module")
def chrome():
    with browser() as found:
        yield found


@pytest.fixture(autouse=True)
def quiet(chrome, address):
    """No page may complain in the console or ask another host for anything."""
    yield
    assert not complaints(chrome)
    foreign = [url for url in requested(chrome) if not url.startswith((address, "about:", "chrome:", "data:"))]
    assert not foreign


def click(chrome, text: str) -> None:
    leave(chrome, chrome.find_element("partial link text", text), "click")


def leave(chrome, element, how: str) -> None:
    """Click or submit, and wait until the page with the element is gone: under load the next may be slow to come."""
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    getattr(element, how)()
    WebDriverWait(chrome, 20).until(staleness_of(element))


def test_someone_finds_an_analyst_and_sees_each_call_beside_the_price(chrome, address):
    chrome.get(address)
    box = chrome.find_element("name", "q")
    box.send_keys("marchbanks")
    leave(chrome, box, "submit")
    click(chrome, "Cleo Marchbanks")
    assert chrome.find_element("tag name", "h1").text == "Cleo Marchbanks"
    pictures = chrome.find_elements("css selector", ".chart img")
    for picture in pictures:
        chrome.execute_script("arguments[0].scrollIntoView()", picture)
        drawn = "const i = arguments[0]; return i.decode().then(() => i.naturalWidth)"
        assert chrome.execute_script(drawn, picture) > 100
    rows = chrome.find_elements("css selector", "table.calls tbody tr")
    assert len(rows) == 24
    assert any(re.search(r"\d[\d,.]+ .*\d[\d,.]+ [+−]\d+\.\d %", row.text) for row in rows), rows[0].text
    rows[-1].find_element("css selector", ".said a").click()
    assert "Cleo Marchbanks" in chrome.find_element("css selector", "mark.m.call").text
    assert "first close after the call" in chrome.find_element("css selector", ".verdict-box").text


def test_someone_answers_a_question_and_takes_the_csv(chrome, address):
    chrome.get(f"{address}/board")
    click(chrome, "Data")
    questions = chrome.find_elements("css selector", ".questions a")
    if not questions:
        pytest.skip("no canned queries are set up")
    questions[0].click()
    rows = chrome.find_elements("css selector", "table tbody tr")
    assert rows, "a question answers with its examples filled in"
    link = chrome.find_element("link text", "CSV").get_attribute("href")
    with urllib.request.urlopen(link) as answer:
        lines = list(csv.reader(io.TextIOWrapper(answer, encoding="utf-8")))
    assert len(lines) == len(rows) + 1


def test_someone_sees_that_a_source_went_stale(chrome, address):
    chrome.get(address)
    assert "1 in trouble" in chrome.find_element("tag name", "main").text
    click(chrome, "Sources")
    alarms = chrome.find_element("id", "open").find_element("xpath", "..").text
    assert "stale" in alarms and "nothing new in 40 days" in alarms and "Quiet Quarter" in alarms


def paths(database: Path) -> list[str]:
    sql = "select (select speaker_id from calls where speaker = ?), (select id from calls where document_id = 'd10')"
    speaker, call = sqlite3.connect(database).execute(sql, [PEOPLE[0]]).fetchone()
    sql = "select id from correlations where document_id != 'planted'"
    correlation = sqlite3.connect(database).execute(sql).fetchone()[0]
    return [
        "/", "/board", f"/analyst/{speaker}", "/assets", "/asset/BTC", f"/claim/{call}", f"/correlation/{correlation}",
        "/document/d10", "/document/planted", "/sources", "/methodology", "/search?q=bitcoin", "/calledit",
        "/calledit/calls?_search=bitcoin", "/calledit/verdicts", "/calledit?sql=select+1", "/calledit/assets/BTC",
    ]  # fmt: skip


def test_pages_have_no_serious_accessibility_faults(chrome, address, database):
    rules = AXE.read_text(encoding="utf-8")
    faults = []
    for path in paths(database):
        chrome.get(address + path)
        faults += [f"{path}: {fault}" for fault in violations(chrome, rules)]
    assert not faults, "\n".join(faults)


def test_dark_and_narrow_pages_have_no_serious_accessibility_faults(address, database):
    rules = AXE.read_text(encoding="utf-8")
    faults = []
    with browser(width=390, dark=True) as phone:
        for path in paths(database):
            phone.get(address + path)
            faults += [f"{path}: {fault}" for fault in violations(phone, rules)]
            wide = phone.execute_script("return document.documentElement.scrollWidth")
            faults += [f"{path}: {wide} pixels wide on a phone"] if wide > 391 else []
        faults += complaints(phone)
    assert not faults, "\n".join(faults)


def violations(chrome, rules: str) -> list[str]:
    """Serious and critical findings of axe-core on the page that is shown."""
    chrome.execute_script(rules)
    run = "axe.run({resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
    found = chrome.execute_async_script(run)["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:2]
    ]


def test_the_content_is_reached_by_keyboard(chrome, address):
    from selenium.webdriver.common.keys import Keys

    chrome.get(address)
    body = chrome.find_element("tag name", "body")
    body.send_keys(Keys.TAB)
    assert chrome.switch_to.active_element.text == "Skip to the content"
    chrome.switch_to.active_element.send_keys(Keys.ENTER)
    assert chrome.current_url.endswith("#content")


def test_nothing_planted_has_run(chrome, address):
    for path in ("/document/planted", "/calledit/documents", "/sources", "/search?q=owned"):
        chrome.get(address + path)
        assert chrome.title != "owned"
