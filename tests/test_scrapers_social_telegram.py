"""Telegram's channel preview, in its shape, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from scrapers.social.telegram import messages, read
from scrapers.state import SourceState
from tests.visits import server, visit

ROUTE = "/s/kilnresearch"


def message(number: int, text: str, more: str = "") -> str:
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap">
    <div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="kilnresearch/{number}">
    <div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">
    <a class="tgme_widget_message_owner_name" href="https://t.me/kilnresearch"><span>Kiln Research</span></a></div>
    {more}<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
    <div class="tgme_widget_message_footer"><a class="tgme_widget_message_date" href="https://t.me/kilnresearch/{number}">
    <time datetime="2026-03-03T18:05:{number % 60:02}+00:00" class="time">18:05</time></a></div></div></div></div>"""


def test_messages_become_posts() -> None:
    html = message(41, "Oil <b>stays</b> below 70.<br/>No rally before May.") + message(42, "Gas follows.")
    with server({ROUTE: html}) as newsroom:
        reading = visit(read, newsroom, "telegram", ROUTE)
    first, second = reading.documents
    assert first.text == "Oil stays below 70.\nNo rally before May."
    assert (first.handle, first.authors) == ("kilnresearch", ("Kiln Research",))
    assert first.published == datetime(2026, 3, 3, 18, 5, 41, tzinfo=UTC)
    assert (second.url, reading.state.cursor) == ("https://t.me/kilnresearch/42", "42")


def test_a_forwarded_message_is_its_authors() -> None:
    more = '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from '
    more += '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/x"><span>Tomas Iver</span></a></div>'
    with server({ROUTE: message(43, "Wheat will double.", more)}) as newsroom:
        (post,) = visit(read, newsroom, "telegram", ROUTE).documents
    assert (post.handle, post.authors) == (None, ("Tomas Iver",))


def test_a_quoted_reply_is_not_the_message() -> None:
    quoted = '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text">Is it over?</div></a>'
    assert [found.text for found in messages(message(44, "It is not.", quoted))] == ["It is not."]


def test_later_visits_page_back_to_what_is_known() -> None:
    def paged(query: Mapping[str, str]) -> str:
        last = int(query.get("before", "90")) - 1
        return "".join(message(n, f"Note {n} on barley prices.") for n in range(last - 4, last + 1))

    with server({ROUTE: paged}) as newsroom:
        reading = visit(read, newsroom, "telegram", ROUTE, SourceState("test", "", cursor="81"))
    assert [post.text.split()[1] for post in reading.documents] == [str(n) for n in range(82, 90)]
    assert len([path for _, path, _ in newsroom.requests if path.startswith(ROUTE)]) == 2


def test_a_channel_without_preview_is_said_so() -> None:
    with server({ROUTE: "<html><body>Open in the app</body></html>"}) as newsroom:
        reading = visit(read, newsroom, "telegram", ROUTE)
    assert (reading.status, reading.detail) == ("unreadable", "the channel shows no messages to visitors")
