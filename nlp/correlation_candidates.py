"""Pairs of things in one sentence that could be claimed to go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.assets import AssetMention
from nlp.correlation_rules import Driver, drivers, loose_names
from nlp.text import Prepared, Sentence

READ = ("title", "heading", "body", "post")


@dataclass(frozen=True, slots=True)
class Thing:
    """What one side of a pair is: an asset, or a driver from the lexicon. Offsets are None where it is carried over.

    `distance` counts the sentences back to where it was named; "main" is the asset the document is about.
    """

    name: str
    start: int | None
    end: int | None
    driver: Driver | None = None
    distance: int = 0
    main: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A driver and a response in sentence number `sentence`."""

    sentence: int
    driver: Thing
    response: Thing
    reversed: bool  # the response is printed first


def main_asset(prepared: Prepared, mentions: Sequence[AssetMention]) -> str | None:
    """The asset a document is about: named in the title, else most often."""
    titles = [m.symbol for m in mentions if prepared.sentences[m.sentence].role == "title"]
    counts = Counter(titles or [m.symbol for m in mentions])
    return counts.most_common(1)[0][0] if counts else None


def pairs(prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Pair]:
    """Every candidate, sentence by sentence."""
    by_sentence: dict[int, list[AssetMention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    main = main_asset(prepared, mentions)
    before: list[Thing] = []
    for number, sentence in enumerate(prepared.sentences):
        if sentence.role not in READ:
            continue
        named = [_named(m, main) for m in _first_of_each(by_sentence.get(number, []))]
        named += _loosely_named(prepared.text, sentence, named)
        found = list(lexicon_drivers(prepared.text, sentence.start, sentence.end))
        carried = list(_carried(prepared, number, by_sentence, main, {t.name for t in named}))
        outer = [t for t in found if not _chart(t)]
        chart = [t for t in found if _chart(t)]
        yield from _sentence_pairs(number, named, outer or before, chart, carried)
        before = [replace(t, start=None, end=None, distance=1) for t in outer]


def _loosely_named(text: str, sentence: Sentence, named: Sequence[Thing]) -> list[Thing]:
    found: list[Thing] = []
    for name in loose_names():
        match = name.pattern.search(text, sentence.start, sentence.end)
        if match and name.symbol not in {t.name for t in named}:
            thing = Thing(name.symbol, *match.span())
            if not any(_overlap(thing, other) for other in [*named, *found]):
                found.append(thing)
    return found


def _first_of_each(mentions: Sequence[AssetMention]) -> list[AssetMention]:
    return list({m.symbol: m for m in reversed(mentions)}.values())[::-1]


def _named(mention: AssetMention, main: str | None) -> Thing:
    return Thing(mention.symbol, mention.start, mention.end, main=mention.symbol == main)


def lexicon_drivers(text: str, start: int, end: int) -> Iterator[Thing]:
    """Drivers of the lexicon in a stretch of text, longer ones before those they contain."""
    taken: list[tuple[int, int]] = []
    found = [
        (match.start(), match.end(), driver)
        for driver in drivers()
        for match in driver.pattern.finditer(text, start, end)
    ]
    for first, last, driver in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        if not any(first < e and s < last for s, e in taken):
            taken.append((first, last))
            yield Thing(driver.asset or driver.label, first, last, driver)


def _carried(
    prepared: Prepared, number: int, by_sentence: dict[int, list[AssetMention]], main: str | None, here: set[str]
) -> Iterator[Thing]:
    """The asset of the sentences before, and the document's own."""
    seen = set(here)
    for distance in (1, 2):
        before = number - distance
        if before < 0 or prepared.sentences[before].role not in READ:
            continue
        for mention in by_sentence.get(before, [])[-2:]:
            if mention.symbol not in seen:
                seen.add(mention.symbol)
                yield Thing(mention.symbol, None, None, distance=distance, main=mention.symbol == main)
    if main and main not in seen:
        yield Thing(main, None, None, distance=9, main=True)


def _sentence_pairs(
    number: int, named: Sequence[Thing], outer: Sequence[Thing], chart: Sequence[Thing], carried: Sequence[Thing]
) -> Iterator[Pair]:
    for response in [*named, *carried]:
        for driver in [*outer, *named]:
            if driver.name != response.name and not _overlap(driver, response):
                yield Pair(number, driver, response, _reversed(driver, response))
        own = replace(chart[0], name=response.name) if chart else replace(response, driver=None)
        yield Pair(number, own, response, False)
    for driver in carried[:1]:
        for response in named:
            yield Pair(number, driver, response, False)


def _chart(thing: Thing) -> bool:
    return thing.driver is not None and thing.driver.chart


def _overlap(a: Thing, b: Thing) -> bool:
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end


def _reversed(driver: Thing, response: Thing) -> bool:
    return driver.start is not None and response.start is not None and response.start < driver.start
