"""What a pair is made of: assets, drivers of the lexicon, and how they came to be spoken of in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.correlation_rules import Driver

TOPIC, TITLE, MAIN = 7, 8, 9  # the `distance` of the last pattern's things, the title's, and the document's main asset
OPEN = Driver("open phrase", re.compile("(?!)"), "")  # what no lexicon lists


@dataclass(frozen=True, slots=True)
class Thing:
    """What one side of a pair is: an asset, or a driver from the lexicon. Offsets are None where it is carried over.

    `distance` counts the sentences back to where it was named; `main`: the asset the document is about; `row`: where
    the list it stands in ends ("gold, silver and copper"), 0 for none; `pointed`: by "the index", not by name.
    """

    name: str
    start: int | None
    end: int | None
    driver: Driver | None = None
    distance: int = 0
    main: bool = False
    row: int = 0
    pointed: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A driver and a response in sentence number `sentence`."""

    sentence: int
    driver: Thing
    response: Thing
    reversed: bool  # the response is printed first
    together: int = 0  # sentences of the document that name both
    in_title: bool = False  # the title names both


def overlap(a: Thing, b: Thing) -> bool:
    """Whether two things are printed in the same place."""
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end


def chart(thing: Thing) -> bool:
    """Whether it is a reading of an asset's own chart."""
    return thing.driver is not None and thing.driver.chart
