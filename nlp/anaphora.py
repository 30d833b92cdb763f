"""What "the index", "the token" and "such breakouts" point back at, among the things a document named before."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markets.assets import registry
from nlp.correlation_things import Thing
from nlp.prefilter import Gate


@dataclass(frozen=True, slots=True)
class Back:
    """Words that stand for a series named before, and the kinds or symbols they may stand for."""

    id: str
    kinds: frozenset[str]
    pattern: re.Pattern[str]

    def fits(self, name: str) -> bool:
        """Whether they may stand for an asset."""
        asset = registry().get(name)
        return name in self.kinds or (asset is not None and asset.kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Anaphora:
    """anaphora.toml, compiled: `back` behind its gate, words of a pattern's repetition, one thing of two names."""

    back: tuple[Back, ...]
    gate: Gate
    again: Gate
    sisters: tuple[tuple[str, str], ...]


@cache
def anaphora() -> Anaphora:
    """The rules of anaphora.toml."""
    data = tomllib.loads(files("nlp").joinpath("anaphora.toml").read_text(encoding="utf-8"))
    back = tuple(Back(row["id"], frozenset(row["kinds"]), _words(row["pattern"])) for row in data["back"])
    return Anaphora(
        back,
        Gate([row.pattern for row in back]),
        Gate([_words(row["pattern"]) for row in data["again"]]),
        tuple((row["name"], row["where"]) for row in data["sister"]),
    )


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)", re.IGNORECASE)


def points_at_a_pattern(text: str) -> bool:
    """Whether a sentence speaks of a pattern told before: "the same setup", "when it did so", "on both occasions"."""
    return any(True for _ in anaphora().again.spans(text))


def pointed_at(text: str, start: int, before: Callable[[], Sequence[Thing]], here: Sequence[Thing]) -> Iterator[Thing]:
    """What a sentence that begins at `start` points back at; `before`: what was named before it, the latest first."""
    names: set[str] = set()
    for number, first, last in anaphora().gate.spans(text):
        row = anaphora().back[number]
        if any(thing.start is not None and thing.start < start + first and row.fits(thing.name) for thing in here):
            continue  # "Nikkei tracks the yen: a drop of the currency lifts it"
        meant = next((thing for thing in before() if row.fits(thing.name)), None)
        if meant and meant.name not in names and all(meant.name != thing.name for thing in here):
            names.add(meant.name)
            yield Thing(meant.name, start + first, start + last, pointed=True)


def sisters(named: Iterable[str]) -> dict[str, str]:
    """The second names in use in a document that names the things themselves: small caps beside the Russell 2000."""
    names = set(named)
    return {name: where for name, where in anaphora().sisters if name in names and where in names}
