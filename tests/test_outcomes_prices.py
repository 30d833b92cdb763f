"""Entry, exit and the instants at which closes become known."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from markets.assets import Asset
from outcomes.arrays import from_day, to_day
from outcomes.prices import PriceMatrix, call_clock, locate

ASSETS = {
    "BTC": Asset("BTC", "Bitcoin", "coin", benchmark="SPX"),
    "SPX": Asset("SPX", "S&P 500", "index", close_time="16:00", close_zone="America/New_York"),
    "CPI": Asset("CPI", "Consumer prices", "macro", graded_by="level", release_lag_days=41),
    "STOCKS": Asset("STOCKS", "Equities", "group", proxy="SPX"),
    "ETH": Asset("ETH", "Ethereum", "coin", feeds={"yahoo": "ETH-USD"}),
}


def seconds(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def matrix(rows: list[tuple[str, str, float]]) -> PriceMatrix:
    symbols = sorted({symbol for symbol, _, _ in rows})
    return PriceMatrix.from_bars(
        symbols,
        np.array([symbols.index(symbol) for symbol, _, _ in rows], dtype=np.int64),
        np.array([day(text) for _, text, _ in rows], dtype=np.int64),
        np.array([close for _, _, close in rows]),
        assets=ASSETS,
    )


WEEK = [("SPX", f"2024-03-{d:02}", 100.0 + d) for d in (4, 5, 6, 7, 8, 11, 12)]


def test_entry_is_the_first_close_strictly_after_publication() -> None:
    prices = matrix(WEEK)
    # New York closes at 16:00: 21:00 UTC on 8 March, 20:00 UTC on 11 March, after the clocks changed
    clocks = np.array([seconds(2024, 3, 8, 20, 59), seconds(2024, 3, 8, 21, 0), seconds(2024, 3, 12, 20, 0)])
    found = prices.entry(np.zeros(3, dtype=np.int64), clocks)
    assert [from_day(prices.first_day + c).isoformat() for c in found[:2]] == ["2024-03-08", "2024-03-11"]
    assert found[2] == -1
    assert prices.known_at[0, found[1]] == seconds(2024, 3, 11, 20, 0)


def test_a_coins_day_closes_at_midnight() -> None:
    prices = matrix([("BTC", "2024-03-04", 1.0), ("BTC", "2024-03-05", 2.0)])
    row = np.zeros(2, dtype=np.int64)
    assert prices.entry(row, np.array([seconds(2024, 3, 4, 23, 59), seconds(2024, 3, 5)])).tolist() == [0, 1]
    assert prices.known_before(row, np.array([seconds(2024, 3, 5), seconds(2024, 3, 4)])).tolist() == [0, -1]


def test_exit_is_the_last_close_at_or_before_and_never_staler_than_a_week() -> None:
    prices = matrix([*WEEK, ("SPX", "2024-04-30", 130.0)])
    columns = np.array([day(t) - prices.first_day for t in ("2024-03-10", "2024-03-19", "2024-03-20")])
    found = prices.at_or_before(np.zeros(3, dtype=np.int64), columns)
    assert [from_day(prices.first_day + c).isoformat() for c in found[:2]] == ["2024-03-08", "2024-03-12"]
    assert found[2] == -1


def test_a_late_release_stands_on_the_day_it_came_out() -> None:
    prices = matrix([("CPI", f"2024-{m:02}-01", 300.0 + m) for m in range(1, 9)])
    entry = prices.entry(np.zeros(1, dtype=np.int64), np.array([seconds(2024, 2, 15)]))
    assert prices.close[0, entry[0]] == 302.0  # February's figure, published in March
    assert from_day(int(prices.printed_day(np.zeros(1, dtype=np.int64), entry)[0])) == date(2024, 2, 1)
    assert prices.stale_after[0] == 46 and prices.min_windows[0] == 35


def test_lookups_do_not_depend_on_the_order_of_the_bars() -> None:
    straight, shuffled = matrix(WEEK), matrix(WEEK[::-1])
    assert np.array_equal(straight.close, shuffled.close, equal_nan=True)
    assert np.array_equal(straight.last, shuffled.last)


def test_a_bar_without_a_close_is_left_out() -> None:
    prices = matrix([*WEEK, ("SPX", "2024-03-13", float("nan"))])
    assert prices.last_day == day("2024-03-12")


def test_an_asset_is_found_by_itself_then_by_its_proxy() -> None:
    found = locate(matrix(WEEK), ASSETS, ["SPX", "STOCKS", "ETH", "MOON"])
    assert found == [(0, "", None), (0, "SPX", None), (-1, "", "series not loaded"), (-1, "", "no priced asset")]


def test_a_patchy_series_gives_way_to_its_proxy() -> None:
    """A total that was once printed monthly and is now daily has no windows to compare with."""
    monthly = [("STOCKS", f"2023-{m:02}-01", 40.0 + m) for m in range(1, 13)]
    daily = [("STOCKS", f"2024-03-{d:02}", 50.0 + d) for d in range(1, 29)]
    assert locate(matrix([*WEEK, *monthly, *daily]), ASSETS, ["STOCKS"]) == [(0, "SPX", None)]
    assert locate(matrix([*WEEK, *daily]), ASSETS, ["STOCKS"]) == [(1, "", None)]
    assert locate(matrix([*monthly, *daily]), ASSETS, ["STOCKS"]) == [(0, "", None)]


def test_a_statistic_yet_to_be_released_does_not_move_the_newest_day() -> None:
    """A figure for March, due in the middle of April, must not make a call of March look overdue."""
    prices = matrix([*WEEK, ("CPI", "2024-02-01", 300.0), ("CPI", "2024-03-01", 301.0)])
    assert prices.last_day == day("2024-04-11") and prices.newest_day == day("2024-03-12")
    assert prices.until(prices.newest_day).close.shape[1] == 9
    assert np.isnan(prices.until(prices.newest_day).close[prices.symbols.index("CPI")]).all()


def test_cutting_and_extending_the_calendar() -> None:
    prices = matrix(WEEK)
    cut, longer = prices.until(day("2024-03-08")), prices.until(day("2024-03-20"))
    assert (cut.last_day, longer.last_day) == (day("2024-03-08"), day("2024-03-20"))
    row, late = np.zeros(1, dtype=np.int64), np.array([seconds(2024, 3, 9)])
    assert cut.entry(row, late).tolist() == [-1] and longer.entry(row, late).tolist() == [7]
    assert longer.at_or_before(row, np.array([longer.width - 1])).tolist() == [-1]
    assert np.isnan(prices.until(day("2024-01-01")).close).all()


def test_no_prices_at_all() -> None:
    prices = matrix([])
    assert prices.entry(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)).tolist() == [-1]
    assert locate(prices, ASSETS, ["SPX"])[0][2] == "series not loaded" or not ASSETS["SPX"].feeds


def test_a_day_counts_from_noon_of_the_next() -> None:
    clock = call_clock(np.array([seconds(2024, 3, 4, 0, 0)] * 2), np.array([True, False]))
    assert clock.tolist() == [seconds(2024, 3, 5, 12), seconds(2024, 3, 4)]
