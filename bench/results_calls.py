"""How the calls of one article of December 2025 turned out (see results.py)."""

# ruff: noqa: E501  (the lines of the pages are as long as their numbers make them)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results_patterns import ARTICLE, NOTE

from outcomes.blocks import VERDICT_COLUMNS, verdict_rows
from outcomes.call_table import call_table
from outcomes.calls import grade_calls
from outcomes.charts import outcomes_by_horizon
from outcomes.market import Market
from outcomes.wording import percent, signed

HORIZONS = (7, 30, 90, 180)
# The twelve calls of the article in its order: asset, stance, whether a condition is attached, what it rests on.
CALLS = (
    ("RUT", "neutral", 0, "past performance guarantees nothing"),
    ("BTC", "bullish", 0, "last time this setup gave over 390 %"),
    ("RISK_ASSETS", "bullish", 1, "if liquidity expands"),
    ("BTC", "bullish", 0, "three of three earlier records"),
    ("ETH", "bullish", 0, "strength after earlier records"),
    ("ALTS", "bullish", 0, "surges after 2017 and 2021"),
    ("ALTS", "bullish", 1, "if the correlation holds"),
    ("RUT", "bearish", 0, "fund outflows"),
    ("RUT", "bearish", 0, "unprofitable companies"),
    ("ALTS", "neutral", 0, "timing matters more than correlation"),
    ("RISK_ASSETS", "bullish", 0, "a risk-on signal"),
    ("BTC", "neutral", 0, "a signal, not a guarantee"),
)
Verdict = Mapping[str, Any]


def calls_page(market: Market) -> tuple[str, dict[str, object]]:
    """A table of every call at every horizon, and a plot of the returns towards the calls."""
    verdicts = _graded(market)
    names = [f"{i + 1} {asset} {stance}" for i, (asset, stance, _, _) in enumerate(CALLS)]
    lines = []
    points = []
    for i, (asset, stance, conditional, why) in enumerate(CALLS):
        cells = [verdicts[(str(i), horizon)] for horizon in HORIZONS]
        lines.append(
            f"| {i + 1} | {asset} | {stance}{', if' if conditional else ''} | {why} | {' | '.join(map(_cell, cells))} |"
        )
        for horizon, verdict in zip(HORIZONS, cells, strict=True):
            if verdict["value"] is not None:
                point = {"who": names[i], "horizon": horizon, "change": verdict["value"], "status": verdict["status"]}
                points.append(point)
    counts = [_count(verdicts, horizon) for horizon in HORIZONS]
    coins = _coins(verdicts)
    text = f"""# How the calls of one article of 12 December 2025 turned out

An article about a record of the Russell 2000 carried twelve calls. The day is known, not the hour, so they count from
12:00 UTC of 13 December. Entry is the first close after it.

**{counts[1]} held after 30 days, {counts[2]} after 90 and {counts[3]} after 180.** {coins} The table gives each return towards
the call, and in brackets how often the same came true in windows of the five years before.

![Return towards each call by horizon](calls-of-december-2025.svg)

| | asset | stance | resting on | {" | ".join(f"{h} days" for h in HORIZONS)} |
|---|---|---|---|{"---|" * len(HORIZONS)}
{chr(10).join(lines)}
| | | | **held of graded** | {" | ".join(counts)} |

ALTS is graded on ETH, its stand-in. "Risk assets" has no price. Twelve calls in one article on four assets that move
together are worth about two: they say nothing about anybody's skill.

{NOTE}"""
    return text, {"calls-of-december-2025": outcomes_by_horizon("Return towards the call", points)}


def _coins(verdicts: Mapping[tuple[str, int], Verdict]) -> str:
    """What became of the bullish calls on coins."""
    at = [i for i, (asset, stance, _, _) in enumerate(CALLS) if stance == "bullish" and asset in ("BTC", "ETH", "ALTS")]
    moved = {h: [verdicts[(str(i), h)]["value"] for i in at] for h in HORIZONS}
    parts = [f"{signed(min(v))} to {signed(max(v))} after {h} days" for h, v in moved.items() if None not in v]
    return f"The {len(at)} bullish calls on coins returned {', '.join(parts)}."


def _graded(market: Market) -> dict[tuple[str, int], Verdict]:
    columns = {
        "claim_id": [str(i) for i in range(len(CALLS))],
        "asset": [call[0] for call in CALLS],
        "stance": [call[1] for call in CALLS],
        "clock": [ARTICLE + 86_400] * len(CALLS),
        "speaker_id": list(range(len(CALLS))),
        "verified": [1] * len(CALLS),
    }
    calls = call_table(columns)
    rows = [row for block in grade_calls(calls, market) for row in verdict_rows(block, calls, market.prices)]
    named = (dict(zip(VERDICT_COLUMNS, row, strict=True)) for row in rows)
    return {(v["claim_id"], v["horizon"]): v for v in named if v["measure"] == "direction"}


def _cell(verdict: Verdict) -> str:
    if verdict["value"] is None:
        return str(verdict["reason"])
    return f"{signed(verdict['value'])} {verdict['status']} ({percent(verdict['base_rate'])})"


def _count(verdicts: Mapping[tuple[str, int], Verdict], horizon: int) -> str:
    found = [verdicts[(str(i), horizon)]["status"] for i in range(len(CALLS))]
    graded = [status for status in found if status in ("held", "failed")]
    return f"{graded.count('held')} of {len(graded)}"
