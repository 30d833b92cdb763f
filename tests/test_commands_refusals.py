"""What a command cannot do it says in one line, with the exit status that scripts rely on."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli import _one_line, main_group
from commands.common import Settings, progress
from db.pages import speakers_named
from db.store import LOCKED, open_store
from tests.site_data import PEOPLE, build


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("refusals") / "c.db")


def run(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main_group, [*arguments, "--db", str(database)])


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (("board", "--asset", "NOPE"), 1, "no asset NOPE"),
        (("board", "--asset", "SILVER"), 1, "no graded call on SILVER after 30 days"),
        (("board", "--limit", "0"), 2, "0 is not in the range x>=1"),
        (("serve", "--port", "70000"), 2, "70000 is not in the range 0<=x<=65535"),
        (("analyst", ""), 2, "name a speaker"),
        (("analyst", "%"), 1, "no speaker named %"),
        (("grade", "--explain", ""), 2, "--explain takes a claim's id"),
    ],
)
def test_one_line_says_what_is_wrong(database: Path, arguments: tuple[str, ...], status: int, line: str) -> None:
    failed = run(database, *arguments)
    assert failed.exit_code == status and line in failed.stderr and not failed.stdout


def test_a_missing_folder_for_the_claims_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Gold looks strong."}\n')
    out = tmp_path / "nowhere" / "claims.jsonl"
    failed = run(tmp_path / "c.db", "extract", "--in", str(tmp_path / "a.jsonl"), "--out", str(out))
    assert failed.exit_code == 1 and failed.stderr.count("\n") == 1 and "there is no folder" in failed.stderr


def test_wildcards_in_a_name_stand_for_themselves(database: Path) -> None:
    db = open_store(database)
    assert speakers_named(db, "_da Quill") == [] and speakers_named(db, "%") == []
    assert [row["name"] for row in speakers_named(db, "da Quill")] == [PEOPLE[0]]


def test_a_locked_database_names_the_cause_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    holder, other = sqlite3.connect(path), sqlite3.connect(path, timeout=0)
    holder.execute("begin exclusive")
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("create table a (b)")
    assert _one_line(caught.value) == LOCKED and "another process" in LOCKED and "wait" in LOCKED


def test_the_operating_system_s_errors_have_no_number() -> None:
    assert _one_line(PermissionError(13, "Permission denied", "a.csv")) == "a.csv: Permission denied"


def test_no_bar_is_drawn_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with click.Context(click.Command("test"), obj=Settings()), progress("Grading calls", 2) as advance:
        advance(2)
    assert capsys.readouterr().err == ""


def test_ctrl_c_says_that_what_was_finished_is_kept(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    @click.command()
    def board() -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("commands.board.board", board)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start without it
    try:
        stopped = run(database, "board")
    finally:
        signal.signal(signal.SIGINT, before)
    assert stopped.exit_code == 130 and stopped.stderr.strip() == "calledit: stopped; what was finished is kept"
