"""How long it takes to cluster many documents, and how well copies are found on the labelled set.

usage: python -m bench.copies [--documents 100000] [--days 730]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.copies_set import labelled_documents, pair_scores, spin
from db.clusters import cluster_pending
from db.documents import add_documents
from db.store import open_store
from scrapers.documents import Document

_COUNT = "select count(*), sum(copy_kind != 'original') from documents where id like ?"
START = datetime(2030, 1, 1, tzinfo=UTC)


def synthetic(count: int, days: int) -> Iterator[Document]:
    """About 300 words each, spread over `days`, made from shuffled sentences with numbers and names of their own."""
    rng = random.Random(1)
    written = [d.document for d in labelled_documents() if d.kind in ("original", "rewrite")]
    sentences = [s.strip() for d in written for s in d.text.split(". ") if len(s.split()) > 6]
    firms = [f"{a} {b}" for a in _WORDS for b in _WORDS if a != b]
    for number in range(count):
        body = ". ".join(_altered(rng.choice(sentences), rng, firms) for _ in range(14))
        published = START + timedelta(minutes=rng.randrange(days * 24 * 60))
        title = f"{rng.choice(firms)} on {rng.choice(firms)} number {number}"
        yield Document(
            id=f"{number:016d}", kind="article", text=f"{title}\n\n{body}", title=title, published=published,
            publisher=f"Paper {rng.randrange(400)}", published_precision="instant",
        )  # fmt: skip


_WORDS = (
    "Alder", "Birch", "Cedar", "Damson", "Elder", "Fir", "Gorse", "Hazel", "Iris", "Juniper", "Kale", "Linden",
    "Maple", "Nettle", "Oak", "Pine", "Rowan",
)  # fmt: skip


def _altered(sentence: str, rng: random.Random, firms: list[str]) -> str:
    """Other numbers, other names, other words: a sentence that shares grammar with many and content with few."""
    digits = "".join(str(rng.randrange(10)) if c.isdigit() else c for c in spin(sentence, rng, rng.random()))
    return f"{digits}, {rng.choice(firms)} said" if rng.random() < 0.3 else digits


def with_copies(documents: Iterator[Document], share: float = 0.1) -> Iterator[Document]:
    """The documents, and for a share of them a spun copy elsewhere a few hours later."""
    rng = random.Random(2)
    for document in documents:
        yield document
        if rng.random() < share and document.published:
            later = document.published + timedelta(hours=rng.randrange(2, 48))
            spun = spin(document.text, rng, 0.5)
            yield replace(document, id="c" + document.id[1:], text=spun, publisher="Mirror", published=later)


def scale(count: int, days: int) -> None:
    """Cluster `count` documents in a fresh database and print the time each took."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(Path(folder) / "bench.db")
        documents = (d for d, _ in zip(with_copies(synthetic(count, days)), range(count), strict=False))
        stored = add_documents(db, documents, START)
        began, cpu = time.perf_counter(), time.process_time()
        cluster_pending(db, START)
        wall, used = time.perf_counter() - began, time.process_time() - cpu
        made, found = db.execute(_COUNT, ["c%"]).fetchone()
        _, extra = db.execute(_COUNT, ["0%"]).fetchone()
    print(f"{stored} documents: {1000 * used / stored:.2f} ms CPU, {1000 * wall / stored:.2f} ms wall each")
    print(f"copies found {found} of {made}; other documents joined to one: {extra}")


def quality() -> None:
    """Pairwise recall and precision on the labelled set, for both halves."""
    for held_out in (False, True):
        part = [d for d in labelled_documents() if d.held_out is held_out]
        recall, precision = pair_scores(part)
        name = "held out" if held_out else "thresholds chosen on"
        print(f"{name}: {len(part)} documents, recall {recall:.3f}, precision {precision:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=73, help="how many days they are spread over")
    arguments = parser.parse_args()
    quality()
    scale(arguments.documents, arguments.days)
