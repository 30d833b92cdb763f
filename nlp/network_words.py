"""What the network reads of a candidate: words, each with its clusters and its place.

Of "Gold fell. Bitcoin (<t>) could reach $90,000, said Mara Quill" it sees every word, masked as the linear model sees
it, and how far it stands from the asset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from nlp.clusters import clusters
from nlp.remembered import Remembered
from nlp.stance_features import Context, Features
from nlp.views import aimed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLAUSE, REST, BEFORE = 44, 12, 16  # words read of the clause, of the rest of its sentence, of the sentence before
LEFT = 20  # words of a longer clause that are kept before the asset
NEAR = 7  # places are told apart up to this many words from the asset
ABSENT, FAR, BESIDE, EARLIER = 0, 2 * NEAR + 2, 2 * NEAR + 3, 2 * NEAR + 4
PLACES = EARLIER + 1
TARGET = NEAR + 1
UNKNOWN = 200  # rows shared by the words that the table does not hold


@dataclass(frozen=True, slots=True)
class Batch:
    """Candidates as arrays, padded to the longest.

    `rows` (n, length): rows of the word table; `places` (n, length): ABSENT at the padding; `dense` (n, len(DENSE)).
    """

    rows: NDArray[np.int32]
    places: NDArray[np.int8]
    dense: NDArray[np.float32]

    def part(self, chosen: NDArray[np.intp]) -> Batch:
        """These candidates, padded to the longest of them."""
        places = self.places[chosen]
        length = max(1, int((places != ABSENT).sum(1).max(initial=0)))
        return Batch(self.rows[chosen, :length], places[:, :length], self.dense[chosen])


def words_around(context: Context) -> tuple[tuple[str, ...], list[int]]:
    """The words around a candidate and their places: the sentence before, the clause, the rest of its sentence."""
    tokens, at = context.clause.tokens, context.clause.at
    before = aimed(context.before, context.asset).tokens[-BEFORE:] if context.before else ()
    start = max(0, min(at[0] - LEFT, len(tokens) - CLAUSE)) if at else 0
    clause = tokens[start : start + CLAUSE]
    rest: tuple[str, ...] = ()
    if context.sentence is not context.clause:
        rest = context.sentence.tokens[-REST:] if context.first else context.sentence.tokens[:REST]
    places = [EARLIER] * len(before) + _places(start, len(clause), at) + [BESIDE] * len(rest)
    return before + clause + rest, places


_LINE = [TARGET + max(-NEAR, min(NEAR, number - 1000)) for number in range(2000)]  # places of a long clause


def _places(start: int, count: int, at: tuple[int, ...]) -> list[int]:
    """How far from the nearest mention of the asset, from 1 to 2 NEAR + 1; FAR where the clause does not name it."""
    if not at:
        return [FAR] * count
    if len(at) == 1:
        return _LINE[1000 + start - at[0] : 1000 + start - at[0] + count]
    nearest = (min((number - position for position in at), key=abs) for number in range(start, start + count))
    return [TARGET + max(-NEAR, min(NEAR, distance)) for distance in nearest]


class WordTable:
    """Numbers the words that the network tells apart, and says which vectors make up each.

    `parts` (rows, 3): the vectors of the word itself, of its coarse and of its fine cluster, 0 where there is none.
    Row 0 is that of nothing. Words that are neither among `words` nor in a cluster share UNKNOWN rows.
    """

    def __init__(self, words: Sequence[str]) -> None:
        import numpy as np

        self.words = tuple(words)
        known = set(self.words)
        extra = [word for word in clusters() if word not in known]
        self._coarse = 1 + len(self.words) + UNKNOWN
        self._fine = self._coarse + 1 + max(coarse for coarse, _ in clusters().values())
        self.vectors = self._fine + 1 + max(fine for _, fine in clusters().values())
        listed = [*self.words, *(None for _ in range(UNKNOWN)), *extra]
        self.parts = np.array([(0, 0, 0), *map(self._parts, range(1, len(listed) + 1), listed)], np.int32)
        self._numbers = {word: number for number, word in enumerate(listed, 1) if word is not None}
        self._rows: Remembered[str, int] = Remembered(lambda word: self._numbers.get(word) or self._unknown(word))

    def _unknown(self, word: str) -> int:
        return 1 + len(self.words) + crc32(word.encode("utf-8", "surrogatepass")) % UNKNOWN

    def _parts(self, number: int, word: str | None) -> tuple[int, int, int]:
        if word is None:
            return number, 0, 0
        coarse, fine = clusters().get(word, (None, None))
        own = number if number <= len(self.words) else self._unknown(word)
        return own, 0 if coarse is None else self._coarse + coarse, 0 if fine is None else self._fine + fine

    def batch(self, features: Sequence[Features]) -> Batch:
        """The candidates as arrays."""
        import numpy as np

        found = [words_around(one.context) for one in features]
        length = max(1, *(len(places) for _, places in found)) if found else 1
        rows = np.zeros((len(found), length), np.int32)
        places = np.zeros((len(found), length), np.int8)
        for number, (words, at) in enumerate(found):
            rows[number, : len(at)] = [*map(self._rows.__getitem__, words)]
            places[number, : len(at)] = at
        return Batch(rows, places, np.array([one.dense for one in features], np.float32))
