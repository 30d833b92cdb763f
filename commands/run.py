"""calledit run: the main job, once, on the configured sources."""

from __future__ import annotations

import click

from commands.common import UserError, open_database, settings


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Collect, read, cluster, load prices and grade, once.

    Where no source can be reached, what is stored already is read and graded all the same; the exit status is 1.
    """
    run_stages(ctx)


def run_stages(ctx: click.Context) -> None:
    """Every stage in turn. Raises UserError where no source can be reached, after the stages that need none.

    Before any of them, where calledit.toml asks for an encoder that is not there.
    """
    from commands.cluster import cluster
    from commands.encoder import check_configured_encoder
    from commands.extract import extract
    from commands.grade import grade
    from commands.prices import prices
    from commands.scrape import NothingReachedError, scrape

    check_configured_encoder()
    offline: NothingReachedError | None = None
    try:
        ctx.invoke(scrape)
    except NothingReachedError as error:
        if not _has_documents():
            raise
        offline = error
        click.echo("calledit: no source could be reached; reading and grading what is stored", err=True)
    for stage in (extract, cluster):
        ctx.invoke(stage)
    try:
        ctx.invoke(prices)
    except UserError as error:  # claims can still be graded on the prices of yesterday
        click.echo(f"calledit: {error.format_message()}; grading on the prices there are", err=True)
    ctx.invoke(grade)
    if offline:
        ctx.exit(offline.exit_code)


def _has_documents() -> bool:
    if not settings().db.exists():
        return False
    return bool(open_database().execute("select exists (select 1 from documents)").fetchone()[0])
