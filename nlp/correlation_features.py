"""What the correlation model sees of a candidate pair: cues, words and how the two things stand to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from markets.assets import registry
from nlp.correlation_candidates import drivers_in
from nlp.correlation_rules import cue_spans, cues_in, movement_finders, named_cues
from nlp.correlation_things import MAIN, OPEN, TITLE, TOPIC, Pair, Thing
from nlp.remembered import Remembered
from nlp.text import Prepared

_TOKEN = re.compile(r"[a-z]+(?:[’'][a-z]+)?|\d[\d,.]*|[%$?]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORDS: Remembered[str, str] = Remembered(lambda token: "w:#" if token[0].isdigit() else f"w:{token}")
_CLOSING = '"”’) '
_NEAR = 60  # characters


def pair_features(prepared: Prepared, pair: Pair) -> list[str]:
    """What depends on the two things; further there are `sentence_features` and `sort_features`."""
    shape = _shape(pair)
    found = cues_in(prepared.sentence_text(pair.sentence))
    crossed = (f"{kind}&{cue}" for kind in shape[:2] for cue in found)
    return [*shape, *crossed, *_between(prepared, pair), *_beside(prepared, pair)]


def sort_features(sort: str, shared: Sequence[str]) -> list[str]:
    """The sort of a pair (`sort_of`), alone and crossed with what the sentence says; alike for all pairs of a sort."""
    told = (f"sort:{sort}&{feature}" for feature in shared if feature.startswith(_TELLING))
    return [f"sort:{sort}", *told]


_TELLING = ("w:", "names driver:", "drivers:", "assets:", "earlier:", "role:")  # features told apart by sort of pair


def sort_of(pair: Pair) -> str:
    """The own chart, an unlisted subject, a driver of the lexicon or an asset; and which of the two is carried."""
    driver = pair.driver
    response = "here" if pair.response.start is not None else "carried"
    if driver.name == pair.response.name:
        return f"own {response}"
    kind = "open" if driver.driver is OPEN else "lexicon" if driver.driver else "asset"
    return f"{kind} {'here' if driver.start is not None else 'carried'} {response}"


def sentence_features(prepared: Prepared, number: int, named: Sequence[str]) -> list[str]:
    """Cues, pairs of cue frames, words, drivers and movements of a sentence, and the cues of the one before it.

    `named`: the symbols of the assets it names.
    """
    text = prepared.sentence_text(number)
    found = cues_in(text)
    frames = sorted(cue for cue in found if cue.startswith("frame "))
    words = {*map(_WORDS.__getitem__, _TOKEN.findall(text.casefold()))}
    return [
        f"role:{prepared.sentences[number].role}",
        f"length:{min(len(text.split()) // 8, 6)}",
        *(f"cue:{cue}" for cue in found),
        *(f"cues:{a}+{b}" for a, b in combinations(frames, 2)),
        *sorted(words),
        *(f"earlier:{cue}" for cue in _cues_before(prepared, number)),
        *_drivers_and_movements(prepared, number),
        *_assets(named),
        f"percent:{'%' in text}",
        f"year:{bool(_YEAR.search(text))}",
        f"question:{text.rstrip(_CLOSING).endswith('?')}",
    ]


def _drivers_and_movements(prepared: Prepared, number: int) -> Iterator[str]:
    text = prepared.sentence_text(number)
    labels = [driver for _, _, driver, _ in drivers_in(text)]
    charts = sum(driver.chart for driver in labels)
    yield from (f"names driver:{driver.label}" for driver in labels)
    yield f"drivers:{min(len(labels), 3)} charts:{min(charts, 2)}"
    yield f"drivers:{min(len(labels) - charts, 2)}"
    ups, downs = (pattern.count(text) for pattern in movement_finders()[:2])
    yield f"ups:{min(ups, 3)}"
    yield f"downs:{min(downs, 3)}"
    yield f"moves:{min(ups + downs, 4)}"


def _assets(named: Sequence[str]) -> Iterator[str]:
    yield f"assets:{min(len(named), 3)}"
    for symbol in named:
        asset = registry().get(symbol)
        yield f"asset:{symbol}"
        yield f"asset kind:{asset.kind if asset else 'ticker'}"


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
        return "pointed" if thing.pointed else "here"
    return {TITLE: "title", MAIN: "main", TOPIC: "topic"}.get(thing.distance, f"back {thing.distance}")


def _between(prepared: Prepared, pair: Pair) -> Iterator[str]:
    """Cues and words that stand between the two, and next to each."""
    a, b = pair.driver, pair.response
    if a.start is None or b.start is None or a.end is None or b.end is None or a.start == b.start:
        return
    left, right = ((a.start, a.end), (b.start, b.end)) if a.start < b.start else ((b.start, b.end), (a.start, a.end))
    text, base = prepared.text, prepared.sentences[pair.sentence].start
    spans = cue_spans(prepared.sentence_text(pair.sentence))
    inside = (cue for start, end, cue in spans if left[1] <= base + start and base + end <= right[0])
    yield f"gap:{min(max(0, right[0] - left[1]) // 20, 6)}"
    yield from (f"gap:{cue}" for cue in named_cues(inside))
    yield from _gap_words(text[left[1] : right[0]])


@lru_cache(maxsize=2048)
def _gap_words(text: str) -> tuple[str, ...]:
    return tuple(f"gapw:{word}" for word in dict.fromkeys(_TOKEN.findall(text.casefold())[:12]))


def _beside(prepared: Prepared, pair: Pair) -> Iterator[str]:
    """The two words before and after each of the two."""
    text, sentence = prepared.text, prepared.sentences[pair.sentence]
    for side, thing in (("D", pair.driver), ("R", pair.response)):
        if thing.start is not None and thing.end is not None:
            before = text[max(sentence.start, thing.start - _NEAR) : thing.start]
            yield from _neighbours(side, before, text[thing.end : min(sentence.end, thing.end + _NEAR)])


@lru_cache(maxsize=256)  # the pairs of a sentence are made of few things
def _neighbours(side: str, before: str, after: str) -> tuple[str, ...]:
    last, first = _TOKEN.findall(before.casefold())[-2:] or ["^"], _TOKEN.findall(after.casefold())[:2] or ["$"]
    return *(f"{side}<:{word}" for word in last), *(f"{side}>:{word}" for word in first)
