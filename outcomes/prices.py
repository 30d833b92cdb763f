"""Daily closes of many assets on one calendar, with the instant at which each became known."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from markets.assets import Asset
from markets.closes import close_instants
from outcomes.arrays import Bools, Floats, Ints
from outcomes.verdicts import Reason

MAX_STALE_DAYS = 7
MIN_WINDOWS = 250  # of daily closes; a series published less often needs three years of them
LEAST_DENSITY = 0.5  # of a series with a proxy that stands in below it
_ROW = 2**40  # seconds between the lookup keys of two rows
_SHIFT = 2**38


@dataclass(frozen=True, slots=True, eq=False)
class PriceMatrix:
    """Closes [assets × calendar days], NaN where an asset has no close that day.

    Days count from 1970-01-01; column 0 is `first_day`. A series released late (CPI, M2) stands in the
    column of its release, `lag` days after the day its row in table `prices` is dated, so that no lookup can
    see it early.
    """

    symbols: tuple[str, ...]
    first_day: int
    close: Floats  # in the asset's quote unit
    high: Floats  # the close where no high was loaded
    low: Floats
    known_at: Ints  # seconds UTC at which that day's close is known, with or without a close
    last: Ints  # column of the last close at or before each day, -1 where none
    following: Ints  # column of the first close at or after each day, the number of days where none
    lag: Ints  # per asset, days between the dated day and its release
    gap: Ints  # per asset, usual days between two closes
    by_level: Bools  # per asset: graded by change in level, not by return
    benchmark: Ints  # per asset: row of its benchmark, -1 where none is loaded
    _keys: Ints
    _columns: Ints

    @classmethod
    def from_bars(
        cls,
        symbols: Sequence[str],
        symbol: Ints,
        day: Ints,
        close: Floats,
        high: Floats | None = None,
        low: Floats | None = None,
        *,
        assets: Mapping[str, Asset],
    ) -> PriceMatrix:
        """Pack columns of bars, in any order: `symbol` indexes `symbols`, `day` counts from 1970-01-01.

        Bars without a finite close are left out; of two for one asset and day the later in the input counts.
        Symbols unknown to `assets` are treated as coins are (closing at 24:00 UTC, graded by return).
        """
        lag = np.array([assets[s].release_lag_days if s in assets else 0 for s in symbols], dtype=np.int64)
        keep = np.isfinite(close)
        row, column = np.asarray(symbol, dtype=np.int64)[keep], np.asarray(day, dtype=np.int64)[keep]
        column = column + lag[row]
        first = int(column.min()) if len(column) else 0
        width = int(column.max()) - first + 1 if len(column) else 1
        closes = _dense(len(symbols), width, row, column - first, np.asarray(close)[keep])
        highs, lows = (
            closes if extra is None else _dense(len(symbols), width, row, column - first, np.asarray(extra)[keep])
            for extra in (high, low)
        )
        known = _known_at(symbols, assets, first, width)
        return cls._indexed(tuple(symbols), first, closes, highs, lows, known, lag, assets)

    @classmethod
    def _indexed(
        cls, symbols: tuple[str, ...], first: int, close: Floats, high: Floats, low: Floats, known_at: Ints,
        lag: Ints, assets: Mapping[str, Asset],
    ) -> PriceMatrix:  # fmt: skip
        has = np.isfinite(close)
        rows, packed = np.nonzero(has)
        row_of = {symbol: i for i, symbol in enumerate(symbols)}
        facts = [assets.get(s) for s in symbols]
        return cls(
            symbols=symbols,
            first_day=first,
            close=close,
            high=np.where(np.isfinite(high), high, close),
            low=np.where(np.isfinite(low), low, close),
            known_at=known_at,
            last=_last(has),
            following=_following(has),
            lag=lag,
            gap=np.array([_usual_gap(has[i]) for i in range(len(symbols))], dtype=np.int64),
            by_level=np.array([a is not None and a.graded_by == "level" for a in facts], dtype=np.bool_),
            benchmark=np.array([row_of.get(a.benchmark or "", -1) if a else -1 for a in facts], dtype=np.int64),
            _keys=_lookup_keys(known_at, rows, packed),
            _columns=packed.astype(np.int64),
        )

    @property
    def width(self) -> int:
        """Number of calendar days."""
        return int(self.close.shape[1])

    @property
    def last_day(self) -> int:
        """The newest day with any close."""
        return self.first_day + self.width - 1

    @property
    def newest_day(self) -> int:
        """The newest day with a close that needs no release: a late statistic's column may lie in the future."""
        current = self.last[self.lag == 0, -1] if (self.lag == 0).any() else self.last[:, -1]
        return self.first_day + int(current.max(initial=0))

    @property
    def patchy(self) -> Bools:
        """Per asset: less than half of the closes that its usual gap would give over its span."""
        has = np.isfinite(self.close)
        first = has.argmax(axis=1)
        span = self.last[:, -1] - first + 1
        usual = np.where(self.gap == 1, 5 / 7, 1 / np.maximum(self.gap, 1))  # daily may mean on weekdays
        few: Bools = has.sum(axis=1) < LEAST_DENSITY * span * usual
        return few

    @property
    def stale_after(self) -> Ints:
        """Per asset, days after which a close is too old: 7, or 1½ usual gaps of a slower series."""
        stale: Ints = np.maximum(MAX_STALE_DAYS, self.gap * 3 // 2)
        return stale

    @property
    def min_windows(self) -> Ints:
        """Per asset, how many earlier windows a base rate needs: 250, or three years of a slower series."""
        least: Ints = np.minimum(MIN_WINDOWS, 3 * 365 // np.maximum(self.gap, 1))
        return least

    def entry(self, rows: Ints, clock: Ints) -> Ints:
        """Column of the first close known strictly after `clock` (seconds UTC), -1 where there is none."""
        bound = np.clip(clock, -_SHIFT, _SHIFT - 1) + _SHIFT
        found = np.searchsorted(self._keys, rows * _ROW + bound, side="right")
        inside = np.minimum(found, max(len(self._keys) - 1, 0))
        if not len(self._keys):
            return np.full(len(rows), -1, dtype=np.int64)
        same = (found < len(self._keys)) & (self._keys[inside] // _ROW == rows)
        return np.where(same, self._columns[inside], -1)

    def known_before(self, rows: Ints, clock: Ints) -> Ints:
        """Column of the last close known at or before `clock`, -1 where there is none."""
        if not len(self._keys):
            return np.full(len(rows), -1, dtype=np.int64)
        bound = np.clip(clock, -_SHIFT, _SHIFT - 1) + _SHIFT
        found = np.searchsorted(self._keys, rows * _ROW + bound, side="right") - 1
        inside = np.maximum(found, 0)
        same = (found >= 0) & (self._keys[inside] // _ROW == rows)
        return np.where(same, self._columns[inside], -1)

    def at_or_before(self, rows: Ints, columns: Ints) -> Ints:
        """Column of the last close at or before each column, -1 where none or where it is too stale."""
        inside = np.clip(columns, 0, self.width - 1)
        found = np.where(columns >= 0, self.last[rows, inside], -1)
        return np.where((found >= 0) & (columns - found <= self.stale_after[rows]), found, -1)

    def until(self, day: int) -> PriceMatrix:
        """The same closes with a calendar that ends on `day`: later ones cut off, or empty days added."""
        kept = min(max(day - self.first_day + 1, 0), self.width)
        width = max(day - self.first_day + 1, 1)  # never empty, so that every look-up stays inside
        if kept == self.width == width:
            return self
        rows, columns = np.nonzero(np.isfinite(self.close[:, :kept]))
        cut = [_padded(values[:, :kept], width) for values in (self.close, self.high, self.low)]
        known = np.concatenate(
            [self.known_at[:, :width], np.zeros((len(self.symbols), max(width - self.width, 0)), dtype=np.int64)],
            axis=1,
        )
        return replace(
            self,
            close=cut[0],
            high=cut[1],
            low=cut[2],
            known_at=known,
            last=_last(np.isfinite(cut[0])),
            following=_following(np.isfinite(cut[0])),
            _keys=_lookup_keys(known, rows, columns),
            _columns=columns.astype(np.int64),
        )

    def printed_day(self, rows: Ints, columns: Ints) -> Ints:
        """The day under which table `prices` holds that close."""
        return columns + self.first_day - self.lag[rows]


def locate(
    prices: PriceMatrix, assets: Mapping[str, Asset], symbols: Iterable[str]
) -> list[tuple[int, str, Reason | None]]:
    """For each symbol its row (-1 where none), the proxy it stands on ("" for its own), and why it has none.

    A patchy series gives way to its proxy, as a missing one does.
    """
    filled = np.flatnonzero(prices.last[:, -1] >= 0).tolist()
    row_of = {prices.symbols[row]: row for row in filled}
    patchy = {prices.symbols[row] for row in filled if prices.patchy[row]}
    return [_locate(row_of, patchy, assets, symbol) for symbol in symbols]


def _locate(
    row_of: Mapping[str, int], patchy: Container[str], assets: Mapping[str, Asset], symbol: str
) -> tuple[int, str, Reason | None]:
    asset = assets.get(symbol)
    proxy = asset.proxy if asset is not None else None
    if symbol in row_of and not (symbol in patchy and proxy in row_of):
        return row_of[symbol], "", None
    if proxy is not None and proxy in row_of:
        return row_of[proxy], proxy, None
    known = asset is not None and (proxy is not None or bool(asset.feeds))
    return -1, "", "series not loaded" if known else "no priced asset"


def call_clock(published: Ints, by_day: Bools) -> Ints:
    """The instant a call counts from: publication, or noon UTC of the next day where only the day is known."""
    day = 86_400
    return np.where(by_day, (published // day + 1) * day + day // 2, published)


def _known_at(symbols: Sequence[str], assets: Mapping[str, Asset], first: int, width: int) -> Ints:
    """Seconds UTC of every calendar day's close of every asset; assets that close together are computed once."""
    days = np.arange(first, first + width)
    known: dict[tuple[str, str], Ints] = {}
    rows = np.zeros((len(symbols), width), dtype=np.int64)
    for row, symbol in enumerate(symbols):
        asset = assets.get(symbol) or Asset(symbol, symbol, "coin")
        session = (asset.close_time, asset.close_zone)
        if session not in known:
            dated = (days - asset.release_lag_days).astype("datetime64[D]")
            known[session] = close_instants(asset, dated).astype(np.int64)
        rows[row] = known[session]
    return rows


def _last(has_close: Bools) -> Ints:
    columns = np.arange(has_close.shape[1], dtype=np.int64)[None, :]
    found: Ints = np.maximum.accumulate(np.where(has_close, columns, -1), axis=1)
    return found


def _following(has_close: Bools) -> Ints:
    width = has_close.shape[1]
    columns = np.arange(width, dtype=np.int64)[None, :]
    backwards = np.minimum.accumulate(np.where(has_close, columns, width)[:, ::-1], axis=1)
    return np.ascontiguousarray(backwards[:, ::-1])


def _lookup_keys(known_at: Ints, rows: Ints, columns: Ints) -> Ints:
    return rows * _ROW + known_at[rows, columns] + _SHIFT


def _padded(values: Floats, width: int) -> Floats:
    return np.pad(values, ((0, 0), (0, width - values.shape[1])), constant_values=np.nan)


def _dense(rows: int, width: int, row: Ints, column: Ints, values: Floats) -> Floats:
    dense = np.full((rows, width), np.nan)
    dense[row, column] = values
    return dense


def _usual_gap(has_close: Bools) -> int:
    days = np.flatnonzero(has_close)
    return int(np.median(np.diff(days))) if len(days) > 1 else 1
