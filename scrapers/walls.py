"""Bot walls: pages that ask for a browser or a person instead of giving the article."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LOOK_AT = 20_000  # bytes; walls announce themselves early
_WALL_SIZE = 100_000  # bytes; a longer page answered with 200 is taken for content


@dataclass(frozen=True, slots=True)
class Wall:
    """One maker of walls: by a header ("name: value" starts so) or by a pattern in the page."""

    name: str
    header: str | None
    pattern: re.Pattern[bytes] | None


@cache
def walls() -> tuple[Wall, ...]:
    """The rows of walls.toml."""
    rows = tomllib.loads(files("scrapers").joinpath("walls.toml").read_text(encoding="utf-8"))["wall"]
    return tuple(
        Wall(row["name"], row.get("header"), re.compile(row["page"].encode(), re.I) if "page" in row else None)
        for row in rows
    )


def wall_name(headers: Mapping[str, str], body: bytes) -> str | None:
    """The maker of the wall this answer is, or None for an ordinary answer."""
    start = body[:_LOOK_AT] if len(body) <= _WALL_SIZE else b""
    for wall in walls():
        if wall.header is not None:
            name, _, value = wall.header.partition(": ")
            if name in headers and headers[name].lower().startswith(value):
                return wall.name
        if wall.pattern is not None and start and wall.pattern.search(start):
            return wall.name
    return None
