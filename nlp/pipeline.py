"""The reader as spaCy components: `spacy.blank("en")` with `calledit_text`, `calledit_assets`, `calledit_figures`,
`calledit_attribution` and `calledit_calls`.

A spaCy user adds them to a pipeline of their own:

    import spacy, nlp.pipeline
    reader = spacy.blank("en")
    for name in nlp.pipeline.LAYERS:
        reader.add_pipe(name)
    doc = reader("Bitcoin fell 4% to $61,000.")
    doc._.calledit_assets, doc._.calledit_figures, doc._.calledit_attributions, doc._.calledit_calls

`Doc._.calledit_text` is the prepared text; the spans in the other extensions count in its offsets.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.assets import find_assets
from nlp.attribution import attribute
from nlp.calls import find_calls
from nlp.extract import shipped_model
from nlp.figures import find_figures
from nlp.reading import read as read_layers
from nlp.series import with_series
from nlp.text import Prepared, prepare
from scrapers.documents import Document

if TYPE_CHECKING:
    from datetime import date

LAYERS = ("calledit_text", "calledit_assets", "calledit_figures", "calledit_attribution", "calledit_calls")

for _name in ("text", "assets", "figures", "attributions", "calls", "kind", "published", "handle"):
    Doc.set_extension(f"calledit_{_name}", default=None, force=True)


@Language.component("calledit_text")
def read_text(doc: Doc) -> Doc:
    """Layer 0: sentences with roles, quotations, de-spun shadow."""
    doc._.calledit_text = prepare(doc.text, doc._.calledit_kind or "article")
    return doc


@Language.component("calledit_assets")
def read_assets(doc: Doc) -> Doc:
    """Layer 1: mentions of assets."""
    prepared = _prepared(doc)
    found = find_assets(prepared, doc if prepared.text == doc.text else None)
    doc._.calledit_assets = with_series(prepared, found)
    return doc


@Language.component("calledit_figures")
def read_figures(doc: Doc) -> Doc:
    """Layer 2: figures, with their offsets in the text that went in."""
    if doc._.calledit_assets is None:
        read_assets(doc)
    doc._.calledit_figures = find_figures(_prepared(doc), doc._.calledit_assets, published=doc._.calledit_published)
    return doc


@Language.component("calledit_attribution")
def read_attributions(doc: Doc) -> Doc:
    """Layer 3: whose words are whose."""
    doc._.calledit_attributions = attribute(_prepared(doc), _document(doc))
    return doc


@Language.component("calledit_calls")
def read_calls(doc: Doc) -> Doc:
    """Layer 5: the calls, with their offsets in the text that went in."""
    doc._.calledit_calls = find_calls(read_layers(_document(doc)), shipped_model())
    return doc


def _document(doc: Doc) -> Document:
    """The text as a document, with the kind, handle and day of publication set on it."""
    day = doc._.calledit_published
    return Document(
        id="",
        kind=doc._.calledit_kind or "article",
        text=doc.text,
        handle=doc._.calledit_handle,
        published=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None,
    )


def _prepared(doc: Doc) -> Prepared:
    if doc._.calledit_text is None:
        read_text(doc)
    prepared = doc._.calledit_text
    assert isinstance(prepared, Prepared)
    return prepared


@cache
def pipeline() -> Language:
    """A blank English pipeline with every registered layer, built once."""
    nlp = spacy.blank("en")
    for name in LAYERS:
        nlp.add_pipe(name)
    return nlp


def read(text: str, kind: str = "article", published: date | None = None) -> Doc:
    """Run the layers over one text."""
    nlp = pipeline()
    doc = nlp.make_doc(text)
    doc._.calledit_kind, doc._.calledit_published = kind, published
    return nlp(doc)
