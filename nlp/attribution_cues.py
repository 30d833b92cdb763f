"""Cues of attribution inside one sentence: who speaks, by which rule, and over which words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from nlp.attribution_names import (
    APOSTROPHES,
    Name,
    Tokens,
    lexicon,
    looks_named,
    odd_handle,
    run_back,
    run_on,
    tokenize,
)

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
    kind: str = "person"
    organisation: str | None = None
    strong: bool = True
    plural: bool = False


_HINT = re.compile(
    r"\b(?:according|per|by|from|for|of|as|via|in|view)\b|[:’']s?\b", re.IGNORECASE
)
_GENERIC_HEADS = frozenset(["a", "an", "one", "another", "the", "this", "that", "its", "their", "his", "her", "some", "many", "most", "several", "few", "other", "fellow"])


def find_cues(text: str, start: int, end: int, heading: bool = False) -> list[Cue]:
    """The cues of one sentence in order of appearance; overlapping ones keep the first found."""
    tokens = tokenize(text, start, end)
    cues = [*_verb_cues(tokens), *_stance_cues(tokens), *_phrase_cues(tokens), *_possessive_cues(tokens)]
    if not cues:
        cues = _gerund_cues(tokens)
    if heading or end - start < 200:
        cues += _colon_cues(tokens)
    kept: list[Cue] = []
    for cue in sorted(cues, key=lambda c: (c.start, not c.strong, -c.end)):
        if not kept or cue.start >= kept[-1].end:
            if not (kept and cue.lead and _nested(text, kept[-1], cue)):
                kept.append(cue)
        elif cue.strong and not kept[-1].strong:
            kept[-1] = cue
    return kept


_APART = re.compile(r"[,;:—–“”\"]|\b(?:while|but|and|whereas|although|though|as)\b")


def _nested(text: str, outer: Cue, inner: Cue) -> bool:
    """"Harrow Point said its survey of managers suggested": one clause, one voice."""
    return outer.lead and outer.strong and not _APART.search(text, outer.end, inner.start)


def find_mentions(text: str, start: int, end: int) -> list[Cue]:
    """Names introduced by a role, whatever they do: "pseudonymous analyst moonlit_fox, in a post, echoed"."""
    tokens, cues = tokenize(text, start, end), []
    for at, low in enumerate(tokens.lower[:-1]):
        if low in lexicon().roles and (looks_named(tokens.words[at + 1]) or odd_handle(tokens.words[at + 1]) or tokens.words[at + 1] in "‘“"):
            name = run_on(tokens, at + 1, min(len(tokens.words), at + 8))
            if name and name.kind != "outlet":
                cues.append(_cue(tokens, at, name.last - 1, "name", name.text, "mention", kind=name.kind, house=_house_before(tokens, name)))
    return cues


# --- a verb of saying and its subject ---------------------------------------------------------------------------


def _verb_cues(tokens: Tokens) -> list[Cue]:
    verbs, cues = lexicon().verbs, []
    for at, low in enumerate(tokens.lower):
        kind = verbs.get(low)
        if kind is None or _part_of_name(tokens, at) or _passive(tokens, at):
            continue
        cue = _subject_before(tokens, at, kind == "say") or _subject_after(tokens, at, kind == "say")
        if cue is not None:
            cues.append(cue)
    return cues


def _passive(tokens: Tokens, at: int) -> bool:
    """"The rate is expected to rise" names no voice."""
    if not tokens.lower[at].endswith(("ed", "en", "set", "put", "held", "kept", "given", "forecast", "thought", "told", "found", "cut", "laid")):
        return False
    before = [w for w in tokens.lower[max(0, at - 4) : at] if not _adverb(w) and w not in ("also", "now", "still", "not", "all", "currently")]
    return bool(before) and before[-1] in ("is", "are", "was", "were", "be", "been", "being")


def _part_of_name(tokens: Tokens, at: int) -> bool:
    """"Point" in "Harrow Point"; in "Ellison Predicts" and "Traders Eye" it is a verb of a title."""
    word = tokens.words[at]
    if not word[0].isupper() or not at:
        return False
    if tokens.lower[at].endswith(("s", "ed", "ing", "aid", "rote", "old")):
        return False
    return looks_named(tokens.words[at - 1]) and tokens.lower[at - 1] not in lexicon().groups


def _stance_cues(tokens: Tokens) -> list[Cue]:
    """"Mara Ellison is even more optimistic"."""
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


def _gerund_cues(tokens: Tokens) -> list[Cue]:
    """"Theo Marsh pushed back, asserting that": the sentence's first voice speaks in its participle."""
    verbs = lexicon().verbs
    for at, low in enumerate(tokens.lower):
        if low.endswith("ing") and at > 2 and verbs.get(low) == "say" and tokens.words[at - 1] == ",":
            cue = _mention_on(tokens, 0, min(at, 12), 0, "gerund", True, lead=True)
            if cue and cue.reference in ("name", "pronoun", "role"):
                return [replace(cue, start=tokens.starts[0])]
    return []


_STOPS = frozenset(("that", "and", "but", "which", "while", "as", "or", "because", "if", "when"))


def _subject_before(tokens: Tokens, verb: int, strong: bool) -> Cue | None:
    """The subject that ends before the verb, over adverbs, appositions and "of House"."""
    at = verb
    while at > 0 and (tokens.lower[at - 1] in lexicon().between or _adverb(tokens.lower[at - 1])):
        at -= 1
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


def _adverb(low: str) -> bool:
    return low.endswith("ly") and len(low) > 4 and low not in ("weekly", "daily", "monthly", "early", "july", "italy", "supply", "rally")


def _over_apposition(tokens: Tokens, comma: int, verb: int, strong: bool) -> Cue | None:
    """"Orban Vale, who runs a small fund, warned": the name stands before the earlier comma."""
    for at in range(comma - 1, max(0, comma - 22), -1):
        if tokens.words[at] in ",—–-" and at > 0:
            name = run_back(tokens, at)
            inner = tokens.lower[at + 1 : comma]
            if name and name.kind != "outlet" and _describes(inner):
                house = _house_in(tokens, at + 1, comma)
                return _name_cue(tokens, name, verb, True, strong, house)
        if tokens.words[at] in "“”\";:":
            return None
    name = run_back(tokens, comma)  # "Theo Marsh of Harrow Point, said"
    return _noun_phrase(tokens, comma, verb, strong) if name else None


def _describes(words: tuple[str, ...]) -> bool:
    lex = lexicon()
    return bool(words) and (
        words[0] in ("meanwhile", "however", "too", "for", "meantime", "who", "a", "an", "the", "whose", "one", "co", "speaking", "writing", "in", "which", "head", "formerly", "also")
        or any(w in lex.roles or w.rstrip("s") in lex.roles or w in ("of", "at") for w in words)
    )


def _house_in(tokens: Tokens, first: int, last: int) -> str | None:
    """The house named in a description: "chief strategist at Harrow Point"."""
    for at in range(first, last - 1):
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


def _noun_phrase(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """The cue whose subject ends right before token `last`."""
    lex, low = lexicon(), tokens.lower[last - 1]
    if low in lex.pronouns:
        if low == "who" and last >= 3:
            return _who(tokens, last - 1, verb, strong)
        reference: Reference = "pronoun"
        if low in ("i", "we") or (low == "it" and not strong):
            return None
        return _cue(tokens, last - 1, verb, reference, low, strong=strong, plural=low == "they")
    if low in lex.groups and not (strong is False and low in ("market", "markets", "others", "many", "some", "most", "few", "people")):
        return _group_cue(tokens, last, verb, strong)
    if low in lex.roles or low in lex.houses or low in lex.documents:
        return _description_cue(tokens, last, verb, strong)
    name = run_back(tokens, last)
    if name is None or (_bare(tokens.lower[verb]) and not _several(tokens, name)):
        return None
    return _named_subject(tokens, name, verb, strong)


def _bare(low: str) -> bool:
    """"Treasury note" is no subject and verb: a single name takes "notes" or "noted"."""
    return low in _BARE


_BARE = frozenset(
    ["note", "report", "post", "call", "target", "show", "share", "rate", "view", "bet", "estimate", "forecast", "project", "claim", "state", "comment", "quip", "doubt", "fear", "worry", "urge", "favor", "signal", "mark", "map", "plan", "look", "back", "chart", "like", "love", "hold", "continue", "turn", "point", "cite", "flag", "track", "spot", "find", "add", "reply", "tweet", "remark", "warn", "say", "tell", "write", "argue", "believe", "think", "expect", "predict", "anticipate", "see", "eye", "suggest", "indicate", "highlight", "identify", "raise", "lift", "trim", "lower", "drop", "boost", "peg", "attribute"]
) - {"forecast", "bet"}


def _several(tokens: Tokens, name: Name) -> bool:
    return name.first > 0 and tokens.lower[name.first - 1] in ("and", "&")


def _who(tokens: Tokens, at: int, verb: int, strong: bool) -> Cue | None:
    """"Orban Vale , who claims"; "those who look for weakness"; "strategists, who expect"."""
    before = at - 1 - (tokens.words[at - 1] in ",—–-")
    if tokens.lower[before] in ("those", "people"):
        return _cue(tokens, before, verb, "group", "those", strong=True, plural=True)
    return _noun_phrase(tokens, before + 1, verb, strong)


def _named_subject(tokens: Tokens, name: Name, verb: int, strong: bool) -> Cue | None:
    """A printed name before the verb; "of House in Town" points further back to the person."""
    at = name.first
    if at >= 3 and tokens.words[at - 1] == ",":  # "in Leeds, England, expects"
        place = run_back(tokens, at - 1)
        if place and place.first >= 2 and tokens.lower[place.first - 1] in ("in", "at", "of"):
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
            return _name_cue(tokens, person, verb, True, strong, name.text)
    if at >= 3 and tokens.words[at - 1] == "," and tokens.lower[at - 2] in lexicon().org_words | lexicon().roles:
        return _name_cue(tokens, name, verb, True, strong, _house_in(tokens, max(0, at - 8), at - 1))
    return _name_cue(tokens, name, verb, _titled(tokens, name), strong, _house_before(tokens, name))


def _titled(tokens: Tokens, name: Name) -> bool:
    """Whether a role stands before the name ("analyst Theo Marsh"), which makes weak verbs safe."""
    return name.first > 0 and (tokens.lower[name.first - 1] in lexicon().roles or tokens.lower[name.first] in lexicon().roles)


def _house_before(tokens: Tokens, name: Name) -> str | None:
    """"Harrow Point analyst Theo Marsh", "Harrow Point’s Theo Marsh"."""
    at = name.first
    if at and tokens.words[at - 1] in APOSTROPHES:
        house = run_back(tokens, at - 1)
        return house.text if house else None
    moved = at
    while moved and (tokens.lower[moved - 1] in lexicon().roles or tokens.lower[moved - 1] in ("senior", "of", "and", "market", "fx", "research", "global", "macro", "technical", "investment", "crypto", "currency", "commodity", "equity", "fellow")):
        moved -= 1
    if moved == at or not moved:
        return None
    if tokens.words[moved - 1] in APOSTROPHES:
        moved -= 1
    house = run_back(tokens, moved)
    return house.text if house and house.last == moved else None


def _house_group(tokens: Tokens, head: int, house: Name, verb: int, strong: bool) -> Cue:
    """"Analysts at Harrow Point wrote": the house speaks; "an analyst at Harrow Point": its unnamed analyst."""
    named = house.kind != "outlet"
    return Cue(
        tokens.starts[head], tokens.ends[verb], "house_group", True, "name" if named else "group",
        house.text if named else "", "organisation", house.text, strong, True,
    )  # fmt: skip


def _group_cue(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """"Some traders believe" is an unnamed group; "Harrow Point analysts said" is the house."""
    first = last - 1
    if first > 1 and tokens.words[first - 1] == "." and tokens.lower[first - 2] in lexicon().org_words:
        first -= 1
    if first and tokens.lower[max(0, first - 2)] in ("other", "some", "many", "most"):
        return _cue(tokens, max(0, first - 2), verb, "group", tokens.lower[last - 1], strong=strong, plural=True)
    if first and (looks_named(tokens.words[first - 1]) or tokens.words[first - 1] in APOSTROPHES):
        stop = first - 1 if tokens.words[first - 1] in APOSTROPHES else first
        name = run_back(tokens, stop)
        if name and name.kind != "outlet" and name.last == stop:
            return _name_cue(tokens, name, verb, True, strong, name.text, plural=True)
    while first and tokens.lower[first - 1] in _GENERIC_HEADS | {"crypto", "market", "wall", "technical", "of", "bitcoin", "leading", "financial", "these", "those"}:
        first -= 1
    definite = tokens.lower[first] in ("the", "these", "those", "its")
    reference: Reference = "role" if definite and tokens.lower[last - 1] in ("analysts", "economists", "strategists", "researchers", "experts", "traders") else "group"
    return _cue(tokens, first, verb, reference, tokens.lower[last - 1], strong=strong, plural=True)


def _description_cue(tokens: Tokens, last: int, verb: int, strong: bool) -> Cue | None:
    """"the analyst", "a popular trader", "the report", "the bank": to be resolved over the document."""
    lex, head, first = lexicon(), tokens.lower[last - 1], last - 1
    reference: Reference
    while first and last - first < 7 and tokens.lower[first - 1] not in _GENERIC_HEADS and _describing(tokens, first - 1):
        first -= 1
    determiner = tokens.lower[first - 1] if first else ""
    if head in ("poll", "survey") and last >= 2 and looks_named(tokens.words[last - 2]):
        name = run_back(tokens, last - 1)
        if name:
            return _cue(tokens, name.first, verb, "name", f"{name.text} {tokens.words[last - 1]}", "poll", True, kind="organisation", house=name.text)
    if determiner in APOSTROPHES and head in ("bank", "ministry", "authority", "regulator", "department", "government", "committee"):
        name = run_back(tokens, first - 1)
        if name:
            text = f"{name.text}{' '.join(tokens.words[first - 1 : last])}"
            return _cue(tokens, name.first, verb, "name", text, "verb", True, kind="organisation", house=text)
    if determiner in APOSTROPHES or (first < last - 1 and looks_named(tokens.words[first]) and tokens.lower[first] not in lex.nobody):
        name = run_back(tokens, first - 1) if determiner in APOSTROPHES else run_on(tokens, first, last - 1)
        if name and head in lex.roles:
            reference = "someone" if determiner in ("a", "an", "one", "another") else "role"
            return _cue(tokens, name.first, verb, reference, head, strong=strong, house=name.text)
        if name and name.kind != "outlet":
            return _name_cue(tokens, name, verb, True, strong, name.text)
    if determiner in ("the", "this", "that", "his", "her", "its", "their"):
        reference = "role" if head in lex.roles else "house" if head in lex.houses else "document"
        if reference == "document" and determiner not in ("the", "this", "its"):
            return None
        return _cue(tokens, first - 1, verb, reference, head, strong=strong)
    if determiner in ("a", "an", "one", "another") and head in lex.roles:
        return _cue(tokens, first - 1, verb, "someone", head, strong=strong)
    if first == 0 and head in lex.roles and looks_named(tokens.words[last - 1]):
        return _cue(tokens, first, verb, "someone", head, strong=strong)
    return None


def _describing(tokens: Tokens, at: int) -> bool:
    low = tokens.lower[at]
    return (low.isalpha() and low not in _STOPS and low not in lexicon().verbs) or "-" in low


# --- the verb first: “...,” said Mara Ellison -------------------------------------------------------------------

_INVERTED = frozenset(
    ["said", "says", "wrote", "writes", "tweeted", "told", "asked", "added", "noted", "argued", "explained", "warned", "commented", "posted", "cautioned", "remarked", "predicted", "stated", "observed", "quipped", "continued", "concluded", "declared", "claimed", "believes", "predicts", "forecasts", "suggests", "warns", "notes", "argues", "insisted", "reckons", "expects"]
)


def _subject_after(tokens: Tokens, verb: int, strong: bool) -> Cue | None:
    if tokens.lower[verb] not in _INVERTED or verb + 1 >= len(tokens.words):
        return None
    if verb and tokens.words[verb - 1] not in (",", "”", '"', "’", "'", "?", "!", "–", "—", "…", ".", "”.", ";") and not tokens.words[verb][0].isupper():
        return None
    at = verb + 1
    name_end = min(len(tokens.words), verb + 16)
    return _mention_on(tokens, at, name_end, verb, "verb_after", strong, lead=False)


def _mention_on(tokens: Tokens, at: int, limit: int, cue_first: int, rule: str, strong: bool, lead: bool) -> Cue | None:
    """A voice that begins at token `at`: a name with or without role and house, a pronoun, a group, a description."""
    lex = lexicon()
    if at >= limit:
        return None
    low = tokens.lower[at]
    if low in lex.pronouns and low not in ("i", "we", "who", "it"):
        return _after(tokens, cue_first, at, rule, "pronoun", low, strong, lead, plural=low == "they")
    moved, determiner, role = at, "", False
    while moved < limit and moved - at < 9 and not _starts_name(tokens, moved):
        word = tokens.lower[moved]
        if word in lex.groups:
            house = _house_after(tokens, moved + 1, limit)
            if house and house.kind != "outlet":
                return _after(tokens, cue_first, house.last - 1, rule, "name", house.text, strong, lead, "organisation", house.text)
            reference: Reference = "role" if determiner == "the" and word in ("analysts", "economists", "strategists", "researchers") else "group"
            return _after(tokens, cue_first, moved, rule, reference, word, strong, lead, plural=True)
        if word == "," and role and moved + 1 < limit and _starts_name(tokens, moved + 1):
            moved += 1
            break
        if not word.replace("-", "").isalpha() or word in _STOPS or (word in lex.verbs and moved > at + 1):
            break
        determiner = word if not determiner else determiner
        role = role or word in lex.roles or word in lex.houses or word in lex.documents
        moved += 1
    if moved < limit and _starts_name(tokens, moved):
        return _named_on(tokens, moved, limit, cue_first, rule, strong, lead)
    if not role:
        return None
    return _described_on(tokens, at, moved, cue_first, rule, strong, lead, determiner)


def _starts_name(tokens: Tokens, at: int) -> bool:
    word = tokens.words[at]
    if word in "‘“" and at + 1 < len(tokens.words):
        return looks_named(tokens.words[at + 1])
    if odd_handle(word):
        return True
    return looks_named(word) and (tokens.lower[at] not in lexicon().nobody or run_on(tokens, at, min(len(tokens.words), at + 6)) is not None)


def _named_on(tokens: Tokens, at: int, limit: int, cue_first: int, rule: str, strong: bool, lead: bool) -> Cue | None:
    name = run_on(tokens, at, limit) or (Name(at, at + 1, tokens.words[at], "handle") if odd_handle(tokens.words[at]) else None)
    if name is None or name.kind == "outlet":
        return None
    house, last = None, name.last
    if last < limit and tokens.words[last] in APOSTROPHES and last + 1 < limit:  # Harrow Point’s Theo Marsh
        person = next((run_on(tokens, i, limit) for i in range(last + 1, min(limit, last + 6)) if looks_named(tokens.words[i])), None)
        if person:
            name, house = person, name.text
        elif tokens.lower[last + 1] in lexicon().documents | lexicon().views | lexicon().houses | {"data"}:
            last += 1
        else:
            return _after(tokens, cue_first, name.last - 1, rule, "name", name.text, strong, lead, name.kind, name.text)
    elif last < limit and tokens.lower[last] in lexicon().roles | {"strategists", "economists", "analysts"}:
        plural = tokens.lower[last].endswith("s") and tokens.lower[last] not in lexicon().roles
        definite = name.first > 0 and tokens.lower[name.first - 1] == "the" and not plural
        person = None if plural else run_on(tokens, last + 1, limit) if last + 1 < limit and _starts_name(tokens, last + 1) else None
        if person:
            name, house = person, name.text
        elif definite:
            return _after(tokens, cue_first, last, rule, "role", tokens.lower[last], strong, lead, house=name.text)
        else:
            return _after(tokens, cue_first, last, rule, "name", name.text, strong, lead, "organisation", name.text)
    elif (last + 2 < limit and tokens.words[last] == ",") or (last + 1 < limit and tokens.lower[last] in ("of", "at", "from", "with")):
        house = _house_in(tokens, last, min(limit, last + 12)) if _describes(tokens.lower[last + 1 : last + 10]) or tokens.words[last] != "," else None
    house = house or _house_before(tokens, name)
    return _after(tokens, cue_first, name.last - 1, rule, "name", name.text, strong, lead, name.kind, house)


def _described_on(tokens: Tokens, at: int, last: int, cue_first: int, rule: str, strong: bool, lead: bool, determiner: str) -> Cue | None:
    lex = lexicon()
    head = next((w for w in reversed(tokens.lower[at:last]) if w in lex.roles or w in lex.houses or w in lex.documents), "")
    if determiner in ("a", "an", "one", "another"):
        return _after(tokens, cue_first, last - 1, rule, "someone", head, strong, lead) if head in lex.roles else None
    reference: Reference = "role" if head in lex.roles else "house" if head in lex.houses else "document"
    return _after(tokens, cue_first, last - 1, rule, reference, head, strong, lead)


def _house_after(tokens: Tokens, at: int, limit: int) -> Name | None:
    if at + 1 < limit and tokens.lower[at] in ("at", "from", "of", "with"):
        skip = at + 1 + (tokens.lower[at + 1] == "the")
        return run_on(tokens, skip, limit) if skip < limit and looks_named(tokens.words[skip]) else None
    return None


# --- phrases: according to X, in X’s view, for X, a forecast by X -----------------------------------------------


def _phrase_cues(tokens: Tokens) -> list[Cue]:
    cues, lower, count = [], tokens.lower, len(tokens.words)
    for at, low in enumerate(lower):
        after, rule = 0, ""
        if low == "according" and at + 1 < count and lower[at + 1] == "to":
            after, rule = at + 2, "according"
        elif low == "per" and at and (tokens.words[at - 1] == "," or lower[at - 1] == "as"):
            after, rule = at + 1, "per"
        elif low in ("by", "from") and at and (lower[at - 1] in lexicon().views or lower[at - 1] in _MADE):
            after, rule = at + 1, "made_by"
        elif low == "for" and tokens.words[at] == "For":
            after, rule = at + 1, "for"
        elif low in ("like", "including") and at and lower[at - 1] in lexicon().groups:
            after, rule = at + 1, "like"
        if not after:
            continue
        while after < count and lower[after] in ("data", "analysis", "research", "a", "recent", "figures", "from", "by", "an", "insights", "analytics") and lower[after] not in ("a", "an"):
            after += 1
        limit = min(count, after + 14)
        cue = _mention_on(tokens, after, limit, at, rule, True, lead=at < 3)
        if cue and not (rule in ("for", "made_by", "like") and cue.reference != "name") and not (rule == "for" and cue.kind != "person"):
            cues.append(cue)
    return cues


_MADE = frozenset(["predicted", "forecast", "made", "shared", "posted", "noted", "highlighted", "issued", "published", "written", "conducted", "projected", "identified", "suggested", "voiced", "presented", "offered", "set"])


def _possessive_cues(tokens: Tokens) -> list[Cue]:
    """"Harrow Point’s forecast", "the analyst’s target", "his chart"."""
    cues, lex = [], lexicon()
    for at, word in enumerate(tokens.words):
        if word not in APOSTROPHES or at == 0 or at + 1 >= len(tokens.words):
            continue
        nouns = tokens.lower[at + 1 : at + 5]
        hit = next((i for i, w in enumerate(nouns) if w in lex.views), None)
        if hit is None or any(not w.replace("-", "").isalpha() for w in nouns[:hit]):
            continue
        name = run_back(tokens, at)
        last = at + 1 + hit
        if name and name.kind != "outlet":
            cues.append(_cue(tokens, name.first, last, "name", name.text, "possessive", False, kind=name.kind, house=_house_before(tokens, name)))
        elif tokens.lower[at - 1] in lex.roles and at >= 2 and tokens.lower[at - 2] in ("the", "this"):
            cues.append(_cue(tokens, at - 2, last, "role", tokens.lower[at - 1], "possessive", False))
        elif tokens.lower[at - 1] in lex.houses and at >= 2 and tokens.lower[at - 2] == "the":
            cues.append(_cue(tokens, at - 2, last, "house", tokens.lower[at - 1], "possessive", False))
    return cues


def _colon_cues(tokens: Tokens) -> list[Cue]:
    """"Harrow Point: Copper could reach $12,000"."""
    for at, word in enumerate(tokens.words[:8]):
        if word != ":" or at == 0:
            continue
        name = run_back(tokens, at)
        if name and name.first <= 2 and name.last == at and name.kind != "outlet" and at - name.first <= 4:
            return [_cue(tokens, name.first, at, "name", name.text, "colon", False, kind=name.kind)]
    return []


# --- building cues ----------------------------------------------------------------------------------------------


def _name_cue(
    tokens: Tokens, name: Name, verb: int, titled: bool, strong: bool, house: str | None, plural: bool = False
) -> Cue | None:
    if name.kind == "outlet":
        return None
    rule = "verb" if strong or titled else "verb_weak"
    return Cue(
        tokens.starts[name.first], tokens.ends[verb], rule, True, "name", name.text, name.kind, house,
        strong or titled, plural,
    )  # fmt: skip


def _cue(
    tokens: Tokens, first: int, last: int, reference: Reference, name: str, rule: str = "", strong: bool = True,
    plural: bool = False, kind: str = "person", house: str | None = None,
) -> Cue:  # fmt: skip
    return Cue(tokens.starts[first], tokens.ends[last], rule or reference, True, reference, name, kind, house, strong, plural)


def _after(
    tokens: Tokens, first: int, last: int, rule: str, reference: Reference, name: str, strong: bool, lead: bool,
    kind: str = "person", house: str | None = None, plural: bool = False,
) -> Cue:  # fmt: skip
    return Cue(tokens.starts[first], tokens.ends[last], rule, lead, reference, name, kind, house, strong, plural)
