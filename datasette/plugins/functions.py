"""SQL functions for honest shares: wilson_low, wilson_high, at_least_by_chance, calls_to_tell."""

from inspect import signature

from datasette import hookimpl

from outcomes.sql import FUNCTIONS


@hookimpl
def prepare_connection(conn):
    for function in FUNCTIONS:
        conn.create_function(function.__name__, len(signature(function).parameters), function, deterministic=True)
