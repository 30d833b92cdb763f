"""The weather of the demo: simulated daily prices, the same on every machine.

Nothing here is a real price. One seed makes correlated, fat-tailed days from 2018-01-01 to 2026-06-30, and two
relations are built in so that a check has a known right answer: bitcoin moves with the Nasdaq 100 (returns
correlate at about 0.6), and it gains in the weeks after the Russell 2000 sets its first record close in half a
year or more. Gold and M2 know nothing of bitcoin, whatever the articles say.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from demo.sidelines import FOLLOWERS, follower, inflation, policy_rate

Close = tuple[date, float]

SEED = 68
FIRST_DAY = date(2018, 1, 1)
LAST_DAY = date(2026, 6, 30)
QUIET_DAYS = 180  # without a Russell record before one counts as an event
LIFT_DAYS = 60  # bitcoin gains for this long after it
LIFT = 0.0062  # a day
PULL = 0.004  # a day, of the gap between a log price and its path
CYCLE_DAYS = 365  # of the small caps' seasons


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of one asset, in its quote unit (USD, index points, percent for US10Y, billions of USD for M2)."""

    day: date
    open: float
    high: float
    low: float
    close: float


@dataclass(frozen=True, slots=True)
class Character:
    """How one asset moves: around a path through `anchors` (start of 2018, 2023 and 2026) with weighted factors
    (`loads`) and a daily deviation of its own (`noise`), in log points."""

    anchors: tuple[float, float, float]
    noise: float
    loads: Mapping[str, float]
    weekends: bool = False
    decimals: int = 2


CHARACTERS: Mapping[str, Character] = MappingProxyType({
    "SPX": Character((2690, 3900, 5900), 0.0034, {"equity": 1.0}),
    "NDX": Character((6520, 11200, 20500), 0.0045, {"equity": 1.22}),
    "RUT": Character((1540, 2050, 2700), 0.0048, {"equity": 1.05, "season": 1.0}),
    "GOLD": Character((1310, 1850, 2900), 0.0078, {"dollar": -0.7}),
    "WTI": Character((61, 68, 72), 0.0210, {"equity": 0.5}),
    "DXY": Character((92.1, 101, 102), 0.0014, {"dollar": 1.0}, decimals=3),
    "BTC": Character((11900, 24000, 78000), 0.0125, {"equity": 1.95, "coin": 0.55, "lift": 1.0}, weekends=True),
    "ETH": Character((760, 1500, 3100), 0.0190, {"equity": 2.1, "coin": 0.95, "lift": 0.9}, weekends=True),
    "SOL": Character((6.4, 24, 160), 0.0290, {"equity": 2.3, "coin": 1.1, "lift": 0.9}, weekends=True),
    "XRP": Character((0.72, 0.41, 1.6), 0.0290, {"equity": 1.6, "coin": 1.0, "lift": 0.6}, weekends=True, decimals=5),
    "DOGE": Character(
        (0.021, 0.075, 0.19), 0.0340, {"equity": 1.5, "coin": 1.1, "lift": 0.6}, weekends=True, decimals=5
    ),
})  # fmt: skip


@cache
def history() -> Mapping[str, Sequence[Bar]]:
    """Every series by canonical symbol, in order of days. Always the same."""
    rng = random.Random(SEED)
    closes = _closes(rng)
    table = {symbol: tuple(_bars(rng, symbol, rows)) for symbol, rows in closes.items()}
    return MappingProxyType(table | {symbol: tuple(_bars(rng, symbol, rows)) for symbol, rows in _sidelines(closes)})


def close_on(symbol: str, day: date) -> float:
    """The last close on or before `day`. Raises KeyError for an unknown symbol, LookupError before the start."""
    index = bisect_right(_days(symbol), day) - 1
    if index < 0:
        raise LookupError(f"{symbol} has no price on or before {day}")
    return history()[symbol][index].close


def outcome(symbol: str, published: date, days: int = 30) -> tuple[float, float]:
    """Entry and exit close of a call published before the close of `published`, held for `days` calendar days.

    Entry is the first close on or after that day, exit the last close at or before entry + days.
    """
    table = _days(symbol)
    entry = bisect_right(table, published - timedelta(days=1))
    until = bisect_right(table, table[entry] + timedelta(days=days)) - 1
    bars = history()[symbol]
    return bars[entry].close, bars[until].close


def signed_move(symbol: str, published: date, days: int = 30) -> float:
    """What the call's asset did: the return, or the change in points for a yield or the VIX."""
    entry, left = outcome(symbol, published, days)
    return left - entry if symbol in ("US10Y", "VIX") else left / entry - 1


def quiet_records(symbol: str = "RUT") -> list[date]:
    """Days of a record close after at least QUIET_DAYS without one (and as much history before)."""
    best, last_record, found = -math.inf, FIRST_DAY, []
    for bar in history()[symbol]:
        if bar.close > best:
            if (bar.day - last_record).days >= QUIET_DAYS:
                found.append(bar.day)
            best, last_record = bar.close, bar.day
    return found


def _sidelines(closes: Mapping[str, Sequence[Close]]) -> Iterator[tuple[str, Sequence[Close]]]:
    for symbol, (leader, _, _) in FOLLOWERS.items():
        yield symbol, list(follower(SEED, symbol, closes[leader]))
    yield "ETHBTC", [(day, e / b) for (day, e), (_, b) in zip(closes["ETH"], closes["BTC"], strict=True)]
    yield "FEDFUNDS", list(policy_rate(list(_calendar())))
    yield "CPI", list(inflation())


@cache
def _days(symbol: str) -> tuple[date, ...]:
    return tuple(bar.day for bar in history()[symbol])


def _calendar() -> Iterator[date]:
    span = (LAST_DAY - FIRST_DAY).days + 1
    return (FIRST_DAY + timedelta(days=n) for n in range(span))


def _student(rng: random.Random, freedom: int = 5) -> float:
    """A fat-tailed shock of unit variance, cut at eight deviations."""
    chi = rng.gammavariate(freedom / 2, 2)
    raw = rng.gauss(0, 1) / math.sqrt(chi / freedom) * math.sqrt((freedom - 2) / freedom)
    return max(-8.0, min(8.0, raw))


def _closes(rng: random.Random) -> dict[str, list[Close]]:
    """Close by day of every series."""
    logs = {symbol: math.log(c.anchors[0]) for symbol, c in CHARACTERS.items()}
    rows: dict[str, list[Close]] = {symbol: [] for symbol in (*CHARACTERS, "VIX", "US10Y", "M2")}
    state = _Weather(rng)
    for day in _calendar():
        factors = state.advance(day)
        for symbol, character in CHARACTERS.items():
            if day.weekday() >= 5 and not character.weekends:
                continue
            logs[symbol] += _log_return(rng, character, factors, _trend(character, day) - logs[symbol])
            rows[symbol].append((day, math.exp(logs[symbol])))
        if day.weekday() < 5:
            state.note_small_caps(day, logs["RUT"])
            rows["VIX"].append((day, state.vix))
            rows["US10Y"].append((day, state.yield_))
        if day.day == 1:
            rows["M2"].append((day, state.money))
    return rows


def _trend(character: Character, day: date) -> float:
    """Where the log price leans on this day: straight lines through the anchors."""
    first, middle, last = (math.log(value) for value in character.anchors)
    turn = date(2023, 1, 1)
    if day < turn:
        return first + (middle - first) * (day - FIRST_DAY).days / (turn - FIRST_DAY).days
    return middle + (last - middle) * (day - turn).days / (date(2026, 1, 1) - turn).days


def _log_return(rng: random.Random, character: Character, factors: Mapping[str, float], gap: float) -> float:
    common = sum(weight * factors[name] for name, weight in character.loads.items())
    return PULL * gap + common + character.noise * _student(rng)


class _Weather:
    """The factors of one day after another: equity risk, coins, the dollar, the seasons, fear, money."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.log_volatility = 0.0
        self.record, self.record_day, self.lift_until = -math.inf, FIRST_DAY, FIRST_DAY
        self.vix, self.yield_, self.money = 15.0, 2.45, 13_850.0

    def advance(self, day: date) -> dict[str, float]:
        rng, weekday = self.rng, day.weekday() < 5
        self.log_volatility = 0.985 * self.log_volatility + 0.06 * rng.gauss(0, 1)
        scale = math.exp(self.log_volatility)
        equity = 0.0088 * scale * _student(rng) if weekday else 0.0
        coin = 0.020 * scale * _student(rng) * (1.0 if weekday else 0.6)
        season = 0.0046 * math.cos(2 * math.pi * (day - FIRST_DAY).days / CYCLE_DAYS)
        if weekday:
            self._level(equity)
        if day.day == 1:
            self.money *= 1 + 0.0048 + 0.004 * rng.gauss(0, 1)
        lift = LIFT if day <= self.lift_until else 0.0
        return {"equity": equity, "coin": coin, "dollar": 0.0042 * _student(rng), "season": season, "lift": lift}

    def _level(self, equity: float) -> None:
        pull = 0.03 * (math.log(17.5) - math.log(self.vix))
        self.vix *= math.exp(pull - 4.2 * equity + 0.035 * self.rng.gauss(0, 1))
        self.yield_ += 0.004 * (3.4 - self.yield_) + 0.055 * self.rng.gauss(0, 1)
        self.yield_ = max(0.6, self.yield_)

    def note_small_caps(self, day: date, level: float) -> None:
        """Start the lift on the day after a record that ends a quiet half-year."""
        if level > self.record:
            if (day - self.record_day).days >= QUIET_DAYS:
                self.lift_until = day + timedelta(days=LIFT_DAYS)
            self.record, self.record_day = level, day


def _bars(rng: random.Random, symbol: str, rows: Sequence[Close]) -> Iterator[Bar]:
    """Bars from closes: opens near the last close, highs and lows a little beyond both."""
    decimals = CHARACTERS[symbol].decimals if symbol in CHARACTERS else 5 if rows[0][1] < 1 else 2
    last = rows[0][1]
    for day, close in rows:
        if symbol in ("M2", "CPI", "FEDFUNDS"):
            value = round(close, 2)
            yield Bar(day, value, value, value, value)
            continue
        spread = abs(close / last - 1) * 0.3 + 0.002
        high = max(last, close) * (1 + spread * rng.random())
        low = min(last, close) * (1 - spread * rng.random())
        yield Bar(day, *(round(value, decimals) for value in (last, high, low, close)))
        last = close
