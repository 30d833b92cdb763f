"""Pairs of things in one sentence that could be claimed to go together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, groupby
from operator import attrgetter

from markets.assets import registry
from nlp.anchors import function_words
from nlp.assets import AssetMention
from nlp.correlation_phrases import open_phrases
from nlp.correlation_rules import Driver, cues_in, driver_spans, possible_names
from nlp.exclusions import left_out
from nlp.text import Prepared, Sentence

READ = ("title", "heading", "body", "post")
GENERAL = frozenset(f"frame {name}" for name in ("general", "lead", "relation", "denial"))
TITLE, MAIN = 8, 9  # the `distance` of what the title names, and of what the document is about
OPEN = Driver("open phrase", re.compile("(?!)"), "")  # what no lexicon lists
_CARRIED = 3  # things named before that a sentence may speak of


@dataclass(frozen=True, slots=True)
class Thing:
    """What one side of a pair is: an asset, or a driver from the lexicon. Offsets are None where it is carried over.

    `distance` counts the sentences back to where it was named; `main`: the asset the document is about.
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
    together: int = 0  # sentences of the document that name both
    in_title: bool = False  # the title names both


def main_asset(prepared: Prepared, mentions: Sequence[AssetMention]) -> str | None:
    """The asset a document is about: named in the title, else most often."""
    titles = [m.symbol for m in mentions if prepared.sentences[m.sentence].role == "title"]
    counts = Counter(titles or [m.symbol for m in mentions])
    return counts.most_common(1)[0][0] if counts else None


def pairs(prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Pair]:
    """Every candidate, sentence by sentence, with how often the document brings the two together."""
    return chain.from_iterable(told() for _, told in pairs_by_sentence(prepared, mentions))


def pairs_by_sentence(
    prepared: Prepared, mentions: Sequence[AssetMention]
) -> Iterator[tuple[int, Callable[[], list[Pair]]]]:
    """The sentences with candidates, and what tells the candidates of each: most are never asked for."""
    found = list(_pairs(prepared, mentions))
    here = {(p.sentence, _names(p)) for p in found if p.driver.start is not None and p.response.start is not None}
    together = Counter(names for _, names in here)
    titles = {names for number, names in here if prepared.sentences[number].role == "title"}

    def told(group: Sequence[Pair]) -> list[Pair]:
        named = [(pair, _names(pair)) for pair in group]
        return [
            Pair(pair.sentence, pair.driver, pair.response, pair.reversed, together[names], names in titles)
            for pair, names in named
        ]

    for number, group in groupby(found, key=attrgetter("sentence")):
        yield number, partial(told, list(group))


def _names(pair: Pair) -> frozenset[str]:
    return frozenset((pair.driver.name, pair.response.name))


def _pairs(prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Pair]:
    by_sentence: dict[int, list[AssetMention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    memory = _Memory(main_asset(prepared, mentions))
    for number, sentence in enumerate(prepared.sentences):
        if sentence.role not in READ:
            continue
        named = [Thing(m.symbol, m.start, m.end) for m in _first_of_each(by_sentence.get(number, []))]
        named += _loosely_named(prepared.text, sentence, named, memory.coins)
        found = list(lexicon_drivers(prepared.text, sentence.start, sentence.end))
        cues = cues_in(prepared.sentence_text(number))
        general = any(frame in GENERAL for frame in cues)
        if general or "frame signal" in cues:
            found += _open_drivers(prepared, number, [*named, *found])
        here = _Here(
            named=[Thing(t.name, t.start, t.end, main=t.name == memory.main) for t in named],
            outer=[t for t in found if not _chart(t)],
            chart=[t for t in found if _chart(t)],
            general=general,
        )
        yield from _sentence_pairs(number, here, memory)
        memory.note(sentence.role, [*here.named, *here.outer])


@dataclass(frozen=True, slots=True)
class _Here:
    """What one sentence names: assets, drivers of the lexicon, readings of a chart; `general`: it says a rule."""

    named: Sequence[Thing]
    outer: Sequence[Thing]
    chart: Sequence[Thing]
    general: bool


class _Memory:
    """What the sentences before named: the last two of them, the title, and the document's main asset."""

    def __init__(self, main: str | None) -> None:
        self.main = main
        asset = registry().get(main) if main else None
        self.coins = asset is not None and (asset.kind == "coin" or asset.symbol in ("CRYPTO", "ALTS", "MEMES"))
        self.title: list[Thing] = []
        self.last: list[list[Thing]] = []

    def note(self, role: str, things: Sequence[Thing]) -> None:
        if role == "title":
            self.title = list(things)
        else:
            self.last = [list(things), *self.last[:1]]

    def recall(self, here: set[str]) -> list[Thing]:
        """Things named before and not here, the nearest first."""
        main = [Thing(self.main, None, None)] if self.main else []
        groups = [*enumerate(self.last, 1), (TITLE, self.title), (MAIN, main)]
        seen, found = set(here), []
        for distance, things in groups:
            for thing in things:
                if thing.name not in seen:
                    seen.add(thing.name)
                    known = thing.name == self.main
                    found.append(Thing(thing.name, None, None, thing.driver, distance, known))
        return found


def _first_of_each(mentions: Sequence[AssetMention]) -> list[AssetMention]:
    return list({m.symbol: m for m in reversed(mentions)}.values())[::-1]


def _open_drivers(prepared: Prepared, number: int, known: Sequence[Thing]) -> Iterator[Thing]:
    """Subjects of statements that name no asset and nothing of the lexicon."""
    base = prepared.sentences[number].start
    for start, end, name in open_phrases(prepared.sentence_text(number)):
        thing = Thing(name, base + start, base + end, OPEN)
        if not any(_overlap(thing, other) for other in known):
            yield thing


def _loosely_named(text: str, sentence: Sentence, named: Sequence[Thing], coins: bool) -> list[Thing]:
    found: list[Thing] = []
    for name in possible_names(text[sentence.start : sentence.end]):
        match = name.pattern.search(text, sentence.start, sentence.end)
        symbol = name.among_coins if coins and name.among_coins else name.symbol
        if match and symbol not in {t.name for t in named}:
            thing = Thing(symbol, *match.span())
            if not any(_overlap(thing, other) for other in [*named, *found]) and not _left_out(text, sentence, thing):
                found.append(thing)
    return found


def _left_out(text: str, sentence: Sentence, thing: Thing) -> bool:
    assert thing.start is not None and thing.end is not None
    span = thing.start - sentence.start, thing.end - sentence.start
    return bool(left_out(text[sentence.start : sentence.end], [span]))


def lexicon_drivers(text: str, start: int, end: int) -> Iterator[Thing]:
    """Drivers of the lexicon in a stretch of text, longer ones before those they contain."""
    for first, last, driver, name in _lexicon_drivers(text[start:end]):
        yield Thing(name, start + first, start + last, driver)


@lru_cache(maxsize=2048)
def _lexicon_drivers(text: str) -> tuple[tuple[int, int, Driver, str], ...]:
    taken: list[tuple[int, int, Driver, str]] = []
    for first, last, driver in sorted(driver_spans(text), key=lambda f: (f[0] - f[1], f[0])):
        if not any(first < e and s < last for s, e, _, _ in taken):
            printed = " ".join(w for w in text[first:last].casefold().split() if w not in function_words())
            name = printed if driver.printed and printed else driver.label
            taken.append((first, last, driver, driver.asset or name))
    return tuple(taken)


def _sentence_pairs(number: int, here: _Here, memory: _Memory) -> Iterator[Pair]:
    known = memory.recall({t.name for t in [*here.named, *here.outer]})
    assets = [t for t in known if t.driver is None or t.driver.asset]
    responses = [*here.named, *assets[: _CARRIED if here.general else 1]]
    drivers = [*here.outer, *here.named]
    if here.general:
        drivers += known[:_CARRIED]
    for response in responses:
        for driver in drivers:
            if driver.name != response.name and not _overlap(driver, response):
                yield Pair(number, driver, response, _reversed(driver, response))
        base = here.chart[0] if here.chart else response
        reading = base.driver if here.chart else None
        own = Thing(response.name, base.start, base.end, reading, base.distance, base.main)
        yield Pair(number, own, response, False)


def _chart(thing: Thing) -> bool:
    return thing.driver is not None and thing.driver.chart


def _overlap(a: Thing, b: Thing) -> bool:
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end


def _reversed(driver: Thing, response: Thing) -> bool:
    return driver.start is not None and response.start is not None and response.start < driver.start
