"""Verdicts in words, and recomputed by the queries that docs/method.md prints."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from outcomes.arrays import from_day
from outcomes.explain import explain
from tests.outcomes_samples import call, day, grade, market, ramp, seesaw

METHOD = Path(__file__).parents[1] / "docs" / "method.md"
CLOSES = {
    "BTC": seesaw([*ramp(100, 130, 20), *ramp(130, 90, 40), *ramp(90, 95, 400)]),
    "VIX": seesaw(ramp(20, 26, 460), low=20.0, high=21.0),
}
CALLS = [
    call(claim_id="bull", target=125.0, horizon_end=day(45).isoformat()),
    call(claim_id="bear", stance="bearish", target=92.0, clock=call()["clock"] + 10 * 86_400),
    call(claim_id="group", asset="CRYPTO", speaker_id=2),
    call(claim_id="level", asset="VIX", stance="bearish"),
    call(claim_id="calm", stance="neutral", speaker_id=3, target=80.0, target_high=140.0),
    call(claim_id="vague", speaker_id=4, horizon_kernel=(7, 14, 56, 84)),
    call(claim_id="lost", asset="SOL"),
]


@pytest.fixture(scope="module")
def verdicts() -> list[dict[str, Any]]:
    return grade(market(CLOSES), *CALLS)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, verdicts: list[dict[str, Any]]) -> sqlite3.Connection:
    """A small database with these calls, prices and verdicts."""
    db = open_store(tmp_path_factory.mktemp("explain") / "calls.db")
    db.execute("pragma foreign_keys = off")
    connection: sqlite3.Connection = db.conn
    connection.executemany(
        "insert into prices (symbol, day, close) values (?, ?, ?)",
        [
            (symbol, from_day(market(CLOSES).prices.first_day + i).isoformat(), close)
            for symbol, closes in CLOSES.items()
            for i, close in enumerate(closes)
        ],
    )
    connection.execute("insert into documents (id, kind, text) values ('d', 'article', 'Words.')")
    connection.executemany(
        'insert into calls (id, document_id, start, "end", quote, voice, confidence, layer, extractor_version, asset, '
        "stance) values (?, 'd', 0, 5, 'Words', 'outlet', 1, 'rules', '1', ?, ?)",
        [(c["claim_id"], c["asset"], c["stance"]) for c in CALLS],
    )
    names = list(verdicts[0])
    connection.executemany(
        f"insert into verdicts ({', '.join(names)}) values ({', '.join('?' * len(names))})",
        [tuple(v.values()) for v in verdicts],
    )
    return connection


def queries() -> list[str]:
    return re.findall(r"```sql\n(.*?)```", METHOD.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_printed_query_recomputes_every_return(stored: sqlite3.Connection) -> None:
    found = stored.execute(queries()[0]).fetchall()
    assert {row[1] for row in found} == {"direction", "stated", "until_reversal", "run_up"}
    assert {row[0] for row in found} == {"bull", "bear", "group", "level", "calm", "vague"}
    for claim, measure, horizon, value, recomputed in found:
        assert value == pytest.approx(recomputed), (claim, measure, horizon)


def test_the_printed_query_recounts_base_rates(stored: sqlite3.Connection) -> None:
    found = stored.execute(queries()[1]).fetchall()
    assert len(found) == 5 * 5  # over 365 days the history is too short
    for claim, horizon, rate, recounted in found:
        assert rate == pytest.approx(recounted), (claim, horizon)


def test_the_printed_query_finds_touched_targets(stored: sqlite3.Connection) -> None:
    found = stored.execute(queries()[2]).fetchall()
    assert len(found) == 4 and {row[2] for row in found} == {"held", "failed"}
    for _, _, status, touched in found:
        assert (status == "held") == bool(touched)


def test_every_verdict_explains_itself(verdicts: list[dict[str, Any]]) -> None:
    claims = {c["claim_id"]: c | {"speaker": "Ida Marsh"} for c in CALLS}
    for verdict in verdicts:
        text = explain(verdict, claims[verdict["claim_id"]])
        assert text.startswith("Ida Marsh, ") and "None" not in text and "nan" not in text
        if verdict["status"] in ("held", "failed", "mixed"):
            assert verdict["entry_date"] in text and verdict["input_hash"] in text
        else:
            assert verdict["reason"] in text
    assert {v["measure"] for v in verdicts} >= {"direction", "stated", "target_touched", "favourable", "run_up"}


def explained(verdicts: list[dict[str, Any]], claim: str, measure: str, horizon: int) -> str:
    found = next(v for v in verdicts if (v["claim_id"], v["measure"], v["horizon"]) == (claim, measure, horizon))
    return explain(found, next(c for c in CALLS if c["claim_id"] == claim))


def test_the_arithmetic_is_spelt_out(verdicts: list[dict[str, Any]]) -> None:
    text = explained(verdicts, "bull", "direction", 30)
    assert "120 / 100 - 1 = +20.0 %, so the bullish call held." in text
    assert "in 0.0 % of earlier windows of this length (571 windows" in text
    assert "SPX" not in text and "(BTC stands in for CRYPTO)" in explained(verdicts, "group", "direction", 30)
    assert "graded by change in level" in explained(verdicts, "level", "direction", 30)
    assert "a daily close reached 125; 120.0 % of the way" in explained(verdicts, "bull", "target_touched", 45)
    assert "weighted over its days" in explained(verdicts, "vague", "stated", 84)
    assert "Prices of this asset exist but are not loaded" in explained(verdicts, "lost", "direction", 7)
