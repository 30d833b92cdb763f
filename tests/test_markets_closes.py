"""When closes are known, one by one and as columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.assets import registry
from markets.closes import close_instant, close_instants, last_known_day

SYMBOLS = st.sampled_from(["BTC", "SPX", "NIKKEI", "CPI", "EURUSD", "ASX200", "FTSE", "GOLD", "SENSEX", "BOVESPA"])


@pytest.mark.parametrize(
    ("symbol", "day", "known"),
    [
        ("BTC", "2024-03-10", "2024-03-11T00:00"),
        ("BTC", "2024-12-31", "2025-01-01T00:00"),
        ("SPX", "2024-03-08", "2024-03-08T21:00"),  # New York on winter time
        ("SPX", "2024-03-11", "2024-03-11T20:00"),  # and on summer time
        ("NVDA", "2024-11-04", "2024-11-04T21:00"),
        ("FTSE", "2024-03-28", "2024-03-28T16:30"),
        ("FTSE", "2024-04-02", "2024-04-02T15:30"),
        ("NIKKEI", "2024-07-01", "2024-07-01T06:30"),
        ("EURUSD", "2024-07-01", "2024-07-01T21:00"),
        ("CPI", "2024-01-01", "2024-02-15T21:00"),  # January's figure is out in the middle of February
    ],
)
def test_the_instant_at_which_a_close_is_known(symbol: str, day: str, known: str) -> None:
    instant = close_instant(registry()[symbol], date.fromisoformat(day))
    assert instant == datetime.fromisoformat(known).replace(tzinfo=UTC)


@given(SYMBOLS, st.lists(st.dates(date(1985, 1, 1), date(2035, 1, 1)), max_size=30))
@settings(max_examples=50)
def test_a_column_of_days_closes_as_each_of_its_days(symbol: str, days: list[date]) -> None:
    asset = registry()[symbol]
    column = close_instants(asset, np.array(days, dtype="datetime64[D]"))
    assert column.dtype == np.dtype("datetime64[s]")
    assert [moment.replace(tzinfo=UTC) for moment in column.tolist()] == [close_instant(asset, d) for d in days]


@given(SYMBOLS, st.datetimes(datetime(1990, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)))
@settings(max_examples=100)
def test_the_last_known_day_is_known_and_the_next_is_not(symbol: str, now: datetime) -> None:
    asset = registry()[symbol]
    day = last_known_day(asset, now)
    assert close_instant(asset, day) <= now < close_instant(asset, day + timedelta(days=1))
