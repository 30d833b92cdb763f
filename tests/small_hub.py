"""A model hub on loopback that gives one model: what huggingface_hub asks for, and what it was asked for."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def small_hub(model: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a hub whose only model is `model`, with the files of `folder`; and the files it handed out."""
    given: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(model, folder, given))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", given
    finally:
        server.shutdown()
        server.server_close()


def _handler(model: str, folder: Path, given: list[str]) -> type[BaseHTTPRequestHandler]:
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, with_body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.startswith(f"/api/models/{model}/tree/"):
                files = [{"type": "file", "path": n, "size": (folder / n).stat().st_size, "oid": n} for n in names]
                self._send(json.dumps(files).encode(), with_body)
            elif path.startswith(f"/api/models/{model}"):
                files = [{"rfilename": name} for name in names]
                self._send(json.dumps({"id": model, "sha": COMMIT, "siblings": files}).encode(), with_body)
            elif path.startswith(f"/{model}/resolve/") and (name := path.split("/", 5)[5]) in names:
                if with_body:
                    given.append(name)
                self._send((folder / name).read_bytes(), with_body)
            else:
                self.send_response(404)
                self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _send(self, body: bytes, with_body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
