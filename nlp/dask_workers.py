"""Read many documents on a Dask cluster that is there already: order kept, what a lost worker had is done again.

The workers need calledit of the same version and the same calledit.toml; each chunk checks that before it is read.
"""

from __future__ import annotations

import gc
import threading
import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from functools import cache
from itertools import islice
from typing import Any, TypeAlias
from zlib import crc32

from markets.assets import registry
from nlp.claims import Claims
from nlp.extract import Options, extract
from nlp.version import EXTRACTOR_VERSION
from nlp.workers import CHUNK, Chunk, set_aside
from scrapers.documents import Document

CONNECT_S = 10.0  # for the scheduler to answer, and for a first worker to be there
WAIT_S = 60.0  # without any worker, before the rest is given up
AHEAD = 2  # chunks under way per thread of the cluster

Client: TypeAlias = Any  # of distributed, which is an extra
Future: TypeAlias = Any
Waiting = deque[tuple[Chunk, Future]]


class ClusterError(Exception):
    """The cluster cannot be used, or no longer; the message is one line with the remedy."""


class Cluster:
    """The workers behind a scheduler's address. Use as a context manager."""

    def __init__(self, address: str, connect_s: float = CONNECT_S, wait_s: float = WAIT_S) -> None:
        """Connect. Raises ClusterError where nothing answers, no worker is there, or the extra is not installed."""
        self._address, self._wait = address, wait_s
        self._client = _connected(address, connect_s)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close(timeout=2)

    def extract_all(self, documents: Iterable[Document], options: Options | None = None) -> Iterator[Claims]:
        """The claims of each document, in the order of the documents: what `nlp.workers.extract_all` gives.

        A document on which workers die again and again comes back without claims, with the reason in `rejected`.
        Raises ClusterError where the scheduler or all workers are gone for good, or read otherwise than we do.
        """
        options = options or Options()
        source, waiting = iter(documents), Waiting()
        while True:
            while len(waiting) < self._most() and (chunk := tuple(islice(source, CHUNK))):
                waiting.append((chunk, self._submit(chunk, options)))
            if not waiting:
                return
            yield from self._result(*waiting.popleft(), options)

    def _most(self) -> int:
        """Chunks to have under way; workers come and go."""
        threads: dict[str, int] = self._client.nthreads()
        return AHEAD * max(1, sum(threads.values()))

    def _submit(self, chunk: Chunk, options: Options) -> Future:
        return self._client.submit(read_chunk, chunk, options, _fingerprint(), pure=False)

    def _result(self, chunk: Chunk, future: Future, options: Options) -> list[Claims]:
        from distributed import KilledWorker

        try:
            return self._awaited(future)
        except KilledWorker:
            if len(chunk) > 1:  # one of them brings workers down; the others are read as usual
                return [
                    claims for one in chunk for claims in self._result((one,), self._submit((one,), options), options)
                ]
            return [set_aside(chunk[0], "several workers died on this document", options.version)]
        except ImportError as error:
            raise ClusterError(f"a worker of {self._address} cannot read documents ({error}); {_install()}") from error
        except (CancelledError, OSError) as error:
            raise ClusterError(
                f"the scheduler at {self._address} is gone; run the command again for the rest"
            ) from error

    def _awaited(self, future: Future) -> list[Claims]:
        """The result, however long it takes while there is a worker."""
        from distributed import TimeoutError as Timeout

        while True:
            try:
                found: list[Claims] = future.result(self._wait)
                return found
            except Timeout as error:
                if not self._client.nthreads():
                    raise ClusterError(
                        f"no worker is left at {self._address}; start one with `dask worker {self._address}` "
                        "and run the command again for the rest"
                    ) from error


def _connected(address: str, patience_s: float) -> Client:
    try:
        import distributed
    except ImportError as error:
        raise ClusterError("Dask is not installed: pip install 'calledit[dask]'") from error
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=patience_s, set_as_default=False, name="calledit")
    except (OSError, ValueError) as error:
        _forget(error)
        raise ClusterError(
            f"no Dask scheduler answers at {address!r}: start one with `dask scheduler` and give the address it "
            "prints, such as tcp://127.0.0.1:8786"
        ) from error
    try:
        client.wait_for_workers(1, timeout=patience_s)
    except OSError as error:
        client.close(timeout=2)
        raise ClusterError(f"no worker at {address}: start one with `dask worker {address}`") from error
    return client


def _forget(error: BaseException | None) -> None:
    """Let go of the half-made client now: collected while the next one starts, it would wait for that one's lock."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
    gc.collect()


def _install() -> str:
    return "install the same version of calledit on every worker: pip install calledit"


class OtherReaderError(ImportError):
    """A worker whose calledit reads otherwise than ours."""


_ONE_AT_A_TIME = threading.Lock()  # a worker may have several threads; the tokenizer's cache is one for all


def read_chunk(chunk: Chunk, options: Options, fingerprint: str) -> list[Claims]:
    """Read documents in a worker. Raises OtherReaderError where it would read them otherwise than the caller."""
    if fingerprint != _fingerprint():
        raise OtherReaderError("its version or its calledit.toml is not the same")
    with _ONE_AT_A_TIME:
        return [extract(document, options) for document in chunk]


@cache
def _fingerprint() -> str:
    """What claims depend on besides the text and the options: the reader's version and the assets it knows."""
    return f"{EXTRACTOR_VERSION}/{crc32(repr([_plain(asset) for asset in registry().values()]).encode())}"


def _plain(asset: Any) -> tuple[object, ...]:
    return asset.symbol, asset.kind, asset.aliases, asset.exact, asset.guarded, asset.guarded_exact, asset.not_in
