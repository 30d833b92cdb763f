"""Names of authors out of bylines: "By Ana Ruiz and Tom Beck, Daily Ledger" → Ana Ruiz, Tom Beck."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scrapers.titles import plain

_LEAD = re.compile(
    r"^(?:(?:written|posted|published|story|words|reported|updated)\s+)?(?:by|von|par|por|di)\b:?\s+", re.I
)
_BETWEEN = re.compile(
    r"\s*(?:,(?!\s*(?:Jr|Sr|III?|IV|Ph\.?D|CFA|CMT|M\.?D)\b)|;|\||\s&\s|\band\b|\n| und | et | y )\s*"
)
_TAIL = re.compile(r"\s+(?:\(.*\)|[-–—|/•·]\s.*|for\s.+|@\w+|https?:\S+)$")
_ADDRESS = re.compile(r"^(?:https?:|www\.|@)|\S+@\S+\.\w+|^[\w-]+\.(?:com|net|org|de|fr|co|io|tv|uk)$", re.I)
_ROLE = re.compile(
    r"\b(?:staff|editors?|editorial|newsroom|desk|reporters?|correspondents?|contributors?|admin|team|bureau|"
    r"writers?|redaktion|guest|author|webmaster|analysts?)\b", re.I,
)  # fmt: skip
_SLUG = re.compile(r"^[a-z]+(?:[-_.][a-z]+)+$")
_PARTICLES = frozenset(
    ["de", "del", "della", "der", "den", "di", "da", "do", "dos", "du", "la", "le", "van", "von", "ten", "ter", "bin",
     "ibn", "al", "el", "y", "e"]
)  # fmt: skip
_LONGEST = 60  # characters; a longer "name" is a sentence


def split_names(byline: str) -> list[str]:
    """The names of one byline string, in order; roles, addresses and sentences left out."""
    text = plain(byline.replace("\n", " ; "))
    names = [_trimmed(part) for part in _BETWEEN.split(_LEAD.sub("", text))]
    return [name for name in names if is_name(name)]


def author_names(bylines: Iterable[str], organisations: Iterable[str] = ()) -> tuple[str, ...]:
    """The distinct people of several bylines; those who are one of `organisations` are left out."""
    firms = {_key(name) for name in organisations}
    found: dict[str, str] = {}
    for byline in bylines:
        for name in split_names(byline):
            if _key(name) not in firms:
                found.setdefault(_key(name), name)
    return tuple(found.values())


def is_name(text: str) -> bool:
    """Whether a string can be the name of a person or desk: short, capitalised, no address, slug, role or date."""
    words = text.split()
    if not 2 <= len(text) <= _LONGEST or len(words) > 6 or _ADDRESS.search(text) or _SLUG.match(text):
        return False
    if _ROLE.fullmatch(text) or not any(c.isalpha() for c in text) or any(c.isdigit() for c in text):
        return False
    return len(words) == 1 or not any(word[0].islower() and word not in _PARTICLES for word in words)


def after_by(text: str) -> str:
    """The lines of a marked byline that begin with "By": what else stands there is dates, roles and buttons."""
    lines = re.sub(r"\b(by|von|par|por)\n", r"\1 ", text, flags=re.IGNORECASE).splitlines()
    return "\n".join(line for line in lines if _LEAD.match(line))


def _trimmed(part: str) -> str:
    part = _LEAD.sub("", part.strip(" ,;|•·\t"))
    return _TAIL.sub("", part).strip(" ,;|•·")


def _key(name: str) -> str:
    return re.sub(r"\W+", "", name).casefold().removeprefix("the")
