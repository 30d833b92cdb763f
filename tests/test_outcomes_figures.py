"""Historical figures: each verdict and each reason on a price path that can be read off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from outcomes.figure_claims import printed_step
from outcomes.figure_stretch import stretch_of
from outcomes.figure_words import another_index, extreme_of, is_former, is_general, lead_of, rules, starts_at
from outcomes.verdict_rows import verdict_row
from tests.outcomes_samples import ASSETS, market
from tests.patterns_samples import DAYS, checked, figure, flat, market_of, offset, price

TODAY = offset(date(2025, 6, 2))


def path(*points: tuple[date, float]) -> list[float]:
    """Closes on straight lines through the points, flat before the first and after the last."""
    days, values = zip(*points, strict=True)
    return np.interp(np.arange(DAYS), [offset(d) for d in days], values).tolist()


RISE = {"BTC": path((date(2023, 12, 31), 100.0), (date(2024, 12, 31), 200.0), (date(2025, 6, 2), 300.0))}
SPAN_2024 = {"period": "2024", "period_start": "2024-01-01", "period_end": "2024-12-31"}


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("380%", 10), ("27%", 1), ("3.8x", 0.1), ("12.50%", 0.01), ("$89,000", 1000), ("$89,120", 10), ("100", 10),
        ("$90,000", 1000),
        ("50%", 1),
        ("$1.25 trillion", 1e10), ("$2 million", 1e6), ("89k", 1000), ("doubled", 0), ("7", 1),
    ],
)  # fmt: skip
def test_how_finely_a_number_is_printed(text: str, step: float) -> None:
    assert printed_step(text) == pytest.approx(step)


@pytest.mark.parametrize("row", [*rules()["extreme"], *rules()["stretch"]], ids=lambda row: row["example"][:40])
def test_every_row_finds_itself_in_its_example(row: dict[str, str]) -> None:
    example = row["example"]
    if "kind" in row:
        number = next(word for word in example.split() if word.startswith("$")).rstrip(".")
        assert extreme_of(example, example.index(number), number) == row["kind"]
    else:
        number = next(word for word in example.split() if word.endswith("%"))
        found = stretch_of(example, example.index(number), number)
        assert found is not None and bool(found.to_date) == bool(row.get("to_date"))


def test_the_other_words_find_themselves() -> None:
    for row in rules()["variant"]:
        assert another_index(row["asset"], row["example"])
    assert not another_index("RUT", "The Russell 2000 rose.")
    assert is_former(rules()["former"]["example"]) and is_general(rules()["general"]["example"])
    assert lead_of("January", "Gold is up 60% since January.") == "since"
    assert lead_of("late 2020", "Bitcoin surged 380% after late 2020.") == "after"
    assert lead_of("October", "Bitcoin fell 5% in October.") == "within"
    assert starts_at("October", rules()["peak"]["example"]) == "peak"
    assert starts_at("April", rules()["trough"]["example"]) == "trough"
    assert starts_at("October", "Bitcoin fell 5% in October.") is None


@pytest.mark.parametrize(
    ("quote", "text", "days"),
    [
        ("Bitcoin fell 3% in the past 24 hours", "3%", 1),
        ("Bitcoin fell 3% over the last two weeks", "3%", 14),
        ("Bitcoin stands 95% above its price of a year ago", "95%", 365.25),
        ("up 3% today and 11% in a month", "3%", 1),
        ("up 3% today and 11% in a month", "11%", 30.4),
        ("Bitcoin fell 3% after the meeting", "3%", None),
    ],
)
def test_over_how_long(quote: str, text: str, days: float | None) -> None:
    found = stretch_of(quote, quote.index(text), text)
    assert (found.days if found else None) == (days if days is None else pytest.approx(days, abs=1e-3))


@pytest.mark.parametrize(
    ("text", "value", "fields", "status"),
    [
        ("100%", 100, {}, "held"),  # 100 to 200, exactly
        ("103%", 103, {}, "held"),  # within a twentieth
        ("110%", 110, {"hedge": "approx"}, "held"),  # within a tenth
        ("95%", 95, {"hedge": "over"}, "held"),
        ("90%", 90, {}, "mixed"),  # a window that ends some days before is true
        ("300%", 300, {}, "failed"),
        ("200%", 200, {}, "failed"),
        ("100%", 100, {"direction": "down"}, "failed"),
        ("doubled", 2, {"unit": "x"}, "held"),
        ("tripled", 3, {"unit": "x"}, "failed"),
        ("95% to 105%", 95, {"value_high": 105.0}, "held"),
    ],
)
def test_a_move_within_a_year(text: str, value: float, fields: dict[str, object], status: str) -> None:
    verdict = checked(RISE, figure(f"Bitcoin gained {text} in 2024", text, value, **SPAN_2024, **fields))
    assert (verdict.measure, verdict.status) == ("change", status), verdict.detail
    if status == "held":
        assert verdict.value == pytest.approx(1.0)
        assert (verdict.entry_date, verdict.exit_date) == (date(2023, 12, 31), date(2024, 12, 31))
        assert (verdict.entry_price, verdict.exit_price) == (100, 200)


def test_percent_and_times_are_told_apart() -> None:
    """The price doubled: "up 200 %" takes the multiple for a gain, "3x" would need two more."""
    gain = checked(RISE, figure("Bitcoin gained 200% in 2024", "200%", 200, **SPAN_2024))
    assert gain.detail["confusion"] == "the price rose to 2 times what it was, which is +100 %"
    times = checked(RISE, figure("Bitcoin rose 1x in 2024", "1x", 1, unit="x", **SPAN_2024))
    assert times.detail["confusion"] == "the price gained 1 times what it was: it became 2 times as high"


def test_since_and_after() -> None:
    since = figure("Bitcoin is up 56% since December 2024", "56%", 56, period="December 2024",
                   period_start="2024-12-01", period_end="2024-12-31")  # fmt: skip
    found = checked(RISE, since)
    assert found.status == "held" and found.detail["reading"] == "since the period"
    assert found.exit_date == date(2025, 6, 2)
    after = figure("Bitcoin surged 150% after early 2024", "150%", 150, period="early 2024",
                   period_start="2024-01-01", period_end="2024-03-31")  # fmt: skip
    chosen = checked(RISE, after)
    assert chosen.status == "mixed" and 0 < chosen.base_rate < 0.2
    true_from, true_to = chosen.detail["true_from"], chosen.detail["true_to"]
    ratio = RISE["BTC"][offset(true_to)] / RISE["BTC"][offset(true_from)] - 1
    assert ratio == pytest.approx(1.5, abs=0.1)
    assert (
        checked(RISE, replace(after, value=380.0, text="380%", quote="Bitcoin surged 380% after early 2024")).status
        == "failed"
    )


def test_from_the_peak_of_a_period() -> None:
    closes = {"BTC": path((date(2025, 4, 1), 100.0), (date(2025, 4, 15), 200.0), (date(2025, 6, 2), 140.0))}
    claim = figure("Bitcoin is down 30% from its April high", "30%", 30, direction="down", period="April",
                   period_start="2025-04-01", period_end="2025-04-30")  # fmt: skip
    verdict = checked(closes, claim)
    assert verdict.status == "held" and verdict.entry_date == date(2025, 4, 15)


def test_a_stretch_up_to_publication() -> None:
    closes = {"BTC": path((date(2025, 5, 3), 100.0), (date(2025, 6, 2), 130.0))}
    assert checked(closes, figure("Bitcoin rose 30% in a month", "30%", 30)).status == "held"
    assert checked(closes, figure("Bitcoin rose 60% in a month", "60%", 60)).status == "failed"
    assert checked(closes, figure("Bitcoin rose 30% this month", "30%", 30)).status == "held"
    lengthy = figure("Bitcoin rose 30% in two months after March 2024", "30%", 30, period="March 2024",
                     period_start="2024-03-01", period_end="2024-03-31")  # fmt: skip
    assert checked(closes, lengthy).status == "failed"  # flat in 2024, whatever it did last month


def test_highs_and_lows_can_make_a_move_that_closes_do_not() -> None:
    days = np.arange(DAYS)
    low = np.full(DAYS, 100.0)
    high = np.where(days == TODAY, 125.0, 100.0)
    from outcomes.arrays import to_day
    from outcomes.market import Market
    from outcomes.prices import PriceMatrix
    from tests.outcomes_samples import START

    closes = np.full(DAYS, 100.0)
    packed = PriceMatrix.from_bars(["BTC"], np.zeros(DAYS, int), to_day(START) + days, closes, high, low, assets=ASSETS)
    found = Market(packed, ASSETS)
    move = checked(found, figure("Bitcoin gained 24% in a week", "24%", 24))
    assert move.status == "mixed" and move.detail["basis"] == "intraday"
    quoted = checked(found, price("Bitcoin traded at $124", "$124", 124.0))
    assert quoted.status == "held" and quoted.detail["basis"] == "intraday"
    record = checked(found, price("an all-time high of $125", "$125", 125.0))
    assert record.status == "held" and record.detail["basis"] == "intraday"
    closing = checked(found, price("a record close of $100", "$100", 100.0))
    assert closing.status == "held" and closing.detail["basis"] == "close"


def test_without_a_period_a_move_is_never_contradicted() -> None:
    closes = {"BTC": path((date(2025, 5, 26), 100.0), (date(2025, 6, 2), 120.0))}
    fitting = checked(closes, figure("Bitcoin has gained 20%", "20%", 20))
    assert fitting.status == "mixed" and fitting.base_rate > 0
    other = checked(closes, figure("Bitcoin has gained 70%", "70%", 70))
    assert (other.status, other.reason) == ("ungradable", "no checkable period")


@pytest.mark.parametrize(
    ("text", "value", "fields", "status"),
    [
        ("$300", 300.0, {}, "held"), ("$301", 301.0, {}, "held"), ("$294", 294.0, {"hedge": "approx"}, "held"),
        ("$280", 280.0, {"hedge": "over"}, "held"), ("$320", 320.0, {"hedge": "under"}, "held"),
        ("$250", 250.0, {}, "mixed"), ("$421", 421.0, {}, "failed"),
        ("$295-$305", 295.0, {"value_high": 305.0}, "held"),
        ("$150", 150.0, {"period": "July 2024", "period_start": "2024-07-01", "period_end": "2024-07-31"}, "held"),
    ],
)  # fmt: skip
def test_prices(text: str, value: float, fields: dict[str, object], status: str) -> None:
    verdict = checked(RISE, price(f"Bitcoin traded at {text}", text, value, **fields))
    assert (verdict.measure, verdict.status) == ("price", status), verdict.detail


def test_closes_alone_contradict_no_price() -> None:
    claim = price("Bitcoin traded at $421", "$421", 421.0)
    assert checked(market(RISE), claim).reason == "price missing"
    assert checked(RISE, claim).status == "failed"


def test_records_now_and_before() -> None:
    closes = {"BTC": path((date(2023, 1, 1), 50.0), (date(2023, 6, 1), 180.0), (date(2023, 9, 1), 90.0),
                          (date(2025, 6, 1), 240.0))}  # fmt: skip
    now = checked(closes, price("Bitcoin set an all-time high of $240", "$240", 240.0))
    assert (now.measure, now.status, now.entry_date) == ("extreme", "held", date(2025, 6, 1))
    former = checked(closes, price("above its previous all-time high of $180", "$180", 180.0))
    assert former.status == "held" and former.entry_date == date(2023, 6, 1)
    assert checked(closes, price("Bitcoin set an all-time high of $180", "$180", 180.0)).status == "failed"
    below = "Bitcoin trades at $120, half its all-time high"
    assert checked(closes, price(below, "$120", 120.0)).measure == "price"
    near = checked(closes, price("Bitcoin set an all-time high of $245", "$245", 245.0))
    assert near.status == "mixed"
    assert checked(closes, price("Bitcoin fell to an all-time low of $50", "$50", 50.0)).status == "held"


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (price("Bitcoin at $300", "$300", 300.0, rejected=1), "rejected by a person"),
        (price("Is Bitcoin at $300?", "$300", 300.0, modality="question"), "not a price claim"),
        (price("Bitcoin to $900", "$900", 900.0, role="target"), "a forecast or a level"),
        (price("support at $250", "$250", 250.0, role="level"), "a forecast or a level"),
        (price("Bitcoin at $300", "$300", 300.0, rewritten=1), "from a rewritten copy"),
        (price("Bitcoin at $300", "$300", 300.0, clock=None), "undated"),
        (price("It is at $300", "$300", 300.0, asset=None), "no priced asset"),
        (price("Niche at $300", "$300", 300.0, asset="NICHE"), "no priced asset"),
        (price("Solana at $300", "$300", 300.0, asset="SOL"), "series not loaded"),
        (price("All coins at $300", "$300", 300.0, asset="CRYPTO"), "series not loaded"),
        (price("inflows of $300 million into Bitcoin", "$300 million", 3e8, role="flow"), "no such measure"),
        (price("Bitcoin at €300", "€300", 300.0, unit="EUR"), "another unit"),
        (price("Bitcoin volume at $421", "$421", 421.0), "asset unclear"),
        (figure("Bitcoin set a record on Monday, 90% above its April low", "90%", 90, period="on Monday",
                period_start="2025-06-02", period_end="2025-06-02"), "no checkable period"),
        (price("Bitcoin at $3,000", "$3,000", 3000.0), "implausible figure"),
        (price("It never saw $421 before", "$421", 421.0), "asset unclear"),
        (price("Bitcoin at $100", "$100", 100.0), "no checkable period"),
        (figure("Bitcoin gained 5% on average", "5%", 5), "no checkable period"),
        (figure("Bitcoin gained 900% in 2021", "900%", 900, period="2021", period_start="2021-01-01",
                period_end="2021-12-31"), "no checkable period"),
        (figure("Bitcoin moved 5 bps in a month", "5 bps", 5, unit="bps"), "another unit"),
        (price("Bitcoin at $300", "$300", 300.0, clock=2_000_000_000), "price missing"),
    ],
)  # fmt: skip
def test_typed_reasons(claim: object, reason: str) -> None:
    verdict = checked(RISE, claim)  # type: ignore[arg-type]
    assert (verdict.status, verdict.reason) == ("ungradable", reason)


def test_another_index_is_not_the_index() -> None:
    assets = ASSETS | {"RUT": replace(ASSETS["SPX"], symbol="RUT", name="Russell 2000")}
    found = market_of({"RUT": flat(2500.0)}, RUT=assets["RUT"])
    plain = price("The Russell 2000 closed at 2,500", "2,500", 2500.0, unit="points", asset="RUT")
    value = price("The Russell 2000 Value closed at 2,500", "2,500", 2500.0, unit="points", asset="RUT")
    assert checked(found, plain).status == "held"
    assert checked(found, value).reason == "another index"


def test_an_asset_named_nearer_makes_the_subject_unclear() -> None:
    closes = RISE | {"SPX": flat(100.0)}
    clear = figure("Bitcoin, unlike the S&P 500, lost 30% in a month", "30%", 30, direction="down")
    assert checked(closes, clear).reason == "asset unclear"
    own = figure("Unlike the S&P 500, Bitcoin lost 30% in a month", "30%", 30, direction="down")
    assert checked(closes, own).status == "failed"


def test_levels_move_by_points() -> None:
    closes = {"VIX": path((date(2025, 5, 3), 20.0), (date(2025, 6, 2), 26.0))}
    points = figure("The Volatility gauge rose 6 points in a month", "6 points", 6, unit="points", asset="VIX")
    assert checked(closes, points).status == "held" and checked(closes, points).value == pytest.approx(6, abs=0.3)


def test_prices_after_publication_are_not_seen() -> None:
    planted = {"BTC": RISE["BTC"][: TODAY + 1] + [9999.0] * (DAYS - TODAY - 1)}
    claims = [
        price("Bitcoin traded at $300", "$300", 300.0),
        price("Bitcoin set an all-time high of $300", "$300", 300.0),
        figure("Bitcoin surged 150% after early 2024", "150%", 150, period="early 2024", period_start="2024-01-01",
               period_end="2024-03-31"),
        figure("Bitcoin is up 9% this month", "9%", 9),
    ]  # fmt: skip
    for claim in claims:
        assert verdict_row(checked(RISE, claim)) == verdict_row(checked(planted, claim))
    revised = {"BTC": [v * (1.0001 if i == TODAY - 5 else 1) for i, v in enumerate(RISE["BTC"])]}
    assert checked(revised, claims[0]).input_hash != checked(RISE, claims[0]).input_hash
