"""Assets named by a list with one head: "the tech, energy and materials sectors", "banking and energy shares"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from markets.assets import registry

HEADS = ("stocks", "shares", "sectors", "equities")
LONGEST = 120  # characters of a list


@dataclass(frozen=True, slots=True)
class ListRules:
    """Words that make an asset with a head ("energy" of "energy stocks"), and the patterns of lists of them."""

    symbols: Mapping[str, str]
    ending: re.Pattern[str]
    whole: re.Pattern[str]
    word: re.Pattern[str]


@cache
def list_rules() -> ListRules:
    """Words and patterns, from the names of groups and funds in the registry that end with a head."""
    symbols: dict[str, str] = {}
    for asset in registry().values():
        for name in asset.aliases if asset.kind != "equity" else ():
            first, _, head = name.casefold().rpartition(" ")
            if first and head in (*HEADS, "sector"):  # "energy sector" gives "energy" its place before "sectors"
                symbols.setdefault(first, asset.symbol)
    one = "|".join(sorted(map(re.escape, symbols), key=lambda name: (-len(name), name)))
    more, heads = rf"(?:{one})(?:\s\([A-Z]{{2,4}}\))?", "|".join(HEADS)
    whole = rf"\b{more}(?:,\s{more})*,?\s(?:and|or)\s{more}\s(?:{heads})$"
    return ListRules(
        symbols,
        re.compile(rf"\s(?:and|or)\s(?:[\w()-]+\s){{1,3}}(?:{heads})\b"),
        re.compile(whole, re.IGNORECASE),
        re.compile(rf"\b(?:{one})\b", re.IGNORECASE),
    )


def listed(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, symbol) of every member of such a list; the last one with its head."""
    rules = list_rules()
    for ending in rules.ending.finditer(text):
        found = rules.whole.search(text, max(0, ending.start() - LONGEST), ending.end())
        members = list(rules.word.finditer(text, found.start(), found.end())) if found else []
        for member in members:
            end = ending.end() if member is members[-1] else member.end()
            yield member.start(), end, rules.symbols[member[0].casefold()]
