"""Signs that somebody speaks: verbs of saying, "is bullish", "has a target of", participles after a comma."""

from __future__ import annotations

from dataclasses import replace

from nlp.attribution_guards import deed, no_verb
from nlp.attribution_introductions import leading_name
from nlp.attribution_marks import Cue, name_cue
from nlp.attribution_mentions import mention_on
from nlp.attribution_names import Tokens, lexicon
from nlp.attribution_subjects import bare, subject_before


def verb_cues(tokens: Tokens) -> list[Cue]:
    verbs, cues = lexicon().verbs, []
    for at, low in enumerate(tokens.lower):
        kind = verbs.get(low) or ("say" if low.endswith("ed") and _after_quotation(tokens, at) else None)
        if kind is None or no_verb(tokens, at) or deed(tokens, at):
            continue
        say = kind == "say"
        cue = subject_before(tokens, at, say)
        if cue is None or (at > 1 and tokens.words[at - 1] == "," and cue.name.endswith(tokens.words[at - 2])):
            cue = _subject_after(tokens, at, say) or cue  # "by Easter, said Theo Marsh"
        cue = cue or (_conjoined(tokens, at) if say else None)
        if cue is not None:
            cues.append(cue)
    return cues


_STANDS = frozenset(("is", "was", "are", "remains", "remain", "remained", "were", "seems", "'s"))  # "He's long"
_OPINIONS = (("opinion",), ("view",), ("belief",))


def stance_cues(tokens: Tokens) -> list[Cue]:
    """ "Mara Ellison is even more optimistic"."""
    lex, cues = lexicon(), []
    for at, low in enumerate(tokens.lower):
        if not at or low not in _STANDS or (low == "'s" and tokens.lower[at - 1] not in ("he", "she")):
            continue
        after = at + 1
        while after < len(tokens.words) and tokens.lower[after] in lex.degrees:
            after += 1
        opines = tokens.lower[after : after + 2] == ("of", "the") and tokens.lower[after + 2 : after + 3] in _OPINIONS
        if not opines and (after >= len(tokens.words) or tokens.lower[after] not in lex.stances):
            continue
        cue = subject_before(tokens, at, True)
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


def _after_quotation(tokens: Tokens, at: int) -> bool:
    """ "“It fell,” sobbed Theo Marsh": whatever the verb, who follows it said the quotation."""
    if at < 3 or tokens.words[at][0].isupper():
        return False
    return tokens.words[at - 1] in '”"' and tokens.words[at - 2] == ","


def _conjoined(tokens: Tokens, verb: int) -> Cue | None:
    """ "The Bank of Norland left rates unchanged and said": the subject is the name that opens the sentence."""
    if verb < 4 or tokens.lower[verb - 1] not in ("and", "but") or tokens.lower[verb].endswith("ing"):
        return None
    opening = leading_name(tokens)
    if opening is None or bare(tokens.lower[verb]) or tokens.lower[verb] in lexicon().groups:
        return None
    return name_cue(tokens, opening, verb, True, True, None)


def _subject_after(tokens: Tokens, verb: int, strong: bool) -> Cue | None:
    low = tokens.lower[verb]
    inverts = low in lexicon().inverted_verbs or (strong and not bare(low) and not low.endswith("ing"))
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


def holding_cues(tokens: Tokens) -> list[Cue]:
    """ "Harrow Point has a year-end target of $12,000"."""
    cues = []
    for at, low in enumerate(tokens.lower):
        if low in ("has", "have", "had") and at and at + 2 < len(tokens.words):
            objects = tokens.lower[at + 1 : at + 6]
            if objects[0] in lexicon().determiners | {"no"} and any(
                w in lexicon().views or w in ("eyes", "sights") for w in objects
            ):
                cue = subject_before(tokens, at, False)
                if cue and cue.reference in ("name", "pronoun", "role", "house"):
                    sure = cue.reference == "name" and " " in cue.name
                    cues.append(replace(cue, rule="holding", strong=sure))
    return cues
