"""Reading on a Dask cluster of two real workers: the same claims in the same order, whoever is lost on the way."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'calledit[dask]'")

from cli import main_group  # noqa: E402
from nlp.claims import Claims  # noqa: E402
from nlp.dask_workers import Cluster, ClusterError, OtherReaderError, read_chunk  # noqa: E402
from nlp.extract import Options, extract  # noqa: E402
from scrapers.documents import Document  # noqa: E402

NAMES = ("Mara Quill", "Odo Brandt", "Petra Holm", "Tilda Brok", "Joost van Elk")
ROOT = Path(__file__).parents[1]


def documents(count: int) -> list[Document]:
    return [
        Document(
            f"d{i}",
            "article",
            f"{NAMES[i % 5]} of Tern Capital expects Bitcoin to reach ${40 + i}0,000 by June. "
            f"Gold fell {1 + i % 7}% on Monday, and {NAMES[(i + 2) % 5]} warned that silver could fall to ${20 + i}.",
        )
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """A scheduler and two worker processes with a thread each, on loopback."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), before)))
    try:
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50, host="127.0.0.1"
        ) as found:
            yield found
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


def test_two_workers_read_what_one_process_reads_in_the_same_order(cluster: object) -> None:
    options = Options(min_confidence=0.1)
    with Cluster(cluster.scheduler_address) as workers:  # type: ignore[attr-defined]
        found = list(workers.extract_all(documents(70), options))
    assert found == [extract(document, options) for document in documents(70)]
    assert any(claims.calls for claims in found) and any(claims.figures for claims in found)


def test_a_worker_killed_half_way_changes_nothing(cluster: object) -> None:
    expected = [extract(document) for document in documents(160)]
    with Cluster(cluster.scheduler_address) as workers, distributed.Client(cluster) as client:
        pids = client.run(os.getpid)
        found: list[Claims] = []
        for claims in workers.extract_all(documents(160)):
            found.append(claims)
            if len(found) == 80:
                os.kill(next(iter(pids.values())), signal.SIGKILL)
        left = set(client.run(os.getpid).values())
    assert found == expected
    assert set(pids.values()) - left, "no worker was lost"


def test_the_command_writes_the_same_file(cluster: object, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    lines = [f'{{"id": "{d.id}", "text": "{d.text}"}}' for d in documents(20)]
    texts.write_text("\n".join(lines), encoding="utf-8")
    for name, more in (("one", []), ("many", ["--dask", cluster.scheduler_address])):  # type: ignore[attr-defined]
        line = ["extract", "--in", str(texts), "--out", str(tmp_path / name), *more]
        done = CliRunner().invoke(main_group, line)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes() != b""


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense", "http://127.0.0.1:80"])
def test_a_wrong_address_is_one_line_with_the_remedy(address: str) -> None:
    with pytest.raises(
        ClusterError, match=r"no Dask scheduler answers at .*: start one with `dask scheduler`"
    ) as caught:
        Cluster(address, connect_s=0.5)
    assert "\n" not in str(caught.value)


def test_a_cluster_without_workers_is_said_to_be_one() -> None:
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(ClusterError, match=r"no worker at .*: start one with `dask worker"),
    ):
        Cluster(empty.scheduler_address, connect_s=0.5)


def test_losing_the_last_worker_is_one_line_with_the_remedy() -> None:
    with distributed.LocalCluster(
        n_workers=1, processes=False, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:

        def until_the_end() -> Iterator[Document]:
            yield from documents(40)
            cluster.scale(0)
            yield from documents(40)

        with (
            Cluster(cluster.scheduler_address, wait_s=0.5) as workers,
            pytest.raises(ClusterError, match=r"no worker is left at .*; start one with `dask worker .* for the rest"),
        ):
            list(workers.extract_all(until_the_end()))


def test_a_worker_that_reads_otherwise_is_refused() -> None:
    with pytest.raises(OtherReaderError, match="version"):
        read_chunk(tuple(documents(1)), Options(), "another version")


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    texts = tmp_path / "texts.jsonl"
    texts.write_text('{"text": "Gold fell 4%."}', encoding="utf-8")
    done = CliRunner().invoke(
        main_group, ["extract", "--in", str(texts), "--out", str(tmp_path / "o"), "--dask", "x:1"]
    )
    assert done.exit_code == 1
    assert done.output.strip().splitlines()[-1] == "calledit: Dask is not installed: pip install 'calledit[dask]'"
