"""`calledit check` on an address: the page under the limits of collecting, the text read once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import nlp.reading
import scrapers.article
from cli import main_group
from demo.config import configuration
from demo.material import articles
from demo.newsroom import Newsroom


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as running:
        yield running


@pytest.fixture
def config(newsroom: Newsroom, tmp_path: Path) -> Path:
    path = tmp_path / "calledit.toml"
    path.write_text(configuration(newsroom.base_url), encoding="utf-8")
    return path


def check(address: str, config: Path, *arguments: str) -> Result:
    command = ["check", address, "--config", str(config), "--db", str(config.parent / "none.db"), *arguments]
    return CliRunner().invoke(main_group, command)


def address_of(newsroom: Newsroom) -> str:
    article = next(a for a in articles() if len(a.body) > 1_000)
    return f"{newsroom.base_url}{article.path}"


def test_a_page_is_read_as_collecting_reads_it(
    newsroom: Newsroom, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    as_before = scrapers.article.ArticleReader.read

    def noted(self: Any, html: Any, url: str, **rest: Any) -> Any:
        read.append(url)
        return as_before(self, html, url, **rest)

    monkeypatch.setattr(scrapers.article.ArticleReader, "read", noted)
    done = check(address_of(newsroom), config, "--json")
    assert done.exit_code == 0 and read == [address_of(newsroom)]
    assert set(json.loads(done.stdout)) >= {"calls", "correlations", "figures", "verdicts"}


def test_a_text_is_read_once(newsroom: Newsroom, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    as_before = nlp.reading.prepare

    def noted(text: str, *rest: Any) -> Any:
        read.append(text)
        return as_before(text, *rest)

    monkeypatch.setattr(nlp.reading, "prepare", noted)
    done = check(address_of(newsroom), config)
    assert done.exit_code == 0 and "Voices" in done.stdout and len(read) == 1


def test_a_page_without_an_article_is_one_line(newsroom: Newsroom, config: Path) -> None:
    failed = check(f"{newsroom.base_url}/nowhere/at/all/", config)
    assert failed.exit_code == 1 and failed.stderr.count("\n") == 1 and "nowhere" in failed.stderr


def test_a_statement_that_closes_a_position_is_shown(config: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Letter\n\nWe closed our short in gold on Monday, with a small loss.")
    done = check(str(tmp_path / "note.txt"), config)
    assert done.exit_code == 0 and "Closing statements" in done.stdout and "GOLD" in done.stdout
