"""`calledit extract --dask`: documents read by the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commands.common import UserError

if TYPE_CHECKING:
    from nlp.dask_workers import Cluster

F = TypeVar("F", bound=Callable[..., Any])


def dask_option(command: F) -> F:
    """Add --dask."""
    return click.option(
        "--dask",
        metavar="ADDRESS",
        help="Read on the Dask cluster of this scheduler, such as tcp://127.0.0.1:8786, instead of in processes here.",
    )(command)


@contextmanager
def hands(dask: str | None, workers: int | None) -> Iterator[Cluster | int | None]:
    """Who reads: the cluster at an address, else so many processes. Raises UserError, also for what goes on inside."""
    if dask is None:
        yield workers
        return
    if workers:
        raise click.UsageError("--workers counts processes here: leave it out with --dask")
    from nlp.dask_workers import Cluster, ClusterError

    try:
        with Cluster(dask) as cluster:
            yield cluster
    except ClusterError as error:
        raise UserError(str(error)) from error
