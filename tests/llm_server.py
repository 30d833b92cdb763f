"""A loopback server that speaks as OpenAI's chat API does, and answers well, badly, slowly or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer. `content` is what the model says; `usage` False: it does not say what it used."""

    content: str = '{"calls": [], "correlations": [], "figures": []}'
    status: int = 200
    delay_s: float = 0.0
    usage: bool = True
    headers: tuple[tuple[str, str], ...] = (("x-should-retry", "false"),)  # the client is not to try again by itself
    body: str | None = None  # instead of all that


def rows(**kinds: list[Any]) -> Reply:
    """A well-formed answer."""
    return Reply(json.dumps({"calls": [], "correlations": [], "figures": [], **kinds}))


@dataclass
class FakeModel:
    """What the server answers, by the user's message and the number of the request, and what it was asked."""

    answer: Callable[[str, int], Reply] = lambda message, number: Reply()
    requests: list[dict[str, Any]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def reply(self, request: dict[str, Any]) -> Reply:
        with self.lock:
            self.requests.append(request)
            number = len(self.requests)
        return self.answer(request["messages"][-1]["content"], number)

    @property
    def count(self) -> int:
        return len(self.requests)


class _Handler(BaseHTTPRequestHandler):
    model: FakeModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.model.reply(request)
        time.sleep(reply.delay_s)
        stream = bool(request.get("stream")) and reply.status == 200 and reply.body is None
        body = "".join(_events(reply)) if stream else reply.body if reply.body is not None else _whole(reply)
        with suppress(BrokenPipeError, ConnectionResetError):  # the client lost patience
            self._send(reply, body.encode(), "text/event-stream" if stream else "application/json")

    def _send(self, reply: Reply, body: bytes, kind: str) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _usage(reply: Reply) -> dict[str, int] | None:
    return {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200} if reply.usage else None


def _whole(reply: Reply) -> str:
    if reply.status != 200:
        return json.dumps({"error": {"message": f"the server says {reply.status}", "type": "fault"}})
    message = {"role": "assistant", "content": reply.content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    base = {"id": "1", "object": "chat.completion", "created": 1, "model": "fake"}
    return json.dumps({**base, "choices": [choice], "usage": _usage(reply)})


def _events(reply: Reply) -> Iterator[str]:
    base = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
    for at in range(0, len(reply.content), 500):
        delta = {"role": "assistant", "content": reply.content[at : at + 500]}
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        yield f"data: {json.dumps({**base, 'choices': [choice]})}\n\n"
    if reply.usage:
        yield f"data: {json.dumps({**base, 'choices': [], 'usage': _usage(reply)})}\n\n"
    yield "data: [DONE]\n\n"


@contextmanager
def serving(model: FakeModel) -> Iterator[str]:
    """The server's address while it runs."""
    handler = type("Handler", (_Handler,), {"model": model})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def register(folder: Path, address: str) -> None:
    """Tell the `llm` library, whose user folder this is, of the models the server stands for."""
    models = [
        {"model_id": "fake", "model_name": "fake", "api_base": address, "supports_schema": True},
        {"model_id": "fake-plain", "model_name": "fake", "api_base": address},
        {"model_id": "fake-whole", "model_name": "fake", "api_base": address, "can_stream": False},
        {"model_id": "fake-key", "model_name": "fake", "api_base": address, "api_key_name": "nowhere"},
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "extra-openai-models.yaml").write_text(json.dumps(models), encoding="utf-8")
