"""Posts: from `posts/*.toml`, `neutral.toml` and `townsfolk.toml` to rows of posts.jsonl.

A text may start with the assets it fits ("GOLD,WTI| ...") and, where nothing is called, with a day
("@2024-06-11| ..."). Each text is used once before any is used again, and never twice for one asset.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Protocol

from demo.material import Network, Post
from demo.plan import END, START, Analyst, PlannedCall
from demo.wording import STRIDES, fill_post

SEED = 23
_HEAD = re.compile(r"(?:@(?P<day>\d{4}-\d\d-\d\d) ?)?(?P<assets>[A-Z0-9,]*)\| ")
_CONDITION = re.compile(r"(?i)(if|as long as|below) |.*\bbreak it and\b")
_STANCES = {"+": "bullish", "-": "bearish", "=": "neutral"}


class Voice(Protocol):
    """Whoever posts."""

    @property
    def handle(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def network(self) -> Network: ...


@dataclass(frozen=True, slots=True)
class WrittenPost:
    """One post ready to print; `other_call` where it calls something that is no part of the plan."""

    row: dict[str, Any]
    other_call: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Townsman:
    """Someone who posts now and then."""

    handle: str
    name: str
    network: Network


def post_row(post_id: str, voice: Voice, published: datetime, text: str) -> dict[str, Any]:
    """A row of posts.jsonl."""
    post = Post(post_id, voice.handle, voice.name, voice.network, published.astimezone(UTC), text)
    plain = {"id": post_id, "kind": "post", "network": voice.network, "handle": voice.handle, "author": voice.name}
    return {**plain, "url": post.url, "published": post.published.isoformat(), "text": text}


def call_posts(analyst: Analyst, planned: Sequence[PlannedCall]) -> Iterator[WrittenPost]:
    """The posts that make the analyst's planned calls."""
    rng = random.Random(f"{SEED}:{analyst.id}")
    bank = _bank(analyst.id)
    used: Counter[tuple[str, str]] = Counter()
    for call in planned:
        text = _pick(bank[call.stance], analyst, call.asset, used, rng)
        used[text, call.asset] += 1
        stride = 1.0 if _HEAD.match(text) else STRIDES.get(call.asset, 1.0)
        words = fill_post(_HEAD.sub("", text), call.asset, call.day, stride)
        yield WrittenPost(post_row(call.document, analyst, _moment(rng, call.day), words))


def _pick(
    texts: Sequence[str], analyst: Analyst, asset: str, used: Counter[tuple[str, str]], rng: random.Random
) -> str:
    """A text that fits the asset, the least used first, those written for it before those for any."""
    fitting = [text for text in texts if asset in _assets(text, analyst.assets) and not used[text, asset]]
    times = Counter(text for text, _ in used.elements())
    return min(fitting, key=lambda text: (times[text], "|" not in text, rng.random()))


def hangs_on_a_level(text: str) -> bool:
    """Whether a post's call holds only once a price is reached: "If ether loses $1,550, ..."."""
    return _CONDITION.match(text) is not None


def small_talk(analyst: Analyst) -> Iterator[WrittenPost]:
    """The analyst's posts that call nothing."""
    rng = random.Random(f"{SEED}:{analyst.id}:talk")
    for number, text in enumerate(_bank(analyst.id)["chatter"]):
        yield _free_post(f"{analyst.id}-talk-{number:02}", analyst, text, rng)


def neutral_posts(analyst: Analyst) -> Iterator[WrittenPost]:
    """The analyst's calls of no direction."""
    rng = random.Random(f"{SEED}:{analyst.id}:neutral")
    for number, text in enumerate(_toml("neutral.toml").get(analyst.id, ())):
        yield _free_post(f"{analyst.id}-flat-{number:02}", analyst, text, rng, "neutral")


def townsfolk() -> list[WrittenPost]:
    """The posts of everybody else."""
    written = []
    for entry in _toml("townsfolk.toml")["voice"]:
        voice = Townsman(entry["handle"], entry["author"], entry["network"])
        rng = random.Random(f"{SEED}:{voice.handle}")
        name = voice.handle.split(".")[0].replace("_", "-")
        for number, text in enumerate(entry["texts"]):
            stance = _STANCES.get(text[0])
            written.append(_free_post(f"{name}-{number:02}", voice, text[1:] if stance else text, rng, stance))
    return written


def _free_post(post_id: str, voice: Voice, text: str, rng: random.Random, stance: str | None = None) -> WrittenPost:
    head = _HEAD.match(text)
    asset = head["assets"] if head and head["assets"] else "BTC"
    day = START + timedelta(rng.randrange((END - START).days))
    if head and head["day"]:
        day = date.fromisoformat(head["day"])
    row = post_row(post_id, voice, _moment(rng, day), fill_post(_HEAD.sub("", text), asset, day))
    call = {"document": post_id, "speaker": voice.name, "asset": asset, "stance": stance} if stance else None
    return WrittenPost(row, call)


def _bank(name: str) -> dict[str, Any]:
    return _toml(f"posts/{name}.toml")


def _toml(path: str) -> dict[str, Any]:
    return tomllib.loads(files("demo").joinpath("writing", *path.split("/")).read_text(encoding="utf-8"))


def _assets(text: str, usual: Sequence[str]) -> Sequence[str]:
    """The assets a text fits: those it names, else every usual one but a yield, which needs its own words."""
    head = _HEAD.match(text)
    return head["assets"].split(",") if head else [asset for asset in usual if asset != "US10Y"]


def _moment(rng: random.Random, day: date) -> datetime:
    """A time of the working day in London, before New York closes."""
    return datetime.combine(day, time(7 + rng.randrange(8), rng.randrange(60), rng.randrange(60)), UTC)
