"""What asking an LLM has used so far, and when to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from nlp.models.llm_faults import StoppedError

FAILURES = 5  # messages in a row that failed on every try, after which the model counts as gone


@dataclass(slots=True)
class Spending:
    """Tokens used against `limit`, and requests; shared by the threads that ask.

    `reserved`: tokens set aside for requests under way. `stopped`: why nothing more is asked, None while all is well.
    """

    limit: int
    tokens: int = 0
    requests: int = 0
    from_cache: int = 0
    reserved: int = 0
    failed_in_a_row: int = 0
    stopped: str | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def reserve(self, tokens: int) -> None:
        """Set tokens aside for a request; waits for those under way where only they could make room.

        Raises StoppedError where the tokens would go over the limit.
        """
        with self.changed:
            while self.stopped is None and self._over(tokens):
                if not self.reserved:
                    self.stopped = f"the budget of {self.limit:,} tokens is spent ({self.tokens:,} used)"
                else:
                    self.changed.wait()
            if self.stopped is not None:
                raise StoppedError(self.stopped)
            self.reserved += tokens
            self.requests += 1

    def _over(self, tokens: int) -> bool:
        return self.tokens + self.reserved + tokens > self.limit

    def settle(self, reserved: int, used: int) -> None:
        """Put the tokens a request really used in the place of those set aside."""
        with self.changed:
            self.reserved -= reserved
            self.tokens += used
            self.changed.notify_all()

    def kept(self) -> None:
        """One answer came from the cache."""
        with self.changed:
            self.from_cache += 1

    def answered(self) -> None:
        with self.changed:
            self.failed_in_a_row = 0

    def failed(self, reason: str, fatal: bool) -> None:
        """Count a message without an answer; enough of them in a row, or a fatal one, stop everything."""
        with self.changed:
            self.failed_in_a_row += 1
            if self.stopped is None and (fatal or self.failed_in_a_row >= FAILURES):
                self.stopped = (
                    reason if fatal else f"{self.failed_in_a_row} messages in a row failed, the last: {reason}"
                )
            self.changed.notify_all()
