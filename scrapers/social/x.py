"""X: an account's own posts from the API v2, with the bearer token of whoever runs this.

Interface: docs.x.com/x-api/posts/user-posts-timeline-by-user-id.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

from scrapers.documents import Document
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading
from scrapers.responses import Response
from scrapers.social.posts import account_in, ask, number_option, post_document, text_option, visited
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.timestamps import read_timestamp

_API = "https://api.x.com"
_TOKEN_VARIABLE = "CALLEDIT_X_TOKEN"


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit `https://x.com/HANDLE`: posts since the last visit, without reposts and replies.

    The token is in the environment variable CALLEDIT_X_TOKEN; without it the visit is "refused" and nothing is
    asked. Options: api (another host), pages (of 100 posts, at most; 3), token_variable.
    """
    variable = text_option(source, "token_variable", _TOKEN_VARIABLE)
    token = os.environ.get(variable, "")
    if not token:
        return Reading("refused", state, detail=f"X needs a bearer token: put it into {variable}")
    headers = {"Authorization": f"Bearer {token}"}
    known, _, last = (state.cursor or "").partition(":")
    responses: list[Response] = []
    user = known or _look_up(source, fetcher, headers, responses)
    posts = list(_posts(source, fetcher, headers, user, last, responses)) if user else []
    newest = max((str(post.get("id")) for post in posts), key=lambda number: (len(number), number), default=last)
    documents = (_document(source, post, now) for post in posts)
    return visited(source, state, responses, documents, f"{user}:{newest}" if user else None)


def _look_up(source: Source, fetcher: Fetcher, headers: Mapping[str, str], responses: list[Response]) -> str:
    response, answer = ask(fetcher, f"{_api(source)}/2/users/by/username/{account_in(source.url)}", headers)
    user = answer.get("data") if isinstance(answer, dict) else None
    responses.append(response if user or response.status != "ok" else _none_such(response, answer))
    return str(user.get("id") or "") if isinstance(user, dict) else ""


def _none_such(response: Response, answer: Any) -> Response:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    detail = str(errors[0].get("detail")) if isinstance(errors, list) and errors and isinstance(errors[0], dict) else ""
    return replace(response, status="http_error", detail=detail or "no such account")


def _posts(
    source: Source, fetcher: Fetcher, headers: Mapping[str, str], user: str, last: str, responses: list[Response]
) -> list[Mapping[str, Any]]:
    """The posts of up to `pages` pages, newest first."""
    posts: list[Mapping[str, Any]] = []
    query = {"max_results": "100", "exclude": "retweets,replies", "tweet.fields": "created_at,lang,note_tweet"}
    query |= {"since_id": last} if last else {}
    for _ in range(number_option(source, "pages", 3)):
        response, answer = ask(fetcher, f"{_api(source)}/2/users/{user}/tweets?{urlencode(query)}", headers)
        responses.append(response)
        page = answer if isinstance(answer, dict) else {}
        data = page.get("data")
        posts += [post for post in data if isinstance(post, dict)] if isinstance(data, list) else []
        meta = page.get("meta")
        token = meta.get("next_token") if isinstance(meta, dict) else None
        if not token:
            break
        query["pagination_token"] = str(token)
    return posts


def _document(source: Source, post: Mapping[str, Any], now: datetime) -> Document | None:
    """A long post's whole text is its note; the interface escapes &, < and > in texts."""
    handle = account_in(source.url)
    note = post.get("note_tweet")
    text = note.get("text") if isinstance(note, dict) else post.get("text")
    return post_document(
        source, url=f"https://x.com/{handle.lower()}/status/{post.get('id')}", text=unescape(str(text or "")),
        handle=handle, published=read_timestamp(str(post.get("created_at") or "")), now=now,
        language=str(post.get("lang") or ""),
    )  # fmt: skip


def _api(source: Source) -> str:
    return text_option(source, "api", _API)
