"""What a claimed relation says beside its two ends: event, lag, magnitude, coefficient, instances, periods."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.correlation_candidates import lexicon_drivers
from nlp.correlation_things import Pair, Thing
from nlp.figures.grammar import Quantity, number_of
from nlp.first_letters import narrowed
from nlp.prefilter import Caseless
from nlp.text import Prepared

_DAYS = {"day": 1, "session": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_SMALL = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split(),  # noqa: SIM905
        1,
    )
} | {"a": 1, "an": 1, "a few": 3, "several": 3, "couple of": 2, "a couple of": 2, "eighteen": 18, "twenty": 20}
_COUNT = r"(?<![\w.,$%])(?:\d+(?:\.\d+)?|" + "|".join(sorted(_SMALL, key=len, reverse=True)) + ")"
# "lags by 80 days", "two to three months later", "within six months", "over the next twelve months"
_LAG = Caseless(
    re.compile(
        rf"(?P<low>{_COUNT})(?:\s?(?:-|–|to|or)\s?(?P<high>{_COUNT}))?[\s-](?P<unit>day|session|week|month|quarter|year)s?"
        r"(?=\s(?:later|after|afterwards|lag|delay|ahead|before|following|earlier|lead|behind)|-lag|\slag)|"
        rf"(?:lag\w*|delay|leads?|within|inside|(?:over|in|during)\sthe\s(?:next|following|subsequent)|"
        rf"preced\w+\s(?:\S+\s){{1,6}}by|(?:by|of)\s(?:about|around|roughly|some))\s(?:\w+\s){{0,3}}?"
        rf"(?P<low2>{_COUNT})(?:\s?(?:-|–|to|or)\s?(?P<high2>{_COUNT}))?[\s-](?P<unit2>day|session|week|month|quarter|year)s?",
        re.IGNORECASE,
    )
)
_COEFFICIENT = Caseless(
    re.compile(
        r"(?:correlat\w+|coefficient|r-squared|relationship|link|beta)[^.;]{0,60}?"
        r"(?P<sign>-|−|minus\s|negative\s)?(?<![\d$])(?P<value>[01]?\.\d+)(?![\d%]|\s?percent)"
        r"|(?P<sign2>-|−|minus\s|negative\s)?(?<![\d$])(?P<value2>[01]?\.\d+)\s(?:\w+\s)?(?:correlation|coefficient)",
        re.IGNORECASE,
    )
)
# "in 14 of 18 cases", "the last three golden crosses", "four times", "twice"
_INSTANCES = Caseless(
    re.compile(
        rf"(?:out\sof|of|in)\s(?:the\s)?(?:last\s|past\s|previous\s)?(?P<whole>\d+|{'|'.join(_SMALL)})\s"
        r"(?:such\s|previous\s|earlier\s)?(?:times|instances|occasions|cases|cycles|episodes|years|decades|halvings|signals)\b|"
        rf"(?:all|last|past|previous|prior|earlier|of|in|these|each\sof(?:\sthe)?|the)\s(?P<count>\d+|{'|'.join(_SMALL)})\s"
        r"(?!of\s|out\s)(?:\w+\s){0,2}(?:times|instances|occasions|cases|cycles|episodes|halvings|crosses|tops|bottoms|signals|bull\straps|"
        r"recessions|occurrences|campaigns|elections|hikes|cuts|rallies|sell-offs|months|quarters)\b|"
        r"(?P<times>\d+|two|three|four|five|six|seven|eight|nine|ten)\s(?:times|instances|occasions|cases)\b|"
        r"\b(?P<twice>twice)\b",
        re.IGNORECASE,
    )
)
_PERIOD = narrowed(
    re.compile(
        r"(?:(?:early|mid|late)[-\s]|Q[1-4]\s|(?:January|February|March|April|May|June|July|August|September|October|"
        r"November|December|spring|summer|autumn|fall|winter)\s(?:of\s)?)?"
        r"(?<!ussell[ -])(?<!USSELL[ -])(?<!CSI )(?<!Global )"
        r"(?<![$€£.,\d])(?:19|20)\d\d(?:\s?[-–/]\s?(?:(?:19|20)?\d\d)\b)?(?![,.]\d|\d|%|s\b)\b"
    )
)  # the Russell 2000 is no year, $2,017 neither


def driver_event(prepared: Prepared, pair: Pair) -> tuple[str | None, str | None]:
    """The event of the driver as printed, and its id in the events rules file, where one fits."""
    driver = pair.driver.driver
    if driver and (driver.chart or driver.event):
        printed = prepared.text[pair.driver.start : pair.driver.end] if pair.driver.start is not None else None
        return driver.event or printed or driver.label, driver.event_id
    if driver:
        return None, driver.event_id
    near = _event_near(prepared, pair)
    if near and near.driver and near.start is not None:
        return prepared.text[near.start : near.end], near.driver.event_id
    return None, None


def _event_near(prepared: Prepared, pair: Pair) -> Thing | None:
    """ "A new high of the Russell 2000": words of the lexicon within a few words of the driver's name."""
    start, end = pair.driver.start, pair.driver.end
    if start is None or end is None:
        return None
    sentence = prepared.sentences[pair.sentence]
    near = lexicon_drivers(prepared.text, max(sentence.start, start - 40), min(sentence.end, end + 40))
    charts = [t for t in near if t.driver and t.driver.chart and not _of_other_clause(prepared.text, t, start)]
    stop = pair.response.start
    between = [t for t in charts if stop is None or not min(start, t.start or 0) < stop < max(start, t.start or 0)]
    return min(between, key=lambda t: abs((t.start or 0) - start), default=None)


_OPENS_CLAUSE = re.compile(r"\b(?:after|when|whenever|once|as|if|while|since|following)\b", re.IGNORECASE)


def _of_other_clause(text: str, thing: Thing, driver_start: int) -> bool:
    """ "Altcoins surge after the Russell 2000": the surge is not the index's. Carried things are of no clause here."""
    if thing.start is None or thing.end is None:
        return True
    return thing.end <= driver_start and _OPENS_CLAUSE.search(text, thing.end, driver_start) is not None


def lag_days(text: str) -> float | tuple[float, float] | None:
    """How long the response comes after the driver, in days: 80, or (60, 90) for "two to three months"."""
    match = _LAG.search(text)
    if not match:
        return None
    unit = _DAYS[(match["unit"] or match["unit2"]).casefold()]
    low, high = match["low"] or match["low2"], match["high"] or match["high2"]
    first = _number(low) * unit
    return (first, _number(high) * unit) if high else first


def _number(printed: str) -> float:
    return float(_SMALL.get(printed.casefold()) or number_of(printed))


def coefficient(text: str) -> float | None:
    """A printed coefficient of correlation."""
    match = _COEFFICIENT.search(text)
    if not match:
        return None
    value = float(match["value"] or match["value2"])
    return -value if match["sign"] or match["sign2"] else value


def instances(text: str) -> int | None:
    """How many cases the claim says it rests on."""
    match = _INSTANCES.search(text)
    if not match:
        return None
    if match["twice"]:
        return 2
    return int(_number(match["whole"] or match["count"] or match["times"]))


def periods(text: str) -> tuple[str, ...]:
    """The periods named, as printed."""
    return tuple(dict.fromkeys(match[0] for match in _PERIOD.finditer(text)))


def magnitude(pair: Pair, quantities: Sequence[Quantity], start: int, end: int) -> float | None:
    """The first percentage or multiple printed after the response, as percent; None where there is none."""
    after = pair.response.start if pair.response.start is not None else start
    for quantity in quantities:
        if after <= quantity.start < end and quantity.unit in ("%", "x"):
            return quantity.value if quantity.unit == "%" else 100 * (quantity.value - 1)
    return None
