"""The chart specifications behind the site's pictures: each is found by its kind and the key of what it shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from db.chart_patterns import event, grid, lags, rolling
from db.pages_analyst import best_record, calls_upon, speaker
from db.pages_asset import calls_on, closes
from db.pages_claim import claim
from outcomes.chart_theme import Spec, Theme
from outcomes.charts import calls_on_price, one_call, record_over_horizons
from outcomes.charts_site import figure_on_price

Row = dict[str, Any]


def chart_spec(db: Database, kind: str, key: str, theme: Theme) -> Spec | None:
    """The specification of one chart; None where there is no such thing, or nothing to draw."""
    return CHARTS[kind](db, key, theme) if kind in CHARTS else None


def analyst(db: Database, key: str, theme: Theme) -> Spec | None:
    """Calls of one speaker on one asset upon its price, at 30 days; `key` is speaker, dot, asset."""
    number, _, symbol = key.partition(".")
    calls = calls_upon(db, int(number), symbol, 30) if number.isdigit() else []
    return _calls_chart(db, symbol, calls, theme)


def asset(db: Database, key: str, theme: Theme) -> Spec | None:
    """The newest calls on an asset upon its price."""
    rows = calls_on(db, key, 30, 250)
    calls = [{**row, "day": row["entry_date"], "close": row["entry_price"]} for row in rows if row["entry_date"]]
    wanted = ("day", "close", "status", "stance", "speaker")
    return _calls_chart(db, key, [{name: row[name] for name in wanted} for row in calls], theme)


def _calls_chart(db: Database, symbol: str, calls: list[Row], theme: Theme) -> Spec | None:
    if not calls:
        prices = closes(db, symbol)
        return calls_on_price(symbol, prices, [], theme) if prices else None
    days = sorted(call["day"] for call in calls)
    return calls_on_price(symbol, closes(db, symbol, _shifted(days[0], -60), _shifted(days[-1], 120)), calls, theme)


def record(db: Database, key: str, theme: Theme) -> Spec | None:
    """Hit rate beside base rate over the horizon grid."""
    who = speaker(db, int(key)) if key.isdigit() else None
    wanted = ("horizon", "n_effective", "hit_rate", "base_rate", "wilson_low", "wilson_high")
    rows = [{name: row[name] for name in wanted} for row in best_record(db, int(key))[1] if row["n"]] if who else []
    return record_over_horizons(who["name"], rows, theme) if who and rows else None


def call(db: Database, key: str, theme: Theme) -> Spec | None:
    """One call with entry, exit and target."""
    found, verdict = claim(db, key), _drawable(db, key, ("stated", "direction"))
    if found is None or verdict is None or found["claim_kind"] != "call":
        return None
    symbol = json.loads(verdict["detail"]).get("proxy") or found["asset"]
    last = verdict["exit_date"] or _shifted(verdict["entry_date"], verdict["horizon"])
    span = max((date.fromisoformat(last) - date.fromisoformat(verdict["entry_date"])).days, 20)
    prices = closes(db, symbol, _shifted(verdict["entry_date"], -span), _shifted(last, span // 2))
    row = {
        "speaker": found["speaker_name"] or found["speaker"] or "the outlet", "stance": found["stance"],
        "status": verdict["status"], "entry_day": verdict["entry_date"], "entry_price": verdict["entry_price"],
        "exit_day": verdict["exit_date"], "exit_price": verdict["exit_price"],
        "target": _near_target(found, verdict["entry_price"]),
    }  # fmt: skip
    return one_call(symbol, prices, row, theme) if prices else None


def _near_target(found: Row, entry: float) -> float | None:
    """The target where it can be drawn on the same axis: not in percent, not many times away."""
    target = found["target"]
    if target is None:
        return None
    if found["target_percent"]:
        return float(entry * (1 + target / 100))
    return float(target) if entry and 0.2 < target / entry < 5 else None


def figure(db: Database, key: str, theme: Theme) -> Spec | None:
    """A figure upon the closes it was checked against."""
    found, verdict = claim(db, key), _drawable(db, key, ("price", "extreme", "change"))
    if found is None or verdict is None or found["claim_kind"] != "figure":
        return None
    detail = json.loads(verdict["detail"])
    symbol = detail.get("asset") or found["asset"]
    last = verdict["exit_date"] or verdict["entry_date"]
    span = max((date.fromisoformat(last) - date.fromisoformat(verdict["entry_date"])).days, 40)
    prices = closes(db, symbol, _shifted(verdict["entry_date"], -span // 2), _shifted(last, span // 2))
    names = (("from", "entry"), ("to", "exit")) if verdict["exit_date"] else (("closest", "entry"),)
    points = [
        {"day": verdict[f"{end}_date"], "close": verdict[f"{end}_price"], "what": what} for what, end in names
    ]  # fmt: skip
    claimed = detail.get("claimed") if verdict["measure"] in ("price", "extreme") else None
    row = {"text": found["text"], "status": verdict["status"], "claimed": claimed, "points": points}
    return figure_on_price(symbol, prices, row, theme) if prices else None


def _drawable(db: Database, claim_id: str, measures: tuple[str, ...]) -> Row | None:
    """The first of these verdicts on the claim that has an entry: the call's own horizon, else 30 days."""
    sql = """
        select * from verdicts where claim_id = ? and current = 1 and entry_date is not null and entry_price is not null
          and (measure != 'direction' or horizon = 30)
    """
    rows = {row["measure"]: row for row in db.query(sql, [claim_id])}
    return next((rows[name] for name in measures if name in rows), None)


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


CHARTS: Mapping[str, Callable[[Database, str, Theme], Spec | None]] = {
    "analyst": analyst,
    "asset": asset,
    "record": record,
    "call": call,
    "figure": figure,
    "event": event,
    "grid": grid,
    "rolling": rolling,
    "lags": lags,
}
