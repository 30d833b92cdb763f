"""Write the generated parts of the documentation; with --check, fail where they are out of date."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from cli import main_group
from commands.common import with_common_options
from db.dictionary import descriptions, documented_tables
from db.store import open_store

DOCS = Path(__file__).parent


def command_help() -> str:
    """The help of every command, as the terminal shows it."""
    parts = ["# Commands", "", "Every command's own help. Written by `python docs/generate.py`; do not edit.", ""]
    for path, text in _helps(main_group, "calledit", None):
        parts += [f"## {path}", "", "```text", text, "```", ""]
    return "\n".join(parts)


def _helps(command: click.Command, path: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path.split()[-1], parent=parent, terminal_width=100)
    yield path, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child:
                yield from _helps(with_common_options(child), f"{path} {name}", context)


def data_dictionary() -> str:
    """Every table and column with its sentence."""
    parts = ["# Data dictionary", "", "Written by `python docs/generate.py` from `db/columns.toml`; do not edit.", ""]
    with tempfile.TemporaryDirectory() as folder:
        database = open_store(Path(folder) / "empty.db")
        tables = documented_tables(database)
        database.close()
    for table, columns in tables.items():
        known = descriptions()[table]
        parts += [f"## {table}", "", known["_"], "", "| column | meaning |", "| --- | --- |"]
        parts += [f"| `{column}` | {known[column].replace('|', '&#124;')} |" for column in columns] + [""]
    return "\n".join(parts)


def main() -> None:
    pages = {"commands.md": command_help(), "data-dictionary.md": data_dictionary()}
    stale = [name for name, text in pages.items() if not _same(DOCS / name, text)]
    if "--check" in sys.argv:
        sys.exit(f"out of date: docs/{', docs/'.join(stale)}; run python docs/generate.py" if stale else 0)
    for name in stale:
        (DOCS / name).write_text(pages[name], encoding="utf-8")


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
