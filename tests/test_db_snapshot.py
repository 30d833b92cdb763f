"""A snapshot is consistent while the original is written to, searchable, and served by plain Datasette."""

import os
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from cli import main_group
from db.documents import add_documents
from db.snapshot import copy_database, write_parquet
from db.store import open_store
from scrapers.documents import Document

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    database = open_store(tmp_path / "a.db")
    documents = [Document(f"d{n}", "article", f"Bitcoin story number {n}") for n in range(200)]
    add_documents(database, documents, NOW)
    database.execute("delete from documents where id < 'd150'")  # gaps, so that vacuuming renumbers the rows
    database.conn.commit()
    return tmp_path / "a.db"


def test_the_copy_is_searchable_although_rows_were_renumbered(path, tmp_path):
    copy_database(open_store(path), tmp_path / "b.db")
    copy = sqlite3.connect(tmp_path / "b.db")
    sql = "select documents.id from documents_fts join documents on documents.rowid = documents_fts.rowid"
    assert copy.execute(f"{sql} where documents_fts match '\"number 177\"'").fetchall() == [("d177",)]
    assert copy.execute("pragma integrity_check").fetchone() == ("ok",)


def test_the_copy_ignores_what_is_not_committed(path, tmp_path):
    database, writer = open_store(path), sqlite3.connect(path)
    before = database.execute("select count(*) from documents").fetchone()
    writer.execute("insert into documents (id, kind, text) values ('half', 'post', 'x')")
    copy_database(database, tmp_path / "b.db")
    writer.rollback()
    assert sqlite3.connect(tmp_path / "b.db").execute("select count(*) from documents").fetchone() == before


def test_parquet_holds_the_same_rows(path, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra: parquet)")
    database = open_store(path)
    counts = write_parquet(database, tmp_path / "parquet")
    table = parquet.read_table(tmp_path / "parquet" / "documents.parquet")
    assert table.num_rows == counts["documents"] == database.execute("select count(*) from documents").fetchone()[0]
    assert set(table.column("id").to_pylist()) == {row[0] for row in database.execute("select id from documents")}


@pytest.mark.slow
def test_plain_datasette_serves_the_folder_with_the_wheel_beside_it(path, tmp_path):
    folder = tmp_path / "snapshot"
    done = CliRunner().invoke(main_group, ["snapshot", str(folder), "--db", str(path), "--quiet"])
    assert done.exit_code == 0, done.output
    (wheel,) = (folder / "wheels").glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    assert Database(folder / "calledit.db")["documents"].count
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "datasette", "serve", str(folder), "--get", "/"]
    shown = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stderr
    assert "calledit" in shown.stdout
    where = "import db.store; print(db.store.__file__)"
    found = subprocess.run([sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert Path(found.stdout.strip()).is_relative_to(installed)
