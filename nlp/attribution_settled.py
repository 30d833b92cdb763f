"""Names set right by the whole document: a heading that ran into a sentence is no part of who speaks in it.

"Chart Turns Quickly Ellison said the dip is over" is said by Ellison where the text has "Mara Ellison believes" too;
"Supply Shock: fewer coins come to market" is said by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain

from nlp.attribution_marks import Cue
from nlp.attribution_names import kind_of, lexicon
from nlp.headings import words as sentence_words
from nlp.remembered import Remembered

_SMALL = r"(?:a|an|the|of|for|to|in|on|at|and|as|by|or|with|from|is)"  # in small letters in headings too
_WITHIN = re.compile(rf"(?<![\w’'])(?!{_SMALL}\s)[a-z][\w’'-]*,?\s(?:{_SMALL}\s)*[“‘'\"]?$")  # a sentence, up to a name
_REACH = 40  # characters before a name that _WITHIN looks at
_WORD = re.compile(r"[\w’'@#$-]+")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2,}$)")  # "RallyNotably"
_STRIPPED = 2  # words of a heading before a name that is printed nowhere else


class PrintedNames:
    """What one document says of the names that its cues were read with."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self._text = text
        self._names = {name for name in names if name}
        self._words = {word for name in self._names if " " in name for word in name.split()}
        self._printed: frozenset[str] = frozenset()
        self.meant = Remembered(self._set_right)  # name to name, "" where it is none

    def settled(self, cues: Iterable[Cue]) -> Iterator[Cue]:
        """The cues with the names as the document means them, without those whose name is none."""
        for cue in cues:
            name = self.meant[cue.name] if cue.reference == "name" else cue.name
            if cue.reference != "name" or name == cue.name:
                yield cue
            elif name:
                yield replace(cue, name=name, kind=kind_of(name))

    def _set_right(self, name: str) -> str:
        words = _without_opener(name.split())
        if not words or words[-1].casefold() in lexicon().instruments:
            return ""
        name = " ".join(words)
        core = words[1:] if words[0] == "The" else words
        plain = [self._small(word) for word in core]
        if len(core) < 2 or not any(plain) or _houses(words) or self._inside_sentence(name):
            return name
        known = next(filter(self._known_otherwise, _parts(core)), "")
        right = known or self._without_heading(core, plain)
        return name if right == " ".join(core) else right

    def _known_otherwise(self, part: str) -> bool:
        """Whether other cues name this part of a name, or a longer form of it, and it is no common word."""
        if self._small(part) or part.casefold() in lexicon().nobody:
            return False
        return part in self._names or (part in self._words and self._inside_sentence(part))

    def _without_heading(self, words: list[str], plain: list[bool]) -> str:
        if all(plain):
            return ""
        first = plain.index(False)
        return " ".join(words[first:] if first >= _STRIPPED else words)

    def _small(self, words: str) -> bool:
        """Whether the text has these words in small letters too."""
        if words in lexicon().particles:
            return False
        self._printed = self._printed or frozenset(_WORD.findall(self._text))
        return words.lower() in self._printed if " " not in words else words.lower() in self._text

    def _inside_sentence(self, name: str) -> bool:
        """Whether a word in small letters stands before the name: "that Rally Fox says", not "Ahead of a Rally Fox"."""
        return any(_WITHIN.search(self._text, max(0, at - _REACH), at) for at in self._places(name))

    def _places(self, name: str) -> Iterator[int]:
        at = self._text.find(name)
        while at >= 0:
            if not self._text[at + len(name) : at + len(name) + 1].isalnum():
                yield at
            at = self._text.find(name, at + 1)


@cache
def _openers() -> frozenset[str]:
    return sentence_words().starters - {word.capitalize() for word in lexicon().name_ends}


def _without_opener(words: list[str]) -> list[str]:
    """Without the first words of the next sentence: "Mara Ellison The", "Big RallyNotably"."""
    openers = _openers()
    while words and words[-1] in openers:
        words = words[:-1]
    if words and openers.intersection(_GLUED.split(words[-1])[1:]):
        return []
    return words[:-1] if words and words[-1] in ("of", "the", "and") else words  # "Power of Three"


def _houses(words: list[str]) -> bool:
    """Whether it is plainly a house: "Elm Research", "The Fed"."""
    lex = lexicon()
    known = " ".join(words).casefold().removeprefix("the ")
    return "of" in words or known in lex.known_houses or words[-1].casefold() in lex.org_words | lex.publications


def _parts(words: list[str]) -> Iterator[str]:
    """The ends and the beginnings of a name, the longest first."""
    count = len(words)
    return chain.from_iterable(
        (" ".join(words[count - size :]), " ".join(words[:size])) for size in range(count - 1, 0, -1)
    )
