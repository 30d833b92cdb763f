"""Posts embedded in articles: where each begins, also when it ran into the paragraph before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.attribution_cues import find_cues
from nlp.attribution_names import lexicon
from nlp.text import Embed, Prepared

POST_LENGTH = 310  # characters: 280, and room for links that the site counts short


@dataclass(frozen=True, slots=True)
class EmbeddedPost:
    """`prepared.text[start:end]` is the post, without its signature line."""

    start: int
    end: int
    name: str
    handle: str
    date: str


_THIRD_PERSON = re.compile(
    r"\b(?:said|says|told|wrote|tweeted|according to|posted on|noted that|explained that|added that|the analyst|"
    r"related reading|source:|appeared first)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(r"[#$@]|[^\w\s“\"'‘’”(.,:;—–-]|(?:BREAKING|JUST IN|THREAD|NEW|UPDATE|ALERT)\b")


def embedded_posts(prepared: Prepared) -> tuple[EmbeddedPost, ...]:
    """Every embedded post with the start that fits best; posts of no words are left out."""
    posts, floor = [], 0
    for embed in prepared.embeds:
        start = _start(prepared, embed, floor)
        if start < embed.start:
            posts.append(EmbeddedPost(start, embed.start, _tidy(embed.name), embed.handle, embed.date))
        floor = embed.end
    return tuple(posts)


def _start(prepared: Prepared, embed: Embed, floor: int) -> int:
    """Walk back over whole sentences while they could be the post's: short enough, and not about its author."""
    name = [low for w in re.findall(r"\w{4,}", embed.name) if (low := w.casefold()) not in lexicon().nobody]
    best = embed.start
    for sentence in reversed(prepared.sentences):
        if sentence.start >= embed.start:
            continue
        words = prepared.text[sentence.start : sentence.end]
        reported = _THIRD_PERSON.search(words) or any(part in words.casefold() for part in name)
        reported = reported or any(c.strong for c in find_cues(prepared.text, sentence.start, sentence.end))
        if sentence.end <= floor or embed.start - sentence.start > POST_LENGTH or sentence.role == "title" or reported:
            break
        best = sentence.start
        if _OPENS.match(words) or _own_paragraph(prepared, sentence.start):
            break
    return best


def _own_paragraph(prepared: Prepared, start: int) -> bool:
    return "\n" in prepared.text[max(0, start - 2) : start]


def _tidy(name: str) -> str:
    """The display name without pictures: "Leon Waidmann 🔥" to "Leon Waidmann"; "K A L E O" to "KALEO"."""
    name = re.sub(r"[^\w\s.&’'-]", "", name).strip()
    return name.replace(" ", "") if re.fullmatch(r"(?:\w )+\w", name) else name
