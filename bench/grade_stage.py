"""How long does the whole `grade` stage take, writing included? Usage: grade_stage.py PRICES.csv.gz [CALLS]

Builds a database of real-shaped calls (assets, stances, dates, targets and horizons drawn at random) on the given
daily prices, grades it, and grades it again with nothing changed.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from commands.common import Settings
from commands.grade import grade_database
from commands.prices import import_files
from db.claims import store_claims
from db.documents import add_documents
from db.store import open_store
from nlp.claims import Call, Claims, Horizon, Target
from scrapers.documents import Document

ASSETS = (
    "BTC",
    "ETH",
    "SOL",
    "XRP",
    "SPX",
    "RUT",
    "NDX",
    "GOLD",
    "WTI",
    "US10Y",
    "DXY",
    "STOCKS",
    "CRYPTO",
    "FEDFUNDS",
)
SPEAKERS = [f"Analyst {i}" for i in range(2_000)]


def fill(database: Database, calls: int, per_document: int = 4) -> None:
    """Documents with calls of every shape, spread over ten years."""
    rng, first = random.Random(7), date(2014, 1, 1)
    thresholds = {"call": 0.5, "correlation": 0.5, "figure": 0.5}
    for start in range(0, calls // per_document, 1_000):
        numbers = range(start, min(start + 1_000, calls // per_document))
        days = {n: first + timedelta(days=rng.randrange(4_000)) for n in numbers}
        add_documents(database, [_document(n, days[n]) for n in numbers], datetime.now(UTC))
        with database.atomic():
            for n in numbers:
                found = tuple(_call(rng, n, i, days[n]) for i in range(per_document))
                store_claims(
                    database, Claims(f"d{n}", calls=found, extractor_version="1"), datetime.now(UTC), thresholds
                )


def _document(number: int, day: date) -> Document:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Document(f"d{number}", "article", "x" * 400, published=moment, published_precision="day")


def _call(rng: random.Random, document: int, number: int, day: date) -> Call:
    stance = rng.choice(["bullish", "bullish", "bearish", "neutral"])
    due = Horizon("by then", end=day + timedelta(days=rng.randrange(5, 300))) if rng.random() < 0.3 else None
    return Call(
        document_id=f"d{document}", start=number, end=number + 1, quote="x", speaker=rng.choice(SPEAKERS),
        asset=rng.choice(ASSETS), stance=stance, confidence=rng.random(), extractor_version="1", horizon=due,
        target=Target(rng.choice([20.0, 50.0]), percent=True) if rng.random() < 0.2 else None,
    )  # fmt: skip


def main() -> None:
    prices, calls = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        database = open_store(path)
        import_files(database, [prices])
        fill(database, calls)
        for title in ("first run", "nothing changed"):
            wall, cpu = time.perf_counter(), time.process_time()
            counts = grade_database(database)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rows = database.execute("select count(*) from verdicts").fetchone()[0]
            print(f"{title}: {calls} calls, {counts['verdicts']} verdicts changed, {rows} stored, {wall:.0f} s wall, "
                  f"{cpu:.0f} CPU-s, peak {peak:.0f} MB, file {path.stat().st_size / 1e6:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    import click

    with click.Context(click.Command("bench"), obj=Settings(quiet=True)):
        main()
