"""One schedule per database: a lock that a crash releases, and the heartbeat of whoever holds it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from db.documents import utc_moment, utc_text


class LockedError(Exception):
    """Another process holds the lock; the message says which."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the holder of the lock was doing at its last sign of life. Times in UTC."""

    pid: int
    since: str
    at: str
    doing: str

    @property
    def age_s(self) -> float:
        moment = utc_moment(self.at)
        return (datetime.now(UTC) - moment).total_seconds() if moment else float("inf")


class DatabaseLock:
    """Holds `<database>.lock` while in use as a context manager. Raises LockedError where another holds it.

    The operating system releases the lock (flock) when its holder ends, however it ends.
    """

    def __init__(self, database: Path) -> None:
        self.path = lock_path(database)
        self._since = datetime.now(UTC)
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            holder = _read(self.path)
            who = f"process {holder.pid}, since {holder.since}" if holder else "another process"
            raise LockedError(f"a schedule is running on this database already: {who}") from error
        self._descriptor = descriptor
        self.beat("starting")
        return self

    def __exit__(self, *exception: object) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def beat(self, doing: str) -> None:
        """Leave a sign of life in the lock's file."""
        if self._descriptor is None:
            return
        beat = Heartbeat(os.getpid(), utc_text(self._since) or "", utc_text(datetime.now(UTC)) or "", doing)
        data = json.dumps(asdict(beat)).encode() + b"\n"
        os.pwrite(self._descriptor, data, 0)
        os.ftruncate(self._descriptor, len(data))


def lock_path(database: Path) -> Path:
    """The lock's file, beside the database."""
    return database.with_name(f"{database.name}.lock")


def heartbeat(database: Path) -> Heartbeat | None:
    """The heartbeat of the running schedule, None where none runs."""
    path = lock_path(database)
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read(path)
    finally:
        os.close(descriptor)
    return None


def _read(path: Path) -> Heartbeat | None:
    try:
        return Heartbeat(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
