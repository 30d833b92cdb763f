"""Bytes to text: byte-order mark, declared charset, meta tag or XML prolog, then what the bytes allow."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
# What browsers read these labels as (https://encoding.spec.whatwg.org/#names-and-labels).
_READ_AS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
_ONE_BYTE = re.compile(r"cp125\d|cp874|iso8859|koi8|mac")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page or feed; never fails: undecodable bytes become U+FFFD.

    A byte-order mark wins, then the Content-Type, then the meta tag or XML prolog, each only if
    the bytes fit.
    Bytes beyond ASCII that are valid UTF-8 are UTF-8 whatever one-byte charset is declared.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    declared = list(_declared(body, content_type))
    if not declared or all(_ONE_BYTE.match(name) for name in declared):
        declared.insert(0, "utf-8")
    for name in [*declared, "utf-8"]:
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return body.decode(next((n for n in declared if n != "utf-8"), "cp1252"), "replace")


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    header = _HEADER.search(content_type or "")
    if header and (name := _codec(header[1])):
        yield name
    inside = _DECLARED.search(body[:4096])
    if inside and (name := _codec((inside[1] or inside[2]).decode("ascii", "ignore"))):
        # A page that says "utf-16" in ASCII letters is not UTF-16.
        yield "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _codec(label: str) -> str | None:
    """Python's name for a text encoding, or None for one it does not know ("utf-8-foo", "base64")."""
    try:
        codec = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    is_text = getattr(codec, "_is_text_encoding", True)
    return _READ_AS.get(codec.name, codec.name) if is_text else None
