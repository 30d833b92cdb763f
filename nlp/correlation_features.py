"""What the correlation model sees of a candidate pair: cues, words and how the two things stand to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from markets.assets import registry
from nlp.correlation_candidates import MAIN, TITLE, Pair, Thing
from nlp.correlation_rules import cues_in
from nlp.text import Prepared

_TOKEN = re.compile(r"[a-z]+(?:[’'][a-z]+)?|\d[\d,.]*|[%$?]")
_NEAR = 60  # characters


def pair_features(prepared: Prepared, pair: Pair) -> list[str]:
    """What depends on the two things; the sentence's own features are `sentence_features`."""
    shape = _shape(pair)
    found = cues_in(prepared.sentence_text(pair.sentence))
    crossed = (f"{kind}&{cue}" for kind in shape[:2] for cue in found)
    return [*shape, *crossed, *_between(prepared.text, pair)]


def sentence_features(prepared: Prepared, number: int) -> list[str]:
    """Cues, pairs of cue frames and words of a sentence, and the cues of the one before it."""
    text = prepared.sentence_text(number)
    found = cues_in(text)
    frames = sorted(cue for cue in found if cue.startswith("frame "))
    words = {"#" if token[0].isdigit() else token for token in _TOKEN.findall(text.casefold())}
    return [
        f"role:{prepared.sentences[number].role}",
        f"length:{min(len(text.split()) // 8, 6)}",
        *(f"cue:{cue}" for cue in found),
        *(f"cues:{a}+{b}" for a, b in combinations(frames, 2)),
        *(f"w:{word}" for word in sorted(words)),
        *(f"earlier:{cue}" for cue in _cues_before(prepared, number)),
    ]


def _cues_before(prepared: Prepared, number: int) -> tuple[str, ...]:
    if number == 0 or prepared.sentences[number - 1].role != "body":
        return ()
    return tuple(cue for cue in cues_in(prepared.sentence_text(number - 1)) if not cue.startswith("frame "))


def _shape(pair: Pair) -> list[str]:
    own = pair.driver.name == pair.response.name
    kind = "own" if own else kind_of(pair.driver)
    return [
        f"pair:{kind}>{kind_of(pair.response)}",
        f"driver:{kind}{' chart' if own and pair.driver.driver else ''}",
        f"driver name:{pair.driver.driver.label if pair.driver.driver else pair.driver.name}",
        f"response name:{pair.response.name}",
        f"names:{pair.driver.name}>{pair.response.name}",
        f"driver {_where(pair.driver)} response {_where(pair.response)}",
        f"own:{own} response {_where(pair.response)} main {pair.response.main}",
        f"main:{pair.driver.main}>{pair.response.main}",
        f"reversed:{pair.reversed}",
        f"own:{own} together:{min(pair.together, 4)} title:{pair.in_title}",
        f"kinds:{kind}>{kind_of(pair.response)} together:{min(pair.together, 3)}",
    ]


def kind_of(thing: Thing) -> str:
    """coin, index, rate ..., chart, lexicon, or ticker for an asset the registry does not know."""
    if thing.driver and not thing.driver.asset:
        return "chart" if thing.driver.chart else "lexicon"
    asset = registry().get(thing.name)
    return asset.kind if asset else "ticker"


def _where(thing: Thing) -> str:
    if thing.start is not None:
        return "here"
    return {TITLE: "title", MAIN: "main"}.get(thing.distance, f"back {thing.distance}")


def _between(text: str, pair: Pair) -> Iterator[str]:
    """Cues and words that stand between the two, and next to each."""
    a, b = pair.driver, pair.response
    if a.start is None or b.start is None or a.end is None or b.end is None or a.start == b.start:
        return
    left, right = (a, b) if a.start < b.start else (b, a)
    gap = text[left.end or 0 : right.start]
    yield f"gap:{min(len(gap) // 20, 6)}"
    yield from (f"gap:{cue}" for cue in cues_in(gap))
    yield from (f"gapw:{word}" for word in set(_TOKEN.findall(gap.casefold())[:12]))
    around = text[max(0, (left.start or 0) - _NEAR) : left.start].casefold()
    yield from (f"left:{word}" for word in _TOKEN.findall(around)[-2:])
    yield from (f"right:{word}" for word in _TOKEN.findall(text[right.end or 0 : (right.end or 0) + _NEAR].casefold())[:2])
