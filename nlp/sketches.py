"""Sets of hashes small enough to store, whose overlap can still be measured."""

from __future__ import annotations

import base64
from array import array
from bisect import bisect_right
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

    ordered: tuple[int, ...]
    hashes: frozenset[int]
    ceiling: int = FULL

    def shared(self, other: Sketch) -> tuple[int, int, int]:
        """Sizes of the intersection and of both sets, below the common ceiling."""
        limit = min(self.ceiling, other.ceiling)
        both = sum(item <= limit for item in self.hashes & other.hashes)
        return both, bisect_right(self.ordered, limit), bisect_right(other.ordered, limit)

    def containment(self, other: Sketch) -> float:
        """Share of the smaller set that stands in the larger one."""
        both, mine, theirs = self.shared(other)
        return both / min(mine, theirs) if mine and theirs else 0.0

    def jaccard(self, other: Sketch) -> float:
        both, mine, theirs = self.shared(other)
        return both / (mine + theirs - both) if both else 0.0

    def to_json(self) -> list[object]:
        return [self.ceiling, base64.b64encode(array("I", self.ordered).tobytes()).decode("ascii")]

    @classmethod
    def from_json(cls, row: list[object]) -> Sketch:
        packed = array("I")
        packed.frombytes(base64.b64decode(str(row[1])))
        return cls(tuple(packed), frozenset(packed), int(str(row[0])))


def sketch(items: Iterable[str]) -> Sketch:
    """The sketch of a set of strings; hashes are stable between runs and machines."""
    hashes = {
        int.from_bytes(blake2b(item.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")
        for item in items
    }
    kept = tuple(sorted(hashes)[:SIZE])
    return Sketch(kept, frozenset(kept), FULL if len(hashes) <= SIZE else kept[-1])
