"""Assets a statement leaves out: "altcoins excluding Bitcoin and Ethereum" is about neither."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from nlp.prefilter import Caseless

_REACH = 120  # characters before a name in which the word that leaves it out may stand
_NONE = re.compile(r"\b(?:no|not|nothing|none|never|few|little|hardly|any|anything)\b[^.;]{0,50}$", re.IGNORECASE)
_ALSO = re.compile(r"[^.;]*\b(?:also|too|as well(?! as))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """exclusions.toml, compiled; `words` finds whether a text has any of them, `link` joins two names left out."""

    words: Caseless
    opening: re.Pattern[str]
    unless_added: re.Pattern[str]
    link: re.Pattern[str]


@cache
def exclusions() -> Exclusions:
    """The rules of exclusions.toml."""
    data = tomllib.loads(files("nlp").joinpath("exclusions.toml").read_text(encoding="utf-8"))
    parts = {kind: [row["pattern"] for row in data[kind]] for kind in ("anywhere", "unless_added", "bracket")}
    brackets = [rf"(?<=[(\[])(?:{part})" for part in parts["bracket"]]
    filler, added = data["filler"], "|".join(parts["unless_added"])
    words = "|".join([*parts["anywhere"], added, *brackets])
    return Exclusions(
        Caseless(_compiled(rf"(?<!\w)(?:{words})")),
        _compiled(rf"(?<!\w)(?:{words}){filler}$"),
        _compiled(rf"(?<!\w)(?:{added}){filler}$"),
        _compiled(rf"{data['link']}{filler}"),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def left_out(text: str, spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """The starts of the names, given by their spans in order, that the text leaves out of what it states."""
    if not any(True for _ in exclusions().words.finditer(text)):
        return frozenset()
    found: set[int] = set()
    for number, (start, _) in enumerate(spans):
        if start not in found and _opened(text, start):
            found.update(first for first, _ in _listed(text, spans[number:]))
    return frozenset(found)


def _listed(text: str, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The names of the list that begins with the first of them.

    A list that opens a sentence is closed by a comma: "Apart from Bitcoin, Ether and XRP gained" leaves out Bitcoin.
    """
    before = _before(text, spans[0][0])
    length = sure = 1
    done = False
    for (_, end), (start, last) in pairwise(spans):
        link = exclusions().link.fullmatch(text, end, start)
        if not link or (done and not link["same"]):
            break
        length, done = length + 1, done or bool(link["last"])
        if not link["comma"] and (sure == length - 1 or before not in _ENDS or _CLOSED.match(text, last)):
            sure = length
    return spans[: length if before in _BRACKETS else sure]


_ENDS, _BRACKETS = frozenset(".!?\n:"), frozenset("([")
_CLOSED = re.compile(r"\)?\s?[,;:.)—–]")


def _before(text: str, start: int) -> str:
    """The last mark before the word that leaves out the name at `start`, but for quotation marks; "." if none is."""
    floor = max(0, start - _REACH)
    word = exclusions().opening.search(text, floor, start)
    return text[floor : word.start()].rstrip(" “\"‘'")[-1:] or "." if word else "."


def _opened(text: str, start: int) -> bool:
    """Whether a word that leaves out stands right before a name."""
    rule, floor = exclusions(), max(0, start - _REACH)
    if not rule.opening.search(text, floor, start):
        return False
    added = rule.unless_added.search(text, floor, start)
    return not (added and (_NONE.search(text[floor : added.start()]) or _ALSO.match(text, start)))
