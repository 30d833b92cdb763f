"""The loop behind `calledit schedule`: what is due is done, then it sleeps until something is due again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from commands.common import say, settings
from commands.units import notify_systemd, options, program

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.lock import DatabaseLock
    from scrapers.collect import CollectSummary
    from scrapers.sources import Source

_LONGEST_RUN_S = 600.0  # of one collection; what is left waits for the next one
_LONGEST_STAGE_S = 6 * 3600.0  # what it has done by then stays; the rest follows an hour later
_LOGS_KEPT_DAYS = 180
_BREATH_S = 20.0  # between two rounds
_OFFLINE_S = 120.0  # ... where nothing could be reached
_AFTER_NEW = ("extract", "cluster")
_AFTER_CLOSE = ("prices", "grade")


class Scheduler:
    """The loop: what is due is done, then it sleeps until something is due again."""

    def __init__(self, database: Database, lock: DatabaseLock) -> None:
        from db.state import DbState
        from markets.assets import registry
        from scrapers.schedule import distinct_closes

        self.database, self.lock, self.state = database, lock, DbState(database)
        self.closes = distinct_closes(registry().values())
        self.stop = threading.Event()
        self._ends = threading.Event()  # of the collection under way
        self._online = True
        self._pruned: date | None = None
        self.sources: Sequence[Source] = ()

    def run(self, once: bool) -> None:
        """Until SIGTERM or SIGINT, or once."""
        with _signals(self._stop):
            self._load_sources()
            self._alive("looking")
            notify_systemd("READY=1")
            if once:
                self._round()
                return
            while not self.stop.is_set():
                self._guarded_round()
                self._sleep()
        notify_systemd("STOPPING=1")
        say("stopped")

    def _guarded_round(self) -> None:
        """A round that may fail: a full disk today is no reason to collect nothing tomorrow."""
        try:
            self._round()
        except Exception as error:
            if settings().debug:
                raise
            self._online = False
            say(f"{datetime.now(UTC):%H:%M} {type(error).__name__}: {error}; trying again in {_OFFLINE_S:.0f} s")

    def _stop(self) -> None:
        self.stop.set()
        self._ends.set()

    def _round(self) -> None:
        """Everything that is due now. A stage that fails is told, recorded, and tried again in an hour."""
        from db.runs import stage_runs
        from scrapers.schedule import due_sources, latest_close, retry_due, stage_due

        self._load_sources()
        due = due_sources(self.sources, self.state, datetime.now(UTC))
        new = self._collect(due) if due else 0
        for stage in _AFTER_NEW:
            if new or retry_due(stage_runs(self.database, stage), datetime.now(UTC)):
                self._stage(stage)
        now = datetime.now(UTC)
        for stage in _AFTER_CLOSE:
            if stage_due(stage_runs(self.database, stage), latest_close(self.closes, now), now):
                self._stage(stage)
        self._watch_health()

    def _load_sources(self) -> None:
        """Read the configuration again: a source may have been added. A broken file leaves the last good list."""
        from db.sources import save_sources
        from scrapers.sources import SourceError, load_sources

        try:
            found = load_sources(settings().config)
        except SourceError as error:
            if not self.sources:
                raise
            say(f"{error}; going on with the sources as they were")
            return
        if found != self.sources:
            save_sources(self.database, found)
            self.sources = found

    def _collect(self, due: Sequence[Source]) -> int:
        """Visit the sources; returns how many new documents there are."""
        from db.runs import recorded_run
        from scrapers.collect import collect
        from scrapers.sources import load_fetch_settings

        self._alive(f"collecting {len(due)} sources")
        fetching = load_fetch_settings(settings().config)
        with recorded_run(self.database, "scrape") as run, self._time_limit() as stop:
            summary = collect(
                due, self.state, fetching, now=lambda: datetime.now(UTC), stop=stop,
                on_progress=lambda progress: self._alive(f"collected {progress.source_id}"),
            )  # fmt: skip
            run.done, run.detail = summary.new_documents, _summary_line(summary)
        self._online = summary.reachable
        say(f"{datetime.now(UTC):%H:%M} {run.detail}")
        return summary.new_documents

    @contextmanager
    def _time_limit(self) -> Iterator[threading.Event]:
        """An event that is set when this run has taken long enough, or all is to stop."""
        limit = threading.Event()
        timer = threading.Timer(_LONGEST_RUN_S, limit.set)
        timer.daemon = True
        timer.start()
        self._ends = limit
        if self.stop.is_set():
            limit.set()
        try:
            yield limit
        finally:
            timer.cancel()

    def _stage(self, name: str) -> None:
        """Run one stage as a process of its own: its memory returns, and its crash is not ours."""
        if self.stop.is_set():
            return
        self._alive(name)
        command = [*program(), name, *options(settings().db, settings().config), "--quiet"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        ends = time.monotonic() + _LONGEST_STAGE_S
        while process.poll() is None:
            notify_systemd("WATCHDOG=1")
            if self.stop.wait(0.5) or time.monotonic() > ends:
                process.terminate()
                process.wait()
                return
        if process.returncode:
            say(f"{datetime.now(UTC):%H:%M} {name} ended with status {process.returncode}; it is tried again later")

    def _watch_health(self) -> None:
        from db.alarms import update_alarms
        from db.runs import forget_logs
        from scrapers.health import source_health

        now = datetime.now(UTC)
        if self._pruned != now.date():
            forget_logs(self.database, now - timedelta(days=_LOGS_KEPT_DAYS))
            self._pruned = now.date()
        update_alarms(self.database, [source_health(s, self.state.source(s.id), now) for s in self.sources], now)

    def _sleep(self) -> None:
        from scrapers.schedule import sleep_until

        now = datetime.now(UTC)
        at_least = _BREATH_S if self._online else _OFFLINE_S
        until = sleep_until(self.sources, self.state, self.closes, now, at_least)
        self._alive(f"waiting until {until:%H:%M:%S}")
        self.stop.wait((until - now).total_seconds())

    def _alive(self, doing: str) -> None:
        self.lock.beat(doing)
        notify_systemd("WATCHDOG=1")


def _summary_line(summary: CollectSummary) -> str:
    if not summary.reachable:
        return "no source could be reached: is this machine online?"
    line = f"{summary.new_documents} new documents from {summary.visited} sources"
    return f"{line}, {summary.waiting} pages put off" if summary.waiting else line


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT ask to stop; a second one ends the process at once."""
    asked = False

    def handle(number: int, frame: object) -> None:
        nonlocal asked
        if asked:
            sys.exit(128 + number)
        asked = True
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
