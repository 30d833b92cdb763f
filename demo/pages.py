"""Article pages as sites serve them: the text, and everything that stands around it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from demo.material import INVENTED, Article, Outlet, Post

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<style>body{{font:17px/1.5 Georgia,serif;max-width:44em;margin:auto}}nav a{{margin-right:1em}}</style>
</head>
<body class="{skin}">
{body}
</body>
</html>
"""


def article_page(article: Article, outlet: Outlet, embedded: Sequence[Post], others: Sequence[Article]) -> str:
    """The page of an article. `others` are articles to tease beneath it."""
    body = f"""{_banner(outlet)}
<main>
<article class="post-body-wrap">
<header><p class="kicker"><a href="/{outlet.id}/">{escape(outlet.name)}</a></p>
<h1>{escape(article.title)}</h1>
{_byline(article, outlet)}
{_share()}
</header>
<div class="article-content">
{_text(article, embedded)}
{_credit(article)}
</div>
</article>
{_surroundings(outlet, others)}
</main>
{_footer(outlet)}"""
    return _page(f"{article.title} | {outlet.name}", outlet.skin, _head(article, outlet), body)


def text_html(article: Article, embedded: Sequence[Post]) -> str:
    """The body alone, as a full-text feed carries it."""
    return _text(article, embedded, adverts=False)


def front_page(outlet: Outlet, newest: Sequence[Article]) -> str:
    """An outlet's home page, with its feed announced in the head."""
    kind = "application/rss+xml" if outlet.feed == "rss" else "application/atom+xml"
    head = f'<link rel="alternate" type="{kind}" title="{escape(outlet.name)}" href="/{outlet.id}/feed.xml">'
    items = "\n".join(f'<li><a href="{a.path}">{escape(a.title)}</a></li>' for a in newest)
    body = f"{_banner(outlet)}\n<main><h1>{escape(outlet.name)}</h1>\n<ul>\n{items}\n</ul></main>\n{_footer(outlet)}"
    return _page(f"Home | {outlet.name}", outlet.skin, head, body)


def welcome_page(outlets: Sequence[Outlet]) -> str:
    """The newsroom's own front door."""
    items = "\n".join(f'<li><a href="/{o.id}/">{escape(o.name)}</a>: {escape(o.tagline)}</li>' for o in outlets)
    body = f"<main><h1>The calledit newsroom</h1><p>{escape(INVENTED)}</p>\n<ul>\n{items}\n</ul></main>"
    return _page("Newsroom | calledit demo", "plain", "", body)


def _page(title: str, skin: str, head: str, body: str) -> str:
    return _PAGE.format(title=escape(title), skin=skin, head=head, body=body)


def _head(article: Article, outlet: Outlet) -> str:
    """Metadata; each skin leaves some of it out, as real sites do."""
    address = f"https://{outlet.domain}{article.path}"
    summary, stamp = escape(article.summary, quote=True), article.published.isoformat()
    lines = [f'<meta name="description" content="{summary}">', f'<link rel="canonical" href="{address}">']
    if outlet.skin != "bank":
        lines += [
            f'<meta property="og:title" content="{escape(article.title, quote=True)}">',
            '<meta property="og:type" content="article">',
            f'<meta property="og:site_name" content="{escape(outlet.name, quote=True)}">',
        ]
    if outlet.skin in ("tabloid", "letter"):
        lines.append(f'<meta property="article:published_time" content="{stamp}">')
    if outlet.skin in ("wire", "tabloid"):
        data = json.dumps(_json_ld(article, outlet, address), ensure_ascii=False).replace("</", "<\\/")
        lines.append(f'<script type="application/ld+json">{data}</script>')
    return "\n".join(lines)


def _json_ld(article: Article, outlet: Outlet, address: str) -> Mapping[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": outlet.name},
        "mainEntityOfPage": address,
    }


def _banner(outlet: Outlet) -> str:
    ticker = '<div class="ticker" aria-hidden="true">Live: prices move while you read this sentence</div>'
    return f"""<header class="site-header"><a class="logo" href="/{outlet.id}/">{escape(outlet.name)}</a>
<nav class="main-nav"><a href="/{outlet.id}/">Home</a><a href="/{outlet.id}/markets/">Markets</a>
<a href="/{outlet.id}/opinion/">Opinion</a><a href="/{outlet.id}/subscribe/">Subscribe</a></nav>
{ticker if outlet.skin == "tabloid" else ""}</header>"""


def _byline(article: Article, outlet: Outlet) -> str:
    names = ", ".join(article.authors) or f"{outlet.name} staff"
    when = f'<time datetime="{article.published.isoformat()}">{article.published:%B} {article.published.day}, '
    when += f"{article.published:%Y}</time>"
    return f'<p class="byline">By <span class="author" rel="author">{escape(names)}</span> · {when}</p>'


def _share() -> str:
    return (
        '<ul class="share-buttons"><li><a href="#">Share</a></li><li><a href="#">Copy link</a></li>'
        '<li><a href="#">Print</a></li></ul>'
    )


def _text(article: Article, embedded: Sequence[Post], adverts: bool = True) -> str:
    by_text = {post.text: post for post in embedded}
    blocks: list[str] = []
    for number, paragraph in enumerate(article.body.split("\n\n")):
        blocks.append(_block(article, paragraph, by_text.get(paragraph)))
        if adverts and number == 2:
            blocks.append('<aside class="advert"><p>Advertisement</p></aside>')
    return "\n".join(blocks)


def _block(article: Article, paragraph: str, post: Post | None) -> str:
    if post:
        return embedded_post(post)
    if paragraph in article.headings:
        return f"<h2>{escape(paragraph)}</h2>"
    if paragraph.startswith("- "):
        items = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in paragraph.splitlines())
        return f"<ul>{items}</ul>"
    return f"<p>{escape(paragraph)}</p>"


def embedded_post(post: Post) -> str:
    """A post as sites embed it: a blockquote that a script would dress up."""
    day = f"{post.published:%B} {post.published.day}, {post.published:%Y}"
    text = escape(post.text).replace("\n", "<br>")
    name, handle = escape(post.author), escape(post.handle)
    dressed = "bluesky-embed" if post.network == "bluesky" else "twitter-tweet"
    return (
        f'<blockquote class="{dressed}"><p lang="en" dir="ltr">{text}</p>&mdash; {name} (@{handle}) '
        f'<a href="{post.url}">{day}</a></blockquote>'
    )


def _credit(article: Article) -> str:
    if article.credit is None:
        return ""
    return f"<p>The post {escape(article.title)} appeared first on {escape(article.credit)}.</p>"


def _surroundings(outlet: Outlet, others: Sequence[Article]) -> str:
    teasers = "\n".join(f'<li><a href="{a.path}">{escape(a.title)}</a></li>' for a in others)
    return f"""<aside class="related-posts"><h3>Related reading</h3>
<ul>
{teasers}
</ul></aside>
<aside class="newsletter-signup"><h3>Never miss a candle</h3><p>Get {escape(outlet.name)} in your inbox every
morning.</p><form><input type="email" placeholder="you@mail.example"><button>Subscribe</button></form></aside>"""


def _footer(outlet: Outlet) -> str:
    return f"""<footer class="site-footer"><p class="disclaimer">{escape(INVENTED)}</p>
<p>© {escape(outlet.name)}, a publication that does not exist. <a href="/{outlet.id}/terms/">Terms</a></p></footer>"""
