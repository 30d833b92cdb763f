"""How fast are calls graded? 1,000,000 calls at 7 horizons: returns, hits, base rates and targets.

    python bench/grading.py [--calls 1000000]

Prices are random walks of 36 assets over 16 years. Every call is graded at the six grid horizons and at one it states
itself; a third carry a target. Printed beside it: the bare numpy gather of the entry and exit prices alone. No
permutation test, nothing is written. Fails (exit 1) past 15 CPU seconds or 2 GB.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from markets.assets import Asset
from outcomes.call_table import CallTable, call_table
from outcomes.calls import BATCH
from outcomes.entries import enter
from outcomes.horizons import GRID
from outcomes.market import Market
from outcomes.measures import at_horizon, stated
from outcomes.prices import PriceMatrix
from outcomes.targets import targets

ASSETS, DAYS, FIRST_DAY = 36, 5_900, 14_610
CPU_SECONDS, MEGABYTES = 15.0, 2_000.0
STATED = (14, 45, 60, 120, 240, 300, 400)


def simulated_prices() -> Market:
    """36 assets, half of them closed at weekends, closing at midnight or at 16:00 in New York."""
    random = np.random.default_rng(0)
    closes = 100 * np.exp(np.cumsum(random.normal(0.0003, 0.02, (ASSETS, DAYS)), axis=1))
    symbol, day = np.repeat(np.arange(ASSETS), DAYS), np.tile(np.arange(DAYS) + FIRST_DAY, ASSETS)
    open_ = (symbol % 2 == 0) | ((day + 3) % 7 < 5)
    names = [f"A{i}" for i in range(ASSETS)]
    shares = {"close_time": "16:00", "close_zone": "America/New_York"}
    assets = {s: Asset(s, s, "index", **(shares if i % 2 else {})) for i, s in enumerate(names)}  # type: ignore[arg-type]
    bars = (column[open_] for column in (symbol, day, closes.ravel()))
    return Market(PriceMatrix.from_bars(names, *bars, assets=assets), assets)


def simulated_calls(count: int, prices: PriceMatrix) -> CallTable:
    """Calls at random moments after the first two years, each with a horizon of its own, a third with a target."""
    random = np.random.default_rng(1)
    asset = random.integers(0, ASSETS, count)
    day = FIRST_DAY + random.integers(730, DAYS - 30, count)
    stance = random.choice(["bullish", "bearish", "neutral"], count, p=[0.6, 0.3, 0.1])
    percent = np.where(stance == "bullish", 1, -1) * random.choice([10.0, 20.0, 40.0], count)
    with_target = random.random(count) < 1 / 3
    end = (day + random.choice(STATED, count)).astype("datetime64[D]")
    return call_table({
        "claim_id": [f"{i:016x}" for i in range(count)],
        "speaker_id": random.integers(0, 5_000, count).tolist(),
        "asset": [prices.symbols[a] for a in asset.tolist()],
        "stance": stance.tolist(),
        "clock": (day * 86_400 + random.integers(0, 86_400, count)).tolist(),
        "target": [p if t else None for p, t in zip(percent.tolist(), with_target.tolist(), strict=True)],
        "target_percent": [1] * count,
        "horizon_end": end.tolist(),
    })  # fmt: skip


def bare_gather(calls: CallTable, market: Market) -> float:
    """CPU seconds for nothing but fetching entry and exit prices of every call at 7 horizons."""
    prices = market.prices
    entry = prices.entry(calls.asset, calls.clock)
    filled = np.take_along_axis(prices.close, np.maximum(prices.last, 0), axis=1)
    start = time.process_time()
    for horizon in (*GRID, 60):
        end = np.minimum(entry + horizon, prices.width - 1)
        _ = filled[calls.asset, end] / prices.close[calls.asset, entry] - 1
    return time.process_time() - start


def graded(calls: CallTable, market: Market) -> dict[str, int]:
    """Grade direction at seven horizons and every target, batch by batch; counts verdicts by measure."""
    counts: dict[str, int] = {}
    for first in range(0, len(calls), BATCH):
        part = calls.take(np.arange(first, min(first + BATCH, len(calls))))
        entries = enter(part, market)
        blocks = [at_horizon(part, entries, market, horizon, first) for horizon in GRID]
        for block in (*blocks, *stated(part, entries, market, first), *targets(part, entries, market, first)):
            counts[block.measure] = counts.get(block.measure, 0) + int((block.status < 3).sum())
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000_000)
    args = parser.parse_args()
    market = simulated_prices()
    calls = simulated_calls(args.calls, market.prices)
    bare = bare_gather(calls, market)
    start = time.process_time()
    counts = graded(calls, market)
    spent = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(calls):,} calls x {len(GRID) + 1} horizons: {spent:.1f} CPU s, {memory:,.0f} MB at most")
    print(f"bare numpy gather of the same prices: {bare:.1f} CPU s")
    for measure, count in counts.items():
        print(f"  {measure}: {count:,} verdicts")
    return 0 if spent <= CPU_SECONDS and memory <= MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
