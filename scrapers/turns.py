"""Work on many hosts at once, on each host one piece at a time: a slow or dead host delays only itself."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

Job = Callable[[], None]
_LOOK_AGAIN_S = 0.5  # how late a wish to stop is noticed while everyone waits


class Turns:
    """Jobs per domain, run by a few threads. A job may add jobs, to any domain.

    `ready_at` says when a domain may be asked next (its politeness clock). Jobs of a domain that is further off
    than `patience_s` are dropped: what they were to fetch stays remembered and is tried in a later run.
    """

    def __init__(
        self, ready_at: Callable[[str], datetime], now: Callable[[], datetime], patience_s: float,
        stop: threading.Event | None = None,
    ) -> None:  # fmt: skip
        self._ready_at, self._now = ready_at, now
        self._patience = timedelta(seconds=patience_s)
        self._stop = stop or threading.Event()
        self._jobs: dict[str, deque[tuple[Job, Job]]] = {}
        self._heap: list[tuple[datetime, int, str]] = []  # domains that have jobs and none running
        self._running = 0
        self._added = 0
        self._changed = threading.Condition()
        self._errors: list[BaseException] = []
        self._ended = False

    def add(self, domain: str, job: Job, dropped: Job) -> None:
        """Queue a job for a domain; `dropped` is called instead where its turn is too far off."""
        with self._changed:
            waiting = self._jobs.get(domain)
            if waiting is None:
                self._jobs[domain] = deque([(job, dropped)])
                self._line_up(domain)
            else:
                waiting.append((job, dropped))

    def end(self) -> None:
        """Begin no further job."""
        self._ended = True

    def run(self, workers: int) -> None:
        """Run all jobs and those they add. Raises the first error a job raised, once all threads have ended."""
        threads = [threading.Thread(target=self._work, name=f"collect {n}", daemon=True) for n in range(workers)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:
            self._stop.set()
            raise
        if self._errors:
            raise self._errors[0]

    def _line_up(self, domain: str) -> None:
        self._added += 1
        heapq.heappush(self._heap, (self._ready_at(domain), self._added, domain))
        self._changed.notify()

    def _work(self) -> None:
        while turn := self._take():
            domain, job = turn
            try:
                job()
            except BaseException as error:  # told to the caller of `run` by the last thread
                self._errors.append(error)
                self._stop.set()
            self._done(domain)

    def _take(self) -> tuple[str, Job] | None:
        with self._changed:
            while not (self._stop.is_set() or self._ended) and (self._heap or self._running):
                wait = (self._heap[0][0] - self._now()).total_seconds() if self._heap else _LOOK_AGAIN_S
                if wait > 0 and not (self._heap and wait > self._patience.total_seconds()):
                    self._changed.wait(min(wait, _LOOK_AGAIN_S))
                    continue
                domain = heapq.heappop(self._heap)[2]
                self._running += 1
                job, dropped = self._jobs[domain].popleft()
                return domain, (dropped if wait > 0 else job)
            return None

    def _done(self, domain: str) -> None:
        with self._changed:
            self._running -= 1
            if self._jobs[domain]:
                self._line_up(domain)
            else:
                del self._jobs[domain]
            self._changed.notify_all()
