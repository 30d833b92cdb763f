"""The grammar of quantities: every numeric expression of a text with its value and unit, and nothing else.

It finds candidates; find.py decides which of them state something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from nlp.assets import AssetMention
from nlp.figures.coins import of_coins
from nlp.figures.lexicon import (
    UnitWord,
    alternatives,
    currency_of,
    currency_patterns,
    lexicon,
    magnitude_of,
    magnitude_patterns,
    names_in,
    unit_of,
    unit_patterns,
)
from nlp.figures.quantity import Quantity as Quantity
from nlp.figures.ranges import ranges
from nlp.periods import Period
from nlp.prefilter import Caseless, Numeric

_NUMBER = (  # 1,234.5 and 1’234, lakhs 12,34,567, decimal comma 0,5%, plain
    r"(?:\d{1,3}(?:[,’'\u00a0\u202f]\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+,\d{1,2}(?=\s?[%€])|"
    r"\d+(?:\.\d+)?|\.\d+)"
)
_FRACTION = r"(?:[ -](?:1/2|1/4|3/4|[1357]/8|\d{1,2}/32|1/3|2/3)(?![\d/])|[½¼¾⅓⅔])"
# "a third day", "the second half of 2025" and "the halving" are no amounts
_NOT_WRITTEN = (
    r"(?<!halving(?! (?:its|the|their|in|from|to)\b))(?<!second half)(?<!first half)"
    r"(?! (?:straight|consecutive|time|day|week|month|year|round|party|quarter of 20|bottom|top|down on))"
)
REACH = 24  # characters that a sign, a currency ("pounds sterling") and a blank before a number may take
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"


@cache
def _patterns() -> tuple[Caseless, Caseless]:
    currency, magnitude, unit = currency_patterns(), magnitude_patterns(), unit_patterns()
    tail = (
        rf"(?:(?P<mag>[ -]?{magnitude})(?![\w’]))?(?P<plus>\+)?"
        rf"(?:[ -]?(?P<curafter>{currency})(?![\w])|(?P<unit>[ \u00a0-]{{0,2}}(?:%|{unit}(?![\w]))))?"
    )
    digits = re.compile(
        rf"(?:(?<![\w.,/$€£¥])(?P<sign>[+−-](?!\s))|(?<![$€£¥]))(?:(?P<cur>(?:(?<![A-Za-z])|(?=[$€£¥₹])){currency})\s?(?P<sign2>[+−-])?"
        rf"|(?<![\w.,/$€£¥]))"
        rf"(?P<num>{_NUMBER})(?!\d|(?:st|nd|rd|th)\b)(?P<frac>{_FRACTION})?(?P<decade>s\b)?" + tail,
        re.IGNORECASE,
    )
    small = alternatives(list(lexicon()["words"]))
    written = alternatives([re.escape(w) for w in lexicon()["written"]])
    ordinal = alternatives(list(lexicon()["ordinals"]))
    words = re.compile(
        rf"(?<![\w$-])(?:(?P<of>(?:{small}|\d+) (?:out )?of (?:the |its |their |her |his )?"
        rf"(?:(?:last|past|previous|prior) )?(?:{small}|\d+)\b(?: sessions)?)"
        rf"|(?P<written>{written})(?![\w‑-]){_NOT_WRITTEN}"
        rf"|(?P<ordinal>(?:{ordinal}|\d{{1,2}}(?:st|nd|rd|th)))[ -]"
        rf"(?=(?:straight|consecutive|successive|time|day|session|week|month|quarter|year)\b)"
        rf"|(?P<word>{_TENS}-{_ONES}|{small})(?:[ -](?P<mag2>hundred|thousand|million|billion|trillion))?"
        rf"(?:[ -](?:(?P<curw>{currency})|(?P<unitw>(?:and a half )?{unit})))?(?![\w]))",
        re.IGNORECASE,
    )
    return Numeric(digits, REACH), Caseless(words)


def find_quantities(text: str, periods: Iterable[Period], mentions: Iterable[AssetMention] = ()) -> list[Quantity]:
    """Every numeric expression outside names, dates and addresses, ranges merged, in order."""
    assets = {m.start: m for m in mentions}
    masked = sorted([(p.start, p.end) for p in periods] + [m.span() for m in names_in(text)])
    found = [*_digit_quantities(text), *_word_quantities(text)]
    free = _unmasked(sorted(found, key=lambda q: (q.start, -q.end)), masked)
    return list(ranges(text, [of_coins(text, q, assets) for q in free]))


def _unmasked(found: list[Quantity], masked: list[tuple[int, int]]) -> list[Quantity]:
    kept: list[Quantity] = []
    index = 0
    for quantity in found:
        while index < len(masked) and masked[index][1] <= quantity.start:
            index += 1
        inside = index < len(masked) and masked[index][0] < quantity.end
        inside = inside and not (quantity.kind == "share" and masked[index][0] > quantity.start)
        if not inside and (not kept or kept[-1].end <= quantity.start):
            kept.append(quantity)
    return kept


_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}


def number_of(printed: str) -> float:
    """1500 from "1,500" or "1’500", 0.5 from "0,5", 100000 from "1,00,000"."""
    if re.fullmatch(r"\d+,\d{1,2}", printed):
        return float(printed.replace(",", "."))
    return float(re.sub(r"[,’'\u00a0\u202f]", "", printed))


def _fraction(printed: str | None) -> float:
    if not printed:
        return 0.0
    if printed in _FRACTIONS:
        return _FRACTIONS[printed]
    above, below = printed.strip(" -").split("/")
    return int(above) / int(below)


_GLUED = re.compile(r"(?<!\d)[A-Za-z][-–]$|[A-Za-z]{2}[-–]$|^[-–]$")  # "ERC-20" is no quantity, "15k-20k" is


def _digit_quantities(text: str) -> Iterator[Quantity]:
    for match in _patterns()[0].finditer(text):
        if not match["cur"] and _GLUED.search(text, max(0, match.start() - 3), match.start()):
            continue
        try:
            yield _from_digits(text, match)
        except (ValueError, OverflowError):
            continue


def _from_digits(text: str, match: re.Match[str]) -> Quantity:
    start, end = match.span()
    number = number_of(match["num"])
    fraction = _fraction(match["frac"])
    number += fraction / 100 if re.search(r"\.\d\d$", match["num"]) else fraction  # "$6.45 3/4" a bushel
    magnitude = magnitude_of(match["mag"].strip(" -")) if match["mag"] else 1.0
    currency = currency_of(match["cur"] or match["curafter"]) if match["cur"] or match["curafter"] else None
    unit = unit_of(match["unit"].strip(" -\u00a0")) if match["unit"] else None
    sign = (match["sign"] or match["sign2"] or "").replace("−", "-")
    high = None
    if match["decade"]:
        if not currency or not re.fullmatch(r"\d+0", match["num"]):
            end = match.end("num")
            unit = None
        else:
            high = number + (10 ** (len(match["num"].rstrip("0")) and _zeros(match["num"])) - 1)
    if unit is not None and currency and not match["curafter"]:
        end, unit = match.start("unit"), None
    if match["plus"] and (currency or unit) and not match["curafter"] and not match["unit"]:
        end = match.start("plus")
    quantity = Quantity(
        start, end, text[start:end], number * magnitude, "other", "bare", high, sign, bool(match["plus"]),
        magnitude=magnitude, number=number,
    )  # fmt: skip
    return _with_unit(quantity, currency, unit)


def _zeros(digits: str) -> int:
    return len(digits) - len(digits.rstrip("0"))


def _with_unit(quantity: Quantity, currency: str | None, unit: object) -> Quantity:
    value = quantity.value
    if currency in ("BTC", "ETH"):
        return replace(quantity, value=value, unit=f"coins:{currency}", kind="coins")
    if currency:
        name = currency if currency in ("USD", "EUR") else "other"
        return replace(quantity, value=value, unit=name, kind="money")
    if isinstance(unit, UnitWord):
        return replace(quantity, value=value * unit.factor, unit=unit.unit, kind=unit.kind)
    return quantity


def _word_quantities(text: str) -> Iterator[Quantity]:
    for match in _patterns()[1].finditer(text):
        start, end = match.span()
        if match["of"]:
            yield _out_of(match)
        elif match["written"]:
            value, unit = lexicon()["written"][re.sub(r"\s", " ", match["written"].casefold())]
            yield Quantity(start, end, text[start:end], float(value), unit, "written", number=float(value), word=True)
        elif match["ordinal"]:
            yield _ordinal(text, match)
        else:
            yield _word_number(text, match)


def _small(word: str) -> float:
    low = word.casefold()
    return float(low) if low.isdigit() else float(lexicon()["words"].get(low, 0))


def _out_of(match: re.Match[str]) -> Quantity:
    first = re.split(r"\s", match["of"])[0]
    return Quantity(
        match.start(), match.end(), match.group(), _small(first), "count", "share", number=_small(first), word=True
    )


def _ordinal(text: str, match: re.Match[str]) -> Quantity:
    start, end = match.span("ordinal")
    printed = text[start:end].casefold()
    value = float(lexicon()["ordinals"].get(printed, 0)) or float(re.sub(r"\D", "", printed) or 0)
    return Quantity(start, end, text[start:end], value, "days", "ordinal", number=value, word=True)


def _word_number(text: str, match: re.Match[str]) -> Quantity:
    start, end = match.span()
    number = sum(_small(part) for part in match["word"].split("-"))
    magnitude = magnitude_of(match["mag2"]) if match["mag2"] else 1.0
    currency = currency_of(match["curw"]) if match["curw"] else None
    unit = unit_of(match["unitw"].replace("and a half ", "").strip(" -")) if match["unitw"] else None
    number += 0.5 if match["unitw"] and match["unitw"].startswith("and a half") else 0
    base = Quantity(
        start, end, text[start:end], number * magnitude, "count", "bare",
        magnitude=magnitude, number=number, word=True,
    )  # fmt: skip
    return _with_unit(base, currency, unit)
