"""How much of what the demo says did a run find? Holds a database of `calledit demo` against the key.

python -m demo.score calledit-demo.db
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from demo.material import articles, key, outlets, posts

Found = tuple[str, str]  # asset and stance


@dataclass(frozen=True, slots=True)
class Score:
    """One planned call and what became of it: found, turned round (the other stance was read), or missed."""

    analyst: str
    document: str
    asset: str
    stance: str
    result: str

    @property
    def in_post(self) -> bool:
        return self.document.startswith(f"{self.analyst}-")


def scores(database: Path) -> Iterator[Score]:
    """Every planned call of the key beside the calls read from its document."""
    addresses = {post.id: post.url for post in posts()}
    addresses |= {article.id: f"https://{outlets()[article.outlet].domain}{article.path}" for article in articles()}
    read = _calls_by_address(database)
    for row in key()["calls"]:
        stances = {stance for asset, stance in read.get(addresses[row["document"]], ()) if asset == row["asset"]}
        result = "found" if row["stance"] in stances else "turned round" if stances - {"neutral"} else "missed"
        yield Score(row["analyst"], row["document"], row["asset"], row["stance"], result)


def report(rows: list[Score]) -> str:
    """A table: per analyst, and posts and articles apart."""
    lines = [f"{'':24}{'calls':>6}{'found':>7}{'turned round':>14}{'missed':>8}"]
    groups = [(name, [row for row in rows if row.analyst == name]) for name in sorted({row.analyst for row in rows})]
    groups += [("in posts", [r for r in rows if r.in_post]), ("in articles", [r for r in rows if not r.in_post])]
    for name, group in [*groups, ("all", rows)]:
        counts = [sum(row.result == result for row in group) for result in ("found", "turned round", "missed")]
        lines.append(f"{name:24}{len(group):>6}{counts[0]:>7}{counts[1]:>14}{counts[2]:>8}")
    return "\n".join(lines)


def _calls_by_address(database: Path) -> dict[str, set[Found]]:
    sql = """select documents.canonical_url, calls.asset, calls.stance from calls
             join documents on documents.id = calls.document_id where calls.superseded_at is null"""
    found: dict[str, set[Found]] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for url, asset, stance in connection.execute(sql):
            found.setdefault((url or "").replace("%40", "@"), set()).add((asset, stance))
    return found


if __name__ == "__main__":
    everything = list(scores(Path(sys.argv[1] if len(sys.argv) > 1 else "calledit-demo.db")))
    print(report(everything))
    for row in everything:
        if row.result != "found":
            print(f"{row.result}: {row.stance} {row.asset} in {row.document}")
