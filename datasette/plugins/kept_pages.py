"""Finished pages are kept for a minute while the database stays the same: many readers ask for the same few."""

import time
from collections import OrderedDict

from datasette import hookimpl

from db.ask import data_state

KEPT, LARGEST, SECONDS = 200, 300_000, 60  # pages, bytes, and how long "3 minutes ago" may be behind


@hookimpl
def asgi_wrapper(datasette):
    def wrap(app):
        pages = OrderedDict()

        async def from_memory(scope, receive, send):
            if scope["type"] != "http" or not _same_for_all(scope):
                return await app(scope, receive, send)
            key = (scope["raw_path"] or scope["path"], scope["query_string"], data_state(datasette))
            until, events = pages.get(key, (0, ()))
            if until < time.monotonic():
                events = await _answered(app, scope, receive, send)
                if _keepable(events):
                    pages[key] = (time.monotonic() + SECONDS, events)
                    while len(pages) > KEPT:
                        pages.popitem(last=False)
                return None
            for event in events:
                await send(event)

        return from_memory

    return wrap


def _same_for_all(scope):
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "GET" and not names & {b"cookie", b"authorization", b"if-none-match", b"range"}


async def _answered(app, scope, receive, send):
    events = []

    async def noted(event):
        events.append(event)
        await send(event)

    await app(scope, receive, noted)
    return events


def _keepable(events):
    if not events or events[0].get("status") != 200 or sum(len(e.get("body", b"")) for e in events) > LARGEST:
        return False
    headers = {name.lower(): value for name, value in events[0]["headers"]}
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"set-cookie" not in headers
