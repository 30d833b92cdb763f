"""When a word that looks like a verb of saying is none: passives, infinitives, conditions, deeds instead of views."""

from __future__ import annotations

from nlp.attribution_marks import adverb
from nlp.attribution_names import Name, Tokens, lexicon, looks_named

_BE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
_UNREAL = frozenset(("if", "unless", "until", "whether", "whatever", "should", "suppose", "assuming", "than", "like"))
_TIMES = frozenset(("when", "once", "before", "whenever"))
_ASKS = frozenset(("does", "do", "did", "will", "would", "can", "could", "should", "may", "might", "must"))
_EXPECTED = frozenset(
    ("expected", "forecast", "projected", "predicted", "estimated", "believed", "anticipated", "seen")
)
_OBJECT = 8  # tokens in which the object of a deed stands


def no_verb(tokens: Tokens, at: int) -> bool:
    """Whether token `at` is no verb of its own: part of a name, a passive, an infinitive."""
    return _part_of_name(tokens, at) or _passive(tokens, at) or _infinitive(tokens, at)


def _passive(tokens: Tokens, at: int) -> bool:
    """ "The rate is expected to rise", "with the bank widely expected to wait" name no voice."""
    if tokens.lower[at] in _EXPECTED and tokens.lower[at + 1 : at + 2] == ("to",):
        return True
    if not tokens.lower[at].endswith(("ed", "en", *lexicon().participles)):
        return False
    before = [
        w
        for w in tokens.lower[max(0, at - 4) : at]
        if not adverb(w) and w not in ("also", "now", "still", "not", "all", "currently")
    ]
    return bool(before) and before[-1] in _BE


def _infinitive(tokens: Tokens, at: int) -> bool:
    """ "Source: Harrow To maintain the path": a base form after "to"; not in "took to X to share"."""
    if not at or tokens.lower[at - 1] != "to":
        return False
    return not any(word in ("took", "takes", "went", "goes") for word in tokens.lower[max(0, at - 7) : at - 1])


def _part_of_name(tokens: Tokens, at: int) -> bool:
    """ "Point" in "Harrow Point"; in "Ellison Predicts" and "Traders Eye" it is a verb of a title."""
    word = tokens.words[at]
    if not word[0].isupper() or not at:
        return False
    if tokens.lower[at].endswith(("s", "ed", "ing", "aid", "rote", "old")):
        return looks_named(tokens.words[at - 1]) and _plain_word(tokens, at + 1)
    return looks_named(tokens.words[at - 1]) and tokens.lower[at - 1] not in lexicon().groups


def _plain_word(tokens: Tokens, at: int) -> bool:
    """ "Elm Stock Charts via": in a title the word after a verb is capitalised, small or a number."""
    if at >= len(tokens.words):
        return False
    word = tokens.words[at]
    return word[0].islower() and word.isalpha() and len(word) > 4


def only_supposed(tokens: Tokens, first: int, strong: bool) -> bool:
    """Whether the subject that begins at token `first` acts only in a condition or a question.

    "If Norland's bank cuts, gold gains"; "does the bank cut in May"; "when Harrow sees its targets met".
    """
    at = first - 1
    while at >= 0 and tokens.lower[at] in ("the", "a", "an", "even"):
        at -= 1
    if at < 0:
        return False
    word = tokens.lower[at]
    return word in _UNREAL or word in _ASKS or (not strong and word in _TIMES)


def deed(tokens: Tokens, verb: int) -> bool:
    """ "The Fed raised rates" and "raised $50 million" are deeds; "Harrow raised its forecast" is a view."""
    if tokens.lower[verb] not in lexicon().deeds or verb + 1 >= len(tokens.words):
        return False
    objects = _object(tokens, verb)
    return (objects[0][0] in "$€£" or any(w in lexicon().policy for w in objects)) and not any(
        w in lexicon().views for w in objects
    )


def gerund_of_other(tokens: Tokens, name: Name, verb: int) -> bool:
    """ "We see the Fed raising rates": what somebody else says the subject does."""
    if not tokens.lower[verb].endswith("ing"):
        return False
    between = tokens.lower[name.last : verb]
    before = tokens.lower[max(0, name.first - 4) : name.first]
    return "with" not in before and not any(word in _BE or word in ("'s", "been") or word == "," for word in between)


def sets_rates(tokens: Tokens, name: Name, verb: int) -> bool:
    """ "The Fed cuts", "the Fed holds": what a central bank does is no view unless its object is one."""
    if tokens.lower[verb] not in lexicon().deeds or name.text.casefold() not in lexicon().setters:
        return False
    return not any(word in lexicon().views for word in _object(tokens, verb))


def _object(tokens: Tokens, verb: int) -> tuple[str, ...]:
    """The words after a verb, up to the next comma."""
    words = tokens.lower[verb + 1 : verb + 1 + _OBJECT]
    return words[: max(1, words.index(","))] if "," in words else words
