"""Which days of an asset are still to be asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from markets.assets import Asset
from scrapers.prices import KnownPrices

Range = tuple[date, date]  # both included
Market = tuple[str, str, str]  # assets of one kind that close at one time in one zone

OVERLAP_DAYS = {"macro": 400}  # asked again to see revisions; statistics are revised for more than a year
_OVERLAP_DAYS = 7
_MERGE_DAYS = 45  # two ranges nearer than this are one request
HOLES_PER_RUN = 5  # a day that no provider has is asked again in a later run, not in every one
_DAY = timedelta(days=1)


def market(asset: Asset) -> Market:
    """Assets of one market are open on the same days."""
    return asset.kind, asset.close_time, asset.close_zone


def longest_pause(asset: Asset) -> int:
    """Days from one bar to the next, at most, where nothing is missing.

    Coins trade every day; New York never pauses for more than a long weekend, Easter and Christmas make five days
    in Europe, Golden Week and the Lunar New Year eleven in Asia; statistics come by the month or quarter.
    """
    if asset.kind == "macro" or (asset.kind == "rate" and asset.release_lag_days > 1):
        return 130
    if asset.close_zone == "UTC":
        return 1
    return {"America": 4, "Asia": 12}.get(asset.close_zone.partition("/")[0], 6)


def open_days(assets: Iterable[Asset], known: Mapping[str, KnownPrices]) -> dict[Market, set[date]]:
    """Per market, the days on which more than half of its assets then traded have a bar; from three assets on."""
    bars: dict[Market, Counter[date]] = defaultdict(Counter)
    spans: dict[Market, list[Range]] = defaultdict(list)
    for asset in assets:
        if asset.symbol in known and (closes := known[asset.symbol].closes):
            bars[market(asset)].update(closes.keys())
            spans[market(asset)].append((min(closes), max(closes)))
    return {name: _agreed(bars[name], spans[name]) for name in bars if len(spans[name]) >= 3}


def _agreed(bars: Counter[date], spans: list[Range]) -> set[date]:
    def trading(day: date) -> int:
        return sum(first <= day <= last for first, last in spans)

    return {day for day, count in bars.items() if count >= 2 and 2 * count > trading(day)}


def holes(asset: Asset, days: Iterable[date], opened: set[date] | None) -> list[Range]:
    """Ranges missing between the first and the last of `days`, oldest first."""
    pause, have = longest_pause(asset), sorted(days)
    if opened is not None and pause > 1 and have:
        have_set = set(have)
        missing = sorted(day for day in opened if have[0] < day < have[-1] and day not in have_set)
        return merged((day, day) for day in missing)
    return [(a + _DAY, b - _DAY) for a, b in pairwise(have) if (b - a).days > pause]


def wanted(asset: Asset, days: Iterable[date], start: date, last: date, opened: set[date] | None = None) -> list[Range]:
    """What to ask for: everything from `start` where nothing is stored; else holes, the newest days again, the rest."""
    have = sorted(days)
    if not have:
        return [(start, last)] if start <= last else []
    overlap = OVERLAP_DAYS.get(asset.kind, _OVERLAP_DAYS)
    tail = (max(have[0], have[-1] - timedelta(days=overlap - 1)), last)
    inside = merged(holes(asset, have, opened))
    turn = last.toordinal() % len(inside) if inside else 0
    chosen = [*inside[turn:], *inside[:turn]][:HOLES_PER_RUN]
    return merged([*chosen, tail]) if tail[0] <= last else merged(chosen)


def uncovered(asset: Asset, asked: Iterable[Range], days: set[date]) -> list[Range]:
    """The parts of the asked ranges in which days are still missing."""
    pause, left = longest_pause(asset), []
    for first, last in asked:
        inside = sorted(day for day in days if first <= day <= last)
        edges = [first - _DAY, *inside, last + _DAY]
        left += [(a + _DAY, b - _DAY) for a, b in pairwise(edges) if (b - a).days > pause]
    return merged(left)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Ranges in order, those close together as one."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and (first - joined[-1][1]).days <= _MERGE_DAYS:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
