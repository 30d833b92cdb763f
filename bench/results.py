"""The written results on real prices: numbers and a plot each, into docs/results.

    python bench/results.py                      # prices in ../shared/data/prices/daily.csv.gz
    python bench/results.py --prices FILE --out DIR

The price file belongs to its vendors and is not part of the project; without it nothing is written. The pages hold
derived statistics only: returns, correlations, counts, paths from 100.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402
from results_calls import calls_page  # noqa: E402
from results_patterns import gold_page, money_page, russell_page, surge_page  # noqa: E402

from markets.assets import registry  # noqa: E402
from outcomes.arrays import to_day  # noqa: E402
from outcomes.charts import svg  # noqa: E402
from outcomes.market import Market  # noqa: E402
from outcomes.prices import PriceMatrix  # noqa: E402
from scrapers.prices import PriceBar  # noqa: E402
from scrapers.prices.csvfile import read_price_csv  # noqa: E402

PRICES = HERE.parents[2] / "shared" / "data" / "prices" / "daily.csv.gz"
PAGES: dict[str, Callable[[Market], tuple[str, dict[str, object]]]] = {
    "russell-and-bitcoin": russell_page,
    "surge-after-late-2020": surge_page,
    "gold-and-bitcoin": gold_page,
    "money-and-bitcoin": money_page,
    "calls-of-december-2025": calls_page,
}


@dataclass(frozen=True, slots=True)
class Options:
    prices: Path
    out: Path


def load(path: Path) -> Market:
    """Every series of the file, by canonical symbol."""
    bars = {(b.symbol, b.day): b for b in read_price_csv(path) if isinstance(b, PriceBar)}
    symbols = sorted({symbol for symbol, _ in bars})
    index = {symbol: i for i, symbol in enumerate(symbols)}
    rows = [(index[b.symbol], to_day(b.day), b.close, b.high, b.low) for b in bars.values()]
    symbol, day, close, high, low = (np.array(v) for v in zip(*rows, strict=True))
    numbers = [np.array(v, dtype=np.float64) for v in (close, high, low)]
    assets = registry()
    return Market(PriceMatrix.from_bars(symbols, symbol, day, *numbers, assets=assets), assets)


def write(options: Options) -> None:
    """Write every page and its plots, and say where."""
    market = load(options.prices)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        text, plots = page(market)
        (options.out / f"{name}.md").write_text(text, encoding="utf-8")
        for plot, spec in plots.items():
            (options.out / f"{plot}.svg").write_text(svg(spec), encoding="utf-8")  # type: ignore[arg-type]
        print(f"{name}.md, {', '.join(f'{plot}.svg' for plot in plots)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, default=PRICES)
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "docs" / "results")
    options = Options(**vars(parser.parse_args()))
    if not options.prices.exists():
        raise SystemExit(f"skipped: there is no {options.prices.name} at {options.prices.parent.name}/; give --prices")
    write(options)


if __name__ == "__main__":
    main()
