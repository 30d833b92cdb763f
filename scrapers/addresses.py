"""Addresses: which domain's owner a request must be polite to, and which addresses are private."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import urldefrag, urljoin, urlsplit

import tldextract

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_UNICAST = ipaddress.ip_network("2000::/3")  # the only part of IPv6 given out (RFC 4291, 2.4)
_NOT_IN_HOSTS = re.compile(r"[\x00-\x20\x7f!-,/;-@\\^`{-~]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class RefusedAddressError(OSError):
    """The address is private, or its scheme is not http or https; the message is one line for a person."""


def absolute_url(base: str, link: str) -> str | None:
    """The link as an http(s) address without fragment, relative ones resolved; None for anything else."""
    try:
        url = urldefrag(urljoin(base, link.strip())).url
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and _is_host(parts.hostname or "") else None


def _is_host(name: str) -> bool:
    """Whether a name can be one of a host: ";" cannot, and asking a resolver for it may take seconds."""
    return bool(name) and not _NOT_IN_HOSTS.search(name)


@cache
def _suffixes() -> tldextract.TLDExtract:
    """The suffix list that comes with the library: no download, no cache on disk."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def polite_domain(url: str) -> str:
    """The domain rate limits count by: "example.co.uk" for "https://a.example.co.uk/x"; an IP for an IP.

    Hosting services count per customer: "a.github.io" for "https://a.github.io/x".
    """
    host = urlsplit(url).hostname or ""
    return _suffixes()(host).top_domain_under_public_suffix or host


class AddressGuard:
    """Refuses addresses that are not public, except the hosts and networks named.

    `allow` holds networks ("127.0.0.0/8"), addresses and host names ("nas.lan"). The check is made on the
    address about to be connected to, so a name whose DNS answer turns private is refused as well.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for item in allow:
            try:
                self._networks.append(ipaddress.ip_network(item, strict=False))
            except ValueError:
                self._hosts.add(item.lower())

    def check(self, host: str, ip: str) -> None:
        """Raises RefusedAddressError where `ip`, the answer for `host`, may not be connected to."""
        address = ipaddress.ip_address(ip.partition("%")[0])
        if host.lower() in self._hosts or any(address in network for network in self._networks):
            return
        if not all(_is_public(part) for part in _embedded(address)):
            raise RefusedAddressError(f"{host} is the private address {ip}: allow_private permits it")


def _is_public(address: IpAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: IpAddress) -> list[IpAddress]:
    """The address, and the IPv4 address carried inside an IPv6 one ("::ffff:10.0.0.1" carries 10.0.0.1)."""
    found: list[IpAddress] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return [address.ipv4_mapped]
        if address.sixtofour:
            found.append(address.sixtofour)
        if address.teredo:
            found.extend(address.teredo)
        if address in _NAT64:
            return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return found
