"""A receiver of webhooks on a real socket: it records what it gets and answers what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("ascii"), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What to say: an object is sent as JSON, bytes as they are."""

    content: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()


class Receiver:
    """Where it listens, what it got, and what it answers: by path, or the same to everyone."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.requests: list[Received] = []
        self.answers: dict[str, Answer | Callable[[Received], Answer]] = {}
        self._lock = threading.Lock()

    def answer(self, content: Any = b"", status: int = 200, *, path: str = "", **headers: str) -> None:
        self.answers[f"/{path}"] = Answer(content, status, headers)

    def on(self, path: str) -> str:
        return self.url + path

    def got(self, path: str) -> list[Received]:
        return [request for request in self.requests if request.path == f"/{path}"]

    @property
    def last(self) -> Received:
        return self.requests[-1]

    def take(self, request: Received) -> Answer:
        with self._lock:
            self.requests.append(request)
        answer = self.answers.get(request.path) or self.answers.get("/") or Answer()
        return answer(request) if callable(answer) else answer


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = receiver.take(Received(self.path, dict(self.headers), body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
