"""Whatever a network's interface answers, a visit ends with a typed reading."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scrapers.social import bluesky, mastodon, reddit, telegram, x
from scrapers.state import FetchStatus
from tests.fault_newsroom import Newsroom, page
from tests.visits import HOST, visit

_KEYS = ["feed", "post", "record", "author", "handle", "text", "uri", "createdAt", "cursor", "id", "data", "meta",
         "next_token", "content", "account", "reblog", "errors", "langs", "note_tweet", "detail"]  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def answers() -> Iterator[tuple[Newsroom, dict[str, Any]]]:
    said: dict[str, Any] = {"body": ""}
    with Newsroom([HOST], lambda *_: page(said["body"])) as newsroom:
        yield newsroom, said


@pytest.mark.slow
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=_JSON | st.text(max_size=60))
@example(answer={"feed": True, "data": True})
def test_any_answer_is_survived(
    answers: tuple[Newsroom, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setenv("CALLEDIT_X_TOKEN", "secret")
    newsroom, said = answers
    said["body"] = answer if isinstance(answer, str) else json.dumps(answer)
    for module in (bluesky, mastodon, reddit, telegram, x):
        kind = module.__name__.rsplit(".", 1)[-1]
        reading = visit(module.read, newsroom, kind, "/@someone", pages=2)
        assert reading.status in get_args(FetchStatus)
        assert all(document.text.strip() for document in reading.documents)


_PARENT = """
import time
from scrapers.article import ArticleReader
if __name__ == "__main__":
    with ArticleReader(workers=1) as reader:
        print(reader.read("<p>" + "Tin fell again. " * 40 + "</p>", "https://ledger.example/x").body_reader, flush=True)
        time.sleep(60)
"""


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_readers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, start_new_session=True) as parent:
        assert parent.stdout is not None and parent.stdout.readline()
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while _alive(parent.pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _alive(parent.pid)
