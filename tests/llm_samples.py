"""What the tests of the LLM reader share: a text, what a model would say of it, and a reader that asks a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.llm_answers import KeptAnswers
from nlp.models.llm import Asker, Patience, open_model
from nlp.models.llm_reading import LlmReader
from nlp.models.llm_spending import Spending
from scrapers.documents import Document
from tests.llm_server import FakeModel, register, serving

TEXT = "Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June. The coin traded at $61,500 on Monday."
QUICK = Patience(tries=3, seconds=20.0, pause_s=0.0)
CALL = {
    "quote": "Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June.",
    "speaker": "Mara Quill", "organisation": "Tern Capital", "asset": "BTC", "stance": "bullish", "target": 90000,
    "horizon": "by June", "conditional": False, "verbatim": False,
}  # fmt: skip
SOLANA = {
    "quote": "Solana has room to double",
    "speaker": "",
    "asset": "SOL",
    "stance": "bullish",
    "target": {"pct": 100},
}


@contextmanager
def fake_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    """A model of a loopback server, known to the `llm` library, with a folder of the test's own."""
    monkeypatch.setenv("LLM_USER_PATH", str(folder / "llm"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    model = FakeModel()
    with serving(model) as address:
        register(folder / "llm", address)
        yield model


def reader(tmp_path: Path, name: str = "fake", budget: int = 10**9, patience: Patience = QUICK) -> LlmReader:
    return LlmReader(Asker(open_model(name), KeptAnswers(tmp_path / "kept.db"), Spending(budget), patience))


def document(number: int, text: str = TEXT) -> Document:
    return Document(f"d{number}", "article", f"Note {number}\n\n{text}", url=f"https://example.test/{number}")
