"""A candidate as the encoder reads it: the clause with its asset marked, then what stands around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markets.assets import registry
from nlp.candidates import Candidate
from nlp.text import Prepared

LONGEST_CLAUSE = 80  # word pieces; nine clauses of ten have fewer than 60
LONGEST_CONTEXT = 28
LEAST_BEFORE = 12  # pieces of the sentence before that are kept however long the rest of the sentence is

# Signs for what no word of the clause says, taken from the vocabulary's unused entries.
TARGET, TARGET_END, ABSENT, ABSENT_END, BREAK = 1, 2, 3, 4, 5
ORIGINS = {"explicit": 10, "sentence": 11, "carried": 12, "main": 13}
ROLES = {"body": 20, "title": 21, "heading": 22}
OTHER_ROLE = 23
POST, ARTICLE = 30, 31
OWN_VIEW, GROUP, QUOTED, REPORTED = 40, 41, 42, 43

Pieces = Callable[[str], list[int]]  # a text as numbers of word pieces
Sign = Callable[[int], int]  # the piece of an unused entry of the vocabulary


@dataclass(frozen=True, slots=True)
class Marked:
    """Word pieces; the first `clause_end` are the clause's, `spans` (start, end) those of the asset."""

    pieces: tuple[int, ...]
    clause_end: int
    spans: tuple[tuple[int, int], ...]


def marked(prepared: Prepared, candidate: Candidate, pieces: Pieces, sign: Sign, ends: tuple[int, int]) -> Marked:
    """The candidate's clause and context; `ends`: the pieces that open a text and close each of its two parts."""
    opening, closing = ends
    head = [opening, *map(sign, _signs(prepared, candidate))]
    body, spans = _clause(prepared, candidate, pieces, sign)
    shifted = tuple((start + len(head), end + len(head)) for start, end in spans)
    first = [*head, *body, closing]
    return Marked((*first, *_context(prepared, candidate, pieces, sign), closing), len(first), shifted)


def _signs(prepared: Prepared, candidate: Candidate) -> tuple[int, ...]:
    voice = candidate.voices[-1] if candidate.voices else None
    heard = (
        OWN_VIEW if voice is None else GROUP if voice.speaker == "unnamed" else QUOTED if voice.verbatim else REPORTED
    )
    role = prepared.sentences[candidate.clause.sentence].role
    kind = POST if prepared.kind == "post" else ARTICLE
    return kind, ORIGINS[candidate.origin], ROLES.get(role, OTHER_ROLE), heard


def _clause(
    prepared: Prepared, candidate: Candidate, pieces: Pieces, sign: Sign
) -> tuple[list[int], list[tuple[int, int]]]:
    """The clause with the asset between signs; an asset it does not name stands before it: "[Bitcoin] It fell"."""
    text, at = prepared.text, candidate.clause.start
    body: list[int] = []
    spans = []
    if not candidate.mentions:
        known = registry().get(candidate.asset)
        name = known.name if known else candidate.asset.replace("_", " ")
        body = [sign(ABSENT), *pieces(name), sign(ABSENT_END)]
        spans = [(0, len(body))]
    for mention in sorted(candidate.mentions, key=lambda m: m.start)[:3]:
        if mention.start >= at:
            body += pieces(text[at : mention.start])
            start = len(body)
            body += [sign(TARGET), *pieces(text[mention.start : mention.end]), sign(TARGET_END)]
            spans.append((start, len(body)))
            at = mention.end
    return _shortened(body + pieces(text[at : candidate.clause.end]), spans)


def _shortened(body: list[int], spans: list[tuple[int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
    """At most LONGEST_CLAUSE pieces, around the asset's first mention."""
    if len(body) <= LONGEST_CLAUSE:
        return body, spans
    offset = max(0, min(spans[0][0] - 30, len(body) - LONGEST_CLAUSE))
    moved = [(start - offset, min(end - offset, LONGEST_CLAUSE)) for start, end in spans]
    kept = [(max(0, start), end) for start, end in moved if start < LONGEST_CLAUSE and end > 0]
    return body[offset : offset + LONGEST_CLAUSE], kept


def _context(prepared: Prepared, candidate: Candidate, pieces: Pieces, sign: Sign) -> list[int]:
    """The end of the sentence before, then the rest of the clause's own sentence."""
    clause = candidate.clause
    sentence = prepared.sentences[clause.sentence]
    around = ""
    if clause.count > 1:
        around = f"{prepared.text[sentence.start : clause.start]} {prepared.text[clause.end : sentence.end]}"
    rest = pieces(around)[-LONGEST_CONTEXT:] if around.strip() else []
    if not clause.sentence or prepared.sentences[clause.sentence - 1].role == "boilerplate":
        return rest
    before = pieces(prepared.sentence_text(clause.sentence - 1))
    return [*before[-max(LEAST_BEFORE, LONGEST_CONTEXT - len(rest)) :], sign(BREAK), *rest]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The upstream tokenizer (tokenizer.json) as the three things `marked` needs."""

    pieces: Pieces
    sign: Sign
    ends: tuple[int, int]

    def marked(self, prepared: Prepared, candidates: Sequence[Candidate]) -> list[Marked]:
        return [marked(prepared, candidate, self.pieces, self.sign, self.ends) for candidate in candidates]


def vocabulary(tokenizer_json: str) -> Vocabulary:
    """Read the text of tokenizer.json."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def pieces(text: str) -> list[int]:
        result: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return result

    numbers = tokenizer.get_vocab()
    return Vocabulary(pieces, lambda number: numbers[f"[unused{number}]"], (numbers["[CLS]"], numbers["[SEP]"]))
