"""When a post was published, by the number its network gave it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime.fromtimestamp(0, UTC)
_X_EPOCH_MS = 1_288_834_974_657
_X_FIRST = 29_700_000_000  # of November 2010; the numbers before count posts, not milliseconds
_TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_TID_LENGTH = 13


def x_time(number: str) -> datetime | None:
    """X: the upper 42 bits count milliseconds since 4 November 2010 (docs.x.com/resources/fundamentals/x-ids)."""
    if not number.isdecimal() or not _X_FIRST <= int(number) < 2**63:
        return None
    return _EPOCH + timedelta(milliseconds=(int(number) >> 22) + _X_EPOCH_MS)


def mastodon_time(number: str) -> datetime | None:
    """Mastodon: the upper 48 bits count milliseconds since 1970 (lib/mastodon/snowflake.rb)."""
    if not number.isdecimal() or int(number) >= 2**63:
        return None
    return _EPOCH + timedelta(milliseconds=int(number) >> 16)


def bluesky_time(key: str) -> datetime | None:
    """Bluesky: a TID, 53 bits of microseconds since 1970 before 10 of a clock (atproto.com/specs/tid).

    Its author's software chose it: believe it only where another statement agrees.
    """
    if len(key) != _TID_LENGTH or set(key) - set(_TID_LETTERS):
        return None
    value = 0
    for letter in key:
        value = value * 32 + _TID_LETTERS.index(letter)
    return _EPOCH + timedelta(microseconds=value >> 10) if value < 2**63 else None
