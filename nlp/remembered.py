"""Tables of what is worked out once: what a word stands for, say, in any document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
KEPT = 1 << 17  # entries of a table: names and handles never end


class Remembered(dict[K, V]):
    """What `make` gives for each key, worked out once; emptied when it has grown to KEPT entries."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        if len(self) >= KEPT:
            self.clear()
        value = self[key] = self._make(key)
        return value
