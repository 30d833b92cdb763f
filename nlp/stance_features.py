"""What the linear model sees of a candidate: hashed words around the masked target, and dense signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from markets.assets import registry
from nlp.assets import AssetMention
from nlp.candidates import Candidate
from nlp.hashed_words import BUCKETS as BUCKETS
from nlp.hashed_words import buckets_of, segment, word_buckets
from nlp.text import Prepared
from nlp.views import CLASSES, POLAR, View, aimed, lexicon_counts, view, word_classes

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


_TREND, _CONDITION = DENSE.index("trend"), CLASSES.index("condition")
_CONTEXT = buckets_of("")


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """A candidate as the model sees it: hashed binary features in order, and dense values in the order of DENSE."""

    buckets: NDArray[np.int32]
    dense: tuple[float, ...]
    net: float
    trend: float
    conditional: bool


class Featurizer:
    """Computes the features of a document's candidates, reading each clause once per target."""

    def __init__(self, prepared: Prepared, mentions: Sequence[AssetMention]) -> None:
        self.prepared = prepared
        self.spans = sorted((m.start, m.end, m.symbol) for m in mentions)
        self.cache: dict[tuple[int, int, str], View] = {}
        self.words: dict[tuple[tuple[str, ...], tuple[str, ...]], set[int]] = {}

    def view(self, start: int, end: int, target: str) -> View:
        key = (start, end, target)
        if key not in self.cache:
            self.cache[key] = aimed(self.unaimed(start, end), target)
        return self.cache[key]

    def unaimed(self, start: int, end: int) -> View:
        key = (start, end, "")
        if key not in self.cache:
            self.cache[key] = view(self.prepared, start, end, self.spans)
        return self.cache[key]

    def features(self, candidate: Candidate) -> Features:
        clause, prepared = candidate.clause, self.prepared
        sentence = prepared.sentences[clause.sentence]
        own = self.view(clause.start, clause.end, candidate.asset)
        whole = own if clause.count == 1 else self.view(sentence.start, sentence.end, candidate.asset)
        before = self._before(clause.sentence)
        window = _window(own)
        buckets = _in_order(self._word_buckets(own, whole), map(_CONTEXT.__getitem__, self._context(candidate, own)))
        dense = _dense(candidate, prepared, own, whole, before, window)
        return Features(buckets, dense, own.net, dense[_TREND], own.counts[_CONDITION] > 0)

    def _word_buckets(self, own: View, whole: View) -> set[int]:
        """The hashed words; the same for every asset that clause and sentence do not name."""
        key = (own.tokens, whole.tokens)
        if key not in self.words:
            self.words[key] = word_buckets(own, whole, self.prepared.kind == "post")
        return self.words[key]

    def _before(self, number: int) -> float:
        """The net of the sentence before, whatever the target."""
        sentence = self.prepared.sentences[number - 1]
        return self.unaimed(sentence.start, sentence.end).net if number and sentence.role == "body" else 0.0

    def _context(self, candidate: Candidate, own: View) -> list[str]:
        known = registry().get(candidate.asset)
        kind = known.kind if known else "equity"
        voice = candidate.voices[-1] if candidate.voices else None
        role = self.prepared.sentences[candidate.clause.sentence].role
        rule = voice.rule if voice else "none"
        names = [
            f"a={candidate.asset}",
            f"k={kind}",
            f"o={candidate.origin}",
            f"r={rule}",
            f"role={role}",
            f"{role}|{kind}",
            f"o={candidate.origin}|{rule}",
        ]
        if kind in ("rate", "macro", "currency"):
            names += [f"k={kind}|{t}" for t in own.tokens if word_classes(t)]
        return names + [f"o={candidate.origin}|{t}" for t in own.tokens if POLAR[t]]


def _in_order(words: set[int], context: Iterable[int]) -> NDArray[np.int32]:
    found = words.union(context)
    ordered = np.fromiter(found, np.int32, len(found))
    ordered.sort()
    return ordered


def _window(own: View) -> tuple[str, ...]:
    if not own.at:
        return ()
    return tuple(t for p in own.at for t in own.tokens[max(0, p - 5) : p + 7])


_tenses = itemgetter(*map(CLASSES.index, ("future", "past", "hedge", "level")))
_NUMBERS = frozenset(("<usd>", "<num>", "<pct>", "<x>"))
_ABOVE, _BELOW = frozenset(("above", "over")), frozenset(("below", "under", "beneath"))
_COUNTED = _NUMBERS | _ABOVE | _BELOW
_listed: Callable[[dict[str, float]], tuple[float, ...]] = itemgetter(*DENSE[: -len(CLASSES)])


def _dense(
    candidate: Candidate, prepared: Prepared, own: View, whole: View, before: float, window: tuple[str, ...]
) -> tuple[float, ...]:
    clause, sentence = candidate.clause, prepared.sentences[candidate.clause.sentence]
    future, past, hedge, level = _tenses(own.counts)
    words = max(1, len(own.tokens))
    where = clause.start / max(1, len(prepared.text))
    voice = candidate.voices[-1] if candidate.voices else None
    strength = min(3.0, abs(own.net))
    part = segment(own)
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
