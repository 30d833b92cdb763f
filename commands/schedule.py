"""calledit schedule: everything, when it is due, until it is told to stop."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from commands.common import UserError, open_database, say, settings


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--print", "printed", type=click.Choice(["systemd", "cron"]), help="Print a ready unit and end.")
@click.option("--status", is_flag=True, help="Show whether a schedule runs, and its last sign of life.")
def schedule(once: bool, printed: str | None, status: bool) -> None:
    """Collect, read, price and grade when each is due, in the foreground, until stopped.

    Sources are visited by their own rhythm; prices and grades follow each market's close. One schedule runs per
    database. SIGTERM or Ctrl-C stops it cleanly.
    """
    from commands.units import cron_lines, systemd_unit

    if printed:
        make = systemd_unit if printed == "systemd" else cron_lines
        click.echo(make(settings().db, settings().config), nl=False)
    elif status:
        _show_status()
    else:
        _run(once)


def _show_status() -> None:
    from db.lock import heartbeat

    beat = heartbeat(settings().db)
    if beat is None:
        raise UserError(f"no schedule runs on {settings().db}")
    click.echo(json.dumps(asdict(beat) | {"age_s": round(beat.age_s)}))


def _run(once: bool) -> None:
    from commands.encoder import check_configured_encoder
    from commands.scheduler import Scheduler
    from db.lock import DatabaseLock, LockedError

    check_configured_encoder()
    database = open_database()
    try:
        with DatabaseLock(settings().db) as lock:
            Scheduler(database, lock).run(once)
    except LockedError as error:
        if not once:
            raise UserError(str(error)) from error
        say(str(error))
    finally:
        database.close()
