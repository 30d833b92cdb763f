"""Whose words: one sentence for every form in which a voice is given (attribution_forms.jsonl)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.attribution import attribute
from nlp.text import prepare
from scrapers.documents import Document

LINES = Path(__file__).with_name("attribution_forms.jsonl").read_text(encoding="utf-8").splitlines()
FORMS = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row["text"][:50])
def test_every_form_gives_the_words_to_who_says_them(row: dict[str, str]) -> None:
    article = row["text"] if "\n\n" in row["text"] else f"Metals in brief\n\n{row['text']}"
    prepared = prepare(article, "article")
    at = prepared.text.index(row["words"])
    voices = attribute(prepared, Document(id="d", kind="article", text=article))
    assert {v.speaker for v in voices if v.start <= at < v.end} == ({row["speaker"]} - {""})
