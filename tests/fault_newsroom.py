"""A newsroom on loopback where everything goes wrong, one fault per host, beside hosts that work.

Each host is an address of 127.0.0.0/8 on one port, so that politeness and failures count per host as they do
on the internet. Standard library only, but for brotli's bomb.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import brotli

BOMB_BYTES = 120_000_000


@dataclass(frozen=True)
class Reply:
    """What one address answers. `parts` are sent one by one with `pause` seconds between them."""

    parts: Iterable[bytes] = (b"",)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    length: int | None = None  # of the body as declared; None sends until the connection closes

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "text/html; charset=utf-8")


def page(body: bytes | str, status: int = 200, **headers: str) -> Reply:
    """An ordinary, complete answer; header names with underscores for dashes."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply((data,), status, named, length=len(data))


Answer = Callable[["Newsroom", str, str], Reply]  # newsroom, host, path


class Newsroom:
    """Serves `answer(newsroom, host, path)` on every host named; a context manager.

    `requests` lists (host, path, whether it was conditional) in the order they came.
    """

    def __init__(self, hosts: Iterable[str], answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, str, bool]] = []
        self.etags: dict[tuple[str, str], str] = {}
        self._answer = answer
        self._tls = tls
        self._hosts = list(hosts)
        self._servers: list[ThreadingHTTPServer] = []
        self.port = 0
        self.closing = threading.Event()

    def __enter__(self) -> Self:
        for host in self._hosts:
            server = _Server((host, self.port), _handler(self, host))
            if self._tls:
                server.socket = self._tls.wrap_socket(server.socket, server_side=True)
            self.port = server.server_address[1]
            self._servers.append(server)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def url(self, host: str, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def respond(self, host: str, path: str, headers: dict[str, str]) -> Reply:
        """The answer, or 304 where the reader has it."""
        conditional = "if-none-match" in headers or "if-modified-since" in headers
        self.requests.append((host, path, conditional))
        etag = self.etags.get((host, path))
        if etag and headers.get("if-none-match") == etag:
            return Reply((), 304, {"ETag": etag}, length=0)
        reply = self._answer(self, host, path)
        return (
            Reply(reply.parts, reply.status, reply.headers | {"ETag": etag}, reply.pause, reply.length)
            if etag
            else reply
        )

    def counts(self) -> Counter[str]:
        """Requests per path."""
        return Counter(path for _, path, _ in self.requests)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Readers that hang up in the middle are what is tested."""


def _handler(newsroom: Newsroom, host: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_GET(self) -> None:
            reply = newsroom.respond(host, self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
                self.send_header(name, value)
            if reply.length is None:
                self.send_header("Connection", "close")
            else:
                self.send_header("Content-Length", str(reply.length))
            self.end_headers()
            for part in reply.parts:
                self.wfile.write(part)
                if reply.pause and newsroom.closing.wait(reply.pause):
                    return
            declared = reply.length
            if declared is None or (declared > 0 and reply.headers.get("X-Cut")):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class SilentHost:
    """A host that accepts connections and never says a word."""

    def __init__(self, host: str) -> None:
        self._socket = socket.create_server((host, 0), backlog=64)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}/feed.xml"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()


@cache
def gzip_bomb(size: int = BOMB_BYTES) -> bytes:
    """`size` zeros, gzipped to a thousandth."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


@cache
def brotli_bomb(size: int = BOMB_BYTES) -> bytes:
    """`size` zeros in a few hundred bytes of brotli."""
    packer = brotli.Compressor(quality=1)
    block = bytes(1_000_000)
    return b"".join(packer.process(block) for _ in range(size // len(block))) + packer.finish()


def article(title: str, words: int = 120, meta: str = "") -> str:
    """An ordinary article page about nothing in particular."""
    sentence = "Traders on the invented exchange of Port Lumen waited for the minutes and kept their orders small. "
    paragraphs = "".join(f"<p>{sentence * 3}</p>" for _ in range(max(words // 45, 1)))
    charset = f"<meta charset={meta}>" if meta else ""
    return (
        f"<!doctype html><html lang=en><head>{charset}<title>{title}</title>"
        f"<meta property='article:published_time' content='2026-03-02T08:30:00Z'></head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def rss(items: Iterable[str], title: str = "Port Lumen Courier") -> str:
    """A feed around ready-made items."""
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>{title}</title><link>http://example.org/</link><language>en</language>{''.join(items)}</channel></rss>"
    )


def item(
    title: str, link: str | None, guid: str | None = None, date: str | None = "Mon, 02 Mar 2026 08:30:00 GMT"
) -> str:
    """One entry of a feed."""
    parts = [f"<title>{title}</title>", "<description>One sentence says what it is about.</description>"]
    parts += [f"<link>{link}</link>"] if link else []
    parts += [f"<guid isPermaLink='false'>{guid}</guid>"] if guid else []
    parts += [f"<pubDate>{date}</pubDate>"] if date else []
    return f"<item>{''.join(parts)}</item>"


def drip(data: bytes) -> Iterator[bytes]:
    """Byte by byte."""
    for start in range(len(data)):
        yield data[start : start + 1]


def entity_bomb() -> str:
    """Ten levels of ten references each."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'
        "<rss version='2.0'><channel><item><title>&l9;</title></item></channel></rss>"
    )


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()
