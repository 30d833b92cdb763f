"""Cues of attribution inside one sentence: who speaks, by which rule, and over which words."""

from __future__ import annotations

import re

from nlp.attribution_marks import Cue
from nlp.attribution_names import tokenize
from nlp.attribution_phrases import colon_cues, last_colon_cues, phrase_cues, possessive_cues
from nlp.attribution_verbs import gerund_cues, holding_cues, stance_cues, verb_cues

__all__ = ["Cue", "find_cues"]


def find_cues(text: str, start: int, end: int, heading: bool = False) -> list[Cue]:
    """The cues of one sentence in order of appearance; overlapping ones keep the first found."""
    tokens = tokenize(text, start, end)
    cues = [*verb_cues(tokens), *stance_cues(tokens), *holding_cues(tokens)]
    cues += [*phrase_cues(tokens), *possessive_cues(tokens)]
    if not cues:
        cues = gerund_cues(tokens)
    cues += colon_cues(tokens, heading) or (last_colon_cues(tokens) if heading else [])
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
