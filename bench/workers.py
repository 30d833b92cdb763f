"""Two reading processes against one: `python -m bench.workers ARTICLES.jsonl [...] [--documents 600] [--rounds 3]`.

Runs `calledit extract --in --out` with one worker and with two in turn, and prints wall and CPU seconds of each. Where
other programs use the cores as well, wall times say little: the last line is the ratio two free cores would give, from
the CPU seconds alone (half of all that two workers and their parent used, or the parent's own if that is more).
"""

from __future__ import annotations

import argparse
import gzip
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CODE = (
    "import resource; from cli import main\ntry: main()\nfinally: print(*resource.getrusage(resource.RUSAGE_SELF)[:2])"
)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one run; `parent` is the CPU time of the process that hands out documents and writes claims."""

    wall: float
    cpu: float
    parent: float

    @property
    def on_free_cores(self) -> float:
        """Wall seconds on two cores that nobody else uses."""
        return max(self.cpu / 2, self.parent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="JSONL of documents, gzipped or not")
    parser.add_argument("--documents", type=int, help="only so many of them")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = gather(args.files, folder / "in.jsonl", args.documents)
        one, two = [], []
        for number in range(args.rounds):
            one.append(run(folder, 1))
            two.append(run(folder, 2))
            same = (folder / "1.jsonl").read_bytes() == (folder / "2.jsonl").read_bytes()
            print(f"round {number + 1}, {count} documents: {shown(one[-1])}; two workers {shown(two[-1])}; {same = }")
    print(f"wall: {median(s.wall for s in one) / median(s.wall for s in two):.2f} times as fast with two workers")
    free = median(s.cpu for s in one) / median(s.on_free_cores for s in two)
    print(f"on two free cores, by CPU seconds: {free:.2f} times as fast")


def gather(files: Iterable[Path], out: Path, most: int | None) -> int:
    """Copy the first lines of the files into one; returns how many. Spread evenly where `most` is given."""
    lines = [line for path in files for line in _lines(path)]
    kept = lines[:: max(1, len(lines) // most)][:most] if most else lines
    out.write_text("".join(kept), encoding="utf-8")
    return len(kept)


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from lines


def run(folder: Path, workers: int) -> Spent:
    """One run of the command in a process of its own."""
    out = folder / f"{workers}.jsonl"
    before, began = children(), time.perf_counter()
    line = [sys.executable, "-c", CODE, "extract", "--in", str(folder / "in.jsonl"), "--out", str(out)]
    done = subprocess.run([*line, "--workers", str(workers)], check=True, capture_output=True, text=True)
    own = sum(map(float, done.stdout.split()[-2:]))
    return Spent(time.perf_counter() - began, children() - before, own)


def children() -> float:
    """CPU seconds of the processes started so far, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shown(spent: Spent) -> str:
    return f"{spent.wall:.1f} s wall, {spent.cpu:.1f} CPU-s, {spent.parent:.1f} of them the parent's"


if __name__ == "__main__":
    main()
