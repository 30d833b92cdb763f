"""Small statistics to use inside SQL; the site registers each under its own name."""

from __future__ import annotations

from outcomes.shrinkage import wilson


def wilson_low(hits: float | None, n: float | None) -> float | None:
    """Lower end of the 95 % Wilson interval of hits in n independent tries; None where n is 0."""
    return wilson(hits / n, n)[0] if n and hits is not None else None


def wilson_high(hits: float | None, n: float | None) -> float | None:
    """Upper end of the 95 % Wilson interval of hits in n independent tries; None where n is 0."""
    return wilson(hits / n, n)[1] if n and hits is not None else None


def at_least_by_chance(hits: int | None, n: int | None, rate: float | None) -> float | None:
    """Chance of at least so many hits in n independent tries of a given rate (binomial tail)."""
    from scipy.stats import binom

    if hits is None or not n or rate is None:
        return None
    return float(binom.sf(hits - 1, n, rate))


def calls_to_tell(rate: float | None, base_rate: float | None) -> float | None:
    """Effective calls it takes to tell a share that held from its base rate (5 %, power 80 %); None where equal."""
    from outcomes.shrinkage import calls_needed

    return calls_needed(rate, base_rate) if rate is not None and base_rate is not None else None


FUNCTIONS = (wilson_low, wilson_high, at_least_by_chance, calls_to_tell)
