"""Adding and removing sources in calledit.toml, leaving the rest of the file as its owner wrote it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable

from scrapers.sources import Source, SourceError

_SOURCE_BLOCK = re.compile(
    r"^\[\[source\]\][^\n]*\n(?:(?!\s*\[)[^\n]*(?:\n|\Z)|\[source\.[^\n]*(?:\n|\Z))*", re.MULTILINE
)
_WITHOUT = re.compile(r"^without\s*=\s*\[[^\]]*\][^\n]*$", re.MULTILINE)


def with_sources(text: str, sources: Iterable[Source]) -> str:
    """The file with the sources added at its end. Where it named none so far, the starting set stays in use."""
    data = tomllib.loads(text)
    if not data.get("source") and "starting_set" not in data:
        text = f"starting_set = true\n{text}"
    text = text if not text or text.endswith("\n") else f"{text}\n"
    return _checked(text + "".join(f"\n{_block(source)}" for source in sources))


def without_source(text: str, source_id: str) -> str:
    """The file without the source: its entry is cut, or, for one of the starting set, listed under `without`."""
    data = tomllib.loads(text)
    for block in _SOURCE_BLOCK.finditer(text):
        if tomllib.loads(block[0])["source"][0].get("id") == source_id:
            cut = f"{text[: block.start()].rstrip()}\n\n{text[block.end() :].lstrip()}".strip()
            keep = "" if "starting_set" in data or len(data["source"]) > 1 else "starting_set = false\n"
            return _checked(f"{keep}{cut}\n" if cut else keep)
    dropped = json.dumps([*data.get("without", []), source_id])
    if _WITHOUT.search(text):
        return _checked(_WITHOUT.sub(f"without = {dropped}", text, count=1))
    return _checked(f"without = {dropped}\n{text}")


def _block(source: Source) -> str:
    lines = ["[[source]]", f"id = {_value(source.id)}", f"name = {_value(source.name)}"]
    if source.kind != "feed":
        lines.append(f"kind = {_value(source.kind)}")
    lines.append(f"url = {_value(source.url)}")
    if source.publisher:
        lines.append(f"publisher = {_value(source.publisher)}")
    lines.append(f"interval_s = {source.interval_s}")
    for name in ("terms", "checked"):
        if value := getattr(source, name):
            lines.append(f"{name} = {_value(value)}")
    if source.options:
        pairs = ", ".join(f"{name} = {_value(value)}" for name, value in source.options.items())
        lines.append(f"options = {{ {pairs} }}")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """A TOML value; JSON's strings, numbers, booleans and lists are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(text: str) -> str:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"calledit.toml cannot be changed safely ({error}): please edit it by hand") from error
    return text
