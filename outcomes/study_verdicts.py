"""Verdicts on "A precedes B": every occurrence listed, and how many it would take to convince."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from outcomes.arrays import from_day
from outcomes.earlier_records import before
from outcomes.events import Event
from outcomes.evidence import Place, evidence_end, prices_hash
from outcomes.market import Market
from outcomes.precedes import (
    ALPHA,
    Cell,
    Followed,
    Test,
    every_start,
    first_possible,
    mean_change_p,
    robustness,
    share_interval,
    smallest_convincing,
    test_event,
)
from outcomes.relations import Claimed
from outcomes.verdict_rows import input_hash, ungradable
from outcomes.verdicts import Reason, Status, Verdict

DEFAULT_HORIZON = 90
MIN_OCCURRENCES = 3
LISTED = 80


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One event and response, measured once for all who claim it."""

    test: Test
    followed: Followed
    cells: tuple[Cell, ...]
    mean_p: float
    digest: str

    @property
    def significant(self) -> float:
        """Share of the grid's cells that stay significant after correction."""
        return float(np.mean([cell.q < ALPHA for cell in self.cells])) if self.cells else math.nan


class Studies:
    """Each distinct event, driver, response, side and horizon is studied once."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.end = evidence_end(market)
        self._done: dict[tuple[object, ...], Study] = {}

    def study(self, event: Event, driver: int, response: int, horizon: int, sign: int) -> Study:
        key = (event.id, driver, response, horizon, sign)
        if key not in self._done:
            self._done[key] = self._study(event, driver, response, horizon, sign)
        return self._done[key]

    def _study(self, event: Event, driver: int, response: int, horizon: int, sign: int) -> Study:
        test, result = test_event(self.market, event, driver, response, horizon, self.end, sign)
        first = first_possible(self.market, event, driver)
        starts = every_start(self.market, response, first, self.end, horizon, event.known_until)
        cells = robustness(self.market, event, driver, response, self.end, sign) if test.n else []
        hashes = [prices_hash(self.market, row, 0, self.end) for row in (driver, response)]
        digest = input_hash(event.id, event, horizon, sign, *hashes)
        return Study(test, result, tuple(cells), mean_change_p(result, starts, first, sign), digest)

    def verdicts(self, claim: Claimed, event: Event, driver: Place, response: Place) -> list[Verdict]:
        """The one verdict `precedes`, at the claimed lag, the event's own horizon or 90 days."""
        horizon = max(round(claim.lag or event.horizon or DEFAULT_HORIZON), 1)
        study = self.study(event, driver.row, response.row, horizon, claim.sign or 1)
        if study.test.n < MIN_OCCURRENCES:
            unknown = event.kind == "new_high" and not before(self.market, driver.row).known
            why: Reason = "history too short" if unknown else "too few occurrences"
            inputs = (*claim.inputs, study.digest)
            return [ungradable(claim.claim_id, "correlation", "precedes", why, inputs, horizon)]
        detail = self._detail(claim, event, driver, response, study)
        return [
            Verdict(
                claim_id=claim.claim_id,
                claim_kind="correlation",
                measure="precedes",
                horizon=horizon,
                status=precedes_status(claim.sign, study.test),
                value=study.test.k / study.test.n,
                base_rate=study.test.base_rate,
                entry_date=from_day(int(study.followed.known[0]) + self.market.prices.first_day),
                exit_date=from_day(self.end + self.market.prices.first_day),
                detail=detail,
                input_hash=input_hash("precedes", *claim.inputs, study.digest),
            )
        ]

    def _detail(self, claim: Claimed, event: Event, driver: Place, response: Place, study: Study) -> dict[str, Any]:
        test, convincing = study.test, smallest_convincing(study.test.base_rate)
        detail: dict[str, Any] = {
            "event": event.id,
            "event_name": event.name,
            "driver": driver.priced_as,
            "response": response.priced_as,
            "side": claim.sign,
            "k": test.k,
            "n": test.n,
            "base_rate": test.base_rate,
            "p": test.p_above,
            "p_below": test.p_below,
            "p_mean_change": study.mean_p,
            "test": "exact binomial" if test.disjoint else "circular shift",
            "interval": share_interval(test.k, test.n),
            "smallest_convincing_n": convincing if convincing > 0 else None,
            "grid_cells": len(study.cells),
            "grid_significant": study.significant,
            "occurrences": self._listed(study.followed),
        }
        proxies = {p.symbol: p.proxy for p in (driver, response) if p.proxy}
        return detail | self._claimed(claim, study) | ({"proxies": proxies} if proxies else {})

    def _listed(self, result: Followed) -> list[list[Any]]:
        """Day of the event, change by the horizon's end, 1 for a hit, days of entry and exit; null while not over."""
        days = [[self._day(c) for c in column.tolist()] for column in (result.known, result.entry, result.exit)]
        moved = result.change.tolist()
        hits = [int(hit) if change == change else None for hit, change in zip(result.hit.tolist(), moved, strict=True)]
        return [list(row) for row in zip(days[0], moved, hits, days[1], days[2], strict=True)][-LISTED:]

    def _day(self, column: int) -> date | None:
        return from_day(column + self.market.prices.first_day) if column >= 0 else None

    def _claimed(self, claim: Claimed, study: Study) -> dict[str, Any]:
        """The claim's own count, and what its reader could have counted on the day."""
        if claim.clock is None:
            return {}
        column = claim.clock // 86_400 - self.market.prices.first_day
        over = (study.followed.exit >= 0) & (study.followed.exit < column)
        found: dict[str, Any] = {
            "n_at_publication": int(over.sum()),
            "k_at_publication": int(study.followed.hit[over].sum()),
        }
        if claim.instances:
            last = np.flatnonzero(over)[-claim.instances :]
            found |= {"claimed_n": claim.instances, "k_of_claimed_n": int(study.followed.hit[last].sum())}
        if claim.magnitude:
            size = abs(claim.magnitude) / 100
            reached = np.abs(study.followed.change) >= size
            found |= {"claimed_magnitude": claim.magnitude, "k_of_that_size": int((reached & study.followed.hit).sum())}
        return found


def precedes_status(sign: int, test: Test) -> Status:
    """Held if p < .05 above the base rate, failed if k/n is at or below it, else mixed (DESIGN).

    A claim that the event has no effect: failed if either side is below .025, held if neither is and there are
    enough occurrences for an effect to have shown, else mixed.
    """
    if sign == 0:
        if min(test.p_above, test.p_below) < ALPHA / 2:
            return "failed"
        return "held" if test.n >= max(smallest_convincing(test.base_rate), MIN_OCCURRENCES) else "mixed"
    if test.k / test.n <= test.base_rate:
        return "failed"
    return "held" if test.p_above < ALPHA else "mixed"
