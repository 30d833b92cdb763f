"""What the sentences before named, and what a sentence may therefore speak of without naming it."""

from __future__ import annotations

from collections.abc import Sequence

from markets.assets import registry
from nlp.correlation_things import MAIN, TITLE, TOPIC, Thing

_STALE = 4  # sentences after which a pattern is no longer what "the same setup" means


class Memory:
    """The last two sentences, the title, the last pattern told, and the document's main asset."""

    def __init__(self, main: str | None) -> None:
        self.main = main
        asset = registry().get(main) if main else None
        self.coins = asset is not None and (asset.kind == "coin" or asset.symbol in ("CRYPTO", "ALTS", "MEMES"))
        self.title: list[Thing] = []
        self.last: list[list[Thing]] = []
        self.topic: list[Thing] = []
        self._told = self._now = 0
        self._when: dict[str, tuple[int, Thing]] = {}

    @property
    def fresh(self) -> bool:
        """Whether a pattern was told a few sentences ago."""
        return bool(self.topic) and self._now - self._told < _STALE

    def note(self, role: str, things: Sequence[Thing], told: bool) -> None:
        """Remember a sentence; `told`: it may have told a pattern about them."""
        self._now += 1
        if role == "title":
            self.title = list(things)
        else:
            self.last = [list(things), *self.last[:1]]
        if told and len({thing.name for thing in things}) > 1:
            self.topic, self._told = list(things), self._now
        elif told and self.fresh:
            self._told = self._now
        for thing in reversed(things):
            self._when[thing.name] = (self._now, thing)

    def latest(self) -> list[Thing]:
        """What was named before, the latest first; of one sentence the first-named first."""
        places = [(when, order, thing) for order, (when, thing) in enumerate(self._when.values())]
        return [thing for _, _, thing in sorted(places, key=lambda place: (-place[0], -place[1]))]

    def before(self, again: bool) -> list[tuple[int, Sequence[Thing]]]:
        """What was named so far, by distance; `again`: what the last pattern was about comes first."""
        main = [Thing(self.main, None, None)] if self.main else []
        topic = [(TOPIC, self.topic)] if again and self.fresh else []
        return [*topic, *enumerate(self.last, 1), (TITLE, self.title), (MAIN, main)]
