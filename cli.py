"""calledit: who called it? The command line; each command lives in its own file under `commands/`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from commands.common import Settings, common_options, with_common_options

INTERRUPTED = 130  # the exit status of a program that Ctrl-C ended: 128 and the number of SIGINT
ROOMS = {"markets", "scrapers", "nlp", "outcomes", "db", "commands", "demo"}

COMMANDS = {
    "The whole job": {
        "demo": "commands.demo:demo",
        "run": "commands.run:run",
        "schedule": "commands.schedule:schedule",
    },
    "Its stages": {
        "scrape": "commands.scrape:scrape",
        "import": "commands.import_:import_",
        "extract": "commands.extract:extract",
        "cluster": "commands.cluster:cluster",
        "prices": "commands.prices:prices",
        "grade": "commands.grade:grade",
        "serve": "commands.serve:serve",
    },
    "Answers": {
        "board": "commands.board:board",
        "analyst": "commands.analyst:analyst",
        "check": "commands.check:check",
    },
    "Upkeep": {
        "sources": "commands.sources:sources",
        "speakers": "commands.speakers:speakers",
        "correct": "commands.correct:correct",
        "snapshot": "commands.snapshot:snapshot",
        "encoder": "commands.encoder:encoder",
        "train": "commands.train:train",
        "eval": "commands.eval_:eval_",
    },
}


class Sections(click.Group):
    """A group whose commands are imported when they are asked for and listed in sections."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        targets = {name: target for section in COMMANDS.values() for name, target in section.items()}
        if cmd_name not in targets:
            return None
        module, _, attribute = targets[cmd_name].partition(":")
        return with_common_options(getattr(import_module(module), attribute))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\ncalledit: stopped; what was finished is kept", err=True)
            ctx.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for title, names in COMMANDS.items():
            with formatter.section(title):
                commands = ((name, self.get_command(ctx, name)) for name in names)
                formatter.write_dl([(f"{name:{width}}", c.get_short_help_str(76)) for name, c in commands if c])


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="calledit", prog_name="calledit")
@common_options
@click.pass_context
def main_group(ctx: click.Context) -> None:
    """Collect market commentary, read out who claimed what, and check it against prices.

    Start with `calledit demo`: it needs no internet.
    """
    ctx.ensure_object(Settings)


def main(args: list[str] | None = None) -> None:
    """Run the command line; an error is one line on stderr unless --debug asks for the traceback."""
    arguments = sys.argv[1:] if args is None else args
    if Path("calledit.toml").exists():
        os.environ.setdefault("CALLEDIT_CONFIG", "calledit.toml")
    try:
        main_group.main(arguments, prog_name="calledit")
    except Exception as error:
        if "--debug" in arguments:
            raise
        click.echo(f"calledit: {_one_line(error)}", err=True)
        sys.exit(1)


def _one_line(error: Exception) -> str:
    """The message alone where it was written for the user: by one of our rooms, or by the operating system."""
    line = str(error).partition("\n")[0]
    if line == "database is locked":
        from db.store import LOCKED

        return LOCKED
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in ROOMS:
        return line
    return f"{type(error).__name__}: {line} (add --debug for the traceback)"


if __name__ == "__main__":
    main()
