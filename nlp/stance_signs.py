"""The dense signs of a candidate: counts of the lexicon, where it stands, who speaks, how the clause is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter

from nlp.candidates import Candidate
from nlp.hashed_words import segment
from nlp.text import Prepared
from nlp.views import CLASSES, View, lexicon_counts

DENSE = (
    "bias",
    "net",
    "positive",
    "negative",
    "net_window",
    "net_sentence",
    "net_before",
    "clauses",
    "later_clause",
    "assets",
    "carried_far",
    "explicit",
    "same_sentence",
    "carried",
    "main_only",
    "is_main",
    "modifier",
    "first_named",
    "verbatim",
    "named",
    "group",
    "own",
    "carried_voice",
    "strong_voice",
    "post",
    "title",
    "heading",
    "question",
    "exclaim",
    "early",
    "late",
    "short",
    "long",
    "money",
    "percent",
    "forward",
    "forward_polar",
    "past_polar",
    "hedge_polar",
    "level_future",
    "numbers_future",
    "past_only",
    "post_long",
    "share",
    "in_title",
    "title_only",
    "trend",
    "above",
    "below",
    "subject",
    "rivals",
    "net_segment",
    "net_after",
    *CLASSES,
)


def _window(own: View) -> tuple[str, ...]:
    if not own.at:
        return ()
    return tuple(t for p in own.at for t in own.tokens[max(0, p - 5) : p + 7])


_tenses = itemgetter(*map(CLASSES.index, ("future", "past", "hedge", "level")))
_NUMBERS = frozenset(("<usd>", "<num>", "<pct>", "<x>"))
_ABOVE, _BELOW = frozenset(("above", "over")), frozenset(("below", "under", "beneath"))
_COUNTED = _NUMBERS | _ABOVE | _BELOW
_listed: Callable[[dict[str, float]], tuple[float, ...]] = itemgetter(*DENSE[: -len(CLASSES)])


def dense_signs(candidate: Candidate, prepared: Prepared, own: View, whole: View, before: float) -> tuple[float, ...]:
    """The values of DENSE for a candidate; `own`, `whole`: its clause and sentence, `before`: the net before them."""
    clause, sentence = candidate.clause, prepared.sentences[candidate.clause.sentence]
    future, past, hedge, level = _tenses(own.counts)
    words = max(1, len(own.tokens))
    where = clause.start / max(1, len(prepared.text))
    voice = candidate.voices[-1] if candidate.voices else None
    strength = min(3.0, abs(own.net))
    part, window = segment(own), _window(own)
    telling = any(own.counts)  # else no part of the clause has words of the lexicon either
    forward = float(future > 0)
    ending = prepared.text[sentence.end - 2 : sentence.end]
    printed = _COUNTED.intersection(own.tokens)
    values = {
        "bias": 1.0,
        "net": _clip(own.net),
        "positive": float(own.net > 0),
        "negative": float(own.net < 0),
        "net_window": _clip(lexicon_counts(window)[1]) if window and telling else 0.0,
        "net_sentence": _clip(whole.net),
        "net_before": _clip(before),
        "clauses": clause.count - 1.0,
        "later_clause": float(clause.position > 0),
        "assets": min(4.0, len({m.symbol for m in candidate.others})),
        "carried_far": min(4.0, candidate.distance),
        "explicit": float(candidate.origin == "explicit"),
        "same_sentence": float(candidate.origin == "sentence"),
        "carried": float(candidate.origin == "carried"),
        "main_only": float(candidate.origin == "main"),
        "is_main": float(candidate.main),
        "modifier": float(bool(candidate.mentions) and all(m.modifier for m in candidate.mentions)),
        "first_named": float(
            bool(candidate.mentions) and all(candidate.mentions[0].start < o.start for o in candidate.others)
        ),
        "verbatim": float(bool(voice and voice.verbatim)),
        "named": float(bool(voice and voice.speaker not in ("", "unnamed"))),
        "group": float(bool(voice and voice.speaker == "unnamed")),
        "own": float(voice is None),
        "carried_voice": float(bool(voice and voice.rule.startswith("carried"))),
        "strong_voice": float(bool(voice and voice.confidence >= 0.9)),
        "post": float(prepared.kind == "post"),
        "title": float(sentence.role == "title"),
        "heading": float(sentence.role == "heading"),
        "question": float("?" in ending),
        "exclaim": float("!" in ending),
        "early": float(where < 0.15),
        "late": float(where > 0.75),
        "short": float(words < 7),
        "long": float(words > 35),
        "money": float("<usd>" in printed),
        "percent": float("<pct>" in printed),
        "forward": forward,
        "forward_polar": forward * strength,
        "past_polar": float(past > 0) * strength,
        "hedge_polar": float(hedge > 0) * strength,
        "level_future": forward * float(level > 0),
        "numbers_future": forward * min(2.0, sum(map(own.tokens.count, printed & _NUMBERS))),
        "past_only": float(past > 0 and not forward),
        "post_long": float(prepared.kind == "post" and len(prepared.text) > 140),
        "share": candidate.share,
        "in_title": float(candidate.in_title),
        "title_only": float(candidate.in_title and candidate.alone_in_title),
        "trend": _trend(prepared.text[clause.start : clause.end]),
        "above": min(2.0, sum(map(own.tokens.count, printed & _ABOVE))),
        "below": min(2.0, sum(map(own.tokens.count, printed & _BELOW))),
        "subject": float(bool(own.at) and own.at[0] < 4),
        "rivals": float(candidate.origin != "explicit" and bool(candidate.others)),
        "net_segment": _clip(lexicon_counts(part)[1]) if part and telling else 0.0,
        "net_after": _clip(lexicon_counts(part[part.index("<t>") :])[1]) if part and telling else 0.0,
    }
    return _listed(values) + (tuple([min(3.0, value) for value in own.counts]) if telling else own.counts)


_PRICE = re.compile(
    r"[$€£¥]?(\d[\d,]*(?:\.\d+)?)([kKmMbB]?)(?![\d%]|\s?(?:percent|per cent|bps|%|x\b|days?|weeks?|months?|years?))"
)


_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=64)  # the candidates of one clause ask in turn
def _trend(text: str) -> float:
    """The sign of the last price of the clause against the first: a move to $3,420 below $3,500 is -1."""
    if not _DIGIT.search(text):
        return 0.0
    found = [m for m in _PRICE.finditer(text) if not (m[1].isdigit() and 1900 < int(m[1]) < 2100)]
    if len(found) < 2:
        return 0.0
    first, last = (float(m[1].replace(",", "")) * (1000 if m[2] in "kK" and m[2] else 1) for m in (found[0], found[-1]))
    if not 0.2 < last / (first or 1) < 5 or first == last:
        return 0.0
    return 1.0 if last > first else -1.0


def _clip(value: float) -> float:
    return max(-3.0, min(3.0, value))
