"""One clock per registrable domain: when the next request to it may be made. It survives a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from scrapers.retry import backoff_s
from scrapers.state import HostState, State

_SECOND_TRY_S = 5.0
_LEFT_ALONE_S = 120.0


class Politeness:
    """Hands out turns per domain; two are apart by the longest of our delay, the domain's and robots.txt's."""

    def __init__(
        self, state: State | None, delay_s: float, delays: Mapping[str, float], now: Callable[[], datetime]
    ) -> None:
        self._state, self._delay_s, self._now = state, delay_s, now
        self._delays = dict(delays)
        self._hosts: dict[str, HostState] = {}
        self._lock = threading.Lock()

    def crawl_delay(self, domain: str, seconds: float) -> None:
        """Keep at least this many seconds between two requests to the domain."""
        with self._lock:
            self._delays[domain] = max(seconds, self._delays.get(domain, 0.0))

    def next_allowed(self, domain: str) -> datetime:
        """The moment the domain may be asked next; now or earlier where it may be asked at once."""
        with self._lock:
            return self._host(domain).next_allowed

    def take_turn(self, domain: str, max_wait_s: float) -> datetime | None:
        """Wait for the domain's turn and take it; the moment to come back at where that is too far off."""
        with self._lock:
            now, host = self._now(), self._host(domain)
            turn = max(now, host.next_allowed)
            if turn - now > timedelta(seconds=max_wait_s):
                return turn
            delay = max(self._delay_s, self._delays.get(domain, 0.0))
            self._save(replace(host, next_allowed=turn + timedelta(seconds=delay)))
        time.sleep(max((turn - now).total_seconds(), 0.0))
        return None

    def answered(self, domain: str, retry_after_s: float | None) -> None:
        """The domain answered; if it asked for patience, it gets it."""
        with self._lock:
            host = self._host(domain)
            wanted = self._now() + timedelta(seconds=retry_after_s or 0.0)
            later = max(host.next_allowed, wanted) if retry_after_s else host.next_allowed
            if host.failures or later != host.next_allowed:
                self._save(replace(host, failures=0, next_allowed=later))

    def silent(self, domain: str) -> None:
        """The domain did not answer: one more try soon, then leave it alone, longer each time."""
        with self._lock:
            host = self._host(domain)
            later = max(host.next_allowed, self._now() + timedelta(seconds=_silence_s(host.failures)))
            self._save(replace(host, failures=host.failures + 1, next_allowed=later))

    def _host(self, domain: str) -> HostState:
        if domain not in self._hosts:
            stored = self._state.host(domain) if self._state else None
            self._hosts[domain] = stored or HostState(domain, self._now())
        return self._hosts[domain]

    def _save(self, host: HostState) -> None:
        self._hosts[host.host] = host
        if self._state:
            self._state.save_host(host)


def _silence_s(failures_before: int) -> float:
    if failures_before == 0:
        return backoff_s(1, base_s=_SECOND_TRY_S)
    return _LEFT_ALONE_S + backoff_s(failures_before, base_s=_LEFT_ALONE_S, cap_s=3600.0)
