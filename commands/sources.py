"""calledit sources: where commentary comes from, and how each source is doing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, result, say, settings

if TYPE_CHECKING:
    from scrapers.fetch import Fetcher
    from scrapers.sources import Source


@click.group()
def sources() -> None:
    """List, add, remove, test and watch sources."""


@sources.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the sources that are collected."""
    from scrapers.sources import Source, load_sources

    found = load_sources(settings().config)
    if as_json:
        names = [spec.name for spec in fields(Source)]
        rows = [{name: getattr(source, name) for name in names} | {"options": dict(source.options)} for source in found]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    _print_table(
        ("id", "kind", "name", "address", "checked"), [(s.id, s.kind, s.name, s.url, s.checked) for s in found]
    )
    say(f"{len(found)} sources")


@sources.command()
@click.argument("url")
@click.option("--id", "chosen_id", help="Short name; made from the feed's title otherwise.")
@click.option("--name", help="Name for people; the feed's title otherwise.")
@click.option("--kind", help="feed (default), sitemap, bluesky, mastodon, reddit, telegram or x.")
@click.option("--interval", "interval_s", type=click.IntRange(min=60), default=3600, show_default=True,
              help="Longest wait between two visits, in seconds.")  # fmt: skip
def add(url: str, chosen_id: str | None, name: str | None, kind: str | None, interval_s: int) -> None:
    """Add the source at URL: a feed, a site whose feeds are looked for, or an account."""
    from scrapers.opml import source_id
    from scrapers.sources import kind_of_address, load_sources, source_from

    url = url if "://" in url else f"https://{url}"
    taken = {source.id for source in load_sources(settings().config)}
    if chosen_id in taken:
        raise UserError(f"there is a source named {chosen_id}: choose another --id, or remove it first")
    kind = kind or kind_of_address(url)
    if kind == "feed":
        url, title = _found_feed(url)
        name = name or title
    new_id = chosen_id or source_id(name or url.partition("://")[2], taken)
    row = {"id": new_id, "name": name or new_id, "kind": kind, "url": url, "interval_s": interval_s}
    source = source_from(row | ({"options": {"needs": "CALLEDIT_X_TOKEN"}} if kind == "x" else {}))
    _append([source])
    say(f"added {source.id}: {source.kind} {source.url} (in {settings().config})")


def _found_feed(url: str) -> tuple[str, str]:
    """Address and title of the one feed at or behind an address. Raises UserError for none, or several."""
    from scrapers.discover import NotReachedError, discover

    try:
        feeds = discover(url, _fetcher())
    except NotReachedError as error:
        raise UserError(f"{error}; nothing was added") from error
    if not feeds:
        raise UserError(f"{url} names no feed and has none at the usual places; give the feed's own address")
    if len(feeds) > 1:
        lines = "".join(f"\n  {feed.url}  {feed.title} ({feed.entries} entries)" for feed in feeds)
        raise UserError(f"{url} has several feeds; add the one you want by its address:{lines}")
    return feeds[0].url, feeds[0].title


@sources.command()
@click.argument("source_id")
def remove(source_id: str) -> None:
    """Stop collecting a source; its documents stay."""
    from scrapers.config_edit import without_source
    from scrapers.sources import load_sources

    if source_id not in {source.id for source in load_sources(settings().config)}:
        raise UserError(f"no source named {source_id}: see `calledit sources list`")
    _write(without_source(_config_text(), source_id))
    say(f"removed {source_id} (in {settings().config}); its documents stay")


@sources.command()
@click.argument("source")
@click.option("--pages", default=1, show_default=True, help="How many announced pages to fetch and read as well.")
@json_option
def test(source: str, pages: int, as_json: bool) -> None:
    """Show what SOURCE (an id or an address) would bring now; nothing is stored."""
    from scrapers.preview import preview, visit_once

    fetcher = _fetcher()
    reading = visit_once(_named(source), fetcher, datetime.now(UTC))
    if reading.status not in ("ok", "unchanged"):
        raise UserError(f"{source}: {reading.status}: {reading.detail}")
    lines = list(preview(reading, fetcher, pages))
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], default=str, ensure_ascii=False))
        return
    rows = [(_minute(x.published), x.title[:70], x.note[:60], str(len(x.text)) if x.text else "") for x in lines]
    _print_table(("published", "title", "from", "characters"), rows)
    say(f"{len(reading.documents)} whole, {len(reading.entries)} pages announced; nothing was stored")


@sources.command()
@click.option("--check", is_flag=True, help="Exit with status 1 where a source is failing, stale or gone.")
@json_option
def health(check: bool, as_json: bool) -> None:
    """Show how each source is doing; with --quiet, only those that need a look."""
    from db.state import DbState
    from scrapers.health import source_health
    from scrapers.sources import load_sources

    found, now = load_sources(settings().config), datetime.now(UTC)
    state = DbState(open_database()) if settings().db.exists() else None
    checks = [(source, state.source(source.id) if state else None) for source in found]
    healths = [(source, remembered, source_health(source, remembered, now)) for source, remembered in checks]
    if as_json:
        click.echo(json.dumps([asdict(h) | {"alarming": h.alarming} for _, _, h in healths]))
    else:
        rows = [
            (s.id, h.condition, _minute(r.last_ok if r else None), _minute(r.last_new if r else None), h.reason)
            for s, r, h in sorted(healths, key=lambda row: (not row[2].alarming, row[0].id))
            if h.alarming or not settings().quiet
        ]
        if rows:
            _print_table(("source", "condition", "last answer", "last new", "why"), rows)
    alarms = sum(h.alarming for _, _, h in healths)
    say(f"{len(found)} sources, {alarms} of them need a look")
    if check and alarms:
        sys.exit(1)


@sources.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def import_(file: Path, as_json: bool) -> None:
    """Add the feeds of an OPML FILE."""
    from scrapers.opml import read_opml
    from scrapers.sources import load_sources

    present = load_sources(settings().config)
    found, unusable = read_opml(file.read_bytes(), {source.id for source in present})
    addresses = {source.url for source in present}
    new = [source for source in found if source.url not in addresses]
    if new:
        _append(new)
    row = {"added": len(new), "present": len(found) - len(new), "unusable": unusable}
    result(
        row, as_json, f"{len(new)} added, {len(found) - len(new)} already there, {unusable} without a usable address"
    )


@sources.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export(file: Path | None) -> None:
    """Write the feeds as OPML to FILE, or to standard output."""
    from scrapers.opml import write_opml
    from scrapers.sources import load_sources

    found = load_sources(settings().config)
    data = write_opml(found)
    if file is None:
        click.echo(data, nl=False)
    else:
        file.write_bytes(data)
    feeds = sum(source.kind == "feed" for source in found)
    say(f"{feeds} feeds written; {len(found) - feeds} sources of other kinds have no place in OPML")


def _fetcher() -> Fetcher:
    from scrapers.fetch import Fetcher
    from scrapers.sources import load_fetch_settings

    return Fetcher(load_fetch_settings(settings().config))


def _named(text: str) -> Source:
    """The configured source of this id, or one made of an address."""
    from scrapers.sources import Source, kind_of_address, load_sources

    if "://" in text:
        return Source("test", text, kind_of_address(text), text)
    for source in load_sources(settings().config):
        if source.id == text:
            return source
    raise UserError(f"no source named {text}: see `calledit sources list`, or give an address with https://")


def _append(new: list[Source]) -> None:
    from scrapers.config_edit import with_sources

    _write(with_sources(_config_text(), new))


def _config_text() -> str:
    return settings().config.read_text(encoding="utf-8") if settings().config.exists() else ""


def _write(text: str) -> None:
    """Replace the file in one step: a half-written configuration would stop the schedule."""
    target = settings().config
    draft = target.with_name(f"{target.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)


def _print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*headers, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    Console(width=None if sys.stdout.isatty() else 240).print(table)


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
