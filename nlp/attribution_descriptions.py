"""Subjects that are described instead of named: "the analyst", "Harrow Point analysts", "the Head of Research"."""

from __future__ import annotations

from nlp.attribution_marks import Cue, Reference, cue_at, name_cue
from nlp.attribution_names import APOSTROPHES, Tokens, lexicon, looks_named, run_back, run_on


def named_publication(tokens: Tokens, last: int) -> bool:
    """ "The Copper Letter noted", "Holt The Trader said": the noun is part of the name."""
    low = tokens.lower[last - 1]
    if last < 2 or not tokens.words[last - 1][0].isupper() or not looks_named(tokens.words[last - 2]):
        return False
    if low not in lexicon().roles:
        return tokens.lower[last - 2] != "the"
    if tokens.words[last - 2] != "The":  # "The Copper Observer"; not "Harrow Point Chief Economist"
        inner = tokens.lower[last - 2] not in lexicon().roles | lexicon().nobody | lexicon().org_words
        return inner and last >= 3 and tokens.words[last - 3] == "The"
    return low not in PROFESSIONS and low not in lexicon().titles


PROFESSIONS = frozenset(("analyst", "economist", "strategist", "expert", "ceo", "investor", "researcher"))


def title_reference(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """ "the Head of Macro Research at Harrow Point cautioned": a title alone refers to somebody named before."""
    at = last
    while (
        at > 1
        and last - at < 14
        and (looks_named(tokens.words[at - 1]) or tokens.lower[at - 1] in lexicon().title_links)
    ):
        at -= 1
        if tokens.lower[at] in lexicon().roles and tokens.lower[at - 1] == "the" and last - at > 1:
            linked = tokens.lower[at + 1] in ("of", "at", "for", "executive", "investment", "officer")
            return cue_at(tokens, at - 1, verb, "role", tokens.lower[at], strong=strong) if linked else None
    return None


def group_cue(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """ "Some traders believe" is an unnamed group; "Harrow Point analysts said" is the house."""
    first = last - 1
    polled = next((at for at in range(first - 1, max(0, first - 4), -1) if tokens.lower[at] in ("of", "among")), 0)
    if polled > 1 and tokens.lower[polled - 1] in ("poll", "survey"):
        return description_cue(tokens, polled, verb, strong)
    if first > 1 and tokens.words[first - 1] == "." and tokens.lower[first - 2] in lexicon().org_words:
        first -= 1
    if first and tokens.lower[max(0, first - 2)] in ("other", "some", "many", "most"):
        return cue_at(tokens, max(0, first - 2), verb, "group", tokens.lower[last - 1], strong=strong, plural=True)
    if first and (looks_named(tokens.words[first - 1]) or tokens.words[first - 1] in APOSTROPHES):
        stop = first - 1 if tokens.words[first - 1] in APOSTROPHES else first
        name = run_back(tokens, stop)
        common = name is not None and name.text.casefold() in lexicon().org_words  # "Fund managers"
        if name and name.kind != "outlet" and name.last == stop and not common:
            return name_cue(tokens, name, verb, True, strong, name.text, plural=True)
    while first and tokens.lower[first - 1] in (lexicon().determiners | lexicon().group_leads):
        first -= 1
    definite = tokens.lower[first] in ("the", "these", "those", "its")
    reference: Reference = "role" if definite and tokens.lower[last - 1] in lexicon().professions else "group"
    return cue_at(tokens, first, verb, reference, tokens.lower[last - 1], strong=strong, plural=True)


def description_cue(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """ "the analyst", "a popular trader", "the report", "the bank": to be resolved over the document."""
    lex, head, first = lexicon(), tokens.lower[last - 1], last - 1
    while (
        first and last - first < 7 and tokens.lower[first - 1] not in lex.determiners and _describing(tokens, first - 1)
    ):
        first -= 1
    determiner = tokens.lower[first - 1] if first else ""
    owned = _owned(tokens, first, last, verb, strong, determiner)
    if owned is not None:
        return owned
    if determiner in DEFINITE:
        return _definite(tokens, first, last, verb, strong, determiner)
    if determiner in INDEFINITE and head in lex.roles:
        return cue_at(tokens, first - 1, verb, "someone", head, strong=strong)
    if first == 0 and head in lex.roles and looks_named(tokens.words[last - 1]):
        return cue_at(tokens, first, verb, "someone", head, strong=strong)
    return None


DEFINITE = ("the", "this", "that", "his", "her", "its", "their")
INDEFINITE = ("a", "an", "one", "another")


def _definite(tokens: Tokens, first: int, last: int, verb: int, strong: bool, determiner: str) -> Cue | None:
    lex, head = lexicon(), tokens.lower[last - 1]
    reference: Reference = "role" if head in lex.roles else "house" if head in lex.houses else "document"
    if reference == "document" and determiner not in ("the", "this", "its"):
        return None
    return cue_at(tokens, first - 1, verb, reference, head, strong=strong)


def _owned(tokens: Tokens, first: int, last: int, verb: int, strong: bool, determiner: str) -> Cue | None:
    """ "a Norwire poll", "Norland's central bank", "Harrow Point's analyst", "the bank's analyst"."""
    lex, head = lexicon(), tokens.lower[last - 1]
    name = run_back(tokens, last - 1) if head in ("poll", "survey") and last >= 2 else None
    if name and looks_named(tokens.words[last - 2]):
        poll = f"{name.text} {tokens.words[last - 1]}"
        return cue_at(tokens, name.first, verb, "name", poll, "poll", kind="organisation", house=name.text)
    possessed = determiner in APOSTROPHES
    if not possessed and not (
        first < last - 1 and looks_named(tokens.words[first]) and tokens.lower[first] not in lex.nobody
    ):
        return None
    name = run_back(tokens, first - 1) if possessed else run_on(tokens, first, last - 1)
    if name and possessed and head in lex.offices:
        office = f"{name.text}{' '.join(tokens.words[first - 1 : last])}"
        return cue_at(tokens, name.first, verb, "name", office, "verb", kind="organisation", house=office)
    if name and head in lex.roles:
        reference: Reference = "someone" if determiner in INDEFINITE else "role"
        return cue_at(tokens, name.first, verb, reference, head, strong=strong, house=name.text)
    if name and name.kind != "outlet":
        return name_cue(tokens, name, verb, True, strong, name.text)
    if possessed and head in lex.roles and tokens.lower[first - 2] in lex.houses:
        return cue_at(tokens, first - 2, verb, "role", head, strong=strong)
    return None


def _describing(tokens: Tokens, at: int) -> bool:
    low = tokens.lower[at]
    if looks_named(tokens.words[at]) and at:
        return True
    return (low.isalpha() and low not in lexicon().stops and low not in lexicon().verbs) or "-" in low
