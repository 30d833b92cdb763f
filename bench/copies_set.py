"""The labelled set of copies: hand-written originals and rewrites, and copies derived from them.

`tests/data/copies/written.jsonl` holds articles on ten topics, three different ones on each ("t01a", "t01b",
"t01c" are other articles about the same day's news), and free rewrites of many. From each original come copies
as they are met: verbatim with an advert, behind three bullets, cut, and spun word for word at two strengths.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

from nlp.copies import WINDOW_DAYS, Signature, candidate_keys, relation, signature, worth_comparing
from scrapers.documents import Document, joined_text

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "copies"

# The same lines under everything a publisher prints: they must not make its articles copies of one another.
FURNITURE = {
    "Coinlark": "Coinlark is editorially independent. Our writers may own the coins they write about, and nothing on "
    "this page is advice to buy or sell. Follow Coinlark on Telegram and download the Coinlark Pocket app to get "
    "the Dawn Brief before breakfast. Photo: Ansa Kettle/Coinlark Studio.",
    "Blockgull": "Disclaimer: Blockgull readers should do their own research before making any investment, since "
    "digital tokens can lose all of their value. Blockgull may earn a commission from links. Join 140,000 "
    "subscribers of the Gull Report and read our Best Exchanges list for 2031.",
    "Lindqvist Bank": "Prepared by Lindqvist Bank Research for professional clients only. See the last page for "
    "analyst certification and important disclosures. Redistribution without written consent is prohibited.",
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document, which family it belongs to, how it was made, and which half of the set its topic is in."""

    document: Document
    family: str
    kind: str
    held_out: bool


def labelled_documents() -> list[Labelled]:
    """The whole set; deterministic. Topics with an even number are held out from the choice of thresholds."""
    rows = [json.loads(line) for line in (FOLDER / "written.jsonl").read_text(encoding="utf-8").splitlines()]
    made = [version for row in rows for version in _versions(row)]
    return [
        Labelled(_document(row, number), row["family"], row["kind"], int(row["family"][1:3]) % 2 == 0)
        for number, row in enumerate(made)
    ]


def _document(row: dict[str, str], number: int) -> Document:
    body = "\n\n".join(filter(None, [row["body"], FURNITURE.get(row["publisher"], "")]))
    return Document(
        id=f"{row['family']}-{number:03d}",
        kind="article",
        text=joined_text(row["title"], body),
        title=row["title"],
        publisher=row["publisher"],
        published=datetime.fromisoformat(row["published"]),
        published_precision="instant",
    )


def _versions(row: dict[str, str]) -> Iterator[dict[str, str]]:
    yield row
    if row["kind"] != "original":
        return
    rng = random.Random(row["family"])
    makers: dict[str, Callable[[dict[str, str], random.Random], dict[str, str]]] = {
        "verbatim": _verbatim, "bulleted": _bulleted, "cut": _cut, "spun": _spun, "spun hard": _spun_hard,
    }  # fmt: skip
    for hours, (kind, make) in enumerate(makers.items(), 2):
        published = datetime.fromisoformat(row["published"]) + timedelta(hours=7 * hours)
        copy = {**row, "kind": kind, "publisher": f"Mirror {hours}", "published": published.isoformat()}
        yield copy | make(row, rng)


def _verbatim(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    parts = row["body"].split("\n")
    parts.insert(1, "Sponsored: trade with zero fees for your first thirty days.")
    return {"body": "\n".join(parts)}


def _bulleted(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    bullets = [f"- {line.split('. ')[0].split(',')[0]}" for line in row["body"].split("\n")[:3]]
    return {"body": "\n".join([*bullets, row["body"]]), "title": f"Market update: {row['family']}"}


def _cut(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    sentences = re.split(r"(?<=[.!?])\s", row["body"])
    kept = sentences[: max(3, round(len(sentences) * rng.uniform(0.4, 0.7)))]
    return {"body": " ".join(kept) + " Read the full story at the source."}


def _spun(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    return {"body": spin(row["body"], rng, 0.6)}


def _spun_hard(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    """Every known word replaced, in the title as well."""
    return {"body": spin(row["body"], rng, 1.0), "title": spin(row["title"], rng, 1.0)}


def spin(text: str, rng: random.Random, strength: float) -> str:
    """Replace that share of the words that the substitution table knows, as paraphrasing programs do."""
    table = substitutions()

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        other = table.get(word.casefold())
        if other is None or rng.random() > strength:
            return word
        return other.capitalize() if word[0].isupper() else other

    return re.sub(r"[A-Za-z]+", replaced, text)


def substitutions() -> dict[str, str]:
    """Odd synonyms by word, written for this set."""
    table: dict[str, str] = json.loads((FOLDER / "substitutions.json").read_text(encoding="utf-8"))
    return table


def pair_scores(documents: list[Labelled]) -> tuple[float, float]:
    """Recall and precision of finding the pairs that are of one family, candidates step included."""
    signatures = [(d.family, signature(d.document)) for d in documents]
    pairs = list(combinations(signatures, 2))
    same = [a[0] == b[0] for a, b in pairs]
    found = [_related(a[1], b[1]) for a, b in pairs]
    right = sum(s and f for s, f in zip(same, found, strict=True))
    return right / sum(same), right / sum(found)


def _related(a: Signature, b: Signature) -> bool:
    moments = [datetime.fromisoformat(s.published or "") for s in (a, b)]
    near = abs(moments[0] - moments[1]) <= timedelta(days=WINDOW_DAYS)
    return near and worth_comparing(candidate_keys(a) & candidate_keys(b)) and relation(a, b) is not None
