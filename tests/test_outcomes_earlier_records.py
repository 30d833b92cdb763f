"""Records from before the loaded prices: what is known of them, and what follows where nothing is."""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from markets.assets import Asset, registry
from outcomes.arrays import to_day
from outcomes.earlier_records import before, records
from outcomes.events import events
from outcomes.market import Market
from outcomes.precedes import event_columns
from outcomes.prices import PriceMatrix
from tests.patterns_samples import checked, judged, market_of, price, prices, relation

ROWS = tomllib.loads(files("outcomes").joinpath("earlier_records.toml").read_text(encoding="utf-8"))["record"]
SOURCES = {"index close", "index high", "futures settlement", "London fixing", "constant-maturity yield"}
ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "prices" / "daily.csv.gz"
# The first close above each record in prices since 2010, as the rows say; None where there is none yet.
FIRST_ABOVE = {
    "^RUT": ("RUT", "2011-04-27"), "^GSPC": ("SPX", "2013-03-28"), "^DJI": ("DJI", "2013-03-05"),
    "^NDX": ("NDX", "2015-11-03"), "^IXIC": ("IXIC", "2015-04-23"), "^VIX": ("VIX", "2020-03-16"),
    "GC=F": ("GOLD", "2010-05-11"), "SI=F": ("SILVER", "2025-10-13"), "CL=F": ("WTI", None), "DXY": ("DXY", None),
    "DGS10": ("US10Y", None),
}  # fmt: skip
INDEX = Asset("RUT", "Russell 2000", "index")
SHARE = Asset("BRICK", "Brick Works", "equity")


def loaded(symbol: str, asset: Asset, closes: Sequence[float], first: date) -> Market:
    days = to_day(first) + np.arange(len(closes))
    matrix = PriceMatrix.from_bars(
        [symbol], np.zeros(len(closes), dtype=np.int64), days, np.array(closes, dtype=float), assets={symbol: asset}
    )
    return Market(matrix, {symbol: asset})


def highs(found: Market) -> list[int]:
    return event_columns(found, events()["new_high"], 0, found.prices.width - 1).tolist()


QUIET = [700.0] * 200


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["symbol"])
def test_every_row_says_what_it_is_and_how_it_was_checked(row: dict[str, str]) -> None:
    assert row["symbol"] in registry() and row["source"] in SOURCES and row["check"].endswith(".")
    assert date.fromisoformat(row["day"]) < date(2010, 1, 1)


@pytest.mark.skipif(not ARCHIVE.exists(), reason="no archive of real prices beside the checkout")
def test_the_rows_agree_with_the_archive_of_prices() -> None:
    above: dict[str, str | None] = dict.fromkeys(FIRST_ABOVE)
    with gzip.open(ARCHIVE, "rt") as lines:
        for row in csv.DictReader(lines):
            name = row["symbol"]
            if name in FIRST_ABOVE and row["close"] and above[name] is None:
                close = float(row["close"])
                above[name] = row["date"] if close > records()[FIRST_ABOVE[name][0]][1] else None
    assert above == {name: day for name, (_, day) in FIRST_ABOVE.items()}


def test_a_close_above_the_record_of_2007_is_a_new_high() -> None:
    found = loaded("RUT", INDEX, [*QUIET, 800.0, 856.0], date(2010, 1, 4))
    assert before(found, 0).record == records()["RUT"]
    assert highs(found) == [201]


def test_the_first_loaded_close_is_never_a_new_high() -> None:
    """Prices that begin in 2018, far above the record of 2007: somewhere between them lie other records."""
    found = loaded("RUT", INDEX, [1535.0, *[1500.0] * 200, 1536.0], date(2018, 1, 1))
    assert before(found, 0).known and before(found, 0).record is None
    assert highs(found) == [201]


def test_nothing_is_a_record_where_none_is_known() -> None:
    for first, known in ((date(2018, 1, 1), False), (date(2008, 1, 2), False), (date(2007, 12, 31), True)):
        found = loaded("BRICK", SHARE, [*QUIET, 800.0], first)
        assert before(found, 0).known is known
        assert highs(found) == ([200] if known else [])


def test_a_coin_has_no_prices_before_its_first() -> None:
    coin = Asset("SOL", "Solana", "coin")
    assert highs(loaded("SOL", coin, [*QUIET, 800.0], date(2020, 4, 10))) == [200]


def test_a_pattern_of_unknown_records_says_why_it_is_not_judged() -> None:
    found = market_of({"ACME": prices(np.full(400, 0.001)), "BTC": prices(np.full(400, 0.001))}, ACME=SHARE)
    verdict = judged(found, relation(driver_event="new high"))["precedes"]
    assert (verdict.status, verdict.reason) == ("ungradable", "history too short")


@pytest.mark.parametrize("quote", ["ACME set an all-time high of $150.00", "ACME fell to a record low of $150.00"])
def test_an_extreme_of_unknown_records_is_not_judged(quote: str) -> None:
    found = market_of({"ACME": prices(np.full(1400, 0.0002))}, ACME=SHARE)
    verdict = checked(found, price(quote, "$150.00", 150.0, asset="ACME"))
    assert (verdict.measure, verdict.status, verdict.reason) == ("extreme", "ungradable", "history too short")
