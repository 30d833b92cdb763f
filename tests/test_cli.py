"""The command line as a user meets it: help, exit codes, one-line errors."""

import os
import resource
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from commands.config_keys import unread_keys
from scrapers.sources import TUNABLE

ROOT = Path(__file__).parents[1]


def calledit(*args, cwd=None, **env):
    command = [sys.executable, str(ROOT / "cli.py"), *args]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    environment.pop("CALLEDIT_DB", None) if "CALLEDIT_DB" not in env else None
    return subprocess.run(command, cwd=cwd or ROOT, capture_output=True, text=True, env=environment, timeout=60)


def test_help_lists_the_commands_in_sections_and_is_quick():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = calledit("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert shown.returncode == 0 and "Its stages:" in shown.stdout and "demo" in shown.stdout
    # 0.3 CPU-seconds is the promise; the bound here only catches a heavy import that slipped to the top of a file.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_no_command_needs_a_heavy_import_to_show_its_help():
    heavy = {"spacy", "transformers", "numpy", "scipy", "datasette", "trafilatura", "requests", "sqlite_utils", "rich"}
    code = (
        "import sys; from cli import main_group; import click;"
        "c = click.Context(main_group); [main_group.get_command(c, n) for n in main_group.list_commands(c)];"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["extract", "cluster", "grade", "board", "serve"])
def test_a_missing_database_is_one_line_with_the_remedy(command, tmp_path):
    shown = calledit(command, "--db", "nowhere.db", cwd=tmp_path)
    assert shown.returncode == 1 and not shown.stdout
    assert shown.stderr == (
        "calledit: nowhere.db does not exist: run `calledit demo`, or name a database with --db PATH\n"
    )


def test_the_database_may_be_named_before_or_after_the_command_or_in_the_environment(tmp_path):
    for args, env in (
        (["--db", "x.db", "board"], {}),
        (["board", "--db", "x.db"], {}),
        (["board"], {"CALLEDIT_DB": "x.db"}),
    ):
        assert "x.db does not exist" in calledit(*args, cwd=tmp_path, **env).stderr


def test_a_database_named_on_the_line_outweighs_the_environment(tmp_path):
    for args in (["--db", "named.db", "board"], ["board", "--db", "named.db"]):
        assert "named.db does not exist" in calledit(*args, cwd=tmp_path, CALLEDIT_DB="other.db").stderr


def test_wrong_usage_exits_with_2():
    assert calledit("grade", "--as-of", "soon").returncode in (1, 2)
    assert calledit("nonsense").returncode == 2
    assert calledit("extract", "--in", str(ROOT / "README.md")).returncode == 2


def test_a_file_that_is_no_database_is_one_line(tmp_path):
    (tmp_path / "notes.db").write_text("not a database, " * 100)
    shown = calledit("board", "--db", "notes.db", cwd=tmp_path)
    assert shown.returncode == 1 and shown.stderr.count("\n") == 1 and "notes.db" in shown.stderr


def test_a_wrong_configuration_is_one_line(tmp_path):
    (tmp_path / "calledit.toml").write_text("contact = ")
    shown = calledit("scrape", cwd=tmp_path)
    assert shown.returncode == 1 and shown.stderr.count("\n") == 1 and "calledit.toml" in shown.stderr


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('contacts = "me@example.org"', "nothing reads the key `contacts`; did you mean `contact`?"),
        ("[price]\nstart = 2020-01-01", "nothing reads the key `price`; did you mean `prices`?"),
        ("[[sources]]\nid = 'a'", "nothing reads the key `sources`; did you mean `source`?"),
        ("zzz = 1", "nothing reads the key `zzz`; the keys are source, "),
    ],
)
def test_a_key_that_nothing_reads_is_pointed_out_once(tmp_path, written, line):
    (tmp_path / "calledit.toml").write_text(written)
    (tmp_path / "other.toml").write_text(written)
    for arguments in (("sources", "list", "--quiet"), ("sources", "list", "--quiet", "--config", "other.toml")):
        shown = calledit(*arguments, cwd=tmp_path)
        assert shown.returncode == 0 and shown.stderr.count("\n") == 1
        assert f"{arguments[-1] if '--config' in arguments else 'calledit.toml'}: {line}" in shown.stderr


def test_every_key_that_is_read_is_known(tmp_path):
    (tmp_path / "calledit.toml").write_text("".join(f"{key} = 1\n" for key in TUNABLE))
    assert unread_keys(tmp_path / "calledit.toml") == []


def test_run_without_a_source_in_reach_still_reads_and_grades_what_was_imported(tmp_path):
    (tmp_path / "calledit.toml").write_text(
        'allow_private = ["127.0.0.1"]\n[prices]\nproviders = []\n'
        '[[source]]\nid = "gone"\nname = "Gone"\nkind = "feed"\nurl = "http://127.0.0.1:9/rss"\n'
    )
    (tmp_path / "note.txt").write_text("Notes\n\nVera Holt predicts that Bitcoin will rally to $140,000 by December.")
    days = (f"BTC,{date(2018, 1, 1) + timedelta(days=n)},,,,{10_000 + n % 7}" for n in range(2500))
    (tmp_path / "prices.csv").write_text("\n".join(["symbol,date,open,high,low,close", *days]))
    assert calledit("import", "note.txt", "--published", "2024-05-01", cwd=tmp_path).returncode == 0
    assert calledit("prices", "import", "prices.csv", cwd=tmp_path).returncode == 0
    shown = calledit("run", "--quiet", cwd=tmp_path)
    assert shown.returncode == 1 and "no source could be reached" in shown.stderr
    held = sqlite3.connect(tmp_path / "calledit.db")
    assert held.execute("select count(*) from verdicts where claim_kind = 'call' and status = 'failed'").fetchone()[0]
    assert held.execute("select count(*) from documents where cluster_id is null").fetchone() == (0,)


def test_run_says_so_where_no_source_can_be_reached_and_changes_nothing(tmp_path):
    (tmp_path / "calledit.toml").write_text(
        'allow_private = ["127.0.0.1"]\n'
        '[[source]]\nid = "gone"\nname = "Gone"\nkind = "feed"\nurl = "http://127.0.0.1:9/rss"\n'
    )
    shown = calledit("run", "--quiet", cwd=tmp_path)
    assert shown.returncode == 1 and "calledit demo" in shown.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calledit.toml"]
