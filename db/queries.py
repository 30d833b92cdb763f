"""The questions of `queries.toml`, as the site offers them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Parameter:
    """One blank of a question; left empty it takes the example."""

    name: str
    about: str
    plain: str  # what stands for it in a sentence as long as nothing is chosen: "an asset"
    example: str = ""
    form: Literal["words", "number", "day"] = "words"
    options: str | None = None  # SQL whose first column lists the known values


@dataclass(frozen=True, slots=True)
class Query:
    """One question and the SQL that answers it."""

    name: str
    title: str
    about: str
    sql: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def plainly(self) -> str:
        """What it tells, with every blank in plain words: "On an asset, N days after the call."."""
        return self.about.format_map({parameter.name: parameter.plain for parameter in self.parameters})


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


def misfits(query: Query, values: Mapping[str, str], known: Mapping[str, list[str]]) -> list[str]:
    """One sentence for each value that cannot be what its blank asks for; `known` as `options` gives it."""
    given = ((parameter, values.get(parameter.name, "").strip()) for parameter in query.parameters)
    return [told for parameter, value in given if value and (told := _misfit(parameter, value, known))]


def _misfit(parameter: Parameter, value: str, known: Mapping[str, list[str]]) -> str:
    if parameter.form == "number" and not _is_number(value):
        return f"{parameter.name}: “{value}” is not a whole number."
    if parameter.form == "day" and not _is_day(value):
        return f"{parameter.name}: “{value}” is not a day; write it like {parameter.example}."
    if known.get(parameter.name) and value not in known[parameter.name]:
        return f"{parameter.name}: “{value}” is not known here; choose one from the list."
    return ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit()


def _is_day(text: str) -> bool:
    try:
        return len(date.fromisoformat(text).isoformat()) == len(text)
    except ValueError:
        return False
