"""Word clusters: words that commentary uses alike share a number (weights/clusters.txt, one fine cluster a line)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def clusters() -> Mapping[str, tuple[int, int]]:
    """(coarse, fine) cluster numbers by lower-case word."""
    found: dict[str, tuple[int, int]] = {}
    lines = files("nlp").joinpath("weights/clusters.txt").read_text(encoding="utf-8").splitlines()
    for fine, line in enumerate(lines):
        coarse, *words = line.split()
        for word in words:
            found[word] = int(coarse), fine
    return found
