"""Reading a printed name: what kind of voice it is, and the forms under which it can be met again."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

SpeakerKind = Literal["person", "organisation", "outlet", "handle", "group"]

_POSSESSIVE = re.compile(r"^(?P<organisation>.{2,60}?)[’']s?\s+(?P<name>[A-Z].+)$")
_OF = re.compile(r"^(?P<name>.{3,60}?)(?:,\s(?:.{2,60}\s)?|\s)(?:of|at|from)\s(?:the\s)?(?P<organisation>[A-Z].+)$")


@dataclass(frozen=True, slots=True)
class PrintedName:
    """A name taken apart. `first` and `last` are the compared forms of a person's; `key` that of anybody else's."""

    kind: SpeakerKind
    shown: str
    key: str
    first: str = ""
    middle: str = ""
    last: str = ""
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class _Lexicon:
    organisation_words: frozenset[str]
    groups: frozenset[str]
    titles: frozenset[str]
    legal_forms: frozenset[str]
    common_surnames: frozenset[str]
    full_first_names: Mapping[str, str]
    organisations: Mapping[str, str]
    accounts: Mapping[str, tuple[str, str | None]]


@cache
def lexicon() -> _Lexicon:
    """The lists of speakers.toml."""
    data = tomllib.loads(files("nlp").joinpath("speakers.toml").read_text(encoding="utf-8"))
    short = {nick: full for full, nicks in data["nicknames"].items() for nick in nicks}
    forms = {folded(form): row["name"] for row in data["organisation"] for form in [row["name"], *row["forms"]]}
    accounts = {row["handle"].casefold(): (row["name"], row.get("organisation")) for row in data["account"]}
    return _Lexicon(
        organisation_words=frozenset(data["organisation_words"]) | frozenset(data["outlet_words"]),
        groups=frozenset(data["groups"]),
        titles=frozenset(data["titles"]),
        legal_forms=frozenset(data["legal_forms"]),
        common_surnames=frozenset(data["common_surnames"]),
        full_first_names=short,
        organisations=forms,
        accounts=accounts,
    )


def folded(name: str) -> str:
    """A name as it is compared: no accents, case, points or leading "The"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii") or name
    plain = re.sub(r"[^\w\s&@-]", "", plain.casefold()).strip()
    return re.sub(r"\s+", " ", plain.removeprefix("the ") if " " in plain else plain)


def organisation_key(name: str) -> str:
    """One form for "JP Morgan", "J.P. Morgan Chase & Co." and "JPMorgan"; legal forms do not count."""
    key = folded(name)
    words = key.split()
    while len(words) > 1 and (words[-1] in lexicon().legal_forms or words[-1] == "&"):
        words.pop()
    key = " ".join(words)
    return folded(lexicon().organisations.get(key, key))


def read_name(printed: str, organisation: str | None = None) -> PrintedName:
    """Take a printed name apart: "Fundstrat's Thomas Lee", "Ida Quell of Quillon Data", "@riverdesk", "analysts"."""
    name = printed.strip().removesuffix("’s").removesuffix("'s").strip()
    if not name or folded(name) in lexicon().groups:
        return PrintedName("group", name or "", folded(name))
    if name.startswith("@"):
        return PrintedName("handle", name, name.casefold())
    for pattern in (_POSSESSIVE, _OF):
        match = pattern.match(name)
        if match and _is_person(_words(match["name"])):
            return _person(_words(match["name"]), organisation or match["organisation"])
    words = _words(name)
    if _is_person(words):
        return _person(words, organisation)
    return PrintedName("organisation", name, organisation_key(name), organisation=organisation)


def _words(name: str) -> list[str]:
    words = name.replace(",", " ").split()
    while len(words) > 1 and folded(words[0]) in lexicon().titles:
        words.pop(0)
    return words


def _is_person(words: list[str]) -> bool:
    """Two to four capitalised words without one that only houses carry."""
    if not 2 <= len(words) <= 4 or any(char.isdigit() for char in "".join(words)):
        return False
    known = folded(" ".join(words)) in lexicon().organisations
    house = any(folded(word) in lexicon().organisation_words for word in words)
    shouted = any(len(word.strip(".")) > 2 and word.isupper() for word in words)
    capitalised = words[0][0].isupper() and words[-1][0].isupper()
    return capitalised and not (known or house or shouted or words[0] == "The" or "&" in words)


def _person(words: list[str], organisation: str | None) -> PrintedName:
    shown = " ".join(words)
    first, *middle, last = (folded(word) for word in words)
    full = lexicon().full_first_names.get(first, first)
    return PrintedName("person", shown, f"{full} {last}", full, " ".join(middle), last, organisation)
