"""Sets of hashes small enough to store, whose overlap can still be measured."""

from __future__ import annotations

import base64
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

FULL = 2**32 - 1
SIZE = 400


@dataclass(frozen=True, slots=True)
class Sketch:
    """The lowest hashes of a set, and the `ceiling` up to which they are complete (FULL: the whole set).

    Two sketches compare exactly below the lower of their ceilings (Broder's bottom-k sampling, 1997).
    """

    hashes: frozenset[int]
    ceiling: int = FULL

    def shared(self, other: Sketch) -> tuple[int, int, int]:
        """Sizes of the intersection and of both sets, below the common ceiling."""
        limit = min(self.ceiling, other.ceiling)
        mine, theirs = self._below(limit), other._below(limit)
        return len(mine & theirs), len(mine), len(theirs)

    def _below(self, limit: int) -> frozenset[int]:
        return self.hashes if self.ceiling <= limit else frozenset(h for h in self.hashes if h <= limit)

    def containment(self, other: Sketch) -> float:
        """Share of the smaller set that stands in the larger one."""
        both, mine, theirs = self.shared(other)
        return both / min(mine, theirs) if mine and theirs else 0.0

    def jaccard(self, other: Sketch) -> float:
        both, mine, theirs = self.shared(other)
        return both / (mine + theirs - both) if both else 0.0

    def to_json(self) -> list[object]:
        packed = array("I", sorted(self.hashes)).tobytes()
        return [self.ceiling, base64.b85encode(packed).decode("ascii")]

    @classmethod
    def from_json(cls, row: list[object]) -> Sketch:
        packed = array("I")
        packed.frombytes(base64.b85decode(str(row[1])))
        return cls(frozenset(packed), int(str(row[0])))


def sketch(items: Iterable[str]) -> Sketch:
    """The sketch of a set of strings; hashes are stable between runs and machines."""
    hashes = {
        int.from_bytes(blake2b(item.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")
        for item in items
    }
    if len(hashes) <= SIZE:
        return Sketch(frozenset(hashes))
    kept = sorted(hashes)[:SIZE]
    return Sketch(frozenset(kept), kept[-1])
