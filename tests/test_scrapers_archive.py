"""Reading archives of all shapes, good and bad."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli import main_group
from scrapers.archive import ArchiveDefaults, Rejected, document_from_text, document_of, read_archive
from scrapers.documents import Document

SHARED = Path(__file__).parents[2] / "shared" / "data"


def lines(path: Path, *rows: object) -> Path:
    path.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", encoding="utf-8"
    )
    return path


def documents(*paths: Path, defaults: ArchiveDefaults | None = None) -> list[Document]:
    return [item for item in read_archive(paths, defaults) if isinstance(item, Document)]


def rejected(*paths: Path) -> list[Rejected]:
    return [item for item in read_archive(paths) if isinstance(item, Rejected)]


def test_a_line_is_a_document_with_the_fields_it_gives(tmp_path: Path) -> None:
    row = {
        "id": "n7", "publisher": "Ledger Post", "author": "Ana Ruiz", "published": "2025-06-03T14:05:00+02:00",
        "url": "https://ledger.example/tin?utm_source=x#top", "title": "Tin slips", "body": "Stocks rose.\n\nTin fell.",
    }  # fmt: skip
    (found,) = documents(lines(tmp_path / "a.jsonl", row))
    assert found.text == "Tin slips\n\nStocks rose.\n\nTin fell."
    assert (found.id, found.kind, found.title, found.publisher) == ("n7", "article", "Tin slips", "Ledger Post")
    assert found.canonical_url == "https://ledger.example/tin"
    assert found.authors == ("Ana Ruiz",)
    assert (found.published, found.published_precision) == (datetime(2025, 6, 3, 12, 5, tzinfo=UTC), "instant")
    assert found.published_origin == "import"


def test_a_text_is_kept_to_the_letter(tmp_path: Path) -> None:
    text = "  Tin \u00a0slips\r\n\n\n“again” — 5\u2009% 🙂 \n"
    (found,) = documents(lines(tmp_path / "a.jsonl", {"text": text, "title": "x", "body": "not used"}))
    assert found.text == text


@pytest.mark.parametrize(
    ("printed", "precision"),
    [
        ("2025-06-03", "day"), ("2025-06-03T00:00:00", "day"), ("2025-06-03 00:00:00Z", "day"),
        ("2025-06-03T00:00:01", "instant"), ("2025-06-03T14:05:09", "instant"), ("around Easter", "none"), ("", "none"),
    ],
)  # fmt: skip
def test_how_exact_a_date_is(printed: str, precision: str) -> None:
    found = document_of({"text": "Tin slips.", "published": printed}, ArchiveDefaults())
    assert found is not None and found.published_precision == precision
    assert (found.published is None) == (precision == "none")


def test_posts_are_known_by_their_handle(tmp_path: Path) -> None:
    (found,) = documents(lines(tmp_path / "p.jsonl", {"text": "Tin to 40k", "handle": "@anaruiz"}))
    assert (found.kind, found.handle) == ("post", "anaruiz")


def test_bad_lines_are_set_aside_with_their_place(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "a.jsonl", {"text": "Good."}, "{broken", "", "[1, 2]", {"title": ""}, {"text": "Also good."}
    )
    assert [found.text for found in documents(path)] == ["Good.", "Also good."]
    assert [(item.line, item.reason.split(":")[0]) for item in rejected(path)] == [
        (2, "not JSON"), (4, "not a JSON object"), (5, "no text"),
    ]  # fmt: skip


def test_bytes_and_characters_that_cannot_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "caf\xe9 and \\u0000 and \\ud800 end"}\n')
    (found,) = documents(path)
    assert found.text == "caf\ufffd and \ufffd and \ufffd end"
    found.text.encode()


def test_gzip_whole_and_cut(tmp_path: Path) -> None:
    good, cut = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"
    data = gzip.compress("".join(json.dumps({"text": f"Note {n} on tin."}) + "\n" for n in range(500)).encode())
    good.write_bytes(data)
    cut.write_bytes(data[: len(data) // 2])
    assert len(documents(good)) == 500
    assert 0 < len(documents(cut)) < 500
    assert [item.line for item in rejected(cut)] == [None]


def test_folders_texts_and_pages(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.txt").write_text("Tin slips\n\nStocks rose for a week.")
    (tmp_path / "b.html").write_text(
        "<html><head><title>Zinc</title></head><body>" + "<p>Zinc fell on Monday.</p>" * 12
    )
    (tmp_path / "c.png").write_bytes(b"\x89PNG\0\0")
    first, second = documents(tmp_path, defaults=ArchiveDefaults(publisher="Ledger Post", published="2025-06-03"))
    assert (first.title, second.title) == ("Zinc", "Tin slips")
    assert {first.publisher, second.publisher} == {"Ledger Post"}
    assert first.published_precision == second.published_precision == "day"
    assert rejected(tmp_path / "c.png")[0].reason.startswith("not a text")
    assert rejected(tmp_path / "missing.jsonl")[0].reason.startswith("cannot be read")


def test_posts_follow_their_article_once_where_asked(tmp_path: Path) -> None:
    quote = """<blockquote class="twitter-tweet"><p>Tin to 40k by June, no doubt.</p>&mdash; Ana Ruiz (@anaruiz)
    <a href="https://twitter.com/anaruiz/status/1750000000000000000">January 24, 2024</a></blockquote>"""
    prose = "".join(f"<p>Stocks rose for the {n}th week while the traders waited.</p>" for n in range(4, 12))
    page = tmp_path / "a.html"
    page.write_text(f"<html><head><title>Tin</title></head><body><article>{prose}{quote}</article></body></html>")
    (article,) = documents(page)
    first, post = read_archive([page], with_posts=True)
    assert isinstance(post, Document) and isinstance(first, Document)
    assert (first.id, post.parent_id, post.handle) == (article.id, article.id, "anaruiz")
    row = {"text": f"{article.text}\n\nTin to 40k by June, no doubt — Ana Ruiz (@anaruiz) June 3, 2025"}
    text = lines(tmp_path / "b.jsonl", row)
    assert (len(documents(text)), len(list(read_archive([text], with_posts=True)))) == (1, 2)


def test_the_same_text_has_the_same_id() -> None:
    assert document_from_text("Tin slips.").id == document_from_text("Tin slips.\n").id
    with pytest.raises(ValueError, match="empty"):
        document_from_text(" \n ")


_FIELDS = st.sampled_from(["id", "text", "title", "body", "url", "published", "authors", "handle", "kind"])
_VALUES = st.none() | st.text(max_size=40) | st.integers() | st.floats() | st.lists(st.text(max_size=5))


@given(st.dictionaries(_FIELDS, _VALUES))
def test_any_row_is_a_storable_document_or_none(row: dict[str, object]) -> None:
    found = document_of(row, ArchiveDefaults())
    if found is not None:
        assert found.text.strip() and found.id
        "".join([found.text, found.title, found.id, found.url or "", *found.authors]).encode()


@given(st.binary(max_size=200))
def test_any_bytes_make_documents_or_are_set_aside(noise: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.jsonl", "a.jsonl.gz", "a.txt"):
            path = Path(folder) / name
            path.write_bytes(noise)
            assert all(isinstance(item, Document | Rejected) for item in read_archive([path]))


def test_the_import_command(tmp_path: Path) -> None:
    text = "Prose stands here.\n\nTin to 40k by June, no doubt — Ana Ruiz (@anaruiz) June 3, 2025"
    path = lines(tmp_path / "a.jsonl", {"text": text}, "{", {"text": "Second."})
    arguments = ["import", str(path), "--db", str(tmp_path / "x.db"), "--json", "--published", "2025-06-04"]
    first = CliRunner().invoke(main_group, arguments)
    assert json.loads(first.stdout) == {"new": 3, "known": 0, "rejected": 1}
    assert f"{path}:2: not JSON" in first.stderr
    second = CliRunner().invoke(main_group, arguments)
    assert json.loads(second.stdout)["known"] == 3
    third = CliRunner().invoke(main_group, ["import", str(path), "--db", str(tmp_path / "x.db"), "--published", "soon"])
    assert third.exit_code == 1 and "names no time" in third.stderr


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
@pytest.mark.slow
def test_the_archives_at_hand_are_read_whole() -> None:
    items = list(read_archive([SHARED / "commentary", SHARED / "gold" / "articles.jsonl"]))
    assert not [item for item in items if isinstance(item, Rejected)]
    assert len(items) > 57_000
