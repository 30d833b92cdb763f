"""Pages on patterns, correlations and figures (see results.py)."""

# ruff: noqa: E501  (the lines of the pages are as long as their numbers make them)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from outcomes.arrays import Floats, from_day, to_day
from outcomes.bootstrap import pearson
from outcomes.chart_rows import event_paths, grid_rows, lag_rows, rolling_rows
from outcomes.co_movement import CoMovement, lag_scan
from outcomes.events import events
from outcomes.evidence import evidence_end
from outcomes.figure_claims import claimed_figures
from outcomes.figures import judge_figure
from outcomes.market import Market
from outcomes.pattern_charts import (
    correlation_by_lag,
    correlation_windows,
    event_study,
    figure_windows,
    robustness_grid,
)
from outcomes.precedes import robustness, share_interval, smallest_convincing, test_event
from outcomes.returns import value_on
from outcomes.verdicts import RULE_VERSION
from outcomes.wording import p_value, percent, signed

Page = tuple[str, dict[str, object]]
ARTICLE = 1_765_540_800  # 12 December 2025, 12:00 UTC
NOTE = f"Daily closes; `python bench/results.py` writes this page anew. Rule version {RULE_VERSION}.\n"


def row(market: Market, symbol: str) -> int:
    return market.prices.symbols.index(symbol)


def evidence_day(market: Market) -> str:
    return from_day(evidence_end(market) + market.prices.first_day).isoformat()


def russell_page(market: Market) -> Page:
    """Does a new all-time high of the Russell 2000 precede gains of Bitcoin?"""
    end, event = evidence_end(market), events()["new_high"]
    rut, btc = row(market, "RUT"), row(market, "BTC")
    lines = []
    for horizon in (30, 60, 90, 180, 365):
        test, _ = test_event(market, event, rut, btc, horizon, end, 1)
        low, high = share_interval(test.k, test.n)
        lines.append(
            f"| {horizon} | {test.k} of {test.n} | {percent(low)} to {percent(high)} | {percent(test.base_rate)} | "
            f"{p_value(test.p_above)} | {smallest_convincing(test.base_rate)} |"
        )
    occurrences = _occurrences(market, "new_high", (30, 90, 180))
    cells = robustness(market, event, rut, btc, end, 1)
    significant = sum(cell.q < 0.05 for cell in cells)
    others = [_other(market, name, driver) for name, driver in OTHERS]
    paths, band = event_paths(market, event, rut, btc, 180, 1)
    plots: dict[str, object] = {
        "russell-and-bitcoin": event_study("Bitcoin after a new high of the Russell 2000", paths, band),
        "russell-and-bitcoin-grid": robustness_grid("Hits by quiet time, horizon and size", grid_rows(cells)),
    }
    test, followed_90 = test_event(market, event, rut, btc, 90, end, 1)
    over = np.flatnonzero(followed_90.exit < ARTICLE // 86_400 - market.prices.first_day)
    over = over[followed_90.exit[over] >= 0][-3:]
    last_three = f"Of the last three before the article {int(followed_90.hit[over].sum())} were hits"
    words = "no more often than" if test.k / test.n <= test.base_rate else "hardly more often than"
    text = f"""# Does a new Russell 2000 all-time high precede gains of Bitcoin?

**Not on this evidence.** Since 2010 the index has set {test.n} all-time highs after at least 180 days without one (with
90 days of Bitcoin after them). Bitcoin was higher 90 days later after {test.k} of {test.n}: {words} from any day
({percent(test.base_rate)}). {last_three}, and three of three could not have convinced: at this base rate it takes {smallest_convincing(test.base_rate)} of {smallest_convincing(test.base_rate)}.

![Paths of Bitcoin after each occurrence](russell-and-bitcoin.svg)

## Every occurrence

{occurrences}

## By horizon

| days | hits | 95 % interval | from any day | p above | smallest convincing n |
|---|---|---|---|---|---|
{chr(10).join(lines)}

## Does the answer depend on the definition?

Quiet times of 60 to 365 days, horizons of 30 to 180 days, gains of at least 0, 10 and 20 %: {len(cells)} choices, of which
{significant} are significant after Benjamini-Yekutieli correction.

![Hits in each cell](russell-and-bitcoin-grid.svg)

| event | driver | 90 days later | from any day | p above |
|---|---|---|---|---|
{chr(10).join(others)}

Prices to {evidence_day(market)}. {NOTE}"""
    return text, plots


OTHERS = (
    ("long_high_break", "RUT"), ("resistance_support", "RUT"), ("new_high", "IWM"), ("new_high", "SPX"),
    ("golden_cross", "RUT"),
)  # fmt: skip


def _other(market: Market, name: str, driver: str) -> str:
    event = events()[name]
    test, _ = test_event(market, event, row(market, driver), row(market, "BTC"), 90, evidence_end(market), 1)
    return f"| {event.name} | {driver} | {test.k} of {test.n} | {percent(test.base_rate)} | {p_value(test.p_above)} |"


def _occurrences(market: Market, name: str, horizons: tuple[int, ...]) -> str:
    event, end = events()[name], evidence_end(market)
    rut, btc = row(market, "RUT"), row(market, "BTC")
    found = [test_event(market, event, rut, btc, h, end, 1)[1] for h in horizons]
    lines = ["| Russell record | " + " | ".join(f"Bitcoin {h} days later" for h in horizons) + " |", "|---" * 4 + "|"]
    for i, column in enumerate(found[0].known.tolist()):
        moved = [f"{signed(f.change[i])} ({'hit' if f.hit[i] else 'miss'})" if math.isfinite(f.change[i]) else "not over"
                 for f in found]  # fmt: skip
        lines.append(f"| {from_day(column + market.prices.first_day)} | {' | '.join(moved)} |")
    return "\n".join(lines)


def surge_page(market: Market) -> Page:
    """Was it "roughly 380 %" or "over 390 %" after late 2020?"""
    verdicts = {hedge: judge_figure(_surge(value, hedge), market) for value, hedge in ((380, "approx"), (390, "over"))}
    btc, prices = row(market, "BTC"), market.prices
    first, last = (to_day(_iso(d)) - prices.first_day for d in ("2020-10-01", "2020-12-31"))
    start = np.arange(first, last + 1)
    ends = np.arange(first + 1, last + 366)
    close = prices.close[btc]
    moves = np.where(ends[None, :] > start[:, None], close[ends][None, :] / close[start][:, None] - 1, np.nan)
    flat = moves[np.isfinite(moves)]
    peak = int(np.nanargmax(close[ends]))
    to_peak = close[ends[peak]] / close[start] - 1
    record = to_day(_iso("2020-11-13")) - prices.first_day
    after = close[record : record + 366] / close[record] - 1
    fits = {h: v.base_rate or 0.0 for h, v in verdicts.items()}
    dates = [(v.detail["true_from"], v.detail["true_to"]) for v in verdicts.values()]
    by_start = "\n".join(
        f"| {day} | {signed(float(close[ends[peak]] / close[to_day(_iso(day)) - prices.first_day] - 1))} |"
        for day in ("2020-10-01", "2020-11-01", "2020-11-13", "2020-12-01", "2020-12-31")
    )
    text = f"""# After late 2020: "roughly 380 %" or "over 390 %"?

**Either, if the window is chosen for it.** Of all {len(flat):,} windows that start in the last quarter of 2020 and end
within a year of it, {percent(fits["approx"])} show a gain of 380 % give or take a tenth, and {percent(fits["over"])} one of
390 % or more. The first such windows run from {dates[0][0]} to {dates[0][1]} and from {dates[1][0]} to {dates[1][1]}. Both
figures are therefore graded *mixed*: true only for a chosen window.

![Gains over all admissible windows](surge-after-late-2020.svg)

- The median window gained {signed(float(np.median(flat)))}; they ran from {signed(float(flat.min()))} to {signed(float(flat.max()))}.
- From a start in the quarter to the highest close of the year after ({from_day(int(ends[peak]) + prices.first_day)}) the gain
  was {signed(float(to_peak.min()))} to {signed(float(to_peak.max()))}, depending on the day of the start.
- From the Russell 2000's first record on 13 November 2020 Bitcoin's highest close within a year was {signed(float(np.nanmax(after)))}.
  Neither 380 nor 390 %, unless one stops earlier: it passed +280 % (3.8 times) on {_passed(after, 2.8, record, market)} and
  {_at_380(after, record, market)}.
- 380 % is 4.8 times the price, 3.8 times is 280 %: a reader of "3.8x" and one of "+380 %" are a whole price apart.

| from the close of | to the highest close within a year of the quarter |
|---|---|
{by_start}

{NOTE}"""
    plot = figure_windows("Bitcoin's gain over windows from late 2020", _thin(flat), 3.8, fits["approx"])
    return text, {"surge-after-late-2020": plot}


def _passed(after: Floats, level: float, start: int, market: Market) -> str:
    reached = np.flatnonzero(after >= level)
    return from_day(start + int(reached[0]) + market.prices.first_day).isoformat() if len(reached) else "no day"


def _at_380(after: Floats, start: int, market: Market) -> str:
    day = _passed(after, 3.8, start, market)
    return (
        f"never +380 % on a close (highest {signed(float(np.nanmax(after)))})"
        if day == "no day"
        else f"+380 % on {day}"
    )


def _surge(value: float, hedge: str) -> Any:
    text = f"{value}%"
    columns = {
        "claim_id": "x", "quote": f"Bitcoin surged {text} after late 2020", "start": 0, "text": text, "text_start": 15,
        "value": value, "unit": "%", "role": "change", "asset": "BTC", "direction": "up", "hedge": hedge,
        "period": "late 2020", "period_start": "2020-10-01", "period_end": "2020-12-31", "clock": ARTICLE,
    }  # fmt: skip
    return next(claimed_figures({name: [v] for name, v in columns.items()}))


def gold_page(market: Market) -> Page:
    """Does gold lead Bitcoin by 80 days?"""
    end, gold, btc = evidence_end(market), row(market, "GOLD"), row(market, "BTC")
    found = CoMovement(market, gold, btc, 80).measured
    same = CoMovement(market, gold, btc).measured
    scan = lag_scan(market, gold, btc, end, 160)
    assert scan is not None
    levels = _levels(market, gold, btc, 80)
    since = _levels(market, gold, btc, 80, "2023-01-01")
    near = np.abs(scan.lags - 80) <= 10
    text = f"""# Does gold lead Bitcoin by 80 days?

**No.** The correlation of a week of gold's returns with Bitcoin's a week of returns 80 days later is r = {found.r:.3f}
(95 % interval {found.low:.3f} to {found.high:.3f}, {found.n:,} overlapping weeks worth about {found.n_effective:,.0f} separate ones).
Between 70 and 90 days it never exceeds {float(scan.r[near].max()):.3f}. The claim is graded *failed*: the interval ends
below 0.1.

![Correlation at every lag](gold-and-bitcoin.svg)

- Of all lags from -160 to 160 days the strongest is {scan.best_lag} (r = {scan.best_r:.3f}); the strongest of as many lags
  between unrelated series reaches {scan.null_95:.3f} in one case of twenty ({p_value(scan.p_best)}).
- Without a lag r is {same.r:.3f} on daily returns ({same.low:.3f} to {same.high:.3f}).
- On *levels*, gold against Bitcoin 80 days later, r is {levels:.2f}, and since 2023 {since:.2f}. That is what a chart with
  one line pushed to the right shows. Any two series that both rose do this: of independent random walks a third
  correlate above .5 on levels, and none on returns.

Prices to {evidence_day(market)}. {NOTE}"""
    title = "Gold and Bitcoin: correlation of weekly returns by lag"
    return text, {"gold-and-bitcoin": correlation_by_lag(title, lag_rows(scan), 80, scan.null_95)}


def money_page(market: Market) -> Page:
    """Bitcoin and the money supply at 84 days, on levels and on returns."""
    end, money, btc = evidence_end(market), row(market, "M2"), row(market, "BTC")
    pair = CoMovement(market, money, btc, 84)
    found, scan = pair.measured, lag_scan(market, money, btc, end, 168)
    assert scan is not None
    levels = {since: _levels(market, money, btc, 84, since) for since in ("2010-01-01", "2018-01-01", "2023-01-01")}
    released = _released(market, money, btc)
    rolling = rolling_rows(pair, 36)
    plots: dict[str, object] = {
        "money-and-bitcoin": correlation_by_lag(
            "Money supply and Bitcoin: correlation of monthly changes by lag", lag_rows(scan), 84, scan.null_95
        ),
        "money-and-bitcoin-rolling": correlation_windows(
            "Three-year windows of the same at 84 days", rolling, {"r": found.r, "low": found.low, "high": found.high}
        ),
    }
    text = f"""# Bitcoin and the money supply at 84 days

**As claimed on levels; nothing on returns.** The logarithm of US M2 and that of Bitcoin 84 days later correlate at
r = {levels["2010-01-01"]:.2f} on levels since 2010 ({levels["2018-01-01"]:.2f} since 2018, {levels["2023-01-01"]:.2f} since 2023). Their monthly
changes, at the same lag, correlate at r = {found.r:.3f} (95 % interval {found.low:.3f} to {found.high:.3f}, {found.n} months): graded
*failed*, the interval ends below 0.1.

![Correlation at every lag](money-and-bitcoin.svg)

- Of all lags up to 168 days the strongest is {scan.best_lag} days (r = {scan.best_r:.3f}); chance alone reaches
  {scan.null_95:.3f} in one case of twenty ({p_value(scan.p_best)}).
- A month's value is published about four weeks after the month ends. Counted from the day it could be known, the
  correlation of changes with Bitcoin's next 30 days is {released:.3f}.
- Two trending series correlate on levels whatever they have to do with each other; changes do not have that flaw.

![Rolling correlation](money-and-bitcoin-rolling.svg)

Prices to {evidence_day(market)}. {NOTE}"""
    return text, plots


def _released(market: Market, money: int, btc: int) -> float:
    """r of M2's monthly change with Bitcoin's return over the 30 days after its release."""
    prices, end = market.prices, evidence_end(market)
    columns = np.flatnonzero(np.isfinite(prices.close[money, : end + 1]))[1:]
    before = np.flatnonzero(np.isfinite(prices.close[money, : end + 1]))[:-1]
    change = np.log(prices.close[money, columns] / prices.close[money, before])
    days = columns + prices.first_day
    later = np.log(value_on(prices, btc, days + 30, end) / value_on(prices, btc, days, end))
    keep = np.isfinite(change) & np.isfinite(later)
    return pearson(change[keep], later[keep])


def _levels(market: Market, a: int, b: int, lag: int, since: str = "2010-01-01") -> float:
    """r of log levels, the second series `lag` days later."""
    prices, end = market.prices, evidence_end(market)
    columns = np.flatnonzero(np.isfinite(prices.close[a, : end + 1]))
    days = columns + prices.first_day - int(prices.lag[a])
    days = days[days >= to_day(_iso(since))]
    x, y = value_on(prices, a, days, end), value_on(prices, b, days + lag, end)
    keep = np.isfinite(x) & np.isfinite(y)
    return pearson(np.log(x[keep]), np.log(y[keep]))


def _iso(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def _thin(values: Floats) -> list[float]:
    return values[:: max(1, len(values) // 4000)].tolist()
