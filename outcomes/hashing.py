"""Input hashes by arrays: which claim fields, clock and price rows a verdict was computed from.

64-bit mixing (the finaliser of SplitMix64, Steele, Lea & Flood 2014), not cryptography: it tells an unchanged
input from a changed one. Price rows enter as a sum of mixed rows, so any stretch of days costs two look-ups.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from outcomes.arrays import Floats, Hashes, Ints
from outcomes.prices import PriceMatrix


def mixed(values: npt.NDArray[Any]) -> Hashes:
    """A well-spread 64-bit number for each 64-bit value (floats by their bits, so 0.1 is not 0.10000001)."""
    z = np.ascontiguousarray(values).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def combined(*columns: npt.NDArray[Any]) -> Hashes:
    """One hash per row of several equally long 64-bit columns; their order counts."""
    result = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        result = mixed(result ^ mixed(column))
    return result


def text_hashes(texts: Sequence[str]) -> Hashes:
    """A hash per text."""
    digests = b"".join(hashlib.blake2b(t.encode(), digest_size=8).digest() for t in texts)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def price_hashes(prices: PriceMatrix) -> Hashes:
    """Running sums of mixed price rows [assets × (days + 1)]: column c sums the rows before day c."""
    days = np.broadcast_to(np.arange(prices.width) + prices.first_day, prices.close.shape)
    bars = (prices.close, prices.high, prices.low)
    flat = combined(days.ravel(), *(np.where(np.isnan(v), 0.0, v).ravel() for v in bars))
    rows = np.where(np.isfinite(prices.close), flat.reshape(prices.close.shape), np.uint64(0))
    sums = np.zeros((len(rows), prices.width + 1), dtype=np.uint64)
    np.cumsum(rows, axis=1, out=sums[:, 1:])
    return sums


def stretch_hash(sums: Hashes, rows: Ints, first: Ints, last: Ints) -> Hashes:
    """Hash of the price rows of days first..last; of nothing where the row is -1."""
    width = sums.shape[1] - 1
    low, high = np.clip(first, 0, width), np.clip(last + 1, 0, width)
    return np.where(rows >= 0, sums[rows, high] - sums[rows, low], np.uint64(0))


def hex_of(hashes: Hashes) -> list[str]:
    """16 hex digits each."""
    text = hashes.astype(">u8").tobytes().hex()
    return [text[i : i + 16] for i in range(0, len(text), 16)]


def bits(values: Floats) -> Floats:
    """Floats made hashable by their bits: every NaN alike, and -0.0 as 0.0."""
    return np.where(np.isnan(values), np.inf, values + 0.0)
