"""Voices given by a phrase: "according to", "in the view of", "Harrow Point's forecast", "Theo Marsh: “It could”"."""

from __future__ import annotations

from nlp.attribution_marks import Cue, cue_at, cue_from, describes, house_before, house_in
from nlp.attribution_mentions import mention_on
from nlp.attribution_names import APOSTROPHES, Tokens, lexicon, looks_named, run_back, run_on

COLON = 20  # tokens within which a colon can introduce words
SHORT = 200  # characters of a sentence that a bare name and a colon may open


def _put_as_view(tokens: Tokens, noun: int) -> bool:
    """ "in the opinion of", "under the bull case of"."""
    if noun < 2 or tokens.lower[noun] not in lexicon().viewed:
        return False
    return any(tokens.lower[at : at + 2] in _IN_THE for at in range(max(0, noun - 4), noun - 1))


_IN_THE = frozenset((("in", "the"), ("by", "the"), ("under", "the")))


def _makes(tokens: Tokens, at: int) -> bool:
    """ "a forecast by", "predicted by"."""
    low = tokens.lower[at]
    return low in lexicon().views or low in lexicon().made or _changed(tokens, at)


def _changed(tokens: Tokens, verb: int) -> bool:
    """ "Gold forecast raised by Harrow Point"."""
    objects = tokens.lower[max(0, verb - 3) : verb]
    if not tokens.lower[verb].endswith("ed") and tokens.lower[verb] != "cut":
        return False
    return tokens.lower[verb] in lexicon().deeds and any(word in lexicon().views for word in objects)


def phrase_cues(tokens: Tokens) -> list[Cue]:
    """ "according to Harrow Point", "in the view of Theo Marsh", "predicted by Mara Ellison"."""
    cues = []
    for at in [at for at, low in enumerate(tokens.lower) if low in _OPENERS]:
        rule, after = _phrase(tokens, at)
        if not rule:
            continue
        while after < len(tokens.lower) and tokens.lower[after] in lexicon().data_words:
            after += 1
        cue = mention_on(tokens, after, min(len(tokens.lower), after + 14), at, rule, True, lead=at < 3)
        if cue and not (rule in _OF_NAMES and cue.reference != "name") and not (rule == "for" and cue.kind != "person"):
            cues.append(cue)
    return cues


_OPENERS = frozenset(("according", "per", "by", "from", "of", "for", "like"))
_OF_NAMES = ("for", "made_by", "like")


def _phrase(tokens: Tokens, at: int) -> tuple[str, int]:
    """The rule of the phrase at token `at` and where its voice begins; ("", 0) where there is none."""
    lower, low = tokens.lower, tokens.lower[at]
    if low == "according" and lower[at + 1 : at + 2] == ("to",):
        return "according", at + 2
    if low == "per" and (at == 0 or tokens.words[at - 1] == "," or lower[at - 1] == "as"):
        return "per", at + 1
    if at and low in ("by", "from") and _makes(tokens, at - 1):
        return "made_by", at + 1
    if low == "of" and _put_as_view(tokens, at - 1):
        return "according", at + 1
    if tokens.words[at] == "For":
        return "for", at + 1
    if at and low == "like" and lower[at - 1] in lexicon().groups:
        return "like", at + 1
    return "", 0


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
    cues = []
    for at, word in enumerate(tokens.words):
        if tokens.lower[at] in _OWN:
            cue = _own_view(tokens, at)
        elif word in APOSTROPHES and 0 < at < len(tokens.words) - 1:
            cue = _view_of(tokens, at)
        else:
            continue
        if cue is not None:
            cues.append(cue)
    return cues


def _view_of(tokens: Tokens, at: int) -> Cue | None:
    """Whose view follows the possessive ending at token `at`."""
    lex, nouns, owner = lexicon(), tokens.lower[at + 1 : at + 5], tokens.lower[at - 1]
    hit = next((i for i, w in enumerate(nouns) if w in lex.views), None)
    if hit is None or any(not w.replace("-", "").isalpha() for w in nouns[:hit]):
        return None
    name, last = run_back(tokens, at), at + 1 + hit
    if name and name.kind != "outlet":
        house = house_before(tokens, name)
        return cue_at(tokens, name.first, last, "name", name.text, "possessive", False, kind=name.kind, house=house)
    if owner in lex.roles and at >= 2 and tokens.lower[at - 2] in ("the", "this"):
        return cue_at(tokens, at - 2, last, "role", owner, "possessive", False)
    if owner in lex.houses and "the" in tokens.lower[max(0, at - 3) : at - 1]:
        return cue_at(tokens, at - 1, last, "house", owner, "possessive", False)
    return None


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
