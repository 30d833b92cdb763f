"""Did it move that much? Claimed moves recomputed over the windows that their words admit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from outcomes.arrays import Bools, Floats, from_day
from outcomes.evidence import prices_hash
from outcomes.figure_claims import ClaimedFigure
from outcomes.figure_windows import Windows, admissible, moves, trailing
from outcomes.figure_words import is_general
from outcomes.market import Market
from outcomes.verdict_rows import input_hash, ungradable
from outcomes.verdicts import Reason, Status, Verdict

APPROXIMATE = 0.10  # "roughly": within a tenth of the printed move
UNHEDGED = 0.05  # sources and closing times differ


def check_move(figure: ClaimedFigure, market: Market, row: int) -> Verdict:
    """`change`: exact or close over the natural window: held; over another admissible one only: mixed, with the
    share of windows; over none: failed, naming a likely confusion (METHODS 5.16).

    A move without a period is set against the day, week, month and year before publication: mixed if it fits one of
    them, else there is nothing it could be checked against.
    """
    absolute = _is_absolute(figure, market, row)
    if absolute is None:
        return _refuse(figure, "another unit")
    if market.prices.by_level[row] and not absolute:
        return _refuse(figure, "another unit")
    if figure.published - market.prices.first_day >= market.prices.width + 7:
        return _refuse(figure, "price missing")
    if is_general(figure.quote):
        return _refuse(figure, "no checkable period")
    windows = admissible(figure, market.prices, row)
    if windows is not None:
        return _over_windows(figure, market, row, windows, absolute)
    return _without_period(figure, market, row, absolute)


def claimed_move(figure: ClaimedFigure, absolute: bool) -> float:
    """The signed move: +3.8 for "up 380%", +2.8 for "3.8x", -0.3 for "down 30%"; without direction its size."""
    down = figure.direction == "down"
    if figure.unit == "x":
        return (1 / figure.value if down else figure.value) - 1
    size = figure.value if absolute else figure.value / 100
    if figure.unit == "bps":
        size = figure.value / 100
    return -size if down else size


def fits(figure: ClaimedFigure, actual: Floats, absolute: bool) -> Bools:
    """Whether each actual move is what the figure says: within half its last printed digit, 5 %, or its hedge.

    "roughly" allows a tenth either way; "over" any larger move, "under" any smaller one in the same direction.
    """
    claimed = claimed_move(figure, absolute)
    scale = 1.0 if absolute or figure.unit == "x" else 0.01
    step = figure.step * (0.01 if figure.unit == "bps" else scale)
    high = claimed_move(_with_value(figure, figure.value_high), absolute) if figure.value_high is not None else claimed
    low, high = min(claimed, high), max(claimed, high)
    signed = actual if figure.direction else np.abs(actual)
    rough = figure.hedge == "approx" or not figure.step  # "doubled" is never meant to the percent
    slack = max(step / 2, (APPROXIMATE if rough else UNHEDGED) * abs(claimed))
    side = 1.0 if claimed >= 0 else -1.0
    with np.errstate(invalid="ignore"):
        if figure.hedge == "over":
            return np.asarray(side * signed >= abs(claimed) - step / 2)
        if figure.hedge == "under":
            return np.asarray((side * signed <= abs(claimed) + step / 2) & (side * signed > 0))
        return np.asarray((signed >= low - slack) & (signed <= high + slack))


def _over_windows(figure: ClaimedFigure, market: Market, row: int, windows: Windows, absolute: bool) -> Verdict:
    prices = market.prices
    close = prices.close[row]
    value = moves(close[windows.starts], close[windows.ends], windows.starts, windows.ends, absolute)
    if windows.length:
        days = windows.ends[None, :] - windows.starts[:, None]
        value = np.where((days >= windows.length[0]) & (days <= windows.length[1]), value, np.nan)
    true = fits(figure, value, absolute) & np.isfinite(value)
    known = int(np.isfinite(value).sum())
    if not known:
        return _refuse(figure, "no checkable period")
    share = float(true.sum()) / known
    start, end, actual, plain = _best_reading(figure, close, windows, value, absolute)
    intraday = _intraday(figure, market, row, windows, absolute)
    status: Status = "held" if plain or share >= 0.5 else "mixed" if true.any() or intraday else "failed"
    detail: dict[str, Any] = {
        "claimed": claimed_move(figure, absolute),
        "reading": windows.kind,
        "windows": known,
        "share": share,
        "smallest": float(np.nanmin(value)),
        "largest": float(np.nanmax(value)),
        "basis": "close" if plain or true.any() else "intraday" if intraday else None,
    }
    if true.any() and not plain:
        i, j = np.argwhere(true)[0]
        columns = (windows.starts[i], windows.ends[j])
        detail["true_from"], detail["true_to"] = (from_day(int(c) + prices.first_day) for c in columns)
    if status == "failed" and (confusion := confused(figure, value, absolute)):
        detail["confusion"] = confusion
    return _verdict(figure, market, row, status, start, end, actual, share, detail)


def _best_reading(
    figure: ClaimedFigure, close: Floats, windows: Windows, value: Floats, absolute: bool
) -> tuple[int, int, float, bool]:
    """Start, end and move of the plain reading (of several, the one nearest the claim), and whether it is true.

    For words that name no end: the window with the largest move, never called true by itself.
    """
    if not windows.plain:
        i, j = divmod(int(np.nanargmax(np.abs(value))), value.shape[1])
        return int(windows.starts[i]), int(windows.ends[j]), float(value[i, j]), False
    claimed = claimed_move(figure, absolute)
    found = [(s, e, float(_move(close, s, e, absolute))) for s, e in windows.plain]
    start, end, actual = min(found, key=lambda f: abs((f[2] if figure.direction else abs(f[2])) - claimed))
    return start, end, actual, bool(fits(figure, np.array(actual), absolute))


def _move(close: Floats, start: int, end: int, absolute: bool) -> float:
    return float(moves(close[[start]], close[[end]], np.array([start]), np.array([end]), absolute)[0, 0])


def _intraday(figure: ClaimedFigure, market: Market, row: int, windows: Windows, absolute: bool) -> bool:
    """Whether highs and lows within the windows' first and last days could make the move."""
    high, low = market.prices.high[row], market.prices.low[row]
    most = moves(low[windows.starts], high[windows.ends], windows.starts, windows.ends, absolute)
    least = moves(high[windows.starts], low[windows.ends], windows.starts, windows.ends, absolute)
    if not np.isfinite(most).any():
        return False
    claimed = claimed_move(figure, absolute)
    size = [claimed] if figure.direction else [claimed, -claimed]
    return any(float(np.nanmin(least)) <= c <= float(np.nanmax(most)) for c in size)


def confused(figure: ClaimedFigure, value: Floats, absolute: bool) -> str | None:
    """380 % taken for 3.8 times (which is +280 %), or 3.8 times for +380 %; None where neither fits."""
    if absolute:
        return None
    if figure.unit == "%" and figure.direction != "down":
        as_multiple = _with_value(figure, figure.value - 100)
        if fits(as_multiple, value, False).any():
            return f"the price rose to {figure.value / 100:g} times what it was, which is +{figure.value - 100:g} %"
    if figure.unit == "x" and figure.direction != "down":
        as_gain = _with_value(figure, figure.value + 1)
        if fits(as_gain, value, False).any():
            return f"the price gained {figure.value:g} times what it was: it became {figure.value + 1:g} times as high"
    return None


def _without_period(figure: ClaimedFigure, market: Market, row: int, absolute: bool) -> Verdict:
    close = market.prices.close[row]
    found = trailing(figure, market.prices, row)
    for days, start, end in found:
        value = _move(close, start, end, absolute)
        if fits(figure, np.array(value), absolute):
            true = sum(bool(fits(figure, np.array(_move(close, s, e, absolute)), absolute)) for _, s, e in found)
            detail = {
                "claimed": claimed_move(figure, absolute),
                "reading": f"{days} days up to publication, one of {len(found)} windows tried",
                "windows": len(found),
                "share": true / len(found),
            }
            return _verdict(figure, market, row, "mixed", start, end, value, true / len(found), detail)
    used = prices_hash(market, row, 0, max(figure.published - market.prices.first_day, 0))
    return _refuse(figure, "no checkable period", used)


def _is_absolute(figure: ClaimedFigure, market: Market, row: int) -> bool | None:
    """Whether the move is in units of the price; None where its unit fits neither."""
    by_level = bool(market.prices.by_level[row])
    if figure.unit in ("%", "x"):
        asset = market.assets.get(market.prices.symbols[row])
        return bool(by_level and figure.unit == "%" and asset and asset.quote == "%")
    if figure.unit == "bps":
        return True if by_level else None
    return True if figure.unit in ("USD", "points") else None


def _with_value(figure: ClaimedFigure, value: float | None) -> ClaimedFigure:
    return replace(figure, value=value if value is not None else figure.value, value_high=None)


def _verdict(
    figure: ClaimedFigure, market: Market, row: int, status: Status, start: int, end: int, value: float, share: float,
    detail: dict[str, Any],
) -> Verdict:  # fmt: skip
    prices = market.prices
    days = prices.printed_day(np.array([row, row]), np.array([start, end], dtype=np.int64))
    last = max(figure.published - prices.first_day, end)
    return Verdict(
        claim_id=figure.claim_id,
        claim_kind="figure",
        measure="change",
        horizon=max(end - start, 0),
        status=status,
        value=value,
        base_rate=share,
        entry_date=from_day(int(days[0])),
        entry_price=float(prices.close[row, start]),
        exit_date=from_day(int(days[1])),
        exit_price=float(prices.close[row, end]),
        detail={"asset": prices.symbols[row], **detail},
        input_hash=input_hash("change", *figure.inputs, prices_hash(market, row, 0, min(last, prices.width - 1))),
    )


def _refuse(figure: ClaimedFigure, reason: Reason, used: str = "") -> Verdict:
    return ungradable(figure.claim_id, "figure", "change", reason, (*figure.inputs, used))
