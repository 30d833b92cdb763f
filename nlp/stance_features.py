"""What the linear model sees of a candidate: hashed words around the masked target, and dense signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import numpy as np

from markets.assets import registry
from nlp.assets import AssetMention
from nlp.candidates import Candidate
from nlp.hashed_words import BUCKETS as BUCKETS
from nlp.hashed_words import buckets_of, segment, word_buckets
from nlp.text import Prepared
from nlp.views import CLASSES, View, aimed, lexicon_counts, polar, view, word_classes

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


@dataclass(frozen=True, slots=True)
class Features:
    """A candidate as the model sees it: hashed binary features, and dense values in the order of DENSE."""

    buckets: tuple[int, ...]
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
        self.words: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[frozenset[int], tuple[int, ...]]] = {}

    def view(self, start: int, end: int, target: str) -> View:
        key = (start, end, target)
        if key not in self.cache:
            span = (start, end, "")
            if span not in self.cache:
                self.cache[span] = view(self.prepared, start, end, self.spans)
            self.cache[key] = aimed(self.cache[span], target)
        return self.cache[key]

    def features(self, candidate: Candidate) -> Features:
        clause, prepared = candidate.clause, self.prepared
        sentence = prepared.sentences[clause.sentence]
        own = self.view(clause.start, clause.end, candidate.asset)
        whole = own if clause.count == 1 else self.view(sentence.start, sentence.end, candidate.asset)
        before = self._before(clause.sentence, candidate.asset)
        window = _window(own)
        words, in_order = self._word_buckets(own, whole)
        context = {*map(_CONTEXT.__getitem__, self._context(candidate, own))} - words
        dense = _dense(candidate, prepared, own, whole, before, window)
        return Features(tuple(sorted((*in_order, *context))), dense, own.net, dense[_TREND], own.counts[_CONDITION] > 0)

    def _word_buckets(self, own: View, whole: View) -> tuple[frozenset[int], tuple[int, ...]]:
        """The hashed words, as a set and in order; the same for every asset that clause and sentence do not name."""
        key = (own.tokens, whole.tokens)
        if key not in self.words:
            found = word_buckets(own, whole, self.prepared.kind == "post")
            ordered = np.sort(np.fromiter(found, np.int32, len(found)))  # a third of the time of `sorted`
            self.words[key] = found, tuple(ordered.tolist())
        return self.words[key]

    def _before(self, number: int, target: str) -> View | None:
        if not number:
            return None
        sentence = self.prepared.sentences[number - 1]
        return self.view(sentence.start, sentence.end, target) if sentence.role == "body" else None

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
        return names + [f"o={candidate.origin}|{t}" for t in own.tokens if polar(t)]


def _window(own: View) -> tuple[str, ...]:
    if not own.at:
        return ()
    return tuple(t for p in own.at for t in own.tokens[max(0, p - 5) : p + 7])


_in_order: Callable[[dict[str, float]], tuple[float, ...]] = itemgetter(*DENSE[: -len(CLASSES)])


def _dense(
    candidate: Candidate, prepared: Prepared, own: View, whole: View, before: View | None, window: tuple[str, ...]
) -> tuple[float, ...]:
    clause, sentence = candidate.clause, prepared.sentences[candidate.clause.sentence]
    counts = dict(zip(CLASSES, own.counts, strict=True))
    words = max(1, len(own.tokens))
    where = clause.start / max(1, len(prepared.text))
    voice = candidate.voices[-1] if candidate.voices else None
    strength = min(3.0, abs(own.net))
    part = segment(own)
    telling = any(own.counts)  # else no part of the clause has words of the lexicon either
    forward = float(counts["future"] > 0)
    ending = prepared.text[sentence.end - 2 : sentence.end]
    numbers = sum(map(own.tokens.count, ("<usd>", "<num>", "<pct>", "<x>")))
    values = {
        "bias": 1.0,
        "net": _clip(own.net),
        "positive": float(own.net > 0),
        "negative": float(own.net < 0),
        "net_window": _clip(lexicon_counts(window)[1]) if window and telling else 0.0,
        "net_sentence": _clip(whole.net),
        "net_before": _clip(before.net) if before else 0.0,
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
        "money": float("<usd>" in own.tokens),
        "percent": float("<pct>" in own.tokens),
        "forward": forward,
        "forward_polar": forward * strength,
        "past_polar": float(counts["past"] > 0) * strength,
        "hedge_polar": float(counts["hedge"] > 0) * strength,
        "level_future": forward * float(counts["level"] > 0),
        "numbers_future": forward * min(2.0, numbers),
        "past_only": float(counts["past"] > 0 and not forward),
        "post_long": float(prepared.kind == "post" and len(prepared.text) > 140),
        "share": candidate.share,
        "in_title": float(candidate.in_title),
        "title_only": float(candidate.in_title and candidate.alone_in_title),
        "trend": _trend(prepared.text[clause.start : clause.end]),
        "above": min(2.0, sum(map(own.tokens.count, ("above", "over")))),
        "below": min(2.0, sum(map(own.tokens.count, ("below", "under", "beneath")))),
        "subject": float(bool(own.at) and own.at[0] < 4),
        "rivals": float(candidate.origin != "explicit" and bool(candidate.others)),
        "net_segment": _clip(lexicon_counts(part)[1]) if part and telling else 0.0,
        "net_after": _clip(lexicon_counts(part[part.index("<t>") :])[1]) if part and telling else 0.0,
    }
    return _in_order(values) + tuple([min(3.0, value) for value in own.counts])


_PRICE = re.compile(
    r"[$€£¥]?(\d[\d,]*(?:\.\d+)?)([kKmMbB]?)(?![\d%]|\s?(?:percent|per cent|bps|%|x\b|days?|weeks?|months?|years?))"
)


@lru_cache(maxsize=64)  # the candidates of one clause ask in turn
def _trend(text: str) -> float:
    """The sign of the last price of the clause against the first: a move to $3,420 below $3,500 is -1."""
    found = [m for m in _PRICE.finditer(text) if not (m[1].isdigit() and 1900 < int(m[1]) < 2100)]
    if len(found) < 2:
        return 0.0
    first, last = (float(m[1].replace(",", "")) * (1000 if m[2] in "kK" and m[2] else 1) for m in (found[0], found[-1]))
    if not 0.2 < last / (first or 1) < 5 or first == last:
        return 0.0
    return 1.0 if last > first else -1.0


def _clip(value: float) -> float:
    return max(-3.0, min(3.0, value))
