"""Claimed relations as rows: what grading needs to know of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nlp.periods import resolve_period
from outcomes.arrays import from_day, to_day
from outcomes.figure_words import lead_of
from outcomes.standing import is_stated, not_standing
from outcomes.verdicts import Reason

CORRELATION_COLUMNS = (
    "id", "quote", "driver", "driver_event", "event_id", "response", "relation", "kind", "lag_days", "lag_days_high",
    "magnitude_pct", "coefficient", "instances", "periods", "modality", "negated", "rewritten", "rejected",
)  # fmt: skip
SIGNS = {"positive": 1, "negative": -1, "none": 0}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claimed relation. `clock` is the instant of its cluster's first publication (seconds UTC), None undated."""

    claim_id: str
    quote: str
    driver: str
    driver_event: str | None
    event_id: str | None
    response: str
    sign: int  # +1 together, -1 inversely, 0 not at all
    kind: str
    lag: float | None
    magnitude: float | None
    coefficient: float | None
    instances: int | None
    period: tuple[int, int] | None  # first and last day of the claimed window, days since 1970-01-01
    clock: int | None
    asserted: bool
    rejected: bool

    @property
    def inputs(self) -> tuple[object, ...]:
        """Everything a verdict takes from the claim."""
        return (
            self.claim_id, self.quote, self.driver, self.driver_event, self.event_id, self.response, self.sign,
            self.lag, self.magnitude, self.coefficient, self.instances, self.period, self.clock,
        )  # fmt: skip

    @property
    def refused(self) -> Reason | None:
        """Why it is not graded at all, whatever the prices."""
        if reason := not_standing(self.rejected, self.asserted):
            return reason
        if self.kind == "cause":
            return "cause not graded"
        return "undated" if self.clock is None else None


def claimed_relations(columns: Mapping[str, Sequence[Any]]) -> Iterator[Claimed]:
    """Rows from equally long columns named as in table `correlations`, with `claim_id` and `clock` beside."""
    names = list(columns)
    for values in zip(*columns.values(), strict=True):
        yield _claimed(dict(zip(names, values, strict=True)))


def _claimed(row: Mapping[str, Any]) -> Claimed:
    trusted = not row.get("rewritten")  # numbers of a machine-paraphrased text may have been changed
    clock = row.get("clock")
    lags = [v for v in (row.get("lag_days"), row.get("lag_days_high")) if v is not None]
    sign = SIGNS[row["relation"]]
    return Claimed(
        claim_id=row["claim_id"],
        quote=row.get("quote") or "",
        driver=row["driver"],
        driver_event=row.get("driver_event"),
        event_id=row.get("event_id"),
        response=row["response"],
        sign=sign,
        kind=row.get("kind") or "pattern",
        lag=sum(lags) / len(lags) if lags and trusted else None,
        magnitude=row.get("magnitude_pct") if trusted else None,
        coefficient=row.get("coefficient") if trusted else None,
        instances=row.get("instances") if trusted else None,
        period=_period(row.get("periods"), clock, row.get("quote") or ""),
        clock=clock,
        asserted=is_stated(row.get("modality")),
        rejected=bool(row.get("rejected")),
    )


def _period(printed: Any, clock: int | None, quote: str) -> tuple[int, int] | None:
    """The span of all the claimed periods that can be resolved; what has not begun by publication is left out."""
    texts = json.loads(printed) if isinstance(printed, str) else list(printed or ())
    published = from_day(clock // 86_400) if clock is not None else None
    spans = [span for text in texts if (span := _span(text, published, quote))]
    if not spans:
        return None
    return to_day(min(first for first, _ in spans)), to_day(max(last for _, last in spans))


def _span(text: str, published: date | None, quote: str) -> tuple[date, date] | None:
    span = resolve_period(text, published)
    if span is None or (published and span[0] > published):
        return None
    open_ended = lead_of(text, quote) == "since"
    last = published if published and (open_ended or span[1] > published) else span[1]
    return span[0], last
