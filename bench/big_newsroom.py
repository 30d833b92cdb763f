"""200 hosts of 127.6.0.0/16 that serve feeds and article pages of chosen sizes; run by collecting.py."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
from functools import cache, lru_cache
from pathlib import Path

SIZES = {"small": (8_000, 19_000), "large": (80_000, 300_000)}  # bytes of a page
_STORY = """the market waited for minutes while traders on the invented exchange kept orders small and spoke of a quiet
week ahead as yields drifted lower copper steadied and the harbour fund said it would hold its bonds until
spring analysts expect prices to rise if the bank signals patience though few wanted to chase the move"""
_WORDS = _STORY.split()
_counts = {"all": 0, "conditional": 0}
_saved: list[bytes] = []


def host_name(number: int) -> str:
    """The address of host `number`, counted from 0."""
    return f"127.6.{number // 250}.{number % 250 + 1}"


@lru_cache(maxsize=256)
def feed(host: str, port: int, kind: str, entries: int) -> bytes:
    """An RSS feed that announces `entries` pages of a kind."""
    items = "".join(
        f"<item><title>Story {n} of {host}</title><link>http://{host}:{port}/{kind}/{n}</link>"
        f"<guid isPermaLink='false'>{host}/{kind}/{n}</guid><pubDate>Mon, 02 Mar 2026 08:{n % 60:02}:00 GMT</pubDate>"
        f"<description>One sentence on story {n}.</description></item>"
        for n in range(entries)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>".encode()


def article(host: str, kind: str, number: int) -> bytes:
    """A page as news sites build them: navigation, JSON-LD, the text, cards of other stories, scripts."""
    rng = random.Random(f"{host}/{kind}/{number}")
    size = rng.randint(*SIZES[kind])
    title = f"Story {number} of {host}: {sentence(rng, 6)}"
    linked = json.dumps({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title,
        "datePublished": f"2026-03-02T08:{number % 60:02}:00Z", "author": {"@type": "Person", "name": "Mira Oldacre"},
        "publisher": {"@type": "Organization", "name": f"The {host} Courier"},
    })  # fmt: skip
    body = "".join(f"<p>{' '.join(sentence(rng, 18) for _ in range(4))}</p>" for _ in range(rng.randint(8, 16)))
    head = (f"<!doctype html><html lang=en><head><title>{title}</title><meta property='og:title' content='{title}'>"
            f"<script type='application/ld+json'>{linked}</script>")  # fmt: skip
    text = f"<main><article><h1>{title}</h1><p class=byline>By Mira Oldacre</p>{body}</article></main>"
    rest = max(size - len(head) - len(text) - 200, 0)
    cards = "".join(card(rng) for _ in range(rest // 2 // 420))
    scripts = f"<script>{script(rest - len(cards))}</script>"
    return f"{head}{scripts}</head><body><nav>{card(rng)}</nav>{text}<aside>{cards}</aside></body></html>".encode()


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize() + "."


def card(rng: random.Random) -> str:
    """A teaser of another story, about 420 bytes."""
    number = rng.randrange(10**6)
    return (
        f"<div class='card card--small' data-id='{number}'><a class='card__link' href='/story/{number}'>"
        f"<img class='card__image' src='/images/{number}.jpg' alt='' loading='lazy' width='320' height='180'>"
        f"<span class='card__kicker'>Markets</span><h3 class='card__title'>{sentence(rng, 8)}</h3></a>"
        f"<ul class='card__tags'><li><a href='/tag/a'>Copper</a></li><li><a href='/tag/b'>Bonds</a></li></ul></div>"
    )


@cache
def _script_stock() -> str:
    rng = random.Random(1)
    return ";".join(f"window.settings['{rng.random()}']={{enabled:true,value:{rng.random()}}}" for _ in range(6000))


def script(size: int) -> str:
    return _script_stock()[: max(size, 0)]


def answer(host: str, port: int, path: str, conditional: bool) -> tuple[str, str, bytes]:
    """Status line, content type and body."""
    if path == "/requests":
        return "200 OK", "application/json", json.dumps(_counts).encode()
    _counts["all"] += 1
    _counts["conditional"] += conditional
    parts = path.strip("/").split("/")
    if path == "/robots.txt":
        return "200 OK", "text/plain", b"User-agent: *\nDisallow: /private/\n"
    if parts[-1] == "feed.xml":
        if conditional:
            return "304 Not Modified", "application/rss+xml", b""
        return "200 OK", "application/rss+xml", feed(host, port, parts[0], int(parts[1]))
    if _saved:
        return "200 OK", "text/html", _saved[hash((host, path)) % len(_saved)]
    return "200 OK", "text/html; charset=utf-8", article(host, parts[0], int(parts[1]))


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One kept-alive connection."""
    host, port = writer.get_extra_info("sockname")[:2]
    try:
        while request := await reader.readuntil(b"\r\n\r\n"):
            path = request.split(b" ", 2)[1].decode()
            status, kind, body = answer(host, port, path, b"if-none-match:" in request.lower())
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(f'{head}ETag: "{len(body)}"\r\n\r\n'.encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(hosts: int, folder: str) -> None:
    if folder:
        _saved.extend(path.read_bytes() for path in sorted(Path(folder).glob("*.html")))
    with socket.create_server((host_name(0), 0)) as probe:
        port = probe.getsockname()[1]
    server = await asyncio.start_server(serve, [host_name(n) for n in range(hosts)], port, limit=65_536)
    print(port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
