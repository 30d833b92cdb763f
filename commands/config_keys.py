"""The keys of calledit.toml, and a word about those that nothing reads: a slip in one would pass for a setting."""

from __future__ import annotations

import tomllib
from pathlib import Path

KEYS = (
    "source", "starting_set", "without",  # what is collected
    "contact", "allow_private", "deadline_s", "delay_s", "max_wait_s", "page_cap", "feed_cap", "host_delays",  # how
    "asset", "prices",  # markets
    "stance_model", "reading",  # readers
)  # fmt: skip


def unread_keys(config: Path) -> list[str]:
    """One line for each key on the file's top level that nothing reads; none for a file that is no TOML.

    Wrong TOML, and wrong keys inside [[source]], [[asset]] and [prices], are errors of those who read them.
    """
    try:
        found = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return []
    return [f"{config}: nothing reads the key `{key}`{_hint(key)}" for key in found if key not in KEYS]


def _hint(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key.lower(), KEYS, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; the keys are {', '.join(KEYS)}"
