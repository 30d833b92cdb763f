"""One sentence as a scene: what it names and what it may speak of, and the sides of every pair these can make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.correlation_things import Thing, overlap

_CARRIED = 3  # things named before that a sentence may speak of


@dataclass(frozen=True, slots=True)
class Scene:
    """What sentence `number` names: assets, drivers of the lexicon, readings of a chart.

    `general`: it says a rule; `again`: maybe a further case of one told before. `before`: what was named before it,
    by distance, the nearest first; `main`: the asset the document is about.
    """

    number: int
    named: Sequence[Thing]
    outer: Sequence[Thing]
    chart: Sequence[Thing]
    general: bool
    again: bool
    before: Sequence[tuple[int, Sequence[Thing]]]
    main: str | None

    def known(self) -> list[Thing]:
        """Things named before and not here, the nearest first."""
        seen, found = {thing.name for thing in (*self.named, *self.outer)}, []
        for distance, things in self.before:
            for thing in things:
                if thing.name not in seen:
                    seen.add(thing.name)
                    found.append(Thing(thing.name, None, None, thing.driver, distance, thing.name == self.main))
        return found

    def responses(self, known: Sequence[Thing]) -> list[Thing]:
        """What a driver may act on: the assets named, and those before; several of these where it tells a rule."""
        assets = [t for t in known if t.driver is None or t.driver.asset]
        return [*self.named, *assets[: _CARRIED if self.general or self.again else 1]]

    def sides(self) -> Iterator[tuple[Thing, Thing]]:
        """Driver and response of every candidate; for each response, its own chart or course last."""
        known = self.known()
        carried = known[:_CARRIED] if self.general or self.again else ()
        for response in self.responses(known):
            for driver in (*self.outer, *self.named, *carried):
                if _distinct(driver, response):
                    yield driver, response
            base = self.chart[0] if self.chart else response
            reading = base.driver if self.chart else None
            yield Thing(response.name, base.start, base.end, reading, base.distance, base.main), response

    def named_together(self) -> Iterator[frozenset[str]]:
        """The names of the candidates of which both things stand in the sentence."""
        for response in self.named:
            yield frozenset((response.name,))
            for driver in (*self.outer, *self.named):
                if _distinct(driver, response):
                    yield frozenset((driver.name, response.name))


def _distinct(driver: Thing, response: Thing) -> bool:
    return driver.name != response.name and not overlap(driver, response)
