"""Is it clear what a figure is about? A contradiction is only stated where the sentence names its asset."""

from __future__ import annotations

import re
from functools import cache

from markets.asset import Asset
from outcomes.figure_claims import ClaimedFigure
from outcomes.market import Market


def subject_is_clear(figure: ClaimedFigure, market: Market) -> bool:
    """Whether the quote names the asset, and no other priced asset stands nearer to the figure."""
    asset = market.assets.get(figure.asset or "")
    own = _distance(asset, figure) if asset else None
    if own is None:
        return False
    others = (market.assets.get(symbol) for symbol in market.prices.symbols if symbol != figure.asset)
    return all(
        (_distance(other, figure) or REMOTE) >= own for other in others if other and other.tracks != figure.asset
    )


REMOTE = 10_000


def _distance(asset: Asset, figure: ClaimedFigure) -> int | None:
    """Characters from the figure to the nearest name of the asset, None where the quote does not name it."""
    middle = figure.at + len(figure.text) // 2
    places = [m.start() for pattern in _patterns(asset.symbol, *_names(asset)) for m in pattern.finditer(figure.quote)]
    return min((abs(place - middle) for place in places), default=None)


def _names(asset: Asset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    loose = (asset.name, *asset.aliases, *asset.guarded)
    return loose, (asset.symbol, *asset.exact, *asset.guarded_exact)


@cache
def _patterns(symbol: str, loose: tuple[str, ...], exact: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    made = []
    for names, flags in ((loose, re.IGNORECASE), (exact, 0)):
        words = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True) if n)
        if words:
            made.append(re.compile(rf"(?<![\w$])(?:{words})(?![\w])", flags))
    return tuple(made)
