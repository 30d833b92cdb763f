"""Who published it first, by the credit that syndicated copies carry: "The post T appeared first on S"."""

from __future__ import annotations

import re

from scrapers.publishers import publisher_at, publisher_leading, same_outlet

# Machine paraphrase turns the noun into another one: "The put up T appeared first on S".
_CREDIT = re.compile(
    r"\b(?:The|This) (?:post|put up|submit|publish|article|story|piece|entry)\s(?P<title>.{3,300}?)\s"
    r"(?:first )?(?:appeared|was published)(?: first)? on (?P<site>[^\n]{2,120})"
)
_SITE_END = re.compile(r"\s*(?:\s\.|\.(?:\s|$)|,| and (?:is|was) written by\b).*$")
_LONGEST_NAME = 40  # characters; more is the article going on
_EDGE = 1_500  # characters; credits stand at either end of a text


def credit_in(text: str) -> str | None:
    """The site a text says it first appeared on; None where it says none, or where its name cannot be told.

    In run-together text the article may follow the name without a break; then only a known outlet is believed.
    """
    edges = text if len(text) <= 2 * _EDGE else f"{text[:_EDGE]}\n{text[-_EDGE:]}"
    match = _CREDIT.search(edges)
    if not match:
        return None
    if known := publisher_leading(match["site"]):
        return known
    name = _SITE_END.sub("", match["site"]).strip()
    return name if 2 <= len(name) <= _LONGEST_NAME else None


def first_publisher(
    credited: str | None, publisher: str | None, declared: str | None, canonical: str | None
) -> str | None:
    """Who else published a page first: as its text credits, as it declares (a name or an address), by its canonical
    link.

    None where that is the page's own publisher: WordPress credits every site to itself.
    """
    named = publisher_at(declared) if declared and declared.startswith("http") else declared
    found = credited or named or publisher_at(canonical)
    return found if found and not same_outlet(found, publisher) else None
