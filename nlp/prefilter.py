"""Which of many patterns can match a text at all: by the letters that every match of theirs contains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from re import _parser  # type: ignore[attr-defined]  # the parse tree, which `re` offers under no public name
from typing import Any

from nlp.first_letters import narrowed
from nlp.remembered import Remembered

GRAM = 3
LEAST = 2  # letters of a literal worth looking for
MOST = 16  # strings that a stretch of a pattern is written out to
Needed = tuple[str, int]  # a literal that one of the patterns needs, and the number of the pattern


class Gate:
    """Patterns by number, behind pieces of words: `open` gives those that could match.

    "(?:rate|interest) cut" needs "rate cut" or "interest cut", so a text without the words "rate" and "interest" is not
    searched. What a word lets through is worked out once for all texts.
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns, self._twins = patterns, dict[int, Caseless]()
        needed = [needed_literals(pattern) for pattern in patterns]
        self._always = tuple(number for number, literals in enumerate(needed) if not literals)
        self._short: list[Needed] = []
        self._by_gram: dict[str, list[tuple[str, Needed]]] = {}
        for literal, number in [(literal, number) for number, literals in enumerate(needed) for literal in literals]:
            piece = max(_WORD.findall(literal), key=len, default="")
            if len(piece) < GRAM:
                self._short.append((literal, number))
            else:
                rest = "" if piece == literal else literal
                self._by_gram.setdefault(_rarest(piece), []).append((piece, (rest, number)))
        self._by_word = Remembered(self._let_through)

    def _let_through(self, word: str) -> tuple[Needed, ...]:
        """What a text with this word may hold: literals to look for (none where the word is enough), with numbers."""
        grams = (word[at : at + GRAM] for at in range(len(word) - GRAM + 1))
        held = chain.from_iterable(self._by_gram.get(gram, ()) for gram in grams)
        return tuple({needed for piece, needed in held if piece in word})

    def open(self, text: str) -> list[int]:
        """The numbers of the patterns that could match somewhere in the text, in order."""
        low, words = _words(text)
        possible = chain(self._short, chain.from_iterable(map(self._by_word.__getitem__, words)))
        return sorted({*self._always, *[number for literal, number in possible if literal in low]})

    def spans(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of every match, pattern by pattern. For patterns that ignore case."""
        for number in self.open(text):
            twin = self._twins.get(number) or self._twins.setdefault(number, Caseless(self._patterns[number]))
            for start, end in twin.spans(text):
                yield number, start, end


_COMMON = " etaoinsrhldcumfpgwybvkxjqz"  # the commonest letters of English first


def _rarest(literal: str) -> str:
    """The three letters in a row of a literal that the fewest sentences hold."""
    grams = [literal[at : at + GRAM] for at in range(len(literal) - GRAM + 1)]
    return max(grams, key=lambda gram: sum(_COMMON.find(letter) % len(_COMMON) for letter in gram))


_WORD = re.compile(r"\w+")
_ODD_SPACE = re.compile(r"[^\S ]")


@lru_cache(maxsize=16)  # several gates look at one sentence in turn
def _words(text: str) -> tuple[str, frozenset[str]]:
    low = folded(text)
    if _ODD_SPACE.search(low):
        low = _ODD_SPACE.sub(" ", low)
    return low, frozenset(_WORD.findall(low))


@lru_cache(maxsize=8)  # every layer asks for the document's text in turn
def folded(text: str) -> str:
    """Lower case, of the same length, as matching without case sees it: "i" for "İ" and "ı" too, "s" for the long s."""
    if not text.isascii():
        text = text.replace("İ", "i").replace("ı", "i").replace("ſ", "s")
    return text.lower()


def needed_literals(pattern: re.Pattern[str]) -> frozenset[str]:
    """Lower-case strings of two letters or more, one of which is in every match; empty where none are known.

    A blank stands for white space of any kind.
    """
    return _of_sequence(_parser.parse(pattern.pattern, pattern.flags))


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    options, run = [], _NOTHING
    for operator, argument in items:
        longer = _joined(run, _exactly(operator, argument))
        if longer is None:
            options += [run, _of_item(operator, argument)]
            longer = _NOTHING
        run = longer
    options.append(run)
    known = [_shortest(found) for found in options if found and min(map(len, found)) >= LEAST]
    return max(known, key=lambda found: (min(map(len, found)), -len(found)), default=frozenset())


def _shortest(literals: frozenset[str]) -> frozenset[str]:
    """The literals without those that contain another."""
    return frozenset(a for a in literals if not any(b != a and b in a for b in literals))


_NOTHING = frozenset(("",))
_ZERO_WIDTH = (_parser.AT, _parser.ASSERT, _parser.ASSERT_NOT)


def _exactly(operator: Any, argument: Any) -> frozenset[str] | None:
    """Everything that an item of a pattern can match, where that is no more than MOST strings."""
    if operator is _parser.LITERAL:
        return frozenset((folded(chr(argument)),))
    if operator in _ZERO_WIDTH:
        return _NOTHING
    if operator is _parser.SUBPATTERN:
        return _exact_sequence(argument[3])
    if operator is _parser.IN:
        return _of_class(argument)
    if operator is _parser.BRANCH:
        branches = [_exact_sequence(branch) for branch in argument[1]]
        return _few({text for branch in branches for text in branch or ()}) if all(branches) else None
    if operator in (_parser.MAX_REPEAT, _parser.MIN_REPEAT) and argument[1] == 1:
        once = _exact_sequence(argument[2])
        return once if argument[0] else _few({"", *once}) if once else None
    return None


def _of_class(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found = set()
    for operator, argument in members:
        if operator is _parser.RANGE and argument[1] - argument[0] < MOST:
            found |= {folded(chr(letter)) for letter in range(argument[0], argument[1] + 1)}
        elif operator is _parser.LITERAL:
            found.add(folded(chr(argument)))
        elif (operator, argument) == (_parser.CATEGORY, _parser.CATEGORY_SPACE):
            found.add(" ")
        else:
            return None
    return _few(found)


def _exact_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: frozenset[str] | None = _NOTHING
    for operator, argument in items:
        found = _joined(found, _exactly(operator, argument)) if found else None
    return found


def _joined(firsts: frozenset[str], seconds: frozenset[str] | None) -> frozenset[str] | None:
    return _few({first + second for first in firsts for second in seconds}) if seconds else None


def _few(texts: set[str]) -> frozenset[str] | None:
    return frozenset(texts) if len(texts) <= MOST else None


def _of_item(operator: Any, argument: Any) -> frozenset[str]:
    if operator is _parser.SUBPATTERN:
        return _of_sequence(argument[3])
    if operator in (_parser.MAX_REPEAT, _parser.MIN_REPEAT) and argument[0] >= 1:
        return _of_sequence(argument[2])
    if operator is _parser.BRANCH:
        found = [_of_sequence(branch) for branch in argument[1]]
        return frozenset().union(*found) if all(found) else frozenset()
    return frozenset()


class Caseless:
    """A pattern that ignores case, looked for in lower case without that flag, which takes half the time."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        twin = re.compile(_LETTERS.sub(_lowered, pattern.pattern), pattern.flags & ~re.IGNORECASE)
        self._twin = narrowed(twin)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches of the pattern itself, in order."""
        for start, _ in self.spans(text):
            match = self._pattern.match(text, start)
            if match:
                yield match

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they are."""
        return (match.span() for match in self._twin.finditer(folded(text)))

    def search(self, text: str) -> re.Match[str] | None:
        """The first of the matches."""
        return next(self.finditer(text), None)

    def found(self, text: str) -> bool:
        """Whether there is one."""
        return self._twin.search(folded(text)) is not None

    def count(self, text: str) -> int:
        """How many there are."""
        return len(self._twin.findall(folded(text)))


class Numeric(Caseless):
    """A pattern of numbers, tried only at their digits and at most `reach` characters before them.

    What it allows before the first digit, a currency say, must be no longer and hold no digit itself.
    """

    def __init__(self, pattern: re.Pattern[str], reach: int) -> None:
        super().__init__(pattern)
        self._reach = reach

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        low, at = folded(text), 0
        for digits in _DIGITS.finditer(low):
            first = digits.start()
            tries = (self._twin.match(low, place) for place in range(max(at, first - self._reach), first + 1))
            found = next(filter(None, tries), None)
            if found:
                at = found.end()
                yield found.span()


_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"\\.|\(\?P[<=]\w+|[^\\(]+|\(", re.DOTALL)


def _lowered(part: re.Match[str]) -> str:
    return part[0] if part[0][0] == "\\" or part[0].startswith("(?P") else part[0].lower()
