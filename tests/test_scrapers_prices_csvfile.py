"""Price files: every readable row is a bar, every other one is set aside with its line number."""

from __future__ import annotations

import gzip
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.prices import PriceBar, Rejected
from scrapers.prices.csvfile import PriceFileError, read_price_csv

HEADER = "symbol,date,open,high,low,close\n"


def read(text: str | bytes, name: str = "prices.csv") -> tuple[list[PriceBar], list[Rejected]]:
    body = text.encode() if isinstance(text, str) else text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
        rows = list(read_price_csv(path))
    bars = [row for row in rows if isinstance(row, PriceBar)]
    return bars, [row for row in rows if isinstance(row, Rejected)]


@pytest.mark.parametrize("name", ["prices.csv", "prices.csv.gz"])
def test_feed_symbols_are_mapped_and_blanks_allowed(name: str) -> None:
    rows = "BTC-USD,2024-01-02,1,3,0.5,2\n^RUT,2024-01-02,,,,1950.5\nGC=F,2024-01-02,,,,2040\n"
    bars, rejected = read(HEADER + rows, name)
    assert [(b.symbol, b.close, b.open, b.high, b.low) for b in bars] == [
        ("BTC", 2.0, 1.0, 3.0, 0.5), ("RUT", 1950.5, None, None, None), ("GOLD", 2040.0, None, None, None)
    ]  # fmt: skip
    assert rejected == [] and bars[0].provider == "file" and bars[0].day == date(2024, 1, 2)


def test_a_negative_close_is_a_price() -> None:
    bars, rejected = read(HEADER + "CL=F,2020-04-20,17.7,17.8,-40.3,-37.6\n")
    assert [bar.close for bar in bars] == [-37.6] and rejected == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("NOPE,2024-01-02,,,,1", "unknown symbol 'NOPE'"),
        ("BTC,02/01/2024,,,,1", "'02/01/2024' is no date"),
        ("BTC,2024-02-30,,,,1", "'2024-02-30' is no date"),
        ("BTC,2024-01-02,,,,", "no close"),
        ("BTC,2024-01-02,,,,n/a", "close 'n/a' is no number"),
        ("BTC,2024-01-02,,,,inf", "close 'inf' is no number"),
        ("BTC,2024-01-02,x,,,1", "open 'x' is no number"),
        ("BTC,2024-01-02,,,,0", "close is 0"),
        ("BTC,2024-01-02", "no close"),
        ("BTC,2024-01-02,,,,-5", "close -5 is below zero"),
        ("AAPL,2024-01-02,,,,-5", "close -5 is below zero"),
        ("CL=F,2024-01-02,,,,0", "close is 0"),
        ("BTC,2093-01-02,,,,1", "2093-01-02 is in the future"),
        ("BTC,2024-01-02,10,12,9,20", "close 20 is outside its day's range, 9 to 12"),
        ("BTC,2024-01-02,10,12,9,1", "close 1 is outside its day's range, 9 to 12"),
        (",,,,,1", "unknown symbol ''"),
    ],
)
def test_a_bad_row_is_set_aside_and_its_neighbours_are_kept(row: str, reason: str) -> None:
    bars, [rejected] = read(HEADER + f"ETH,2024-01-01,,,,1\n{row}\nETH,2024-01-03,,,,3\n")
    assert [bar.close for bar in bars] == [1.0, 3.0]
    assert rejected.line == 3 and rejected.reason.startswith(reason)


def test_a_settlement_a_little_outside_its_range_is_a_price() -> None:
    bars, rejected = read(HEADER + "SI=F,2024-01-02,30.6,30.8,30.6,31.8\nBTC,2024-01-02,1,1.2,0.9,1.2000001\n")
    assert len(bars) == 2 and rejected == []


def test_a_rate_of_zero_is_a_value() -> None:
    assert [bar.close for bar in read(HEADER + "ECBDFR,2024-01-02,,,,0\n")[0]] == [0.0]


def test_of_two_rows_for_a_day_the_later_counts_and_the_earlier_is_reported() -> None:
    bars, rejected = read(HEADER + "BTC,2024-01-02,,,,1\nETH,2024-01-02,,,,9\nBTC,2024-01-02,,,,2\n")
    assert [(bar.symbol, bar.close) for bar in bars] == [("BTC", 1.0), ("ETH", 9.0), ("BTC", 2.0)]
    assert [(one.line, one.reason) for one in rejected] == [(2, "line 4 gives BTC on 2024-01-02 again and counts")]


@pytest.mark.parametrize("first", [True, False])
def test_of_two_series_of_one_asset_the_one_listed_first_counts(first: bool) -> None:
    """Yahoo's ^GSPC stands before FRED's SP500 in the asset's row of feeds."""
    rows = ["^GSPC,2024-01-02,,,,4700\n", "SP500,2024-01-02,,,,4701\n"]
    bars, rejected = read(HEADER + "".join(rows if first else rows[::-1]))
    assert bars[-1].close == 4700.0
    assert [one.line for one in rejected] == [3 if first else 2]


def test_the_header_may_have_any_case_order_and_more_columns() -> None:
    bars, _ = read("\ufeffDate,Volume,Close,Symbol,Note\r\n2024-01-02,77,2,BTC,x\r\n")
    assert (bars[0].close, bars[0].volume) == (2.0, 77.0)


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "symbol,date,open\nBTC,2024-01-02,1\n"])
def test_a_file_that_is_no_price_file_says_what_one_looks_like(text: str) -> None:
    with pytest.raises(PriceFileError, match="begins with symbol,date,open,high,low,close"):
        read(text)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match="no such file"):
        list(read_price_csv(tmp_path / "none.csv"))
    with pytest.raises(PriceFileError, match="is a folder"):
        list(read_price_csv(tmp_path))


def test_a_file_that_breaks_off_keeps_what_it_had(tmp_path: Path) -> None:
    days = [(year, day) for year in range(10, 25) for day in range(1, 29)]
    rows = "".join(f"BTC,20{year}-01-{day:02},,,,{year * day}.37\n" for year, day in days)
    whole = gzip.compress((HEADER + rows).encode())
    path = tmp_path / "prices.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found = list(read_price_csv(path))
    assert isinstance(found[-1], Rejected) and "breaks off" in found[-1].reason
    path.write_bytes(b"this is not gzip")
    [only] = [row for row in [*_until_error(path)] if isinstance(row, Rejected)]
    assert "breaks off" in only.reason


def _until_error(path: Path) -> list[PriceBar | Rejected]:
    found: list[PriceBar | Rejected] = []
    rows = read_price_csv(path)
    with suppress(PriceFileError):
        found.extend(rows)
    return found


odd = ["BTC", "^GSPC", "SP500", "NOPE", "", "2024-01-02", "2024-13-01", "1e5", "-3", "nan", '"', "ä", "1,2"]
cells = st.sampled_from(odd)
lines = st.lists(st.lists(cells | st.text(max_size=6), max_size=8).map(",".join), max_size=12)


@given(lines)
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_holds_each_line_is_a_bar_or_set_aside(rows: list[str]) -> None:
    bars, rejected = read(HEADER + "\n".join(rows))
    assert all(bar.close == bar.close for bar in bars)
    assert all(one.line >= 2 and one.reason for one in rejected)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_bytes_that_are_no_text_raise_nothing_else(body: bytes) -> None:
    read(HEADER.encode() + body)


prices = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda value: value != 0)


@given(st.dictionaries(st.dates(date(2000, 1, 1), date(2024, 1, 1)), prices, max_size=20))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(closes: dict[date, float]) -> None:
    bars, rejected = read(HEADER + "".join(f"CL=F,{day},,,,{close!r}\n" for day, close in closes.items()))
    assert {bar.day: bar.close for bar in bars} == closes and rejected == []
