"""The words and signs of quantities (lexicon.toml, names.toml), compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any

from nlp.first_letters import narrowed


@dataclass(frozen=True, slots=True)
class UnitWord:
    """What a printed unit stands for."""

    unit: str
    kind: str
    factor: float


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("nlp.figures").joinpath(name).read_text(encoding="utf-8"))


@cache
def lexicon() -> Mapping[str, Any]:
    """lexicon.toml as read."""
    return _table("lexicon.toml")


def alternatives(patterns: list[str]) -> str:
    """One group of alternatives, longest first, so that "million" wins over "m"."""
    return "(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + ")"


@cache
def currency_patterns() -> str:
    """Any currency sign, code or word."""
    return alternatives([p for patterns in lexicon()["currency"].values() for p in patterns])


@cache
def magnitude_patterns() -> str:
    """Any magnitude: million, bn, k, crore."""
    return alternatives([p for patterns in lexicon()["magnitude"].values() for p in patterns])


@cache
def unit_patterns() -> str:
    """Any unit after a number."""
    return alternatives([p for row in lexicon()["unit"] for p in row["words"]])


@cache
def currency_of(printed: str) -> str | None:
    """The ISO code (or BTC, ETH) of a currency as printed."""
    for code, patterns in lexicon()["currency"].items():
        if re.fullmatch(alternatives(patterns), printed, re.IGNORECASE):
            return str(code)
    return None


@cache
def magnitude_of(printed: str) -> float:
    """1e6 for "million" or "mln"; 1 for nothing."""
    for value, patterns in lexicon()["magnitude"].items():
        if printed and re.fullmatch(alternatives(patterns), printed):
            return float(value)
    for value, patterns in lexicon()["magnitude"].items():
        if printed and re.fullmatch(alternatives(patterns), printed, re.IGNORECASE):
            return float(value)
    return 1.0


@cache
def unit_of(printed: str) -> UnitWord | None:
    """The unit a printed word stands for."""
    for row in lexicon()["unit"]:
        if re.fullmatch(alternatives(row["words"]), printed, re.IGNORECASE):
            return UnitWord(row["unit"], row["kind"], row.get("factor", 1.0))
    return None


def names_in(text: str) -> Iterator[re.Match[str]]:
    """Names that carry digits."""
    rows, needs = _names()
    possible = tuple(row for row, need in zip(rows, needs, strict=True) if need is None or need.search(text))
    return _any_of(possible).finditer(text)


@cache
def _names() -> tuple[tuple[str, ...], tuple[re.Pattern[str] | None, ...]]:
    rows = _table("names.toml")["name"]
    needs = (re.compile(row["needs"]) if "needs" in row else None for row in rows)
    return tuple(row["pattern"] for row in rows), tuple(needs)


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return narrowed(re.compile(r"(?<![\w$])(?:" + "|".join(patterns) + ")"))


@cache
def _cues() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """The groups by whole word, and by the letters a word begins with."""
    whole: dict[str, list[str]] = {}
    prefixes: dict[str, list[str]] = {}
    for group, cue_words in _table("cues.toml").items():
        for word in cue_words:
            if word.endswith("*"):
                prefixes.setdefault(word[:-1], []).append(group)
            else:
                whole.setdefault(word, []).append(group)
    by_word, by_prefix = ({word: tuple(groups) for word, groups in each.items()} for each in (whole, prefixes))
    return by_word, by_prefix


@lru_cache(maxsize=65536)
def cue_groups(word: str) -> tuple[str, ...]:
    """The groups of cues.toml that a lower-case word belongs to."""
    whole, prefixes = _cues()
    by_prefix = (prefixes.get(word[:length], ()) for length in range(1, len(word) + 1))
    return tuple(sorted({*whole.get(word, ()), *chain.from_iterable(by_prefix)}))


@cache
def _verbs() -> Mapping[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for form, words in _table("verbs.toml").items():
        for word in words.split():
            forms.setdefault(word, set()).add(form)
    return {word: frozenset(found) for word, found in forms.items()}


def verb_forms(word: str) -> frozenset[str]:
    """The forms ("base", "past", "third", "ing") that a lower-case word may be of a verb of verbs.toml."""
    return _verbs().get(word, frozenset())


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A row of role_rules.toml."""

    id: str
    role: str
    units: frozenset[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    example: str


@cache
def role_rules() -> tuple[RoleRule, ...]:
    """role_rules.toml, compiled, in order."""
    return tuple(
        RoleRule(
            row["id"], row["role"], frozenset(row.get("units", ())),
            re.compile(row["before"]) if "before" in row else None,
            re.compile(row["after"]) if "after" in row else None,
            row["example"],
        )
        for row in _table("role_rules.toml")["rule"]
    )  # fmt: skip


@cache
def word_list(name: str) -> frozenset[str]:
    """One list of words.toml."""
    return frozenset(_table("words.toml")[name].split())
