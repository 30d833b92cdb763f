"""Rules that read the role of a number from the words beside it (role_rules.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nlp.figures.context import Around
from nlp.figures.governor import unit_class
from nlp.figures.lexicon import RoleRule, role_rules
from nlp.figures.quantity import Quantity
from nlp.prefilter import Gate
from nlp.text import Prepared

_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")


def beside(prepared: Prepared, around: Around) -> tuple[str, str]:
    """The text before and after a number within its sentence, lower case, other numbers as "#"."""
    sentence = prepared.sentences[around.sentence]
    before = prepared.text[max(sentence.start, around.first - 130) : around.first]
    after = prepared.text[around.last : min(max(sentence.end, around.last), around.last + 90)]
    return _plain(before), _plain(after)


def _plain(text: str) -> str:
    return _DIGITS.sub("#", text.casefold().replace("’", "'"))


def matching(quantity: Quantity, before: str, after: str) -> Iterator[RoleRule]:
    """The rules that fit a number, in the order of the file."""
    unit, possible = unit_class(quantity), frozenset(_gate().open(before))
    for number, rule in enumerate(role_rules()):
        if number not in possible or (rule.units and unit not in rule.units):
            continue
        if rule.before is not None and not rule.before.search(before):
            continue
        if rule.after is None or rule.after.match(after):
            yield rule


@cache
def _gate() -> Gate:
    """Before the rules by what stands in front of the number."""
    return Gate([rule.before or _ANYTHING for rule in role_rules()])


_ANYTHING = re.compile("")
