"""calledit check: what a text claims, and how it held up where the database has the prices."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.common import UserError, json_option, settings

if TYPE_CHECKING:
    from nlp.claims import Claims
    from nlp.reading import Reading
    from scrapers.archive import ArchiveDefaults
    from scrapers.documents import Document

STYLES = {"bullish": "green", "bearish": "red", "neutral": "cyan", "correlation": "magenta", "figure": "yellow"}


@click.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--published", metavar="DATE", help="When it was published, so that its claims can be graded.")
@click.option("--publisher", help="Who published it.")
@json_option
def check(source: str, published: str | None, publisher: str | None, as_json: bool) -> None:
    """Show what a text claims, and how it held up.

    Calls, correlations and figures are highlighted by kind. With a date and a database that has the prices,
    each call stands beside what happened.
    """
    from nlp.claims import document_annotation
    from nlp.extract import claims_in
    from nlp.reading import read

    document = read_source(source, published, publisher)
    reading = read(document)
    claims = claims_in(reading)
    verdicts = _verdicts(document, claims)
    if as_json:
        click.echo(json.dumps(document_annotation(claims) | {"verdicts": verdicts}, ensure_ascii=False))
        return
    _show(reading, claims, verdicts)


def read_source(source: str, published: str | None = None, publisher: str | None = None) -> Document:
    """The document in a file, at an address, or on standard input. Raises UserError where there is none."""
    from commands.import_ import archive_defaults
    from scrapers.archive import read_archive
    from scrapers.documents import Document

    defaults = archive_defaults(published=published, publisher=publisher)
    scheme, separator, _ = source.partition("://")
    if separator and scheme.lower() not in ("http", "https"):
        raise UserError(f"{source}: only http and https addresses can be read")
    if separator:
        return _from_web(source, defaults)
    if source == "-":
        return _from_standard_input(defaults)
    if not Path(source).exists():
        raise UserError(f"{source} does not exist: name a file, an address, or - for standard input")
    found = list(read_archive([Path(source)], defaults))
    documents = [item for item in found if isinstance(item, Document)]
    reasons = [item.reason for item in found if not isinstance(item, Document)]
    if not documents:
        raise UserError(f"{source}: {reasons[0] if reasons else 'nothing to read in it'}")
    if len(documents) > 1:
        raise UserError(f"{source} holds {len(documents)} documents: use `calledit import` and `calledit extract`")
    return documents[0]


def _from_standard_input(defaults: ArchiveDefaults) -> Document:
    from scrapers.archive import document_from_text

    text = sys.stdin.read()
    if not text.strip():
        raise UserError("standard input holds no text")
    return document_from_text(text, defaults)


def _from_web(url: str, defaults: ArchiveDefaults) -> Document:
    """The article at an address, read under the same limits as any page that is collected."""
    from scrapers.archive import hint_of
    from scrapers.article import ArticleReader, Unread
    from scrapers.fetch import Fetcher
    from scrapers.sources import load_fetch_settings

    with closing(Fetcher(load_fetch_settings(settings().config))) as fetcher:
        response = fetcher.get(url, purpose="page")
    if response.status != "ok":
        raise UserError(f"{url}: {response.detail or response.status}")
    with ArticleReader(workers=1) as reader:
        page = reader.read(response.body, response.url, hint=hint_of(defaults), fetched=datetime.now(UTC))
    if isinstance(page, Unread):
        raise UserError(f"{url}: {page.detail or page.reason}")
    return page.document


def _verdicts(document: Document, claims: Claims) -> dict[str, dict[str, Any]]:
    """The verdict at the headline horizon by claim id; empty where there is no database or no date."""
    if document.published is None or not settings().db.exists():
        return {}
    from commands.common import open_database
    from db.judge import judge

    return judge(open_database(), document, claims)


def _show(reading: Reading, claims: Claims, verdicts: dict[str, dict[str, Any]]) -> None:
    from rich.text import Text

    from commands.tables import claim_tables, console, voices_table

    document = reading.document
    out, text = console(), Text(document.text)
    for figure in claims.figures:
        text.stylize(STYLES["figure"], figure.text_start, figure.text_start + len(figure.text))
    for correlation in claims.correlations:
        text.stylize(f"underline {STYLES['correlation']}", correlation.start, correlation.end)
    for call in claims.calls:
        text.stylize(f"bold {STYLES[call.stance]}", call.start, call.end)
    out.print(text)
    out.print(voices_table(_voices(reading), _outlet(document)))
    for table in claim_tables(claims, verdicts, _outlet(document)):
        out.print(table)
    if claims.rewritten:
        out.print("This text is machine-paraphrased: its figures are not to be trusted over the original's.")


def _voices(reading: Reading) -> dict[str, list[str]]:
    """What each voice in the text says, in its own order: the speaker as printed, and the words."""
    words: dict[str, list[str]] = {}
    for voice in reading.voices:
        start, end = reading.prepared.to_original(voice.start, voice.end)
        house = f" ({voice.organisation})" if voice.organisation else ""
        words.setdefault((voice.speaker or "the outlet") + house, []).append(reading.document.text[start:end])
    return words


def _outlet(document: Document) -> str:
    """Who published it first, as far as the text says."""
    from scrapers.credits import credit_in

    return document.credited_publisher or credit_in(document.text) or document.publisher or ""
