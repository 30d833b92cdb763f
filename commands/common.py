"""What every command shares: where the database is, how much to say, progress bars and one-line errors."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from sqlite_utils import Database

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_DB = Path("calledit.db")
Advance = Callable[[int], None]


class UserError(click.ClickException):
    """Something the user can mend; the message is one line and says how."""

    def show(self, file: Any = None) -> None:
        click.echo(f"calledit: {self.format_message()}", err=True)


@dataclass(slots=True)
class Settings:
    """The options every command takes, wherever on the line they stand."""

    db: Path = DEFAULT_DB
    config: Path = Path("calledit.toml")
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    named: set[str] = field(default_factory=set)  # options given on the command line itself
    looked_through: bool = False  # whether the configuration's keys were


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep the option; one named on the line, before or after the command, outweighs the environment's."""
    name, settings = param.name or "", ctx.ensure_object(Settings)
    source = ctx.get_parameter_source(name)
    if (
        not value
        or source is ParameterSource.DEFAULT
        or (source is ParameterSource.ENVIRONMENT and name in settings.named)
    ):
        return
    setattr(settings, name, value)
    if source is ParameterSource.COMMANDLINE:
        settings.named.add(name)
    if name == "config":  # the asset registry and worker processes read it from there
        os.environ["CALLEDIT_CONFIG"] = str(value)


def _options() -> list[click.Option]:
    return [
        _option("--db", type=click.Path(dir_okay=False, path_type=Path), envvar="CALLEDIT_DB",
                help="The database.  [default: calledit.db, or CALLEDIT_DB]"),
        _option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), envvar="CALLEDIT_CONFIG",
                help="The configuration.  [default: calledit.toml where there is one]"),
        _option("--quiet", "-q", is_flag=True, help="Say nothing but results and errors."),
        _option("--verbose", "-v", is_flag=True, help="Say more."),
        _option("--debug", is_flag=True, help="Show the traceback of an error."),
    ]  # fmt: skip


def _option(*names: str, **attributes: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_remember, **attributes)


def common_options(function: F) -> F:
    """Add the shared options to a group under construction."""
    params = getattr(function, "__click_params__", [])
    function.__click_params__ = [*reversed(_options()), *params]  # type: ignore[attr-defined]
    return function


def with_common_options(command: click.Command) -> click.Command:
    """Add the shared options to a command and to the commands below it, once."""
    taken = {name for param in command.params for name in param.opts}
    command.params.extend(option for option in _options() if not taken & set(option.opts))
    if isinstance(command, click.Group):
        for child in command.commands.values():
            with_common_options(child)
    return command


def settings() -> Settings:
    """The shared options of the command that is running; the first look warns of configured keys that nothing reads."""
    found = click.get_current_context().ensure_object(Settings)
    if not found.looked_through:
        from commands.config_keys import unread_keys

        found.looked_through = True
        for line in unread_keys(found.config):
            click.echo(f"calledit: {line}", err=True)
    return found


def configured_table(name: str) -> dict[str, Any]:
    """The table [name] of calledit.toml; empty where it has none. Raises UserError."""
    from scrapers.sources import SourceError, read_config

    config = settings().config
    try:
        table = read_config(config).get(name, {})
    except SourceError as error:
        raise UserError(str(error)) from error
    if not isinstance(table, dict):
        raise UserError(f"{config}: {name} is a table: [{name}] with its keys below it")
    return table


def open_database(*, must_exist: bool = False) -> Database:
    """The database the user named. Raises UserError where it must exist and does not."""
    from db.store import StoreError, open_store

    path = settings().db
    if must_exist and not path.exists():
        raise UserError(f"{path} does not exist: run `calledit demo`, or name a database with --db PATH")
    try:
        return open_store(path)
    except StoreError as error:
        raise UserError(str(error)) from error


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """A progress bar on stderr while a stage runs; nothing with --quiet, nor where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=settings().quiet or not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)


def say(line: str) -> None:
    """One line for the person who runs the command; not with --quiet."""
    if not settings().quiet:
        click.echo(line, err=True)


def result(data: Any, as_json: bool, line: str) -> None:
    """The result on stdout: JSON where asked for, else one line."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        say(line)


json_option = click.option("--json", "as_json", is_flag=True, default=False, help="Print the result as JSON.")
horizon_option = click.option(
    "--horizon",
    type=click.Choice(["1", "7", "30", "90", "180", "365"]),
    default="30",
    show_default=True,
    help="Days after the call.",
)
