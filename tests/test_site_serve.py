"""How the site is started: `calledit serve`, and plain `datasette` with the documented flags."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main_group
from db.store import open_store

ROOT = Path(__file__).parents[1]
SITE = ROOT / "datasette"


@pytest.fixture
def database(tmp_path) -> Path:
    open_store(tmp_path / "calledit.db").close()
    return tmp_path / "calledit.db"


@contextmanager
def running(*command: str | Path) -> Iterator[tuple[str, str]]:
    """A server in a process of its own: the address it prints, and everything said up to there."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, *map(str, command)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:
        assert process.stderr is not None
        said = ""
        try:
            for line in process.stderr:
                said += line
                found = re.search(r"http://[\w.\[\]:]+", line)
                if found:
                    yield found[0], said
                    break
            else:
                pytest.fail(said)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def fetched(address: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.1)
    raise TimeoutError(address)


def test_serve_takes_a_free_port_and_stays_on_loopback(database):
    with running("-m", "cli", "serve", "--db", database, "--port", "0") as (address, said):
        assert address.startswith("http://127.0.0.1:") and not address.endswith(":0")
        assert "--public" not in said
        assert "Who called it?" in fetched(address)


def test_other_addresses_need_public(database):
    refused = CliRunner().invoke(main_group, ["serve", "--db", str(database), "--host", "0.0.0.0"])
    assert refused.exit_code == 1
    assert "say --public" in refused.output


def test_public_says_what_it_opens(database, monkeypatch):
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: [listener.close() for listener in sockets])
    result = CliRunner().invoke(main_group, ["serve", "--db", str(database), "--port", "0", "--public"])
    assert result.exit_code == 0, result.output
    for words in ("can read every table", "Nothing can be written", "No password"):
        assert words in result.output


def test_a_taken_port_is_one_clear_line(database):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main_group, ["serve", "--db", str(database), "--port", port])
    assert result.exit_code == 1 and "try --port 0" in result.output


def test_plain_datasette_serves_the_same_site(database):
    flags = [
        "--metadata", SITE / "metadata.yaml", "--plugins-dir", SITE / "plugins", "--template-dir", SITE / "templates",
        "--static", f"static:{SITE / 'static'}", "--setting", "suggest_facets", "off", "--port", "0",
    ]  # fmt: skip
    with running("-m", "datasette", database, *flags) as (address, _):
        page = fetched(address)
        assert "Who called it?" in page
        assert "Ink on warm paper" in fetched(f"{address}/static/site.css")
        assert "Canonical symbol of the asset" in fetched(f"{address}/calledit/calls")
