"""What is due when: sources by their own rhythm, prices and grading after markets have closed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markets.asset import Asset
from markets.closes import close_instant
from scrapers.health import is_due
from scrapers.sources import Source, missing_need
from scrapers.state import State

_SETTLE = timedelta(minutes=45)  # providers need a while after a close
_RETRY = timedelta(hours=1)  # after a stage failed
_LONGEST_SLEEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StageRuns:
    """When a stage last began, and when the last one that ended well began."""

    last: datetime | None = None
    last_ok: datetime | None = None


def due_sources(sources: Iterable[Source], state: State, now: datetime) -> list[Source]:
    """The sources to visit by now, in the order given."""
    return [s for s in sources if not missing_need(s) and is_due(state.source(s.id), now)]


def distinct_closes(assets: Iterable[Asset]) -> list[Asset]:
    """One asset per closing time: coins at midnight UTC, US equities at 16:00 New York, and so on."""
    daily = (asset for asset in assets if not asset.release_lag_days)
    return list({(asset.close_time, asset.close_zone): asset for asset in daily}.values())


def latest_close(assets: Sequence[Asset], now: datetime) -> datetime | None:
    """The latest close whose price should be known by now."""
    days = [(now - timedelta(days=n)).date() for n in range(3)]
    closes = [close_instant(asset, day) for asset in assets for day in days]
    return max((close for close in closes if close + _SETTLE <= now), default=None)


def next_close(assets: Sequence[Asset], now: datetime) -> datetime | None:
    """When the next close's price should be known."""
    days = [(now + timedelta(days=n)).date() for n in (-1, 0, 1)]
    known = [close_instant(asset, day) + _SETTLE for asset in assets for day in days]
    return min((moment for moment in known if moment > now), default=None)


def stage_due(runs: StageRuns, close: datetime | None, now: datetime) -> bool:
    """Whether a stage that follows the closes has to run: not since the latest one, nor failed within the hour."""
    if close is None or (runs.last_ok is not None and runs.last_ok >= close + _SETTLE):
        return False
    return runs.last is None or runs.last == runs.last_ok or retry_due(runs, now)


def retry_due(runs: StageRuns, now: datetime) -> bool:
    """Whether a stage did not end well when it last ran, an hour ago or longer."""
    return runs.last is not None and runs.last != runs.last_ok and now - runs.last >= _RETRY


def sleep_until(
    sources: Iterable[Source], state: State, assets: Sequence[Asset], now: datetime, at_least_s: float
) -> datetime:
    """When to look again: at the next visit or close, in five minutes at the latest (the configuration may change)."""
    states = (state.source(source.id) for source in sources if not missing_need(source))
    visits = [s.next_try for s in states if s and s.next_try and not s.disabled]
    close = next_close(assets, now)
    candidates = [*visits, *([close] if close else []), now + _LONGEST_SLEEP]
    return max(min(candidates), now + timedelta(seconds=at_least_s)).astimezone(UTC)
