"""Do the statistics lie? Callers without skill, callers with an edge, and what each test says of them.

    python bench/honesty.py                 2,000 repetitions per condition and 400 markets, about 6 minutes
    python bench/honesty.py --reps 300 --markets 40
    python bench/honesty.py --prices FILE   the same callers on real prices: CSV, plain or .gz, symbol,date,...,close

Prices are simulated: Gaussian or GARCH(1,1) with Student-t(4) shocks, with and without drift. Fails (exit 1) if the
circular-shift test rejects outside 3-7 % beyond two standard errors in any condition without skill, if
Benjamini-Yekutieli lets the false discovery rate past its level, or if it finds callers with an edge more than five
points away from the printed power.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from outcomes.arrays import Floats, Ints
from outcomes.effective import effective_n, return_correlations
from outcomes.market import Market
from outcomes.permutation import Rotations, edges
from outcomes.prices import PriceMatrix
from outcomes.shrinkage import detection_power, false_discovery, wilson

HORIZON = 30
DAYS = 2_200  # of which the last 1,900 or so have a base rate
PATHS = 250  # simulated assets in one market
LEVEL = 0.05
BAND = (0.03, 0.07)
FDR_LEVEL = 0.10
EDGE = 0.30  # added to the base rate of a caller with an edge
SKILLED, UNSKILLED = 20, 480


@dataclass(frozen=True, slots=True)
class Condition:
    """How prices move and how a caller without skill calls."""

    pattern: str  # daily | weekly | scattered | few | basket
    view: str  # steady: always bullish; turning: the view holds for a while, then turns
    shocks: str  # gaussian | garch
    drift: float

    @property
    def name(self) -> str:
        return f"{self.pattern:9} {self.view:8} {self.shocks:8} drift {self.drift:.3f}"


PATTERNS = ("daily", "weekly", "scattered", "few", "basket")
CONDITIONS = tuple(
    Condition(pattern, view, shocks, drift)
    for pattern in PATTERNS
    for view in ("steady", "turning")
    for shocks in ("gaussian", "garch")
    for drift in (0.0, 0.001)
)


@dataclass(frozen=True, slots=True)
class Rates:
    """Share of callers that each test declares different from chance, at a nominal 5 %."""

    half: float  # Wilson interval on all calls against one half
    base: float  # the same against the base rate
    effective: float  # Wilson on the effective number of calls against the base rate
    shift: float  # the circular-shift permutation test
    n_effective: float


def simulated_returns(random: np.random.Generator, paths: int, shocks: str, drift: float) -> Floats:
    """Daily returns [paths × DAYS] of 3 % volatility; groups of five paths share half of their variance."""
    own = _shocks(random, (paths, DAYS), shocks)
    shared = _shocks(random, (-(-paths // 5), DAYS), shocks).repeat(5, axis=0)[:paths]
    mixed = (own + shared) / np.sqrt(2)
    if shocks == "gaussian":
        gaussian: Floats = drift + 0.03 * mixed
        return gaussian
    variance, returns = np.ones(paths), np.empty((paths, DAYS))
    for day in range(DAYS):  # GARCH(1,1) of unit variance: 0.05 + 0.10·r² + 0.85·variance
        returns[:, day] = np.sqrt(variance) * mixed[:, day]
        variance = 0.05 + 0.10 * returns[:, day] ** 2 + 0.85 * variance
    return drift + 0.03 * returns


def _shocks(random: np.random.Generator, shape: tuple[int, int], shocks: str) -> Floats:
    if shocks == "gaussian":
        return random.standard_normal(shape)
    heavy: Floats = random.standard_t(4, shape) / np.sqrt(2)
    return heavy


def simulated_market(returns: Floats) -> Market:
    """A market whose assets have these returns; 24-hour trading, no benchmark."""
    paths = len(returns)
    closes = 100 * np.exp(np.cumsum(np.maximum(returns, -0.9), axis=1))
    symbol, day = np.repeat(np.arange(paths), DAYS), np.tile(np.arange(DAYS) + 15_000, paths)
    return Market(PriceMatrix.from_bars([f"S{i}" for i in range(paths)], symbol, day, closes.ravel(), assets={}), {})


def simulated_calls(
    random: np.random.Generator, condition: Condition, first: int, last: int
) -> tuple[Ints, Ints, Ints]:
    """Path offset, day and stance of one caller's calls; days in first..last-1."""
    days = _days(random, condition.pattern, first, last)
    offsets = np.zeros(len(days), dtype=np.int64)
    stance = np.ones(len(days), dtype=np.int64)
    if condition.view == "turning":
        stance = _turning(random, days)
    if condition.pattern == "basket":
        offsets = np.tile(np.arange(5), len(days))
        days, stance = days.repeat(5), stance.repeat(5)
    return offsets, days, stance


def _days(random: np.random.Generator, pattern: str, first: int, last: int) -> Ints:
    if pattern in ("daily", "weekly"):
        count, step = (200, 1) if pattern == "daily" else (60, 7)
        start = random.integers(first, last - count * step)
        return start + step * np.arange(count, dtype=np.int64)
    count = {"scattered": 60, "few": 20, "basket": 40}[pattern]
    return np.sort(random.integers(first, last, count))


def _turning(random: np.random.Generator, days: Ints) -> Ints:
    """A view that turns about every 50 days, and at least once."""
    turns = random.random(len(days)) < np.minimum(np.diff(days, prepend=days[0]) / 50, 0.5)
    stance = np.where(np.cumsum(turns) % 2 == 0, 1, -1)
    if abs(stance.sum()) == len(stance):
        stance[random.integers(1, len(stance)) :] *= -1
    return stance.astype(np.int64)


def rejection_rates(condition: Condition, reps: int, seed: int = 1) -> Rates:
    """Simulate `reps` callers without skill and test each in every way."""
    random = np.random.default_rng([seed, CONDITIONS.index(condition)])
    found: list[list[float]] = []
    while len(found) < reps:
        step, paths = 5 if condition.pattern == "basket" else 1, min(PATHS, reps - len(found))
        market = simulated_market(simulated_returns(random, paths * step, condition.shocks, condition.drift))
        edge = edges(market, HORIZON)
        rotations, correlation = Rotations(edge, HORIZON), return_correlations(market.prices)
        usable = np.flatnonzero(np.isfinite(edge[2, 0]))
        for path in range(0, paths * step, step):
            offsets, days, stance = simulated_calls(random, condition, int(usable[0]), int(usable[-1]) + 1)
            rows = path + offsets
            found.append(_verdicts(market, rotations, correlation, rows, days, stance))
    half, base, effective, shift, size = np.mean(found, axis=0).tolist()
    return Rates(half, base, effective, shift, size)


def real_rejection_rates(market: Market, condition: Condition, callers: int) -> Rates:
    """The same tests on loaded prices: `callers` without skill on each asset with eight years of closes."""
    random = np.random.default_rng([3, PATTERNS.index(condition.pattern)])
    edge = edges(market, HORIZON)
    rotations, correlation = Rotations(edge, HORIZON), return_correlations(market.prices)
    found: list[list[float]] = []
    for row in range(len(market.prices.symbols)):
        usable = np.flatnonzero(np.isfinite(edge[2, row]) & np.isfinite(market.prices.close[row]))
        if not len(usable) or usable[-1] - usable[0] < 8 * 365:
            continue
        for _ in range(callers):
            _, days, stance = simulated_calls(random, condition, int(usable[0]), int(usable[-1]) + 1)
            traded = usable[np.minimum(np.searchsorted(usable, days), len(usable) - 1)]
            found.append(_verdicts(market, rotations, correlation, np.full(len(days), row), traded, stance))
    half, base, effective, shift, size = np.mean(found, axis=0).tolist()
    return Rates(half, base, effective, shift, size)


def market_from_csv(path: Path) -> Market:
    """A market of the daily closes in a CSV file with the columns symbol, date and close."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = csv.DictReader(content.decode().splitlines())
    rows = [(line["symbol"], line["date"], float(line["close"] or "nan")) for line in lines]
    symbols = sorted({symbol for symbol, _, _ in rows})
    number = {symbol: i for i, symbol in enumerate(symbols)}
    symbol = np.array([number[s] for s, _, _ in rows], dtype=np.int64)
    day = np.array([d for _, d, _ in rows], dtype="datetime64[D]").astype(np.int64)
    return Market(PriceMatrix.from_bars(symbols, symbol, day, np.array([c for _, _, c in rows]), assets={}), {})


def _verdicts(
    market: Market, rotations: Rotations, correlation: Floats, rows: Ints, days: Ints, stance: Ints
) -> list[float]:
    table = market.windows(HORIZON)
    base, _ = table.base_rate(rows, days, stance)
    hit = stance * table.change[rows, days] > 0
    rate, expected, n = float(hit.mean()), float(base.mean()), len(days)
    size = effective_n(rows, days, stance, HORIZON, correlation)
    plain, fair = wilson(rate, n), wilson(rate, size)
    test = rotations.test(rows, days, stance)
    if test is None:
        raise SystemExit("a simulated caller could not be tested: the history is too short")
    outside = [not low <= truth <= high for (low, high), truth in ((plain, 0.5), (plain, expected), (fair, expected))]
    return [*map(float, outside), float(test.p <= LEVEL), size]


def in_band(rate: float, reps: int) -> bool:
    """Whether a rejection rate is in 3-7 %, give or take two standard errors of the simulation."""
    slack = 2 * np.sqrt(LEVEL * (1 - LEVEL) / reps)
    return bool(BAND[0] - slack <= rate <= BAND[1] + slack)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What Benjamini-Yekutieli does with 480 callers without skill and 20 with an edge."""

    false_share: float  # mean share of false ones among the discoveries: the false discovery rate
    found: float  # share of callers with an edge that were found
    predicted: float  # the power printed for them
    plain_false_share: float  # of declaring everyone whose own p is at most 5 %


def discovery(markets: int, seed: int = 2, shocks: str = "garch", drift: float = 0.0005) -> Discovery:
    """Simulate markets of ten correlated assets, 500 callers with 60 scattered two-sided calls each."""
    random = np.random.default_rng(seed)
    shares, plain, found, spreads, bases = [], [], [], [], []
    for _ in range(markets):
        market = simulated_market(simulated_returns(random, 10, shocks, drift))
        edge = edges(market, HORIZON)
        rotations, table = Rotations(edge, HORIZON), market.windows(HORIZON)
        usable = np.flatnonzero(np.isfinite(edge[2, 0]))
        p = np.empty(SKILLED + UNSKILLED)
        for caller in range(len(p)):
            rows = np.full(60, random.integers(0, 10))
            days = np.sort(random.choice(usable, 60, replace=False))
            skilled = caller < SKILLED
            stance = _skilled_stance(random, table.change[rows, days]) if skilled else random.choice([-1, 1], 60)
            test = rotations.test(rows, days, stance)
            p[caller] = test.p if test else 1.0
            if skilled and test:
                spreads.append(test.sd)
                bases.append(float(table.base_rate(rows, days, stance)[0].mean()))
        shares.append(_false_share(false_discovery(p) <= FDR_LEVEL))
        plain.append(_false_share(p <= LEVEL))
        found.append((false_discovery(p) <= FDR_LEVEL)[:SKILLED].mean())
    predicted = predicted_power(np.array(spreads), np.array(bases), SKILLED + UNSKILLED)
    means = [float(np.mean(values)) for values in (shares, found, predicted, plain)]
    return Discovery(means[0], means[1], means[2], means[3])


def _skilled_stance(random: np.random.Generator, change: Floats) -> Ints:
    """Right with a chance of one half plus the edge, independently for every call."""
    right = random.random(len(change)) < 0.5 + EDGE
    return np.where(right, np.sign(change), -np.sign(change)).astype(np.int64)


def _false_share(discovered: np.ndarray) -> float:
    return float(discovered[SKILLED:].sum() / max(discovered.sum(), 1))


def predicted_power(sd: Floats, base: Floats, family: int) -> Floats:
    """Power of each caller with an edge at the level that Benjamini-Yekutieli will settle on.

    With R discoveries the bar for p is level·R / (m·Σ1/i); R is what that bar is expected to find.
    """
    harmonic = float((1 / np.arange(1, family + 1)).sum())
    power = np.ones(len(sd))
    for _ in range(50):
        alpha = FDR_LEVEL * max(SKILLED * float(power.mean()), 1.0) / (family * harmonic)
        power = np.array([detection_power(0.5 + EDGE, b, s, alpha) for s, b in zip(sd, base, strict=True)])
    return power


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=2000, help="callers per condition [2000]")
    parser.add_argument("--markets", type=int, default=400, help="markets of 500 callers [400]")
    parser.add_argument("--seed", type=int, default=2, help="of the markets of 500 callers [2]")
    parser.add_argument("--pattern", choices=PATTERNS, action="append", help="only these patterns of calls")
    parser.add_argument("--prices", type=Path, help="test callers on the real prices of this file instead")
    args = parser.parse_args()
    if args.prices:
        return report_real(market_from_csv(args.prices))
    failures = report_conditions(args.pattern or PATTERNS, args.reps) if args.reps else 0
    if args.markets:
        failures += report_discovery(args.markets, args.seed)
    print("all within bounds" if not failures else f"{failures} outside bounds")
    return 1 if failures else 0


def report_conditions(patterns: tuple[str, ...] | list[str], reps: int) -> int:
    """Print one line per condition; returns how many fall outside the band."""
    print(f"callers without skill, {reps} per condition: share declared different from chance (nominal 5 %)")
    print(f"{'':44}  plain/½  plain/base  eff. n  shift   eff. n of calls")
    failures = 0
    for condition in (c for c in CONDITIONS if c.pattern in patterns):
        r = rejection_rates(condition, reps)
        ok = in_band(r.shift, reps)
        failures += not ok
        print(
            f"{condition.name:44}  {r.half:7.3f}  {r.base:10.3f}  {r.effective:6.3f}  {r.shift:5.3f}"
            f"   {r.n_effective:6.1f}{'' if ok else '   OUTSIDE 3-7 %'}",
            flush=True,
        )
    return failures


def report_real(market: Market, callers: int = 40) -> int:
    """Print one line per pattern and view; returns 1 if any is outside the band."""
    print(f"{callers} callers without skill on each asset, real prices: share declared different from chance")
    failures = 0
    for condition in (c for c in CONDITIONS if c.shocks == "garch" and not c.drift and c.pattern != "basket"):
        r = real_rejection_rates(market, condition, callers)
        failures += not in_band(r.shift, callers * 10)
        print(f"{condition.pattern:9} {condition.view:8} {r.half:7.3f} {r.base:7.3f} {r.effective:7.3f} {r.shift:7.3f}")
    return int(failures > 0)


def report_discovery(markets: int, seed: int) -> int:
    """Print what Benjamini-Yekutieli finds; returns how many of its two promises it breaks."""
    start = time.process_time()
    d = discovery(markets, seed)
    slack = 2 * np.sqrt(FDR_LEVEL * (1 - FDR_LEVEL) / (markets * SKILLED))
    honest, accurate = d.false_share <= FDR_LEVEL + slack, abs(d.found - d.predicted) <= 0.05
    print(f"{markets} markets of {SKILLED + UNSKILLED} callers, {SKILLED} with an edge of {EDGE:.0%}:")
    print(f"  false share among those with p <= 5 % : {d.plain_false_share:.3f}")
    print(f"  false discovery rate, BY at {FDR_LEVEL:.0%}       : {d.false_share:.3f}{'' if honest else '  TOO HIGH'}")
    print(f"  callers with an edge found            : {d.found:.3f}")
    print(f"  power printed for them                : {d.predicted:.3f}{'' if accurate else '  OFF'}")
    print(f"  ({time.process_time() - start:.0f} CPU seconds)")
    return (not honest) + (not accurate)


if __name__ == "__main__":
    sys.exit(main())
