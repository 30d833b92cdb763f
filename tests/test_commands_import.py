"""`calledit import` and `calledit check`: what they take, and the one line where they cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main_group


def run(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(main_group, [str(argument) for argument in arguments], input=given)


def imported(folder: Path, *arguments: object) -> Result:
    return run("import", *arguments, "--db", folder / "c.db", "--json")


def test_a_missing_file_fails_in_plain_words(tmp_path: Path) -> None:
    failed = imported(tmp_path, tmp_path / "none.jsonl")
    assert failed.exit_code == 1 and not failed.stdout
    assert "none.jsonl: cannot be read: no such file or directory" in failed.stderr and "Errno" not in failed.stderr


def test_nothing_readable_fails(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("not json\n[]\n")
    failed = imported(tmp_path, tmp_path / "a.jsonl")
    assert failed.exit_code == 1 and "no document could be read: see the lines above" in failed.stderr
    (tmp_path / "folder").mkdir()
    assert imported(tmp_path, tmp_path / "folder").exit_code == 1


def test_one_document_or_a_known_one_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Gold looks strong."}\nnot json\n')
    for new, known in ((1, 0), (0, 1)):
        done = imported(tmp_path, tmp_path / "a.jsonl", tmp_path / "none.txt")
        assert done.exit_code == 0 and json.loads(done.stdout) == {"new": new, "known": known, "rejected": 2}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": 5}, "`text` is a number, not a string"),
        ({"text": ["Gold", "rises."]}, "`text` is a list, not a string"),
        ({"title": "Gold rises", "body": {"html": "x"}}, "`body` is an object, not a string"),
        ({"text": "Gold rises.", "title": True}, "`title` is true or false, not a string"),
        ({"text": "Gold rises.", "kind": "tweet"}, '`kind` is "tweet": give article or post, or leave it out'),
        ({"text": "Gold rises.", "kind": 3}, "`kind` is 3: give article or post, or leave it out"),
    ],
)
def test_a_row_that_says_something_odd_is_set_aside_with_the_reason(
    tmp_path: Path, row: dict[str, object], reason: str
) -> None:
    good = {"text": "Silver rises.", "kind": "Post", "title": None}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(good)}\n")
    done = imported(tmp_path, tmp_path / "a.jsonl")
    assert json.loads(done.stdout) == {"new": 1, "known": 0, "rejected": 1}
    assert f"a.jsonl:1: {reason}" in done.stderr


def test_one_address_is_that_of_one_page(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.jsonl"):
        (tmp_path / name).write_text("Gold will rise.")
    address = ("--url", "https://ledger.example/a")
    for paths in ((tmp_path / "a.txt", tmp_path / "b.txt"), (tmp_path,), (tmp_path / "c.jsonl",)):
        wrong = imported(tmp_path, *paths, *address)
        assert wrong.exit_code == 2 and "--url is the address of one page or text" in wrong.stderr
    assert imported(tmp_path, tmp_path / "a.txt", *address).exit_code == 0


@pytest.mark.parametrize("published", ["soon", "2025-02-30", "2093-01-01", ""])
@pytest.mark.parametrize("command", ["import", "check"])
def test_a_publication_date_is_a_day_that_has_been(tmp_path: Path, command: str, published: str) -> None:
    (tmp_path / "a.txt").write_text("Bitcoin will rise.")
    failed = run(command, tmp_path / "a.txt", "--published", published, "--db", tmp_path / "c.db")
    assert failed.exit_code == 1 and failed.stderr.count("\n") == 1 and "--published" in failed.stderr


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("-", "standard input holds no text"),
        ("ftp://example.org/a", "only http and https addresses can be read"),
        ("none.txt", "does not exist"),
    ],
)
def test_check_says_in_one_line_what_it_cannot_read(source: str, line: str) -> None:
    failed = run("check", source, given="\n")
    assert failed.exit_code == 1 and failed.stderr.count("\n") == 1 and line in failed.stderr
