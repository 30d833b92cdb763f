"""Voices introduced without a verb of saying: "Theo Marsh, head of research at Harrow Point, is wary"."""

from __future__ import annotations

from nlp.attribution_marks import Cue, cue_at, describes, house_before, house_in, kind_after
from nlp.attribution_names import Name, Tokens, lexicon, looks_named, odd_handle, run_back, run_on, tokenize

APPOSITION = 8  # tokens after a comma in which a profession makes the name before it a voice


def find_introductions(text: str, start: int, end: int) -> list[Cue]:
    """The voices introduced by their profession or house, in order, whatever they do."""
    tokens, lex = tokenize(text, start, end), lexicon()
    cues: list[Cue] = []
    for at, low in enumerate(tokens.lower[:-1]):
        if low in lex.roles:
            cue = _after_role(tokens, at)
        elif low in lex.houses:
            cue = _after_house(tokens, at)
        elif low in lex.groups:
            cue = _group_of_house(tokens, at)
        elif low == "," and at > 1 and looks_named(tokens.words[at - 1]):
            cue = _before_apposition(tokens, at)
        else:
            continue
        if cue is not None:
            cues.append(cue)
    opening = leading_name(tokens)
    if opening is not None:
        last = opening.last - 1
        cue = cue_at(tokens, opening.first, last, "name", opening.text, "subject", False, kind=opening.kind)
        cues.append(cue)
    return cues


LEAD = 6  # tokens of a phrase before the subject: "Last week, Mara Ellison bought"


def leading_name(tokens: Tokens) -> Name | None:
    """The name of two words or more that is the sentence's subject: "Mara Ellison belongs to the bulls"."""
    comma = next((at for at, word in enumerate(tokens.words[:LEAD]) if word == ","), -1)
    for at in (0, comma + 1):
        name = run_on(tokens, at, min(len(tokens.words), at + LEAD)) if at < len(tokens.words) else None
        if name is None or name.kind == "outlet" or " " not in name.text or name.last >= len(tokens.words):
            continue
        if tokens.lower[name.last].isalpha() and tokens.words[name.last][0].islower():
            return name
    return None


def _after_role(tokens: Tokens, at: int) -> Cue | None:
    """ "pseudonymous analyst moonlit_fox", "her counterpart at Elm Hill, Felix Orr,"."""
    limit = min(len(tokens.words), at + 8)
    name, house = _named_from(tokens, at + 1, limit), None
    if name is None and tokens.lower[at + 1] in ("of", "at", "from"):
        employer = _named_from(tokens, at + 2, limit)
        if employer is None or employer.last + 1 >= len(tokens.words) or tokens.words[employer.last] != ",":
            return None
        name, house = _named_from(tokens, employer.last + 1, min(len(tokens.words), employer.last + 6)), employer.text
        if name is None or name.kind == "organisation" or not _closed(tokens, name.last):
            return None
    if name is None or name.kind == "outlet":
        return None
    kind = kind_after(name, tokens.lower[at])
    return cue_at(
        tokens,
        at,
        name.last - 1,
        "name",
        name.text,
        "mention",
        kind=kind,
        house=house or house_before(tokens, name),
    )


def _after_house(tokens: Tokens, at: int) -> Cue | None:
    """ "the brokerage Union Harrow Digital", "analytics platform Glassfloor"."""
    name = _named_from(tokens, at + 1, min(len(tokens.words), at + 6))
    if name is None or name.kind == "outlet" or tokens.words[at][0].isupper():
        return None
    return cue_at(tokens, at, name.last - 1, "name", name.text, "mention", kind="organisation", house=name.text)


def _named_from(tokens: Tokens, at: int, limit: int) -> Name | None:
    word = tokens.words[at] if at < limit else ""
    if not word or not (looks_named(word) or odd_handle(word) or word in "‘“"):
        return None
    return run_on(tokens, at, limit)


def _closed(tokens: Tokens, at: int) -> bool:
    return at < len(tokens.words) and tokens.words[at] == ","


def _group_of_house(tokens: Tokens, at: int) -> Cue | None:
    """ "Analysts at Harrow Point belong to the second camp": the house, through its people."""
    if tokens.lower[at + 1] not in ("at", "of", "from") or at + 2 >= len(tokens.words):
        return None
    skip = at + 2 + (tokens.lower[at + 2] == "the")
    house = _named_from(tokens, skip, min(len(tokens.words), skip + 6))
    if house is None or house.kind == "outlet" or tokens.lower[at] == "markets":
        return None
    return cue_at(
        tokens,
        at,
        house.last - 1,
        "name",
        house.text,
        "mention",
        kind="organisation",
        house=house.text,
        plural=True,
    )


def _before_apposition(tokens: Tokens, comma: int) -> Cue | None:
    """ "Nils Orr, who runs a fund there, has no faith in forecasts"."""
    name = run_back(tokens, comma)
    if name is None or name.last != comma or name.kind != "person" or name.last - name.first < 2:
        return None
    inner = tokens.lower[comma + 1 : comma + 1 + APPOSITION]
    stop = inner.index(",") if "," in inner else len(inner)
    if not describes(inner[:stop]) or not any(w in lexicon().roles or w == "who" for w in inner[:stop]):
        return None
    house = house_in(tokens, comma, min(len(tokens.words), comma + 1 + stop))
    return cue_at(tokens, name.first, comma - 1, "name", name.text, "mention", house=house)
