"""Who says what when: calls planned from the simulated future, so that each analyst's skill is known.

An analyst's row says how many calls there are and what share must come true within 30 days; the planner finds
days and assets on which the wanted stance turns out right, or wrong, by a clear margin. Calls of one analyst lie
at least GAP_DAYS apart, those on one asset at least SAME_ASSET_DAYS: nearly every call is evidence of its own.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from demo.material import Network
from demo.prices import signed_move

SEED = 11
START, END = date(2023, 1, 6), date(2025, 12, 19)
GAP_DAYS, SAME_ASSET_DAYS = 12, 32
MARGINS: Mapping[str, float] = MappingProxyType({"US10Y": 0.06, "VIX": 1.0, "DXY": 0.006, "GOLD": 0.009})
Stance = Literal["bullish", "bearish"]


@dataclass(frozen=True, slots=True)
class Analyst:
    """One invented analyst. `right` is the share of calls that come true at 30 days; None for whatever happens."""

    id: str
    name: str
    handle: str
    network: Network
    organisation: str
    skill: Literal["edge", "none", "always wrong", "always bullish"]
    assets: tuple[str, ...]
    posts: int  # calls made in posts; those in articles come on top
    right: float | None = None
    bearish: float = 0.5  # share of the calls


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call, and whether the simulated prices make it true after 30 days."""

    analyst: str
    day: date
    asset: str
    stance: Stance
    document: str

    @property
    def right(self) -> bool:
        """Whether the price went the way of the call."""
        return (signed_move(self.asset, self.day) > 0) == (self.stance == "bullish")


@cache
def analysts() -> Mapping[str, Analyst]:
    """Every analyst by id."""
    text = files("demo").joinpath("writing", "analysts.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["analyst"]
    return MappingProxyType({row["id"]: Analyst(**{**row, "assets": tuple(row["assets"])}) for row in rows})


def planned_posts(analyst: Analyst, said: Sequence[PlannedCall]) -> list[PlannedCall]:
    """The calls the analyst makes in posts, given those already made in articles (`said`)."""
    rng = random.Random(f"{SEED}:{analyst.id}")
    taken = [call for call in said if call.analyst == analyst.id]
    wanted = _deck(analyst, taken, rng)
    planned: list[PlannedCall] = []
    for number, day in enumerate(_slots(analyst.posts)):
        stance, right = wanted.pop()
        made = [*taken, *planned]
        # where the market does not offer the wanted outcome near this day, the other stance may do
        for side in (stance,) if right is None else (stance, _other(stance)):
            if found := _find(rng, analyst, day, side, right, made):
                planned.append(PlannedCall(analyst.id, found[1], found[0], side, f"{analyst.id}-{number:02}"))
                break
    return planned


def _slots(count: int) -> Iterator[date]:
    """Days spread evenly over the three years."""
    span = (END - START).days
    return (START + timedelta(days=round(span * (n + 0.5) / count)) for n in range(count))


def _deck(analyst: Analyst, said: Sequence[PlannedCall], rng: random.Random) -> list[tuple[Stance, bool | None]]:
    """Stance and outcome wanted of each post, shuffled; articles' outcomes are made up for."""
    bearish = round(analyst.bearish * analyst.posts)
    stances: list[Stance] = ["bearish" if n < bearish else "bullish" for n in range(analyst.posts)]
    outcomes: list[bool | None] = [None] * analyst.posts
    if analyst.right is not None:
        total = analyst.posts + len(said)
        due = round(analyst.right * total) - sum(call.right for call in said)
        due = max(0, min(analyst.posts, due))
        outcomes = [n < due for n in range(analyst.posts)]
    rng.shuffle(stances)
    rng.shuffle(outcomes)
    return list(zip(stances, outcomes, strict=True))


def _find(
    rng: random.Random, analyst: Analyst, middle: date, stance: Stance, right: bool | None, made: Sequence[PlannedCall]
) -> tuple[str, date] | None:
    """An asset and a day near `middle` on which the stance turns out as wanted; None where there is none."""
    days = [middle + timedelta(days=n) for n in range(-9, 10)]
    inside = [day for day in days if START <= day <= END]
    options = [(asset, day) for asset in analyst.assets for day in inside if _free(asset, day, made)]
    if right is not None:
        options = [o for o in options if _turns_out(*o, stance, right)]
    return rng.choice(options) if options else None


def _free(asset: str, day: date, made: Sequence[PlannedCall]) -> bool:
    return all(abs((day - call.day).days) >= (SAME_ASSET_DAYS if call.asset == asset else GAP_DAYS) for call in made)


def _turns_out(asset: str, day: date, stance: Stance, right: bool) -> bool:
    move = signed_move(asset, day)
    return abs(move) >= MARGINS.get(asset, 0.012) and (move > 0) == ((stance == "bullish") == right)


def _other(stance: Stance) -> Stance:
    return "bearish" if stance == "bullish" else "bullish"
