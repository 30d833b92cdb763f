"""One address for one page: tracking parameters and fragments off, the page's own canonical link honoured."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urldefrag, urljoin, urlsplit

import tldextract
from courlan import clean_url

_EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # with the list it comes with
_LONGEST = 2_000  # characters; browsers and servers stop about here


def cleaned_url(url: str | None) -> str | None:
    """The address without tracking parameters and fragment; None where it is not an http(s) address."""
    if not url or len(url) > _LONGEST or not url.strip().lower().startswith(("http://", "https://")):
        return None
    try:
        once = clean_url(urldefrag(url.strip()).url)
        twice = clean_url(once) if once else None  # "https://example.com/?" loses its slash at first
        return twice if twice and urlsplit(twice).hostname else None
    except ValueError:
        return None


def canonical_url(url: str | None, declared: str | None = None) -> str | None:
    """The address a page is known by: the one it declares where that is credible, else its own, cleaned.

    A declared address is not credible where it drops the path ("https://example.com/" on every article).
    """
    own = cleaned_url(url)
    stated = cleaned_url(_joined(url or "", declared)) if declared else None
    if stated is None or (own and not _has_path(stated) and _has_path(own)):
        return own
    return stated


@lru_cache(maxsize=4096)
def registrable_domain(url: str) -> str:
    """The registrable domain of an address or host name ("news.example.co.uk" → "example.co.uk")."""
    found = _EXTRACT(url)
    return found.top_domain_under_public_suffix or found.domain or host_of(url)


def host_of(url: str | None) -> str:
    """The host name of an address, in lower case; "" where it has none or is none."""
    try:
        return urlsplit(url).hostname or "" if url else ""
    except ValueError:
        return ""


def _joined(base: str, link: str) -> str | None:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return None


def _has_path(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query)
