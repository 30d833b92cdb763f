"""Verdicts on historical figures: prices, records and moves, recomputed from daily prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcomes.evidence import Place, place
from outcomes.figure_claims import FIGURE_COLUMNS as FIGURE_COLUMNS
from outcomes.figure_claims import ClaimedFigure, claimed_figures
from outcomes.figure_moves import check_move
from outcomes.figure_prices import check_extreme, check_price
from outcomes.figure_subject import doubt_about
from outcomes.figure_words import another_index, extreme_of
from outcomes.market import Market
from outcomes.verdict_rows import ungradable, verdict_row
from outcomes.verdicts import Reason, Verdict

_LEVEL_ROLES = ("price", "rate", "indicator")
_MOVE_UNITS = ("%", "x", "USD", "points", "bps")


def grade_figures(columns: Mapping[str, Sequence[Any]], market: Market) -> Iterator[tuple[Any, ...]]:
    """Rows of table `verdicts` for equally long columns of figures (FIGURE_COLUMNS, `clock`)."""
    for figure in claimed_figures(columns):
        yield verdict_row(judge_figure(figure, market))


def judge_figure(figure: ClaimedFigure, market: Market) -> Verdict:
    """The one verdict on a figure: `price`, `extreme` or `change`, or the reason why it cannot be checked."""
    measure = _measure(figure, market)
    reason = figure.refused or (None if measure else "no such measure")
    where: Place | Reason = reason or place(market, figure.asset or "")
    if isinstance(where, Place) and another_index(figure.asset or "", figure.quote):
        where = "another index"
    elif isinstance(where, Place) and where.proxy:
        where = "series not loaded"  # a stand-in has other prices
    if not isinstance(where, Place):
        return ungradable(figure.claim_id, "figure", measure or figure.role, where, figure.inputs)
    check = {"change": check_move, "extreme": check_extreme}.get(measure, check_price)
    found = check(figure, market, where.row)
    doubt = doubt_about(figure, market) if found.status == "failed" else None
    return ungradable(figure.claim_id, "figure", measure, doubt, (found.input_hash,)) if doubt else found


def _measure(figure: ClaimedFigure, market: Market) -> str:
    """Which check fits role, unit and asset; "" where daily prices cannot tell (flows, holdings, counts)."""
    asset = market.assets.get(figure.asset or "")
    if asset is None:
        return "price" if figure.role == "price" else "change" if figure.role == "change" else ""
    if figure.role == "change" and figure.unit in _MOVE_UNITS:
        return "" if asset.kind == "macro" else "change"  # an inflation rate's change is a statistic of its own
    by_level = asset.graded_by == "level"
    if figure.role == "price" or (by_level and figure.role in _LEVEL_ROLES and figure.unit in ("%", "points", "other")):
        return "extreme" if extreme_of(figure.quote, figure.at, figure.text) else "price"
    return ""
