"""Read many documents with several processes: order kept, a crashed or stuck worker loses nothing and is named."""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice

from nlp.claims import Claims
from nlp.extract import Options, extract
from scrapers.documents import Document

CHUNK = 16  # documents handed over at a time
ALLOCATIONS = 50_000  # objects made and kept before Python looks for cycles; usually 700
PATIENCE_S = 120.0  # for one chunk; a document takes milliseconds

Chunk = tuple[Document, ...]


def extract_all(
    documents: Iterable[Document],
    options: Options | None = None,
    workers: int = 1,
    patience_s: float = PATIENCE_S,
) -> Iterator[Claims]:
    """The claims of each document, in the order of the documents, whatever the number of workers.

    A document on which a worker dies or hangs comes back without claims, with the reason in `rejected`.
    """
    options = options or Options()
    if workers <= 1:
        with _seldom_collected():
            yield from (extract(document, options) for document in documents)
        return
    with _Pool(options, workers, patience_s) as pool:
        yield from pool.read(documents)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles seldom: reading makes many small objects and no cycles."""
    usual = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Pool:
    """A process pool that is made anew when one of its workers dies or hangs."""

    def __init__(self, options: Options, workers: int, patience_s: float) -> None:
        self._options, self._workers, self._patience = options, workers, patience_s
        self._executor = self._start()

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def read(self, documents: Iterable[Document]) -> Iterator[Claims]:
        source, waiting = iter(documents), deque[tuple[Chunk, Future[list[Claims]]]]()
        while True:
            while len(waiting) < 2 * self._workers and (chunk := tuple(islice(source, CHUNK))):
                waiting.append((chunk, self._submit(chunk)))
            if not waiting:
                return
            yield from self._result(waiting)

    def _result(self, waiting: deque[tuple[Chunk, Future[list[Claims]]]]) -> list[Claims]:
        chunk, future = waiting.popleft()
        try:
            return future.result(self._patience)
        except (BrokenProcessPool, FutureTimeout):
            self._restart()
            found = self._one_by_one(chunk)
            again = [(other, self._submit(other)) for other, _ in waiting]
            waiting.clear()
            waiting.extend(again)
            return found

    def _one_by_one(self, chunk: Chunk) -> list[Claims]:
        """Find the document that brings a worker down; the others of its chunk are read as usual."""
        found = []
        for document in chunk:
            try:
                found += self._submit((document,)).result(self._patience)
            except (BrokenProcessPool, FutureTimeout) as error:
                what = "hung" if isinstance(error, FutureTimeout) else "died"
                found.append(set_aside(document, f"a worker {what} on this document", self._options.version))
                self._restart()
        return found

    def _submit(self, chunk: Sequence[Document]) -> Future[list[Claims]]:
        return self._executor.submit(_read_chunk, chunk, self._options)

    def _start(self) -> ProcessPoolExecutor:
        # Not fork: a thread of the caller may hold a lock that the child would wait for.
        return ProcessPoolExecutor(self._workers, mp_context=multiprocessing.get_context("spawn"))

    def _restart(self) -> None:
        self._stop()
        self._executor = self._start()

    def _stop(self) -> None:
        for process in list((self._executor._processes or {}).values()):
            process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)


def _read_chunk(chunk: Sequence[Document], options: Options) -> list[Claims]:
    with _seldom_collected():
        return [extract(document, options) for document in chunk]


def set_aside(document: Document, reason: str, version: str) -> Claims:
    """A document that cannot be read: no claims, and why."""
    return Claims(document.id, extractor_version=version, rejected=(("document", reason),))
