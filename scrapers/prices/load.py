"""Loading daily prices: what is missing, from the first provider that has it, checked against a second one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from markets.assets import Asset
from markets.closes import last_known_day
from scrapers.fetch import Fetcher
from scrapers.prices import KnownPrices, PriceBar, PriceConflict, Revision
from scrapers.prices.gaps import Range, market, open_days, uncovered, wanted
from scrapers.prices.provider import ProviderError, UnknownSeriesError
from scrapers.prices.settings import PROVIDERS, PriceSettings

APART = 0.01  # two providers further apart than this, relative to the smaller close, are in conflict
_SAME = 1e-9  # a close that moved by less is the same number printed differently
_PATIENCE = 3  # failures in a row after which a provider is left alone for the rest of the run

Closes = Mapping[date, tuple[float, str]]


@dataclass(frozen=True, slots=True)
class AssetPrices:
    """What a run brought for one asset."""

    symbol: str
    bars: tuple[PriceBar, ...] = ()  # new days, and past days their own provider has revised
    revisions: tuple[Revision, ...] = ()
    conflicts: tuple[PriceConflict, ...] = ()
    trouble: tuple[str, ...] = ()  # one line a provider that gave nothing: "stooq: has no data for it"
    answered: tuple[str, ...] = ()  # providers that gave bars


def load_prices(
    assets: Iterable[Asset],
    known: Mapping[str, KnownPrices],
    fetcher: Fetcher,
    now: datetime,
    settings: PriceSettings | None = None,
    since: date | None = None,
) -> Iterator[AssetPrices]:
    """The missing prices of each asset, one asset at a time, so that each can be stored before the next is asked.

    Only closes known at `now` are taken. The newest days are asked again, and days missing inside. With `since`
    everything from that day on is asked, whatever is stored. Assets without a feed are passed over.
    """
    chosen = list(assets)
    desk = _Desk(fetcher, settings or PriceSettings())
    opened = open_days(chosen, known)
    for asset in chosen:
        if desk.providers(asset):
            stored = known.get(asset.symbol, KnownPrices()).closes
            last = now.date() if asset.kind == "macro" else last_known_day(asset, now)
            first = since or desk.settings.start
            days = stored.keys() if since is None else ()
            yield desk.load(asset, stored, wanted(asset, days, first, last, opened.get(market(asset))))


@dataclass(slots=True)
class _Desk:
    """The providers of one run, and which of them to leave alone."""

    fetcher: Fetcher
    settings: PriceSettings
    closed: dict[str, str] = field(default_factory=dict)  # provider: why
    failures: Counter[str] = field(default_factory=Counter)

    def providers(self, asset: Asset) -> list[str]:
        return [name for name in asset.feeds if name in PROVIDERS and name in self.settings.providers]

    def load(self, asset: Asset, stored: Closes, ranges: list[Range]) -> AssetPrices:
        found: dict[date, PriceBar] = {}
        trouble: list[str] = []
        answered: list[str] = []
        witness: list[PriceBar] = []
        left = ranges
        for name in self.providers(asset):
            checks = self.settings.cross_check and bool(answered) and not witness
            if not (left or checks):
                break
            bars = self._ask(name, asset, ranges if checks else left, trouble)
            answered += [name] if bars else []
            witness += [bar for bar in bars if bar.day in found]
            for bar in bars:
                found.setdefault(bar.day, bar)
            left = uncovered(asset, ranges, found.keys() | stored.keys())
        return _compared(asset.symbol, stored, found, witness, trouble, answered)

    def _ask(self, name: str, asset: Asset, ranges: list[Range], trouble: list[str]) -> list[PriceBar]:
        """Bars of the ranges; where there are none, the reason is added to `trouble`."""
        if name in self.closed:
            trouble.append(f"{name}: {self.closed[name]}")
            return []
        try:
            bars = [bar for first, last in ranges for bar in self._bars(name, asset, first, last)]
        except ProviderError as error:
            trouble.append(f"{name}: {error}")
            self._note_failure(name, error)
            return []
        self.failures[name] = 0
        return bars

    def _bars(self, name: str, asset: Asset, first: date, last: date) -> list[PriceBar]:
        endpoint = self.settings.endpoints[name]
        try:
            bars = list(PROVIDERS[name](asset.feeds[name], asset, first, last, self.fetcher, endpoint))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
            raise ProviderError(f"answered with something unreadable: {type(error).__name__} {error}"[:200]) from error
        return [bar for bar in bars if first <= bar.day <= last]

    def _note_failure(self, name: str, error: ProviderError) -> None:
        if isinstance(error, UnknownSeriesError):
            return
        self.failures[name] += 1
        if error.closed or self.failures[name] >= _PATIENCE:
            self.closed[name] = str(error)


def _compared(
    symbol: str,
    stored: Closes,
    found: Mapping[date, PriceBar],
    witness: Iterable[PriceBar],
    trouble: list[str],
    answered: list[str],
) -> AssetPrices:
    """What is new, revised or contested. A day keeps the provider that it has: series do not change hands."""
    bars = [found[day] for day in sorted(found)]
    fresh = [bar for bar in bars if bar.day not in stored]
    again = [(bar, *stored[bar.day]) for bar in bars if bar.day in stored]
    revised = [(bar, old) for bar, old, owner in again if owner == bar.provider and apart(old, bar.close) > _SAME]
    revisions = (Revision(symbol, bar.day, bar.provider, old, bar.close) for bar, old in revised)
    contested = [one for bar, close, owner in again for one in conflict(bar, close, owner)]
    for bar in sorted(witness, key=lambda bar: bar.day):
        contested += conflict(bar, found[bar.day].close, found[bar.day].provider)
    changed = (*fresh, *(bar for bar, _ in revised))
    return AssetPrices(symbol, changed, tuple(revisions), tuple(contested), tuple(trouble), tuple(answered))


def conflict(other: PriceBar, close: float, provider: str) -> list[PriceConflict]:
    """A conflict where another provider's bar is more than 1 % from the close that is kept."""
    if other.provider == provider or apart(close, other.close) <= APART:
        return []
    return [PriceConflict(other.symbol, other.day, provider, close, other.provider, other.close)]


def apart(one: float, other: float) -> float:
    """Relative distance, by the smaller of the two in size; infinite where one of them is zero."""
    if one == other:
        return 0.0
    smaller = min(abs(one), abs(other))
    return abs(one - other) / smaller if smaller else float("inf")
