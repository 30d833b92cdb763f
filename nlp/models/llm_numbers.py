"""Are the numbers of an LLM's claim printed where its quote stands? Asked of the grammar of figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markets.assets import registry
from nlp.claims import Stance, Target
from nlp.correlation_arguments import coefficient, instances, lag_days
from nlp.figures.grammar import Quantity

PRICED = frozenset(("USD", "EUR", "JPY", "GBP", "points", "other", "count"))
LEVELS = frozenset(("%", "points", "bps", "other", "count"))  # of a rate or a statistic
DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.0, "quarters": 91.0, "years": 365.0}


def near(a: float, b: float) -> bool:
    """Within 0.5 %, whatever the signs."""
    return abs(abs(a) - abs(b)) <= 0.005 * max(abs(a), abs(b), 1e-9)


def target_of(printed: Any) -> Target | None:
    """The target as the annotation format prints it: a number, [low, high], {"pct": number or [low, high]}.

    Raises ValueError for a list of any other length.
    """
    if printed is None:
        return None
    percent = isinstance(printed, dict)
    value = printed["pct"] if percent else printed
    values = [float(v) for v in value] if isinstance(value, list) else [float(value)]
    if not 1 <= len(values) <= 2:
        raise ValueError(f"a target has one number or two, not {len(values)}")
    return Target(min(values), max(values) if len(values) == 2 else None, percent)


def signed(target: Target | None, stance: Stance) -> Target | None:
    """A move in percent with the sign of its stance; the text prints its size."""
    if target is None or not target.percent or stance == "neutral":
        return target
    sign = -1.0 if stance == "bearish" else 1.0
    values = sorted(sign * abs(v) for v in (target.low, target.high) if v is not None)
    return Target(values[0], values[-1] if len(values) > 1 else None, True)


def target_printed(target: Target, asset: str, quantities: Iterable[Quantity]) -> bool:
    """Whether every number of the target is among the quantities, with a unit that fits."""
    units = _units(target, asset)
    found = [v for q in quantities for v in _values(q, target.percent) if q.unit in units]
    wanted = [v for v in (target.low, target.high) if v is not None]
    return all(any(near(v, other) for other in found) for v in wanted)


def _units(target: Target, asset: str) -> frozenset[str]:
    if target.percent:
        return frozenset(("%", "x"))
    known = registry().get(asset)
    return LEVELS if known is not None and known.kind in ("rate", "macro") else PRICED


def _values(quantity: Quantity, percent: bool) -> list[float]:
    values = [quantity.value] if quantity.high is None else [quantity.value, quantity.high]
    return [100 * (v - 1) for v in values] if percent and quantity.unit == "x" else values


def missing_number(row: dict[str, Any], text: str, quantities: Sequence[Quantity]) -> str | None:
    """The first number of a correlation that the sentences do not print, in words; None where all are there."""
    size, share, count = row["magnitude_pct"], row["coefficient"], row["instances"]
    moves = [v for q in quantities if q.unit in ("%", "x") for v in _values(q, percent=True)]
    if size is not None and not any(near(size, v) for v in moves):
        return f"a magnitude of {size:g} %"
    printed = coefficient(text)
    plain = [q.value for q in quantities if q.unit in ("other", "count")] + [v / 100 for v in moves]
    if share is not None and not any(near(share, v) for v in (*plain, *([] if printed is None else [printed]))):
        return f"a coefficient of {share:g}"
    if count is not None and count != instances(text) and not any(near(count, q.value) for q in quantities):
        return f"{count:g} instances"
    lag = row["lag_days"]
    if lag is not None and not _lag_printed(lag, text, quantities):
        return f"a lag of {lag} days"
    return None


def _lag_printed(lag: float | list[float], text: str, quantities: Iterable[Quantity]) -> bool:
    ours = lag_days(text)
    found = [v * DAYS[q.unit] for q in quantities if q.unit in DAYS for v in _values(q, percent=False)]
    found += [] if ours is None else [float(v) for v in (ours if isinstance(ours, tuple) else (ours,))]
    wanted = lag if isinstance(lag, list) else [lag]
    # 3 months are 90 days or 91, a year 360 or 365
    return 1 <= len(wanted) <= 2 and all(any(abs(v - f) <= 0.02 * abs(f) for f in found) for v in wanted)
