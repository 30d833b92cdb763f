"""How a source is doing: its next visit, its usual rhythm, and when silence is an alarm. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from scrapers.kinds import Reading
from scrapers.retry import backoff_s
from scrapers.sources import Source, missing_need
from scrapers.state import SourceState

Condition = Literal["ok", "new", "failing", "stale", "gone", "off"]

_SOONEST_S = 300  # between two visits however often a source publishes
_RETRY_BASE_S = 300.0
_STALE_GAPS = 3  # "nothing new in three times the usual gap"
_STALE_AT_LEAST = timedelta(hours=6)
_FAILING_FROM = 3  # failures in a row
_GAPS_KEPT = 30


@dataclass(frozen=True, slots=True)
class Health:
    """One source's condition, with one line that says why."""

    source_id: str
    condition: Condition
    reason: str = ""

    @property
    def alarming(self) -> bool:
        return self.condition in ("failing", "stale", "gone")


def visit_interval_s(source: Source, usual_gap_s: int | None) -> int:
    """Seconds between two visits: half the usual gap, at least 5 minutes, at most what the source asks for."""
    if usual_gap_s is None:
        return source.interval_s
    return max(min(_SOONEST_S, source.interval_s), min(source.interval_s, usual_gap_s // 2))


def usual_gap_s(published: Iterable[datetime], previous: int | None = None) -> int | None:
    """The median gap in seconds between the newest publications; `previous` where fewer than four are known.

    Gaps under a minute are one batch and do not count.
    """
    newest = sorted(set(published))[-_GAPS_KEPT:]
    gaps = [seconds for a, b in pairwise(newest) if (seconds := (b - a).total_seconds()) >= 60]
    return int(median(gaps)) if len(gaps) >= 3 else previous


def after_visit(source: Source, reading: Reading, now: datetime, rng: random.Random | None = None) -> SourceState:
    """The state to remember after a visit: its outcome, and when to come again. Never "not at all"."""
    state = replace(reading.state, last_status=reading.status)
    if reading.status in ("ok", "unchanged"):
        interval = visit_interval_s(source, state.usual_gap_s)
        wait = max(float(interval), reading.retry_after_s or 0.0)
        return replace(
            state, failures=0, last_ok=now, last_error=None, interval_s=interval,
            next_try=now + timedelta(seconds=wait),
        )  # fmt: skip
    if reading.status == "rate_limited" and all(fetch.http_status is None for fetch in reading.fetches):
        patience = timedelta(seconds=reading.retry_after_s or _RETRY_BASE_S)  # our own: nothing was asked
        return replace(state, next_try=now + patience)
    failures = state.failures + 1
    wait = max(backoff_s(failures, base_s=_RETRY_BASE_S, rng=rng), reading.retry_after_s or 0.0)
    return replace(
        state, failures=failures, last_error=reading.detail or reading.status,
        next_try=now + timedelta(seconds=wait), disabled=state.disabled or reading.status == "gone",
    )  # fmt: skip


def health(state: SourceState, now: datetime) -> Health:
    """The condition of a source: gone, failing (three times in a row), stale, new (never visited) or ok."""
    if state.disabled:
        return Health(state.source_id, "gone", "it answered 410 Gone: remove it or give it its new address")
    if state.failures >= _FAILING_FROM:
        reason = f"{state.failures} failures in a row, last: {state.last_error or state.last_status}"
        return Health(state.source_id, "failing", reason)
    if state.last_ok is None:
        return Health(state.source_id, "new", "never visited")
    since = state.last_new
    if since and state.usual_gap_s and now - since > stale_after(state.usual_gap_s):
        reason = f"nothing new for {_span(now - since)}; the usual gap is {_span(timedelta(seconds=state.usual_gap_s))}"
        return Health(state.source_id, "stale", reason)
    return Health(state.source_id, "ok")


def source_health(source: Source, state: SourceState | None, now: datetime) -> Health:
    """The condition of a configured source: off where what it needs is not set, else that of its state."""
    if need := missing_need(source):
        return Health(source.id, "off", f"set {need} to collect it")
    return health(state, now) if state else Health(source.id, "new", "never visited")


def stale_after(usual_gap_s: int) -> timedelta:
    """How long silence lasts before it is an alarm: three usual gaps, at least six hours."""
    return max(_STALE_GAPS * timedelta(seconds=usual_gap_s), _STALE_AT_LEAST)


def is_due(state: SourceState | None, now: datetime) -> bool:
    """Whether a source is to be visited by now."""
    if state is None:
        return True
    return not state.disabled and (state.next_try is None or state.next_try <= now)


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
