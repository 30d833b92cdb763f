"""calledit run: the main job, once, on the configured sources."""

from __future__ import annotations

import click

from commands.common import UserError, open_database, settings


@click.command()
def run() -> None:
    """Collect, read, cluster, load prices and grade, once."""
    from commands.pipeline import Job, run_job
    from scrapers.prices.load import load_price_settings
    from scrapers.sources import load_fetch_settings, load_sources

    config = settings().config
    job = Job(load_sources(config), load_fetch_settings(config), load_price_settings(config))
    is_new = not settings().db.exists()
    database = open_database()
    if run_job(database, job):
        return
    database.close()
    if is_new:
        _remove(settings().db)
    raise UserError("no source could be reached, nothing was changed; `calledit demo` runs without the internet")


def _remove(path: object) -> None:
    from pathlib import Path

    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
