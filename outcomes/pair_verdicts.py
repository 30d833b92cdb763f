"""Verdicts on claims that two series move together, inversely, with a lag, or not at all."""

from __future__ import annotations

import math
from typing import Any

from outcomes.arrays import from_day
from outcomes.co_movement import MIN_PAIRS, CoMovement, Measured
from outcomes.evidence import Place
from outcomes.lead_lag import Scan
from outcomes.market import Market
from outcomes.relations import Claimed
from outcomes.returns import PairedReturns
from outcomes.verdict_rows import input_hash, ungradable
from outcomes.verdicts import Status, Verdict

WEAK = 0.1  # a correlation whose whole interval is below this on the claimed side is no such correlation
PRINTED = 0.05  # claimed coefficients are printed to a tenth
UNRELATED = 0.3  # an interval that reaches further than this leaves room for a relation
RECENT_DAYS = 180  # a claim of no relation, without a period, is about the time before it was made
MIN_SCAN = 120  # days of lead and lag looked at around a claimed lag, at least


class Pairs:
    """Each distinct pair and lag is measured once."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._measured: dict[tuple[int, int, int], CoMovement] = {}
        self._scans: dict[tuple[int, int, int], Scan | None] = {}

    def verdicts(self, claim: Claimed, sign: int, driver: Place, response: Place) -> list[Verdict]:
        """`correlation` over all history, `claimed_window` where there is one, `coefficient` where one is claimed."""
        lag = round(claim.lag or 0)
        pair = self._pair(driver.row, response.row, lag)
        if len(pair.sample) < MIN_PAIRS or not math.isfinite(pair.measured.low):
            return [ungradable(claim.claim_id, "correlation", "correlation", "history too short", claim.inputs, lag)]
        made = [self._whole(claim, sign, pair, driver, response)]
        window = self._claimed_window(claim, sign, pair)
        if len(window) and len(window) < len(pair.sample):
            made.append(self._window(claim, sign, pair, window))
        if claim.coefficient is not None:
            made.append(_coefficient(claim, pair, window if len(window) else pair.sample))
        return made

    def _pair(self, a: int, b: int, lag: int) -> CoMovement:
        key = (a, b, lag)
        if key not in self._measured:
            self._measured[key] = CoMovement(self.market, *key)
        return self._measured[key]

    def _claimed_window(self, claim: Claimed, sign: int, pair: CoMovement) -> PairedReturns:
        if claim.period:
            return pair.sample.between(*claim.period)
        if sign == 0 and not claim.lag and claim.clock is not None:
            day = claim.clock // 86_400
            return pair.sample.between(day - RECENT_DAYS, day - 1)
        return pair.sample.between(1, 0)

    def _whole(self, claim: Claimed, sign: int, pair: CoMovement, driver: Place, response: Place) -> Verdict:
        found = pair.measured
        detail = _numbers(found) | {
            "driver": driver.priced_as,
            "response": response.priced_as,
            "claimed_side": sign,
            "returns": f"{pair.sample.span}-day" if pair.sample.span != 1 else "daily",
            "spearman": found.rank_r,
            "block": pair.block,
            "r_30_day_returns": pair.coarse,
            "rolling_90": pair.windows,
            "from": from_day(int(pair.sample.day[0])),
            "to": from_day(int(pair.sample.day[-1])),
        }
        if claim.clock is not None:
            detail["at_publication"] = _numbers(pair.published(claim.clock))
        if pair.stability:
            parts = [[from_day(a), from_day(b), r, n] for a, b, r, n in pair.stability.parts]
            detail["sub_periods"] = {"p_same": pair.stability.p, "parts": parts}
        if claim.lag:
            detail |= self._lead_lag(pair)
        proxies = {p.symbol: p.proxy for p in (driver, response) if p.proxy}
        return _verdict(claim, "correlation", sign, found, pair, detail | ({"proxies": proxies} if proxies else {}))

    def _lead_lag(self, pair: CoMovement) -> dict[str, Any]:
        most = max(MIN_SCAN, 2 * abs(pair.lag))
        key = (pair.a, pair.b, most)
        if key not in self._scans:
            self._scans[key] = pair.scan(most)
        scan = self._scans[key]
        if scan is None:
            return {"claimed_lag": pair.lag}
        return {
            "claimed_lag": pair.lag,
            "r_at_lag_0": float(scan.r[most]),
            "best_lag": scan.best_lag,
            "best_r": scan.best_r,
            "p_best": scan.p_best,
            "best_by_chance_95": scan.null_95,
            "lags_tried": [-most, most],
        }

    def _window(self, claim: Claimed, sign: int, pair: CoMovement, part: PairedReturns) -> Verdict:
        """The window the claim names, set against the best window of that width in shifted series."""
        if len(part) < 8:
            return ungradable(claim.claim_id, "correlation", "claimed_window", "too few occurrences", claim.inputs)
        found = pair.over(part)
        detail = _numbers(found) | {
            "from": from_day(int(part.day[0])),
            "to": from_day(int(part.day[-1])),
            "claimed_side": sign,
            "full_sample_r": pair.measured.r,
            "p_best_window": pair.best_window(part, found.r),
        }
        return _verdict(claim, "claimed_window", sign, found, pair, detail)


def relation_status(sign: int, low: float, high: float) -> Status:
    """Held, failed or mixed from the 95 % interval of the correlation (DESIGN, "Correlations").

    A claimed side: held if the interval excludes 0 on it, failed if its end on that side is below 0.1. A claim of
    no relation: held if the interval covers 0 and stays within ±0.3, failed if all of it is 0.1 or more away from
    0, else mixed.
    """
    if sign == 0:
        if low >= WEAK or high <= -WEAK:
            return "failed"
        return "held" if low <= 0 <= high and max(-low, high) < UNRELATED else "mixed"
    near, far = (low, high) if sign > 0 else (-high, -low)
    if near > 0:
        return "held"
    return "failed" if far < WEAK else "mixed"


def _verdict(
    claim: Claimed, measure: str, sign: int, found: Measured, pair: CoMovement, detail: dict[str, Any]
) -> Verdict:
    return Verdict(
        claim_id=claim.claim_id,
        claim_kind="correlation",
        measure=measure,
        horizon=pair.lag,
        status=relation_status(sign, found.low, found.high),
        value=found.r,
        entry_date=detail["from"],
        exit_date=detail["to"],
        detail=detail,
        input_hash=input_hash(measure, *claim.inputs, pair.digest),
    )


def _coefficient(claim: Claimed, pair: CoMovement, part: PairedReturns) -> Verdict:
    """The claimed number beside the measured one: held inside the interval, failed when 0.3 or more from it."""
    found = pair.over(part) if len(part) < len(pair.sample) else pair.measured
    claimed = float(claim.coefficient or 0.0)
    away = max(found.low - claimed, claimed - found.high, 0.0)
    away = 0.0 if away <= PRINTED else away
    status: Status = "held" if away == 0 else "failed" if away >= UNRELATED else "mixed"
    first, last = from_day(int(part.day[0])), from_day(int(part.day[-1]))
    detail = _numbers(found) | {"claimed": claimed, "from": first, "to": last}
    return Verdict(
        claim_id=claim.claim_id,
        claim_kind="correlation",
        measure="coefficient",
        horizon=pair.lag,
        status=status,
        value=found.r,
        entry_date=first,
        exit_date=last,
        detail=detail,
        input_hash=input_hash("coefficient", *claim.inputs, pair.digest),
    )


def _numbers(found: Measured) -> dict[str, Any]:
    return {"r": found.r, "low": found.low, "high": found.high, "n": found.n, "n_effective": found.n_effective}
