"""The social endpoints: posts in the shapes of Bluesky's getAuthorFeed and of Mastodon's API and RSS."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape
from typing import Any
from zlib import crc32

from demo.material import Post


def bluesky_feed(newest_first: Sequence[Post], limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of `app.bsky.feed.getAuthorFeed`; the cursor is the last post's time, as there."""
    rest = [post for post in newest_first if not cursor or _stamp(post) < cursor]
    page = rest[:limit]
    answer: dict[str, Any] = {"feed": [{"post": _bluesky_post(post)} for post in page]}
    return answer | ({"cursor": _stamp(page[-1])} if len(rest) > limit else {})


def account_id(handle: str) -> str:
    """A stable numeric id, as Mastodon gives accounts."""
    return str(10_000_000 + crc32(handle.encode()) % 90_000_000)


def mastodon_account(post: Post, base_url: str) -> dict[str, Any]:
    """The account that wrote this post, in the shape of `/api/v1/accounts/lookup`."""
    return {
        "id": account_id(post.handle),
        "username": post.handle,
        "acct": post.handle,
        "display_name": post.author,
        "url": f"{base_url}/@{post.handle}",
        "bot": False,
    }


def mastodon_statuses(
    newest_first: Sequence[Post], base_url: str, limit: int, max_id: str | None = None, min_id: str | None = None
) -> list[dict[str, Any]]:
    """One page of an account's statuses; ids grow with time, as there."""
    rest = [p for p in newest_first if not max_id or p.number < int(max_id)]
    rest = [p for p in rest if not min_id or p.number > int(min_id)]
    page = rest[-limit:] if min_id else rest[:limit]  # the ones right after `min_id`, as there
    return [_status(post, base_url) for post in page]


def mastodon_rss(newest_first: Sequence[Post], base_url: str) -> str:
    """`@name.rss`: items without titles and without authors, which readers take from the channel."""
    post = newest_first[0]
    items = "\n".join(_rss_item(p) for p in newest_first)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:webfeeds="http://webfeeds.org/rss/1.0">
<channel><title>{escape(post.author)}</title><link>{base_url}/@{post.handle}</link>
<description>Public posts from @{post.handle}</description><generator>Mastodon v4.3.0</generator>
{items}
</channel></rss>
"""


def _bluesky_post(post: Post) -> dict[str, Any]:
    did = f"did:example:{post.handle}"
    return {
        "uri": f"at://{did}/app.bsky.feed.post/{post.url.rsplit('/', 1)[1]}",
        "cid": f"bafydemo{post.id}",
        "author": {"did": did, "handle": post.handle, "displayName": post.author},
        "record": {
            "$type": "app.bsky.feed.post",
            "createdAt": _stamp(post),
            "langs": ["en"],
            "text": post.text,
        },
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": 0,
        "indexedAt": _stamp(post),
    }


def _status(post: Post, base_url: str) -> dict[str, Any]:
    text = "".join(f"<p>{escape(part)}</p>" for part in post.text.split("\n\n")).replace("\n", "<br />")
    return {
        "id": str(post.number),
        "created_at": _stamp(post),
        "url": post.url,
        "uri": f"{base_url}/users/{post.handle}/statuses/{post.number}",
        "content": text,
        "language": "en",
        "visibility": "public",
        "in_reply_to_id": None,
        "reblog": None,
        "account": mastodon_account(post, base_url),
    }


def _rss_item(post: Post) -> str:
    link = post.url
    return (
        f'<item><guid isPermaLink="true">{link}</guid><link>{link}</link>'
        f"<pubDate>{format_datetime(post.published)}</pubDate>"
        f"<description>{escape('<p>' + escape(post.text) + '</p>')}</description></item>"
    )


def _stamp(post: Post) -> str:
    return post.published.strftime("%Y-%m-%dT%H:%M:%S.000Z")
