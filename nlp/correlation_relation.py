"""Which way two things are said to go: the same, the opposite, or no longer together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nlp.correlation_features import kind_of
from nlp.correlation_rules import cues_in, movement_finders, usual_sign
from nlp.correlation_things import Pair
from nlp.text import Prepared

_CLAUSE = re.compile(r"[,;:—–]\s|\s(?:but|while|whereas|although)\s")


def outline(prepared: Prepared, pair: Pair) -> str:
    """The sentence reduced to its movements, in order: D, R, "+" and "-" for rise and fall, "!" for a turn.

    "Whenever the dollar slides, gold tends to do well" gives "D-,R+".
    """
    sentence = prepared.sentences[pair.sentence]
    text = prepared.text[sentence.start : sentence.end]
    marks = list(_marks(text))
    things = (("D", pair.driver), ("R", pair.response))
    marks += [(thing.start - sentence.start, name) for name, thing in things if thing.start is not None]
    own = pair.driver.start is not None and pair.driver.start == pair.response.start
    return "".join(name for _, name in sorted(marks) if not (own and name == "D"))


@lru_cache(maxsize=2048)
def _marks(text: str) -> tuple[tuple[int, str], ...]:
    found = [
        (start, sign) for sign, words in zip("+-!", movement_finders(), strict=True) for start, _ in words.spans(text)
    ]
    return *found, *((match.start(), ",") for match in _CLAUSE.finditer(text))


def relation_features(prepared: Prepared, pair: Pair) -> list[str]:
    """What the model of relations sees."""
    line = outline(prepared, pair)
    text = prepared.sentence_text(pair.sentence)
    own = pair.driver.name == pair.response.name
    sign = pair.driver.driver.sign if pair.driver.driver else 0
    usual = usual_sign(pair.driver.name, pair.response.name)
    balance = (line.count("+") > line.count("-")) - (line.count("+") < line.count("-"))
    turned = line.count("!") % 2
    return [
        f"own:{own} sign:{sign}",
        f"usual:{usual}",
        f"usual:{usual} turned:{turned}",
        f"kinds:{kind_of(pair.driver)}>{kind_of(pair.response)}",
        f"driver:{pair.driver.driver.label if pair.driver.driver else pair.driver.name}",
        f"names:{pair.driver.name}>{pair.response.name}",
        f"own:{own} balance:{balance} turned:{turned}",
        f"sign x balance:{sign * balance}",
        *(f"cue:{cue}" for cue in cues_in(text)),
        *_movements(line, own, sign),
        *_moving_words(prepared, pair, own),
    ]


def _moving_words(prepared: Prepared, pair: Pair, own: bool) -> Iterator[str]:
    """The words of rise and fall themselves, by whether they stand before or after the response."""
    sentence = prepared.sentences[pair.sentence]
    at = (pair.response.start or sentence.start) - sentence.start
    for start, word, sign in _words(prepared.text[sentence.start : sentence.end]):
        side = "after" if start > at else "before"
        yield f"own:{own} {word}"
        yield f"{side} {word}"
        yield f"own:{own} {side} {sign}"


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[tuple[int, str, str], ...]:
    signs = zip("+-", movement_finders()[:2], strict=True)
    return tuple((m.start(), m[0].casefold()[:7], sign) for sign, pattern in signs for m in pattern.finditer(text))


def _movements(line: str, own: bool, sign: int) -> Iterator[str]:
    driver, response = _nearest(line, "D"), _nearest(line, "R")
    after = _after(line, "R")
    yield f"own:{own} driver {driver} response {response}"
    yield f"sign {sign} response {response}"
    yield f"own:{own} after response {after}"
    yield f"driver {_after(line, 'D')} response {after}"
    only = [mark for mark in line if mark in "+-"]
    if only:
        yield f"own:{own} last {only[-1]}"
        yield f"own:{own} first {only[0]}"


def _nearest(line: str, name: str) -> str:
    """The movement closest to a thing, "" where there is none within five marks."""
    at = line.find(name)
    places = [at + step for distance in range(1, 6) for step in (distance, -distance)] if at >= 0 else []
    return next((line[p] for p in places if 0 <= p < len(line) and line[p] in "+-"), "")


def _after(line: str, name: str) -> str:
    """The first movement after a thing and before the next thing."""
    at = line.find(name)
    found = re.match(r"[^DR+\-]*([+\-])", line[at + 1 :]) if at >= 0 else None
    return found[1] if found else ""
