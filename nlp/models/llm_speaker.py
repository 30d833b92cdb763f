"""Whose words an LLM says they are, held against the text."""

from __future__ import annotations

from nlp.attribution import Attribution
from nlp.claims import Voice
from nlp.evaluate import name_key, same_speaker
from nlp.models.llm_ground import SURE_VOICE, Ground, printed_in
from nlp.voices import SaidBy, said_by

NAMELESS = ("", "unnamed")
NEARBY = 3  # sentences before, in which a speaker is named whom the attribution layer does not hear


class RefusedError(Exception):
    """A row that does not stand; the message says why."""


def spoken(speaker: str, organisation: str | None, ground: Ground, start: int, end: int) -> SaidBy:
    """The speaker of `text[start:end]`. Raises RefusedError where the name is not printed, or plainly another's."""
    said, heard = speaker.strip(), ground.voice(start, end)
    account = _account(ground)
    if account and (not said or name_key(said) in account):
        return _as_heard(said, organisation, heard, ground) if heard and heard.rule == "post" else _author(ground)
    if said not in NAMELESS and not printed_in(said, ground.text):
        raise RefusedError(f"the speaker {said!r} is not named in the text")
    if organisation and not printed_in(organisation, ground.text):
        raise RefusedError(f"the organisation {organisation!r} is not named in the text")
    if heard and _plainly_another(heard, said):
        raise RefusedError(f"the text gives these words to {heard.speaker!r}, not to {said!r}")
    if heard and same_speaker(heard.speaker, said):
        return _as_heard(said, organisation, heard, ground)
    if said not in NAMELESS and not _beside(said, ground, start, end):
        raise RefusedError(f"the speaker {said!r} is not named near these words")
    verbatim = ground.quoted(start, end)
    voice: Voice = "outlet" if not said else "quoted" if verbatim else "paraphrased"
    return SaidBy(
        speaker=said,
        organisation=organisation or None,
        handle=said[1:] if said.startswith("@") else None,
        voice=voice,
        verbatim=verbatim,
    )


def _as_heard(said: str, organisation: str | None, heard: Attribution, ground: Ground) -> SaidBy:
    """The voice of the attribution layer, with the fuller form of the name."""
    longer = said if said not in NAMELESS and len(said) > len(heard.speaker) and heard.rule != "post" else heard.speaker
    printed = organisation if organisation and printed_in(organisation, ground.text) else None
    return {**said_by(heard), "speaker": longer, "organisation": heard.organisation or printed}


def _plainly_another(heard: Attribution, said: str) -> bool:
    """Whether the words carry somebody else's name right beside them."""
    if heard.confidence < SURE_VOICE or heard.speaker in NAMELESS or heard.rule == "post":
        return False
    return not same_speaker(heard.speaker, said) and not (
        heard.organisation and said not in NAMELESS and same_speaker(heard.organisation, said)
    )


def _beside(said: str, ground: Ground, start: int, end: int) -> bool:
    """Whether the name, or the last word of it, stands in the sentences around."""
    first, last = ground.around(start, end, before=NEARBY, after=1)
    return printed_in(said, ground.text[first:last]) or printed_in(said.split()[-1], ground.text[first:last])


def _account(ground: Ground) -> frozenset[str]:
    """The names a post's own account goes by; empty for an article."""
    document = ground.document
    if document.kind != "post":
        return frozenset()
    return frozenset(filter(None, map(name_key, (document.handle, *document.authors)))) | {""}


def _author(ground: Ground) -> SaidBy:
    """The account of a post."""
    document = ground.document
    name = f"@{document.handle}" if document.handle else next(iter(document.authors), "")
    return SaidBy(speaker=name, organisation=None, handle=document.handle, voice="author", verbatim=False)
