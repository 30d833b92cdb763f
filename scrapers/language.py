"""The language of a text, by py3langid."""

from __future__ import annotations

import py3langid

_SHORTEST = 80  # characters; what is shorter would be a guess
_ENOUGH = 1_000


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of a text's language; None where the text is too short to tell."""
    if len(text) < _SHORTEST:
        return None
    return str(py3langid.classify(text[:_ENOUGH])[0])
