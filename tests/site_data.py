"""A small graded database for the site's tests, built by the store's own functions, with scripts planted in it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from sqlite_utils import Database

from commands.common import Settings
from commands.grade import grade_database
from db.alarms import update_alarms
from db.claims import store_claims
from db.clusters import cluster_pending
from db.corrections import add_correction, add_merge
from db.documents import add_documents
from db.prices import add_bars
from db.sources import save_sources
from db.speakers import resolve_speakers
from db.store import open_store
from nlp.claims import Call, Claims, Close, Correlation, Figure, Horizon, Target
from scrapers.documents import Document
from scrapers.health import Health
from scrapers.prices import PriceBar
from scrapers.sources import Source

PLANT = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
AT = datetime(2025, 6, 30, 12, tzinfo=UTC)
LAST = date(2025, 6, 30)
PEOPLE = ("Ada Quillfeather", "Bram Oxbow", "Cleo Marchbanks", "Dov Tamarisk")
THRESHOLDS = {"call": 0.5, "correlation": 0.5, "figure": 0.5}


def build(path: Path) -> Path:
    """A graded database at `path`: four analysts, two assets with eight years of prices, a planted document."""
    with click.Context(click.Command("test"), obj=Settings(quiet=True)):
        database = open_store(path)
        save_sources(database, sources())
        add_bars(database, bars(), AT)
        found = [*said(), planted()]
        add_documents(database, [document for document, _ in found], AT)
        with database.atomic():
            for _, claims in found:
                store_claims(database, claims, AT, THRESHOLDS)
        cluster_pending(database, AT)
        resolve_speakers(database)
        grade_database(database)
        update_alarms(database, [Health("quiet-quarter", "stale", "nothing new in 40 days, usually 2")], AT)
        _correct(database)
        database.close()
    return path


def _correct(database: Database) -> None:
    claim = database.execute("select id from calls where speaker = ? order by id limit 1", [PEOPLE[0]]).fetchone()[0]
    add_correction(database, claim, "stance", "neutral", f"read too much into it {PLANT}", AT)
    add_merge(database, "merge", PEOPLE[1], PEOPLE[1], f"same man {PLANT}", AT)


def sources() -> list[Source]:
    """Two sources; the second will be stale, and its name and terms carry a script."""
    return [
        Source("morning-tape", "Morning Tape", "feed", "https://tape.example/feed.xml", publisher="Morning Tape"),
        Source("quiet-quarter", f"Quiet Quarter {PLANT}", "feed", "javascript:alert(1)", terms=PLANT),
    ]


def bars() -> Iterator[PriceBar]:
    """Eight years of daily closes of two assets: a seeded random walk."""
    rng = random.Random(11)
    for symbol, close, drift in (("BTC", 9_000.0, 0.0006), ("SPX", 2_700.0, 0.0003)):
        for number in range((LAST - date(2017, 7, 1)).days + 1):
            day = date(2017, 7, 1) + timedelta(days=number)
            close *= math.exp(rng.gauss(drift, 0.02))
            if symbol == "BTC" or day.weekday() < 5:
                yield PriceBar(symbol, day, close, close, close * 1.01, close * 0.99)


def said() -> Iterator[tuple[Document, Claims]]:
    """Posts and articles of four people over two years, one call each, some with a target, figure or pattern."""
    rng = random.Random(5)
    for number in range(96):
        who, asset = PEOPLE[number % 4], "BTC" if number % 3 else "SPX"
        stance = rng.choice(["bullish", "bullish", "bearish"])
        moment = datetime(2023, 5, 1, 9, tzinfo=UTC) + timedelta(days=8 * number, hours=number % 7)
        about, verb = ("bitcoin" if asset == "BTC" else "stocks"), ("climb" if stance == "bullish" else "sag")
        sentence = f"{who} expects {about} to {verb} in round {number}."
        figure = f"It moved {number + 3} percent last week."
        yield (
            _document(f"d{number}", who, sentence, figure, moment),
            _claims(f"d{number}", who, asset, stance, sentence, figure, moment),
        )


def _document(name: str, who: str, sentence: str, figure: str, moment: datetime) -> Document:
    title = f"Notes on {name}"
    return Document(
        name, "article", f"{title}\n\n{sentence} {figure}\n\nThat is all for today from the tape desk number {name}.",
        title=title, url=f"https://tape.example/{name}", source="morning-tape", publisher="Morning Tape",
        authors=(who,), published=moment, published_precision="instant", language="en",
    )  # fmt: skip


def _claims(name: str, who: str, asset: str, stance: str, sentence: str, figure: str, moment: datetime) -> Claims:
    start = len(f"Notes on {name}\n\n")
    where = {"document_id": name, "start": start, "end": start + len(sentence), "quote": sentence}
    common = {"speaker": who, "confidence": 0.9, "extractor_version": "t1", "voice": "paraphrased"}
    due = Horizon("by the next quarter", end=moment.date() + timedelta(days=60)) if len(name) % 2 else None
    call = Call(**where, **common, asset=asset, stance=stance, horizon=due, target=Target(12.0, percent=True))
    pattern = Correlation(**where, **common, driver="SPX", response="BTC", relation="positive")
    begin = start + len(sentence) + 1
    printed = figure.split()[2] + " percent"
    number = Figure(
        document_id=name, start=begin, end=begin + len(figure), quote=figure, **common, text=printed,
        text_start=begin + figure.index(printed), value=float(printed.split()[0]), unit="%", role="change",
        asset=asset, direction="up", period="last week",
    )  # fmt: skip
    patterns = (pattern,) if name.endswith("0") else ()
    return Claims(name, calls=(call,), correlations=patterns, figures=(number,), extractor_version="t1")


def planted() -> tuple[Document, Claims]:
    """A document with a script in every field that a stranger fills in."""
    quote = f"{PLANT} says bitcoin will rise"
    text = f"Title {PLANT}\n\n{quote} soon."
    document = Document(
        "planted", "article", text, title=f"Title {PLANT}", url="javascript:alert(document.cookie)",
        canonical_url="data:text/html,<script>alert(2)</script>", source="quiet-quarter", publisher=f"Outlet {PLANT}",
        credited_publisher=PLANT, authors=(PLANT,), handle=PLANT, published=AT - timedelta(days=50),
        published_precision="instant", language=PLANT,
    )  # fmt: skip
    start = text.index(quote, 10)
    where = {"document_id": "planted", "start": start, "end": start + len(quote), "quote": quote}
    common = {"speaker": f"Eve {PLANT}", "organisation": PLANT, "confidence": 0.9, "extractor_version": "t1"}
    call = Call(
        **where, **common, asset="BTC", stance="bullish", condition=PLANT, conditional=True, rule=PLANT,
        horizon=Horizon(PLANT, end=LAST), target=Target(10.0, percent=True),
    )  # fmt: skip
    pattern = Correlation(
        **where, **common, driver=PLANT, driver_event=PLANT, response="BTC", relation="positive", periods=(PLANT,)
    )
    number = Figure(
        **where, **common, text=PLANT, text_start=start, value=3.0, unit="USD", role="price", asset="BTC", period=PLANT
    )
    close = Close(**where, **common, asset="BTC", side="long", rule=PLANT)
    claims = Claims(
        "planted", (call,), (pattern,), (number,), extractor_version="t1", rejected=((PLANT, PLANT),), closes=(close,)
    )
    return document, claims
