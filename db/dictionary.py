"""The data dictionary: a sentence for every table and column, from `db/columns.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sqlite_utils import Database

_CLAIMS = ("calls", "correlations", "figures", "closes")
_VIEW_BASES = {
    "current_calls": ("calls",),
    "current_correlations": ("correlations",),
    "current_figures": ("figures",),
    "current_closes": ("closes",),
    "call_outcomes": ("calls", "documents", "verdicts"),
}


@cache
def descriptions() -> Mapping[str, Mapping[str, str]]:
    """Column descriptions by table or view; the key "_" describes the table itself."""
    data = tomllib.loads(files("db").joinpath("columns.toml").read_text(encoding="utf-8"))
    shared = data.pop("shared")["claim"]
    tables = {name: {**(shared if name in _CLAIMS else {}), **own} for name, own in data.items()}
    for view, bases in _VIEW_BASES.items():
        inherited = {column: text for base in reversed(bases) for column, text in tables[base].items()}
        tables[view] = {**inherited, **tables[view]}
    return tables


def documented_tables(db: Database) -> dict[str, list[str]]:
    """Columns by table and view, leaving out SQLite's own and the full-text shadow tables."""
    names = [name for name in (*db.table_names(), *db.view_names()) if "_fts" not in name and name[0] != "_"]
    return {name: [row[1] for row in db.execute(f"pragma table_info([{name}])")] for name in names}
