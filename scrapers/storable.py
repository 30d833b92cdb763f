"""Text that every database and file can hold."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text with NULs, lone surrogates and non-characters as U+FFFD: one for one, so that offsets stay."""
    return _UNSTORABLE.sub("\ufffd", text)
