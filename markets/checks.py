"""What must hold of the registry of assets: one clear error that names the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args
from zoneinfo import ZoneInfo

from markets.asset import Asset, AssetKind

_LISTS = ("aliases", "exact", "guarded", "guarded_exact", "not_in")


class AssetError(ValueError):
    """A row of an asset file is wrong; the message names the row and what to mend."""


def check_row(row: Mapping[str, Any], number: int) -> None:
    """Raises AssetError where a row lacks a key, has an unknown one, or gives a wrong kind of value."""
    label = f"asset {row.get('symbol', f'in row {number}')}"
    for key in ("symbol", "name", "kind"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise AssetError(f"{label}: `{key}` is missing")
    if unknown := sorted(row.keys() - {field.name for field in fields(Asset)}):
        raise AssetError(f"{label}: unknown key `{unknown[0]}`")
    if row["kind"] not in get_args(AssetKind):
        raise AssetError(f"{label}: kind {row['kind']!r} is none of {', '.join(get_args(AssetKind))}")
    for key in _LISTS:
        if not all(isinstance(name, str) and name.strip() == name != "" for name in row.get(key, ())):
            raise AssetError(f"{label}: `{key}` must be a list of names")


def check_assets(assets: Mapping[str, Asset]) -> None:
    """Raises AssetError where rows do not fit together: unknown references, one name or feed for two assets."""
    for asset in assets.values():
        _check_close(asset)
        _check_references(asset, assets)
    _check_unique(assets, _folded_names, "name")
    _check_unique(assets, _written_names, "name")
    _check_unique(assets, _feeds, "feed id")


def _check_close(asset: Asset) -> None:
    try:
        ZoneInfo(asset.close_zone)
    except (KeyError, ValueError, OSError):
        raise AssetError(f"asset {asset.symbol}: no time zone is called {asset.close_zone!r}") from None
    hour, colon, minute = asset.close_time.partition(":")
    in_range = hour.isdigit() and minute.isdigit() and int(hour) * 60 + int(minute) <= 24 * 60
    if not (colon and in_range and int(minute) < 60):
        raise AssetError(f"asset {asset.symbol}: close_time {asset.close_time!r} is no time of day such as 16:00")
    if asset.graded_by not in ("return", "level"):
        raise AssetError(f"asset {asset.symbol}: graded_by {asset.graded_by!r} is neither return nor level")
    if not isinstance(asset.release_lag_days, int) or asset.release_lag_days < 0:
        raise AssetError(f"asset {asset.symbol}: release_lag_days must be a whole number of days from 0")


def _check_references(asset: Asset, assets: Mapping[str, Asset]) -> None:
    for key in ("benchmark", "proxy", "tracks"):
        other = getattr(asset, key)
        if other is not None and (other not in assets or other == asset.symbol):
            raise AssetError(f"asset {asset.symbol}: {key} {other!r} is not another asset")


def _check_unique(assets: Mapping[str, Asset], keys: Callable[[Asset], Iterator[str]], what: str) -> None:
    owner: dict[str, str] = {}
    for asset in assets.values():
        for key in keys(asset):
            if (other := owner.setdefault(key, asset.symbol)) != asset.symbol:
                raise AssetError(f"asset {asset.symbol}: {what} {key!r} already belongs to {other}")


def _folded_names(asset: Asset) -> Iterator[str]:
    yield from (name.casefold() for name in (*asset.aliases, *asset.guarded))


def _written_names(asset: Asset) -> Iterator[str]:
    yield from (*asset.aliases, *asset.exact, *asset.guarded, *asset.guarded_exact)


def _feeds(asset: Asset) -> Iterator[str]:
    yield from (asset.symbol, *asset.feeds.values())
