"""`calledit cluster`: find the documents that tell the same story, so that copies never count as votes."""

from __future__ import annotations

import click

from commands.common import json_option, open_database, progress, result


@click.command()
@json_option
def cluster(as_json: bool) -> None:
    """Group copies, rewrites and tellings of one story; the earliest or credited one is the head."""
    from datetime import UTC, datetime

    from db.clusters import cluster_pending
    from db.runs import recorded_run

    db = open_database(must_exist=True)
    total = db.execute("select count(*) from documents where cluster_id is null").fetchone()[0]
    with recorded_run(db, "cluster") as run, progress("clustering", total) as advance:
        run.done = cluster_pending(db, datetime.now(UTC), advance)
        clusters = db.execute("select count(*) from clusters").fetchone()[0]
        run.detail = f"{run.done} documents, {clusters} clusters in all"
    result({"documents": run.done, "clusters": clusters}, as_json, f"clustered {run.detail}")
