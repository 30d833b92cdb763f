"""Pairs of things in one sentence that could be claimed to go together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

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
    scenes = list(_scenes(prepared, mentions))
    here = {(scene.number, names) for scene in scenes for names in _named_together(scene)}
    together = Counter(names for _, names in here)
    titles = {names for number, names in here if prepared.sentences[number].role == "title"}

    def told(scene: _Scene) -> list[Pair]:
        named = [(driver, response, frozenset((driver.name, response.name))) for driver, response in _sides(scene)]
        return [
            Pair(scene.number, driver, response, _reversed(driver, response), together[names], names in titles)
            for driver, response, names in named
        ]

    for scene in scenes:
        if scene.named or _responses(scene, scene.known()):
            yield scene.number, partial(told, scene)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What sentence `number` names: assets, drivers of the lexicon, readings of a chart; `general`: it says a rule.

    `before`: what was named before it, by distance, the nearest first; `main`: the asset the document is about.
    """

    number: int
    named: Sequence[Thing]
    outer: Sequence[Thing]
    chart: Sequence[Thing]
    general: bool
    before: Sequence[tuple[int, Sequence[Thing]]]
    main: str | None

    def known(self) -> list[Thing]:
        """Things named before and not here, the nearest first."""
        seen, found = {thing.name for thing in (*self.named, *self.outer)}, []
        for distance, things in self.before:
            for thing in things:
                if thing.name not in seen:
                    seen.add(thing.name)
                    found.append(Thing(thing.name, None, None, thing.driver, distance, thing.name == self.main))
        return found


def _scenes(prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[_Scene]:
    by_sentence: dict[int, list[AssetMention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    memory = _Memory(main_asset(prepared, mentions))
    for number, sentence in enumerate(prepared.sentences):
        if sentence.role not in READ:
            continue
        here = _first_of_each(by_sentence.get(number, []))
        named = [Thing(m.symbol, m.start, m.end, main=m.symbol == memory.main) for m in here]
        named += _loosely_named(prepared.text, sentence, named, memory)
        found = list(lexicon_drivers(prepared.text, sentence.start, sentence.end))
        cues = cues_in(prepared.sentence_text(number))
        general = any(frame in GENERAL for frame in cues)
        if general or "frame signal" in cues:
            found += _open_drivers(prepared, number, [*named, *found])
        outer, chart = [t for t in found if not _chart(t)], [t for t in found if _chart(t)]
        yield _Scene(number, named, outer, chart, general, memory.before(), memory.main)
        memory.note(sentence.role, [*named, *outer])


class _Memory:
    """What the sentences before named: the last two of them, the title, and the document's main asset."""

    def __init__(self, main: str | None) -> None:
        self.main = main
        asset = registry().get(main) if main else None
        self.coins = asset is not None and (asset.kind == "coin" or asset.symbol in ("CRYPTO", "ALTS", "MEMES"))
        self.about = [Thing(main, None, None)] if main else []
        self.title: Sequence[Thing] = ()
        self.last: list[Sequence[Thing]] = []

    def note(self, role: str, things: Sequence[Thing]) -> None:
        if role == "title":
            self.title = things
        else:
            self.last = [things, *self.last[:1]]

    def before(self) -> list[tuple[int, Sequence[Thing]]]:
        """What was named so far, by distance."""
        return [*enumerate(self.last, 1), (TITLE, self.title), (MAIN, self.about)]


def _first_of_each(mentions: Sequence[AssetMention]) -> list[AssetMention]:
    return list({m.symbol: m for m in reversed(mentions)}.values())[::-1]


def _open_drivers(prepared: Prepared, number: int, known: Sequence[Thing]) -> Iterator[Thing]:
    """Subjects of statements that name no asset and nothing of the lexicon."""
    base = prepared.sentences[number].start
    for start, end, name in open_phrases(prepared.sentence_text(number)):
        thing = Thing(name, base + start, base + end, OPEN)
        if not any(_overlap(thing, other) for other in known):
            yield thing


def _loosely_named(text: str, sentence: Sentence, named: Sequence[Thing], memory: _Memory) -> list[Thing]:
    found: list[Thing] = []
    for name in possible_names(text[sentence.start : sentence.end]):
        match = name.pattern.search(text, sentence.start, sentence.end)
        symbol = name.among_coins if memory.coins and name.among_coins else name.symbol
        if match and symbol not in {t.name for t in named}:
            thing = Thing(symbol, *match.span(), main=symbol == memory.main)
            if not any(_overlap(thing, other) for other in [*named, *found]) and not _left_out(text, sentence, thing):
                found.append(thing)
    return found


def _left_out(text: str, sentence: Sentence, thing: Thing) -> bool:
    assert thing.start is not None and thing.end is not None
    span = thing.start - sentence.start, thing.end - sentence.start
    return bool(left_out(text[sentence.start : sentence.end], [span]))


def lexicon_drivers(text: str, start: int, end: int) -> Iterator[Thing]:
    """Drivers of the lexicon in a stretch of text, longer ones before those they contain."""
    for first, last, driver, name in drivers_in(text[start:end]):
        yield Thing(name, start + first, start + last, driver)


@lru_cache(maxsize=2048)
def drivers_in(text: str) -> tuple[tuple[int, int, Driver, str], ...]:
    """(start, end, driver, name) of the drivers of the lexicon in a text, longer ones before those they contain."""
    taken: list[tuple[int, int, Driver, str]] = []
    for first, last, driver in sorted(driver_spans(text), key=lambda f: (f[0] - f[1], f[0])):
        if not any(first < e and s < last for s, e, _, _ in taken):
            printed = " ".join(w for w in text[first:last].casefold().split() if w not in function_words())
            name = printed if driver.printed and printed else driver.label
            taken.append((first, last, driver, driver.asset or name))
    return tuple(taken)


def _responses(scene: _Scene, known: Sequence[Thing]) -> list[Thing]:
    """What a driver may act on: the assets named, and those before; several of these where it says a rule."""
    assets = [t for t in known if t.driver is None or t.driver.asset]
    return [*scene.named, *assets[: _CARRIED if scene.general else 1]]


def _sides(scene: _Scene) -> Iterator[tuple[Thing, Thing]]:
    """Driver and response of every candidate; for each response, its own chart or course last."""
    known = scene.known()
    carried = known[:_CARRIED] if scene.general else ()
    for response in _responses(scene, known):
        for driver in (*scene.outer, *scene.named, *carried):
            if _distinct(driver, response):
                yield driver, response
        base = scene.chart[0] if scene.chart else response
        reading = base.driver if scene.chart else None
        yield Thing(response.name, base.start, base.end, reading, base.distance, base.main), response


def _named_together(scene: _Scene) -> Iterator[frozenset[str]]:
    """The names of the candidates of which both things stand in the sentence."""
    for response in scene.named:
        yield frozenset((response.name,))
        for driver in (*scene.outer, *scene.named):
            if _distinct(driver, response):
                yield frozenset((driver.name, response.name))


def _distinct(driver: Thing, response: Thing) -> bool:
    return driver.name != response.name and not _overlap(driver, response)


def _chart(thing: Thing) -> bool:
    return thing.driver is not None and thing.driver.chart


def _overlap(a: Thing, b: Thing) -> bool:
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end


def _reversed(driver: Thing, response: Thing) -> bool:
    """Whether the response is printed first; never said of an asset and its own chart."""
    if driver.name == response.name or driver.start is None or response.start is None:
        return False
    return response.start < driver.start
