"""Reading printed times: ISO 8601, RFC 822 and epoch numbers to UTC, saying how exact they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from scrapers.documents import Precision

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAY_FORMATS = ("%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%b. %d, %Y", "%d %B %Y", "%d %b %Y", "%Y%m%d")
_HOURS_ONLY = re.compile(r"([+-]\d{2})$")
_COLONLESS = re.compile(r"([+-]\d{2})(\d{2})$")
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")
_EARLIEST, _LATEST = 1990, 2100


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A moment in UTC; `zoned` is False where none was printed and UTC is assumed."""

    moment: datetime
    precision: Precision  # "instant" or "day"
    zoned: bool = True


def read_timestamp(text: str) -> Timestamp | None:
    """The moment a machine-readable time names; None where it names none between 1990 and 2100.

    A time without a zone is taken as UTC and marked `zoned=False`; a date alone has precision "day".
    Relative words ("5 hours ago") and zones by letters other than RFC 822's are not guessed at.
    """
    text = " ".join(text.split())
    if not 6 <= len(text) <= 60:
        return None
    try:
        stamp = _read_day(text) or _read_iso(text) or _read_mail(text) or _read_epoch(text) or _read_words(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return stamp if stamp and _EARLIEST <= stamp.moment.year < _LATEST else None


def day_of(moment: datetime) -> Timestamp:
    """The day a moment falls on, as a Timestamp of precision "day"."""
    return Timestamp(datetime.combine(moment.astimezone(UTC).date(), time(), UTC), "day")


def _read_day(text: str) -> Timestamp | None:
    if _DAY.fullmatch(text):
        return _midnight(date.fromisoformat(text))
    return None


def _read_words(text: str) -> Timestamp | None:
    for form in _DAY_FORMATS:
        try:
            return _midnight(datetime.strptime(text, form).date())
        except ValueError:
            continue
    return None


def _midnight(day: date) -> Timestamp:
    return Timestamp(datetime.combine(day, time(), UTC), "day")


def _read_iso(text: str) -> Timestamp | None:
    """ISO 8601 and its slips: a blank for the T, "+0000", "+00", " UTC", seven digits of a second."""
    if not _DAY.match(text):
        return None
    text = re.sub(r" ?(?:UTC|GMT|Z)$", "+00:00", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d) (?=[+-]\d)", "", text)
    text = _COLONLESS.sub(r"\1:\2", text) if ":" in text else text
    text = _HOURS_ONLY.sub(r"\1:00", text) if ":" in text[:16] else text
    try:
        return _in_utc(datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text)))
    except ValueError:
        return None


def _read_mail(text: str) -> Timestamp | None:
    if ":" not in text:
        return None
    try:
        return _in_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError):
        return None


def _read_epoch(text: str) -> Timestamp | None:
    if not re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        return None
    seconds = float(text)
    return _in_utc(datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC))


def _in_utc(moment: datetime) -> Timestamp:
    if moment.tzinfo is None:
        return Timestamp(moment.replace(tzinfo=UTC), "instant", zoned=False)
    return Timestamp(moment.astimezone(UTC), "instant")
