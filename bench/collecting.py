"""Collecting 10,000 documents over loopback HTTP from 200 hosts: documents per CPU-second, memory, second run.

    python bench/collecting.py                         # 8,000 pages under 20 kB, 2,000 of 80-300 kB
    python bench/collecting.py --small 800 --large 200 # a quick look
    python bench/collecting.py --pages DIR             # your own saved pages (*.html) instead of ours

The newsroom runs in a process of its own and is not counted. CPU time and memory are those of the collecting
process and all processes it starts (pages are read in workers), sampled from /proc: Linux only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

TICKS = 100  # of /proc's clock per second, on every Linux we know
FLOORS = {"small": 40.0, "large": 12.0}  # documents per CPU-second
MEMORY_MB = 600


@dataclass(slots=True)
class Usage:
    """What a process tree took."""

    cpu_s: float = 0.0
    peak_mb: float = 0.0
    wall_s: float = 0.0


def measured(command: list[str]) -> tuple[Usage, dict[str, object]]:
    """Run a command to its end; its usage and the JSON line it prints last."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    cpu: dict[int, float] = {}
    usage = Usage()
    while process.poll() is None:
        tree = list(_tree(process.pid))
        for pid in tree:
            cpu[pid] = max(cpu.get(pid, 0.0), _cpu_s(pid))
        usage.peak_mb = max(usage.peak_mb, sum(map(_pss_mb, tree)))
        time.sleep(0.1)
    usage.wall_s, usage.cpu_s = time.monotonic() - start, sum(cpu.values())
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"collecting failed with status {process.returncode}\n{output}")
    return usage, json.loads(output.splitlines()[-1])


def _tree(root: int) -> Iterator[int]:
    """The process and its descendants."""
    parents = {int(path.name): _stat(int(path.name), 1) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = {root}
    while more := {pid for pid, parent in parents.items() if int(parent or 0) in found} - found:
        found |= more
    yield from found


def _stat(pid: int, column: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[column]
    except (OSError, IndexError):
        return None


def _cpu_s(pid: int) -> float:
    return sum(int(_stat(pid, column) or 0) for column in (11, 12)) / TICKS


def _pss_mb(pid: int) -> float:
    """Proportional set size: memory shared by several processes counts once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def collect_once(database: Path, port: int, kind: str, hosts: int, per_host: int) -> None:
    """The collecting side: one run, its counts printed as JSON."""
    from bench.big_newsroom import host_name
    from db.sources import save_sources
    from db.state import DbState
    from db.store import open_store
    from scrapers.collect import collect
    from scrapers.fetch import FetchSettings
    from scrapers.sources import Source

    sources = [
        Source(f"{kind}-{n}", f"{kind} {n}", "feed", f"http://{host_name(n)}:{port}/{kind}/{per_host}/feed.xml")
        for n in range(hosts)
    ]
    store = open_store(database)
    save_sources(store, sources)
    settings = FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0.0)
    summary = collect(sources, DbState(store), settings, now=lambda: datetime.now(UTC))
    pages = summary.by_status.get("ok", 0) - summary.visited
    print(json.dumps({"new": summary.new_documents, "pages": pages, "fetches": dict(summary.by_status)}))


def run(kind: str, documents: int, hosts: int, port: int, folder: Path, saved: bool) -> bool:
    """Two collections of one kind of page; prints the figures, returns whether the floors are met.

    Saved pages name their own canonical address, so the same page at two addresses is one document: there the
    pages read are counted.
    """
    per_host = max(documents // hosts, 1)
    command = [sys.executable, str(HERE), "--collect", kind, "--port", str(port), "--database",
               str(folder / f"{kind}.db"), "--hosts", str(hosts), "--per-host", str(per_host)]  # fmt: skip
    first, result = measured(command)
    before = _requests(port)
    second, again = measured(command)
    after = _requests(port)
    done = int(str(result["pages"] if saved else result["new"]))
    asked, conditional = after["all"] - before["all"], after["conditional"] - before["conditional"]
    print(f"{kind}: {result['new']} documents of {result['pages']} pages from {hosts} hosts, {result['fetches']}")
    print(f"  {done / first.cpu_s:.1f} per CPU-second (floor {FLOORS[kind]:.0f}): {first.cpu_s:.0f} CPU-s")
    print(f"  {first.wall_s:.0f} s, memory {first.peak_mb:.0f} MB (at most {MEMORY_MB})")
    print(f"  second run: {asked} requests, {conditional} conditional, {again['new']} new; {second.wall_s:.1f} s, "
          f"{second.cpu_s:.1f} CPU-s = {second.cpu_s / first.cpu_s:.1%} of the first (at most 10%)")  # fmt: skip
    return (
        done / first.cpu_s >= FLOORS[kind] and first.peak_mb < MEMORY_MB and done == per_host * hosts
        and asked == conditional and again["new"] == 0 and second.wall_s < first.wall_s / 10
    )  # fmt: skip


def _requests(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.6.0.1:{port}/requests", timeout=10) as answer:
        return dict(json.load(answer))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=8000, help="pages under 20 kB")
    parser.add_argument("--large", type=int, default=2000, help="pages of 80-300 kB")
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--pages", type=Path, help="a folder of saved pages to serve instead of ours")
    for hidden in ("--collect", "--port", "--per-host"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.collect:
        collect_once(chosen.database, int(chosen.port), chosen.collect, chosen.hosts, int(chosen.per_host))
        return 0
    serve = [sys.executable, str(HERE.with_name("big_newsroom.py")), str(chosen.hosts), str(chosen.pages or "")]
    newsroom = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    try:
        port = int(newsroom.stdout.readline()) if newsroom.stdout else 0
        with tempfile.TemporaryDirectory() as folder:
            wanted = [(kind, count) for kind, count in (("small", chosen.small), ("large", chosen.large)) if count]
            saved = chosen.pages is not None
            met = [run(kind, count, chosen.hosts, port, Path(folder), saved) for kind, count in wanted]
    finally:
        newsroom.kill()
    print("all floors met" if all(met) else "BELOW A FLOOR")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
