"""What combinations of layers buy and cost: the same annotated documents read by each of them, on one clock."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nlp.claims import Claims
from nlp.evaluate import Tally, tally_of
from nlp.extract import Options, extract
from nlp.gold import Annotated
from nlp.opinions import Choice
from scrapers.documents import Document

FIRST = Document("first", "article", "Mara Quill expects Bitcoin to reach $90,000 by June.")
WARM_UP = 8  # documents read before the clock starts
Advance = Callable[[int], object]
Second = Callable[[Iterable[tuple[Document, Claims]]], Iterable[Claims]]


@dataclass(frozen=True, slots=True)
class Combination:
    """The default layers, with models that have a say in stances, and with a language model where `llm`."""

    name: str
    opinions: tuple[Choice, ...] = ()
    llm: bool = False

    @property
    def options(self) -> Options:
        return Options(opinions=self.opinions)


@dataclass(slots=True)
class Measured:
    """One combination over some documents, in their order: claims, counts, and CPU-seconds of all threads."""

    claims: list[Claims] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Start:
    """What it takes until a first short document is read: CPU-seconds, and the most memory held (MB; None: unknown)."""

    cpu_s: float
    memory_mb: float | None


def measured(
    documents: Sequence[Annotated], combination: Combination, advance: Advance = lambda count: None
) -> Measured:
    """The combination over the documents, its models loaded before the clock starts; `llm` is left to `with_second`.

    One combination after the other: threads of ONNX Runtime spin for a while after each answer, and their time would
    be charged to whoever reads next.
    """
    for document in (FIRST, *(annotated.document for annotated in documents[:WARM_UP])):
        extract(document, combination.options)
    found = Measured()
    for annotated in documents:
        start = time.process_time()
        found.claims.append(extract(annotated.document, combination.options))
        found.cpu_s += time.process_time() - start
        found.tallies.append(tally_of(annotated, found.claims[-1]))
        advance(1)
    return found


def with_second(base: Measured, documents: Sequence[Annotated], second: Second) -> Measured:
    """The documents read by a second reader as well, whose time comes on top."""
    start = time.process_time()
    claims = list(second(zip((a.document for a in documents), base.claims, strict=True)))
    spent = time.process_time() - start
    return Measured(claims, list(map(tally_of, documents, claims)), base.cpu_s + spent)


def start_up(combination: Combination, llm: str | None = None) -> Start:
    """Start a new Python process that loads the combination, with the LLM of this name where it has one."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_started, combination.options, llm if combination.llm else None).result()


def _started(options: Options, llm: str | None) -> Start:
    if llm:
        from nlp.models.llm import open_model

        open_model(llm)
    extract(FIRST, options)
    return Start(time.process_time(), peak_memory_mb())


def peak_memory_mb() -> float | None:
    """The most memory this process ever held, by Linux's own count (getrusage's includes the parent's before exec)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
