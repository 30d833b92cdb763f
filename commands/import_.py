"""calledit import: documents from files, as they are or with what their archive says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, result, settings

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scrapers.archive import ArchiveDefaults, Rejected
    from scrapers.documents import Document

_SHOWN = 20  # rejected lines printed one by one


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--published", metavar="DATE", help="When documents that do not say so were published.")
@click.option("--url", help="The address of a single page or text.")
@click.option("--publisher", help="Who published documents that do not say so.")
@click.option("--source", metavar="ID", help="The configured source they count for.")
@click.option("--kind", type=click.Choice(["article", "post"]), help="What documents that do not say so are.")
@json_option
def import_(paths: tuple[Path, ...], as_json: bool, source: str | None, **stated: str | None) -> None:
    """Store documents from files and folders.

    .jsonl and .jsonl.gz hold one document a line: text, or title and body, and where known published, url,
    publisher, author, handle, kind and id. .html files are read as saved pages, others as plain text.
    What is stored already is left as it is; what cannot be read is reported and set aside.
    Fails where no path holds a document.
    """
    from db.documents import add_documents, note_rejected
    from scrapers.archive import LINES, Rejected, read_archive

    if stated["url"] and (len(paths) > 1 or paths[0].is_dir() or paths[0].name.lower().endswith(LINES)):
        raise click.UsageError("--url is the address of one page or text: name one .html or .txt file with it")
    defaults = archive_defaults(source=source, **stated)
    database = open_database()
    if source:
        _enter_source(database, source)
    at, rejected, kept = datetime.now(UTC), list[Rejected](), list[str]()
    new = add_documents(database, _sorted_out(read_archive(paths, defaults, with_posts=True), rejected, kept), at)
    note_rejected(database, rejected, at)
    _report(rejected)
    if not kept:
        raise UserError("no document could be read" + (": see the lines above" if rejected else " in these paths"))
    counts = {"new": new, "known": len(kept) - new, "rejected": len(rejected)}
    result(counts, as_json, f"{new} new documents, {counts['known']} known already, {len(rejected)} set aside")


def _sorted_out(items: Iterable[Document | Rejected], rejected: list[Rejected], kept: list[str]) -> Iterator[Document]:
    """The documents; their ids, and the rejected items, are noted on the way."""
    from scrapers.documents import Document

    for item in items:
        if isinstance(item, Document):
            kept.append(item.id)
            yield item
        else:
            rejected.append(item)


def archive_defaults(**stated: str | None) -> ArchiveDefaults:
    """The defaults a user stated, by field name. Raises UserError where --published names no time that has been."""
    from scrapers.archive import ArchiveDefaults

    defaults = ArchiveDefaults(**stated)  # type: ignore[arg-type]  # the options carry its field names
    if defaults.published is not None and defaults.stamp is None:
        raise UserError(f"--published {defaults.published!r} names no time: write 2025-12-31 or 2025-12-31T14:05Z")
    if defaults.stamp and defaults.stamp.moment > datetime.now(UTC) + timedelta(days=1):
        raise UserError(f"--published {defaults.published} is in the future")
    return defaults


def _enter_source(database: Database, source_id: str) -> None:
    """Make sure the source has its row. Raises UserError where it is not configured."""
    from db.sources import save_sources
    from scrapers.sources import load_sources

    sources = load_sources(settings().config)
    if source_id not in {source.id for source in sources}:
        raise UserError(f"no source named {source_id}: see `calledit sources list`")
    save_sources(database, sources)


def _report(rejected: list[Rejected]) -> None:
    for item in rejected[:_SHOWN]:
        place = f"{item.path}:{item.line}" if item.line else str(item.path)
        click.echo(f"{place}: {item.reason}", err=True)
    if len(rejected) > _SHOWN:
        click.echo(f"… and {len(rejected) - _SHOWN} more, see the table rejected_input", err=True)
