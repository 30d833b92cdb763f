"""Cues of attribution inside one sentence: who speaks, by which rule, and over which words."""

from __future__ import annotations

import re

from nlp.attribution_marks import Cue, cue_at, house_before, kind_after
from nlp.attribution_mentions import colon_cues, phrase_cues, possessive_cues
from nlp.attribution_names import lexicon, looks_named, odd_handle, run_on, tokenize
from nlp.attribution_subjects import gerund_cues, stance_cues, verb_cues

__all__ = ["Cue", "find_cues", "find_mentions"]


def find_cues(text: str, start: int, end: int, heading: bool = False) -> list[Cue]:
    """The cues of one sentence in order of appearance; overlapping ones keep the first found."""
    tokens = tokenize(text, start, end)
    cues = [*verb_cues(tokens), *stance_cues(tokens), *phrase_cues(tokens), *possessive_cues(tokens)]
    if not cues:
        cues = gerund_cues(tokens)
    cues += colon_cues(tokens, heading)
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
    """ "Harrow Point said its survey of managers suggested": one clause, one voice."""
    return outer.lead and outer.strong and not _APART.search(text, outer.end, inner.start)


def find_mentions(text: str, start: int, end: int) -> list[Cue]:
    """Names introduced by a role, whatever they do: "pseudonymous analyst moonlit_fox, in a post, echoed"."""
    tokens, cues = tokenize(text, start, end), []
    for at, low in enumerate(tokens.lower[:-1]):
        if low in lexicon().roles and (
            looks_named(tokens.words[at + 1]) or odd_handle(tokens.words[at + 1]) or tokens.words[at + 1] in "‘“"
        ):
            name = run_on(tokens, at + 1, min(len(tokens.words), at + 8))
            if name and name.kind != "outlet":
                cues.append(
                    cue_at(
                        tokens,
                        at,
                        name.last - 1,
                        "name",
                        name.text,
                        "mention",
                        kind=kind_after(name, low),
                        house=house_before(tokens, name),
                    )
                )
    return cues
