"""When something was published, as a feed says it, made safe to grade by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from scrapers.documents import Precision
from scrapers.timestamps import Timestamp, day_of, read_timestamp

_AHEAD = timedelta(days=1)  # more than any slip of time zones
_CLOCK_SKEW = timedelta(minutes=10)
# RFC 822 knows EST and EDT; feeds also print these.
_ZONES = {
    "ET": ZoneInfo("America/New_York"), "CT": ZoneInfo("America/Chicago"), "PT": ZoneInfo("America/Los_Angeles"),
    "BST": timezone(timedelta(hours=1)), "CET": timezone(timedelta(hours=1)), "CEST": timezone(timedelta(hours=2)),
    "JST": timezone(timedelta(hours=9)), "HKT": timezone(timedelta(hours=8)), "SGT": timezone(timedelta(hours=8)),
    "AEST": timezone(timedelta(hours=10)), "AEDT": timezone(timedelta(hours=11)),
}  # fmt: skip
_NAMED_ZONE = re.compile(r"\s(" + "|".join(_ZONES) + r")$")
_SLASHES = re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})(?=\D|$)")


@dataclass(frozen=True, slots=True)
class Published:
    """A publication time in UTC with its precision; the moment is None where none can be relied on."""

    moment: datetime | None = None
    precision: Precision = "none"
    origin: str | None = None


def published(printed: str | None, now: datetime, *, origin: str = "feed", zone: str | None = None) -> Published:
    """The publication time a feed prints.

    A time without a zone is read in `zone` (an IANA name the source is known to mean), else it only tells the
    day. A time up to a day ahead of `now` is a slip of zones: it was published by now. One further ahead is no
    publication time. "2025/12/15 01:00" is read as 15 December, which feed readers are known to get wrong.
    """
    stamp = _zoned((printed or "").strip(), zone)
    if stamp is None or stamp.moment > now + _AHEAD:
        return Published()
    if stamp.moment > now + _CLOCK_SKEW:
        return Published(now, "instant", f"{origin}, ahead of its time: taken as of the visit")
    moment = min(stamp.moment, now) if stamp.precision == "instant" else stamp.moment
    return Published(moment, stamp.precision, origin)


def _zoned(text: str, zone: str | None) -> Timestamp | None:
    text = _SLASHES.sub(lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", text)
    named = _NAMED_ZONE.search(text)
    stamp = read_timestamp(text[: named.start()] if named else text)
    if stamp is None or stamp.precision == "day" or (stamp.zoned and not named):
        return stamp
    place = _ZONES[named[1]] if named else ZoneInfo(zone) if zone else None
    if place is None:
        return day_of(stamp.moment)
    return Timestamp(stamp.moment.replace(tzinfo=place).astimezone(UTC), "instant")
