"""calledit run: the main job, once, on the configured sources."""

from __future__ import annotations

import click


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

    for stage in (scrape, extract, cluster, prices, grade):
        ctx.invoke(stage)
