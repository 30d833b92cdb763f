"""Voices that are the subject of a verb of saying: "Harrow Point analyst Theo Marsh said"."""

from __future__ import annotations

from dataclasses import replace

from nlp.attribution_guards import deed, gerund_of_other, no_verb, only_supposed, sets_rates
from nlp.attribution_marks import Cue, Reference, adverb, cue_at, describes, house_before, house_in, name_cue
from nlp.attribution_mentions import mention_on
from nlp.attribution_names import APOSTROPHES, Name, Tokens, lexicon, looks_named, run_back, run_on


def verb_cues(tokens: Tokens) -> list[Cue]:
    verbs, cues = lexicon().verbs, []
    for at, low in enumerate(tokens.lower):
        kind = verbs.get(low)
        if kind is None or no_verb(tokens, at) or deed(tokens, at):
            continue
        say = kind == "say"
        cue = (say and _over_relative(tokens, at, at)) or _subject_before(tokens, at, say)
        cue = cue or _subject_after(tokens, at, say)
        if cue is not None:
            cues.append(cue)
    return cues


def stance_cues(tokens: Tokens) -> list[Cue]:
    """ "Mara Ellison is even more optimistic"."""
    lex, cues = lexicon(), []
    for at, low in enumerate(tokens.lower):
        if low not in ("is", "was", "are", "remains", "remain", "remained", "were", "seems") or not at:
            continue
        after = at + 1
        while after < len(tokens.words) and tokens.lower[after] in lex.degrees:
            after += 1
        if after >= len(tokens.words) or tokens.lower[after] not in lex.stances:
            continue
        cue = _noun_phrase(tokens, at, after, True)
        if cue and cue.name != "it":
            sure = cue.reference == "name" and (len(cue.name.split()) > 1 or cue.kind != "person")
            cues.append(replace(cue, rule="stance", strong=sure))
    return cues


def gerund_cues(tokens: Tokens) -> list[Cue]:
    """ "Theo Marsh pushed back, asserting that": the sentence's first voice speaks in its participle."""
    verbs = lexicon().verbs
    for at, low in enumerate(tokens.lower):
        if low.endswith("ing") and at > 2 and verbs.get(low) == "say" and tokens.words[at - 1] == ",":
            cue = mention_on(tokens, 0, min(at, 12), 0, "gerund", True, lead=True)
            if cue and cue.reference in ("name", "pronoun", "role"):
                return [replace(cue, start=tokens.starts[0])]
    return []


def _subject_before(tokens: Tokens, verb: int, strong: bool) -> Cue | None:
    """The subject that ends before the verb, over adverbs, appositions and "of House"."""
    at = verb
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
        return _noun_phrase(tokens, opening, verb, strong) if opening > 0 else None
    return _noun_phrase(tokens, at, verb, strong)


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


def _over_apposition(tokens: Tokens, comma: int, verb: int, strong: bool) -> Cue | None:
    """ "Orban Vale, who runs a small fund, warned": the name stands before the earlier comma."""
    for at in range(comma - 1, max(0, comma - 22), -1):
        if tokens.words[at] in ",—–-" and at > 0:
            name = run_back(tokens, at)
            inner = tokens.lower[at + 1 : comma]
            if name and name.kind != "outlet" and describes(inner):
                house = house_in(tokens, at + 1, comma)
                return name_cue(tokens, name, verb, True, strong, house)
        if tokens.words[at] in '“”";:':
            return None
    name = run_back(tokens, comma)  # "Theo Marsh of Harrow Point, said"
    return _noun_phrase(tokens, comma, verb, strong) if name else None


def _over_relative(tokens: Tokens, last: int, verb: int) -> Cue | None:
    """ "An analyst who called the last top of the market believes": the subject stands before "who"."""
    for at in range(last - 1, max(1, last - RELATIVE), -1):
        if tokens.words[at] in ',;:“”"':
            return None
        if tokens.lower[at] == "who" and at < last - 1:
            return _noun_phrase(tokens, at, verb, True)
    return None


RELATIVE = 18  # tokens of a relative clause between subject and verb


def _noun_phrase(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """The cue whose subject ends right before token `last`."""
    lex, low = lexicon(), tokens.lower[last - 1].partition("'")[0] or tokens.lower[last - 1]
    if low in lex.pronouns:
        if low == "who" and last >= 3:
            return _who(tokens, last - 1, verb, strong)
        reference: Reference = "pronoun"
        if low in ("i", "we") or (low == "it" and not strong) or only_supposed(tokens, last - 1, strong):
            return None
        return cue_at(tokens, last - 1, verb, reference, low, strong=strong, plural=low == "they")
    if low in lex.groups and not (
        strong is False and low in ("market", "markets", "others", "many", "some", "most", "few", "people")
    ):
        return _group_cue(tokens, last, verb, strong)
    if (low in lex.roles or low in lex.houses or low in lex.documents) and not _named_publication(tokens, last):
        return _description_cue(tokens, last, verb, strong)
    titled = _title_reference(tokens, last, verb, strong)
    if titled is not None:
        return titled
    name = run_back(tokens, last)
    if name is None or only_supposed(tokens, name.first, strong) or gerund_of_other(tokens, name, verb):
        return None
    if sets_rates(tokens, name, verb):
        return None
    if _bare(tokens.lower[verb]) and not _several(tokens, name):
        return _plural_of_house(tokens, name, verb, strong)
    return _named_subject(tokens, name, verb, strong)


def _plural_of_house(tokens: Tokens, name: Name, verb: int, strong: bool) -> Cue | None:
    """ "Economists at Harrow Point see": the head is plural, the name before the verb is not."""
    at = name.first - 1
    at -= tokens.lower[at] == "the"
    if at > 0 and tokens.lower[at] in ("of", "at", "from", "with") and tokens.lower[at - 1] in lexicon().groups:
        return _house_group(tokens, at - 1, name, verb, strong)
    return None


def _named_publication(tokens: Tokens, last: int) -> bool:
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


def _title_reference(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
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


def _bare(low: str) -> bool:
    """ "Treasury note" is no subject and verb: a single name takes "notes" or "noted"."""
    return low in lexicon().bare_verbs


def _several(tokens: Tokens, name: Name) -> bool:
    return name.first > 0 and tokens.lower[name.first - 1] in ("and", "&")


def _who(tokens: Tokens, at: int, verb: int, strong: bool) -> Cue | None:
    """ "Orban Vale , who claims"; "those who look for weakness"; "strategists, who expect"."""
    before = at - 1 - (tokens.words[at - 1] in ",—–-")
    if tokens.lower[before] in ("those", "people"):
        return cue_at(tokens, before, verb, "group", "those", strong=True, plural=True)
    return _noun_phrase(tokens, before + 1, verb, strong)


def _named_subject(tokens: Tokens, name: Name, verb: int, strong: bool) -> Cue | None:
    """A printed name before the verb; "of House in Town" points further back to the person."""
    at = name.first
    while at > 2 and tokens.lower[at - 1] == "and" and looks_named(tokens.words[at - 2]):  # "led by Park and Holt"
        before = run_back(tokens, at - 1)
        at = before.first if before else 0
    if at >= 3 and (tokens.lower[at - 1] == "including" or tokens.lower[at - 2 : at] == ("led", "by")):
        stop = at - 1 - (tokens.lower[at - 1] == "by")
        if tokens.lower[stop - 1] in lexicon().groups:
            return _group_cue(tokens, stop, verb, strong)
    at = name.first
    if at >= 2 and tokens.lower[at - 1] == "on" and tokens.lower[at - 2] in lexicon().groups:
        return cue_at(tokens, at - 2, verb, "group", tokens.lower[at - 2], strong=strong, plural=True)
    if at >= 3 and tokens.words[at - 1] == ",":  # "in Leeds, England, expects"
        place = run_back(tokens, at - 1)
        if place and _held_by_person(tokens, place):
            return _named_subject(tokens, place, verb, strong)
    if at >= 2 and tokens.lower[at - 1] == "in":
        house = run_back(tokens, at - 1)
        if house and house.first >= 2 and tokens.lower[house.first - 1] in ("of", "at", "from", "with"):
            return _named_subject(tokens, house, verb, strong)
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


def _group_cue(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """ "Some traders believe" is an unnamed group; "Harrow Point analysts said" is the house."""
    first = last - 1
    if first > 1 and tokens.words[first - 1] == "." and tokens.lower[first - 2] in lexicon().org_words:
        first -= 1
    if first and tokens.lower[max(0, first - 2)] in ("other", "some", "many", "most"):
        return cue_at(tokens, max(0, first - 2), verb, "group", tokens.lower[last - 1], strong=strong, plural=True)
    if first and (looks_named(tokens.words[first - 1]) or tokens.words[first - 1] in APOSTROPHES):
        stop = first - 1 if tokens.words[first - 1] in APOSTROPHES else first
        name = run_back(tokens, stop)
        if name and name.kind != "outlet" and name.last == stop:
            return name_cue(tokens, name, verb, True, strong, name.text, plural=True)
    while first and tokens.lower[first - 1] in (lexicon().determiners | lexicon().group_leads):
        first -= 1
    definite = tokens.lower[first] in ("the", "these", "those", "its")
    reference: Reference = "role" if definite and tokens.lower[last - 1] in lexicon().professions else "group"
    return cue_at(tokens, first, verb, reference, tokens.lower[last - 1], strong=strong, plural=True)


def _description_cue(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """ "the analyst", "a popular trader", "the report", "the bank": to be resolved over the document."""
    lex, head, first = lexicon(), tokens.lower[last - 1], last - 1
    reference: Reference
    while (
        first and last - first < 7 and tokens.lower[first - 1] not in lex.determiners and _describing(tokens, first - 1)
    ):
        first -= 1
    determiner = tokens.lower[first - 1] if first else ""
    if head in ("poll", "survey") and last >= 2 and looks_named(tokens.words[last - 2]):
        name = run_back(tokens, last - 1)
        if name:
            return cue_at(
                tokens,
                name.first,
                verb,
                "name",
                f"{name.text} {tokens.words[last - 1]}",
                "poll",
                True,
                kind="organisation",
                house=name.text,
            )
    if determiner in APOSTROPHES and head in lex.offices:
        name = run_back(tokens, first - 1)
        if name:
            text = f"{name.text}{' '.join(tokens.words[first - 1 : last])}"
            return cue_at(tokens, name.first, verb, "name", text, "verb", True, kind="organisation", house=text)
    if determiner in APOSTROPHES or (
        first < last - 1 and looks_named(tokens.words[first]) and tokens.lower[first] not in lex.nobody
    ):
        name = run_back(tokens, first - 1) if determiner in APOSTROPHES else run_on(tokens, first, last - 1)
        if name and head in lex.roles:
            reference = "someone" if determiner in ("a", "an", "one", "another") else "role"
            return cue_at(tokens, name.first, verb, reference, head, strong=strong, house=name.text)
        if name and name.kind != "outlet":
            return name_cue(tokens, name, verb, True, strong, name.text)
    if determiner in ("the", "this", "that", "his", "her", "its", "their"):
        reference = "role" if head in lex.roles else "house" if head in lex.houses else "document"
        if reference == "document" and determiner not in ("the", "this", "its"):
            return None
        return cue_at(tokens, first - 1, verb, reference, head, strong=strong)
    if determiner in ("a", "an", "one", "another") and head in lex.roles:
        return cue_at(tokens, first - 1, verb, "someone", head, strong=strong)
    if first == 0 and head in lex.roles and looks_named(tokens.words[last - 1]):
        return cue_at(tokens, first, verb, "someone", head, strong=strong)
    return None


def _describing(tokens: Tokens, at: int) -> bool:
    low = tokens.lower[at]
    return (low.isalpha() and low not in lexicon().stops and low not in lexicon().verbs) or "-" in low


def _subject_after(tokens: Tokens, verb: int, strong: bool) -> Cue | None:
    low = tokens.lower[verb]
    inverts = low in lexicon().inverted_verbs or (strong and not _bare(low) and not low.endswith("ing"))
    if not inverts or verb + 1 >= len(tokens.words):
        return None
    if (
        verb
        and tokens.words[verb - 1] not in (",", "”", '"', "’", "'", "?", "!", "–", "—", "…", ".", "”.", ";")
        and not tokens.words[verb][0].isupper()
    ):
        return None
    at = verb + 1
    name_end = min(len(tokens.words), verb + 16)
    return mention_on(tokens, at, name_end, verb, "verb_after", strong, lead=False)
