"""Which way a statement says its two things go, by rule: "gold tends to rise when real yields fall" is negative."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nlp.correlation_arguments import coefficient
from nlp.correlation_things import OPEN, Pair, Thing
from nlp.prefilter import Caseless
from nlp.text import Prepared

_MODIFIERS = 3  # words before a name that belong to it
_WORDS = 7  # between a name and its verb


@dataclass(frozen=True, slots=True)
class Directions:
    """directions.toml, compiled. Those of two patterns are (up, down)."""

    verb: tuple[Caseless, Caseless]
    behind: tuple[Caseless, Caseless]
    before: tuple[Caseless, Caseless]
    within: tuple[Caseless, Caseless]
    done: tuple[Caseless, Caseless]
    same: Caseless
    opposite: Caseless
    apart: Caseless
    parted: Caseless
    turns: re.Pattern[str]
    leaves_open: Caseless
    clause: re.Pattern[str]
    another: Caseless
    event: Caseless
    event_series: frozenset[str]
    turned_before: re.Pattern[str]
    turned_behind: re.Pattern[str]
    topped: re.Pattern[str]
    bottomed: re.Pattern[str]
    unrelated: Caseless
    per_dollar: re.Pattern[str]
    dollar: re.Pattern[str]


@cache
def directions() -> Directions:
    """The rules of directions.toml."""
    data = tomllib.loads(files("nlp").joinpath("directions.toml").read_text(encoding="utf-8"))
    modifier = r"(?:\s(?:the|a|an|its|real|u\.?s\.?|bond|spot|[\w-]+’s|[\w-]+'s|price|prices|of|in))*\s$"

    def both(name: str, form: str) -> tuple[Caseless, Caseless]:
        return _words(form % data[name]["up"]), _words(form % data[name]["down"])

    return Directions(
        both("verb", "%s"),
        both("behind", r"(?<=^\s)%s"),
        both("before", f"(?:%s){modifier}"),
        both("within", "%s"),
        both("done", f"(?:%s){modifier}"),
        _words(data["together"]["same"]),
        _words(data["together"]["opposite"]),
        _words(data["together"]["apart"]),
        _words(data["together"]["parted"]),
        re.compile(rf"(?:\b|(?=n[’']t))(?:{data['turn']['not']})\b", re.IGNORECASE),
        _words(data["turn"]["open"]),
        re.compile(rf"[,;:—–()]|\b(?:{data['clause']['words']})\b", re.IGNORECASE),
        _words(data["clause"]["another"]),
        _words(data["event"]["words"]),
        frozenset(data["event"]["series"]),
        re.compile(rf"(?<![\w-])(?:{data['turning']['before']})\s(?:the\s|a\s)?$", re.IGNORECASE),
        re.compile(rf"(?:[’']s?)?\s(?:{data['turning']['behind']})(?!\w)", re.IGNORECASE),
        re.compile(rf"\s(?:{data['turning']['top']})(?!\w)", re.IGNORECASE),
        re.compile(rf"\s(?:{data['turning']['bottom']})(?!\w)", re.IGNORECASE),
        _words(data["together"]["unrelated"]),
        re.compile(data["turned"]["symbols"]),
        re.compile(data["turned"]["dollar"], re.IGNORECASE),
    )


def _words(pattern: str) -> Caseless:
    whole = pattern if pattern.endswith("$") else rf"(?<![\w-])(?:{pattern})(?!\w)"
    return Caseless(re.compile(whole, re.IGNORECASE))


def stated_relation(prepared: Prepared, pair: Pair) -> str | None:
    """positive, negative or none where the sentence says it in so many words; None where it leaves that to the reader.

    Two series that rise and fall together are positive; an event is positive where the response rises after it.
    """
    if pair.driver.start is None or pair.response.start is None or pair.driver.start == pair.response.start:
        return None
    text, base = prepared.sentence_text(pair.sentence), prepared.sentences[pair.sentence].start
    if directions().unrelated.found(text):
        return "none"
    if directions().apart.found(text):
        return _parted(text, _span(pair.driver, base), _span(pair.response, base))
    return _together(text, pair) or _by_movements(text, base, pair)


def _behind_list(thing: Thing, printed: tuple[int, int], other: tuple[int, int], base: int) -> tuple[int, int]:
    """The span of a thing up to the end of its list: what follows "gold, silver and copper" is said of each."""
    end = max(printed[1], thing.row - base)
    return printed if printed[0] < other[0] < end else (printed[0], end)


def _span(thing: Thing, base: int) -> tuple[int, int]:
    assert thing.start is not None and thing.end is not None
    return thing.start - base, thing.end - base


def _parted(text: str, driver: tuple[int, int], response: tuple[int, int]) -> str | None:
    """ "Bitcoin has decoupled from stocks", with nothing else named between the two."""
    between = text[min(driver[1], response[1]) : max(driver[0], response[0])]
    apart = directions().parted.search(between)
    if not apart or directions().turns.search(between[: apart.start()]):
        return None
    return "none" if len(between[apart.end() :].split()) <= _MODIFIERS else None


def _together(text: str, pair: Pair) -> str | None:
    """What is said of both at once: "inversely", "in tandem", a coefficient."""
    if pair.driver.driver and not pair.driver.driver.asset:
        return None
    number = coefficient(text)
    if directions().opposite.found(text) or (number or 0.0) < 0:
        return None if directions().turns.search(text) else "negative"
    if directions().same.found(text) or number:
        return None if directions().turns.search(text) else "positive"
    return None


def _turns_there(text: str, span: tuple[int, int]) -> bool:
    """ "Tops of gold", "when gold peaked": an event, after which the response goes its own way."""
    rule = directions()
    return (
        rule.turned_before.search(text, 0, span[0]) is not None or rule.turned_behind.match(text, span[1]) is not None
    )


def _after_a_turn(behind: str) -> str | None:
    """ "Bitcoin topped a year after the halving": the event goes with a fall."""
    rule = directions()
    return "negative" if rule.topped.match(behind) else "positive" if rule.bottomed.match(behind) else None


def _by_movements(text: str, base: int, pair: Pair) -> str | None:
    """By how the two are said to move in a sentence that begins at `base`."""
    thing, driver, response = pair.driver, _span(pair.driver, base), _span(pair.response, base)
    if directions().another.found(text[min(driver[1], response[1]) : max(driver[0], response[0])]):
        return None
    listed = _behind_list(pair.response, response, driver, base), _behind_list(thing, driver, response, base)
    after = _movement(text, listed[0], driver, acted_on=True) * _quoted(pair.response, text[slice(*response)])
    event = _is_event(thing, text[slice(*driver)])
    if not after:
        return _after_a_turn(text[response[1] :]) if event else None
    moved = 1 if event or _turns_there(text, driver) else _movement(text, listed[1], response, acted_on=False)
    moved *= _quoted(thing, text[slice(*driver)])
    if thing.name in directions().event_series and not _verb(text[driver[1] :]):
        moved = abs(moved)
    return {1: "positive", -1: "negative"}.get(after * moved)


def _quoted(thing: Thing, printed: str) -> int:
    """-1 for "the yen", which is stored as USDJPY: the pair falls when the yen rises."""
    rule = directions()
    return -1 if rule.per_dollar.match(thing.name) and not rule.dollar.search(printed) else 1


def _is_event(thing: Thing, printed: str) -> bool:
    """A halving or a cut, which has no direction of its own to compare with."""
    if thing.driver is None:
        return directions().event.found(printed)
    return thing.driver is not OPEN and (thing.driver.event is not None or thing.driver.asset is None)


def _movement(text: str, span: tuple[int, int], other: tuple[int, int], acted_on: bool) -> int:
    """1 where a thing is said to rise or to be lifted, -1 where to fall, 0 where nothing clear is said."""
    rule = directions()
    behind = text[span[1] : other[0]] if other[0] > span[1] else text[span[1] :]
    if sign := _either(rule.within, text[slice(*span)]):
        return sign
    own = re.sub(r"^[’']s\b", "", behind)
    if sign := _either(rule.behind, own):
        return sign
    left = text[other[1] : span[0]] if other[1] <= span[0] else text[: span[0]]
    stated = _verb(own)
    if stated:
        return stated
    if sign := _either(rule.before, left):
        return sign if not acted_on else _turned(sign, left)
    return _turned(_either(rule.done, left), left) if acted_on else 0


def _either(patterns: tuple[Caseless, Caseless], text: str) -> int:
    up, down = (pattern.found(text) for pattern in patterns)
    return up - down


def _verb(behind: str) -> int:
    """The first movement behind a name, in its clause."""
    rule = directions()
    end = rule.clause.search(behind)
    clause = behind[: end.start()] if end else behind
    places = zip(rule.verb, (1, -1), strict=True)
    found = [(m.start(), m.end(), sign) for pattern, sign in places if (m := pattern.search(clause))]
    if not found:
        return 0
    start, stop, sign = min(found)
    words = clause[:start]
    if len(words.split()) > _WORDS or _EITHER_WAY.match(behind, stop):
        return 0
    return _turned(sign, words)


_EITHER_WAY = re.compile(r"\s(?:and|or)\s(?:ris|fall|drop|declin|climb)", re.IGNORECASE)


def _turned(sign: int, words: str) -> int:
    if directions().leaves_open.found(words):
        return 0
    return -sign if len(directions().turns.findall(words)) % 2 else sign
