"""`calledit speakers` and `calledit correct`: only statements that say something are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main_group
from db.speakers import resolve_speakers
from db.store import open_store
from tests.site_data import PEOPLE, build

ADA, BRAM, CLEO, _ = PEOPLE


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("speakers") / "c.db")


@pytest.fixture
def database(built: Path, tmp_path: Path) -> Path:
    db = open_store(built)
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    return Path(shutil.copy(built, tmp_path / "c.db"))


def run(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main_group, [*arguments, "--db", str(database)])


def statements(database: Path) -> list[tuple[str, str, str]]:
    db = open_store(database)
    return list(db.execute("select action, name, into_name from speaker_merges where note is null order by id"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("merge", "Ada Quilfeather", BRAM), f"no speaker named Ada Quilfeather: did you mean {ADA}?"),
        (("merge", ADA, "Zzyzx Qwrt"), "no speaker named Zzyzx Qwrt: see `calledit board`"),
        (("merge", ADA, ADA), f"{ADA} and {ADA} are one name already"),
        (("merge", "", BRAM), "a speaker's name cannot be empty"),
        (("split", "Nobody Atall"), "no speaker named Nobody Atall"),
        (("rename", ADA, " "), "a speaker's name cannot be empty"),
        (("rename", ADA, BRAM), f"another speaker is called {BRAM}: `calledit speakers merge`"),
    ],
)
def test_a_statement_that_says_nothing_is_refused(database: Path, arguments: tuple[str, ...], line: str) -> None:
    failed = run(database, "speakers", *arguments)
    assert failed.exit_code == 1 and line in failed.stderr and failed.stderr.count("\n") == 1
    assert statements(database) == []


def test_merges_do_not_run_in_a_circle(database: Path) -> None:
    assert run(database, "speakers", "merge", ADA, BRAM).exit_code == 0
    assert run(database, "speakers", "merge", BRAM, CLEO).exit_code == 0
    for into in (ADA, BRAM):
        failed = run(database, "speakers", "merge", CLEO, into)
        assert failed.exit_code == 1 and "the same speaker already" in failed.stderr
    assert statements(database) == [("merge", ADA, BRAM), ("merge", BRAM, CLEO)]


def test_a_renamed_speaker_answers_to_the_new_name(database: Path) -> None:
    assert run(database, "speakers", "rename", ADA, "A. Q.").exit_code == 0
    assert run(database, "speakers", "merge", "A. Q.", BRAM).exit_code == 0
    assert statements(database) == [("rename", ADA, "A. Q."), ("merge", ADA, BRAM)]


def shown(database: Path) -> dict[str, str]:
    """The name that each printed name of the four is shown by."""
    sql = "select names.name, speakers.name from speaker_names as names join speakers on speakers.id = speaker_id"
    return {name: who for name, who in open_store(database).execute(sql) if name in PEOPLE}


def test_a_split_undoes_a_merge_and_outlives_a_new_reading(database: Path) -> None:
    before = shown(database)
    assert run(database, "speakers", "merge", ADA, BRAM).exit_code == 0
    assert shown(database)[ADA] == shown(database)[BRAM]
    assert run(database, "speakers", "split", ADA).exit_code == 0
    assert shown(database) == before
    resolve_speakers(open_store(database))
    assert shown(database) == before
    assert statements(database) == [("merge", ADA, BRAM), ("split", ADA, ADA)]


def test_a_split_of_the_other_name_undoes_the_merge_as_well(database: Path) -> None:
    run(database, "speakers", "merge", ADA, BRAM)
    run(database, "speakers", "merge", CLEO, ADA)
    assert run(database, "speakers", "split", BRAM).exit_code == 0
    found = shown(database)
    assert found[ADA] == found[CLEO] != found[BRAM]


def test_what_was_split_can_be_merged_again(database: Path) -> None:
    for arguments in (("merge", ADA, BRAM), ("split", ADA), ("merge", BRAM, ADA)):
        assert run(database, "speakers", *arguments).exit_code == 0
    assert shown(database)[ADA] == shown(database)[BRAM]


def claim_of(database: Path) -> str:
    sql = "select id from calls where superseded_at is null order by id limit 1"
    return str(open_store(database).execute(sql).fetchone()[0])


def test_a_rejected_claim_takes_no_other_correction(database: Path) -> None:
    wrong = run(database, "correct", claim_of(database), "--reject", "--stance", "bearish")
    assert wrong.exit_code == 2 and "--reject" in wrong.stderr


def test_a_new_name_is_pointed_out(database: Path) -> None:
    done = run(database, "correct", claim_of(database), "--speaker", "Cleo Marchbank", "--quiet")
    assert done.exit_code == 0 and done.stderr == f"new speaker Cleo Marchbank; the nearest known name is {CLEO}\n"
    assert run(database, "correct", claim_of(database), "--speaker", CLEO, "--quiet").stderr == ""
    assert run(database, "correct", claim_of(database), "--speaker", " ").exit_code == 2
