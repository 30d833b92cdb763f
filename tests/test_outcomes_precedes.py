""" "A precedes B": k of n, base rates and odds worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from outcomes.events import events
from outcomes.precedes import Test as Counted
from outcomes.precedes import (
    event_columns,
    mean_change_p,
    robustness,
    share_interval,
    smallest_convincing,
)
from outcomes.precedes import (
    test_event as count_event,
)
from outcomes.study_verdicts import precedes_status
from outcomes.verdict_rows import verdict_row
from tests.outcomes_samples import ASSETS, market
from tests.patterns_samples import DAYS, day_at, flat, judged, market_of, noise, offset, prices, relation

NEW_HIGH = events()["new_high"]


def records(at: list[int], days: int = DAYS) -> list[float]:
    """A driver that sets a record on the given days only, each a point above the last."""
    close, best = [], 100.0
    for i in range(days):
        best += i in at
        close.append(best if i in at else 99.0 if i else 100.0)
    return close


def steps(rises: dict[int, float], days: int = DAYS) -> list[float]:
    """A flat response that jumps by a share on the given days, for good."""
    level, close = 100.0, []
    for i in range(days):
        level *= 1 + rises.get(i, 0.0)
        close.append(level)
    return close


def test_k_of_n_base_rate_and_binomial_by_hand() -> None:
    """Records on days 300, 600, 900, 1200; the response jumps after the first three. Flat is no gain."""
    closes = {"ACME": records([300, 600, 900, 1200]), "BTC": steps({310: 0.5, 620: 0.1, 930: 0.2})}
    found = market(closes)
    test, followed = count_event(found, NEW_HIGH, 0, 1, 50, DAYS - 1, 1)
    assert (test.n, test.k, test.disjoint) == (4, 3, True)
    assert [round(c, 6) for c in followed.change] == [0.5, 0.1, 0.2, 0.0]
    # Start days 180..1410 have a 50-day window; 50 start days come before each of the three jumps.
    assert test.base_rate == pytest.approx(150 / (DAYS - 50 - 180))
    base = test.base_rate
    assert test.p_above == pytest.approx(4 * base**3 * (1 - base) + base**4)
    assert test.p_below == pytest.approx(1 - base**4)


def test_entry_comes_after_the_event_is_known() -> None:
    """The S&P closes in New York hours before Bitcoin's day ends: the same day's close is the entry."""
    new_york = replace(ASSETS["ACME"], close_time="16:00", close_zone="America/New_York")
    found = market_of({"ACME": records([300]), "BTC": steps({300: 0.5, 301: 0.1})}, ACME=new_york)
    _, followed = count_event(found, NEW_HIGH, 0, 1, 30, DAYS - 1, 1)
    assert followed.entry.tolist() == [300] and followed.change[0] == pytest.approx(0.1)
    swapped = market_of({"BTC": records([300]), "ACME": steps({301: 0.5, 302: 0.1})}, ACME=new_york)
    _, followed = count_event(swapped, NEW_HIGH, 0, 1, 30, DAYS - 1, 1)
    assert followed.entry.tolist() == [301] and followed.change[0] == pytest.approx(0.1)


def test_smallest_n_that_convinces() -> None:
    """METHODS, fact 3: three of three never do; 5, 6 and 7 are needed at base rates of 50, 58 and 65 %."""
    assert [smallest_convincing(base) for base in (0.5, 0.58, 0.65)] == [5, 6, 7]
    assert [round(base**3, 3) for base in (0.5, 0.58, 0.65)] == [0.125, 0.195, 0.275]
    low, high = share_interval(3, 3)
    assert (low, high) == pytest.approx((0.025 ** (1 / 4), 0.975 ** (1 / 4)))  # Beta(4, 1)


def test_overlapping_windows_are_shifted_not_multiplied() -> None:
    """Four records within one long rally are not four independent hits."""
    at = [700, 720, 740, 760]
    closes = {"ACME": records(at), "BTC": steps(dict.fromkeys(range(690, 860), 0.01))}
    event = replace(NEW_HIGH, gap=10)
    test, _ = count_event(market(closes), event, 0, 1, 90, DAYS - 1, 1)
    assert (test.n, test.k, test.disjoint) == (4, 4, False)
    assert test.p_above > test.base_rate / 2 > test.base_rate**4


def test_the_shift_test_keeps_its_size() -> None:
    """Dense, overlapping events on a random walk: at a nominal 5 % it rejects about that often."""
    random = np.random.default_rng(5)
    rejected = 0
    for seed in range(150):
        at = sorted(random.choice(np.arange(200, DAYS - 80), 30, replace=False).tolist())
        found = market({"ACME": records([]), "BTC": prices(noise(seed))})
        test, _ = count_event(found, NEW_HIGH, 0, 1, 60, DAYS - 1, 1, at=np.array(at))
        rejected += test.p_above < 0.05
    assert rejected <= 15  # binomial(150, .05): 15 or fewer in 99.5 %


def test_a_window_that_is_not_over_does_not_count() -> None:
    found = market({"ACME": records([300, 1450]), "BTC": steps({310: 0.1, 1455: 0.5})})
    test, followed = count_event(found, NEW_HIGH, 0, 1, 60, DAYS - 1, 1)
    assert test.n == 1 and math.isnan(followed.change[1])


def test_dated_events_use_their_own_days() -> None:
    found = market({"ACME": flat(), "BTC": flat()})
    columns = event_columns(found, events()["rate_cut"], 0, DAYS - 1)
    assert [day_at(c) for c in columns] == [
        date(2024, 9, 18), date(2024, 11, 7), date(2024, 12, 18), date(2025, 9, 17), date(2025, 10, 29),
        date(2025, 12, 10),
    ]  # fmt: skip
    beyond = market({"ACME": flat(days=3000), "BTC": flat(days=3000)})
    test, _ = count_event(beyond, events()["rate_cut"], 0, 1, 90, 2999, 1)
    assert test.n == 6  # and no start day counts after what is known ends


def count(k: int, n: int, base: float, above: float, below: float) -> Counted:
    return Counted(180, 0.0, 90, n, k, base, above, below, True)


@pytest.mark.parametrize(
    ("sign", "test", "status"),
    [
        (1, count(7, 7, 0.6, 0.03, 1.0), "held"),
        (1, count(6, 7, 0.6, 0.16, 0.97), "mixed"),
        (1, count(4, 7, 0.6, 0.71, 0.58), "failed"),
        (0, count(4, 7, 0.6, 0.71, 0.58), "held"),
        (0, count(7, 7, 0.6, 0.02, 1.0), "failed"),
        (0, count(3, 4, 0.6, 0.48, 0.87), "mixed"),  # too few to have shown an effect
    ],
)
def test_status(sign: int, test: Counted, status: str) -> None:
    assert precedes_status(sign, test) == status


AT = [250, 450, 650, 850, 1050, 1238]


def rallies(after: list[int]) -> dict[str, list[float]]:
    """The response falls slowly, and doubles in the month after the chosen records."""
    moves = np.full(DAYS, -0.002)
    for start in after:
        moves[start + 1 : start + 31] = 0.025
    return {"ACME": records(AT), "BTC": prices(moves)}


def test_the_verdict_lists_every_occurrence_and_what_was_known() -> None:
    verdict = judged(rallies(AT), relation(driver_event="new high", instances=3, lag_days=60))["precedes"]
    assert (verdict.status, verdict.value, verdict.horizon) == ("held", 1.0, 60)
    detail = verdict.detail
    assert (detail["k"], detail["n"]) == (6, 6)
    assert [row[0] for row in detail["occurrences"]] == [day_at(i) for i in AT]
    assert all(row[2] == 1 for row in detail["occurrences"])
    assert day_at(1238) + timedelta(days=60) > date(2025, 6, 2)  # its window was not over at publication
    assert (detail["n_at_publication"], detail["k_at_publication"]) == (5, 5)
    assert (detail["claimed_n"], detail["k_of_claimed_n"]) == (3, 3)
    assert detail["test"] == "exact binomial" and detail["p"] < 0.05 and detail["p_mean_change"] < 0.05


def test_misses_fail_and_few_hits_are_mixed() -> None:
    missed = judged(rallies([]), relation(driver_event="new high", lag_days=60))["precedes"]
    assert missed.status == "failed" and missed.detail["k"] == 0
    assert [row[2] for row in missed.detail["occurrences"]] == [0] * 6
    inverse = judged(rallies([]), relation(driver_event="new high", lag_days=60, relation="negative"))["precedes"]
    assert inverse.detail["k"] == 6 and inverse.status == "failed"  # everything falls, event or not: no better
    some = judged(rallies(AT[:2]), relation(driver_event="new high", lag_days=60))["precedes"]
    assert some.status == "mixed" and some.detail["smallest_convincing_n"] >= 2


def test_too_few_occurrences_and_missing_sides() -> None:
    closes = rallies(AT)
    reasons = {
        "too few occurrences": relation(driver_event="volatility squeeze"),
        "series not loaded": relation(driver="SOL", driver_event="new high"),
        "no priced asset": relation(driver="NICHE", driver_event="new high"),
        "cause not graded": relation(driver_event="new high", kind="cause"),
    }
    for reason, claim in reasons.items():
        verdict = judged(closes, claim)["precedes"]
        assert (verdict.status, verdict.reason) == ("ungradable", reason)
    dated = judged(closes, relation(driver="halving", response="BTC"))["precedes"]
    assert dated.reason == "too few occurrences"  # one halving in four years: but no series is needed for it


def test_the_size_that_was_claimed_is_counted_apart() -> None:
    verdict = judged(rallies(AT), relation(driver_event="new high", magnitude_pct=80, lag_days=60))["precedes"]
    assert verdict.detail["k_of_that_size"] == 6
    bigger = judged(rallies(AT), relation(driver_event="new high", magnitude_pct=380, lag_days=60))["precedes"]
    assert bigger.detail["k_of_that_size"] == 0


def test_the_grid_is_corrected_for_its_size() -> None:
    cells = robustness(market(rallies(AT)), NEW_HIGH, 0, 1, DAYS - 1, 1)
    assert len(cells) == 3 * 4 * 3  # horizons, quiet times (there is no year without a record), sizes
    assert all(cell.q >= cell.test.p_above for cell in cells)
    strong = [c for c in cells if c.test.horizon == 30 and c.test.size == 0.2]
    assert all(c.test.k == c.test.n for c in strong if c.test.gap < 200)
    assert any(c.q < 0.05 for c in cells)


def test_mean_change_is_tested_by_shifting() -> None:
    starts = np.zeros(1000)
    starts[[200, 300, 500]] = 1.0
    found = market({"ACME": records([]), "BTC": flat()})
    _, followed = count_event(found, NEW_HIGH, 0, 1, 5, DAYS - 1, 1, at=np.array([200, 300, 500]))
    planted = replace(followed, change=np.ones(3), entry=np.array([200, 300, 500]))
    assert mean_change_p(planted, starts, 0, 1) == pytest.approx(2 / 1001)


def test_later_prices_change_nothing_before_as_of() -> None:
    closes = rallies(AT)
    cut = offset(date(2025, 6, 30)) + 1
    planted = {s: c[:cut] + [v * 7 for v in c[cut:]] for s, c in closes.items()}
    claim = relation(driver_event="new high", lag_days=60)
    early = [judged(market(c, date(2025, 6, 30)), claim)["precedes"] for c in (closes, planted)]
    assert verdict_row(early[0]) == verdict_row(early[1])
    assert judged(planted, claim)["precedes"].input_hash != early[0].input_hash


def test_the_same_study_serves_every_claim_of_it() -> None:
    from outcomes.correlations import Judge

    judge = Judge(market(rallies(AT)))
    one, two = (judge.verdicts(relation(claim_id=name, driver_event="new high", lag_days=60))[0] for name in ("a", "b"))
    assert one.detail == two.detail and one.input_hash != two.input_hash
    assert len(judge.studies._done) == 1
