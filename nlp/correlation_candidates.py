"""Pairs of things in one sentence that could be claimed to go together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain, pairwise

from nlp.anaphora import pointed_at, points_at_a_pattern, sisters
from nlp.anchors import function_words
from nlp.assets import AssetMention
from nlp.correlation_memory import Memory
from nlp.correlation_phrases import open_phrases
from nlp.correlation_rules import Driver, cues_in, driver_spans, possible_names
from nlp.correlation_scene import Scene
from nlp.correlation_things import OPEN, Pair, Thing, chart, overlap
from nlp.exclusions import left_out
from nlp.text import Prepared, Sentence

READ = ("title", "heading", "body", "post")
GENERAL = frozenset(f"frame {name}" for name in ("general", "lead", "relation", "denial"))
_OF_A_LIST = re.compile(
    r"(?:\s\([^()]{1,8}\))?(?:,|,?\s(?:and|or|&|as well as)|/)\s?(?:the\s|in\s|of\s|both\s|to\s){0,2}", re.IGNORECASE
)  # "XRP (Ripple), Cardano and the yen"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


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
    here = {(scene.number, names) for scene in scenes for names in scene.named_together()}
    together = Counter(names for _, names in here)
    titles = {names for number, names in here if prepared.sentences[number].role == "title"}

    def told(scene: Scene) -> list[Pair]:
        named = [(driver, response, frozenset((driver.name, response.name))) for driver, response in scene.sides()]
        return [
            Pair(scene.number, driver, response, _reversed(driver, response), together[names], names in titles)
            for driver, response, names in named
        ]

    for scene in scenes:
        if scene.named or scene.responses(scene.known()):
            yield scene.number, partial(told, scene)


def _scenes(prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Scene]:
    by_sentence: dict[int, list[AssetMention]] = {}
    same = sisters(mention.symbol for mention in mentions)
    for mention in mentions:
        meant = replace(mention, symbol=same[mention.symbol]) if mention.symbol in same else mention
        by_sentence.setdefault(mention.sentence, []).append(meant)
    memory = Memory(main_asset(prepared, mentions))
    for number, sentence in enumerate(prepared.sentences):
        if sentence.role not in READ:
            continue
        scene = _scene(prepared, number, by_sentence.get(number, []), memory)
        yield scene
        memory.note(sentence.role, [*scene.named, *scene.outer], scene.general)


def _scene(prepared: Prepared, number: int, mentions: Sequence[AssetMention], memory: Memory) -> Scene:
    sentence, text = prepared.sentences[number], prepared.sentence_text(number)
    named = [Thing(m.symbol, m.start, m.end) for m in _first_of_each(mentions)]
    named += _loosely_named(prepared.text, sentence, named, memory.coins)
    found = [t for t in lexicon_drivers(prepared.text, sentence.start, sentence.end) if not _is_named(t, named)]
    pointed = pointed_at(text, sentence.start, memory.latest, [*named, *found])
    named += [t for t in pointed if not any(overlap(t, other) for other in named)]
    cues = cues_in(text)
    general, signal = any(frame in GENERAL for frame in cues), "frame signal" in cues
    if general or signal:
        found += _open_drivers(prepared, number, [*named, *found])
    named = [replace(t, main=True) if t.name == memory.main else t for t in named]
    again = memory.fresh and (_YEAR.search(text) is not None or points_at_a_pattern(text))
    return Scene(
        number=number,
        named=_in_lists(prepared.text, named),
        outer=_in_lists(prepared.text, [t for t in found if not chart(t)]),
        chart=[t for t in found if chart(t)],
        general=general,
        again=again,
        before=memory.before(again),
        main=memory.main,
    )


def _is_named(thing: Thing, named: Sequence[Thing]) -> bool:
    """ "The yield curve" is a series of its own where it is named, and not a driver beside it."""
    return any(overlap(thing, other) for other in named if other.name == "US_CURVE")


def _in_lists(text: str, things: Sequence[Thing]) -> list[Thing]:
    """The things with the end of the list each stands in: "gold, silver and copper" is one list."""
    if len(things) < 2:
        return list(things)
    placed = sorted(things, key=lambda t: t.start or 0, reverse=True)
    rows: dict[str, int] = {}
    for right, left in pairwise(placed):
        if left.end and right.start and right.end and _OF_A_LIST.fullmatch(text, left.end, right.start):
            rows[left.name] = rows.setdefault(right.name, right.end)
    return [replace(t, row=rows[t.name]) if t.name in rows else t for t in things]


def _first_of_each(mentions: Sequence[AssetMention]) -> list[AssetMention]:
    return list({m.symbol: m for m in reversed(mentions)}.values())[::-1]


def _open_drivers(prepared: Prepared, number: int, known: Sequence[Thing]) -> Iterator[Thing]:
    """Subjects of statements that name no asset and nothing of the lexicon."""
    base = prepared.sentences[number].start
    for start, end, name in open_phrases(prepared.sentence_text(number)):
        thing = Thing(name, base + start, base + end, OPEN)
        if not any(overlap(thing, other) for other in known):
            yield thing


def _loosely_named(text: str, sentence: Sentence, named: Sequence[Thing], coins: bool) -> list[Thing]:
    found: list[Thing] = []
    for name in possible_names(text[sentence.start : sentence.end]):
        match = name.pattern.search(text, sentence.start, sentence.end)
        symbol = name.among_coins if coins and name.among_coins else name.symbol
        if match and symbol not in {t.name for t in named}:
            thing = Thing(symbol, *match.span())
            if not any(overlap(thing, other) for other in [*named, *found]) and not _left_out(text, sentence, thing):
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


def _reversed(driver: Thing, response: Thing) -> bool:
    """Whether the response is printed first; never said of an asset and its own chart."""
    if driver.name == response.name or driver.start is None or response.start is None:
        return False
    return response.start < driver.start
