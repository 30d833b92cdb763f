"""The simulated prices: the same everywhere, and with the truths built in that articles claim or deny."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean, pstdev

import pytest

from demo.price_feeds import binance_klines, fred_csv, stooq_csv, write_csv
from demo.prices import FIRST_DAY, LAST_DAY, close_on, history, outcome, quiet_records, signed_move

WEEKDAYS_ONLY = ("SPX", "NDX", "RUT", "GOLD", "WTI", "DXY", "VIX", "US10Y")
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE")


def correlation(left: list[float], right: list[float]) -> float:
    means, spreads = (fmean(left), fmean(right)), (pstdev(left), pstdev(right))
    pairs = zip(left, right, strict=True)
    return fmean((x - means[0]) * (y - means[1]) for x, y in pairs) / (spreads[0] * spreads[1])


def returns(symbol: str, days: list[date]) -> list[float]:
    return [math.log(close_on(symbol, b) / close_on(symbol, a)) for a, b in pairwise(days)]


def trading_days(symbol: str = "NDX") -> list[date]:
    return [bar.day for bar in history()[symbol]]


def test_a_price_is_the_same_on_every_machine() -> None:
    assert [history()["BTC"][n].close for n in (0, 1000, 2000, 3000)] == [11530.45, 25739.42, 38289.77, 122342.5]


def test_history_spans_five_years_before_the_first_document_and_half_a_year_after_the_last() -> None:
    assert (date(2018, 1, 1), date(2026, 6, 30)) == (FIRST_DAY, LAST_DAY)
    for symbol, bars in history().items():
        assert bars[0].day <= date(2018, 1, 2), symbol
        assert bars[-1].day >= date(2026, 6, 1), symbol


@pytest.mark.parametrize("symbol", WEEKDAYS_ONLY)
def test_markets_rest_at_the_weekend(symbol: str) -> None:
    assert all(day.weekday() < 5 for day in trading_days(symbol))


@pytest.mark.parametrize("symbol", COINS)
def test_coins_never_rest(symbol: str) -> None:
    assert len(history()[symbol]) == (LAST_DAY - FIRST_DAY).days + 1


def test_every_bar_is_possible() -> None:
    for bars in history().values():
        for bar in bars:
            assert 0 < bar.low <= min(bar.open, bar.close)
            assert bar.high >= max(bar.open, bar.close)


def test_tails_are_fat() -> None:
    moves = returns("BTC", trading_days("BTC"))
    mean, spread = fmean(moves), pstdev(moves)
    assert fmean(((move - mean) / spread) ** 4 for move in moves) > 5  # 3 for a normal distribution


def test_true_bitcoin_moves_with_the_nasdaq() -> None:
    days = trading_days()
    assert 0.55 < correlation(returns("BTC", days), returns("NDX", days)) < 0.7
    for year in range(2018, 2026):
        some = [day for day in days if day.year == year]
        assert 0.5 < correlation(returns("BTC", some), returns("NDX", some)) < 0.8


def test_false_gold_does_not_lead_bitcoin_at_any_lag() -> None:
    gold_days = trading_days("GOLD")
    gold, coin = returns("GOLD", gold_days), returns("BTC", gold_days)
    for lag in range(0, 140):
        assert abs(correlation(gold[: len(gold) - lag], coin[lag:])) < 0.1


def test_false_money_supply_does_not_lead_bitcoin_by_84_days() -> None:
    months = [bar.day for bar in history()["M2"]]
    shifted = [day + timedelta(days=84) for day in months if day + timedelta(days=84) <= LAST_DAY]
    money = returns("M2", months[: len(shifted)])
    assert abs(correlation(money, returns("BTC", shifted))) < 0.2  # about 1.96 / sqrt(98) for chance


def test_true_bitcoin_gains_after_a_quiet_record_of_the_russell() -> None:
    events = quiet_records("RUT")
    gains = [signed_move("BTC", day, 60) for day in events]
    assert len(events) == 7
    assert min(gains) > 0.25
    starts = [FIRST_DAY + timedelta(days=n) for n in range(0, (LAST_DAY - FIRST_DAY).days - 70, 3)]
    assert fmean(signed_move("BTC", day, 60) > 0.25 for day in starts) < 0.25


def test_entry_is_the_first_close_on_or_after_the_day() -> None:
    saturday = date(2024, 6, 1)
    entry, left = outcome("SPX", saturday, 30)
    assert entry == close_on("SPX", date(2024, 6, 3))
    assert left == close_on("SPX", date(2024, 7, 3))
    assert signed_move("US10Y", saturday, 30) == pytest.approx(
        close_on("US10Y", date(2024, 7, 3)) - close_on("US10Y", date(2024, 6, 3))
    )


def test_a_day_before_the_start_has_no_price() -> None:
    with pytest.raises(LookupError, match="no price"):
        close_on("BTC", date(2017, 12, 31))


def test_providers_tell_the_same_price() -> None:
    day = date(2025, 1, 6)
    expected = close_on("SPX", day)
    assert f"2025-01-06,{expected:g}" in (fred_csv("SP500", day, day) or "")
    assert stooq_csv("^SPX", day, day).splitlines()[1].split(",")[4] == f"{expected:g}"
    candles = binance_klines("BTCUSDT", 1736121600000, None, 1)
    assert candles is not None
    assert candles[0][4] == str(close_on("BTC", day))


def test_unknown_series_answer_as_the_real_ones_do() -> None:
    assert stooq_csv("nothing") == "No data"
    assert fred_csv("NOTHING") is None
    assert binance_klines("NOTHING", 0, None, 10) is None


def test_one_csv_holds_every_series(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    rows = write_csv(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "symbol,date,open,high,low,close"
    assert len(lines) == rows + 1 == sum(map(len, history().values())) + 1
