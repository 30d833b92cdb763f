"""How fast is the site at 200,000 claims and 1,000,000 outcomes? Usage: site.py [CALLS] [DATABASE]

Builds a database of that size (kept at DATABASE where one is named, and used again if it is there): documents with
real-length texts, calls by 2,000 speakers, correlations, figures, six graded horizons per call, records, prices. Then
asks each kind of page for many different things, alone and by 8 clients at once, and prints p50 and p95 in ms beside
what is asked of it. The site runs in this process; requests do not cross a socket.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.store import open_store

ASSETS = ("BTC", "ETH", "SOL", "XRP", "SPX", "NDX", "RUT", "GOLD", "WTI", "DXY", "US10Y", "LINK", "DOGE", "ADA")
SPEAKERS = 2_000
PER_DOCUMENT = 4
HORIZONS = (1, 7, 30, 90, 180, 365)
SYLLABLES = ("ket", "ly", "and", "ield", "e", "in", "or", "ust", "a", "en", "ish", "ot", "um", "al", "ex", "ine")
VOCABULARY = [
    a + b + c for a in ("mar", "ral", "dem", "yi", "cor", "stel", "bon") for b in SYLLABLES for c in SYLLABLES
]
WEIGHTS = [1 / (rank + 3) for rank in range(len(VOCABULARY))]  # words fall off as in any language (Zipf)
FIRST, LAST = date(2016, 1, 1), date(2026, 6, 30)
TIMES = 40  # requests per kind of page
LIMITS = {"page": 100, "table": 250, "together": 400}  # p95 in ms


def build(path: Path, calls: int) -> None:
    """Fill a new database; about a minute and 1 GB for 200,000 calls."""
    rng, db = random.Random(3), open_store(path)
    db.conn.execute("pragma synchronous = off")
    _world(db, rng)
    batch = 4_000
    for start in range(0, calls, batch):
        numbers = range(start, min(start + batch, calls))
        rows = _rows(rng, numbers)
        with db.atomic():
            for table, some in rows.items():
                if some:
                    names = list(some[0])
                    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
                    values = [tuple(row[name] for name in names) for row in some]
                    db.conn.executemany(f"insert into {table} ({columns}) values ({marks})", values)
    db.execute("analyze")
    db.close()


def _world(db: Database, rng: random.Random) -> None:
    """Assets, prices, speakers, their records, sources and runs."""
    from db.prices import add_bars
    from scrapers.prices import PriceBar

    bars = [
        PriceBar(symbol, FIRST + timedelta(days=n), 100 + 50 * rng.random() + n / 20, 1.0, 200.0, 50.0)
        for symbol in ASSETS
        for n in range((LAST - FIRST).days + 1)
    ]
    add_bars(db, bars, datetime.now(UTC))
    with db.atomic():
        for n in range(SPEAKERS):
            db.execute("insert into speakers (id, name) values (?, ?)", [n + 1, f"Analyst {n}"])
            for horizon in HORIZONS:
                _record(db, rng, n, horizon, "")
            for asset in rng.sample(ASSETS, 5):
                _record(db, rng, n, 30, asset)
        for n in range(200):
            sql = "insert into sources (id, name, kind, url, last_ok, usual_gap_s) values (?, ?, 'feed', ?, ?, 3600)"
            db.execute(sql, [f"s{n}", f"Source {n}", f"https://s{n}.example/feed", "2026-06-30T00:00:00Z"])
        for stage in ("scrape", "extract", "grade") * 1_000:
            values = [stage, "2026-06-30T00:00:00Z", "2026-06-30T00:01:00Z"]
            db.execute("insert into runs (stage, started, ended, status) values (?, ?, ?, 'ok')", values)


def _record(db: Database, rng: random.Random, speaker: int, horizon: int, asset: str) -> None:
    skill = rng.gauss(0, 0.08)
    row: dict[str, Any] = {
        "speaker_id": speaker + 1, "horizon": horizon, "asset": asset, "status": "ranked", "rank": speaker + 1,
        "calls": 100, "n": 90, "n_effective": 10 + 60 * rng.random(), "hits": 50, "hit_rate": 0.5 + skill,
        "base_rate": 0.5, "skill": skill, "wilson_low": 0.4, "wilson_high": 0.6, "p_value": rng.random(),
        "posterior_skill": skill / 2, "posterior_low": skill / 2 - 0.05, "posterior_high": skill / 2 + 0.05,
        "rule_version": "bench",
    }  # fmt: skip
    names = ", ".join(row)
    db.execute(f"insert into speaker_records ({names}) values ({', '.join('?' * len(row))})", list(row.values()))


def _rows(rng: random.Random, numbers: range) -> dict[str, list[dict[str, Any]]]:
    """Documents, claims and verdicts; every tenth call comes with a correlation, every third with a figure."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("clusters", "documents", "calls", "correlations", "figures", "verdicts")
    }
    for number in numbers:
        document = number // PER_DOCUMENT
        when = FIRST + timedelta(days=document * (LAST - FIRST).days // max(numbers.stop // PER_DOCUMENT, 50_000))
        if number % PER_DOCUMENT == 0:
            rows["clusters"].append({"id": f"d{document:07}", "head_document_id": f"d{document:07}"})
            rows["documents"].append(_document(rng, document, when))
        claim = _claim(rng, number, document)
        rows["calls"].append(claim | {"asset": rng.choice(ASSETS), "stance": rng.choice(("bullish", "bearish"))})
        rows["verdicts"] += _verdicts(rng, f"c{number:07}", "call", when, HORIZONS)
        if number % 10 == 0:
            pair = {"driver": rng.choice(ASSETS), "response": "BTC", "relation": "positive"}
            rows["correlations"].append({**claim, "id": f"r{number:07}", **pair})
            rows["verdicts"] += _verdicts(rng, f"r{number:07}", "correlation", when, (0,))
        if number % 3 == 0:
            figure = {
                "text": "12 percent",
                "text_start": 10,
                "value": 12.0,
                "unit": "%",
                "role": "change",
                "asset": "BTC",
            }
            rows["figures"].append({**claim, "id": f"f{number:07}", **figure})
            rows["verdicts"] += _verdicts(rng, f"f{number:07}", "figure", when, (0,))
    return rows


def _document(rng: random.Random, number: int, when: date) -> dict[str, Any]:
    text = " ".join(rng.choices(VOCABULARY, WEIGHTS, k=300))
    return {
        "id": f"d{number:07}", "kind": "article", "title": f"Letter {number}", "text": text,
        "source_id": f"s{number % 200}", "publisher": f"Outlet {number % 120}", "url": f"https://s.example/{number}",
        "published": f"{when}T08:00:00Z", "published_precision": "instant", "extractor_version": "1",
        "cluster_id": f"d{number:07}", "copy_kind": "original",
    }  # fmt: skip


def _claim(rng: random.Random, number: int, document: int) -> dict[str, Any]:
    speaker = int(SPEAKERS * rng.random())
    return {
        "id": f"c{number:07}", "document_id": f"d{document:07}", "start": 0, "end": 80,
        "quote": " ".join(rng.choices(VOCABULARY, WEIGHTS, k=12)), "speaker": f"Analyst {speaker}",
        "speaker_id": speaker + 1,
        "voice": "quoted", "confidence": 0.9, "verified": 1, "layer": "rules", "extractor_version": "1",
    }  # fmt: skip


def _verdicts(
    rng: random.Random, claim: str, kind: str, when: date, horizons: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    measure = {"call": "direction", "correlation": "correlation", "figure": "change"}[kind]
    for horizon in horizons:
        out = when + timedelta(days=horizon)
        due = out <= LAST
        yield {
            "claim_id": claim, "claim_kind": kind, "measure": measure, "horizon": horizon,
            "status": rng.choice(("held", "failed")) if due else "pending", "value": rng.gauss(0, 0.1),
            "base_rate": 0.5, "entry_date": when.isoformat(), "entry_price": 100.0,
            "exit_date": out.isoformat() if due else None, "exit_price": 101.0 if due else None,
            "detail": json.dumps(_detail(kind)), "rule_version": "bench", "input_hash": "0" * 16,
        }  # fmt: skip


def _detail(kind: str) -> Mapping[str, Any]:
    """What the words of a verdict need."""
    if kind == "call":
        return {"windows": 1_200}
    if kind == "figure":
        return {"asset": "BTC", "claimed": 0.1, "reading": "bench", "windows": 3, "share": 0.3, "basis": None}
    return {
        "r": 0.1, "low": 0.0, "high": 0.2, "n": 900, "driver": "SPX", "response": "BTC", "claimed_side": 1,
        "returns": "daily", "spearman": 0.1, "block": 20, "from": "2016-01-01", "to": "2026-06-30",
    }  # fmt: skip


def addresses(calls: int) -> dict[str, tuple[str, list[str]]]:
    """Addresses by kind of page, with the limit each is held to."""
    rng = random.Random(8)
    some = rng.sample(range(calls), 2 * TIMES)
    speakers, assets = [n % SPEAKERS + 1 for n in some], [ASSETS[n % len(ASSETS)] for n in some]
    tens = [f"r{n // 10 * 10:07}" for n in some]
    pairs = [f"{VOCABULARY[n % 900]}+{VOCABULARY[n % 37]}" for n in some]
    table = "/calledit"
    return {
        "front": ("page", ["/"] * 2 * TIMES),
        "front, after a write": ("page", ["/"] * 2 * TIMES),
        "board": ("page", [f"/board?horizon={HORIZONS[n % 6]}&least={n % 40}" for n in some]),
        "board, one asset": (
            "page",
            [f"/board?asset={symbol}&sort=hit_rate&least={n % 60}" for n, symbol in zip(some, assets, strict=True)],
        ),
        "analyst": ("page", [f"/analyst/{n}" for n in speakers]),
        "asset": ("page", [f"/asset/{symbol}?horizon={HORIZONS[n % 6]}&x={n}" for n, symbol in enumerate(assets)]),
        "claim": ("page", [f"/claim/c{n:07}" for n in some]),
        "correlation": ("page", [f"/correlation/{name}" for name in tens]),
        "document": ("page", [f"/document/d{n // PER_DOCUMENT:07}" for n in some]),
        "sources": ("page", ["/sources"] * 2 * TIMES),
        "calls with facets": ("table", [f"{table}/calls?asset={symbol}&_x={n}" for n, symbol in enumerate(assets)]),
        "all calls with facets": ("table", [f"{table}/calls?_x={n}" for n in some]),
        "verdicts of one kind": (
            "table",
            [f"{table}/verdicts?claim_kind=call&horizon={HORIZONS[n % 6]}&_x={n}" for n in range(2 * TIMES)],
        ),
        "documents searched": ("table", [f"{table}/documents?_search={words}" for words in pairs]),
        "search, one word": ("table", [f"/search?q={VOCABULARY[n % 900]}" for n in some]),
        "search, two words": ("table", [f"/search?q={words}" for words in pairs]),
        "search, a name": ("table", [f"/search?q=Analyst+{n}" for n in speakers]),
    }


async def measure(path: Path, calls: int) -> bool:
    """Print every figure; whether all are within their limits."""
    from commands.serve import site

    app = site(path)
    await app.invoke_startup()
    well = True
    for name, (kind, asked) in addresses(calls).items():
        for address in asked[-3:]:
            answer = await app.client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code}")
        written = path if name.endswith("after a write") else None
        alone = [await _timed(app.client, address, written) for address in asked[:TIMES]]
        together = await _together(app.client, asked[TIMES:])
        limit = LIMITS[kind]
        fine = _p95(alone) < limit and _p95(together) < LIMITS["together"]
        well = well and fine
        print(
            f"{name:24} p50 {statistics.median(alone):6.1f}  p95 {_p95(alone):6.1f} (< {limit})   "
            f"8 at once: p50 {statistics.median(together):6.1f}  p95 {_p95(together):6.1f} (< {LIMITS['together']})"
            f"{'' if fine else '   TOO SLOW'}"
        )
    return well


async def _timed(client: Any, address: str, written: Path | None = None) -> float:
    if written:
        os.utime(written)  # as a write does: nothing kept is used again
    start = time.perf_counter()
    await client.get(address)
    return 1000 * (time.perf_counter() - start)


async def _together(client: Any, asked: list[str]) -> list[float]:
    """The same requests by 8 clients that each wait for their answer before they ask again."""
    queue = iter(asked)

    async def one_client() -> list[float]:
        return [await _timed(client, address) for address in queue]

    return [took for part in await asyncio.gather(*(one_client() for _ in range(8))) for took in part]


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 140_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "bench.db"
        if not path.exists():
            start = time.perf_counter()
            build(path, calls)
            print(f"built in {time.perf_counter() - start:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
        db = open_store(path)
        counts = {
            t: db.execute(f"select count(*) from {t}").fetchone()[0] for t in ("calls", "correlations", "figures")
        }
        outcomes = db.execute("select count(*) from verdicts").fetchone()[0]
        print(f"{sum(counts.values()):,} claims, {outcomes:,} outcomes")
        sys.exit(0 if asyncio.run(measure(path, calls)) else 1)


if __name__ == "__main__":
    main()
