"""The registry of assets: what it must hold, what must hold of it, and how users add to it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from markets.assets import (
    CONFIG_VARIABLE,
    Asset,
    AssetError,
    feed_symbols,
    parse_assets,
    registry,
    with_stand_ins,
)

ROW = {"symbol": "ABC", "name": "Abc", "kind": "coin"}
WELL_KNOWN = """
BTC ETH SOL XRP BNB ADA DOGE LTC LINK AVAX CRYPTO ALTS RUT SPX NDX IXIC DJI STOCKS VIX GOLD SILVER WTI BRENT COPPER DXY
US10Y US2Y US30Y BONDS M2 FEDFUNDS CPI BTC.D ETHBTC MSTR COIN NVDA EURUSD JP_CPI UK_RATE BUND10Y JGB10Y USDJPY NIKKEI
FTSE DAX CORN WHEAT SOYBEANS IWM SPY QQQ GLD TLT IBIT TSLA AAPL STOXX600 NATGAS ECB_RATE TR_CPI AUDUSD
"""
EVERYDAY = "link near one gas sui dot atom sand target apple visa meta flow hype etc op"
TICKERS_THAT_ARE_WORDS = "LINK NEAR DOT ATOM SAND UNI FLOW HYPE ETC VET TON DASH"


def by_name(name: str) -> set[str]:
    """Symbols for which a printed name is listed, guarded or not."""
    folded = name.casefold()
    return {
        asset.symbol
        for asset in registry().values()
        if folded in {n.casefold() for n in (*asset.aliases, *asset.guarded)}
        or name in (*asset.exact, *asset.guarded_exact)
    }


def test_the_registry_holds_what_commentary_speaks_of() -> None:
    kinds = Counter(asset.kind for asset in registry().values())
    assert kinds["coin"] >= 60 and kinds["equity"] >= 60 and kinds["index"] >= 20 and kinds["fund"] >= 20
    assert not set(WELL_KNOWN.split()) - registry().keys()


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("Bitcoin", "BTC"), ("$BTC", "BTC"), ("ether", "ETH"), ("altcoins", "ALTS"), ("altseason", "ALTS"),
        ("crypto market", "CRYPTO"), ("digital assets", "CRYPTO"), ("equities", "STOCKS"), ("stock market", "STOCKS"),
        ("Wall Street", "STOCKS"), ("global liquidity", "M2"), ("money supply", "M2"), ("the dollar", "DXY"),
        ("greenback", "DXY"), ("Treasury yields", "US10Y"), ("rate cuts", "FEDFUNDS"), ("rate hike", "FEDFUNDS"),
        ("fed funds", "FEDFUNDS"), ("inflation", "CPI"), ("LINK", "LINK"), ("$LINK", "LINK"), ("Chainlink", "LINK"),
        ("NEAR", "NEAR"), ("Sui", "SUI"), ("Apple", "AAPL"), ("Visa", "V"), ("$F", "F"), ("S&P 500", "SPX"),
        ("Russell 2000", "RUT"), ("bullion", "GOLD"), ("Bitcoin dominance", "BTC.D"), ("eth/btc", "ETHBTC"),
        ("Bank rate", "UK_RATE"), ("JGB yields", "JGB10Y"), ("footsie", "FTSE"), ("junk bonds", "HIGH_YIELD"),
    ],
)  # fmt: skip
def test_names_people_use(name: str, symbol: str) -> None:
    assert by_name(name) == {symbol}


@pytest.mark.parametrize("word", EVERYDAY.split())
def test_everyday_words_are_no_names(word: str) -> None:
    assert by_name(word) == set()


@pytest.mark.parametrize("ticker", TICKERS_THAT_ARE_WORDS.split())
def test_tickers_that_are_words_need_a_cue_but_their_cashtags_do_not(ticker: str) -> None:
    asset = registry()[ticker]
    assert ticker in asset.guarded_exact and ticker not in asset.exact and f"${ticker}" in asset.exact


@pytest.mark.parametrize(
    ("feed", "symbol"),
    {
        "BTC-USD": "BTC", "ETH-USD": "ETH", "TOTAL-CRYPTO-MCAP": "CRYPTO", "^RUT": "RUT", "IWM": "IWM", "^GSPC": "SPX",
        "^NDX": "NDX", "^IXIC": "IXIC", "^DJI": "DJI", "^VIX": "VIX", "GC=F": "GOLD", "XAU-USD": "GOLD_SPOT",
        "SI=F": "SILVER", "XAG-USD": "SILVER_SPOT", "DXY": "DXY", "DTWEXBGS": "USD_BROAD", "DGS10": "US10Y",
        "CL=F": "WTI", "DCOILWTICO": "WTI_SPOT", "M2SL": "M2", "WM2NS": "M2_WEEKLY", "TLT": "TLT",
        "BTCUSDT": "BTC", "XBTUSD": "BTC",
    }.items(),
)  # fmt: skip
def test_feed_symbols_lead_to_one_asset_each(feed: str, symbol: str) -> None:
    assert feed_symbols()[feed] == symbol


@pytest.mark.parametrize("series", ["GOLD_SPOT", "SILVER_SPOT", "USD_BROAD", "WTI_SPOT", "M2_WEEKLY", "GLD", "IBIT"])
def test_second_series_and_funds_say_what_they_track(series: str) -> None:
    assert registry()[series].tracks in registry()


def test_stand_ins_and_benchmarks() -> None:
    assets = registry()
    assert [assets[s].proxy for s in ("STOCKS", "CRYPTO", "ALTS", "BONDS")] == ["SPX", "BTC", "ETH", "TLT"]
    assert [assets[s].benchmark for s in ("ETH", "BTC", "NVDA", "MSTR", "SPX")] == ["BTC", "SPX", "SPX", "BTC", None]
    assert {asset.symbol for asset in with_stand_ins(["ALTS", "XYZ?"])} == {"ALTS", "ETH", "BTC", "SPX"}


def test_what_is_graded_by_level() -> None:
    levels = {symbol for symbol, asset in registry().items() if asset.graded_by == "level"}
    assert {"FEDFUNDS", "US10Y", "VIX", "CPI", "BTC.D", "JP_CPI", "UK_RATE", "BUND10Y"} <= levels
    assert not {"BTC", "SPX", "GOLD", "DXY", "M2", "BONDS", "EURUSD", "CRYPTO"} & levels


def test_statistics_are_not_known_on_the_day_they_are_dated() -> None:
    for asset in registry().values():
        if asset.kind == "macro" and asset.symbol not in ("RRP",):
            assert asset.release_lag_days > 0, asset.symbol
    assert registry()["CPI"].release_lag_days >= 40


def test_every_asset_that_claims_are_graded_on_has_prices_or_a_stand_in() -> None:
    without = [a.symbol for a in registry().values() if not a.feeds and not a.proxy]
    assert len(without) < 20, without


def test_names_are_tidy() -> None:
    for asset in registry().values():
        for name in (*asset.aliases, *asset.guarded):
            assert name == name.lower() and re.search(r"\w", name), (asset.symbol, name)
            assert len(name) > 2, (asset.symbol, name)
        assert not set(asset.exact) & set(asset.guarded_exact), asset.symbol


# -- what must hold -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"benchmark": "NOPE"}, "asset ABC: benchmark 'NOPE' is not another asset"),
        ({"proxy": "ABC"}, "asset ABC: proxy 'ABC' is not another asset"),
        ({"tracks": "NOPE"}, "asset ABC: tracks 'NOPE'"),
        ({"close_zone": "America/Gotham"}, "asset ABC: no time zone is called 'America/Gotham'"),
        ({"close_time": "25:00"}, "asset ABC: close_time '25:00'"),
        ({"close_time": "noon"}, "asset ABC: close_time 'noon'"),
        ({"graded_by": "luck"}, "asset ABC: graded_by 'luck'"),
        ({"release_lag_days": -1}, "asset ABC: release_lag_days"),
        ({"kind": "cheese"}, "asset ABC: kind 'cheese' is none of coin, index"),
        ({"name": ""}, "asset ABC: `name` is missing"),
        ({"colour": "red"}, "asset ABC: unknown key `colour`"),
        ({"aliases": ["other coin"]}, "asset OTHER: name 'other coin' already belongs to ABC"),
        ({"guarded": ["Other Coin"]}, "asset OTHER: name 'other coin' already belongs to ABC"),
        ({"exact": ["OTH"]}, "asset OTHER: name 'OTH' already belongs to ABC"),
        ({"feeds": {"yahoo": "OTH-USD"}}, "asset OTHER: feed id 'OTH-USD' already belongs to ABC"),
        ({"feeds": {"yahoo": "OTHER"}}, "asset OTHER: feed id 'OTHER' already belongs to ABC"),
        ({"aliases": [" padded"]}, "asset ABC: `aliases` must be a list of names"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_one_error_that_names_it(change: dict[str, Any], message: str) -> None:
    other = {
        "symbol": "OTHER", "name": "Other", "kind": "coin", "aliases": ["other coin"], "exact": ["OTH"],
        "feeds": {"binance": "OTH-USD"},
    }  # fmt: skip
    with pytest.raises(AssetError) as caught:
        parse_assets({"asset": [{**ROW, **change}, other]})
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


def test_a_row_without_a_symbol_is_named_by_its_place() -> None:
    with pytest.raises(AssetError, match="asset in row 2: `symbol` is missing"):
        parse_assets({"asset": [ROW, {"name": "x", "kind": "coin"}]})


def test_defaults_fill_a_row_and_feeds_take_its_symbol() -> None:
    defaults = {"coin": {"close_zone": "UTC", "feeds": {"yahoo": "{symbol}-X", "stooq": "{lower}.y"}}}
    [asset] = parse_assets({"defaults": defaults, "asset": [ROW]}).values()
    assert isinstance(asset, Asset) and asset.feeds == {"yahoo": "ABC-X", "stooq": "abc.y"}
    assert asset.exact == ("$ABC",)


def test_users_add_assets_and_change_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "calledit.toml"
    config.write_text(
        '[[asset]]\nsymbol = "ZZZ"\nname = "Zed"\nkind = "equity"\naliases = ["zed industries"]\n\n'
        '[[asset]]\nsymbol = "ALTS"\nproxy = "BTC"\n'
    )
    monkeypatch.setenv(CONFIG_VARIABLE, str(config))
    registry.cache_clear()
    feed_symbols.cache_clear()
    try:
        assert registry()["ZZZ"].feeds["stooq"] == "zzz.us" and registry()["ZZZ"].close_time == "16:00"
        assert registry()["ALTS"].proxy == "BTC" and "altcoins" in registry()["ALTS"].aliases
        assert feed_symbols()["zzz.us"] == "ZZZ"
    finally:
        monkeypatch.undo()
        registry.cache_clear()
        feed_symbols.cache_clear()
