"""Opening the database: connection settings, ordered migrations, one clear error for a file that is not ours."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

_FULL_TEXT = {
    "documents": ("title", "text"),
    "calls": ("quote", "speaker", "asset"),
    "correlations": ("quote", "speaker", "driver", "response"),
    "figures": ("quote", "speaker", "asset"),
}


LOCKED = "the database is locked: another process is writing to it; wait until it is done, or stop it, and try again"


class StoreError(Exception):
    """The database cannot be used; the message is one line with the remedy."""


def open_store(path: Path | str) -> Database:
    """The database at `path`, created and brought to the newest schema where needed.

    Raises StoreError where the file is not an SQLite database, or its folder cannot be written.
    """
    try:
        db = Database(sqlite3.connect(path, timeout=30.0, check_same_thread=False))
        _use_wal(db)
        db.execute("pragma synchronous = normal")
        db.execute("pragma foreign_keys = on")
        _migrate(db)
    except sqlite3.DatabaseError as error:
        if str(error) == "database is locked":
            raise StoreError(f"{path}: {LOCKED}") from error
        raise StoreError(f"{path}: {error}. Name another file with --db PATH.") from error
    return db


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """A transaction that waits for its turn to write at its beginning.

    One that begins by reading fails at its first write where another process has written meanwhile.
    """
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()


def _use_wal(db: Database) -> None:
    """Switch to write-ahead logging; SQLite does not wait by itself where another process is switching."""
    for wait in (*[0.05] * 200, None):
        try:
            db.execute("pragma journal_mode = wal").fetchone()
            return
        except sqlite3.OperationalError:
            if wait is None:
                raise
            time.sleep(wait)


def _migrate(db: Database) -> None:
    """Apply what is pending; of several processes that open a new database at once, one does it."""
    if db.table(MIGRATIONS.migrations_table).exists() and not MIGRATIONS.pending(db):
        return
    with writing(db):
        MIGRATIONS.apply(db)


def statements(sql: str) -> Iterator[str]:
    """The statements of a script one by one, so that each runs inside the migration's own transaction."""
    part = ""
    for line in sql.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""


MIGRATIONS = Migrations("calledit")


def _register(path_name: str) -> None:
    sql = files("db").joinpath("migrations", path_name).read_text(encoding="utf-8")

    @MIGRATIONS(name=path_name.removesuffix(".sql"))
    def apply(db: Database) -> None:
        for statement in statements(sql):
            db.execute(statement)


def _register_scripts() -> None:
    folder = files("db").joinpath("migrations")
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql")):
        _register(name)


_register_scripts()


@MIGRATIONS(name="full_text_search")
def _full_text_search(db: Database) -> None:
    for table, columns in _FULL_TEXT.items():
        db.table(table).enable_fts(columns, create_triggers=True, tokenize="porter unicode61")
