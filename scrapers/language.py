"""The language of a text: English by its commonest words, anything else by py3langid.

py3langid's model takes a second and 70 MB to load, in every process that reads pages; most pages never need it.
"""

from __future__ import annotations

import re

_SHORTEST = 80  # characters; what is shorter would be a guess
_ENOUGH = 1_000
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(["the", "of", "and", "to", "that", "with", "for", "from", "by", "this"])
_ENGLISH_SHARE = 0.1  # of all words; English prose has 0.15 to 0.3, other languages below 0.05
_DECLARED_SHARE = 0.05  # where the page says it is English: tables and lists of names have few common words


def language_of(text: str, declared: str | None = None) -> str | None:
    """The ISO 639-1 code of a text's language; None where the text is too short to tell.

    `declared` is what the page says of itself ("en-US"); it is believed only if the text does not contradict it.
    """
    if len(text) < _SHORTEST:
        return None
    words = _WORD.findall(text[:_ENOUGH].casefold())
    share = _DECLARED_SHARE if (declared or "").lower().startswith("en") else _ENGLISH_SHARE
    if sum(word in _ENGLISH for word in words) >= share * len(words) > 0:
        return "en"
    import py3langid

    return str(py3langid.classify(text[:_ENOUGH])[0])
