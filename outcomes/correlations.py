"""Verdicts on claimed relations: co-movement and lags on returns, "A precedes B" on every occurrence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcomes.events import Event, match_event, quoted_event
from outcomes.evidence import Place, place
from outcomes.market import Market
from outcomes.pair_verdicts import Pairs
from outcomes.relations import CORRELATION_COLUMNS as CORRELATION_COLUMNS
from outcomes.relations import Claimed, claimed_relations
from outcomes.study_verdicts import Studies
from outcomes.verdict_rows import ungradable, verdict_row
from outcomes.verdicts import Reason, Verdict


def grade_correlations(columns: Mapping[str, Sequence[Any]], market: Market) -> Iterator[tuple[Any, ...]]:
    """Rows of table `verdicts` for equally long columns of claims (CORRELATION_COLUMNS, `clock`)."""
    judge = Judge(market)
    for claim in claimed_relations(columns):
        for verdict in judge.verdicts(claim):
            yield verdict_row(verdict)


class Judge:
    """Judges claims one after another and keeps what it measured for those who claim the same."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.pairs = Pairs(market)
        self.studies = Studies(market)

    def verdicts(self, claim: Claimed) -> list[Verdict]:
        """Every verdict on one claim: one of them where it cannot be graded, saying why."""
        event = match_event(claim.driver, claim.driver_event, claim.event_id)
        if event is None and not claim.driver_event:
            event = quoted_event(self.market.assets.get(claim.driver), claim.quote)
        measure = "precedes" if event and event.kind != "movement" else "correlation"
        sides = self._sides(claim, event)
        if not isinstance(sides, tuple):
            return [ungradable(claim.claim_id, "correlation", measure, sides, claim.inputs)]
        driver, response = sides
        if event and event.kind != "movement":
            return self.studies.verdicts(claim, event, driver, response)
        sign = claim.sign * (event.sign if event else 1)
        return self.pairs.verdicts(claim, sign, driver, response)

    def _sides(self, claim: Claimed, event: Event | None) -> tuple[Place, Place] | Reason:
        """Where the prices of both sides are, or the reason why the claim is not graded."""
        if claim.refused:
            return claim.refused
        response = place(self.market, claim.response)
        if not isinstance(response, Place):
            return response
        if event and event.dates:
            return Place(claim.driver, response.row), response
        driver = place(self.market, claim.driver)
        if not isinstance(driver, Place):
            return driver
        if event is None and (claim.driver_event or driver.row == response.row):
            return "event not defined"
        if event and event.kind == "movement" and driver.row == response.row:
            return "event not defined"
        return driver, response
