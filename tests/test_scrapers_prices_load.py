"""Loading prices: fall-through, increments, gaps, revisions and conflicts, against providers over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.assets import Asset, registry
from scrapers.fetch import Fetcher, FetchSettings
from scrapers.prices import KnownPrices
from scrapers.prices.gaps import holes, merged, open_days, uncovered, wanted
from scrapers.prices.load import AssetPrices, apart, load_prices
from scrapers.prices.settings import PriceSettings
from tests.price_providers import Exchange, Served, price, serving

NOW = datetime(2024, 7, 1, 9, 30, tzinfo=UTC)
YESTERDAY = date(2024, 6, 30)
LISTED = date(2024, 1, 1)
BTC = registry()["BTC"]
DAY = timedelta(days=1)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(Exchange(listed=LISTED)) as running:
        yield running


def load(
    served: Served, assets: list[Asset], known: dict[str, KnownPrices] | None = None, *, since: date | None = None,
    providers: tuple[str, ...] = ("binance", "coinbase", "kraken", "fred", "stooq"), cross_check: bool = True,
) -> list[AssetPrices]:  # fmt: skip
    endpoints = {name: served.endpoint(name) for name in providers}
    settings = PriceSettings(LISTED, providers, endpoints, cross_check)
    fetcher = Fetcher(FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0))
    return list(load_prices(assets, known or {}, fetcher, NOW, settings, since))


def stored(*loaded: AssetPrices) -> dict[str, KnownPrices]:
    return {one.symbol: KnownPrices({bar.day: (bar.close, bar.provider) for bar in one.bars}) for one in loaded}


def test_the_first_run_takes_all_days_that_are_over_and_the_second_only_looks_at_the_newest(served: Served) -> None:
    [first] = load(served, [BTC], cross_check=False)
    assert [bar.day for bar in first.bars] == list(served.exchange.days(LISTED, YESTERDAY))
    assert {bar.provider for bar in first.bars} == {"binance"} and first.answered == ("binance",)
    served.exchange.asked.clear()
    [second] = load(served, [BTC], stored(first), cross_check=False)
    assert second.bars == () and second.answered == ("binance",)
    assert len(served.exchange.asked) == 1
    newest = datetime.fromtimestamp(int(served.exchange.asked[0][1]["startTime"]) / 1000, UTC).date()
    assert newest == YESTERDAY - timedelta(days=6)


@pytest.mark.parametrize("answer", [(429, "slow"), (500, ""), (200, "<html>no</html>"), (200, "[]"), (451, "")])
def test_the_next_provider_takes_over(served: Served, answer: tuple[int, str]) -> None:
    served.exchange.answers["binance"] = answer
    [loaded] = load(served, [BTC])
    assert {bar.provider for bar in loaded.bars} == {"coinbase"}
    assert len(loaded.bars) == 182


def test_the_next_provider_is_asked_only_for_the_part_that_is_missing(served: Served) -> None:
    """Kraken keeps 720 days: what lies before comes from elsewhere."""
    served.exchange.listed = date(2021, 1, 1)
    asset = replace(BTC, feeds={"kraken": "XBTUSD", "coinbase": "BTC-USD"})
    settings_start = date(2021, 1, 1)
    [loaded] = load(served, [asset], since=settings_start)
    providers = [bar.provider for bar in loaded.bars]
    assert len(providers) == 1277 and providers.count("kraken") == 719
    assert providers[:558] == ["coinbase"] * 558
    assert loaded.conflicts == ()


def test_a_provider_at_its_limit_is_left_alone_for_the_rest_of_the_run(served: Served) -> None:
    served.exchange.answers["binance"] = (429, "slow")
    loaded = load(served, [BTC, registry()["ETH"]])
    assert served.exchange.count("binance") == 1
    assert [one.answered for one in loaded] == [("coinbase", "kraken"), ("coinbase",)]
    assert loaded[1].trouble[0].startswith("binance: HTTP 429")


def test_three_failures_in_a_row_are_enough(served: Served) -> None:
    served.exchange.answers["binance"] = (500, "")
    load(served, [BTC] * 5)
    assert served.exchange.count("binance") == 3


def test_days_missing_inside_are_asked_again(served: Served) -> None:
    [first] = load(served, [BTC], cross_check=False)
    gone = {date(2024, 3, 5), date(2024, 3, 6), date(2024, 5, 20)}
    known = {"BTC": KnownPrices({b.day: (b.close, b.provider) for b in first.bars if b.day not in gone})}
    [second] = load(served, [BTC], known, cross_check=False)
    assert {bar.day for bar in second.bars} == gone


def test_a_day_that_no_provider_has_is_no_error(served: Served) -> None:
    served.exchange.missing = {date(2024, 3, 5)}
    [loaded] = load(served, [BTC])
    assert len(loaded.bars) == 181
    assert loaded.answered[0] == "binance"


def test_a_revised_close_is_stored_and_reported(served: Served) -> None:
    [first] = load(served, [BTC], cross_check=False)
    known = stored(first)
    day = YESTERDAY - 2 * DAY
    old = price(day) * 1.5
    changed = KnownPrices({**known["BTC"].closes, day: (old, "binance")})
    [second] = load(served, [BTC], {"BTC": changed}, cross_check=False)
    assert [(bar.day, bar.close) for bar in second.bars] == [(day, price(day))]
    [revision] = second.revisions
    assert (revision.provider, revision.old_close, revision.new_close) == ("binance", old, price(day))


def test_two_providers_more_than_one_per_cent_apart_are_in_conflict(served: Served) -> None:
    served.exchange.shift["coinbase"] = 1.009
    [loaded] = load(served, [BTC])
    assert loaded.conflicts == () and loaded.answered == ("binance", "coinbase")
    served.exchange.shift["coinbase"] = 1.02
    [loaded] = load(served, [BTC])
    assert len(loaded.conflicts) == 182
    first = loaded.conflicts[0]
    assert (first.provider, first.other_provider, first.day) == ("binance", "coinbase", LISTED)
    assert (first.close, first.other_close) == (price(LISTED), pytest.approx(price(LISTED) * 1.02))


def test_a_day_keeps_the_provider_it_has_and_the_other_is_compared(served: Served) -> None:
    day = YESTERDAY - DAY
    known = {"BTC": KnownPrices({day: (price(day) * 1.05, "file"), YESTERDAY: (price(YESTERDAY), "file")})}
    [loaded] = load(served, [BTC], known, cross_check=False)
    assert loaded.bars == ()
    assert [(c.day, c.provider, c.other_provider) for c in loaded.conflicts] == [(day, "file", "binance")]


def test_the_candle_of_a_day_that_is_not_over_is_not_taken(served: Served) -> None:
    [loaded] = load(served, [BTC])
    assert max(bar.day for bar in loaded.bars) == YESTERDAY
    evening = registry()["SPX"]
    [loaded] = load(served, [replace(evening, feeds={"stooq": "^spx"})])
    assert max(bar.day for bar in loaded.bars) == YESTERDAY  # 09:30 UTC: New York has not closed


def test_assets_without_a_usable_feed_are_passed_over(served: Served) -> None:
    assert load(served, [registry()["ALTS"], registry()["IBD50"]]) == []
    assert load(served, [registry()["US10Y"]], providers=("binance",)) == []


def test_statistics_are_asked_again_far_back_because_they_are_revised(served: Served) -> None:
    m2 = registry()["M2"]
    known = {"M2": KnownPrices({date(2024, 5, 1): (100.0, "fred"), date(2024, 4, 1): (99.0, "fred")})}
    load(served, [m2], known)
    assert served.exchange.asked[0][1]["cosd"] == "2024-04-01"


# -- which days to ask for ------------------------------------------------------------------------------------------

days_lists = st.lists(st.dates(date(2020, 1, 1), date(2021, 12, 31)), max_size=60, unique=True)


@given(days_lists, st.sampled_from(["BTC", "SPX", "NIKKEI", "M2", "EURUSD"]))
def test_wanted_ranges_are_ordered_apart_and_reach_the_last_day(days: list[date], symbol: str) -> None:
    start, last = date(2019, 6, 1), date(2022, 1, 5)
    ranges = wanted(registry()[symbol], days, start, last)
    assert ranges and ranges[-1][1] == last
    assert all(a <= b for a, b in ranges)
    assert all(one[1] < other[0] for one, other in pairwise(ranges))
    assert ranges[0][0] >= (min(days) if days else start)


@given(days_lists)
def test_a_coin_misses_exactly_the_days_between_its_first_and_last(days: list[date]) -> None:
    have = set(days)
    missing = {a + n * DAY for a, b in holes(BTC, days, None) for n in range((b - a).days + 1)}
    inside = {min(days) + n * DAY for n in range((max(days) - min(days)).days)} if days else set()
    assert missing == inside - have


@given(days_lists)
def test_what_is_uncovered_holds_no_day_without_need(days: list[date]) -> None:
    asked = [(date(2020, 1, 1), date(2021, 12, 31))]
    left = uncovered(BTC, asked, set(days))
    covered = {a + n * DAY for a, b in left for n in range((b - a).days + 1)} | set(days)
    assert covered == {asked[0][0] + n * DAY for n in range(731)}


def test_a_long_weekend_is_no_hole_and_a_missing_week_is() -> None:
    spx = registry()["SPX"]
    friday, tuesday = date(2024, 5, 24), date(2024, 5, 28)
    assert holes(spx, [friday, tuesday], None) == []
    assert holes(spx, [friday, date(2024, 6, 3)], None) == [(date(2024, 5, 25), date(2024, 6, 2))]


def test_a_single_missing_day_shows_against_the_other_assets_of_its_market() -> None:
    assets = [registry()[symbol] for symbol in ("SPX", "NDX", "RUT", "DJI")]
    days = [date(2024, 6, 3) + n * DAY for n in range(12) if (date(2024, 6, 3) + n * DAY).weekday() < 5]
    known = {a.symbol: KnownPrices(dict.fromkeys(days, (1.0, "x"))) for a in assets[:3]}
    hole = date(2024, 6, 6)
    known["DJI"] = KnownPrices({d: (1.0, "x") for d in days if d != hole})
    opened = open_days(assets, known)
    [market] = opened
    assert opened[market] == set(days)
    assert holes(assets[3], known["DJI"].closes, opened[market]) == [(hole, hole)]
    assert holes(assets[0], known["SPX"].closes, opened[market]) == []


def test_unfillable_holes_take_turns() -> None:
    days = [date(2010, 1, 1) + n * DAY for n in range(4000) if n % 100]
    first = wanted(BTC, days, days[0], date(2021, 1, 1))
    second = wanted(BTC, days, days[0], date(2021, 1, 2))
    assert len(first) <= 6 and len(second) <= 6 and first[:-1] != second[:-1]


def test_ranges_close_together_are_one() -> None:
    ranges = [(date(2024, 1, 1), date(2024, 1, 1)), (date(2024, 1, 9), date(2024, 1, 9)), (date(2024, 6, 1),) * 2]
    assert merged(ranges) == [(date(2024, 1, 1), date(2024, 1, 9)), (date(2024, 6, 1), date(2024, 6, 1))]


@pytest.mark.parametrize(("one", "other", "expected"), [(100, 101, 0.01), (-37.63, -37.63, 0), (0, 1, float("inf"))])
def test_distance_of_two_closes(one: float, other: float, expected: float) -> None:
    assert apart(one, other) == pytest.approx(expected)
