"""Is it clear what a figure is about? A contradiction is only stated where the sentence leaves no doubt."""

from __future__ import annotations

from markets.asset import Asset
from nlp.periods import find_periods
from outcomes.asset_names import places_of
from outcomes.figure_claims import ClaimedFigure
from outcomes.figure_stretch import stretch_of, stretch_spans
from outcomes.figure_words import lead_of, other_quantity
from outcomes.market import Market
from outcomes.verdicts import Reason


def doubt_about(figure: ClaimedFigure, market: Market) -> Reason | None:
    """Why a figure that does not fit may have been misread: another asset or quantity, or more than one period.

    "Bitcoin recorded 88% higher trading volume" is no move of its price; "a record on Monday, 65% above the April low"
    names two times, and only a reader knows which is meant.
    """
    if not _names_its_asset(figure, market) or other_quantity(figure.around):
        return "asset unclear"
    stretch = stretch_of(figure.quote, figure.at, figure.text)
    within = figure.role == "change" and figure.span and lead_of(figure.period or "", figure.quote) == "within"
    if within and stretch is None and not _follows(figure):
        return "no checkable period"
    both = figure.span is not None and stretch is not None
    return "no checkable period" if _periods(figure) > 1 + both else None


def _follows(figure: ClaimedFigure) -> bool:
    """Whether the period comes right after the figure: "gained 5% in January"."""
    after = figure.quote[figure.at + len(figure.text) :]
    return 0 <= after.find((figure.period or "").strip()) <= RIGHT_AFTER


def _names_its_asset(figure: ClaimedFigure, market: Market) -> bool:
    """Whether the quote names the asset, and no other priced asset stands nearer to the figure."""
    asset = market.assets.get(figure.asset or "")
    own = _distance(asset, figure) if asset else None
    if own is None:
        return False
    others = (market.assets.get(symbol) for symbol in market.prices.symbols if symbol != figure.asset)
    return all(
        (_distance(other, figure) or REMOTE) >= own for other in others if other and other.tracks != figure.asset
    )


def _periods(figure: ClaimedFigure) -> int:
    """How many dates, periods and stretches the quote names, overlapping ones once."""
    spans = sorted([(p.start, p.end) for p in find_periods(figure.quote)] + stretch_spans(figure.quote))
    count, reached = 0, -1
    for start, end in spans:
        count += start >= reached
        reached = max(reached, end)
    return count


REMOTE = 10_000
RIGHT_AFTER = 15  # characters


def _distance(asset: Asset, figure: ClaimedFigure) -> int | None:
    """Characters from the figure to the nearest name of the asset, None where the quote does not name it."""
    middle = figure.at + len(figure.text) // 2
    return min((abs(place - middle) for place in places_of(asset, figure.quote)), default=None)
