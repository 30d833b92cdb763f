"""Article bodies and metadata on saved pages, beside other extractors, in one run.

    python bench/pages.py --data FOLDER      the folder that holds article-extraction-benchmark and fundus-us

Bodies are scored as article-extraction-benchmark does: multisets of 4-word shingles, mean precision and recall over
pages, F1 of the means. Speeds are pages per CPU-second of this process on one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

_TOKEN = re.compile(r"\w+", re.UNICODE | re.MULTILINE | re.IGNORECASE | re.DOTALL)
DEFAULT_DATA = Path(__file__).parents[2] / "shared" / "data" / "pages"


@dataclass(frozen=True, slots=True)
class Page:
    """One saved page and what is expected of it."""

    name: str
    url: str
    html: str
    body: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: datetime | None = None


@dataclass(slots=True)
class Tally:
    """One extractor's results over a set."""

    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    seconds: float = 0.0
    titles: list[bool] = field(default_factory=list)
    authors: list[bool] = field(default_factory=list)
    minutes: list[bool] = field(default_factory=list)

    def f1(self) -> tuple[float, float, float]:
        precision, recall = _mean(self.precisions), _mean(self.recalls)
        return 2 * precision * recall / ((precision + recall) or 1), precision, recall


@dataclass(frozen=True, slots=True)
class Found:
    """What an extractor read from a page; None where it does not read a field."""

    body: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: datetime | None = None


Extractor = Callable[[str, str], Found]


def benchmark_pages(folder: Path) -> Iterator[Page]:
    """The pages of scrapinghub/article-extraction-benchmark."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, expected in truth.items():
        html = _unpacked(folder / "html" / f"{name}.html.gz")
        yield Page(name, expected["url"], html, expected["articleBody"])


def fundus_pages(folder: Path) -> Iterator[Page]:
    """The pages of flairNLP/fundus's US fixtures: the n-th saved page of a publisher is its n-th version."""
    urls = json.loads((folder / "meta.info").read_text(encoding="utf-8"))
    for expectation in sorted(folder.glob("*.json")):
        versions = list(json.loads(expectation.read_text(encoding="utf-8")).values())
        saved = sorted(folder.glob(f"{expectation.stem}_*.html.gz"))
        for path, expected in zip(saved, versions, strict=True):
            yield _fundus_page(path, expected, urls[path.name]["url"])


def _fundus_page(path: Path, expected: dict[str, Any], url: str) -> Page:
    sections = expected["body"]["sections"]
    parts = [*expected["body"]["summary"], *(line for s in sections for line in (*s["headline"], *s["paragraphs"]))]
    published = datetime.fromisoformat(expected["publishing_date"]) if "publishing_date" in expected else None
    return Page(
        path.name, url, _unpacked(path), "\n\n".join(parts),
        expected.get("title"), tuple(expected["authors"]) if "authors" in expected else None, published,
    )  # fmt: skip


def _unpacked(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode("utf-8", "replace")


def ours(html: str, url: str) -> Found:
    from scrapers.article import read_article

    page = read_article(html, url)
    if page is None:
        return Found("", "", ())
    found = page.document
    body = found.text.removeprefix(found.title).lstrip("\n")
    moment = found.published if found.published_precision == "instant" else None
    return Found(body, found.title, found.authors, moment)


def with_trafilatura(html: str, url: str) -> Found:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    if found is None:
        return Found("", "", ())
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    moment = datetime.fromisoformat(found.date) if found.date else None
    return Found(found.text or "", found.title or "", authors, moment)


def with_trafilatura_precision(html: str, url: str) -> Found:
    from trafilatura import extract

    return Found(extract(html, url=url, favor_precision=True, include_comments=False) or "")


def with_newspaper(html: str, url: str) -> Found:
    from newspaper import Article

    article = Article(url or "https://example.com/", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return Found(article.text, article.title, tuple(article.authors), article.publish_date)


def with_readability(html: str, url: str) -> Found:
    import html_text
    from readability import Document

    document = Document(html)
    return Found(html_text.extract_text(document.summary()), document.short_title())


EXTRACTORS: dict[str, Extractor] = {
    "calledit": ours,
    "trafilatura": with_trafilatura,
    "trafilatura precision": with_trafilatura_precision,
    "newspaper4k": with_newspaper,
    "readability-lxml": with_readability,
}


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """The multiset of 4-word shingles, as article-extraction-benchmark counts them."""
    words = _TOKEN.findall(text)
    return Counter(tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1)))


def overlap(expected: str, found: str) -> tuple[float, float]:
    """Precision and recall of one body, as that benchmark has them for pages with and without text."""
    wanted, got = shingles(expected), shingles(found)
    both = sum((wanted & got).values())
    false_positive, false_negative = sum((got - wanted).values()), sum((wanted - got).values())
    precision = both / (both + false_positive) if both + false_positive else float(false_negative == 0)
    recall = both / (both + false_negative) if both + false_negative else float(false_positive == 0)
    return precision, recall


def score(pages: list[Page], extractor: Extractor, verbose: bool = False) -> Tally:
    """Run one extractor over a set; a page on which it fails counts as empty."""
    tally = Tally()
    for page in pages:
        started = time.process_time()
        try:
            found = extractor(page.html, page.url)
        except Exception as error:
            print(f"    {page.name[:40]}: {type(error).__name__}: {str(error).splitlines()[0][:80]}")
            found = Found("", "", ())
        tally.seconds += time.process_time() - started
        _note(tally, page, found)
        if verbose:
            _print_misses(page, found, tally)
    return tally


def _note(tally: Tally, page: Page, found: Found) -> None:
    precision, recall = overlap(page.body, found.body)
    tally.precisions.append(precision)
    tally.recalls.append(recall)
    if page.title is not None and found.title is not None:
        tally.titles.append(_line(found.title) == _line(page.title))
    if page.authors and found.authors is not None:
        tally.authors.append(set(found.authors) == set(page.authors))
    if page.published and found.title is not None:
        tally.minutes.append(_minute(found.published) == _minute(page.published))


def _print_misses(page: Page, found: Found, tally: Tally) -> None:
    if tally.precisions[-1] < 0.9 or tally.recalls[-1] < 0.9:
        print(f"    {page.name[:40]} body P {tally.precisions[-1]:.2f} R {tally.recalls[-1]:.2f} {page.url[:80]}")
    if page.title is not None and found.title is not None and not tally.titles[-1]:
        print(f"    {page.name} title\n      {page.title}\n      {found.title}")
    if page.authors and found.authors is not None and set(found.authors) != set(page.authors):
        print(f"    {page.name} authors {page.authors} {found.authors}")
    if page.published and _minute(found.published) != _minute(page.published):
        print(f"    {page.name} published {page.published} {found.published}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _minute(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _mean(values: list[float] | list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _row(name: str, tally: Tally, pages: list[Page]) -> str:
    f1, precision, recall = tally.f1()
    metadata = (tally.titles, tally.authors, tally.minutes)
    fields = "".join(f"{_mean(got):8.3f}" if got else "       -" for got in metadata)
    rate = len(pages) / tally.seconds if tally.seconds else 0.0
    return f"{name:24}{f1:8.3f}{precision:8.3f}{recall:8.3f}{fields}{rate:11.1f}"


def _installed(extractor: Extractor, page: Page) -> bool:
    try:
        extractor(page.html, page.url)
    except ImportError:
        return False
    except Exception:
        return True
    return True


def compare(title: str, pages: list[Page], names: list[str], verbose: bool) -> None:
    """Print one table: every installed extractor on one set."""
    print(f"\n{title}: {len(pages)} pages")
    print(f"{'':24}{'F1':>8}{'P':>8}{'R':>8}{'title':>8}{'authors':>8}{'minute':>8}{'pages/CPU-s':>11}")
    for name in names:
        if not _installed(EXTRACTORS[name], pages[0]):
            print(f"{name:24}  not installed")
            continue
        print(_row(name, score(pages, EXTRACTORS[name], verbose), pages))


def small_pages(pages: list[Page]) -> list[Page]:
    """The bodies of these pages in plain pages of their own, as small sites serve them, where that is under 20 KB."""
    small = [replace(page, html=_small(page, number)) for number, page in enumerate(pages)]
    return [page for page in small if len(page.html) < 20_000]


def _small(page: Page, number: int) -> str:
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in page.body.split("\n") if line.strip())
    told = {"@type": "NewsArticle", "headline": f"Story {number}", "datePublished": "2026-03-02T09:30:00Z",
            "author": {"@type": "Person", "name": "Ana Ruiz"}}  # fmt: skip
    menu = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(12))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Story {number} | Ledger Post</title>
<meta property="og:title" content="Story {number}"><meta property="og:site_name" content="Ledger Post">
<link rel="canonical" href="https://ledger.example/story/{number}">
<script type="application/ld+json">{json.dumps(told)}</script></head>
<body><nav><ul>{menu}</ul></nav><main><article><h1>Story {number}</h1><time datetime="2026-03-02">2 March</time>
<div class="story">{paragraphs}</div></article></main><footer><p>About us. Contact.</p></footer></body></html>"""


def speed_by_size(pages: list[Page]) -> None:
    """Print how fast whole pages are read, by size: body, metadata, language, embedded posts."""
    print("\ncalledit, everything that is read of a page, by its size")
    sizes = [
        ("under 20 KB (made small)", small_pages(pages)),
        ("20-80 KB", [page for page in pages if len(page.html) < 80_000]),
        ("80-300 KB", [page for page in pages if 80_000 <= len(page.html) < 300_000]),
    ]
    for label, chosen in sizes:
        tally = score(chosen, ours)
        print(f"{label:26}{len(chosen):5} pages{len(chosen) / tally.seconds:11.1f} pages/CPU-s")


def through_workers(pages: list[Page]) -> None:
    """Print what the worker processes make of the same pages, by the clock, and what stays unread."""
    from scrapers.article import ArticleReader, PageTask, Unread

    with ArticleReader() as reader:
        started = time.perf_counter()
        found = list(reader.read_many(PageTask(page.html, page.url) for page in pages))
        seconds = time.perf_counter() - started
    unread = sum(isinstance(page, Unread) for page in found)
    print(f"\nthrough worker processes  {len(found):5} pages{len(found) / seconds:11.1f} pages/s, {unread} unread")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--only", choices=sorted(EXTRACTORS), action="append", help="run these extractors only")
    parser.add_argument("--verbose", action="store_true", help="list the misses")
    options = parser.parse_args()
    if not options.data.is_dir():
        raise SystemExit(f"{options.data}: no such folder; name the saved pages with --data FOLDER")
    names = options.only or list(EXTRACTORS)
    benchmark = list(benchmark_pages(options.data / "article-extraction-benchmark"))
    fundus = list(fundus_pages(options.data / "fundus-us"))
    compare("article-extraction-benchmark", benchmark, names, options.verbose)
    compare("fundus-us", fundus, names, options.verbose)
    if "calledit" in names:
        speed_by_size(benchmark + fundus)
        through_workers(benchmark + fundus)


if __name__ == "__main__":
    main()
