"""Asking a page's question on the site's own database, off the event loop and under its time limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlite_utils import Database

P = ParamSpec("P")
T = TypeVar("T")

KEPT = 400  # answers, most of them a few kilobytes
_ANSWERS: OrderedDict[tuple[object, ...], object] = OrderedDict()
NAME = "calledit"  # what `calledit serve` calls the database, whatever its file is called


class SiteDatabase(Protocol):
    """What is used of a Datasette database."""

    path: str

    def execute_fn(self, fn: Callable[[Connection], T]) -> Awaitable[T]: ...


class Site(Protocol):
    """What is used of Datasette."""

    databases: dict[str, Any]

    def setting(self, key: str) -> Any: ...


async def ask(site: Site, question: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The answer of a function of `db.pages*` to the site's database, kept for as long as the file stays the same.

    Answers are shared between readers and must not be changed by them.
    Raises sqlite3.OperationalError ("interrupted") where it takes longer than the site's SQL time limit.
    """
    from datasette.utils import sqlite_timelimit

    database = site_database(site)
    key = (database.path, _state(database.path), question, args, tuple(sorted(kwargs.items())))
    if key in _ANSWERS:
        _ANSWERS.move_to_end(key)
        return cast(T, _ANSWERS[key])
    limit = int(site.setting("sql_time_limit_ms"))

    def answer(connection: Connection) -> T:
        with sqlite_timelimit(connection, limit):
            return question(Database(connection), *args, **kwargs)

    found = await database.execute_fn(answer)
    _ANSWERS[key] = found
    while len(_ANSWERS) > KEPT:
        _ANSWERS.popitem(last=False)
    return found


def data_state(site: Site) -> tuple[tuple[int, int], ...]:
    """Changes whenever anything is written to the site's database."""
    return _state(site_database(site).path)


def _state(path: str) -> tuple[tuple[int, int], ...]:
    """Changes with every write: time and size of the database and of its write-ahead log."""
    found = (Path(name).stat() for name in (path, f"{path}-wal") if Path(name).exists())
    return tuple((entry.st_mtime_ns, entry.st_size) for entry in found)


def site_database(site: Site) -> SiteDatabase:
    """The database called calledit; where plain `datasette` named it after its file, the first one served."""
    named = {name: database for name, database in site.databases.items() if not name.startswith("_")}
    found: SiteDatabase = named.get(NAME) or next(iter(named.values()))
    return found


def site_name(site: Site) -> str:
    """The name under which the database is served, as it stands in addresses."""
    names = [name for name in site.databases if not name.startswith("_")]
    return NAME if NAME in names else names[0]
