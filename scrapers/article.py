"""One page to one document: body, metadata, embedded posts, credit to the first publisher."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from lxml.html import HtmlElement
from trafilatura import load_html

from scrapers.body import Body, plain_body, read_body
from scrapers.canonical import canonical_url, cleaned_url
from scrapers.charset import decode
from scrapers.credits import first_publisher
from scrapers.documents import Document, EntryHint, document_id, joined_text
from scrapers.embedded import post_documents, posts_in_page, signed_posts
from scrapers.language import language_of
from scrapers.metadata import SEARCHED, PageMetadata, read_metadata
from scrapers.publishers import publisher_at
from scrapers.sites import site_reader
from scrapers.storable import storable
from scrapers.timestamps import Timestamp, day_of
from scrapers.worker import CallFailedError, LimitedPool, Limits, Reason

_AHEAD = timedelta(days=1)  # more than any slip of time zones
_SAME_DAY = timedelta(hours=36)

UnreadReason = Literal["no text"] | Reason


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A page as read: the article, the posts embedded in it (their `parent_id` is the article's id), who read it."""

    document: Document
    posts: tuple[Document, ...] = ()
    body_reader: str = "trafilatura"

    def documents(self) -> tuple[Document, ...]:
        """The article, then its posts: the order in which they can be stored."""
        return (self.document, *self.posts)


@dataclass(frozen=True, slots=True)
class Unread:
    """A page no article could be read from, and why, in one line for a person."""

    url: str
    reason: UnreadReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PageTask:
    """One page to read. `plain` asks for the cheap reader alone, for pages on which the full one failed."""

    html: bytes | str
    url: str
    hint: EntryHint | None = None
    fetched: datetime | None = None
    plain: bool = False


def read_article(
    html: bytes | str, url: str, *, hint: EntryHint | None = None, fetched: datetime | None = None
) -> ArticlePage | None:
    """Read a page; None where it holds no text.

    `hint` is what the feed or sitemap said: it fills what the page leaves out, and names source and publisher.
    """
    return read_page(PageTask(html, url, hint, fetched))


def read_page(task: PageTask) -> ArticlePage | None:
    """`read_article` for one task; what a worker process runs."""
    hint = task.hint or EntryHint()
    text = storable(task.html if isinstance(task.html, str) else decode(task.html))
    tree = None if task.plain else load_html(text)
    metadata = PageMetadata() if tree is None else _metadata(tree, task.url)
    posts = [] if tree is None else posts_in_page(tree)
    title = storable(metadata.title or hint.title)
    body = plain_body(text, title) if tree is None else read_body(tree, text, title, metadata.article_body)
    if not any(map(str.isalnum, body.text)):
        return None
    document = _document(task, title, body, metadata, hint)
    posts += signed_posts(body.text)
    return ArticlePage(document, tuple(post_documents(document, posts)), body.reader)


def _metadata(tree: HtmlElement, url: str) -> PageMetadata:
    found = read_metadata(tree, url)
    prepare = site_reader(url)
    return prepare(tree, found) if prepare else found


class ArticleReader:
    """Reads pages in worker processes, each page under a wall-clock and a memory limit; use as a context manager.

    `read` blocks and may be called from many threads; `read_many` keeps all processes busy by itself.
    """

    def __init__(self, workers: int | None = None, limits: Limits | None = None) -> None:
        self._pool: LimitedPool[PageTask, ArticlePage | None] = LimitedPool(
            read_page, workers, limits, preload=("scrapers.warm",)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.close()

    def read(
        self, html: bytes | str, url: str, *, hint: EntryHint | None = None, fetched: datetime | None = None
    ) -> ArticlePage | Unread:
        """Read one page. A page that exceeds the limits is read again by the cheap reader; else it is Unread."""
        return self._read(PageTask(html, url, hint, fetched))

    def read_many(self, tasks: Iterable[PageTask]) -> Iterator[ArticlePage | Unread]:
        """Read pages side by side; results come in the order of the tasks, which are taken as they are needed."""
        with ThreadPoolExecutor(self._pool.size) as threads:
            waiting: deque[Future[ArticlePage | Unread]] = deque()
            for task in tasks:
                waiting.append(threads.submit(self._read, task))
                if len(waiting) > 4 * self._pool.size:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _read(self, task: PageTask) -> ArticlePage | Unread:
        try:
            page = self._pool.call(task)
        except CallFailedError as failure:
            return self._read_plain(task, failure)
        return page or Unread(task.url, "no text", "no article text found in the page")

    def _read_plain(self, task: PageTask, failure: CallFailedError) -> ArticlePage | Unread:
        try:
            page = self._pool.call(PageTask(task.html, task.url, task.hint, task.fetched, plain=True))
        except CallFailedError:
            page = None
        return page or Unread(task.url, failure.reason, str(failure))


def _document(task: PageTask, title: str, body: Body, metadata: PageMetadata, hint: EntryHint) -> Document:
    fetched = task.fetched or datetime.now(UTC)
    canonical = canonical_url(task.url, metadata.canonical)
    publisher = storable(hint.publisher or publisher_at(task.url) or metadata.site_name or metadata.publisher or "")
    stamp, origin = _published(metadata, hint, fetched)
    return Document(
        id=document_id(canonical, hint.source, hint.guid or task.url),
        kind="article",
        text=joined_text(title, body.text),
        title=title,
        url=cleaned_url(task.url) or task.url,
        canonical_url=canonical,
        source=hint.source,
        publisher=publisher or None,
        credited_publisher=first_publisher(body.credited, publisher, metadata.first_publisher, canonical),
        authors=tuple(map(storable, metadata.authors or hint.authors)),
        published=stamp.moment if stamp else None,
        published_precision=stamp.precision if stamp else "none",
        published_origin=origin,
        fetched=fetched,
        language=language_of(body.text, metadata.language or hint.language) or hint.language,
    )


def _published(metadata: PageMetadata, hint: EntryHint, fetched: datetime) -> tuple[Timestamp | None, str | None]:
    """The page's own time; the feed's where the page tells only the day, or a time that has not come yet.

    A time printed without its zone may be half a day off: it only tells the day.
    """
    stamp = metadata.published
    hinted = Timestamp(hint.published, hint.published_precision) if hint.published else None
    searched = metadata.published_origin == SEARCHED
    if stamp is None or stamp.moment > fetched + _AHEAD or (searched and hinted):
        return hinted, hint.published_origin
    if stamp.precision == "instant" and stamp.zoned:
        return Timestamp(min(stamp.moment, fetched), "instant"), metadata.published_origin
    if hinted and hinted.precision == "instant" and abs(hinted.moment - stamp.moment) < _SAME_DAY:
        return hinted, hint.published_origin
    return day_of(stamp.moment), metadata.published_origin
