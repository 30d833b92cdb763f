"""Articles: from `articles/*.toml` to rows of articles.jsonl, with the calls in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

from demo.material import outlets
from demo.plan import PlannedCall, analysts
from demo.prices import close_on
from demo.wording import fill
from demo.writing.posts import WrittenPost, post_row


@dataclass(frozen=True, slots=True)
class WrittenArticle:
    """One article ready to print, and what is true about it."""

    row: dict[str, Any]
    posts: tuple[WrittenPost, ...]  # embedded in it
    planned: tuple[PlannedCall, ...]  # of analysts whose skill is built in
    other_calls: tuple[dict[str, Any], ...]  # without direction, far ahead, on a condition, or by somebody else
    relations: tuple[dict[str, Any], ...]
    figures: tuple[dict[str, Any], ...]

    @property
    def silent(self) -> bool:
        """Whether it claims nothing."""
        return not (self.planned or self.other_calls or self.relations or self.figures)


def written_articles() -> list[WrittenArticle]:
    """Every original article, oldest first."""
    written: list[WrittenArticle] = []
    for file in sorted(files("demo").joinpath("writing", "articles").iterdir(), key=lambda f: f.name):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        written += [_article(data["outlet"], entry) for entry in data["article"]]
    return sorted(written, key=lambda a: (a.row["published"], a.row["id"]))


def _article(outlet: str, entry: Mapping[str, Any]) -> WrittenArticle:
    published: datetime = entry["published"]
    article_id = f"{outlet}-{entry['slug']}"
    posts = tuple(_embedded(article_id, n, post, published) for n, post in enumerate(entry.get("post", ()), 1))
    paragraphs, headings = _paragraphs(entry["body"], published.date(), posts)
    calls = entry["calls"]
    row = _row(article_id, outlet, entry) | {
        "body": "\n\n".join(paragraphs),
        "headings": headings,
        "embeds": [post.row["id"] for post in posts],
    }
    return WrittenArticle(
        row=row,
        posts=posts,
        planned=tuple(_planned(article_id, call, published.date()) for call in calls if _counts(call)),
        other_calls=tuple(_other(article_id, call) for call in calls if not _counts(call)),
        relations=tuple({"document": article_id, **relation} for relation in entry.get("relations", ())),
        figures=tuple(_figure(article_id, figure, published.date()) for figure in entry.get("figures", ())),
    )


def _row(article_id: str, outlet_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    outlet, published, slug = outlets()[outlet_id], entry["published"], entry["slug"]
    day = published.date()
    return {
        "id": article_id,
        "kind": "article",
        "outlet": outlet_id,
        "publisher": outlet.name,
        "slug": slug,
        "url": f"https://{outlet.domain}/{outlet_id}/{published:%Y/%m}/{slug}/",
        "published": published.astimezone(UTC).isoformat(),
        "authors": entry["authors"],
        "author": ", ".join(entry["authors"]),
        "title": fill(entry["title"], day),
        "summary": fill(entry["summary"], day),
    }


def _paragraphs(body: str, day: date, posts: tuple[WrittenPost, ...]) -> tuple[list[str], list[str]]:
    """Paragraphs as printed, and those of them that are headings."""
    paragraphs, headings = [], []
    for paragraph in fill(body.strip(), day).split("\n\n"):
        if paragraph.startswith("## "):
            headings.append(paragraph.removeprefix("## "))
        if paragraph.startswith("[[post:"):
            paragraph = str(posts[int(paragraph[7:-2]) - 1].row["text"])
        paragraphs.append(paragraph.removeprefix("## "))
    return paragraphs, headings


def _embedded(article_id: str, number: int, post: Mapping[str, Any], published: datetime) -> WrittenPost:
    analyst = analysts()[post["by"]]
    earlier = published - timedelta(hours=16, minutes=7 * number)
    return WrittenPost(post_row(f"{article_id}-post-{number}", analyst, earlier, fill(post["text"], published.date())))


def _figure(article_id: str, figure: Mapping[str, Any], day: date) -> dict[str, Any]:
    """A figure of a past move with what the prices say: the change in per cent from its start to its end."""
    start, end = (close_on(figure["asset"], date.fromisoformat(figure[name])) for name in ("start", "end"))
    text = fill(figure["text"], day)
    return {"document": article_id, **figure, "text": text, "actual_percent": round(100 * (end / start - 1), 1)}


def _counts(call: Mapping[str, Any]) -> bool:
    """Whether the call is one whose outcome at 30 days is planned: directed, unconditional, not far ahead."""
    known = call["by"] in analysts()
    return known and call["stance"] != "neutral" and not call.get("conditional") and "horizon" not in call


def _planned(article_id: str, call: Mapping[str, Any], day: date) -> PlannedCall:
    return PlannedCall(call["by"], day, call["asset"], call["stance"], article_id)


def _other(article_id: str, call: Mapping[str, Any]) -> dict[str, Any]:
    known = analysts().get(call["by"])
    extra = {name: value for name, value in call.items() if name != "by"}
    return {"document": article_id, "speaker": known.name if known else call["by"], **extra}
