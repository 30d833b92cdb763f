"""The simulated prices in the shapes of real providers: Stooq and FRED files, Binance candles, one plain CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from demo.prices import Bar, history

STOOQ: Mapping[str, str] = MappingProxyType({
    "^spx": "SPX", "^ndx": "NDX", "^rut": "RUT", "xauusd": "GOLD", "gc.f": "GOLD", "cl.f": "WTI", "cl.c": "WTI",
    "dx.f": "DXY", "dx.c": "DXY", "usd_i": "DXY", "^vix": "VIX", "vi.c": "VIX", "vi.f": "VIX", "10usy.b": "US10Y",
    "10yusy.b": "US10Y", "btcusd": "BTC", "btc.v": "BTC", "ethusd": "ETH", "eth.v": "ETH", "solusd": "SOL",
    "sol.v": "SOL", "xrpusd": "XRP", "xrp.v": "XRP", "dogeusd": "DOGE", "doge.v": "DOGE",
    "^ndq": "IXIC", "si.f": "SILVER", "xagusd": "SILVER", "hg.f": "COPPER",
})  # fmt: skip
FRED: Mapping[str, str] = MappingProxyType({
    "SP500": "SPX", "NASDAQ100": "NDX", "VIXCLS": "VIX", "DGS10": "US10Y", "M2SL": "M2", "WM2NS": "M2",
    "DCOILWTICO": "WTI", "DTWEXBGS": "DXY", "CBBTCUSD": "BTC", "CBETHUSD": "ETH",
    "NASDAQCOM": "IXIC", "DFEDTARU": "FEDFUNDS", "DFF": "FEDFUNDS", "CPIAUCSL": "CPI",
})  # fmt: skip
BINANCE: Mapping[str, str] = MappingProxyType({
    "BTCUSDT": "BTC", "ETHUSDT": "ETH", "SOLUSDT": "SOL", "XRPUSDT": "XRP", "DOGEUSDT": "DOGE",
    "ETHBTC": "ETHBTC",
})  # fmt: skip


def stooq_csv(name: str, first: date | None = None, last: date | None = None) -> str:
    """`/q/d/l/?s=NAME&i=d`: the file, or Stooq's "No data" where it does not know the name."""
    symbol = STOOQ.get(name.lower()) or _own_symbol(name)
    if symbol is None:
        return "No data"
    lines = (f"{b.day},{b.open:g},{b.high:g},{b.low:g},{b.close:.10g},0" for b in _between(symbol, first, last))
    return "\n".join(["Date,Open,High,Low,Close,Volume", *lines]) + "\n"


def fred_csv(name: str, first: date | None = None, last: date | None = None) -> str | None:
    """`/graph/fredgraph.csv?id=NAME`: one value a day; None where the series does not exist."""
    symbol = FRED.get(name) or _own_symbol(name)
    if symbol is None:
        return None
    lines = (f"{b.day},{b.close:.10g}" for b in _between(symbol, first, last))
    return "\n".join([f"observation_date,{name}", *lines]) + "\n"


def binance_klines(name: str, start_ms: int, end_ms: int | None, limit: int) -> list[list[object]] | None:
    """`/api/v3/klines?interval=1d`: candles from `start_ms` on, at most `limit`; None for an unknown pair."""
    symbol = BINANCE.get(name)
    if symbol is None:
        return None
    candles = (_candle(bar) for bar in history()[symbol])
    wanted = [c for c in candles if c[0] >= start_ms and (end_ms is None or c[0] <= end_ms)]
    return [list(candle) for candle in wanted[:limit]]


def write_csv(path: Path) -> int:
    """Every series as `symbol,date,open,high,low,close`, for `calledit prices import`; returns the rows."""
    rows = [
        f"{symbol},{b.day},{b.open:g},{b.high:g},{b.low:g},{b.close:.10g}"
        for symbol in history()
        for b in _between(symbol, None, None)
    ]
    path.write_text("\n".join(["symbol,date,open,high,low,close", *rows]) + "\n", encoding="utf-8")
    return len(rows)


def _own_symbol(name: str) -> str | None:
    return name.upper() if name.upper() in history() else None


def _between(symbol: str, first: date | None, last: date | None) -> Iterator[Bar]:
    return (b for b in history()[symbol] if (not first or b.day >= first) and (not last or b.day <= last))


def _candle(bar: Bar) -> tuple[int, str, str, str, str, str, int]:
    opened = int(datetime.combine(bar.day, time(), UTC).timestamp() * 1000)
    return opened, str(bar.open), str(bar.high), str(bar.low), str(bar.close), "0", opened + 86_399_999
