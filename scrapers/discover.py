"""From a site's address to its feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from scrapers.addresses import absolute_url
from scrapers.feed_limits import FeedTask, parse_within_limits
from scrapers.feed_parsing import UnreadableFeedError
from scrapers.fetch import Fetcher, Response
from scrapers.markup import one_line

_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_USUAL_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")
_MOST = 10


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that answered: its address, title, and how many entries it has now."""

    url: str
    title: str
    entries: int


class NotReachedError(Exception):
    """The address itself did not answer; the message says why in one line."""


def discover(url: str, fetcher: Fetcher) -> list[FoundFeed]:
    """The feeds of a site: the address itself where it is one, those its page names, else the usual paths.

    Raises NotReachedError where the address cannot be fetched.
    """
    response = fetcher.get(url, purpose="feed")
    if response.status != "ok":
        raise NotReachedError(f"{url}: {response.detail or response.status}")
    if own := _found(response):
        return [own]
    named = list(dict.fromkeys(_named(response)))[:_MOST]
    usual = [address for path in _USUAL_PATHS if (address := absolute_url(response.url, path))]
    for addresses in (named, usual):
        feeds = [feed for address in addresses if (feed := _found(fetcher.get(address, purpose="feed")))]
        if feeds:
            return list({feed.url: feed for feed in feeds}.values())
    return []


def _found(response: Response) -> FoundFeed | None:
    if response.status != "ok":
        return None
    try:
        feed = parse_within_limits(FeedTask(response.body, response.headers.get("content-type"), response.url))
    except UnreadableFeedError:
        return None
    title = feed.title or urlsplit(response.url).hostname or response.url
    return FoundFeed(response.moved_to or response.url, one_line(title), len(feed.entries))


def _named(response: Response) -> Iterator[str]:
    """The addresses of `<link rel="alternate" type="application/rss+xml">`, those of comments left out."""
    soup = BeautifulSoup(response.text, "lxml", parse_only=SoupStrainer(["link", "base"]))
    base = soup.find("base", href=True)
    start = absolute_url(response.url, str(base["href"])) if base else None
    for link in soup.find_all("link", href=True):
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        address = absolute_url(start or response.url, str(link["href"]))
        if kind in _TYPES and address and "comment" not in f"{address} {link.get('title')}".lower():
            yield address
