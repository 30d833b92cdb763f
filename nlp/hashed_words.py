"""The words of a clause and its sentence as numbers: the buckets that features like "b=could fall" are hashed to.

A name is never written out where it can be hashed piece by piece: the checksum of "b=could fall" is that of " fall"
carried on from that of "b=could".
"""

from __future__ import annotations

from itertools import chain, pairwise
from zlib import crc32

from nlp.clusters import clusters
from nlp.remembered import Remembered
from nlp.views import View

BUCKETS = 1 << 16


def hashed(name: str) -> int:
    """The bucket of a feature name."""
    return crc32(_bytes(name)) % BUCKETS


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def buckets_of(prefix: str) -> Remembered[str, int]:
    """The buckets of "prefix" + word by word."""
    return Remembered(lambda word: hashed(prefix + word))


def _begun(prefix: str) -> Remembered[str, int]:
    """Checksums of "prefix" + word, to be carried on with the next word."""
    return Remembered(lambda word: crc32(_bytes(prefix + word)))


def _coarse(word: str) -> str:
    """The coarse cluster of a word, "?" where it has none; masks stand for themselves."""
    known = clusters().get(word)
    return f"{known[0]}" if known else word if word[0] == "<" else "?"


def _alone(word: str) -> tuple[int, ...]:
    """The buckets of a word of the clause by itself: the word, its coarse cluster, and its fine one if it has any."""
    known = clusters().get(word)
    return *map(hashed, (f"c={word}", f"cc={_COARSE[word]}")), *([hashed(f"fc={known[1]}")] if known else [])


def _cluster_pair(pair: tuple[str, str]) -> tuple[int, ...]:
    """The bucket of two neighbouring coarse clusters; none where one is unknown."""
    return () if "?" in pair else (hashed(f"cb={pair[0]} {pair[1]}"),)


_COARSE, _ALONE, _CLUSTER_PAIRS = Remembered(_coarse), Remembered(_alone), Remembered(_cluster_pair)
_NEXT: Remembered[str, bytes] = Remembered(lambda word: _bytes(f" {word}"))
_IN_SENTENCE, _IN_POST = buckets_of("s="), buckets_of("post|c=")
_PAIR, _PAIR_IN_POST, _TRIPLE = _begun("b="), _begun("post|b="), _begun("t=")
_LEFT, _RIGHT, _SEGMENT = buckets_of("wl="), buckets_of("wr="), buckets_of("seg=")
_CLUSTER_LEFT, _CLUSTER_RIGHT = buckets_of("cwl="), buckets_of("cwr=")
_EDGES = buckets_of("first="), buckets_of("last=")
_PLACES = {place: buckets_of(f"w{place}=") for place in (-2, -1, 1, 2)}


def word_buckets(own: View, whole: View, post: bool) -> set[int]:
    """Buckets of the words of the clause and of its sentence, of neighbours, and of what is around the target."""
    tokens = own.tokens
    found = {*chain.from_iterable(map(_ALONE.__getitem__, tokens)), *map(_IN_SENTENCE.__getitem__, whole.tokens)}
    if not tokens:
        return found
    following = [*map(_NEXT.__getitem__, tokens)]
    found.update(_in_pairs(_PAIR, tokens, following))
    if post:
        found.update(_in_pairs(_PAIR_IN_POST, tokens, following))
        found.update(map(_IN_POST.__getitem__, tokens))
    found.update(_masked_triples(tokens, following))
    if "<o>" in tokens:
        found.update(map(_SEGMENT.__getitem__, segment(own)))
    for position in own.at:
        found.update(_around(tokens, position))
    found.update((_EDGES[0][tokens[0]], _EDGES[1][tokens[-1]]))
    found.update(_clustered(own))
    return found


def _in_pairs(begun: Remembered[str, int], tokens: tuple[str, ...], following: list[bytes]) -> set[int]:
    return {number % BUCKETS for number in map(crc32, following[1:], map(begun.__getitem__, tokens))}


def _masked_triples(tokens: tuple[str, ...], following: list[bytes]) -> set[int]:
    """Three words in a row, one of which is a mask: "above <usd> could"."""
    masks = [place for place, token in enumerate(tokens) if token[0] == "<"]
    firsts = {first for place in masks for first in range(max(0, place - 2), min(place + 1, len(tokens) - 2))}
    return {crc32(following[i + 2], crc32(following[i + 1], _TRIPLE[tokens[i]])) % BUCKETS for i in firsts}


def _around(tokens: tuple[str, ...], position: int) -> set[int]:
    found = {
        *map(_LEFT.__getitem__, tokens[max(0, position - 4) : position]),
        *map(_RIGHT.__getitem__, tokens[position + 1 : position + 6]),
    }
    for place, table in _PLACES.items():
        if 0 <= position + place < len(tokens):
            found.add(table[tokens[position + place]])
    return found


def _clustered(own: View) -> set[int]:
    """Clusters of neighbouring pairs, and of the words around the target."""
    coarse = [*map(_COARSE.__getitem__, own.tokens)]
    found = {*chain.from_iterable(map(_CLUSTER_PAIRS.__getitem__, pairwise(coarse)))}
    for position in own.at:
        found.update(map(_CLUSTER_LEFT.__getitem__, coarse[max(0, position - 4) : position]))
        found.update(map(_CLUSTER_RIGHT.__getitem__, coarse[position + 1 : position + 6]))
    return found


_PARTS = frozenset((",", ";", ":", "while", "but", "whereas", "although", "though", "yet", "as"))


def segment(own: View) -> tuple[str, ...]:
    """The target's own stretch of the clause: up to another asset or a conjunction on either side."""
    if not own.at:
        return ()
    tokens, first, last = own.tokens, own.at[0], own.at[-1]
    while first > 0 and tokens[first - 1] not in _PARTS and tokens[first - 1] != "<o>":
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1] not in _PARTS and tokens[last + 1] != "<o>":
        last += 1
    return tokens[first : last + 1]
