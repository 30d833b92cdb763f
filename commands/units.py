"""Text that lets the operating system run the schedule: systemd units and cron lines."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_SYSTEMD = """\
# Save as /etc/systemd/system/calledit.service (or ~/.config/systemd/user/), then:
#   systemctl daemon-reload && systemctl enable --now calledit
[Unit]
Description=calledit: collect, read and grade market commentary
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
WorkingDirectory={folder}
Restart=on-failure
RestartSec=60
# A clean stop waits for the requests under way.
TimeoutStopSec=120
# Restarted where it shows no sign of life for this long.
WatchdogSec=1800
Nice=10
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=full
ReadWritePaths={folder}

[Install]
WantedBy={target}
"""

_CRON = """\
# Add with `crontab -e`. Each run does what is due and ends; a run that finds another at work leaves at once.
*/10 * * * * cd {folder} && {command} --once --quiet
# A mail from cron where a source is failing, silent or gone:
30 7 * * * cd {folder} && {health}
"""


def program() -> list[str]:
    """How this calledit is started."""
    found = shutil.which("calledit")
    if found and Path(sys.argv[0]).name == "calledit":
        return [found]
    return [sys.executable, str(Path(__file__).resolve().parents[1] / "cli.py")]


def options(db: Path, config: Path) -> list[str]:
    """The shared options, absolute, so that the folder it is started in does not matter."""
    chosen = ["--db", str(db.resolve())]
    return [*chosen, "--config", str(config.resolve())] if config.exists() else chosen


def systemd_unit(db: Path, config: Path) -> str:
    """A service file for the schedule."""
    command = shlex.join([*program(), "schedule", *options(db, config)])
    target = "multi-user.target" if os.geteuid() == 0 else "default.target"
    return _SYSTEMD.format(command=command.replace("%", "%%"), folder=db.resolve().parent, target=target)


def cron_lines(db: Path, config: Path) -> str:
    """Lines for a crontab."""

    def line(words: Sequence[str]) -> str:
        return shlex.join([*program(), *words, *options(db, config)]).replace("%", "\\%")

    folder = shlex.quote(str(db.resolve().parent))
    return _CRON.format(
        folder=folder, command=line(["schedule"]), health=line(["sources", "health", "--check", "--quiet"])
    )


def notify_systemd(message: str) -> None:
    """Tell the service manager "READY=1", "WATCHDOG=1" or "STOPPING=1" (sd_notify(3)); nothing elsewhere."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
