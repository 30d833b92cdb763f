"""When to try again: what the server asks for, else exponential backoff with full jitter. Never "never"."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY_S = 86_400.0


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the server asks us to wait, 0 to 24 hours: Retry-After (seconds or date) or X-RateLimit-Reset.

    None where it asks for nothing readable.
    """
    asked = _wait(headers.get("retry-after", ""), now)
    if asked is None and headers.get("x-ratelimit-remaining", "").strip() in ("0", "0.0"):
        asked = _wait(headers.get("x-ratelimit-reset", ""), now)
    return None if asked is None else min(max(asked, 0.0), DAY_S)


def _wait(value: str, now: datetime) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        pass
    else:
        if not math.isfinite(seconds):
            return None
        # Some send the moment as epoch seconds: "1766000000".
        return seconds - now.timestamp() if seconds > 1e9 else seconds
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()


def backoff_s(failures: int, *, base_s: float, cap_s: float = DAY_S, rng: random.Random | None = None) -> float:
    """A random wait up to `base_s` doubled with each failure in a row, at most `cap_s`, at least base / 10.

    Full jitter: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(cap_s, base_s * 2.0 ** min(max(failures - 1, 0), 40))
    return max(base_s / 10, (rng or random).uniform(0.0, ceiling))
