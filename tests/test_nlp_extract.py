"""Extraction as a whole: pure, picklable, never raising, exact quotes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.claims import document_annotation
from nlp.extract import Options, extract
from nlp.version import EXTRACTOR_VERSION
from scrapers.documents import Document

TEXT = (
    "Ether Set To Rally, Says Harrow Point\n\nHarrow Point analysts expect Ether to reach $5,000 by December. "
    '"The trend is strong," said Theo Marsh. Ether rose 3% to $3,400 on Monday. A drop below $3,000 could open the way '
    "to $2,600. — Tilda Brok (@tildabrok) March 3, 2024"
)


def exact(document: Document) -> None:
    claims = extract(document)
    for claim in (*claims.calls, *claims.correlations, *claims.figures):
        assert document.text[claim.start : claim.end] == claim.quote
        assert 0 <= claim.confidence <= 1
        assert claim.extractor_version == EXTRACTOR_VERSION
    document_annotation(claims)


def test_the_same_document_gives_the_same_claims_in_another_process_too() -> None:
    document = Document(id="d", kind="article", text=TEXT)
    options = pickle.loads(pickle.dumps(Options(min_confidence=0.1)))
    assert extract(document, options) == extract(pickle.loads(pickle.dumps(document)), options)
    assert pickle.loads(pickle.dumps(extract(document))) == extract(document)


def test_min_confidence_leaves_claims_out() -> None:
    document = Document(id="d", kind="article", text=TEXT)
    assert not extract(document, Options(min_confidence=1.01)).calls
    assert extract(document).calls


@pytest.mark.parametrize("cut", range(0, len(TEXT), 23))
def test_any_prefix_reads_without_error(cut: int) -> None:
    exact(Document(id="d", kind="article", text=TEXT[:cut]))
    exact(Document(id="d", kind="post", text=TEXT[:cut], handle="a"))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=400))
def test_random_unicode_reads_without_error(text: str) -> None:
    exact(Document(id="d", kind="article", text=text))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_read_without_error(data: bytes) -> None:
    exact(Document(id="d", kind="post", text=data.decode("latin-1"), handle="a"))


SNIPPETS = (
    "Bitcoin", "$5,000", "said", '"we', "“they", "”", "expect", "if", "below", "40%", "Fed", "rates", "—", "(@a)", ".",
    ",", ";", ":", "\n\n", "could", "Mara", "Ellison’s", "the", "analyst",
)  # fmt: skip
WORDS = st.sampled_from(SNIPPETS)


@settings(max_examples=80, deadline=None)
@given(st.lists(WORDS, max_size=60))
def test_random_market_words_read_without_error(words: list[str]) -> None:
    exact(Document(id="d", kind="article", text=" ".join(words)))


@pytest.mark.slow
def test_the_real_archive_reads_without_error() -> None:
    folder = Path(__file__).parents[2] / "shared" / "data" / "commentary"
    if not folder.exists():
        pytest.skip("the archive of real commentary is not here")
    from nlp.gold import archive

    for document in archive(folder, every=10):
        exact(document)


def test_the_layers_run_as_spacy_components() -> None:
    import nlp.pipeline

    doc = nlp.pipeline.read("Metals\n\nMara Ellison predicts that Bitcoin will rally to $140,000 this year.")
    assert [v.speaker for v in doc._.calledit_attributions] == ["Mara Ellison"]
    assert any(c.asset == "BTC" and c.speaker == "Mara Ellison" for c in doc._.calledit_calls)
