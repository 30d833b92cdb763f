"""Was it at that price? Printed prices and records against daily highs, lows and closes."""

from __future__ import annotations

from typing import Any

import numpy as np

from outcomes.arrays import Bools, Floats, from_day
from outcomes.earlier_records import before
from outcomes.evidence import prices_hash
from outcomes.figure_claims import ClaimedFigure
from outcomes.figure_words import extreme_of, is_former
from outcomes.market import Market
from outcomes.verdict_rows import input_hash, ungradable
from outcomes.verdicts import Reason, Status, Verdict

NOW_DAYS = 3  # a price without a period is one of the days up to publication
MONTH, YEAR = 30, 365
APPROXIMATE = 0.02
VENUES = 0.005  # exchanges differ by as much
RECORDS = 0.01  # more so at the spike that makes a record
NEAR = 0.1  # venues and hours differ by as much on a wild day: no contradiction yet
PLAUSIBLE = 3.0  # a figure further from the price than this was misread more likely than misquoted
STANDING_DAYS = 30  # a record that stood this long may be meant by "the previous high"


def check_price(figure: ClaimedFigure, market: Market, row: int) -> Verdict:
    """`price`: did it trade there in the days it is said to have?

    Held if the range of one of those days (highs and lows; closes where they are all there is) covers the figure
    within its tolerance; mixed if a day of the month around does, or without a period one of the year before, or if the
    last days come within a tenth; failed if it never traded there up to publication; otherwise there is no period that
    could be checked.
    """
    prices = market.prices
    now = _column_then(figure, market, row)
    if now is None:
        return _refuse(figure, "price", "price missing")
    if reason := _wrong_unit(figure, market, row):
        return _refuse(figure, "price", reason)
    covered = _covered(figure, market, row, now)
    said, around = _days(figure, prices.first_day - int(prices.lag[row]), now)
    inside, nearby = (np.flatnonzero(covered & days) for days in (said, said | around))
    close = prices.close[row, : now + 1]
    status: Status = "failed"
    if len(inside):
        status = "held"
    elif len(nearby) or _almost(figure, market, row, now):
        status = "mixed"
    elif covered.any():
        return _refuse(figure, "price", "no checkable period", prices_hash(market, row, 0, now))
    at = int(inside[-1] if len(inside) else nearby[-1] if len(nearby) else prices.last[row, now])
    if status == "failed" and _closes_only(market, row, at):
        return _refuse(figure, "price", "price missing", prices_hash(market, row, 0, now))
    if status == "failed" and not 1 / PLAUSIBLE <= abs(figure.value / close[at]) <= PLAUSIBLE:
        return _refuse(figure, "price", "implausible figure", prices_hash(market, row, 0, now))
    looked_at = int((np.isfinite(close) & (said | around)).sum())
    detail = {
        "claimed": figure.value,
        "tolerance": _tolerance(figure),
        "days_covered": len(nearby),
        "days_looked_at": looked_at,
        "basis": _basis(figure, close[at]),
        "days_said": [from_day(int(c) + prices.first_day) for c in np.flatnonzero(said)[[0, -1]]],
        "low": float(prices.low[row, at]),
        "high": float(prices.high[row, at]),
    }
    share = len(nearby) / max(looked_at, 1)
    return _verdict(figure, market, row, "price", status, at, now, float(close[at]), share, detail)


def check_extreme(figure: ClaimedFigure, market: Market, row: int) -> Verdict:
    """`extreme`: is it the record that stood at publication (or one that stood a month, for a former record)?

    Compared with the highest daily high and with the highest close, and says which of the two it fits.
    """
    prices = market.prices
    now = _column_then(figure, market, row)
    if now is None:
        return _refuse(figure, "extreme", "price missing")
    if reason := _wrong_unit(figure, market, row):
        return _refuse(figure, "extreme", reason)
    kind = extreme_of(figure.quote, figure.at, figure.text) or "all-time high"
    candidates = [
        ("intraday", _records(prices.high[row] if kind.endswith("high") else prices.low[row], now, kind)),
        ("close", _records(prices.close[row], now, kind)),
    ]
    former = is_former(figure.around)
    if _older_than_prices(market, row, now, kind):
        return _refuse(figure, "extreme", "history too short")
    standing = [(basis, *r) for basis, found in candidates for r in _standing(found, now, former)]
    ranked = sorted((abs(figure.value / v - 1), basis, column, v) for basis, column, v in standing if v)
    if not ranked:
        return _refuse(figure, "extreme", "price missing")
    away, basis, column, value = ranked[0]
    if away > PLAUSIBLE - 1:
        return _refuse(figure, "extreme", "implausible figure")
    allowed = max(RECORDS, APPROXIMATE if figure.hedge == "approx" else 0, figure.step / 2 / max(abs(value), 1e-12))
    fits = away <= allowed or _hedged(figure, value)
    status: Status = "held" if fits else "mixed" if away <= NEAR else "failed"
    if status == "failed" and _closes_only(market, row, column):
        return _refuse(figure, "extreme", "price missing", prices_hash(market, row, 0, now))
    detail = {"claimed": figure.value, "kind": kind, "former": former, "basis": basis, "away": away, "allowed": allowed}
    return _verdict(figure, market, row, "extreme", status, column, now, float(value), None, detail)


def _older_than_prices(market: Market, row: int, now: int, kind: str) -> bool:
    """Whether the record that stood in column `now` may be from before the loaded prices."""
    earlier = before(market, row)
    if not kind.endswith("high") or not earlier.known:
        return not earlier.known
    return earlier.record is not None and not (market.prices.high[row, : now + 1] > earlier.record[1]).any()


def _column_then(figure: ClaimedFigure, market: Market, row: int) -> int | None:
    """The column of publication, None where there is no close that is fresh enough then."""
    prices = market.prices
    now = figure.published - prices.first_day + int(prices.lag[row])
    inside = min(now, prices.width - 1)
    fresh = inside >= 0 and prices.last[row, inside] >= 0 and now - prices.last[row, inside] <= prices.stale_after[row]
    return inside if fresh else None


def _records(values: Floats, now: int, kind: str) -> list[tuple[int, int, float]]:
    """(column, days it stood, value) of each record up to column `now`."""
    sign = 1.0 if kind.endswith("high") else -1.0
    days = np.flatnonzero(np.isfinite(values[: now + 1]))
    signed = sign * values[days]
    new = np.concatenate([[True], signed[1:] > np.maximum.accumulate(signed)[:-1]]) if len(days) else days > 0
    at = days[new]
    stood = np.diff(at, append=now)
    return [(int(c), int(s), float(values[c])) for c, s in zip(at, stood, strict=True)]


def _standing(records: list[tuple[int, int, float]], now: int, former: bool) -> list[tuple[int, float]]:
    """The record at publication; for a former one also those that stood for a month."""
    if not former:
        recent = [r for r in records if r[0] >= now - NOW_DAYS]
        return [(c, v) for c, _, v in {*records[-1:], *recent}]
    return [(c, v) for c, stood, v in records if stood >= STANDING_DAYS] + [(c, v) for c, _, v in records[-1:]]


def _days(figure: ClaimedFigure, first_day: int, now: int) -> tuple[Bools, Bools]:
    """For each column up to `now`: is it one of the days the figure may be about, or of those around them?

    It may always be the price of the days up to publication, and of its period, give or take a day. Around: a month
    either side of the period, or without one the year before.
    """
    columns = np.arange(now + 1)
    said: Bools = columns >= now - NOW_DAYS
    around: Bools = columns >= now - (MONTH if figure.span else YEAR)
    if figure.span is not None and figure.span[0] - first_day <= now:
        first, last = (day - first_day for day in figure.span)
        said |= (columns >= first - 1) & (columns <= last + 1)
        around |= (columns >= first - MONTH) & (columns <= last + MONTH)
    return said, around


def _covered(figure: ClaimedFigure, market: Market, row: int, now: int) -> Bools:
    """For each column up to `now`, whether that day's range reaches the figure within its tolerance."""
    prices, slack = market.prices, _tolerance(figure)
    low, high = prices.low[row, : now + 1] - slack, prices.high[row, : now + 1] + slack
    top = figure.value_high if figure.value_high is not None else figure.value
    if figure.hedge == "over":
        covered: Bools = (high >= figure.value) & (low <= figure.value * 1.1)
    elif figure.hedge == "under":
        covered = (low <= figure.value) & (high >= figure.value * 0.9)
    else:
        covered = (low <= top) & (high >= figure.value)
    return covered


def _closes_only(market: Market, row: int, column: int) -> bool:
    """Whether only the close of that day is known, so that the day's high could have been anything."""
    prices = market.prices
    return not prices.by_level[row] and bool(prices.high[row, column] == prices.low[row, column])


def _almost(figure: ClaimedFigure, market: Market, row: int, now: int) -> bool:
    """Whether it traded within a tenth of the figure in the days up to publication."""
    recent = slice(max(now - NOW_DAYS, 0), now + 1)
    low, high = market.prices.low[row, recent], market.prices.high[row, recent]
    return bool(((low <= figure.value * (1 + NEAR)) & (high >= figure.value * (1 - NEAR))).any())


def _tolerance(figure: ClaimedFigure) -> float:
    relative = APPROXIMATE if figure.hedge == "approx" else VENUES
    return max(figure.step / 2, relative * abs(figure.value))


def _hedged(figure: ClaimedFigure, value: float) -> bool:
    """ "over 19,000" is true of 19,783; "under 20,000" as well."""
    if figure.hedge == "over":
        return figure.value <= value <= figure.value * 1.1
    return figure.hedge == "under" and figure.value * 0.9 <= value <= figure.value


def _basis(figure: ClaimedFigure, close: float) -> str:
    return "close" if abs(close - figure.value) <= _tolerance(figure) else "intraday"


def _wrong_unit(figure: ClaimedFigure, market: Market, row: int) -> Reason | None:
    """Euros against a dollar series; a coin amount; a percentage of something that is no rate."""
    asset = market.assets.get(market.prices.symbols[row])
    quote = asset.quote if asset else "USD"
    if figure.unit == "other":
        return None if market.prices.by_level[row] else "another unit"
    if figure.unit in (quote, "points") or (figure.unit == "USD" and quote in ("USD", "points")):
        return None
    return "another unit"


def _verdict(
    figure: ClaimedFigure, market: Market, row: int, measure: str, status: Status, at: int, now: int, value: float,
    share: float | None, detail: dict[str, Any],
) -> Verdict:  # fmt: skip
    prices = market.prices
    day = from_day(int(prices.printed_day(np.array([row]), np.array([at]))[0]))
    return Verdict(
        claim_id=figure.claim_id,
        claim_kind="figure",
        measure=measure,
        horizon=0,
        status=status,
        value=value,
        base_rate=share,
        entry_date=day,
        entry_price=float(prices.close[row, at]),
        detail={"asset": prices.symbols[row], **detail},
        input_hash=input_hash(measure, *figure.inputs, prices_hash(market, row, 0, now)),
    )


def _refuse(figure: ClaimedFigure, measure: str, reason: Reason, used: str = "") -> Verdict:
    return ungradable(figure.claim_id, "figure", measure, reason, (*figure.inputs, used))
