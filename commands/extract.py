"""calledit extract: read the claims out of documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, progress, result

if TYPE_CHECKING:
    from sqlite_utils import Database

CHUNK = 64  # documents a transaction: killing the stage loses at most this much work, never a claim


@click.command()
@click.option(
    "--in",
    "in_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read documents from this JSONL file instead of the database.",
)
@click.option(
    "--out",
    "out_path",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="With --in: write one line of claims per document here.",
)
@json_option
def extract(in_path: Path | None, out_path: Path | None, as_json: bool) -> None:
    """Read the claims out of documents not read yet.

    With --in and --out no database is used: each document's claims become one line of JSON.
    """  # fmt: skip
    if bool(in_path) != bool(out_path):
        raise click.UsageError("--in and --out go together")
    if in_path and out_path:
        done, claims = extract_file(in_path, out_path)
    else:
        done, claims = extract_database(open_database(must_exist=True))
    result({"documents": done, "claims": claims}, as_json, f"{claims} claims read out of {done} documents")


def extract_database(database: Database) -> tuple[int, int]:
    """Read every document this version of the reader has not read; returns documents and claims."""
    from db.claims import pending_ids
    from db.runs import recorded_run
    from nlp.version import EXTRACTOR_VERSION

    pending = pending_ids(database, EXTRACTOR_VERSION)
    claims = 0
    with recorded_run(database, "extract") as run, progress("Reading claims", len(pending)) as advance:
        for first in range(0, len(pending), CHUNK):
            ids = pending[first : first + CHUNK]
            claims += _extract_chunk(database, ids)
            run.done += len(ids)
            advance(len(ids))
        run.detail = f"{claims} claims"
    return len(pending), claims


def _extract_chunk(database: Database, ids: Sequence[str]) -> int:
    from db.claims import store_claims
    from db.documents import documents_where
    from nlp.calibrate import verified_threshold
    from nlp.extract import extract as read

    thresholds = {kind: verified_threshold(kind) for kind in ("call", "correlation", "figure")}
    documents = documents_where(database, "id in (select value from json_each(?))", [json.dumps(list(ids))])
    readings = [read(document) for document in documents]
    with database.atomic():
        return sum(store_claims(database, claims, datetime.now(UTC), thresholds) for claims in readings)


def extract_file(in_path: Path, out_path: Path) -> tuple[int, int]:
    """Claims of every document of a JSONL file, one line each in the annotation format; no database."""
    from nlp.claims import document_annotation
    from nlp.extract import extract as read
    from scrapers.archive import ArchiveDefaults, read_archive
    from scrapers.documents import Document

    done = found = 0
    with out_path.open("w", encoding="utf-8") as out, progress("Reading claims") as advance:
        for item in read_archive([in_path], ArchiveDefaults()):
            if not isinstance(item, Document):
                click.echo(f"{item.path}, line {item.line}: {item.reason}", err=True)
                continue
            claims = read(item)
            out.write(json.dumps(document_annotation(claims), ensure_ascii=False) + "\n")
            done, found = done + 1, found + len(claims.calls) + len(claims.correlations) + len(claims.figures)
            advance(1)
    if not done:
        raise UserError(f"{in_path} holds no document: each line must be a JSON object with a text")
    return done, found
