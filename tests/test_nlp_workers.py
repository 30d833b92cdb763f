"""Several reading processes: the same claims in the same order, whatever happens to one of them."""

import os
import time

import pytest

from nlp import workers
from nlp.claims import Claims
from nlp.extract import Options, extract
from scrapers.documents import Document

TEXTS = [f"Mara Quill of Tern Capital expects Bitcoin to reach ${n}0,000 by June." for n in range(4, 9)]


def documents(texts):
    return [Document(f"d{i}", "article", text) for i, text in enumerate(texts)]


def faulty(chunk, options):
    """A reader that dies or hangs on marked documents, as a native library may."""
    for document in chunk:
        if document.text == "die":
            os._exit(9)
        if document.text == "hang":
            time.sleep(60)
    return [Claims(document.id) for document in chunk]


def test_two_workers_read_what_one_reads_in_the_same_order():
    found = list(workers.extract_all(documents(TEXTS), workers=2))
    assert found == [extract(document, Options()) for document in documents(TEXTS)]


def test_a_crash_and_a_hang_lose_nothing_and_are_named(monkeypatch):
    monkeypatch.setattr(workers, "CHUNK", 2)
    monkeypatch.setattr(workers, "_read_chunk", faulty)
    texts = ["a", "die", "b", "c", "hang", "d", "e"]
    found = list(workers.extract_all(documents(texts), workers=2, patience_s=5.0))
    assert [claims.document_id for claims in found] == [f"d{i}" for i in range(7)]
    reasons = {claims.document_id: claims.rejected[0][1] for claims in found if claims.rejected}
    assert reasons == {"d1": "a worker died on this document", "d4": "a worker hung on this document"}


@pytest.mark.parametrize("count", [0, 1, workers.CHUNK, workers.CHUNK + 1])
def test_any_number_of_documents(monkeypatch, count):
    monkeypatch.setattr(workers, "_read_chunk", faulty)
    found = list(workers.extract_all(documents(["a"] * count), workers=2))
    assert len(found) == count
