"""calledit serve: the site, on loopback and read-only."""

from __future__ import annotations

import socket
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.common import UserError, open_database, say, settings

if TYPE_CHECKING:
    from datasette.app import Datasette

SITE = "datasette"  # the folder with metadata, plugins, templates and static files


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option("--public", is_flag=True, help="Let other machines in: bind every address unless --host names one.")
@click.option("--allow-robots", is_flag=True, help="Let search engines index the site.")
def serve(
    host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False, public: bool = False,
    allow_robots: bool = False,
) -> None:  # fmt: skip
    """Serve the site: claims beside what prices did.

    It is read-only and answers this machine only, unless --public is given.
    """
    import uvicorn

    open_database(must_exist=True).close()
    listener = _listen(_host(host, public), port)
    reached = "127.0.0.1" if public and host == "127.0.0.1" else host
    address = f"http://{f'[{reached}]' if ':' in reached else reached}:{listener.getsockname()[1]}/"
    say(f"The site is at {address} (stop it with Ctrl-C)")
    if public:
        say(f"--public: whoever can reach {_host(host, public)} can read every table of {settings().db}, texts")
        say("included, and run SQL that reads, for three seconds at most. Nothing can be written. No password, no TLS.")
    if open_browser:
        click.launch(address)
    config = uvicorn.Config(site(settings().db, allow_robots).app(), log_level="warning", lifespan="on")
    uvicorn.Server(config).run(sockets=[listener])


def _host(host: str, public: bool) -> str:
    """The address to bind. Raises UserError where other machines could reach it and --public was not given."""
    if public:
        return "0.0.0.0" if host == "127.0.0.1" else host
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise UserError(f"{host} can be reached by other machines: say --public if that is meant")
    return host


def site(path: Path, allow_robots: bool = False) -> Datasette:
    """The site on one database, as `serve` runs it; the database is named calledit whatever its file is called."""
    from datasette.app import Datasette
    from datasette.database import Database

    app = Datasette(files=[], config_dir=site_folder())
    if allow_robots:
        app._metadata_local.setdefault("plugins", {}).setdefault("calledit", {})["allow_robots"] = True
    app.add_database(Database(app, path=str(path), is_mutable=True), name="calledit")
    return app


def site_folder() -> Path:
    """Where the site's metadata, plugins and templates are: beside this code, else in the installed share folder."""
    beside = Path(__file__).parent.parent / SITE
    shared = Path(sysconfig.get_path("data")) / "share" / "calledit" / SITE
    for folder in (beside, shared):
        if (folder / "metadata.yaml").exists():
            return folder
    raise UserError(f"the site's files are missing: looked in {beside} and {shared}; install calledit again")


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(f"cannot listen on {host}:{port} ({error.strerror}); try --port 0") from error
    return listener
