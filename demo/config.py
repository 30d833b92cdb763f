"""The configuration that points the ordinary code at the newsroom, in the format of calledit.toml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from demo.material import outlets, posts
from demo.prices import FIRST_DAY

TERMS = "Invented for the demo; free for every use."
DAY_S = 86_400
PROVIDERS = ("stooq", "fred", "binance")  # that the newsroom serves, in the shapes of the real ones


def sources(base_url: str) -> list[dict[str, object]]:
    """Every outlet and every account of the newsroom at `base_url`, as entries of sources.toml."""
    return [*_feeds(base_url), *_accounts(base_url)]


def price_endpoints(base_url: str) -> dict[str, str]:
    """The base address of each price provider the newsroom plays."""
    return {name: f"{base_url}/{name}" for name in PROVIDERS}


def configuration(base_url: str) -> str:
    """A whole calledit.toml: loopback allowed, no pause between requests, these sources, these prices."""
    lines = [
        "# The calledit demo: every person, outlet and price behind these addresses is invented.",
        'contact = "calledit demo"',
        'allow_private = ["127.0.0.0/8"]',
        "delay_s = 0",
        "starting_set = false",
        "",
        "[prices]",
        f"start = {FIRST_DAY.isoformat()}",
        f"providers = {_value(PROVIDERS)}",
        f"base_urls = {_table(price_endpoints(base_url))}",
        'stooq_key = "demo"',
        "cross_check = false",
    ]
    for source in sources(base_url):
        lines += ["", "[[source]]", *(f"{name} = {_value(value)}" for name, value in source.items())]
    return "\n".join(lines) + "\n"


def _feeds(base_url: str) -> Iterator[dict[str, object]]:
    for outlet in outlets().values():
        yield {
            "id": outlet.id, "name": outlet.name, "kind": "feed", "url": f"{base_url}/{outlet.id}/feed.xml",
            "publisher": outlet.name, "interval_s": DAY_S, "terms": TERMS,
            "options": {"full_text": outlet.carries == "full"},
        }  # fmt: skip


def _accounts(base_url: str) -> Iterator[dict[str, object]]:
    accounts = {(post.handle, post.network): post.author for post in posts()}
    for (handle, network), author in sorted(accounts.items()):
        bluesky = network == "bluesky"
        options: Mapping[str, object] = {"api": base_url} if bluesky else {}
        yield {
            "id": handle.replace("_", "-"), "name": author, "kind": network,
            "url": f"https://bsky.app/profile/{handle}" if bluesky else f"{base_url}/@{handle}",
            "publisher": author, "interval_s": DAY_S, "terms": TERMS, "options": options,
        }  # fmt: skip


def _value(value: object) -> str:
    """A TOML value: strings are quoted as JSON does it, which TOML reads alike."""
    if isinstance(value, Mapping):
        return _table(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _table(table: Mapping[str, object]) -> str:
    return "{ " + ", ".join(f"{name} = {_value(value)}" for name, value in table.items()) + " }"
