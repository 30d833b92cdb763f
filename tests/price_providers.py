"""A loopback server that answers as the price providers do: paging, missing values, limits and error pages.

Prices are invented: every series walks from 100 upwards by a tenth a day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from scrapers.prices.provider import Endpoint

DAY_S = 86_400
HTML = "<!DOCTYPE html>\n<html><body><h1>Just a moment</h1></body></html>"


def price(day: date) -> float:
    """The invented close of a day."""
    return round(100 + (day - date(2020, 1, 1)).days / 10, 4)


def midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def utc_day(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


@dataclass
class Exchange:
    """What the server knows, and what it was asked."""

    listed: date = date(2021, 1, 1)  # first day of every series
    today: date = date(2024, 7, 1)  # its candle is not over yet
    weekdays_only: bool = False
    missing: set[date] = field(default_factory=set)
    shift: dict[str, float] = field(default_factory=dict)  # provider: factor on its closes
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)  # provider: (status, body) whatever is asked
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def days(self, first: date, last: date) -> Iterator[date]:
        day = max(first, self.listed)
        while day <= min(last, self.today):
            if day not in self.missing and not (self.weekdays_only and day.weekday() >= 5):
                yield day
            day += timedelta(days=1)

    def close(self, provider: str, day: date) -> float:
        return round(price(day) * self.shift.get(provider, 1.0), 6)

    def count(self, provider: str) -> int:
        return sum(name == provider for name, _ in self.asked)

    def answer(self, provider: str, path: str, query: dict[str, str]) -> tuple[int, str]:
        self.asked.append((provider, query))
        if provider in self.answers:
            return self.answers[provider]
        return getattr(self, f"_{provider}")(path, query)

    def _fred(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        if query["id"] not in ("DGS10", "CPIAUCSL", "M2SL"):
            return 404, HTML
        column = query["id"] + ("_PC1" if query.get("transformation") == "pc1" else "")
        days = list(self.days(date.fromisoformat(query["cosd"]), date.fromisoformat(query["coed"])))
        cells = {day: f"{self.close('fred', day):g}" for day in days}
        if days:
            cells[days[0]] = "."
            cells[days[len(days) // 2]] = ""
        return 200, "".join([f"observation_date,{column}\n", *(f"{day},{cells[day]}\n" for day in days)])

    def _stooq(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        if query["s"] not in ("^spx", "gc.f"):
            return 200, "No data"
        first, last = (datetime.strptime(query[key], "%Y%m%d").date() for key in ("d1", "d2"))
        rows = []
        for day in self.days(first, last):
            close = self.close("stooq", day)
            rows.append(f"{day},{close - 1},{close + 2},{close - 2},{close},1000\r\n")
        return 200, "".join(["Date,Open,High,Low,Close,Volume\r\n", *rows])

    def _binance(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        if query["symbol"] not in ("BTCUSDT", "ETHUSDT"):
            return 400, json.dumps({"code": -1121, "msg": "Invalid symbol."})
        first, last = utc_day(int(query["startTime"]) / 1000), utc_day(int(query["endTime"]) / 1000)
        found = [self._kline(day) for day in self.days(first, last)]
        return 200, json.dumps(found[: int(query["limit"])])

    def _kline(self, day: date) -> list[object]:
        opened, close = midnight(day) * 1000, self.close("binance", day)
        prices = [f"{value:.8f}" for value in (close - 1, close + 2, close - 2, close, 12.5)]
        return [opened, *prices, opened + DAY_S * 1000 - 1, "1250.00", 99, "6.0", "600.00", "0"]

    def _coinbase(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        if path.split("/")[2] not in ("BTC-USD", "ETH-USD"):
            return 404, json.dumps({"message": "NotFound"})
        first, last = (date.fromisoformat(query[key][:10]) for key in ("start", "end"))
        if (last - first).days + 1 > 300:
            return 400, json.dumps({"message": "granularity too small for the requested time range"})
        found = [
            [midnight(day), c - 2, c + 2, c - 1, c, 12.5]
            for day in self.days(first, last)
            for c in [self.close("coinbase", day)]
        ]
        return 200, json.dumps(found[::-1])

    def _kraken(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        if query["pair"] != "XBTUSD":
            return 200, json.dumps({"error": ["EQuery:Unknown asset pair"]})
        since = int(query["since"])
        days = [day for day in self.days(date(2000, 1, 1), self.today) if midnight(day) > since][-720:]
        rows = [self._ohlc(day) for day in days]
        last = rows[-2][0] if len(rows) > 1 else since
        return 200, json.dumps({"error": [], "result": {"XXBTZUSD": rows, "last": last}})

    def _ohlc(self, day: date) -> list[object]:
        close = self.close("kraken", day)
        prices = [f"{value:.4f}" for value in (close - 1, close + 2, close - 2, close)]
        return [midnight(day), *prices, "99.0", "7.5", 3]

    def _coingecko(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        if path.split("/")[4] != "bitcoin":
            return 404, json.dumps({"error": "coin not found"})
        first, last = int(query["from"]), int(query["to"])
        step = DAY_S if last - first > 90 * DAY_S else 3_600
        stamps = range(-(-first // step) * step, last + 1, step)
        known = [s for s in stamps if utc_day(s - DAY_S) >= self.listed]
        # The sample at midnight is the close of the day before; hourly ones come a few seconds late.
        late = 0 if step == DAY_S else 37
        prices = [[(s + late) * 1000, self.close("coingecko", utc_day(s - 1))] for s in known]
        return 200, json.dumps({"prices": prices, "market_caps": [], "total_volumes": []})


@dataclass(frozen=True)
class Served:
    """A running exchange and the address below which each provider answers."""

    exchange: Exchange
    base_url: str

    def endpoint(self, provider: str, key: str = "") -> Endpoint:
        return Endpoint(f"{self.base_url}/{provider}", key)


@contextmanager
def serving(exchange: Exchange) -> Iterator[Served]:
    """Serve on a free port of 127.0.0.1; `/binance/api/v3/klines` is Binance's path, and so on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            provider, _, rest = address.path.lstrip("/").partition("/")
            status, text = exchange.answer(provider, f"/{rest}", dict(parse_qsl(address.query)))
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if text.startswith("<") else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Served(exchange, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
