"""Which asset a figure is about: candidates from the sentence, the sentences before and the whole document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markets.assets import registry
from nlp.assets import AssetMention
from nlp.figures.context import Around
from nlp.figures.governor import unit_class
from nlp.figures.lexicon import currency_of, word_list
from nlp.figures.quantity import Quantity
from nlp.text import Prepared

NONE = ""  # the figure is about no asset
_REACH = 3  # sentences looked back


@dataclass(frozen=True, slots=True)
class Mentions:
    """A document's asset mentions by sentence, and how often each symbol is named."""

    by_sentence: dict[int, list[AssetMention]]
    counts: Counter[str]
    ranked: tuple[str, ...]
    titled: frozenset[str]


def gather(prepared: Prepared, mentions: Sequence[AssetMention]) -> Mentions:
    """Mentions outside boilerplate, arranged for looking up."""
    by_sentence: dict[int, list[AssetMention]] = {}
    counts: Counter[str] = Counter()
    titled = set()
    for mention in mentions:
        if not prepared.sentences or prepared.sentences[mention.sentence].role == "boilerplate":
            continue
        by_sentence.setdefault(mention.sentence, []).append(mention)
        counts[mention.symbol] += 1
        if prepared.sentences[mention.sentence].role == "title":
            titled.add(mention.symbol)
    return Mentions(by_sentence, counts, tuple(s for s, _ in counts.most_common(4)), frozenset(titled))


def candidates(
    text: str, quantity: Quantity, around: Around, role: str, known: Mentions
) -> Iterator[tuple[str, set[str]]]:
    """(symbol, features) of every asset the figure may be about; the empty symbol for none."""
    here = known.by_sentence.get(around.sentence, [])
    unit, money = unit_class(quantity), _foreign(quantity)
    options: dict[str, set[str]] = {}
    _in_sentence(text, quantity, here, options)
    for back in range(1, _REACH + 1):
        earlier = known.by_sentence.get(around.sentence - back, [])
        for place, mention in enumerate(reversed(earlier)):
            features = options.setdefault(mention.symbol, set())
            features.add(f"back{back}:{min(place, 2)}:{bool(here)}")
            if mention is earlier[0]:
                features.add(f"back{back}:first:{bool(here)}")
    for place, symbol in enumerate(_recent(around.sentence, known)):
        options.setdefault(symbol, set()).add(f"recent{place}:{bool(here)}")
    for place, symbol in enumerate(known.ranked[:3]):
        options.setdefault(symbol, set()).update({f"top{place}", f"top{place}:{bool(here)}"})
    for symbol, features in options.items():
        if symbol in known.titled:
            features.update({"title", f"title:{bool(here)}"})
        share = known.counts[symbol] / max(1, known.counts.total())
        features.add(f"share{min(4, int(share * 5))}")
        features.update(_fit(symbol, unit, role))
        if money:
            features.add(f"money:{symbol.endswith(money) and len(symbol) == 6}")
        yield symbol, features
    yield NONE, {"none", f"none:{role}", f"none:{unit}", f"none:{bool(here)}", f"none:{role}:{bool(here)}"}


def _recent(sentence: int, known: Mentions) -> list[str]:
    """The symbols named last before a sentence, the latest first: what "it" and "the price" may mean."""
    found: list[str] = []
    for index in range(sentence - 1, max(-1, sentence - 12), -1):
        for mention in reversed(known.by_sentence.get(index, [])):
            if mention.symbol not in found:
                found.append(mention.symbol)
        if len(found) >= 3:
            break
    return found[:3]


_NOT_MONEY = re.compile(r"[\d.,\s-]+|(?:million|billion|trillion|[bm]ln|[bmt]n)\b")


def _foreign(quantity: Quantity) -> str | None:
    """The currency of an amount that is not in dollars: "JPY" of "¥131" or "80 yen"."""
    if quantity.kind != "money" or quantity.unit == "USD":
        return None
    return currency_of(_NOT_MONEY.sub("", quantity.text))


def _fit(symbol: str, unit: str, role: str) -> Iterator[str]:
    row = registry().get(symbol)
    kind: str = row.kind if row else "ticker"
    kind = "pair" if kind == "currency" and len(symbol) == 6 else kind
    yield f"kind:{kind}"
    yield f"{role}:{kind}"
    yield f"{unit}:{kind}"
    if kind in ("group", "macro", "rate"):
        yield f"{role}:{symbol}"
        yield f"{unit}:{symbol}"


def _in_sentence(text: str, quantity: Quantity, here: Sequence[AssetMention], options: dict[str, set[str]]) -> None:
    before = [m for m in here if m.start < quantity.start]
    after = [m for m in here if m.start >= quantity.start]
    for place, mention in enumerate(reversed(before)):
        gap = text[mention.end : quantity.start]
        features = options.setdefault(mention.symbol, set())
        features.update({f"<{min(place, 4)}", f"<{_near(len(gap))}", f"<{min(place, 4)}:{bool(after)}"})
        features.update(_gap(gap, "<", place))
        if mention.modifier:
            features.add("modifier")
    for place, mention in enumerate(after):
        gap = text[quantity.end : mention.start]
        features = options.setdefault(mention.symbol, set())
        features.update({f">{min(place, 4)}", f">{_near(len(gap))}", f">{min(place, 4)}:{bool(before)}"})
        features.update(_gap(gap, ">", place))
    if before:
        options[before[0].symbol].add("subject")
    if here:
        options[here[0].symbol].add("first")


def _near(length: int) -> str:
    return next((str(limit) for limit in (3, 12, 25, 50, 100, 200) if length <= limit), "far")


def _gap(gap: str, side: str, place: int) -> Iterator[str]:
    """What stands between mention and figure."""
    low = gap.casefold()
    words = low.split()
    if any(mark in gap for mark in ";.—|"):
        yield f"{side}stop"
    if " while " in low or " but " in low or " as " in low:
        yield f"{side}turn"
    if "," in gap:
        yield f"{side}comma"
    if any(c.isdigit() for c in gap):
        yield f"{side}number"
    if place == 0:
        if len(words) <= 2:
            yield f"{side}is:{' '.join(words)}"
        if words and words[0 if side == ">" else -1] in word_list("links"):
            yield f"{side}by:{words[0 if side == '>' else -1]}"
        yield f"{side}words{min(6, len(words))}"
