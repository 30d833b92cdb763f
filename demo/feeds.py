"""The outlets' feeds, in the shapes real ones have: RSS 2.0 and Atom, summary or full text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from email.utils import format_datetime
from html import escape

from demo.material import INVENTED, Article, Outlet

Body = Callable[[Article], str]  # an article's text as HTML

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{title}</title>
<link>{home}</link>
<description>{tagline}</description>
<copyright>{rights}</copyright>
<language>en</language>
<atom:link href="{address}" rel="self" type="application/rss+xml"/>
{items}
</channel>
</rss>
"""
_ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>{title}</title>
<subtitle>{tagline}</subtitle>
<rights>{rights}</rights>
<id>tag:{domain},2023:feed</id>
<link rel="self" href="{address}"/>
<link rel="alternate" href="{home}"/>
<updated>{updated}</updated>
{items}
</feed>
"""


def feed(outlet: Outlet, newest_first: Sequence[Article], base_url: str, body: Body) -> str:
    """The outlet's whole feed, three years of it in one file."""
    write = _rss_item if outlet.feed == "rss" else _atom_entry
    items = "\n".join(write(outlet, article, base_url, body) for article in newest_first)
    home = f"{base_url}/{outlet.id}/"
    updated = newest_first[0].published.isoformat() if newest_first else "2023-01-01T00:00:00+00:00"
    frame = _RSS if outlet.feed == "rss" else _ATOM
    return frame.format(
        title=escape(outlet.name), tagline=escape(outlet.tagline), rights=escape(INVENTED), home=home,
        address=f"{home}feed.xml", domain=outlet.domain, updated=updated, items=items,
    )  # fmt: skip


def link_of(outlet: Outlet, article: Article, base_url: str) -> str:
    """The address as the feed prints it, campaign parameters included.

    Where the feed carries the whole text nobody needs the page, and the link is the outlet's public one.
    """
    site = f"https://{outlet.domain}" if outlet.carries == "full" else base_url
    return site + article.path + (f"?{outlet.utm}" if outlet.utm else "")


def _rss_item(outlet: Outlet, article: Article, base_url: str, body: Body) -> str:
    link = escape(link_of(outlet, article, base_url))
    creators = "".join(f"<dc:creator><![CDATA[{name}]]></dc:creator>" for name in article.authors)
    full = f"<content:encoded><![CDATA[{_cdata(body(article))}]]></content:encoded>" if outlet.carries == "full" else ""
    stamp = format_datetime(article.published.astimezone(UTC), usegmt=True)
    return f"""<item>
<title><![CDATA[{_cdata(article.title)}]]></title>
<link>{link}</link>
<guid isPermaLink="false">https://{outlet.domain}/?p={article.id}</guid>
{creators}
<pubDate>{stamp}</pubDate>
<description><![CDATA[<p>{_cdata(escape(article.summary, quote=False))}</p>]]></description>
{full}
</item>"""


def _atom_entry(outlet: Outlet, article: Article, base_url: str, body: Body) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in article.authors)
    stamp = article.published.isoformat()
    full = f'<content type="html">{escape(body(article))}</content>' if outlet.carries == "full" else ""
    return f"""<entry>
<title>{escape(article.title)}</title>
<id>tag:{outlet.domain},{article.published:%Y-%m-%d}:{article.id}</id>
<link rel="alternate" type="text/html" href="{escape(link_of(outlet, article, base_url))}"/>
<published>{stamp}</published>
<updated>{stamp}</updated>
{authors}
<summary type="text">{escape(article.summary)}</summary>
{full}
</entry>"""


def _cdata(text: str) -> str:
    return text.replace("]]>", "]]&gt;")
