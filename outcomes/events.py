"""Event definitions: what counts as the A of "A precedes B", and on which days it happened."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from markets.assets import Asset
from outcomes.arrays import Bools, Floats, Ints
from outcomes.asset_names import places_of
from outcomes.moving import averages, highest_before, lowest_before, relative_strength, spread_of_returns


@dataclass(frozen=True, slots=True)
class Event:
    """One row of events.toml; days are calendar days, closes are those the series has."""

    id: str
    name: str
    kind: str
    phrases: tuple[str, ...]
    example: str
    gap: int = 0
    grid_gaps: tuple[int, ...] = ()
    lookback: int = 0
    days: int = 0
    share: float = 0.0
    level: float = 0.0
    short: int = 0
    long: int = 0
    sign_of_cross: int = 1
    horizon: int = 0  # days within which its effect is claimed where the claim does not say; 0 for the common one
    sign: int = 0  # of a movement
    driver: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    known_until: date | None = None


@cache
def events() -> Mapping[str, Event]:
    """Every definition by id."""
    rows = tomllib.loads(files("outcomes").joinpath("events.toml").read_text(encoding="utf-8"))["event"]
    return MappingProxyType({row["id"]: _event(row) for row in rows})


def _event(row: dict[str, Any]) -> Event:
    lists: dict[str, Any] = {name: tuple(row.get(name, ())) for name in ("phrases", "grid_gaps", "driver", "dates")}
    until = date.fromisoformat(row["known_until"]) if "known_until" in row else None
    return Event(**{**row, **lists, "known_until": until})


def match_event(driver: str, words: str | None, event_id: str | None = None) -> Event | None:
    """The definition that a claimed event means, by the longest phrase found in its words, else by its id.

    A definition made for the driver ("a cut" of the policy rate) goes before one for any series.
    """
    if words:
        named = [(e, m) for e in events().values() if _applies(e, driver) and (m := _phrase_in(e, words))]
        if named:
            return max(named, key=lambda pair: (bool(pair[0].driver), len(pair[1])))[0]
    if event_id and event_id in events():
        return events()[event_id]
    own = [e for e in events().values() if driver in e.driver and _phrase_in(e, driver)]
    return own[0] if own else None


def quoted_event(driver: Asset | None, quote: str) -> Event | None:
    """The event of the driver that a sentence makes its condition, for a claim whose event was not read.

    "Bitcoin has risen after every record of the Russell 2000": the clause behind "after", up to the next comma, names
    the driver and a definition. Judged as co-movement such a claim would be another one.
    """
    for clause in _CLAUSE.findall(quote) if driver else ():
        if driver and places_of(driver, clause):
            event = match_event(driver.symbol, clause)
            if event and event.kind != "movement":
                return event
    return None


_CLAUSE = re.compile(r"\b(?:after|when|whenever|once|each time|every time|following)\b([^.,;:”]{0,90})", re.IGNORECASE)


def _applies(event: Event, driver: str) -> bool:
    return not event.driver or driver in event.driver


def _phrase_in(event: Event, words: str) -> str:
    found = [p for p in event.phrases if _pattern(p).search(words)]
    return max(found, key=len, default="")


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", re.IGNORECASE)


def with_gap(event: Event, gap: int) -> Event:
    """The same definition with another quiet time."""
    return replace(event, gap=gap)


def occurrences(event: Event, days: Ints, close: Floats) -> Ints:
    """Positions, in a series of closes in order of `days`, at which the event happened; known at that close."""
    if len(close) < 3:
        return np.zeros(0, dtype=np.int64)
    return KINDS[event.kind](event, days, close)


def _spaced(days: Ints, hits: Bools, gap: int) -> Ints:
    """The hits before which at least `gap` days passed without one (a run counts once, at its start)."""
    at = np.flatnonzero(hits)
    if not len(at):
        return at
    quiet = np.diff(days[at], prepend=days[at[0]] - gap - 1) >= max(gap, 1)
    return at[quiet]


def _new_high(event: Event, days: Ints, close: Floats) -> Ints:
    """A close above all before. The first close starts the clock: history must itself be `gap` days long."""
    before = np.maximum.accumulate(close)
    hits = np.concatenate([[False], close[1:] > before[:-1]])
    at = np.flatnonzero(hits)
    quiet = np.diff(days[at], prepend=days[0]) >= max(event.gap, 1)
    return at[quiet]


def _long_high_break(event: Event, days: Ints, close: Floats) -> Ints:
    return _spaced(days, close > highest_before(days, close, event.lookback), event.gap)


def _long_low_break(event: Event, days: Ints, close: Floats) -> Ints:
    return _spaced(days, close < lowest_before(days, close, event.lookback), event.gap)


def _resistance_turned_support(event: Event, days: Ints, close: Floats) -> Ints:
    """After a break of the old high: a return to within `share` of it, never below by more, then a rise off it.

    The event is the first close more than `share` above the old high after the return, within `days` of the break.
    """
    level = highest_before(days, close, event.lookback)
    found = []
    for start in _long_high_break(event, days, close).tolist():
        touched = False
        for i in range(start + 1, int(np.searchsorted(days, days[start] + event.days, side="right"))):
            ratio = close[i] / level[start] - 1
            if ratio < -event.share:
                break
            if touched and ratio > event.share:
                found.append(i)
                break
            touched = touched or ratio <= event.share
    return np.array(found, dtype=np.int64)


def _average_cross(event: Event, days: Ints, close: Floats) -> Ints:
    return _crossing(event, days, event.sign_of_cross * (averages(close, event.short) - averages(close, event.long)))


def _price_crosses_average(event: Event, days: Ints, close: Floats) -> Ints:
    """Crossing to the side after `gap` days on the other."""
    side = event.sign_of_cross * (close - averages(close, event.long))
    there = np.flatnonzero(side > 0)
    last = np.diff(days[there], prepend=days[there[0]] if len(there) else 0)
    return there[last >= max(event.gap, 2)]


def _relative_strength(event: Event, days: Ints, close: Floats) -> Ints:
    beyond = event.sign_of_cross * (relative_strength(close, event.days) - event.level)
    return _crossing(event, days, beyond)


def _crossing(event: Event, days: Ints, side: Floats) -> Ints:
    hits = np.concatenate([[False], (side[1:] > 0) & (side[:-1] <= 0)])
    return _spaced(days, hits, event.gap)


def _level_cross(event: Event, days: Ints, close: Floats) -> Ints:
    return _crossing(event, days, event.sign_of_cross * (close - event.level))


_EDGE = 1 + 1e-9  # 80 is 20 % below 100, whatever binary fractions say


def _drawdown(event: Event, days: Ints, close: Floats) -> Ints:
    return _spaced(days, close <= (1 - event.share) * highest_before(days, close, event.lookback) * _EDGE, event.gap)


def _surge(event: Event, days: Ints, close: Floats) -> Ints:
    start = np.searchsorted(days, days - event.days, side="right") - 1
    grown = close / close[np.maximum(start, 0)] - 1
    return _spaced(days, (start >= 0) & (grown >= event.share - 1e-9), event.gap)


def _streak(event: Event, days: Ints, close: Floats) -> Ints:
    same = np.concatenate([[False], event.sign_of_cross * np.diff(close) > 0])
    run = np.convolve(same, np.ones(event.days), mode="full")[: len(close)]
    return _spaced(days, run >= event.days, event.gap)


def _volatility_spike(event: Event, days: Ints, close: Floats) -> Ints:
    spread = spread_of_returns(close, event.days)
    usual = np.full(len(close), np.nan)
    span = int(np.searchsorted(days, days[0] + event.lookback))
    if span < len(close):
        windows = np.lib.stride_tricks.sliding_window_view(spread, span)
        usual[span:] = np.nanmedian(windows[: len(close) - span], axis=1)
    return _spaced(days, spread > event.share * usual, event.gap)


def _volatility_squeeze(event: Event, days: Ints, close: Floats) -> Ints:
    spread = spread_of_returns(close, event.days)
    return _spaced(days, spread < lowest_before(days, spread, event.lookback), event.gap)


Finder = Callable[[Event, Ints, Floats], Ints]
KINDS: Mapping[str, Finder] = MappingProxyType(
    {
        "new_high": _new_high,
        "long_high_break": _long_high_break,
        "long_low_break": _long_low_break,
        "resistance_turned_support": _resistance_turned_support,
        "average_cross": _average_cross,
        "price_crosses_average": _price_crosses_average,
        "relative_strength": _relative_strength,
        "level_cross": _level_cross,
        "drawdown": _drawdown,
        "surge": _surge,
        "streak": _streak,
        "volatility_spike": _volatility_spike,
        "volatility_squeeze": _volatility_squeeze,
    }
)
