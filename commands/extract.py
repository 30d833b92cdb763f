"""calledit extract: read the claims out of documents."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, progress, result
from commands.dask_cluster import dask_option, hands
from commands.encoder import Use, chosen_encoder, encoder_option
from commands.llm_model import BUDGET, chosen_llm, llm_options, report
from commands.stance_model import PATIENCE_S, chosen_stance_model, stance_model_options

if TYPE_CHECKING:
    from sqlite_utils import Database

    from nlp.claims import Claims
    from nlp.dask_workers import Cluster
    from nlp.extract import Options
    from nlp.models.llm_reading import LlmReader
    from scrapers.documents import Document

TRANSACTION = 64  # documents: killing the stage loses at most this much work, never a claim
FEW = 300  # documents below which starting processes costs more than it gains


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
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one per core for many documents]")
@dask_option
@encoder_option
@stance_model_options
@llm_options
@json_option
def extract(
    in_path: Path | None = None,
    out_path: Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    encoder: Use | None = None,
    stance_model: str | None = None,
    stance_model_all: bool = False,
    llm: str | None = None,
    llm_budget: int = BUDGET,
    as_json: bool = False,
) -> None:
    """Read the claims out of documents not read yet.

    With --in and --out no database is used: each document's claims become one line of JSON.
    """
    if bool(in_path) != bool(out_path):
        raise click.UsageError("--in and --out go together")
    options, reader = reading_options(stance_model, stance_model_all, encoder), chosen_llm(llm, llm_budget)
    if out_path and not out_path.parent.is_dir():
        raise UserError(f"{out_path}: there is no folder {out_path.parent}; make it first")
    with hands(dask, workers) as readers:
        if in_path and out_path:
            done, claims = extract_file(in_path, out_path, readers or 1, options, reader)
        else:
            done, claims = extract_database(open_database(must_exist=True), readers, options, reader)
    if reader:
        report(reader)
    result({"documents": done, "claims": claims}, as_json, f"{claims} claims read out of {done} documents")


def reading_options(
    stance_model: str | None = None, stance_model_all: bool = False, encoder: Use | None = None
) -> Options:
    """How to read, by the command line and calledit.toml. Raises UserError."""
    from nlp.extract import Options

    choices = (chosen_encoder(encoder), chosen_stance_model(stance_model, stance_model_all))
    return Options(opinions=tuple(choice for choice in choices if choice))


def _patience(options: Options) -> float:
    """Seconds a chunk of documents may take before its worker counts as stuck."""
    from nlp.workers import PATIENCE_S as USUAL

    return PATIENCE_S if options.opinions else USUAL


def _read(
    documents: Iterable[Document], options: Options, workers: int | Cluster, reader: LlmReader | None
) -> Iterator[Claims]:
    """The claims of each document, in order, by the default layers and by an LLM where one is given."""
    if reader is None:
        return _read_by_default_layers(documents, options, workers)
    first, second = tee(documents)
    found = _read_by_default_layers(first, options, workers)
    return reader.read_all((document, claims) for claims, document in zip(found, second, strict=True))


def _read_by_default_layers(
    documents: Iterable[Document], options: Options, workers: int | Cluster
) -> Iterator[Claims]:
    from nlp.workers import extract_all

    if isinstance(workers, int):
        return extract_all(documents, options, workers, _patience(options))
    return workers.extract_all(documents, options)


def extract_database(
    database: Database,
    workers: int | Cluster | None = None,
    options: Options | None = None,
    reader: LlmReader | None = None,
) -> tuple[int, int]:
    """Read every document this reader, with these options, has not read; returns documents and claims."""
    from db.claims import pending_ids
    from db.runs import recorded_run
    from nlp.extract import Options

    options = options or Options()
    pending = pending_ids(database, reader.version(options.version) if reader else options.version)
    workers = workers or (1 if len(pending) < FEW else os.cpu_count() or 1)
    found = 0
    with recorded_run(database, "extract") as run, progress("Reading claims", len(pending)) as advance:
        readings: list[Claims] = []
        for claims in _read(_stored(database, pending), options, workers, reader):
            readings.append(claims)
            if len(readings) == TRANSACTION or run.done + len(readings) == len(pending):
                found += _store(database, readings, options)
                run.done += len(readings)
                advance(len(readings))
                readings = []
        run.detail = f"{found} claims"
    return len(pending), found


def _stored(database: Database, ids: list[str]) -> Iterator[Document]:
    from db.documents import documents_where

    for first in range(0, len(ids), TRANSACTION):
        some = json.dumps(ids[first : first + TRANSACTION])
        yield from list(documents_where(database, "id in (select value from json_each(?))", [some]))


def _store(database: Database, readings: list[Claims], options: Options) -> int:
    from db.claims import store_claims
    from nlp.extract import call_model

    calibration = call_model(options).calibration
    thresholds = {kind: calibration.verified_threshold(kind) for kind in ("call", "correlation", "figure")}
    for claims in readings:
        for what, why in claims.rejected:
            if what == "document":  # refused claims are in rejected_claims
                click.echo(f"document {claims.document_id}: {why}", err=True)
    with database.atomic():
        return sum(store_claims(database, claims, datetime.now(UTC), thresholds) for claims in readings)


def extract_file(
    in_path: Path,
    out_path: Path,
    workers: int | Cluster = 1,
    options: Options | None = None,
    reader: LlmReader | None = None,
) -> tuple[int, int]:
    """Claims of every document of a JSONL file, one line each in the annotation format; no database."""
    from nlp.claims import document_annotation
    from nlp.extract import Options

    options, done, found = options or Options(), 0, 0
    with out_path.open("w", encoding="utf-8") as out, progress("Reading claims") as advance:
        for claims in _read(_listed(in_path), options, workers, reader):
            out.write(json.dumps(document_annotation(claims), ensure_ascii=False) + "\n")
            done, found = done + 1, found + len(claims.calls) + len(claims.correlations) + len(claims.figures)
            advance(1)
    if not done:
        raise UserError(f"{in_path} holds no document: each line must be a JSON object with a text")
    return done, found


def _listed(path: Path) -> Iterator[Document]:
    from scrapers.archive import ArchiveDefaults, read_archive
    from scrapers.documents import Document

    for item in read_archive([path], ArchiveDefaults()):
        if isinstance(item, Document):
            yield item
        else:
            place = f"{item.path}:{item.line}" if item.line else str(item.path)
            click.echo(f"{place}: {item.reason}", err=True)
