"""Each provider, over real HTTP, against a server that answers as it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from markets.assets import registry
from scrapers.fetch import Fetcher, FetchSettings
from scrapers.prices import PriceBar
from scrapers.prices.provider import Endpoint, ProviderError, UnknownSeriesError
from scrapers.prices.settings import BASE_URLS, PROVIDERS
from tests.price_providers import HTML, Exchange, Served, price, serving

FIRST, LAST = date(2021, 1, 1), date(2024, 6, 30)
NETWORKED = sorted(set(PROVIDERS) - {"yahoo"})


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(Exchange()) as running:
        yield running


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0))


def ask(
    served: Served, fetcher: Fetcher, provider: str, feed: str, symbol: str,
    start: date = FIRST, end: date = LAST, key: str = "",
) -> list[PriceBar]:  # fmt: skip
    endpoint = served.endpoint(provider, key)
    found = PROVIDERS[provider](feed, registry()[symbol], start, end, fetcher, endpoint)
    return sorted((bar for bar in found if start <= bar.day <= end), key=lambda bar: bar.day)


@pytest.mark.parametrize(("provider", "feed"), [("binance", "BTCUSDT"), ("coinbase", "BTC-USD")])
def test_a_long_history_comes_in_pages_without_a_day_lost_or_doubled(
    served: Served, fetcher: Fetcher, provider: str, feed: str
) -> None:
    bars = ask(served, fetcher, provider, feed, "BTC")
    assert [bar.day for bar in bars] == list(served.exchange.days(FIRST, LAST))
    assert len(bars) == 1277
    assert served.exchange.count(provider) == {"binance": 2, "coinbase": 5}[provider]
    bar = bars[100]
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == pytest.approx(
        (price(bar.day) - 1, price(bar.day) + 2, price(bar.day) - 2, price(bar.day), 12.5)
    )


def test_a_full_last_page_is_followed_by_one_more_request(served: Served, fetcher: Fetcher) -> None:
    ask(served, fetcher, "binance", "BTCUSDT", "BTC", FIRST, FIRST + timedelta(days=1000))
    assert served.exchange.count("binance") == 2


def test_a_coin_listed_late_does_not_cost_a_request_for_every_year_before(served: Served, fetcher: Fetcher) -> None:
    bars = ask(served, fetcher, "coinbase", "BTC-USD", "BTC", date(2010, 1, 1))
    assert bars[0].day == FIRST
    assert served.exchange.count("coinbase") == 6


def test_kraken_gives_the_last_720_days_in_its_own_spelling_of_the_pair(served: Served, fetcher: Fetcher) -> None:
    bars = ask(served, fetcher, "kraken", "XBTUSD", "BTC", date(2010, 1, 1))
    assert len(bars) == 719 and bars[-1].day == LAST  # the 720th is the day that is not over
    bar = bars[0]
    assert (bar.close, bar.volume, bar.provider) == (pytest.approx(price(bar.day)), 7.5, "kraken")
    assert served.exchange.count("kraken") == 1


def test_kraken_since_keeps_the_first_day_asked_for(served: Served, fetcher: Fetcher) -> None:
    bars = ask(served, fetcher, "kraken", "XBTUSD", "BTC", date(2024, 6, 1), date(2024, 6, 10))
    assert bars[0].day == date(2024, 6, 1) and len(bars) == 10


@pytest.mark.parametrize("days", [30, 200])
def test_coingecko_price_at_midnight_closes_the_day_before(served: Served, fetcher: Fetcher, days: int) -> None:
    today = datetime.now(UTC).date()
    served.exchange.today = today
    start, end = today - timedelta(days=days), today - timedelta(days=1)
    bars = ask(served, fetcher, "coingecko", "bitcoin", "BTC", start, end)
    assert [bar.day for bar in bars] == [start + timedelta(days=n) for n in range(days)]
    assert all(bar.close == price(bar.day) for bar in bars)


def test_coingecko_is_not_asked_for_what_only_paying_users_get(served: Served, fetcher: Fetcher) -> None:
    with pytest.raises(ProviderError, match="365 days"):
        ask(served, fetcher, "coingecko", "bitcoin", "BTC", date(2015, 1, 1), date(2015, 3, 1))
    assert served.exchange.asked == []


def test_fred_skips_missing_values_and_asks_for_changes_from_a_year_ago(served: Served, fetcher: Fetcher) -> None:
    days = list(served.exchange.days(FIRST, LAST))
    bars = ask(served, fetcher, "fred", "DGS10", "US10Y")
    assert len(bars) == len(days) - 2 and bars[0].close == price(bars[0].day) and bars[0].open is None
    ask(served, fetcher, "fred", "CPIAUCSL:pc1", "CPI")
    query = served.exchange.asked[-1][1]
    assert (query["id"], query["transformation"], query["cosd"]) == ("CPIAUCSL", "pc1", "2021-01-01")


def test_fred_reads_the_header_that_it_had_until_2024(served: Served, fetcher: Fetcher) -> None:
    served.exchange.answers["fred"] = (200, "DATE,DGS10\n2024-01-02,3.95\n2024-01-03,.\n")
    assert [bar.close for bar in ask(served, fetcher, "fred", "DGS10", "US10Y")] == [3.95]


def test_stooq_gives_the_range_in_one_file_and_takes_a_key(served: Served, fetcher: Fetcher) -> None:
    bars = ask(served, fetcher, "stooq", "^spx", "SPX", key="K3Y")
    assert len(bars) == 1277 and bars[5].open == pytest.approx(price(bars[5].day) - 1)
    query = served.exchange.asked[-1][1]
    assert (query["d1"], query["d2"], query["i"], query["apikey"]) == ("20210101", "20240630", "d", "K3Y")


def test_stooq_files_without_volume_are_read(served: Served, fetcher: Fetcher) -> None:
    served.exchange.answers["stooq"] = (200, "Date,Open,High,Low,Close\n2024-01-02,1,2,0.5,1.5\n")
    assert ask(served, fetcher, "stooq", "eurusd", "EURUSD")[0].volume is None


@pytest.mark.parametrize(
    ("provider", "feed", "symbol"),
    [
        ("binance", "NOPEUSDT", "BTC"), ("coinbase", "NOPE-USD", "BTC"), ("kraken", "NOPEUSD", "BTC"),
        ("fred", "NOPE", "US10Y"), ("stooq", "nope", "SPX"),
    ],
)  # fmt: skip
def test_a_series_the_provider_does_not_know_is_told_from_an_outage(
    served: Served, fetcher: Fetcher, provider: str, feed: str, symbol: str
) -> None:
    with pytest.raises(UnknownSeriesError):
        ask(served, fetcher, provider, feed, symbol)


@pytest.mark.parametrize("provider", NETWORKED)
@pytest.mark.parametrize(
    ("status", "body", "closed"),
    [
        (429, "slow down", True), (451, '{"code": 0, "msg": "restricted location"}', True), (403, "", True),
        (500, "oops", False), (200, HTML, False), (200, "", False), (200, "\x00\x01 not prices", False),
        (200, '{"unexpected": []}', False), (200, '[["x"]]', False), (200, "null", False), (200, '"text"', False),
    ],
)  # fmt: skip
def test_every_wrong_answer_is_an_error_in_words(
    served: Served, fetcher: Fetcher, provider: str, status: int, body: str, closed: bool
) -> None:
    from scrapers.prices.load import _Desk
    from scrapers.prices.settings import PriceSettings

    served.exchange.answers[provider] = (status, body)
    asset = next(a for a in registry().values() if provider in a.feeds)
    desk = _Desk(fetcher, PriceSettings(endpoints={provider: served.endpoint(provider)}))
    trouble: list[str] = []
    today = datetime.now(UTC).date()
    assert desk._ask(provider, asset, [(today - timedelta(days=9), today)], trouble) == []
    if provider == "kraken" and body == '{"unexpected": []}':  # an answer without candles is an empty one
        return
    assert len(trouble) == 1 and trouble[0].startswith(f"{provider}: ") and "\n" not in trouble[0]
    assert (provider in desk.closed) is closed


@pytest.mark.parametrize(
    ("body", "closed"),
    [
        ("Exceeded the daily hits limit", True),
        ("Get your apikey: open https://stooq.com/q/d/?s=x&get_apikey", True),
        ("Something else", False),
    ],
)
def test_stooq_says_what_is_wrong_with_http_200(served: Served, fetcher: Fetcher, body: str, closed: bool) -> None:
    served.exchange.answers["stooq"] = (200, body)
    with pytest.raises(ProviderError) as caught:
        ask(served, fetcher, "stooq", "^spx", "SPX")
    assert caught.value.closed is closed


@pytest.mark.parametrize(
    ("error", "closed"),
    [("EGeneral:Too many requests", True), ("EAPI:Rate limit exceeded", True), ("EService:Busy", False)],
)
def test_kraken_reports_its_limits_inside_an_http_200(
    served: Served, fetcher: Fetcher, error: str, closed: bool
) -> None:
    served.exchange.answers["kraken"] = (200, f'{{"error": ["{error}"]}}')
    with pytest.raises(ProviderError) as caught:
        ask(served, fetcher, "kraken", "XBTUSD", "BTC")
    assert caught.value.closed is closed


def test_every_feed_in_the_registry_names_a_provider_or_a_file() -> None:
    named = {provider for asset in registry().values() for provider in asset.feeds}
    assert named == {*PROVIDERS, "file"} and set(BASE_URLS) == set(PROVIDERS)


YFINANCE = """
import datetime

class Column(list):
    pass

class Frame:
    def __init__(self, rows):
        self.index = [row[0] for row in rows]
        self.rows = rows
    def __len__(self):
        return len(self.rows)
    def __getitem__(self, name):
        place = ["", "Open", "High", "Low", "Close", "Volume"].index(name)
        return Column(row[place] for row in self.rows)

class Ticker:
    def __init__(self, name):
        self.name = name
    def history(self, *, start, end, interval, auto_adjust, actions, raise_errors):
        assert (interval, auto_adjust) == ("1d", False)
        if self.name == "GONE":
            return Frame([])
        if self.name == "LIMIT":
            raise YFRateLimitError("Too Many Requests. Rate limited. Try after a while.")
        stamp = datetime.datetime.fromisoformat(start + "T00:00:00-05:00")
        day = datetime.timedelta(days=1)
        return Frame([(stamp, 1.0, 3.0, 0.5, 2.0, 10), (stamp + day, 1.0, 1.0, 1.0, float("nan"), 0)])

class YFRateLimitError(Exception):
    pass
"""


def test_yahoo_goes_through_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetcher: Fetcher) -> None:
    """A stand-in with yfinance's interface: the real package asks Yahoo and nobody else."""
    (tmp_path / "yfinance.py").write_text(YFINANCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "yfinance", raising=False)
    asset, endpoint = registry()["SPY"], Endpoint("")
    bars = list(PROVIDERS["yahoo"]("SPY", asset, date(2024, 1, 2), date(2024, 1, 3), fetcher, endpoint))
    assert [(bar.day, bar.close, bar.open, bar.volume) for bar in bars] == [(date(2024, 1, 2), 2.0, 1.0, 10.0)]
    with pytest.raises(UnknownSeriesError):
        list(PROVIDERS["yahoo"]("GONE", asset, FIRST, LAST, fetcher, endpoint))
    with pytest.raises(ProviderError) as caught:
        list(PROVIDERS["yahoo"]("LIMIT", asset, FIRST, LAST, fetcher, endpoint))
    assert caught.value.closed
    monkeypatch.delitem(sys.modules, "yfinance")
