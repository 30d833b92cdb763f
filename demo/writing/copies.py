"""Copies of articles: syndicated word for word, cut short, or sent through a word spinner."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from demo.material import outlets
from demo.writing.articles import WrittenArticle

_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copied article, and what it is a copy of."""

    row: dict[str, Any]
    truth: dict[str, str]


def copies(originals: Sequence[WrittenArticle]) -> Iterator[Copy]:
    """Every copy listed in copies.toml."""
    by_slug = {article.row["slug"]: article.row for article in originals}
    text = files("demo").joinpath("writing", "copies.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["copy"]:
        yield _copy(by_slug[entry["of"]], entry)


def spun(text: str) -> str:
    """The text with every word of the lexicon replaced, capitals kept, names left alone."""
    return _WORD.sub(_spun_word, text)


def _copy(original: Mapping[str, Any], entry: Mapping[str, Any]) -> Copy:
    outlet = outlets()[entry["outlet"]]
    published = datetime.fromisoformat(original["published"]) + timedelta(hours=entry["hours"], minutes=11)
    copy_id = f"{outlet.id}-{original['slug']}"
    row = {
        **original,
        "id": copy_id,
        "outlet": outlet.id,
        "publisher": outlet.name,
        "url": f"https://{outlet.domain}/{outlet.id}/{published:%Y/%m}/{original['slug']}/",
        "published": published.isoformat(),
        "body": _body(original, entry),
        "credit": original["publisher"],
    }
    if entry["kind"] == "spun":
        row |= {"authors": [], "author": "", "summary": spun(original["summary"]), "embeds": []}
        row["headings"] = [spun(heading) for heading in original["headings"]]
    return Copy(row, {"document": copy_id, "of": original["id"], "kind": entry["kind"]})


def _body(original: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    paragraphs = original["body"].split("\n\n")
    if entry["kind"] == "cut":
        paragraphs = paragraphs[: max(4, len(paragraphs) * 2 // 3)]
    if "prefix" in entry:
        paragraphs = [entry["prefix"], *paragraphs]
    body = "\n\n".join(paragraphs)
    if entry["kind"] == "spun":
        body = spun(body)
    for old, new in entry.get("replace", {}).items():
        body = body.replace(old, new)
    return body


@cache
def _lexicon() -> Mapping[str, str]:
    text = files("demo").joinpath("writing", "spinner.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["words"])


def _spun_word(found: re.Match[str]) -> str:
    word = found.group()
    return _lexicon().get(word, word)
