"""calledit run: the main job, once, on the configured sources."""

from __future__ import annotations

import click

from commands.common import UserError


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Collect, read, cluster, load prices and grade, once."""
    run_stages(ctx)


def run_stages(ctx: click.Context) -> None:
    """Every stage in turn. Where no source can be reached the first one says so and nothing is changed."""
    from commands.cluster import cluster
    from commands.extract import extract
    from commands.grade import grade
    from commands.prices import prices
    from commands.scrape import scrape

    for stage in (scrape, extract, cluster):
        ctx.invoke(stage)
    try:
        ctx.invoke(prices)
    except UserError as error:  # claims can still be graded on the prices of yesterday
        click.echo(f"calledit: {error.format_message()}; grading on the prices there are", err=True)
    ctx.invoke(grade)
