"""calledit snapshot: a folder that plain Datasette serves."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click

from commands.common import UserError, json_option, open_database, progress, result

SITE_PARTS = ("metadata.yaml", "settings.json", "plugins", "templates", "static")
README = """This folder is a snapshot of a calledit database with its site. Serve it with

    pip install ./wheels/*.whl
    datasette .

calledit.db is an ordinary SQLite file; parquet/, where present, holds its tables for DuckDB and pandas.
"""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--parquet", is_flag=True, help="Also write Parquet tables (needs the extra: calledit[parquet]).")
@json_option
def snapshot(folder: Path, parquet: bool = False, as_json: bool = False) -> None:
    """Write a copy that plain Datasette serves.

    FOLDER gets a consistent, compact copy of the database, taken while collection may run, with the site's
    metadata, plugins and templates and our wheel beside it.
    """
    from db.snapshot import copy_database

    database = open_database(must_exist=True)
    folder.mkdir(parents=True, exist_ok=True)
    with progress("Writing a snapshot", 3) as advance:
        copy_database(database, folder / "calledit.db")
        advance(1)
        copy_site(folder)
        advance(1)
        wheel = add_wheel(folder / "wheels")
        advance(1)
    tables = _parquet(folder) if parquet else {}
    data = {"folder": str(folder), "wheel": wheel, "parquet": tables}
    result(data, as_json, f"{folder} is ready: `datasette {folder}`, with calledit installed, serves it")


def copy_site(folder: Path) -> None:
    """The site's files, and a note that says how to serve them."""
    from commands.serve import site_folder

    for name in SITE_PARTS:
        source, target = site_folder() / name, folder / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
        elif source.exists():
            shutil.copy2(source, target)
    (folder / "README.txt").write_text(README, encoding="utf-8")


def add_wheel(folder: Path) -> str | None:
    """Build our wheel into the folder; None where calledit runs from an installed copy, which has no source."""
    root = Path(__file__).parent.parent
    if not (root / "pyproject.toml").exists():
        return None
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(root)]
    if shutil.which("uv"):
        command = ["uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"the wheel could not be built: {done.stderr.strip().splitlines()[-1] if done.stderr else ''}")
    return next((path.name for path in sorted(folder.glob("calledit-*.whl"))), None)


def _parquet(folder: Path) -> dict[str, int]:
    from sqlite_utils import Database

    from db.snapshot import write_parquet

    try:
        return write_parquet(Database(folder / "calledit.db"), folder / "parquet")
    except ImportError as error:
        raise UserError("Parquet needs pyarrow: pip install 'calledit[parquet]'") from error
