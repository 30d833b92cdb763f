"""The rules of closing statements, from closes.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nlp.claims import Side
from nlp.prefilter import Gate


@dataclass(frozen=True, slots=True)
class CloseRule:
    """One row of closes.toml; `side` where the wording itself says which side was closed."""

    name: str
    pattern: re.Pattern[str]
    side: Side | None


@dataclass(frozen=True, slots=True)
class CloseRules:
    """The wordings that close, and the guards before, inside, after and around them under which none does."""

    closes: tuple[CloseRule, ...]
    before: re.Pattern[str]
    inside: re.Pattern[str]
    after: re.Pattern[str]
    clause: re.Pattern[str]
    gate: Gate  # before `closes`


@cache
def close_rules() -> CloseRules:
    data = tomllib.loads(files("nlp").joinpath("closes.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = data["words"]
    closes = tuple(
        CloseRule(f"close{number}", re.compile(_spelt(row["pattern"], words), re.IGNORECASE), row.get("side"))
        for number, row in enumerate(data["close"], start=1)
    )
    before, inside, after, clause = (_any(data[guard]) for guard in ("before", "inside", "after", "clause"))
    return CloseRules(closes, before, inside, after, clause, Gate([rule.pattern for rule in closes]))


def _spelt(pattern: str, words: dict[str, str]) -> str:
    return re.sub(r"(?<!\?P)<(\w+)>", lambda name: words[name[1]], pattern)


def _any(rows: Sequence[dict[str, str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in rows), re.IGNORECASE)
