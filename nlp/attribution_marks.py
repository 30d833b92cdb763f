"""A cue of attribution: what it is, and how the parsers build one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlp.attribution_names import APOSTROPHES, Name, Tokens, VoiceKind, lexicon, looks_named, run_back, run_on

Reference = Literal["name", "pronoun", "role", "house", "document", "group", "someone", "who"]


@dataclass(frozen=True, slots=True)
class Cue:
    """A mention of a voice next to a sign that it speaks.

    `start` and `end` bound mention and sign; `lead` is true where the words said come after it. `reference` tells
    a printed name from what must be resolved ("he", "the analyst", "the report", "some traders", "a trader").
    """

    start: int
    end: int
    rule: str
    lead: bool
    reference: Reference
    name: str = ""
    kind: VoiceKind = "person"
    organisation: str | None = None
    strong: bool = True
    plural: bool = False
    also: str = ""  # a second voice of the same words: "Harrow Point and Elm Hill target 7,800"


def cue_at(
    tokens: Tokens,
    first: int,
    last: int,
    reference: Reference,
    name: str,
    rule: str = "",
    strong: bool = True,
    plural: bool = False,
    kind: VoiceKind = "person",
    house: str | None = None,
) -> Cue:
    return Cue(
        tokens.starts[first], tokens.ends[last], rule or reference, True, reference, name, kind, house, strong, plural
    )


def cue_from(
    tokens: Tokens,
    first: int,
    last: int,
    rule: str,
    reference: Reference,
    name: str,
    strong: bool,
    lead: bool,
    kind: VoiceKind = "person",
    house: str | None = None,
    plural: bool = False,
) -> Cue:
    return Cue(tokens.starts[first], tokens.ends[last], rule, lead, reference, name, kind, house, strong, plural)


def name_cue(
    tokens: Tokens, name: Name, verb: int, titled: bool, strong: bool, house: str | None, plural: bool = False
) -> Cue | None:
    if name.kind == "outlet":
        return None
    rule = "verb" if strong or titled else "verb_weak"
    before = tokens.lower[name.first - 1] if name.first else ""
    other = (
        run_back(tokens, name.first - 1) if name.first > 1 and tokens.lower[name.first - 1] in ("and", "&") else None
    )
    return Cue(
        tokens.starts[(other or name).first],
        tokens.ends[verb],
        rule,
        True,
        "name",
        name.text,
        kind_after(name, before),
        None if other else house,
        strong or titled or other is not None,
        plural,
        other.text if other else "",
    )


def kind_after(name: Name, before: str) -> VoiceKind:
    """The kind of a name after the word `before`: "analyst RiverCon" is a pseudonym, not a house."""
    single = name.kind == "organisation" and " " not in name.text
    return "handle" if single and before in lexicon().roles else name.kind


def describes(words: tuple[str, ...]) -> bool:
    lex = lexicon()
    return bool(words) and (
        words[0] in lex.describing
        or any(w in lex.roles or w.rstrip("s") in lex.roles or w in ("of", "at") for w in words)
    )


def house_in(tokens: Tokens, first: int, last: int) -> str | None:
    """The house named in a description: "chief strategist at Harrow Point"."""
    places = [at for at in range(first, last - 1) if tokens.lower[at] in ("at", "of", "for", "with", "from")]
    for at in sorted(places, key=lambda at: (tokens.lower[at] not in ("at", "with", "from"), at)):
        if tokens.lower[at] in ("at", "of", "for", "with", "from"):
            skip = at + 1 + (tokens.lower[at + 1] in ("the", "crypto"))
            name = run_on(tokens, skip, last)
            if name:
                return name.text
    for at in range(last, first, -1):
        if looks_named(tokens.words[at - 1]):
            name = run_back(tokens, at, first)
            if name:
                return name.text
    return None


def house_before(tokens: Tokens, name: Name) -> str | None:
    """ "Harrow Point analyst Theo Marsh", "Harrow Point’s Theo Marsh"."""
    at = name.first
    if at and tokens.words[at - 1] in APOSTROPHES:
        house = run_back(tokens, at - 1)
        return house.text if house else None
    moved = at
    while moved and (tokens.lower[moved - 1] in lexicon().roles or tokens.lower[moved - 1] in lexicon().between_title):
        moved -= 1
    if moved == at or not moved:
        return None
    if tokens.words[moved - 1] in APOSTROPHES:
        moved -= 1
    house = run_back(tokens, moved)
    return house.text if house and house.last == moved else None


def adverb(low: str) -> bool:
    return (
        low.endswith("ly")
        and len(low) > 4
        and low not in ("weekly", "daily", "monthly", "early", "july", "italy", "supply", "rally")
    )
