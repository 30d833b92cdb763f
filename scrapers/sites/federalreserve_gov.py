"""Federal Reserve Board: the instant of a release is printed in words ("For release at 2:00 p.m. EDT"), in no tag."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from scrapers.metadata import PageMetadata
from scrapers.sites import take_out
from scrapers.timestamps import Timestamp, read_timestamp

_EASTERN = ZoneInfo("America/New_York")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})\s*([ap])\.?m\.?", re.IGNORECASE)


def prepare(tree: HtmlElement, found: PageMetadata) -> PageMetadata:
    """Title, day and time of a press release from its heading."""
    title = _text(tree, "title")
    published = _published(_text(tree, "article__time"), _text(tree, "releaseTime"))
    take_out(tree, "article__time", "releaseTime", "shareDL", "panel")
    return replace(
        found, title=title or found.title, published=published or found.published,
        published_origin="page" if published else found.published_origin, site_name="Federal Reserve",
    )  # fmt: skip


def _published(day: str, clock: str) -> Timestamp | None:
    stamp, time = read_timestamp(day), _CLOCK.search(clock)
    if stamp is None or time is None:
        return stamp
    hour = int(time[1]) % 12 + (12 if time[3].lower() == "p" else 0)
    local = datetime(stamp.moment.year, stamp.moment.month, stamp.moment.day, hour, int(time[2]), tzinfo=_EASTERN)
    return Timestamp(local.astimezone(UTC), "instant")


def _text(tree: HtmlElement, name: str) -> str:
    return next((" ".join(element.text_content().split()) for element in tree.find_class(name)), "")
