"""The questions of `queries.toml`, as the site offers them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Parameter:
    """One blank of a question; left empty it takes the example."""

    name: str
    about: str
    example: str = ""
    options: str | None = None  # SQL whose first column lists the known values


@dataclass(frozen=True, slots=True)
class Query:
    """One question and the SQL that answers it."""

    name: str
    title: str
    about: str
    sql: str
    parameters: tuple[Parameter, ...] = ()


@cache
def queries() -> Mapping[str, Query]:
    """Every question by name, in the order of the file."""
    data = tomllib.loads(files("db").joinpath("queries.toml").read_text(encoding="utf-8"))
    known = {name: Parameter(name, **row) for name, row in data["parameters"].items()}
    rows = (row | {"parameters": tuple(known[name] for name in row["parameters"])} for row in data["query"])
    return {row["name"]: Query(**row) for row in rows}


def options(db: Database, query: Query, limit: int = 500) -> dict[str, list[str]]:
    """The known values of each of a question's parameters that has any."""
    return {
        parameter.name: [str(row[0]) for row in db.execute(f"{parameter.options} limit {limit}")]
        for parameter in query.parameters
        if parameter.options
    }
