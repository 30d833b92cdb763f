"""Many documents read by an LLM beside the default layers: a few asked about at once, order kept, none lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from threading import Semaphore
from typing import cast

from nlp.claims import Claims
from nlp.models.llm import Asker, Rows, prompt_version
from nlp.models.llm_checked import checked
from nlp.models.llm_faults import NoAnswerError, Started, StoppedError
from nlp.models.llm_ground import Ground, ground
from nlp.models.llm_joined import AnyClaim, joined
from nlp.models.llm_pieces import Piece, pieces
from nlp.models.llm_quotes import Source
from nlp.models.llm_speaker import NAMELESS
from scrapers.documents import Document

AT_ONCE = 4  # documents asked about at the same time
NAMES = 8  # voices named in the message about a later piece
Outcome = Rows | NoAnswerError


@dataclass(slots=True)
class Tally:
    """What the LLM brought. `undone`: documents not asked about in full because asking had stopped."""

    read: int = 0
    failed: int = 0
    undone: int = 0
    added: int = 0
    filled: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A document under way: its claims so far, its facts, its pieces, and their answers to come."""

    claims: Claims
    ground: Ground | None
    pieces: tuple[Piece, ...]
    answers: Started[list[Outcome]] | None


@dataclass(frozen=True, slots=True)
class LlmReader:
    """Reads documents with an LLM and joins what stands with the claims of the default layers."""

    asker: Asker
    tally: Tally = field(default_factory=Tally)

    def version(self, base: str) -> str:
        """The version of a reader with this model over that of the default layers."""
        return f"{base}+llm:{self.asker.name}@{prompt_version()}"

    def read_all(self, readings: Iterable[tuple[Document, Claims]], at_once: int = AT_ONCE) -> Iterator[Claims]:
        """The joined claims of each document, in the order of the documents.

        A document that the model was not asked about in full, or did not answer on, comes back with the claims of
        the default layers, under their version, so that it is asked about again next time.
        """
        waiting: deque[Asked] = deque()
        turns = Semaphore(at_once)
        for document, claims in readings:
            waiting.append(self._ask(turns, document, claims))
            if len(waiting) >= 2 * at_once:
                yield self._finished(waiting.popleft())
        while waiting:
            yield self._finished(waiting.popleft())

    def _ask(self, turns: Semaphore, document: Document, claims: Claims) -> Asked:
        if claims.rejected:  # a worker died or hung on it
            return Asked(claims, None, (), None)
        facts = ground(document)
        parts = pieces(facts.reading.prepared, facts.reading.voices)
        messages = [message(facts, parts, number) for number in range(len(parts))]
        return Asked(claims, facts, parts, Started(lambda: self._answers(turns, messages)))

    def _answers(self, turns: Semaphore, messages: list[str]) -> list[Outcome]:
        with turns:
            return [self._answer(text) for text in messages]

    def _answer(self, text: str) -> Outcome:
        try:
            return self.asker.ask(text)
        except NoAnswerError as error:
            return error

    def _finished(self, asked: Asked) -> Claims:
        """The joined claims of a document whose answers are there."""
        claims, facts = asked.claims, asked.ground
        if facts is None or asked.answers is None:
            return claims
        base, version = claims.extractor_version, self.version(claims.extractor_version)
        outcomes = asked.answers.result()
        for piece, rows in zip(asked.pieces, outcomes, strict=True):
            if not isinstance(rows, NoAnswerError):
                claims = self._with(claims, rows, Source(facts, piece, self.asker.name), version)
        errors = [outcome for outcome in outcomes if isinstance(outcome, NoAnswerError)]
        self._count(errors)
        failed = tuple(("document", f"{self.asker.name}: {e}") for e in errors if not isinstance(e, StoppedError))
        return replace(claims, rejected=claims.rejected + failed, extractor_version=base if errors else version)

    def _with(self, claims: Claims, rows: Rows, source: Source, version: str) -> Claims:
        found, refused = checked(rows, source)
        both = joined(claims, cast("list[AnyClaim]", found), version)
        self.tally.added += both.added
        self.tally.filled += both.filled
        self.tally.refused += len(refused) + len(both.refused)
        return replace(both.claims, rejected=claims.rejected + tuple(refused) + both.refused)

    def _count(self, errors: list[NoAnswerError]) -> None:
        if any(isinstance(error, StoppedError) for error in errors):
            self.tally.undone += 1
        elif errors:
            self.tally.failed += 1
        else:
            self.tally.read += 1

    def summary(self) -> str:
        """What was asked, used and brought, in one line."""
        used, tally = self.asker.spending, self.tally
        return (
            f"{self.asker.name}: {tally.read} documents read with {used.requests} requests and {used.from_cache} kept "
            f"answers, {used.tokens:,} tokens; {tally.added} claims added, {tally.filled} filled in, "
            f"{tally.refused} refused; {tally.failed} documents without a usable answer"
        )

    def left(self) -> str | None:
        """What is left undone and why; None where nothing is."""
        if not self.tally.undone:
            return None
        return (
            f"{self.asker.name} did not read {self.tally.undone} documents: {self.asker.spending.stopped}. The default "
            "layers read them; the same command goes on with them"
        )


def message(facts: Ground, parts: tuple[Piece, ...], number: int) -> str:
    """What the model is told about one piece: what the document is, who spoke before, and the words."""
    document, piece = facts.document, parts[number]
    lines = [f"Kind: {document.kind}"]
    lines += [f"Title: {document.title}"] if document.title and number else []
    lines += [f"Account: @{document.handle}"] if document.handle else []
    lines += [f"Published: {document.published.date()}"] if document.published else []
    if number:
        lines.append(f"Part {number + 1} of {len(parts)}")
        names = _names_before(facts, piece.own)
        lines += [f"Named before this part, the last one last: {', '.join(names)}"] if names else []
    return "\n".join(lines) + f"\n\n<text>\n{facts.text[piece.start : piece.end]}\n</text>\n"


def _names_before(facts: Ground, offset: int) -> list[str]:
    """The voices met before an offset, each once, the last one last."""
    at = facts.reading.prepared.to_original
    names = [v.speaker for v in facts.reading.voices if at(v.start, v.end)[0] < offset and v.speaker not in NAMELESS]
    return list(dict.fromkeys(reversed(names)))[:NAMES][::-1]
