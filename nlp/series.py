"""Series that a text implies: whose policy rate, whose inflation, "yields", "stock volatility"."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from markets.assets import registry
from nlp.assets import AssetMention
from nlp.first_letters import narrowed
from nlp.prefilter import Caseless
from nlp.text import Prepared


@dataclass(frozen=True, slots=True)
class Series:
    """series.toml, compiled; countries are numbered in the file's order, 0 the one meant by default."""

    banks: re.Pattern[str]
    policy: Caseless
    acts: re.Pattern[str]
    yields: Caseless
    other_yields: re.Pattern[str]
    volatility: Caseless
    countries: re.Pattern[str]
    rates: tuple[str, ...]
    prices: tuple[str, ...]
    same: dict[str, str]


@cache
def series() -> Series:
    """The rules of series.toml."""
    data = tomllib.loads(files("nlp").joinpath("series.toml").read_text(encoding="utf-8"))
    rows = data["country"]
    banks, acts = data["banks"]["pattern"], data["acts"]
    by_a_bank = rf"{banks}(?:['’]s)?(?: \w+){{0,3}}? {acts['done']}"
    names = "|".join(f"(?P<c{i}>{row['pattern']})" for i, row in enumerate(rows))
    return Series(
        narrowed(re.compile(rf"\b{banks}\b")),
        Caseless(re.compile(data["policy"]["pattern"], re.IGNORECASE)),
        narrowed(re.compile(rf"\b(?:{by_a_bank}|{acts['pattern']})\b")),
        Caseless(re.compile(data["yields"]["pattern"], re.IGNORECASE)),
        re.compile(data["yields"]["other"]),
        Caseless(re.compile(data["volatility"]["pattern"], re.IGNORECASE)),
        narrowed(re.compile(names)),
        tuple(row["rate"] for row in rows),
        tuple(row["prices"] for row in rows),
        data["same"],
    )


def with_series(prepared: Prepared, mentions: Sequence[AssetMention]) -> tuple[AssetMention, ...]:
    """The mentions with rates and inflation moved to the country spoken of, and implied series added."""
    rule, text = series(), prepared.text
    found = [replace(m, symbol=rule.same[m.symbol]) if m.symbol in rule.same else m for m in mentions]
    found += _implied(prepared, found)
    if not any(m.symbol in ("FEDFUNDS", "CPI") for m in found):
        return tuple(sorted(found, key=lambda m: m.start))
    places = [(m.start(), int((m.lastgroup or "c0")[1:])) for m in rule.countries.finditer(text)]
    home = _home(places)
    moved = [_moved(prepared, m, places, home) for m in found]
    return tuple(sorted(moved, key=lambda m: m.start))


def _implied(prepared: Prepared, mentions: Sequence[AssetMention]) -> list[AssetMention]:
    rule, text = series(), prepared.text
    taken = sorted((m.start, m.end) for m in mentions)
    implied: list[tuple[Caseless | re.Pattern[str], str]] = [(rule.yields, "US10Y")]
    if not _of_coins(mentions):
        implied.append((rule.volatility, "VIX"))
    if rule.banks.search(text):
        implied = [(rule.policy, "FEDFUNDS"), (rule.acts, "FEDFUNDS"), *implied]
    found: list[AssetMention] = []
    for pattern, symbol in implied:
        taken = sorted([*taken, *((m.start, m.end) for m in found)])
        for match in pattern.finditer(text):
            start, end = match.span()
            if symbol == "US10Y" and rule.other_yields.search(text, max(0, start - 30), start):
                continue
            if _free(taken, start, end):
                found.append(AssetMention(start, end, symbol, match.group(), prepared.sentence_at(start)))
    return found


def _of_coins(mentions: Sequence[AssetMention]) -> bool:
    """Whether most of what a text names are coins, whose implied volatility is not that of stocks."""
    assets = [registry().get(mention.symbol) for mention in mentions]
    return 2 * sum(asset is not None and asset.kind == "coin" for asset in assets) > len(assets)


def _free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_left(taken, (start, end))
    return not (at < len(taken) and taken[at][0] < end) and not (at and taken[at - 1][1] > start)


def _home(places: list[tuple[int, int]]) -> int:
    """The country a document is about: the one named most, and at least three times; else the default."""
    votes = Counter(country for _, country in places)
    if not votes:
        return 0
    country, count = votes.most_common(1)[0]
    return country if count >= 3 and count > votes[0] else 0


def _moved(prepared: Prepared, mention: AssetMention, places: list[tuple[int, int]], home: int) -> AssetMention:
    if mention.symbol not in ("FEDFUNDS", "CPI") or re.match(r"fed|u\.?s", mention.text, re.IGNORECASE):
        return mention
    country = _country(prepared, mention, places, home)
    names = series().rates if mention.symbol == "FEDFUNDS" else series().prices
    return replace(mention, symbol=names[country])


def _country(prepared: Prepared, mention: AssetMention, places: list[tuple[int, int]], home: int) -> int:
    """The nearest country named in the sentence, else the last one of the two sentences before, else the home."""
    sentence = prepared.sentences[mention.sentence]
    here = [p for p in places if sentence.start <= p[0] < sentence.end]
    if here:
        return min(here, key=lambda p: abs(p[0] - mention.start) + (40 if p[0] > mention.start else 0))[1]
    floor = prepared.sentences[max(0, mention.sentence - 2)].start
    before = [p for p in places if floor <= p[0] < sentence.start]
    return before[-1][1] if before else home
