"""Annotated documents: JSONL in the annotation format, with the texts beside the labels or in the same rows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from scrapers.documents import Document, joined_text


@dataclass(frozen=True, slots=True)
class Annotated:
    """A document and what people read in it (lists of rows in the annotation format), and labels of the document."""

    document: Document
    calls: tuple[dict[str, Any], ...]
    correlations: tuple[dict[str, Any], ...]
    figures: tuple[dict[str, Any], ...]
    field: str  # crypto, macro or post
    voice: str | None = None
    split: str | None = None  # train or test, where the file says so

    @property
    def rows(self) -> dict[str, tuple[dict[str, Any], ...]]:
        """The labels in the shape of the annotation format."""
        return {"calls": self.calls, "correlations": self.correlations, "figures": self.figures}


def load_gold(documents: Path, labels: Path | None = None) -> list[Annotated]:
    """Annotated documents of a pair of files, or of one file whose rows hold text and labels.

    Raises ValueError with file and line where a row cannot be read.
    """
    texts = dict(_rows(documents))
    marks = texts if labels is None else dict(_rows(labels))
    return [_annotated(texts[key], row) for key, row in marks.items() if key in texts]


def gold_pairs(folder: Path, prefix: str = "") -> Iterator[tuple[Path, Path]]:
    """(documents, labels) files of a folder: NAME.jsonl beside NAME_gold.jsonl, names starting with `prefix`."""
    for labels in sorted(folder.glob(f"{prefix}*_gold.jsonl")):
        documents = labels.with_name(labels.name.replace("_gold.jsonl", ".jsonl"))
        if documents.exists():
            yield documents, labels


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                yield row["id"], row
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}, line {number}: not an annotated document ({error})") from error


def _annotated(text: dict[str, Any], labels: dict[str, Any]) -> Annotated:
    return Annotated(
        document_from(text), tuple(labels.get("calls", ())), tuple(labels.get("correlations", ())),
        tuple(labels.get("figures", ())), text.get("field") or ("post" if text.get("kind") == "post" else "other"),
        text.get("voice"), text.get("split"),
    )  # fmt: skip


def document_from(row: dict[str, Any]) -> Document:
    """The document of one JSONL row (id, kind, text, and what else is known)."""
    return Document(
        id=str(row["id"]), kind="post" if row.get("kind") == "post" else "article", text=row["text"],
        title=row.get("title") or "", url=row.get("url"), publisher=row.get("publisher"), handle=row.get("handle"),
        published=_instant(row.get("published")), published_precision="instant" if row.get("published") else "none",
    )  # fmt: skip


def _instant(printed: str | None) -> datetime | None:
    if not printed:
        return None
    for text in (printed, f"{printed}-01"):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


_CORRELATION = ("quote", "driver", "driver_event", "response", "relation", "kind")


def load_labels(folder: Path, having: str = "calls") -> list[Annotated]:
    """The labels shipped in nlp/labels (ids, offsets and names, no sentences) laid over the texts of `folder`.

    The folder holds articles.jsonl.gz, macro.jsonl.gz and posts.jsonl.gz; documents that are not there are left
    out, and so are those in which nobody looked for claims of the kind `having`.
    """
    shipped = sorted(Path(str(files("nlp").joinpath("labels"))).glob("*.jsonl"))
    labels = {key: row for path in shipped for key, row in _rows(path)}
    texts = {
        row["id"]: row for path in sorted(folder.glob("*.jsonl.gz")) for row in _packed(path) if row["id"] in labels
    }
    return [_labelled(texts[key], row, having) for key, row in labels.items() if key in texts and having in row]


def _packed(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _labelled(text: dict[str, Any], row: dict[str, Any], having: str) -> Annotated:
    body = text.get("text") or joined_text(text.get("title") or "", text.get("body") or "")
    body = body[: row.get("upto" if having == "calls" else "correlations_upto")]  # long ones were searched in part
    calls = [
        {"quote": body[a:b], "asset": asset, "stance": stance, "speaker": speaker, "target": None}
        for a, b, asset, stance, speaker in row["calls"]
    ]
    correlations = [
        dict(zip(_CORRELATION, (body[a:b], *rest), strict=True)) for a, b, *rest in row.get("correlations", ())
    ]
    labels = {"calls": calls, "correlations": correlations}
    return _annotated({**text, "text": body, "kind": row["kind"], "field": row["field"]}, labels)


def own_corpus(split: str) -> list[Annotated]:
    """Documents of nlp/corpus whose calls are annotated; those that name no split are for training.

    Labels stand in the rows of the texts, or beside them in NAME_gold.jsonl.
    Rows of labels without a text (a second pass over the same texts) are left out.
    """
    folder = Path(str(files("nlp").joinpath("corpus")))
    pairs = dict(gold_pairs(folder))
    found = [gold for texts, labels in pairs.items() for gold in load_gold(texts, labels)]
    alone = (path for path in sorted(folder.glob("*.jsonl")) if path not in pairs and path not in pairs.values())
    found += [_annotated(row, row) for path in alone for _, row in _rows(path) if {"calls", "text"} <= row.keys()]
    return [gold for gold in found if (gold.split or "train") == split]


def archive(folder: Path, every: int = 1) -> Iterator[Document]:
    """Every so many documents of a folder of *.jsonl.gz files, as documents."""
    rows = (row for path in sorted(folder.glob("*.jsonl.gz")) for row in _packed(path))
    for number, row in enumerate(rows):
        if number % every == 0:
            text = row.get("text") or joined_text(row.get("title") or "", row.get("body") or "")
            yield document_from({**row, "text": text, "kind": "post" if row.get("handle") else "article"})
