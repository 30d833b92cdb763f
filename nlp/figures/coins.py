"""Amounts of coins: "817 BTC", "15 million FARTCOIN", "80,000 coins"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from markets.assets import registry
from nlp.assets import AssetMention
from nlp.figures.lexicon import word_list
from nlp.figures.quantity import Quantity

_COIN_WORD = re.compile(r"\s?(?:coins|tokens)\b")
_TICKER = re.compile(r"\s(?P<ticker>[A-Z][A-Z0-9]{2,9})\b(?![-/])")
_COMPOUND = re.compile(
    r"[ -](?:(?:spot |perpetual )?(?:options?|contracts?|futures?|ETFs?|ETPs?|price|prices|treasury|treasuries|network|"
    r"address(?:es)?|wallets?|holders?|whales?|companies|firms|miners|investors|traders|funds?|products|users|blocks?|"
    r"transactions?|accounts?|exchanges?|halvings?|cycles?|million|billion))\b"
)


def of_coins(text: str, quantity: Quantity, assets: Mapping[int, AssetMention]) -> Quantity:
    """An amount of a coin: "817 BTC", "15 million FARTCOIN", "80,000 coins"."""
    if quantity.kind != "bare" or (quantity.text.isalpha() and quantity.word):
        return quantity
    at = quantity.end + (text[quantity.end : quantity.end + 1] in (" ", "\u00a0"))
    mention = assets.get(at)
    ticker = _TICKER.match(text, quantity.end) if mention is None else None
    if mention is not None and _is_coin(mention) and mention.text[0] != "$":
        end, symbol = mention.end, mention.symbol
    elif ticker and ticker["ticker"] not in word_list("no_tickers") and mention is None:
        end, symbol = ticker.end(), ticker["ticker"]
    elif word := _COIN_WORD.match(text, quantity.end):
        return replace(quantity, end=word.end(), text=text[quantity.start : word.end()], kind="coins", unit="coins:")
    else:
        return quantity
    if _COMPOUND.match(text, end):
        return replace(quantity, unit="count", kind="counted")
    return replace(quantity, end=end, text=text[quantity.start : end], unit=f"coins:{symbol}", kind="coins")


def _is_coin(mention: AssetMention) -> bool:
    known = registry().get(mention.symbol)
    return known.kind == "coin" if known else mention.ticker
