"""Voices that are the subject of a verb of saying: "Harrow Point analyst Theo Marsh said"."""

from __future__ import annotations

from nlp.attribution_descriptions import description_cue, group_cue, named_publication, title_reference
from nlp.attribution_guards import gerund_of_other, only_supposed, sets_rates
from nlp.attribution_marks import Cue, Reference, adverb, cue_at, describes, house_before, house_in, name_cue
from nlp.attribution_names import Name, Tokens, lexicon, looks_named, run_back


def subject_before(tokens: Tokens, verb: int, strong: bool) -> Cue | None:
    """The subject that ends before the verb, over adverbs, appositions and "of House"."""
    if strong and (far := _over_relative(tokens, verb, verb)):
        return far
    at = _before_motion(tokens, verb)
    while at > 0 and (tokens.lower[at - 1] in lexicon().between or adverb(tokens.lower[at - 1])):
        at -= 1
    if at > 1 and tokens.lower[at - 1] == "'s" and tokens.lower[at - 2] in ("he", "she", "who"):  # "He's eyeing"
        at -= 1
    at = _before_aside(tokens, at)
    if at == 0:
        return None
    if tokens.lower[max(0, at - 3) : at].count("than"):  # "faster than the Fed expects"
        return None
    before = tokens.words[at - 1]
    if before in (",", "—", "–", "-"):
        return _over_apposition(tokens, at - 1, verb, strong)
    if before == ")":
        opening = next((i for i in range(at - 2, max(-1, at - 14), -1) if tokens.words[i] == "("), -1)
        return noun_phrase(tokens, opening, verb, strong) if opening > 0 else None
    return noun_phrase(tokens, at, verb, strong)


def _before_motion(tokens: Tokens, verb: int) -> int:
    """ "Copper Fox took to X to share that": the subject stands before "took"."""
    if verb < 3 or tokens.lower[verb - 1] != "to":
        return verb
    moves = (i for i in range(verb - 2, max(0, verb - 7), -1) if tokens.lower[i] in ("took", "takes", "went", "goes"))
    return next(moves, verb)


ASIDES = frozenset(
    ("interview", "email", "e-mail", "blog", "podcast", "call", "speech", "message", "conference", "filing")
)


def _before_aside(tokens: Tokens, at: int) -> int:
    """Where "in a note to clients on Tuesday" begins that ends before token `at`; else `at`."""
    for first in range(at - 3, max(0, at - 9), -1):
        if tokens.lower[first] in ("in", "on", "during") and tokens.lower[first + 1] in lexicon().determiners:
            inside = tokens.lower[first + 1 : at]
            plain = all(word.replace("-", "").isalpha() for word in inside)
            if plain and any(word in lexicon().documents or word in ASIDES for word in inside):
                return first
    return at


_HELPS = frozenset(("do", "does", "did", "doesn't", "don't", "didn't", "would", "wouldn't"))
_APART = frozenset(
    (
        "by",
        "in",
        "on",
        "during",
        "speaking",
        "writing",
        "for",
        "via",
        "meanwhile",
        "however",
        "too",
        "though",
        "led",
        "including",
    )
)


def _over_apposition(tokens: Tokens, comma: int, verb: int, strong: bool) -> Cue | None:
    """ "Orban Vale, who runs a small fund, warned": the name stands before the earlier comma."""
    for at in range(comma - 1, max(0, comma - 22), -1):
        if tokens.words[at] in ",—–-" and at > 0:
            name = run_back(tokens, at)
            inner = tokens.lower[at + 1 : comma]
            if inner and inner[0] in _APART:  # "analysts, in a note on Tuesday, said"
                return noun_phrase(tokens, at, verb, strong)
            if name and name.kind != "outlet" and describes(inner):
                house = house_in(tokens, at + 1, comma)
                return name_cue(tokens, name, verb, True, strong, house)
        if tokens.words[at] in '“”";:':
            return None
    name = run_back(tokens, comma)  # "Theo Marsh of Harrow Point, said"
    return noun_phrase(tokens, comma, verb, strong) if name else None


def _over_relative(tokens: Tokens, last: int, verb: int) -> Cue | None:
    """ "An analyst who called the last top of the market believes": the subject stands before "who"."""
    for at in range(last - 1, max(1, last - RELATIVE), -1):
        if tokens.words[at] in ',;:“”"':
            return None
        if tokens.lower[at] == "who" and at < last - 1:
            return noun_phrase(tokens, at, verb, True)
    return None


RELATIVE = 18  # tokens of a relative clause between subject and verb
_VAGUE = frozenset(("market", "markets", "others", "many", "some", "most", "few", "people"))  # "the market sees gains"


def noun_phrase(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """The cue whose subject ends right before token `last`."""
    lex, low = lexicon(), tokens.lower[last - 1].partition("'")[0] or tokens.lower[last - 1]
    if low in lex.pronouns or (low == "which" and tokens.words[last - 2] == ","):
        if low in ("who", "which"):
            return _who(tokens, last - 1, verb, strong) if last >= 3 else None
        reference: Reference = "pronoun"
        if low in ("i", "we") or (low == "it" and not strong) or only_supposed(tokens, last - 1, strong):
            return None
        return cue_at(tokens, last - 1, verb, reference, low, strong=strong, plural=low == "they")
    if low in lex.groups and (strong or last <= 1 or low not in _VAGUE):
        return group_cue(tokens, last, verb, strong)
    if (low in lex.roles or low in lex.houses or low in lex.documents) and not named_publication(tokens, last):
        return description_cue(tokens, last, verb, strong)
    titled = title_reference(tokens, last, verb, strong)
    if titled is not None:
        return titled
    name = run_back(tokens, last)
    if name is None or only_supposed(tokens, name.first, strong) or gerund_of_other(tokens, name, verb):
        return None
    if sets_rates(tokens, name, verb):
        return None
    helped = tokens.lower[verb - 1] == "to" or any(w in _HELPS for w in tokens.lower[name.last : verb])
    if bare(tokens.lower[verb]) and not helped and not _several(tokens, name):
        return _plural_of_house(tokens, name, verb, strong)
    return _named_subject(tokens, name, verb, strong)


def _plural_of_house(tokens: Tokens, name: Name, verb: int, strong: bool) -> Cue | None:
    """ "Economists at Harrow Point see": the head is plural, the name before the verb is not."""
    at = name.first - 1
    at -= tokens.lower[at] == "the"
    if at < 1:
        return None
    if tokens.lower[at] == "including" or tokens.lower[at - 1 : at + 1] == ("led", "by"):
        return _named_subject(tokens, name, verb, strong)
    if tokens.lower[at] == "in" and tokens.lower[at - 1] in lexicon().groups:
        return group_cue(tokens, at, verb, strong)
    if tokens.lower[at] not in ("of", "at", "from", "with"):
        return None
    if tokens.lower[at - 1] in lexicon().groups:
        return _house_group(tokens, at - 1, name, verb, strong)
    people = run_back(tokens, at)
    return name_cue(tokens, people, verb, True, strong, name.text) if people and _several(tokens, people) else None


def bare(low: str) -> bool:
    """ "Treasury note" is no subject and verb: a single name takes "notes" or "noted"."""
    return low in lexicon().bare_verbs


def _several(tokens: Tokens, name: Name) -> bool:
    return name.first > 0 and tokens.lower[name.first - 1] in ("and", "&")


def _who(tokens: Tokens, at: int, verb: int, strong: bool) -> Cue | None:
    """ "Orban Vale , who claims"; "those who look for weakness"; "strategists, who expect"."""
    before = at - 1 - (tokens.words[at - 1] in ",—–-")
    if tokens.lower[before] in ("those", "people"):
        return cue_at(tokens, before, verb, "group", "those", strong=True, plural=True)
    if tokens.words[before + 1] == "," and (far := _over_apposition(tokens, before + 1, verb, strong)):
        return far
    return noun_phrase(tokens, before + 1, verb, strong)


def _named_subject(tokens: Tokens, name: Name, verb: int, strong: bool) -> Cue | None:
    """A printed name before the verb; "of House in Town" points further back to the person."""
    at = name.first
    group = _group_around(tokens, name)
    if group:
        return group_cue(tokens, group, verb, strong)
    if at >= 2 and tokens.lower[at - 1] == "on" and tokens.lower[at - 2] in lexicon().groups:
        return cue_at(tokens, at - 2, verb, "group", tokens.lower[at - 2], strong=strong, plural=True)
    place = _place(tokens, name)
    if place is not None:
        return _named_subject(tokens, place, verb, strong)
    if at >= 2 and tokens.lower[at - 1] in ("of", "at", "from", "with", "in"):
        head = tokens.lower[at - 2]
        if head in lexicon().groups or head in lexicon().roles or head in ("analysis", "team", "strategists"):
            return _house_group(tokens, at - 2, name, verb, strong)
        person = run_back(tokens, at - 1)
        if person and person.kind != "outlet":
            return name_cue(tokens, person, verb, True, strong, name.text)
    if at >= 3 and tokens.words[at - 1] == "," and tokens.lower[at - 2] in lexicon().org_words | lexicon().roles:
        return name_cue(tokens, name, verb, True, strong, house_in(tokens, max(0, at - 8), at - 1))
    return name_cue(tokens, name, verb, _titled(tokens, name), strong, house_before(tokens, name))


def _group_around(tokens: Tokens, name: Name) -> int:
    """Where the group ends that a name only describes, else 0.

    "strategists led by Park and Holt", "economists polled by Norwire", "traders in Norport".
    """
    lex, at = lexicon(), name.first
    if at >= 3 and tokens.lower[at - 1] == "by" and tokens.lower[at - 2] in ("polled", "surveyed", "interviewed"):
        return at - 2 if tokens.lower[at - 3] in lex.groups else 0
    if at >= 2 and tokens.lower[at - 1] == "in" and tokens.lower[at - 2] in lex.groups:
        return at - 1
    while at > 2 and tokens.lower[at - 1] == "and" and looks_named(tokens.words[at - 2]):
        before = run_back(tokens, at - 1)
        at = before.first if before else 0
    if at >= 3 and (tokens.lower[at - 1] == "including" or tokens.lower[at - 2 : at] == ("led", "by")):
        stop = at - 1 - (tokens.lower[at - 1] == "by")
        return stop if tokens.lower[stop - 1] in lex.groups else 0
    return 0


def _place(tokens: Tokens, name: Name) -> Name | None:
    """The name before a place: "of Harrow Point in Leeds", "in Leeds, England"."""
    at = name.first
    if at >= 3 and tokens.words[at - 1] == ",":
        place = run_back(tokens, at - 1)
        return place if place and _held_by_person(tokens, place) else None
    if at >= 2 and tokens.lower[at - 1] == "in":
        house = run_back(tokens, at - 1)
        held = house and house.first >= 2 and tokens.lower[house.first - 1] in ("of", "at", "from", "with")
        return house if held else None
    return None


def _held_by_person(tokens: Tokens, place: Name) -> bool:
    """Whether somebody stands before "in Leeds": "Theo Marsh of Harrow Point in Leeds, England"; not "Speaking in"."""
    at = place.first
    if at < 2 or tokens.lower[at - 1] not in ("in", "at", "of"):
        return False
    head = tokens.words[at - 2]
    known = tokens.lower[at - 2] in lexicon().groups | lexicon().roles
    return known or (looks_named(head) and tokens.lower[at - 2] not in lexicon().nobody and at > 2)


def _titled(tokens: Tokens, name: Name) -> bool:
    """Whether a role stands before the name ("analyst Theo Marsh"), which makes weak verbs safe."""
    return name.first > 0 and (
        tokens.lower[name.first - 1] in lexicon().roles or tokens.lower[name.first] in lexicon().roles
    )


def _house_group(tokens: Tokens, head: int, house: Name, verb: int, strong: bool) -> Cue:
    """ "Analysts at Harrow Point wrote": the house speaks; "an analyst at Harrow Point": its unnamed analyst."""
    named = house.kind != "outlet"
    return Cue(
        tokens.starts[head],
        tokens.ends[verb],
        "house_group",
        True,
        "name" if named else "group",
        house.text if named else "",
        "organisation",
        house.text,
        strong,
        True,
    )
