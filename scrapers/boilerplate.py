"""Lines of a page that are not its article: invitations, credits, lists of other articles."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

_LONGEST_LINE = 250  # characters; a longer line is a paragraph


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern for whole lines, what it takes away, and a line it is meant for."""

    pattern: re.Pattern[str]
    drop: Literal["line", "rest"]
    example: str


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of boilerplate.toml."""
    rows = tomllib.loads(files("scrapers").joinpath("boilerplate.toml").read_text(encoding="utf-8"))["rule"]
    return tuple(Rule(re.compile(row["pattern"], re.IGNORECASE), row["drop"], row["example"]) for row in rows)


def without_boilerplate(lines: list[str]) -> list[str]:
    """The lines that belong to the article. What follows a list's heading goes too, in the last half of the page."""
    kept: list[str] = []
    for place, line in enumerate(lines):
        rule = _rule_for(line)
        if rule is None:
            kept.append(line)
        elif rule.drop == "rest" and place >= len(lines) / 2:
            break
    return kept


def _rule_for(line: str) -> Rule | None:
    if len(line) > _LONGEST_LINE:
        return None
    return next((rule for rule in rules() if rule.pattern.fullmatch(line)), None)
