"""Drivers that no lexicon lists: the phrase a rule of a sentence speaks about, "spikes in realised losses" say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nlp.anchors import function_words

_SAYS = (
    "has|have|had|is|are|was|were|tends?|tended|usually|often|typically|generally|normally|always|historically|"
    "frequently|rarely|seldom|never|can|could|may|might|will|would|preced\\w+|signal\\w*|coincid\\w+|leads?|led|mark(?:s|ed)|"
    "suggests?|indicat\\w+|means?|makes?|made|helps?|helped|hurts?|boost(?:s|ed)?|drives?|drove|push(?:es|ed)?|"
    "support(?:s|ed)?|weigh(?:s|ed)|trigger(?:s|ed)?|spark(?:s|ed)?|fuel(?:s|ed)?|caus(?:es|ed?)|lifts?|lifted|sends?|sent|"
    "benefits?|benefited|favou?rs?|heralds?|heralded|follow(?:s|ed)|goes|reduces?|raises?"
)
_OPENING = r"(?:^|[,;:—–“\"(]\s?|\b(?:and|but|that|as|when|whenever|while|because|if|once|after|said|says)\s)"
_SUBJECT = re.compile(rf"{_OPENING}(?P<phrase>(?:[^\s,;:—–“”\"()]+\s){{1,7}}?)(?=(?:{_SAYS})\b)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][\w’'&/.%-]*")
_PRONOUNS = frozenset(
    "it they he she we i you this that these those there who which what here one nothing everything something".split()  # noqa: SIM905
)
_CLITIC = re.compile(r"[’'](?:ve|s|re|d|ll|m)$")
_MOST_WORDS = 4


@lru_cache(maxsize=2048)
def open_phrases(text: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, name) of phrases that stand as the subject of a statement, at most two of them."""
    return tuple(_phrases(text))[:2]


def _phrases(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _SUBJECT.finditer(text):
        words = list(_WORD.finditer(match["phrase"]))
        kept = [word for word in words if word[0].casefold() not in function_words()]
        if not kept or _CLITIC.sub("", words[-1][0].casefold()) in _PRONOUNS:  # "they’ve" too
            continue
        kept = kept[-_MOST_WORDS:]
        first = match.start("phrase")
        yield first + kept[0].start(), first + kept[-1].end(), " ".join(word[0] for word in kept).casefold()
