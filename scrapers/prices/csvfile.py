"""Price files: `symbol,date,open,high,low,close` (and volume), plain or gzipped, in any provider's own symbols."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO

from markets.assets import feed_symbols, registry
from scrapers.prices import PriceBar, Rejected

PROVIDER = "file"
_NEEDED = ("symbol", "date", "close")
_OPTIONAL = ("open", "high", "low", "volume")
_BELOW_ZERO = ("commodity", "rate", "macro")  # kinds that can close there: oil did on 2020-04-20
_OUTSIDE = 0.1  # of its size: silver's settlement, set at another hour, lay 5 % outside its day's range in 2011


class PriceFileError(ValueError):
    """The file as a whole cannot be read; the message says what it should look like."""


def read_price_csv(path: Path) -> Iterator[PriceBar | Rejected]:
    """Bars of a price file in its order, and the rows set aside with their line numbers.

    Of two rows for one asset and day the later counts, so a bar may follow that replaces an earlier one; the
    line that lost is given as rejected. Where two series of one asset are in the file (`^GSPC` and `SP500`), the
    one that stands first in the asset's row of feeds counts. Blank open, high and low are allowed; what cannot be
    (a day to come, a negative share price, a close far outside its day's range) is set aside. Raises PriceFileError
    where there is no such file or header.
    """
    try:
        with _open(path) as lines:
            yield from _rows(csv.reader(line.replace("\0", "") for line in lines), path)
    except FileNotFoundError:
        raise PriceFileError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise PriceFileError(f"{path} is a folder: name its files") from None


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def _rows(reader: Iterator[list[str]], path: Path) -> Iterator[PriceBar | Rejected]:
    seen = _Seen()
    columns: dict[str, int] | None = None
    for number, row in _numbered(reader):
        if isinstance(row, Rejected):
            yield row
        elif columns is None:
            columns = _columns(row, path)
        elif any(row):
            yield from _read(row, columns, number, seen)
    if columns is None:
        raise PriceFileError(f"{path} is empty: a price file begins with symbol,date,open,high,low,close")


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | Rejected]]:
    """Rows with their numbers from 1 on; a row that cannot be parsed, and a file that breaks off, as rejected."""
    for number in count(1):
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, Rejected(number, f"not a CSV row: {error}")
        except (EOFError, OSError, zlib.error) as error:
            yield number, Rejected(number, f"the file breaks off here: {error}")
            return


def _columns(header: list[str], path: Path) -> dict[str, int]:
    columns = {name.strip().lower(): place for place, name in enumerate(header)}
    if missing := [name for name in _NEEDED if name not in columns]:
        raise PriceFileError(
            f"{path} has no column {missing[0]!r}: a price file begins with symbol,date,open,high,low,close"
        )
    return {name: columns[name] for name in (*_NEEDED, *_OPTIONAL) if name in columns}


@dataclass(slots=True)
class _Seen:
    """By asset and day, the line that counts so far and the rank of its series."""

    lines: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)


def _read(row: list[str], columns: Mapping[str, int], number: int, seen: _Seen) -> Iterator[PriceBar | Rejected]:
    given = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
    symbol = feed_symbols().get(given["symbol"])
    if symbol is None:
        yield Rejected(number, f"unknown symbol {given['symbol']!r}", given["symbol"])
        return
    try:
        bar = _bar(symbol, given)
    except ValueError as error:
        yield Rejected(number, str(error), given["symbol"])
        return
    rank = _ranks(symbol).get(given["symbol"], 0)
    line, other = seen.lines.get((symbol, bar.day), (0, rank))
    if line and rank > other:
        yield Rejected(number, f"a second series of {symbol}: line {line} counts", given["symbol"])
        return
    if line:
        yield Rejected(line, f"line {number} gives {symbol} on {bar.day} again and counts", given["symbol"])
    seen.lines[symbol, bar.day] = (number, rank)
    yield bar


@cache
def _ranks(symbol: str) -> Mapping[str, int]:
    """The asset's own symbol first, then its feeds in their order."""
    names = dict.fromkeys([symbol, *registry()[symbol].feeds.values()])
    return {name: rank for rank, name in enumerate(names)}


def _bar(symbol: str, given: Mapping[str, str]) -> PriceBar:
    try:
        day = date.fromisoformat(given["date"][:10])
    except ValueError:
        raise ValueError(f"{given['date'][:40]!r} is no date: write 2024-03-15") from None
    if not given["close"]:
        raise ValueError("no close")
    close = _number("close", given["close"])
    prices = {name: _number(name, given[name]) for name in _OPTIONAL if given.get(name)}
    bar = PriceBar(symbol, day, close, provider=PROVIDER, **prices)
    if doubt := _doubt(bar):
        raise ValueError(doubt)
    return bar


def _doubt(bar: PriceBar) -> str | None:
    """Why no market can have given this bar; None where one can."""
    asset = registry()[bar.symbol]
    if bar.day > datetime.now(UTC).date() + timedelta(days=1):  # it may be tomorrow already in Auckland
        return f"{bar.day} is in the future"
    if bar.close == 0 and asset.graded_by == "return":
        return "close is 0"
    if bar.close < 0 and asset.kind not in _BELOW_ZERO:
        return f"close {bar.close:g} is below zero"
    low = bar.close if bar.low is None else bar.low
    high = bar.close if bar.high is None else bar.high
    if max(low - bar.close, bar.close - high) > _OUTSIDE * max(abs(low), abs(high), abs(bar.close)):
        return f"close {bar.close:g} is outside its day's range, {low:g} to {high:g}"
    return None


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{name} {text[:40]!r} is no number")
    return value
