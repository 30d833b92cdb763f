"""Every feature that the models of figures look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markets.assets import registry
from nlp.figures.context import Around, clause_features, cue_features, shape_features, word_features
from nlp.figures.governor import governor_features, unit_class
from nlp.figures.lexicon import RoleRule
from nlp.figures.links import Mentions
from nlp.figures.quantity import Quantity
from nlp.figures.rules import beside, matching
from nlp.text import Prepared

_NAMED_KINDS = ("macro", "rate", "group")


def figures_features(
    prepared: Prepared, quantities: Sequence[Quantity], arounds: Sequence[Around], known: Mentions
) -> list[set[str]]:
    """The features of every quantity of a text, in order."""
    sides = [beside(prepared, around) for around in arounds]
    rules = [list(matching(q, *s)) for q, s in zip(quantities, sides, strict=True)]
    guesses = [[rule.role for rule in found[:1]] for found in rules]
    return [
        {
            *_own(quantity, arounds[i], sides[i][0], rules[i]),
            *_named(quantity, arounds[i], known),
            *_neighbours(prepared, quantities, arounds, guesses, i),
        }
        for i, quantity in enumerate(quantities)
    ]


def _own(quantity: Quantity, around: Around, before: str, rules: Sequence[RoleRule]) -> Iterator[str]:
    unit = unit_class(quantity)
    cues = {*cue_features(around), *clause_features(before)}
    yield from word_features(around)
    yield from shape_features(quantity, around)
    yield from governor_features(quantity, around)
    yield from cues
    yield from (f"{unit}~{cue}" for cue in cues)
    yield from _rules(quantity, rules)
    for place, word in enumerate(around.before[:2]):
        if len(word) > 4:
            yield f"ends{place}:{word[-3:]}"
            yield f"{unit}~ends{place}:{word[-2:]}"
    if quantity.kind in ("money", "percent", "coins", "points", "shares"):
        yield "sure"


def _rules(quantity: Quantity, found: Sequence[RoleRule]) -> Iterator[str]:
    """The rules that match, the first of them, and the roles they name together."""
    for rule in found:
        yield f"rule:{rule.id}"
    names = [rule.id for rule in found[:2]]
    yield f"first:{names[0] if names else None}"
    yield f"first2:{'+'.join(names)}"
    yield f"guess:{found[0].role if found else None}"
    yield f"{unit_class(quantity)}~roles:{'+'.join(sorted({rule.role for rule in found}))}"


def _named(quantity: Quantity, around: Around, known: Mentions) -> Iterator[str]:
    """What kind of asset is named nearest before and after, in the sentence."""
    here = known.by_sentence.get(around.sentence, [])
    before = [m for m in here if m.end <= quantity.start]
    after = [m for m in here if m.start >= quantity.end]
    unit = unit_class(quantity)
    for side, mention in (("<", before[-1] if before else None), (">", after[0] if after else None)):
        row = registry().get(mention.symbol) if mention else None
        kind = row.kind if row else str(mention is not None)
        yield f"names{side}{kind}"
        yield f"{unit}~names{side}{kind}"
        if mention and (kind in _NAMED_KINDS or mention.symbol == "BTC.D"):
            yield f"{unit}~names{side}{mention.symbol}"


def _neighbours(
    prepared: Prepared,
    quantities: Sequence[Quantity],
    arounds: Sequence[Around],
    guesses: Sequence[Sequence[str]],
    index: int,
) -> Iterator[str]:
    """What the rules make of the figures beside this one, and what stands between."""
    unit = unit_class(quantities[index])
    for side, other in (("prev", index - 1), ("next", index + 1)):
        if not 0 <= other < len(quantities) or arounds[other].sentence != arounds[index].sentence:
            continue
        first, second = sorted((index, other))
        gap = prepared.text[quantities[first].end : quantities[second].start].casefold()
        same = unit_class(quantities[other]) == unit
        guess = guesses[other][0] if guesses[other] else None
        yield f"{side}:{guess}:{same}"
        if len(gap) <= 24:
            short = re.sub(r"[^\w,;()/-]+", " ", gap).strip()
            yield f"{side}gap:{short}"
            yield f"{side}gap:{short}:{guess}:{same}"
