"""Voices to the right of a cue: "said Mara Ellison, chief strategist at Harrow Point", "according to the bank"."""

from __future__ import annotations

from dataclasses import replace

from nlp.attribution_marks import Cue, Reference, cue_from, describes, house_before, house_in
from nlp.attribution_names import APOSTROPHES, Name, Tokens, VoiceKind, lexicon, looks_named, odd_handle, run_on

_SUBJECTS = {"him": "he", "her": "she", "them": "they"}  # "according to her"
_KNOWN_AS = frozenset(("known", "as", "dubbed", "called", "named", "nicknamed"))


def mention_on(tokens: Tokens, at: int, limit: int, cue_first: int, rule: str, strong: bool, lead: bool) -> Cue | None:
    """A voice that begins at token `at`: a name with or without role and house, a pronoun, a group, a description."""
    lex = lexicon()
    if at >= limit:
        return None
    low = _SUBJECTS.get(tokens.lower[at], tokens.lower[at])
    if low in lex.pronouns and low not in ("i", "we", "who", "it"):
        return cue_from(tokens, cue_first, at, rule, "pronoun", low, strong, lead, plural=low == "they")
    moved, determiner, role = at, "", False
    while moved < limit and moved - at < 10 and not _starts_name(tokens, moved):
        word = tokens.lower[moved]
        if word in lex.groups:
            return _group_on(tokens, moved, limit, cue_first, rule, strong, lead, determiner)
        if word == "," and role and moved + 1 < limit and _starts_name(tokens, moved + 1):
            moved += 1
            break
        if word not in APOSTROPHES and word not in _KNOWN_AS:
            if not _describes_voice(tokens, moved, at):
                break
            determiner = determiner or word
            role = role or word in lex.roles or word in lex.houses or word in lex.documents
        moved += 1
    if moved < limit and _starts_name(tokens, moved):
        return _named_on(tokens, moved, limit, cue_first, rule, strong, lead)
    return _described_on(tokens, at, moved, cue_first, rule, strong, lead, determiner) if role else None


def _describes_voice(tokens: Tokens, at: int, first: int) -> bool:
    """Whether a word can stand between the cue and the voice: "the well-known trader"."""
    word = tokens.lower[at]
    plain = word.replace("-", "").isalpha() and word not in lexicon().stops
    return plain and not (word in lexicon().verbs and at > first + 1)


def _group_on(
    tokens: Tokens, at: int, limit: int, cue_first: int, rule: str, strong: bool, lead: bool, determiner: str
) -> Cue:
    """ "analysts at Harrow Point" are the house; "the analysts" those met before; "some traders" nobody."""
    house, word = _house_after(tokens, at + 1, limit), tokens.lower[at]
    if house and house.kind != "outlet":
        kind: VoiceKind = "organisation"
        return cue_from(tokens, cue_first, house.last - 1, rule, "name", house.text, strong, lead, kind, house.text)
    reference: Reference = "role" if determiner == "the" and word in lexicon().professions else "group"
    return cue_from(tokens, cue_first, at, rule, reference, word, strong, lead, plural=True)


def _starts_name(tokens: Tokens, at: int) -> bool:
    word = tokens.words[at]
    if word in "‘“" and at + 1 < len(tokens.words):
        return looks_named(tokens.words[at + 1])
    if odd_handle(word):
        return True
    return looks_named(word) and (
        not (tokens.lower[at] in lexicon().nobody or word.endswith("-based"))
        or run_on(tokens, at, min(len(tokens.words), at + 6)) is not None
    )


def _named_on(tokens: Tokens, at: int, limit: int, cue_first: int, rule: str, strong: bool, lead: bool) -> Cue | None:
    name = run_on(tokens, at, limit) or (
        Name(at, at + 1, tokens.words[at], "handle") if odd_handle(tokens.words[at]) else None
    )
    if name is None:
        return None
    last = name.last
    if last + 1 < limit and tokens.words[last] == "." and tokens.words[last + 1] in APOSTROPHES:  # "Harrow Inc.’s"
        last += 1
    if last + 1 < limit and tokens.words[last] in APOSTROPHES:
        voice, house = _person_of(tokens, name, last, limit)
    elif (last := _past_field(tokens, last, limit)) < limit and tokens.lower[last] in _occupations():
        if name.first and tokens.lower[name.first - 1] == "the" and _titled_on(tokens, last, limit) is None:
            return cue_from(tokens, cue_first, last, rule, "role", tokens.lower[last], strong, lead, house=name.text)
        person = _titled_on(tokens, last, limit)
        voice, house = person or replace(name, kind=_as_house(name)), name.text
    else:
        voice, house = name, _house_on(tokens, last, limit)
    if voice.kind == "outlet":
        return None
    house = house or house_before(tokens, voice)
    return cue_from(tokens, cue_first, voice.last - 1, rule, "name", voice.text, strong, lead, voice.kind, house)


def _occupations() -> frozenset[str]:
    return lexicon().roles | lexicon().professions


def _past_field(tokens: Tokens, last: int, limit: int) -> int:
    """Past the field of a profession: "Harrow Point technical analyst"; `last` where no profession follows."""
    at = last
    while at < limit and tokens.lower[at] in lexicon().between_title and tokens.lower[at] != "of":
        at += 1
    return at if at < limit and tokens.lower[at] in _occupations() else last


def _as_house(name: Name) -> VoiceKind:
    return "outlet" if name.kind == "outlet" else "organisation"


def _person_of(tokens: Tokens, name: Name, apostrophe: int, limit: int) -> tuple[Name, str | None]:
    """ "Harrow Point’s Theo Marsh" is Theo Marsh; "Harrow Point’s forecast" the house."""
    for at in range(apostrophe + 1, min(limit, apostrophe + 6)):
        person = run_on(tokens, at, limit) if looks_named(tokens.words[at]) else None
        if person:
            return person, name.text
    nouns = lexicon().documents | lexicon().views | lexicon().houses | {"data"}
    return name, None if tokens.lower[apostrophe + 1] in nouns else name.text


def _titled_on(tokens: Tokens, role: int, limit: int) -> Name | None:
    """The person after a title: "chief economist Ann Dale"."""
    if tokens.lower[role].endswith("s") and tokens.lower[role] not in lexicon().roles:
        return None
    after = role + 1
    while after < limit and tokens.lower[after] in lexicon().roles | lexicon().between_title:
        after += 1
    return run_on(tokens, after, limit) if after < limit and _starts_name(tokens, after) else None


def _house_on(tokens: Tokens, last: int, limit: int) -> str | None:
    """The house in "Theo Marsh, head of research at Harrow Point" or "Theo Marsh of Harrow Point"."""
    if last + 1 >= limit:
        return None
    if tokens.words[last] == ",":
        described = last + 2 < limit and describes(tokens.lower[last + 1 : last + 10])
        return house_in(tokens, last, min(limit, last + 12)) if described else None
    joined = tokens.lower[last] in ("of", "at", "from", "with")
    return house_in(tokens, last, min(limit, last + 12)) if joined else None


def _described_on(
    tokens: Tokens, at: int, last: int, cue_first: int, rule: str, strong: bool, lead: bool, determiner: str
) -> Cue | None:
    lex = lexicon()
    head = next(
        (w for w in reversed(tokens.lower[at:last]) if w in lex.roles or w in lex.houses or w in lex.documents), ""
    )
    if determiner in ("a", "an", "one", "another"):
        return cue_from(tokens, cue_first, last - 1, rule, "someone", head, strong, lead) if head in lex.roles else None
    reference: Reference = "role" if head in lex.roles else "house" if head in lex.houses else "document"
    return cue_from(tokens, cue_first, last - 1, rule, reference, head, strong, lead)


def _house_after(tokens: Tokens, at: int, limit: int) -> Name | None:
    if at + 1 < limit and tokens.lower[at] in ("at", "from", "of", "with"):
        skip = at + 1 + (tokens.lower[at + 1] == "the")
        return run_on(tokens, skip, limit) if skip < limit and looks_named(tokens.words[skip]) else None
    return None
