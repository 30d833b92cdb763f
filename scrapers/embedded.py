"""Posts embedded in articles, as documents of their own: out of a page's markup, and out of run-together text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bs4 import BeautifulSoup, Tag
from lxml import etree
from lxml.html import HtmlElement

from scrapers.documents import Document, document_id
from scrapers.post_numbers import bluesky_time, mastodon_time, x_time
from scrapers.timestamps import Timestamp, read_timestamp

_QUOTES = etree.XPath(
    "//blockquote[contains(@class, 'twitter-') or contains(@class, 'bluesky-') or contains(@class, 'mastodon-')]"
)
_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?P<handle>\w{1,15})/status(?:es)?/(?P<number>\d{5,20})"
)
_SKEET = re.compile(r"https?://bsky\.app/profile/(?P<handle>[^/]+)/post/(?P<number>\w+)")
_TOOT = re.compile(r"https?://[\w.-]+/@(?P<handle>[\w.-]+)(?:@[\w.-]+)?/(?P<number>\d{5,20})")
_DASH = r"[—–―-]{1,2}"
_TIMES = {_STATUS: x_time, _SKEET: bluesky_time, _TOOT: mastodon_time}
_NAMED = re.compile(rf"{_DASH}\s*(?P<name>[^\n—–()]{{1,60}}?)\s*\(\s*@(?P<handle>[\w.-]{{1,60}})\s*\)")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_SIGNED = re.compile(
    rf"\s{_DASH}\s?(?P<name>[^\n—–()]{{1,50}}?)\s?\(\s?@(?P<handle>\w{{1,15}})\s?\)\s{{1,3}}"
    rf"(?P<day>{_MONTH}\.?\s\d{{1,2}},\s20\d\d)"
)
_BREAKS = re.compile(r"\s*\n\s*")
_LINKS = re.compile(r"(?:\s*(?:pic\.(?:twitter|x)\.com/\w+|https?://t\.co/\w+))+\s*$")
_SENTENCE = re.compile(
    r"""(?<=[.!?…])(?<!\bvs\.)(?<!U\.S\.)(?<!\bInc\.)(?<!\bMr\.)(?<!\bDr\.)["”’)]*\s+(?=\S)"""
    r"""|(?<=\w)\s+(?=(?:BREAKING|JUST IN|NEW|UPDATE)\b)"""
)
_INTRODUCED = re.compile(
    r"\b(?:wrote|said|says|tweet|tweeted|post|posted|shared|stated|noted|added|commented|on X|on Twitter)\b"
    r"[^.:\n]{0,60}:\s"
)
_PLAIN_WORD = re.compile(r"(?<![\w#@$/.])[A-Za-z][\w’'-]*")
_POSTLIKE = re.compile(r"[$#@]\w|[A-Z]{4,}\b|[A-Z]{2,}[^a-z]{0,3}\s[A-Z]{2,}|[\U0001F000-\U0001FAFF☀-➿]")
_LONGEST_POST = 300  # characters of words: what is longer was cut with "…" when it was embedded
_FEWEST_WORDS = 4  # besides tags and names: "#Gold #Silver" says nothing
_SAME_DAY = timedelta(hours=36)  # around noon of the printed day, whatever its zone


@dataclass(frozen=True, slots=True)
class Post:
    """A post found in an article: its words, who signed it, its address where known, and when it was published."""

    text: str
    name: str
    handle: str
    published: Timestamp | None
    url: str | None = None


def posts_in_page(tree: HtmlElement) -> list[Post]:
    """The posts of X, Bluesky and Mastodon that a page embeds as blockquotes."""
    quotes = _QUOTES(tree)
    html = "".join(etree.tostring(quote, encoding="unicode", method="html", with_tail=False) for quote in quotes[:60])
    blocks = BeautifulSoup(html, "lxml").find_all("blockquote", recursive=True) if html else []
    return [post for block in blocks if (post := _quoted(block))]


def signed_posts(text: str) -> list[Post]:
    """The remains of embedded posts in a text: words, then "— Ana Ruiz (@anaruiz) June 3, 2025".

    Where the text is run together nothing marks a post's beginning. Then only what is sure to be its own is
    taken: better half a post than a journalist's sentence in an analyst's mouth.
    """
    posts, free_from = [], 0
    for match in _SIGNED.finditer(text):
        words = _words(text, free_from, match.start())
        free_from = match.end()
        if len(_PLAIN_WORD.findall(words)) >= _FEWEST_WORDS:
            posts.append(Post(words, match["name"].strip(), match["handle"], read_timestamp(match["day"])))
    return posts


def posts_in_text(document: Document) -> tuple[Document, ...]:
    """The remains of posts in an article's text, as documents with the article as their parent."""
    if document.kind != "article" or "(@" not in document.text:
        return ()
    return tuple(post_documents(document, signed_posts(document.text)))


def post_documents(parent: Document, posts: list[Post]) -> Iterator[Document]:
    """Embedded posts as documents, each once; those with an address before the remains of the same words."""
    seen: set[tuple[str, str]] = set()
    for post in sorted(posts, key=lambda post: post.url is None):
        key = (post.handle.lower(), _tail(post.text))
        if key not in seen:
            seen.add(key)
            yield _document(parent, post)


def _quoted(block: Tag) -> Post | None:
    """One blockquote: its paragraphs are the words, the rest is the signature with the address."""
    for line_break in block.find_all("br"):
        line_break.replace_with("\n")
    words = "\n".join(paragraph.get_text().strip() for paragraph in block.find_all("p"))
    links = [str(link.get("href") or "") for link in block.find_all("a")]
    status = next((found for link in reversed(links) for kind in _TIMES if (found := kind.match(link))), None)
    signed = _NAMED.search(" ".join(block.get_text(" ").split()))
    handle = signed["handle"] if signed else status["handle"] if status else ""
    text = _LINKS.sub("", _BREAKS.sub("\n", words)).strip()
    if not text or not handle:
        return None
    return Post(text, signed["name"].strip() if signed else "", handle, _when(block, status), _address(handle, status))


def _address(handle: str, status: re.Match[str] | None) -> str | None:
    if status is None:
        return None
    if status.re is _TOOT:
        return status[0]
    if status.re is _SKEET:
        return f"https://bsky.app/profile/{handle}/post/{status['number']}"
    return f"https://x.com/{handle.lower()}/status/{status['number']}"


def _when(block: Tag, status: re.Match[str] | None) -> Timestamp | None:
    """By the post's number where it agrees with the printed day, else that day."""
    printed = re.search(rf"{_MONTH}\.?\s\d{{1,2}},\s20\d\d", " ".join(block.get_text(" ").split()))
    day = read_timestamp(printed[0]) if printed else None
    moment = _TIMES[status.re](status["number"]) if status else None
    if moment is None or (day is None and status and status.re is not _STATUS):
        return day
    agrees = day is None or abs(moment - day.moment - timedelta(hours=12)) <= _SAME_DAY
    return Timestamp(moment, "instant") if agrees else day


def _words(text: str, earliest: int, end: int) -> str:
    """The words of the post that ends at `end`, as far as they are surely its own; "" where none are.

    They begin at the post's line, after the words that introduce it, at a sentence that only a post would begin
    with ("$SOL to 300", "BREAKING"), or else are its last sentence.
    """
    end = len(text[:end].rstrip())  # a signature may stand on a line of its own
    line = max(text.rfind("\n", 0, end) + 1, earliest)
    words = _LINKS.sub("", text[line:end])
    if len(words) <= _LONGEST_POST and line > earliest:
        return words.strip()
    start = max(0, len(words) - _LONGEST_POST)
    if introduced := [match.end() for match in _INTRODUCED.finditer(words, start)]:
        return words[introduced[-1] :].strip()
    sentences = [match.end() for match in _SENTENCE.finditer(words, start, len(words.rstrip(' .!?…"”')))]
    if (postlike := next((at for at in sentences if _POSTLIKE.match(words, at)), None)) is not None:
        return words[postlike:].strip()
    last = words[sentences[-1] if sentences else start :].strip()
    only_a_picture = last.endswith(".") and len(words) < end - line and not _POSTLIKE.search(last)
    return "" if only_a_picture else last


def _document(parent: Document, post: Post) -> Document:
    stamp = post.published
    day = stamp.moment.date() if stamp else ""
    return Document(
        id=document_id(post.url, f"x.com/{post.handle.lower()}", f"{day}\n{_tail(post.text)}"),
        kind="post", text=post.text, url=post.url, canonical_url=post.url, source=parent.source,
        authors=(post.name,) if post.name else (), handle=post.handle,
        published=stamp.moment if stamp else None, published_precision=stamp.precision if stamp else "none",
        published_origin="embedded" if stamp else None, fetched=parent.fetched, language=parent.language,
        parent_id=parent.id,
    )  # fmt: skip


def _tail(text: str) -> str:
    """By which the same post is recognised however much of its beginning was found."""
    return re.sub(r"\W+", "", text).casefold()[-40:]
