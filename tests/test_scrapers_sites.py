"""Readers of single sites, on invented pages in their markup."""

from __future__ import annotations

import pkgutil
from datetime import UTC, datetime

import scrapers.sites
from scrapers.article import read_article
from scrapers.sites import site_reader

SENTENCE = "The committee of district {} saw no reason to change its course for now."
PROSE = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(1, 9))


def test_the_release_time_of_the_federal_reserve() -> None:
    html = f"""<html><head><title>Federal Reserve Board - Board widens its survey</title></head><body>
    <div id="article"><div class="heading"><p class="article__time">June 03, 2026</p>
    <h3 class="title">Board widens its survey</h3><p class="releaseTime">For release at 2:00 p.m. EDT</p></div>
    <div class="col-md-8">{PROSE}</div></div></body></html>"""
    page = read_article(html, "https://www.federalreserve.gov/newsevents/pressreleases/other20260603a.htm")
    assert page is not None
    assert (page.document.title, page.document.publisher) == ("Board widens its survey", "Federal Reserve")
    assert page.document.published == datetime(2026, 6, 3, 18, 0, tzinfo=UTC)
    assert (page.document.published_precision, page.document.published_origin) == ("instant", "page")
    assert "release at" not in page.document.text


def test_the_widgets_of_substack() -> None:
    widget = """<div class="subscription-widget-wrap-editor"><div class="subscription-widget"><p>Tin Notes is read by
    many people who value what stands in it, and you may want to become one of them this week.</p></div></div>"""
    html = f"""<html><head><title>On tin - by Ana Ruiz - Tin Notes</title></head><body><article><h1>On tin</h1>
    <div class="available-content"><div class="body markup">{PROSE}{widget}{PROSE.replace("district", "region")}
    </div></div></article></body></html>"""
    page = read_article(html, "https://tinnotes.substack.com/p/on-tin")
    assert page is not None
    assert "read by many" not in page.document.text
    assert page.document.text.count("no reason to change") == 16


def test_every_module_is_found_by_the_domain_it_is_named_after() -> None:
    for module in pkgutil.iter_modules(scrapers.sites.__path__):
        assert site_reader(f"https://www.{module.name.replace('_', '.')}/x") is not None
    assert site_reader("https://www.example.com/x") is None
    assert site_reader("http://127.0.0.1:8000/x") is None
