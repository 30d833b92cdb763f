"""Names of voices: capitalised runs, handles, roles and houses in a stretch of tokens."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from markets.assets import registry

VoiceKind = Literal["person", "organisation", "group", "outlet", "handle"]

_ABBREVIATED = r"\b10x Research\b|(?:[A-Z]\.){2,}|[A-Z]\.(?=\s[A-Z])"
_TOKEN = re.compile(
    rf"\w+n['’]t\b|{_ABBREVIATED}|['’]s\b|(?<=s)['’](?=\s)|n['’]t\b"
    r"|[@#$]?\w+(?:(?:[.&/]|[-‑])\w+|['’](?!s\b|t\b)\w+)*|[^\w\s]"
)
_TOKEN_WITHOUT_APOSTROPHE = re.compile(rf"{_ABBREVIATED}|[@#$]?\w+(?:[.&/‑-]\w+)*|[^\w\s]")
APOSTROPHES = frozenset(("'s", "’s", "'", "’"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one stretch of text, with offsets into the whole text."""

    words: tuple[str, ...]
    lower: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=1024)  # each sentence is looked at for cues, for mentions and for subjects
def tokenize(text: str, start: int, end: int) -> Tokens:
    """Words, possessive endings and single marks of `text[start:end]`."""
    plain = text.find("'", start, end) < 0 and text.find("’", start, end) < 0
    found = list((_TOKEN_WITHOUT_APOSTROPHE if plain else _TOKEN).finditer(text, start, end))
    words = [m[0] for m in found]
    lower = map(str.casefold, words) if plain else [w.casefold().replace("’", "'") for w in words]
    return Tokens(tuple(words), tuple(lower), tuple([m.start() for m in found]), tuple([m.end() for m in found]))


@dataclass(frozen=True, slots=True)
class Name:
    """A printed name: tokens `first` to `last` (exclusive) and its text."""

    first: int
    last: int
    text: str
    kind: VoiceKind


@dataclass(frozen=True, slots=True)
class Lexicon:
    """attribution.toml read into sets."""

    verbs: dict[str, str]  # inflected form to "say" or "show"
    between: frozenset[str]
    roles: frozenset[str]
    groups: frozenset[str]
    houses: frozenset[str]
    documents: frozenset[str]
    views: frozenset[str]
    nobody: frozenset[str]
    titles: frozenset[str]
    org_words: frozenset[str]
    not_speakers: frozenset[str]
    pronouns: frozenset[str]
    particles: frozenset[str]
    of_heads: frozenset[str]
    stances: frozenset[str]
    degrees: frozenset[str]
    determiners: frozenset[str]
    bare_verbs: frozenset[str]
    inverted_verbs: frozenset[str]
    made: frozenset[str]
    stops: frozenset[str]
    title_links: frozenset[str]
    between_title: frozenset[str]
    describing: frozenset[str]
    group_leads: frozenset[str]
    professions: frozenset[str]
    offices: frozenset[str]
    participles: frozenset[str]
    data_words: frozenset[str]
    deeds: frozenset[str]
    setters: frozenset[str]
    policy: frozenset[str]
    known_houses: frozenset[str]
    publications: frozenset[str]
    viewed: frozenset[str]
    instruments: frozenset[str]
    name_ends: frozenset[str]


_MORE = (
    "determiners", "bare_verbs", "inverted_verbs", "made", "stops", "title_links", "between_title", "describing",
    "group_leads", "professions", "offices", "participles", "data_words", "deeds", "setters", "policy",
    "known_houses", "publications", "viewed", "instruments", "name_ends",
)  # fmt: skip


@cache
def lexicon() -> Lexicon:
    """The cue words of attribution."""
    data = tomllib.loads(files("nlp").joinpath("attribution.toml").read_text(encoding="utf-8"))
    verbs = {form: kind for kind in ("show", "say") for base in data["verbs"][kind] for form in _forms(base)}
    verbs |= {form: verbs.get(base, "show") for form, base in data["verbs"]["irregular"].items()}
    words = {key: frozenset(value) for key, value in data["words"].items()}
    return Lexicon(
        verbs, words["between"], words["person_roles"], words["groups"], words["house_nouns"],
        words["document_nouns"], words["view_nouns"], words["not_a_name"], words["person_titles"],
        words["org_words"], words["not_speakers"], words["pronouns"], words["particles"], words["of_heads"],
        frozenset(data["stances"]["words"]), frozenset(data["stances"]["degrees"]),
        *(words[name] for name in _MORE),
    )  # fmt: skip


def _forms(base: str) -> tuple[str, ...]:
    if base.endswith("e"):
        return base, base + "s", base + "d", base[:-1] + "ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, base[:-1] + "ies", base[:-1] + "ied", base + "ing"
    if base in ("map", "spot", "flag", "pin", "trim", "admit", "set", "put", "cut", "bet", "drop"):
        return base, base + "s", base + base[-1] + "ed", base + base[-1] + "ing"
    return base, base + ("es" if base.endswith(("s", "sh", "ch", "x")) else "s"), base + "ed", base + "ing"


def looks_named(word: str) -> bool:
    """Whether one token could be a word of a name: "Ellison", "JPMorgan", "@handle", "moonlit_fox"."""
    return bool(word) and (word[0].isupper() or word[0] == "@" or (word[0].isdigit() and any(map(str.isupper, word))))


def odd_handle(word: str) -> bool:
    """A pseudonym that lower case does not hide: "moonlit_fox", "apex42"."""
    return len(word) > 3 and word[0].isalpha() and ("_" in word or (word[-1].isdigit() and word.isalnum()))


def run_back(tokens: Tokens, last: int, first: int = 0) -> Name | None:
    """The longest name that ends right before token `last`, not reaching before token `first`."""
    words = tokens.words
    if last - 2 >= first and words[last - 1] == "." and tokens.lower[last - 2] in lexicon().org_words:
        last -= 1
    at = last
    if at > first and words[at - 1] in "’'”\"" and at - 2 >= first:
        return _quoted_back(tokens, at - 1, first)
    while at > first and _joins(tokens, at - 1, first, last):
        at -= 1
    return _trimmed(tokens, at, last)


def _quoted_back(tokens: Tokens, close: int, first: int) -> Name | None:
    """A name in quotation marks: ‘Copper General’ said."""
    for at in range(close - 1, max(first, close - 5) - 1, -1):
        if tokens.words[at] in ",.;":
            return None
        if tokens.words[at] in "‘“\"'" and close - at > 1:
            text = _text(tokens, at + 1, close)
            return Name(at + 1, close, text, "handle") if looks_named(text) or odd_handle(text) else None
    return None


def run_on(tokens: Tokens, first: int, limit: int) -> Name | None:
    """The longest name that starts at token `first`, not reaching `limit`."""
    if first < limit and tokens.words[first] in "‘“\"'":
        for at in range(first + 2, min(limit, first + 6)):
            if tokens.words[at] in "’”\"'":
                text = _text(tokens, first + 1, at)
                return Name(first + 1, at, text, "handle") if looks_named(text) else None
        return None
    at = first
    while at < limit and (looks_named(tokens.words[at]) or (at > first and _links(tokens, at, limit))):
        at += 1
    while at > first and not looks_named(tokens.words[at - 1]):
        at -= 1
    return _trimmed(tokens, first, at)


def _joins(tokens: Tokens, at: int, first: int, last: int) -> bool:
    """Whether token `at` belongs to the name growing leftwards."""
    word = tokens.words[at]
    if looks_named(word):
        return True
    if at == last - 1:
        return odd_handle(word)
    if at - 1 < first or not looks_named(tokens.words[at - 1]):
        low = tokens.lower[at]
        return low in lexicon().particles and at - 1 >= first and tokens.lower[at - 1] in lexicon().particles
    return _connector(tokens, at)


def _links(tokens: Tokens, at: int, limit: int) -> bool:
    if at + 1 >= limit:
        return False
    following = tokens.words[at + 1]
    if tokens.lower[at] in lexicon().particles and tokens.lower[at + 1] in lexicon().particles:
        return True
    return looks_named(following) and _connector(tokens, at)


def _connector(tokens: Tokens, at: int) -> bool:
    """A small word inside a name: "van" in "Joost van Elk", "of" in "Bank of Norland", "&", "the"."""
    low, before = tokens.lower[at], tokens.lower[at - 1]
    if low in lexicon().particles or low == "&":
        return True
    if low == "the":
        return before not in lexicon().nobody and at >= 1
    if low == "of":
        single = at < 2 or not looks_named(tokens.words[at - 2]) or tokens.lower[at - 2] in lexicon().nobody
        return before in lexicon().of_heads or (single and before not in lexicon().roles)
    return low == "." and len(before) <= 2


def _trimmed(tokens: Tokens, first: int, last: int) -> Name | None:
    """The run without the words that name nobody at its edges, or None where nothing is left."""
    lex = lexicon()
    while first < last and _drops(tokens, first, last):
        first += 1
    while last > first and (not (looks_named(tokens.words[last - 1]) or odd_handle(tokens.words[last - 1]))):
        last -= 1
    for at in range(last - 2, first, -1):  # "Harrow Point CEO Theo Marsh"
        if tokens.lower[at] in lex.roles:
            first = at + 1
            break
    if first >= last or all(w in lex.nobody or w.endswith("-based") for w in tokens.lower[first:last]):
        return None
    text = _text(tokens, first, last)
    if (len(text) < 3 and not text.isupper()) or _is_asset(text):
        return None
    return Name(first, last, text, kind_of(text))


def _is_asset(text: str) -> bool:
    """A symbol of the market or a pair of such: "BCH/USD"."""
    known, printed = registry(), text.upper()
    return printed.replace("/", "") in known or ("/" in printed and any(part in known for part in printed.split("/")))


def _drops(tokens: Tokens, first: int, last: int) -> bool:
    """A leading word that is not part of the name: "But Mara", "Analyst Theo", "Mr. Vale"; not "The Copper Letter"."""
    lex, low = lexicon(), tokens.lower[first]
    if not looks_named(tokens.words[first]) and not odd_handle(tokens.words[first]):
        return True
    rest = tokens.lower[first + 1 : last]
    if low.rstrip(".") in lex.titles or low in lex.roles:
        return bool(rest) and all(w not in ("of",) for w in rest[:1])
    if low == "the":
        return not (len(rest) >= 1 and any(w not in lex.nobody for w in rest))
    if low in ("bitcoin", "crypto", "gold", "wall", "trader", "new", "bank", "ethereum", "cryptocurrency"):
        return not rest or ("of" not in rest and all(w in lex.nobody for w in rest))
    return low in lex.nobody


def _text(tokens: Tokens, first: int, last: int) -> str:
    """The tokens with their own spacing, as printed."""
    parts = [tokens.words[first]]
    for at in range(first + 1, last):
        parts.append(" " * min(1, tokens.starts[at] - tokens.ends[at - 1]) + tokens.words[at])
    return "".join(parts)


def kind_of(text: str) -> VoiceKind:
    """Handle, organisation or person, by the look of the name."""
    lex, words = lexicon(), text.casefold().split()
    if text.startswith("@") or odd_handle(text):
        return "handle"
    if text.casefold() in lex.not_speakers:
        return "outlet"
    if text.casefold() in lex.known_houses or "&" in words or "of" in words:
        return "organisation"
    if any(word.strip(".,") in lex.org_words for word in words):
        return "organisation"
    if len(words) == 1:
        return "organisation" if any(map(str.isupper, text[1:])) else "person"
    return "person"
