"""The main job: the stages one after the other on one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commands.cluster import cluster_database
from commands.common import say
from commands.extract import extract_database
from commands.grade import grade_database
from commands.prices import load_database_prices
from commands.scrape import scrape_database

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scrapers.fetch import FetchSettings
    from scrapers.prices.load import PriceSettings
    from scrapers.sources import Source


@dataclass(frozen=True, slots=True)
class Job:
    """What one run works on."""

    sources: Sequence[Source]
    fetching: FetchSettings
    prices: PriceSettings


def run_job(database: Database, job: Job) -> bool:
    """Collect, read, cluster, load prices, grade; False, with nothing changed, where no source could be reached."""
    summary = scrape_database(database, job.sources, job.fetching)
    if not summary.reachable:
        return False
    say(f"{summary.new_documents} new documents from {len(job.sources)} sources")
    documents, claims = extract_database(database)
    say(f"{claims} claims read out of {documents} documents")
    say(f"{cluster_database(database)} documents set beside their copies")
    say(f"{load_database_prices(database, job.prices, job.fetching)} new or changed daily prices")
    say(f"{grade_database(database)} verdicts")
    return True
