"""Where a text names an asset."""

from __future__ import annotations

import re
from functools import cache

from markets.asset import Asset


def places_of(asset: Asset, text: str) -> list[int]:
    """Offsets of the asset's names and tickers in the text."""
    loose = (asset.name, *asset.aliases, *asset.guarded)
    exact = (asset.symbol, *asset.exact, *asset.guarded_exact)
    return [match.start() for pattern in _patterns(loose, exact) for match in pattern.finditer(text)]


@cache
def _patterns(loose: tuple[str, ...], exact: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    made = []
    for names, flags in ((loose, re.IGNORECASE), (exact, re.NOFLAG)):
        words = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True) if n)
        if words:
            made.append(re.compile(rf"(?<![\w$])(?:{words})(?![\w])", flags))
    return tuple(made)
