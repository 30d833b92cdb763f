"""What can go wrong between us and an LLM: errors of whatever client library, and answers that never come."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

REFUSALS = frozenset((400, 401, 402, 403, 404, 405, 413, 422))  # asking again brings the same answer
FATAL = frozenset((401, 402, 404))  # and so it would for every other document
LONGEST_WAIT_S = 60.0


class LlmError(Exception):
    """The model cannot be used; the message is one line with the remedy."""


class NoAnswerError(Exception):
    """No usable answer to one message; the reason in words."""


class StoppedError(NoAnswerError):
    """Nothing more is asked: the budget is spent, or the model is gone."""


class Started(Generic[T]):
    """Work under way in a thread of its own, which a program that ends does not wait for."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._box: queue.SimpleQueue[T | BaseException] = queue.SimpleQueue()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._box.put(work())
        except BaseException as error:  # handed to the thread that waits
            self._box.put(error)

    def result(self, seconds: float | None = None) -> T:
        """What the work returned; raises what it raised, or TimeoutError after so long. May be asked for once."""
        try:
            found = self._box.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"no answer within {seconds:g} seconds") from None
        if isinstance(found, BaseException):
            raise found
        return found


def status_of(error: Exception) -> int | None:
    """The HTTP status behind an error of whatever client library, None where there is none."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None


def described(error: Exception) -> str:
    """The error in one line of at most 200 characters."""
    status, words = status_of(error), " ".join(str(error).split()) or type(error).__name__
    line = f"HTTP {status}: {words}" if status and str(status) not in words else words
    return line if len(line) <= 200 else f"{line[:199]}…"


def pause(error: Exception, attempt: int, first_s: float) -> float:
    """Seconds to wait: as long as the server asks, else twice as long after each try; never over a minute."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        asked_for = float(str(headers.get("retry-after", "")))
    except ValueError:
        asked_for = 0.0
    wait: float = max(first_s * 2**attempt, asked_for)
    return min(wait, LONGEST_WAIT_S)
