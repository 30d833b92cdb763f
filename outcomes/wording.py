"""Numbers, dates and lists as a reader expects them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def number(value: float) -> str:
    """ "12,346" from ten thousand on, six significant digits below."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.6g}"


def percent(share: float | None) -> str:
    """ "57.1 %"; "unknown" where there is no number."""
    return "unknown" if share is None or not math.isfinite(share) else f"{100 * share:.1f} %"


def signed(change: float) -> str:
    """ "+26.8 %"; whole percents from a thousand on."""
    return f"{100 * change:+,.0f} %" if abs(change) >= 10 else f"{100 * change:+.1f} %"


def p_value(p: float | None) -> str:
    """ "p = .031", "p < .001"; "p unknown" where there is none."""
    if p is None or not math.isfinite(p):
        return "p unknown"
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
