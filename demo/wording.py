"""Slots in the demo's hand-written texts, filled from the simulated prices of the day before publication.

    {BTC}             the last close                      $41,200
    {BTC+12} {BTC-8}  a round level that far away         $46,000
    {BTC~30}          the size of the move over 30 days   14%
    {BTC@2023-02-09}  the close of another day            $23,100
    {BTC~2023-02-09}  the size of the move since then     77%

In a post the asset is the planned call's: {px}, {px+12}, {abs30}, {mv30} ("up 14%"), {name}, {Name}, {tag}.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from demo.prices import close_on

NAMES: Mapping[str, str] = MappingProxyType({
    "BTC": "bitcoin", "ETH": "ether", "SOL": "solana", "XRP": "XRP", "DOGE": "dogecoin", "SPX": "the S&P 500",
    "NDX": "the Nasdaq 100", "RUT": "the Russell 2000", "GOLD": "gold", "WTI": "crude oil",
    "DXY": "the dollar index", "VIX": "the VIX", "US10Y": "the 10-year Treasury yield",
})  # fmt: skip
STRIDES: Mapping[str, float] = MappingProxyType({"DXY": 0.25, "GOLD": 0.5, "SPX": 0.5, "NDX": 0.6, "RUT": 0.7})
_SLOT = re.compile(r"\{([A-Z][A-Z0-9]*)(@\d{4}-\d\d-\d\d)?(?:([+-])(\d+(?:\.\d+)?)|~(\d{4}-\d\d-\d\d|\d+))?\}")
_POST_SLOT = re.compile(r"\{(px|abs|mv|Mv)([+-]?\d+)?\}")


def fill(text: str, published: date) -> str:
    """The text with every slot filled. Raises KeyError or LookupError for an asset or day without a price."""
    return _SLOT.sub(lambda found: _filled(found, published - timedelta(days=1)), text)


def fill_post(text: str, symbol: str, published: date, stride: float = 1.0) -> str:
    """A post's text for one asset: its own slots first, then those of `fill`.

    `stride` scales the distance of levels: a text written for any asset asks less of the dollar than of a coin.
    """
    name = NAMES[symbol]
    words = {"{name}": name, "{Name}": name[0].upper() + name[1:], "{tag}": f"${symbol}", "{sym}": symbol}
    for slot, word in words.items():
        text = text.replace(slot, word)
    return fill(_POST_SLOT.sub(lambda found: _post_slot(found, symbol, published, stride), text), published)


def price_text(symbol: str, value: float) -> str:
    """A price as people print it: "$41,200", "$0.62", "5,390" (an index), "4.12%" (a yield)."""
    if symbol == "US10Y":
        return f"{value:.2f}%"
    if symbol in ("VIX", "DXY"):
        return f"{value:.1f}"
    digits = 2 if value < 10 else 0
    if value < 1:
        digits = 3 if value < 0.2 else 2
    number = f"{value:,.{digits}f}"
    return number if symbol in ("SPX", "NDX", "RUT") else f"${number}"


def _filled(found: re.Match[str], day: date) -> str:
    symbol, at, sign, step, back = found.groups()
    now = close_on(symbol, date.fromisoformat(at[1:]) if at else day)
    if back:
        then = date.fromisoformat(back) if "-" in back else day - timedelta(days=int(back))
        return _size(symbol, close_on(symbol, then), now)
    if sign:
        return price_text(symbol, _level(symbol, now, float(sign + step)))
    return price_text(symbol, now if symbol in ("US10Y", "VIX", "DXY") else _rounded(now, 4 if now > 1000 else 3))


def _post_slot(found: re.Match[str], symbol: str, published: date, stride: float) -> str:
    kind, argument = found.groups()
    if kind == "px":
        level = f"{float(argument) * stride:+g}" if argument else ""
        return f"{{{symbol}{level}}}"
    if kind == "abs":
        return f"{{{symbol}~{argument}}}"
    day = published - timedelta(days=1)
    before, now = close_on(symbol, day - timedelta(days=int(argument))), close_on(symbol, day)
    words = f"{'up' if now >= before else 'down'} {_size(symbol, before, now)}"
    return words if kind == "mv" else words.capitalize()


def _size(symbol: str, before: float, now: float) -> str:
    if symbol == "US10Y":
        return f"{abs(now - before) * 100:.0f} basis points"
    move = abs(now / before - 1) * 100
    return f"{move:.1f}%" if move < 10 else f"{move:.0f}%"


def _level(symbol: str, now: float, percent: float) -> float:
    """A level people would name: away from the price, then round. For a yield the step is in basis points."""
    if symbol == "US10Y":
        return round((now + percent / 100) * 20) / 20
    away = now * (1 + percent / 100)
    if symbol == "DXY":
        return round(away * 2) / 2
    power = float(10 ** math.floor(math.log10(away)))
    step = power / (20 if away / power < 5 else 10)
    return round(away / step) * step


def _rounded(value: float, digits: int) -> float:
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))
