"""The schedule: rhythms, closes, alarms, the lock, and a process that stops cleanly and can be killed."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli import main_group
from commands.units import notify_systemd
from db.alarms import update_alarms
from db.lock import DatabaseLock, LockedError, heartbeat
from db.sources import save_sources
from db.store import open_store
from markets.assets import registry
from scrapers.health import Health, after_visit, health, is_due, usual_gap_s, visit_interval_s
from scrapers.kinds import Reading
from scrapers.retry import DAY_S, backoff_s, retry_after_s
from scrapers.schedule import (
    StageRuns,
    distinct_closes,
    latest_close,
    next_close,
    retry_due,
    sleep_until,
    stage_due,
)
from scrapers.sources import Source
from scrapers.state import Fetch, SourceState
from tests.fault_newsroom import Newsroom, Reply, article, item, page, rss

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # a Tuesday
SOURCE = Source("courier", "Courier", "feed", "https://courier.example/feed", interval_s=3600)
STATE = SourceState("courier", SOURCE.url)
ROOT = Path(__file__).parents[1]


def test_the_rhythm_follows_the_source() -> None:
    assert visit_interval_s(SOURCE, None) == 3600
    assert visit_interval_s(SOURCE, 1200) == 600
    assert visit_interval_s(SOURCE, 60) == 300
    assert visit_interval_s(SOURCE, 90_000) == 3600
    assert visit_interval_s(replace(SOURCE, interval_s=120), 60) == 120


def test_the_usual_gap_is_a_median_that_ignores_batches() -> None:
    times = [NOW - timedelta(hours=2 * n) for n in range(6)] + [NOW - timedelta(seconds=5)]
    assert 7000 < (usual_gap_s(times) or 0) <= 7200
    assert usual_gap_s(times[:2], previous=99) == 99


def test_success_clears_failures_and_failure_never_gives_up() -> None:
    state = STATE
    for _ in range(50):
        state = after_visit(SOURCE, Reading("timeout", state, detail="no answer"), NOW, random.Random(1))
        assert state.next_try is not None and NOW < state.next_try <= NOW + timedelta(days=1)
        assert not state.disabled
    assert state.failures == 50
    state = after_visit(SOURCE, Reading("unchanged", state), NOW)
    assert (state.failures, state.last_error, state.last_ok) == (0, None, NOW)


def test_what_a_server_asks_for_is_kept() -> None:
    asked = (Fetch(SOURCE.url, "rate_limited", NOW, http_status=429),)
    state = after_visit(SOURCE, Reading("rate_limited", STATE, fetches=asked, retry_after_s=7200.0), NOW)
    assert state.failures == 1
    assert state.next_try is not None and state.next_try >= NOW + timedelta(hours=2)


def test_our_own_patience_is_no_failure_of_the_source() -> None:
    state = after_visit(SOURCE, Reading("rate_limited", STATE, retry_after_s=600.0), NOW)
    assert (state.failures, state.next_try) == (0, NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        (STATE, "new"),
        (replace(STATE, disabled=True), "gone"),
        (replace(STATE, failures=3, last_error="HTTP 500"), "failing"),
        (replace(STATE, failures=2, last_ok=NOW), "ok"),
        (replace(STATE, last_ok=NOW, last_new=NOW - timedelta(hours=25), usual_gap_s=8 * 3600), "stale"),
        (replace(STATE, last_ok=NOW, last_new=NOW - timedelta(hours=23), usual_gap_s=8 * 3600), "ok"),
        (replace(STATE, last_ok=NOW, last_new=NOW - timedelta(hours=5), usual_gap_s=600), "ok"),
        (replace(STATE, last_ok=NOW, last_new=NOW - timedelta(hours=7), usual_gap_s=600), "stale"),
    ],
)
def test_conditions(state: SourceState, condition: str) -> None:
    found = health(state, NOW)
    assert found.condition == condition
    assert bool(found.reason) == (condition != "ok")


def test_when_a_source_is_due() -> None:
    assert is_due(None, NOW) and is_due(STATE, NOW)
    assert not is_due(replace(STATE, next_try=NOW + timedelta(seconds=1)), NOW)
    assert is_due(replace(STATE, next_try=NOW), NOW)
    assert not is_due(replace(STATE, disabled=True), NOW)


@given(st.integers(1, 10_000), st.floats(1, 1000))
def test_backoff_is_bounded(failures: int, base: float) -> None:
    wait = backoff_s(failures, base_s=base)
    assert base / 10 <= wait <= DAY_S
    assert wait <= max(base * 2.0 ** min(failures - 1, 40), base / 10)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "999999999"}, DAY_S),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "Tue, 03 Mar 2026 12:10:00 GMT"}, 600),
        ({"retry-after": "Mon, 02 Mar 2026 12:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "45"}, 45),
        ({"x-ratelimit-remaining": "9", "x-ratelimit-reset": "45"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


@given(st.text(max_size=30))
def test_any_retry_after_is_bounded_or_ignored(value: str) -> None:
    wait = retry_after_s({"retry-after": value}, NOW)
    assert wait is None or 0 <= wait <= DAY_S


def test_closes() -> None:
    assets = distinct_closes([registry()["BTC"], registry()["ETH"], registry()["SPX"]])
    assert len(assets) == 2
    assert latest_close(assets, NOW) == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)  # the coins' midnight
    assert latest_close(assets, datetime(2026, 3, 3, 22, 0, tzinfo=UTC)) == datetime(2026, 3, 3, 21, 0, tzinfo=UTC)
    assert next_close(assets, NOW) == datetime(2026, 3, 3, 21, 45, tzinfo=UTC)


def test_stages_run_once_per_close_and_again_an_hour_after_a_failure() -> None:
    close = NOW - timedelta(hours=2)
    assert stage_due(StageRuns(), close, NOW)
    assert not stage_due(StageRuns(), None, NOW)
    ok = NOW - timedelta(hours=1)
    assert not stage_due(StageRuns(ok, ok), close, NOW)
    before = NOW - timedelta(hours=5)
    assert stage_due(StageRuns(before, before), close, NOW)
    assert not stage_due(StageRuns(NOW - timedelta(minutes=30), before), close, NOW)
    assert stage_due(StageRuns(NOW - timedelta(hours=1), before), close, NOW)
    assert retry_due(StageRuns(before, None), NOW) and not retry_due(StageRuns(before, before), NOW)


def test_sleep_ends_with_the_next_visit(tmp_path: Path) -> None:
    from db.state import DbState

    database = open_store(tmp_path / "store.db")
    save_sources(database, [SOURCE])
    state = DbState(database)
    assert sleep_until([SOURCE], state, [], NOW, 20.0) == NOW + timedelta(minutes=5)
    state.commit([], replace(STATE, next_try=NOW + timedelta(minutes=2)), [])
    assert sleep_until([SOURCE], state, [], NOW, 20.0) == NOW + timedelta(minutes=2)
    state.commit([], replace(STATE, next_try=NOW - timedelta(minutes=2)), [])
    assert sleep_until([SOURCE], state, [], NOW, 20.0) == NOW + timedelta(seconds=20)


def test_alarms_are_raised_once_and_end(tmp_path: Path) -> None:
    database = open_store(tmp_path / "store.db")
    save_sources(database, [SOURCE])
    assert update_alarms(database, [Health("courier", "stale", "nothing new for 25 hours")], NOW) == 1
    assert update_alarms(database, [Health("courier", "stale", "nothing new for 26 hours")], NOW) == 1
    assert update_alarms(database, [Health("courier", "failing", "3 failures in a row")], NOW) == 1
    assert update_alarms(database, [Health("courier", "ok")], NOW) == 0
    rows = list(database.query("select condition, reason, until from alarms order by id"))
    assert [(row["condition"], bool(row["until"])) for row in rows] == [("stale", True), ("failing", True)]
    assert rows[0]["reason"] == "nothing new for 26 hours"


def test_the_lock_admits_one_and_tells_who(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    assert heartbeat(path) is None
    with DatabaseLock(path) as lock:
        lock.beat("collecting")
        found = heartbeat(path)
        assert found is not None and (found.pid, found.doing) == (os.getpid(), "collecting")
        with pytest.raises(LockedError, match=str(os.getpid())), DatabaseLock(path):
            pass
    assert heartbeat(path) is None
    with DatabaseLock(path):
        pass


def test_health_check_fails_where_a_source_needs_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from db.state import DbState

    monkeypatch.chdir(tmp_path)
    Path("calledit.toml").write_text('[[source]]\nid = "courier"\nurl = "https://courier.example/feed"\n')
    run = CliRunner().invoke
    assert run(main_group, ["sources", "health", "--check"]).exit_code == 0
    database = open_store(tmp_path / "calledit.db")
    save_sources(database, [SOURCE])
    DbState(database).commit([], replace(STATE, failures=4, last_error="HTTP 500"), [])
    database.close()
    result = run(main_group, ["sources", "health", "--check", "--quiet"])
    assert result.exit_code == 1
    assert "4 failures in a row, last: HTTP 500" in result.output


def test_old_log_rows_are_forgotten_and_documents_are_not(tmp_path: Path) -> None:
    from db.runs import forget_logs, recorded_run, stage_runs
    from db.state import DbState
    from scrapers.documents import Document
    from scrapers.state import Fetch

    database = open_store(tmp_path / "store.db")
    old = Document("0123456789abcdef", "article", "Old", published=NOW - timedelta(days=900))
    fetches = [Fetch("https://courier.example/", "ok", NOW - timedelta(days=days)) for days in (1, 200)]
    DbState(database).commit([old], None, fetches)
    with recorded_run(database, "grade"):
        pass
    assert forget_logs(database, NOW - timedelta(days=180)) == 1
    assert database.table("documents").count == 1
    assert stage_runs(database, "grade").last is not None


def test_the_service_manager_hears_of_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        notify_systemd("READY=1")
        assert manager.recv(100) == b"READY=1"
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify_systemd("WATCHDOG=1")


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_units_name_the_database(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "my market.db"
    text = CliRunner().invoke(main_group, ["schedule", "--print", kind, "--db", str(path)]).output
    assert f"'{path}'" in text
    assert ("ExecStart=" in text) == (kind == "systemd")


def answer(newsroom: Newsroom, host: str, path: str) -> Reply:
    if path == "/feed.xml":
        return page(rss(item(f"Story {n}", newsroom.url(host, f"/{n}")) for n in range(3)))
    return page(article(f"Story {path[1:]}")) if path != "/robots.txt" else page("", 404)


def test_the_process_collects_stops_cleanly_and_frees_its_lock_when_killed(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    command = [sys.executable, str(ROOT / "cli.py"), "schedule", "--db", str(database)]
    with Newsroom(["127.8.1.1"], answer) as newsroom:
        (tmp_path / "calledit.toml").write_text(
            f'allow_private = ["127.0.0.0/8"]\ndelay_s = 0\n[[source]]\nid = "courier"\n'
            f'url = "{newsroom.url("127.8.1.1", "/feed.xml")}"\n'
        )
        first = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        try:
            assert _until(lambda: heartbeat(database) is not None and _documents(database) == 3)
            status = subprocess.run([*command, "--status"], cwd=tmp_path, capture_output=True, text=True, timeout=30)
            assert json.loads(status.stdout)["pid"] == first.pid
            second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30)
            assert (second.returncode, "is running on this database already" in second.stderr) == (1, True)
            start = time.monotonic()
            first.send_signal(signal.SIGTERM)
            _, said = first.communicate(timeout=30)
            assert first.returncode == 0 and "stopped" in said
            assert time.monotonic() - start < 15
            third = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
            assert _until(lambda: heartbeat(database) is not None)
            third.kill()
            third.wait()
            assert heartbeat(database) is None
        finally:
            first.kill()
            first.wait()


def _documents(database: Path) -> int:
    if not database.exists():
        return 0
    store = open_store(database)
    try:
        return int(store.execute("select count(*) from documents").fetchone()[0])
    finally:
        store.close()


def _until(condition: Callable[[], bool], seconds: float = 40.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False
