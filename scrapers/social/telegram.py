"""Telegram: the preview page of a public channel, t.me/s/CHANNEL, read with BeautifulSoup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bs4 import BeautifulSoup, Tag

from scrapers.documents import Document
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading
from scrapers.responses import Response
from scrapers.social.posts import account_in, number_option, post_document, visited
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.timestamps import Timestamp, read_timestamp


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a preview page. `forwarded_from` names its real author where it was forwarded."""

    number: int
    text: str
    owner: str
    forwarded_from: str
    published: Timestamp | None


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit `https://t.me/s/CHANNEL`. Option: pages (of about 20 messages back, at most; 3)."""
    last = int(state.cursor) if state.cursor and state.cursor.isdigit() else 0
    responses: list[Response] = []
    found: dict[int, Message] = {}
    before = 0
    for _ in range(number_option(source, "pages", 3) if last else 1):
        response = fetcher.get(_address(source, before), purpose="page")
        page = list(messages(response.text)) if response.status == "ok" else []
        responses.append(response if page or response.status != "ok" else _no_preview(response))
        found |= {message.number: message for message in page if message.number > last}
        before = min((message.number for message in page), default=0)
        if before <= last + 1:
            break
    channel = account_in(source.url)
    posts = (_document(source, channel, message, now) for message in found.values())
    return visited(source, state, responses, posts, str(max(found, default=last) or ""))


def _no_preview(response: Response) -> Response:
    return replace(response, status="unreadable", detail="the channel shows no messages to visitors")


def messages(html: str) -> Iterator[Message]:
    """The messages of a preview page, oldest first; empty where the channel shows none."""
    for block in BeautifulSoup(html, "lxml").select(".tgme_widget_message[data-post]"):
        number = str(block["data-post"]).rsplit("/", 1)[-1]
        if number.isdigit():
            time = block.select_one(".tgme_widget_message_date time[datetime]")
            yield Message(
                int(number), _text(block), _part(block, ".tgme_widget_message_owner_name"),
                _part(block, ".tgme_widget_message_forwarded_from_name"),
                read_timestamp(str(time["datetime"])) if time else None,
            )  # fmt: skip


def _text(block: Tag) -> str:
    """The message's own words; a quoted reply above them is another's."""
    bodies = block.select(".tgme_widget_message_text")
    body = next((part for part in bodies if not part.find_parent(class_="tgme_widget_message_reply")), None)
    if body is None:
        return ""
    for line_break in body.find_all("br"):
        line_break.replace_with("\n")
    return body.get_text()


def _part(block: Tag, selector: str) -> str:
    found = block.select_one(selector)
    return found.get_text(" ", strip=True) if found else ""


def _address(source: Source, before: int) -> str:
    start = source.url if "/s/" in source.url else source.url.replace("t.me/", "t.me/s/", 1)
    return f"{start.split('?')[0].rstrip('/')}" + (f"?before={before}" if before else "")


def _document(source: Source, channel: str, message: Message, now: datetime) -> Document | None:
    """A forwarded message is signed by who wrote it, never by the channel that passed it on."""
    return post_document(
        source, url=f"https://t.me/{channel}/{message.number}", text=message.text,
        handle=None if message.forwarded_from else channel, name=message.forwarded_from or message.owner,
        published=message.published, now=now,
    )  # fmt: skip
