"""The sources that are collected: one entry of `sources.toml` each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Source:
    """One place where something is published. `options` are read by its kind (see docs/sources.md)."""

    id: str
    name: str
    kind: str  # a key of scrapers.kinds.READERS
    url: str
    publisher: str | None = None
    interval_s: int = 3600  # the longest wait between two visits; the schedule adapts below it
    terms: str = ""
    checked: str = "never"  # ISO date of the last look by a person, or "never"
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
