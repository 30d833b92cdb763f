"""What price loading must know of the database: which assets are spoken of, and which closes are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlite_utils import Database

from scrapers.prices import KnownPrices

_CLAIMED = """
select asset from calls where superseded_at is null
union select condition_asset from calls where superseded_at is null
union select driver from correlations where superseded_at is null
union select response from correlations where superseded_at is null
union select asset from figures where superseded_at is null
"""


def claimed_symbols(db: Database) -> set[str]:
    """Every asset that a current claim speaks of, whether the registry knows it or not."""
    return {row[0] for row in db.execute(_CLAIMED) if row[0]}


def known_prices(db: Database, symbols: Iterable[str] | None = None) -> Mapping[str, KnownPrices]:
    """The closes stored of each asset that has any; of the named ones only, where names are given."""
    have = {row[0] for row in db.execute("select distinct symbol from prices")}
    wanted = have if symbols is None else have & set(symbols)
    return {symbol: KnownPrices(dict(_closes(db, symbol))) for symbol in sorted(wanted)}


def _closes(db: Database, symbol: str) -> Iterator[tuple[date, tuple[float, str]]]:
    for day, close, provider in db.execute("select day, close, provider from prices where symbol = ?", [symbol]):
        yield date.fromisoformat(day), (close, provider)
