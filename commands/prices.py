"""calledit prices: daily closes, from the providers or from files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.common import Advance, UserError, json_option, open_database, progress, result, say, settings

if TYPE_CHECKING:
    from sqlite_utils import Database

    from markets.assets import Asset
    from scrapers.prices import PriceBar, Rejected
    from scrapers.prices.load import AssetPrices
    from scrapers.prices.settings import PriceSettings

_SHOWN = 8  # rejected rows or troubles printed; --verbose prints all
_STEP = 2_000  # rows between two moves of the bar
_USUAL = ("BTC", "ETH", "SPX", "GOLD", "DXY")  # loaded while no claim has been read


@click.group(invoke_without_command=True)
@click.option("--asset", "symbols", multiple=True, metavar="SYMBOL", help="Load this asset only; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Load every asset, not only those that claims speak of.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Ask again for everything from this day on.")
@json_option
@click.pass_context
def prices(
    ctx: click.Context,
    symbols: tuple[str, ...] = (),
    everything: bool = False,
    since: datetime | None = None,
    as_json: bool = False,
) -> None:
    """Load missing daily prices of the assets that claims speak of.

    What is stored is kept: only new days, gaps and revised closes are fetched. Two providers more than 1 %
    apart on a day leave a row in price_conflicts.
    """
    if ctx.invoked_subcommand is None:
        database = open_database()
        assets = chosen_assets(database, symbols, everything)
        summary = load_into(database, assets, since.date() if since else None)
        _report_loading(summary, as_json)


@prices.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@json_option
def import_(paths: tuple[Path, ...], as_json: bool) -> None:
    """Store prices from CSV files, plain or .gz.

    The header is symbol,date,open,high,low,close; symbols are canonical (BTC) or any provider's own (BTC-USD,
    ^RUT, GC=F). Rows that cannot be read are reported and set aside.
    """
    summary = import_files(open_database(), paths)
    _report_rejected(summary)
    if not summary.rows:
        raise UserError("no price could be read: see the lines above")
    unknown = dict(summary.unknown.most_common())
    row = {"rows": summary.rows, "changed": summary.changed, "rejected": summary.rejected, "unknown_symbols": unknown}
    line = f"{summary.rows} prices read, {summary.changed} new or changed, {summary.rejected} rows set aside"
    result(row, as_json, line)


@dataclass(slots=True)
class Loading:
    """What a run of the providers brought."""

    assets: int = 0
    reached: int = 0  # assets for which a provider gave bars
    changed: int = 0
    revisions: int = 0
    conflicts: int = 0
    trouble: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Importing:
    """What files brought."""

    rows: int = 0
    changed: int = 0
    rejected: int = 0
    shown: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)


def chosen_assets(database: Database, symbols: Sequence[str], everything: bool) -> list[Asset]:
    """The named assets, or all, or those that claims speak of; with their proxies and benchmarks.

    Raises UserError for a name that is no asset.
    """
    from db.price_needs import claimed_symbols
    from markets.assets import feed_symbols, registry, with_stand_ins

    if everything:
        return list(registry().values())
    if unknown := [name for name in symbols if name not in feed_symbols()]:
        raise UserError(f"no asset {unknown[0]!r}: use its symbol, such as BTC, or add it (docs/add-an-asset.md)")
    named = {feed_symbols()[name] for name in symbols}
    return with_stand_ins(named or claimed_symbols(database) or _USUAL)


def load_into(database: Database, assets: Sequence[Asset], since: date | None = None) -> Loading:
    """Ask the configured providers and store what they give, asset by asset.

    Raises UserError where the configuration cannot be used.
    """
    from db.prices import add_bars, note_conflicts
    from db.runs import recorded_run

    asked = _price_settings()
    priced = [asset for asset in assets if asset.feeds.keys() & set(asked.providers)]
    summary = Loading(assets=len(priced))
    with recorded_run(database, "prices") as run, progress("Loading prices", len(priced)) as advance:
        for loaded in _from_providers(database, priced, asked, since):
            at = datetime.now(UTC)
            summary.changed += add_bars(database, loaded.bars, at) if loaded.bars else 0
            summary.conflicts += note_conflicts(database, loaded.conflicts, at) if loaded.conflicts else 0
            summary.revisions += len(loaded.revisions)
            summary.reached += bool(loaded.answered)
            summary.trouble += _troubles(loaded)
            advance(1)
        run.done, run.detail = summary.changed, f"{summary.changed} closes of {summary.reached} assets"
    return summary


def _price_settings() -> PriceSettings:
    from scrapers.prices.settings import PriceSettingsError, load_price_settings

    try:
        return load_price_settings(settings().config)
    except PriceSettingsError as error:
        raise UserError(str(error)) from error


def _from_providers(
    database: Database, assets: Sequence[Asset], asked: PriceSettings, since: date | None
) -> Iterator[AssetPrices]:
    from db.price_needs import known_prices
    from db.state import DbState
    from scrapers.fetch import Fetcher
    from scrapers.prices.load import load_prices
    from scrapers.sources import SourceError, load_fetch_settings

    try:
        fetcher = Fetcher(load_fetch_settings(settings().config), DbState(database))
    except SourceError as error:
        raise UserError(str(error)) from error
    known = known_prices(database, [asset.symbol for asset in assets])
    yield from load_prices(assets, known, fetcher, datetime.now(UTC), asked, since)


def _troubles(loaded: AssetPrices) -> list[str]:
    lines = [f"{r.symbol} {r.day}: {r.provider} revised {r.old_close:g} to {r.new_close:g}" for r in loaded.revisions]
    if not loaded.answered:
        lines += [f"{loaded.symbol}: {'; '.join(loaded.trouble) or 'nothing new'}"]
    return lines


def _report_loading(summary: Loading, as_json: bool) -> None:
    _say_some(summary.trouble)
    if not summary.reached and summary.assets:
        raise UserError("no price provider gave anything; `calledit prices import FILE` takes prices from a file")
    row: dict[str, Any] = asdict(summary)
    line = f"{summary.changed} closes of {summary.reached} assets, {summary.revisions} revised"
    result(row, as_json, f"{line}, {summary.conflicts} contested between providers")


def import_files(database: Database, paths: Iterable[Path]) -> Importing:
    """Store the readable rows of price files. Raises UserError for a file that is no price file."""
    from db.prices import add_bars
    from db.runs import recorded_run
    from scrapers.prices.csvfile import PriceFileError, read_price_csv

    summary = Importing()
    with recorded_run(database, "prices import") as run, progress("Importing prices") as advance:
        for path in paths:
            try:
                bars = _readable(read_price_csv(path), path, summary, advance)
                summary.rows += len(bars)
                summary.changed += add_bars(database, bars, datetime.now(UTC))
            except PriceFileError as error:
                raise UserError(str(error)) from error
        run.done, run.detail = summary.changed, f"{summary.rows} rows, {summary.rejected} set aside"
    return summary


def _readable(
    rows: Iterator[PriceBar | Rejected], path: Path, summary: Importing, advance: Advance
) -> Collection[PriceBar]:
    """The bars that count, one an asset and day: of several the last."""
    from scrapers.prices import PriceBar

    bars: dict[tuple[str, date], PriceBar] = {}
    while part := list(islice(rows, _STEP)):
        for row in part:
            if isinstance(row, PriceBar):
                bars[row.symbol, row.day] = row
            else:
                _set_aside(row, path, summary)
        advance(len(part))
    return bars.values()


def _set_aside(row: Rejected, path: Path, summary: Importing) -> None:
    summary.rejected += 1
    if row.reason.startswith("unknown symbol"):
        summary.unknown[row.symbol] += 1
    else:
        summary.shown.append(f"{path.name} line {row.line}: {row.reason}")


def _report_rejected(summary: Importing) -> None:
    _say_some(summary.shown)
    _say_some([f"unknown symbol {symbol}: {count} rows" for symbol, count in summary.unknown.most_common()])


def _say_some(lines: Sequence[str]) -> None:
    shown = lines if settings().verbose else lines[:_SHOWN]
    for line in shown:
        say(line)
    if len(lines) > len(shown):
        say(f"… and {len(lines) - len(shown)} more (--verbose shows all)")
