"""A consistent, compact copy of the database, taken while collection runs, and Parquet tables for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from db.dictionary import documented_tables

if TYPE_CHECKING:
    import pyarrow

PARQUET = (
    "documents",
    "calls",
    "correlations",
    "figures",
    "closes",
    "verdicts",
    "speakers",
    "speaker_records",
    "assets",
    "prices",
)
_TYPES = {"integer": "int64", "real": "float64", "text": "string"}
BATCH = 50_000


def copy_database(db: Database, target: Path) -> None:
    """Write a compact copy in one consistent read, without journal files beside it.

    Vacuuming renumbers rows, which the full-text tables refer to by number: they are rebuilt in the copy.
    """
    target.unlink(missing_ok=True)
    db.execute("vacuum into ?", [str(target)])
    copy = Database(target)
    for name in copy.table_names():
        if name.endswith("_fts"):
            copy.execute(f"insert into [{name}] ([{name}]) values ('rebuild')")
    copy.conn.commit()
    copy.execute("pragma journal_mode = delete")
    copy.close()


def write_parquet(db: Database, folder: Path) -> dict[str, int]:
    """One Parquet file per table for DuckDB and pandas; returns the rows of each. Needs the extra `parquet`."""
    import pyarrow
    from pyarrow import parquet

    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for table in (name for name in PARQUET if name in documented_tables(db)):
        schema, count = _schema(db, table), 0
        with parquet.ParquetWriter(folder / f"{table}.parquet", schema, compression="zstd") as writer:
            for rows in _batches(db, table):
                columns = list(zip(*rows, strict=True))
                arrays = [pyarrow.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)]
                writer.write_batch(pyarrow.record_batch(arrays, schema=schema))
                count += len(rows)
        written[table] = count
    return written


def _schema(db: Database, table: str) -> pyarrow.Schema:
    import pyarrow

    columns = db.execute(f"pragma table_info([{table}])").fetchall()
    return pyarrow.schema([(row[1], _TYPES[row[2].lower()]) for row in columns])


def _batches(db: Database, table: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = db.execute(f"select * from [{table}]")
    while rows := cursor.fetchmany(BATCH):
        yield rows
