"""Voices to the right of a cue: "said Mara Ellison, chief strategist at Harrow Point", "according to the bank"."""

from __future__ import annotations

from nlp.attribution_marks import Cue, Reference, cue_at, cue_from, describes, house_before, house_in
from nlp.attribution_names import APOSTROPHES, Name, Tokens, lexicon, looks_named, odd_handle, run_back, run_on

COLON = 20  # tokens within which a colon can introduce words
SHORT = 200  # characters of a sentence that a bare name and a colon may open


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
            house = _house_after(tokens, moved + 1, limit)
            if house and house.kind != "outlet":
                return cue_from(
                    tokens,
                    cue_first,
                    house.last - 1,
                    rule,
                    "name",
                    house.text,
                    strong,
                    lead,
                    "organisation",
                    house.text,
                )
            reference: Reference = "role" if determiner == "the" and word in lex.professions else "group"
            return cue_from(tokens, cue_first, moved, rule, reference, word, strong, lead, plural=True)
        if word == "," and role and moved + 1 < limit and _starts_name(tokens, moved + 1):
            moved += 1
            break
        if word in APOSTROPHES:
            moved += 1
            continue
        if word in _KNOWN_AS:
            moved += 1
            continue
        if not word.replace("-", "").isalpha() or word in lexicon().stops or (word in lex.verbs and moved > at + 1):
            break
        determiner = determiner or word
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
    return looks_named(word) and (
        not (tokens.lower[at] in lexicon().nobody or word.endswith("-based"))
        or run_on(tokens, at, min(len(tokens.words), at + 6)) is not None
    )


def _named_on(tokens: Tokens, at: int, limit: int, cue_first: int, rule: str, strong: bool, lead: bool) -> Cue | None:
    name = run_on(tokens, at, limit) or (
        Name(at, at + 1, tokens.words[at], "handle") if odd_handle(tokens.words[at]) else None
    )
    if name is None or name.kind == "outlet":
        return None
    house, last = None, name.last
    if last + 1 < limit and tokens.words[last] == "." and tokens.words[last + 1] in APOSTROPHES:  # "Harrow Inc.’s"
        last += 1
    if last < limit and tokens.words[last] in APOSTROPHES and last + 1 < limit:  # Harrow Point’s Theo Marsh
        person = next(
            (run_on(tokens, i, limit) for i in range(last + 1, min(limit, last + 6)) if looks_named(tokens.words[i])),
            None,
        )
        if person:
            name, house = person, name.text
        elif tokens.lower[last + 1] in lexicon().documents | lexicon().views | lexicon().houses | {"data"}:
            last += 1
        else:
            return cue_from(
                tokens, cue_first, name.last - 1, rule, "name", name.text, strong, lead, name.kind, name.text
            )
    elif last < limit and tokens.lower[last] in lexicon().roles | lexicon().professions:
        plural = tokens.lower[last].endswith("s") and tokens.lower[last] not in lexicon().roles
        definite = name.first > 0 and tokens.lower[name.first - 1] == "the" and not plural
        after = last + 1
        while after < limit and (
            tokens.lower[after] in lexicon().roles or tokens.lower[after] in lexicon().between_title
        ):
            after += 1
        person = run_on(tokens, after, limit) if not plural and after < limit and _starts_name(tokens, after) else None
        if person:
            name, house = person, name.text
        elif definite:
            return cue_from(tokens, cue_first, last, rule, "role", tokens.lower[last], strong, lead, house=name.text)
        else:
            return cue_from(tokens, cue_first, last, rule, "name", name.text, strong, lead, "organisation", name.text)
    elif (last + 2 < limit and tokens.words[last] == ",") or (
        last + 1 < limit and tokens.lower[last] in ("of", "at", "from", "with")
    ):
        house = (
            house_in(tokens, last, min(limit, last + 12))
            if describes(tokens.lower[last + 1 : last + 10]) or tokens.words[last] != ","
            else None
        )
    house = house or house_before(tokens, name)
    return cue_from(tokens, cue_first, name.last - 1, rule, "name", name.text, strong, lead, name.kind, house)


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


_VIEWED = frozenset(
    (
        "opinion",
        "view",
        "words",
        "estimation",
        "eyes",
        "judgment",
        "judgement",
        "reckoning",
        "estimate",
        "case",
        "scenario",
    )
)


def _put_as_view(tokens: Tokens, noun: int) -> bool:
    """ "in the opinion of", "under the bull case of"."""
    if noun < 2 or tokens.lower[noun] not in _VIEWED:
        return False
    return any(tokens.lower[at : at + 2] in _IN_THE for at in range(max(0, noun - 4), noun - 1))


_IN_THE = frozenset((("in", "the"), ("by", "the"), ("under", "the")))


def _changed(tokens: Tokens, verb: int) -> bool:
    """ "Gold forecast raised by Harrow Point"."""
    objects = tokens.lower[max(0, verb - 3) : verb]
    if not tokens.lower[verb].endswith("ed") and tokens.lower[verb] != "cut":
        return False
    return tokens.lower[verb] in lexicon().deeds and any(word in lexicon().views for word in objects)


def phrase_cues(tokens: Tokens) -> list[Cue]:
    cues, lower, count = [], tokens.lower, len(tokens.words)
    for at, low in enumerate(lower):
        after, rule = 0, ""
        if low == "according" and at + 1 < count and lower[at + 1] == "to":
            after, rule = at + 2, "according"
        elif low == "per" and (at == 0 or tokens.words[at - 1] == "," or lower[at - 1] == "as"):
            after, rule = at + 1, "per"
        elif (
            low in ("by", "from")
            and at
            and (lower[at - 1] in lexicon().views or lower[at - 1] in lexicon().made or _changed(tokens, at - 1))
        ):
            after, rule = at + 1, "made_by"
        elif low == "of" and _put_as_view(tokens, at - 1):
            after, rule = at + 1, "according"
        elif low == "for" and tokens.words[at] == "For":
            after, rule = at + 1, "for"
        elif low == "like" and at and lower[at - 1] in lexicon().groups:
            after, rule = at + 1, "like"
        if not after:
            continue
        while after < count and lower[after] in lexicon().data_words:
            after += 1
        limit = min(count, after + 14)
        cue = mention_on(tokens, after, limit, at, rule, True, lead=at < 3)
        if (
            cue
            and not (rule in ("for", "made_by", "like") and cue.reference != "name")
            and not (rule == "for" and cue.kind != "person")
        ):
            cues.append(cue)
    return cues


_OWN = {"his": "he", "her": "she", "their": "they"}


def _own_view(tokens: Tokens, at: int) -> Cue | None:
    """ "In her opinion", "his year-end target"."""
    last = next((i for i in range(at + 1, min(at + 4, len(tokens.words))) if tokens.lower[i] in lexicon().views), None)
    if last is None or any(not w.replace("-", "").isalpha() for w in tokens.lower[at + 1 : last]):
        return None
    if tokens.lower[at] == "their" and not (at and tokens.lower[at - 1] in ("in", "by")):
        return None
    return cue_at(tokens, at, last, "pronoun", _OWN[tokens.lower[at]], "possessive", False)


def possessive_cues(tokens: Tokens) -> list[Cue]:
    """ "Harrow Point’s forecast", "the analyst’s target", "his chart"."""
    cues, lex = [], lexicon()
    for at, word in enumerate(tokens.words):
        if tokens.lower[at] in _OWN and (own := _own_view(tokens, at)):
            cues.append(own)
        if word not in APOSTROPHES or at == 0 or at + 1 >= len(tokens.words):
            continue
        nouns = tokens.lower[at + 1 : at + 5]
        hit = next((i for i, w in enumerate(nouns) if w in lex.views), None)
        if hit is None or any(not w.replace("-", "").isalpha() for w in nouns[:hit]):
            continue
        name = run_back(tokens, at)
        last = at + 1 + hit
        if name and name.kind != "outlet":
            cues.append(
                cue_at(
                    tokens,
                    name.first,
                    last,
                    "name",
                    name.text,
                    "possessive",
                    False,
                    kind=name.kind,
                    house=house_before(tokens, name),
                )
            )
        elif tokens.lower[at - 1] in lex.roles and at >= 2 and tokens.lower[at - 2] in ("the", "this"):
            cues.append(cue_at(tokens, at - 2, last, "role", tokens.lower[at - 1], "possessive", False))
        elif tokens.lower[at - 1] in lex.houses and "the" in tokens.lower[max(0, at - 3) : at - 1]:
            cues.append(cue_at(tokens, at - 1, last, "house", tokens.lower[at - 1], "possessive", False))
    return cues


def colon_cues(tokens: Tokens, heading: bool) -> list[Cue]:
    """ "Harrow Point: Copper could reach $12,000", "Theo Marsh (Harrow Point): “It”", "MARA ELLISON, STRATEGIST:"."""
    at = next((i for i, word in enumerate(tokens.words[:COLON]) if word == ":"), 0)
    if at == 0:
        return []
    quoted = at + 1 < len(tokens.words) and tokens.words[at + 1] in "“\"‘'"
    stop = next((i for i, word in enumerate(tokens.words[:at]) if word in ("(", ",")), at)
    described = stop < at and (tokens.words[at - 1] == ")" or describes(tokens.lower[stop + 1 : at]))
    if stop < at and not (described and (quoted or at == len(tokens.words) - 1)):
        return []
    name = run_back(tokens, stop)
    if name is None or name.first > 2 or name.last != stop or name.kind == "outlet" or stop - name.first > 4:
        return _named_in(tokens, at) if quoted else []
    if not (heading or quoted or described or tokens.ends[-1] - tokens.starts[0] < SHORT):
        return []
    house = house_in(tokens, stop + 1, at) if described else None
    return [
        cue_at(tokens, name.first, at, "name", name.text, "colon", quoted or described, kind=name.kind, house=house)
    ]


def _named_in(tokens: Tokens, colon: int) -> list[Cue]:
    """ "Here is what Mara Ellison had to say: “Copper leads”": the first full name before the colon."""
    for at in range(colon):
        name = run_on(tokens, at, colon) if looks_named(tokens.words[at]) else None
        if name and name.kind == "person" and name.last - name.first > 1:
            return [cue_at(tokens, name.first, colon, "name", name.text, "colon", kind=name.kind)]
    return []


def last_colon_cues(tokens: Tokens) -> list[Cue]:
    """ "Copper to hit $12,000: Harrow Point" in a heading."""
    count = len(tokens.words)
    at = next((i for i in range(count - 2, max(0, count - 7), -1) if tokens.words[i] == ":"), 0)
    name = run_on(tokens, at + 1, count) if at > 2 else None
    if name is None or name.first != at + 1 or name.last < count - 1 or name.kind == "outlet":
        return []
    return [cue_from(tokens, at, name.last - 1, "colon", "name", name.text, False, False, name.kind)]
