"""Calling a function in worker processes, each call under a wall-clock and a memory limit.

A page can make any parser slow or hungry (one tag with 200,000 attributes keeps one busy for minutes) and a thread
cannot be stopped; so a process does the work, and one that exceeds its limits is killed and replaced.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import resource
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, Literal, Self, TypeAlias, TypeVar, cast

Reason = Literal["time limit", "memory limit", "crashed", "failed"]
Argument = TypeVar("Argument")
Result = TypeVar("Result")

_Answer: TypeAlias = tuple[Reason | None, object]  # why not, or None; then the detail, or the result

_MOST_PROCESSES = 4  # by default; one reads more pages than most networks bring
_START_S = 60  # for a process to be ready: its start is not the first page's fault
_CALLS_PER_PROCESS = 5_000  # then a fresh one takes over, so that what a parser leaks stays bounded


class CallFailedError(Exception):
    """A call exceeded a limit, ended its process or raised; `reason` says which, the message how."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take."""

    seconds: float = 10.0
    memory: int = 768 * 2**20  # bytes of data the process may hold


class LimitedPool(Generic[Argument, Result]):
    """A function in up to `size` processes; `call` blocks and may be used from many threads at once.

    Processes start at the first call that needs them, and end with the context or with their parent. They fork
    from one that has imported the function's module and those of `preload`.
    """

    def __init__(
        self, function: Callable[[Argument], Result], size: int | None = None, limits: Limits | None = None,
        preload: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.size = size or min(os.cpu_count() or 1, _MOST_PROCESSES)
        self.limits = limits or Limits()
        self._function = function
        self._closed = False
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([function.__module__, *preload])
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self.size):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that are idle; those still in a call end with it."""
        self._closed = True
        while not self._idle.empty():
            if worker := self._idle.get():
                worker.stop()

    def call(self, argument: Argument) -> Result:
        """The function's result for this argument. Raises CallFailedError where there is none, for whatever reason."""
        worker = self._idle.get()
        kept: _Worker | None = None
        try:
            worker = worker or self._start()
            reason, value = worker.ask(argument, self.limits.seconds)
            spent = self._closed or reason == "memory limit" or worker.calls >= _CALLS_PER_PROCESS
            kept = None if spent else worker
        finally:
            if worker and worker is not kept:
                worker.stop()
            self._idle.put(kept)
        if reason:
            raise CallFailedError(reason, str(value))
        return cast(Result, value)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, self._function, self.limits.memory), daemon=True, name="calledit-reader"
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        if not ours.poll(_START_S):
            worker.stop()
            raise CallFailedError("crashed", f"no process was ready after {_START_S} s")
        return worker


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    calls: int = 0

    def ask(self, argument: object, seconds: float) -> _Answer:
        try:
            if not self.calls:
                self.pipe.recv()  # that it is ready
            self.calls += 1
            self.pipe.send(argument)
            if not self.pipe.poll(seconds):
                raise CallFailedError("time limit", f"not done after {seconds:g} s")
            return cast(_Answer, self.pipe.recv())
        except (EOFError, OSError) as error:
            raise CallFailedError("crashed", f"its process ended ({type(error).__name__})") from error

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, function: Callable[[Argument], Result], memory: int) -> None:
    """A worker's life: arguments in, answers out, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send(None)  # ready: from now on the time counts
    while True:
        try:
            pipe.send(_answer(function, pipe.recv()))
        except (EOFError, MemoryError):
            return


def _answer(function: Callable[[Argument], Result], argument: Argument) -> _Answer:
    try:
        return None, function(argument)
    except MemoryError:
        return "memory limit", "more memory needed than allowed"
    except Exception as error:
        return "failed", f"{type(error).__name__}: {error}"
