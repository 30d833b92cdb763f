"""The cues of attribution of a whole document, held against everything else that it prints."""

from __future__ import annotations

from nlp.attribution_cues import Cue, find_cues
from nlp.attribution_quotes import outside_quotations
from nlp.attribution_settled import PrintedNames
from nlp.text import Prepared, Sentence


def document_cues(prepared: Prepared) -> tuple[list[list[Cue]], PrintedNames]:
    """The plausible cues of every sentence, and the names they are of; in headings only voices the text names too."""
    read = [_cues_of(prepared, sentence) for sentence in prepared.sentences]
    names = PrintedNames(prepared.text, (c.name for cues in read for c in cues if c.reference == "name"))
    found = [[*names.settled(cues)] for cues in read]
    printed = {
        c.name.casefold() for s, cues in zip(prepared.sentences, found, strict=True) if s.role == "body" for c in cues
    }
    words = {word for name in printed if " " in name for word in name.split()}
    named = {_squeezed(name) for name in printed | words}
    for number, sentence in enumerate(prepared.sentences):
        found[number] = [c for c in found[number] if _plausible(c, sentence, prepared.text, words)]
        if sentence.role in ("title", "heading"):
            found[number] = [c for c in found[number] if _in_text(c, named)]
    return found, names


def _cues_of(prepared: Prepared, sentence: Sentence) -> list[Cue]:
    if sentence.role in ("boilerplate", "caption"):
        return []
    cues = find_cues(prepared.text, sentence.start, sentence.end, sentence.role in ("title", "heading"))
    return outside_quotations(prepared, cues, sentence.start, sentence.end)


def _plausible(cue: Cue, sentence: Sentence, text: str, words: set[str]) -> bool:
    """Not a common word that only opens the sentence ("Contracts betting on"); `words` are those of longer names."""
    low = cue.name.casefold()
    if cue.reference != "name" or " " in low or cue.start > sentence.start + 2 or not low.isalpha() or low in words:
        return True
    if any(map(str.isupper, cue.name[1:])):
        return True
    return not low.endswith(("s", "ing")) and f" {low} " not in text


def _in_text(cue: Cue, names: set[str]) -> bool:
    return cue.reference in ("group", "someone") or (cue.reference == "name" and _squeezed(cue.name) in names)


def _squeezed(name: str) -> str:
    """A name as headings and text may spell it alike: "JP Morgan", "JPMorgan"."""
    return "".join(filter(str.isalnum, name.casefold()))
