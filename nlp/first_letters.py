"""Patterns that look at two letters before they try their many alternatives.

`(?<!\\w)(?:(?:the )?next week|soon)` is tried at every word; behind `(?=t[h]|n[e]|s[o])` only at a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants, _parser  # type: ignore[attr-defined]  # the parse tree, which `re` offers under no public name
from typing import Any

LETTERS = 2
ANY = ""  # closes a start: what follows could be anything
Start = tuple[str, ...]  # characters and classes as they are written in a pattern, ANY at most at the end

_ZERO_WIDTH = (_parser.AT, _parser.ASSERT, _parser.ASSERT_NOT)
_CLASSES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_WORD: r"\w",
}
_GUARD = re.compile(r"(?:\(\?<!\[[^\]]*\]\))?")  # a class that must not stand before: cheaper still, so it stays first


def narrowed(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The pattern with the same matches that looks at the first letters first; itself where they could be any."""
    if pattern.flags & re.IGNORECASE:
        return pattern
    starts = _of_sequence(_parser.parse(pattern.pattern, pattern.flags))
    if any(not start or start[0] == ANY for start in starts):
        return pattern
    ahead, printed = f"(?={_written(starts)})", pattern.pattern
    if _alternates(pattern):
        return re.compile(f"{ahead}(?:{printed})", pattern.flags)
    guard = _GUARD.match(printed)
    cut = guard.end() if guard else 0
    return re.compile(printed[:cut] + ahead + printed[cut:], pattern.flags)


def _alternates(pattern: re.Pattern[str]) -> bool:
    """Whether alternatives stand in no group, so that what is put before the pattern would go for the first alone."""
    plain, grouped = f"{pattern.pattern}x", f"(?:{pattern.pattern})x"
    return repr(_parser.parse(plain, pattern.flags)) != repr(_parser.parse(grouped, pattern.flags))


def _written(starts: Iterable[Start]) -> str:
    by_first: dict[str, set[str]] = {}
    for start in starts:
        by_first.setdefault(start[0], set()).add(start[1] if len(start) > 1 else ANY)
    return "|".join(
        first if ANY in seconds else f"{first}[{''.join(sorted(seconds))}]"
        for first, seconds in sorted(by_first.items())
    )


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> set[Start]:
    found: set[Start] = {()}
    for operator, argument in items:
        if operator in _ZERO_WIDTH:
            continue
        following = _of_item(operator, argument)
        found = {_joined(start, after) for start in found for after in (following if _is_open(start) else [()])}
        if not any(map(_is_open, found)):
            break
    return found


def _is_open(start: Start) -> bool:
    return len(start) < LETTERS and ANY not in start


def _joined(start: Start, after: Start) -> Start:
    return (start + after)[:LETTERS]


def _of_item(operator: Any, argument: Any) -> set[Start]:
    if operator is _parser.LITERAL:
        return {(re.escape(chr(argument)),)}
    if operator is _parser.IN:
        return _of_class(argument)
    if operator is _parser.SUBPATTERN:
        return _of_sequence(argument[3])
    if operator is _parser.BRANCH:
        return {start for branch in argument[1] for start in _of_sequence(branch)}
    if operator in (_parser.MAX_REPEAT, _parser.MIN_REPEAT):
        return _of_repeat(*argument)
    return {(ANY,)}


def _of_repeat(least: int, most: int, items: Any) -> set[Start]:
    once = _of_sequence(items)
    if most > 1:  # what follows the first may be another, or what comes after
        once = {(*start, ANY) if _is_open(start) else start for start in once}
    return once if least else once | {()}


def _of_class(members: Iterable[tuple[Any, Any]]) -> set[Start]:
    found: set[Start] = set()
    for operator, argument in members:
        if operator is _parser.LITERAL:
            found.add((re.escape(chr(argument)),))
        elif operator is _parser.RANGE and argument[1] - argument[0] < 32:
            found |= {(re.escape(chr(letter)),) for letter in range(argument[0], argument[1] + 1)}
        elif operator is _parser.CATEGORY and argument in _CLASSES:
            found.add((_CLASSES[argument],))
        else:
            return {(ANY,)}
    return found
