"""Several processes on one database at the same time."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from db.state import DbState
from db.store import open_store
from scrapers.state import Fetch

ROOT = Path(__file__).parents[1]


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"from db.store import open_store; open_store({str(tmp_path / 'store.db')!r})"]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors


def test_two_writers_take_turns(tmp_path: Path) -> None:
    states = [DbState(open_store(tmp_path / "store.db")) for _ in range(2)]

    def write(state: DbState) -> None:
        for _ in range(60):
            state.commit([], None, [Fetch("https://courier.example/", "ok", datetime.now(UTC), "nobody")])

    threads = [Thread(target=write, args=(state,)) for state in states]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert open_store(tmp_path / "store.db").table("fetches").count == 120
