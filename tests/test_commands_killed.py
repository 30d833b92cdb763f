"""Each stage killed half way and run again leaves the same rows as an undisturbed run."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.material import articles, posts
from demo.price_feeds import write_csv

ROOT = Path(__file__).parents[1]
STAGES = (["import", "docs.jsonl"], ["extract"], ["cluster"], ["prices", "import", "prices.csv"], ["grade"])
TIMES = {"fetched", "read_at", "superseded_at", "loaded_at", "graded_at", "noted_at", "at", "made_at"}
LEFT_OUT = {"runs", "_sqlite_migrations", "sqlite_sequence"}


def start(folder: Path, database: str, stage: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "cli.py"), *stage, "--quiet", "--db", database]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)


def finish(folder: Path, database: str, stage: list[str]) -> float:
    begun = time.monotonic()
    assert start(folder, database, stage).wait(600) == 0, stage
    return time.monotonic() - begun


def kill_after(folder: Path, database: str, stage: list[str], seconds: float) -> None:
    process = start(folder, database, stage)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def rows(path: Path) -> dict[str, list[str]]:
    """Every table as sorted rows, times of running left out."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
    found = {}
    for table in (name for name in tables if "_fts" not in name and name not in LEFT_OUT):
        columns = {row[1] for row in connection.execute(f"pragma table_info([{table}])")} - TIMES
        found[table] = sorted(
            json.dumps({name: row[name] for name in sorted(columns)}, ensure_ascii=False)
            for row in connection.execute(f"select * from [{table}]")
        )
    return found


def write_archive(folder: Path, count: int) -> None:
    kept: list[dict[str, object]] = [
        {"id": a.id, "title": a.title, "body": a.body, "publisher": a.outlet, "published": a.published.isoformat()}
        for a in articles()[:count]
    ]
    kept += [
        {"id": p.id, "kind": "post", "text": p.text, "handle": p.handle, "published": p.published.isoformat()}
        for p in posts()[: 2 * count]
    ]
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
    (folder / "docs.jsonl").write_text("".join(lines), encoding="utf-8")
    write_csv(folder / "prices.csv")


@pytest.mark.slow
def test_a_killed_stage_goes_on_to_the_same_rows(tmp_path):
    write_archive(tmp_path, 40)
    took = {tuple(stage): finish(tmp_path, "calm.db", stage) for stage in STAGES}
    luck = random.Random(5)
    for stage in STAGES:
        for _ in range(3):
            kill_after(tmp_path, "killed.db", stage, luck.uniform(0.3, 0.9) * took[tuple(stage)])
        finish(tmp_path, "killed.db", stage)
    calm, killed = rows(tmp_path / "calm.db"), rows(tmp_path / "killed.db")
    assert {table: len(found) for table, found in calm.items()} == {t: len(found) for t, found in killed.items()}
    assert calm == killed
    assert calm["verdicts"] and calm["documents"]
