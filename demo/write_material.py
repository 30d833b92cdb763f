"""Writes demo/material from demo/writing and the simulated prices: the same bytes on every machine.

    python -m demo.write_material

Articles are filled first; the calls in them are part of each analyst's plan. Posts follow the plan, then come
posts without a call, and copies of articles. `key.json` keeps what is true about all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from demo.plan import PlannedCall, analysts, planned_posts
from demo.prices import signed_move
from demo.writing.articles import WrittenArticle, written_articles
from demo.writing.copies import copies
from demo.writing.posts import (
    WrittenPost,
    call_posts,
    hangs_on_a_level,
    neutral_posts,
    small_talk,
    townsfolk,
)

MATERIAL = Path(__file__).parent / "material"


def write(folder: Path = MATERIAL) -> dict[str, int]:
    """Write articles.jsonl, posts.jsonl and key.json into `folder`; returns how many of each."""
    articles = written_articles()
    said = [call for article in articles for call in article.planned]
    posts = [post for article in articles for post in article.posts]
    plan: list[PlannedCall] = list(said)
    for analyst in analysts().values():
        planned = planned_posts(analyst, said)
        plan += planned
        posts += [*call_posts(analyst, planned), *neutral_posts(analyst), *small_talk(analyst)]
    posts += townsfolk()
    conditional = {str(post.row["id"]) for post in posts if hangs_on_a_level(str(post.row["text"]))}
    rows = [article.row for article in articles]
    copied = list(copies(articles))
    _write(folder / "articles.jsonl", sorted([*rows, *(c.row for c in copied)], key=_when))
    _write(folder / "posts.jsonl", sorted((post.row for post in posts), key=_when))
    key = _key(articles, posts, plan, [c.truth for c in copied])
    for call in key["calls"]:
        call["conditional"] = call["document"] in conditional
    (folder / "key.json").write_text(json.dumps(key, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return {"articles": len(rows) + len(copied), "posts": len(posts), "planned calls": len(plan)}


def _key(
    articles: Sequence[WrittenArticle], posts: Iterable[WrittenPost], plan: Sequence[PlannedCall], copied: list[Any]
) -> dict[str, Any]:
    return {
        "analysts": {a.id: _analyst_truth(a.id, plan) for a in analysts().values()},
        "calls": [_call_row(call) for call in sorted(plan, key=lambda c: (c.analyst, c.day, c.document))],
        "other_calls": [
            *(row for article in articles for row in article.other_calls),
            *(post.other_call for post in posts if post.other_call),
        ],
        "relations": [row for a in articles for row in a.relations],
        "figures": [row for a in articles for row in a.figures],
        "copies": copied,
        "silent": sorted([a.row["id"] for a in articles if a.silent]),
    }


def _analyst_truth(analyst_id: str, plan: Sequence[PlannedCall]) -> dict[str, Any]:
    analyst = analysts()[analyst_id]
    calls = [call for call in plan if call.analyst == analyst_id]
    return {
        "name": analyst.name,
        "handle": analyst.handle,
        "organisation": analyst.organisation or None,
        "skill": analyst.skill,
        "calls": len(calls),
        "right": sum(call.right for call in calls),
    }


def _call_row(call: PlannedCall) -> dict[str, Any]:
    return {
        "analyst": call.analyst,
        "document": call.document,
        "day": call.day.isoformat(),
        "asset": call.asset,
        "stance": call.stance,
        "move_30d": round(signed_move(call.asset, call.day), 4),
        "right": call.right,
    }


def _when(row: dict[str, Any]) -> tuple[str, str]:
    return row["published"], row["id"]


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    print(", ".join(f"{count} {name}" for name, count in write().items()))
