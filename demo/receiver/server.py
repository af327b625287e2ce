"""The receiver's server: it takes the calls, answers as chosen, and shows both on a page of its own."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.receiver.replies import CHOICES, Reply, event_type

WEBHOOK, WEBFILTER = "/webhook", "/webfilter"
HERE = Path(__file__).parent
STYLE = HERE.parent / "static" / "demo" / "demo.css"
KEPT = 50  # calls
SILENCE = 20.0  # seconds that the receiver hangs at most, if nobody chooses another answer


@dataclass
class Call:
    """One call: what arrived, and what went back. ``status`` is ``None`` until then, 0 when nothing went back."""

    number: int
    path: str
    headers: dict[str, str]
    payload: Any
    form: bool = False
    at: str = field(default_factory=lambda: datetime.now(UTC).strftime("%H:%M:%S"))
    status: int | None = None
    reply: Any = None


class Receiver(ThreadingHTTPServer):
    """Listens on ``port``. ``calls`` holds what arrived, newest last; ``choice`` is how webfilters are answered."""

    daemon_threads = True

    def __init__(self, port: int, campus: str = "") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.campus = campus
        self.choice = "yes"
        self.calls: list[Call] = []
        self._lock = threading.Lock()
        self._count = 0

    def start(self) -> Receiver:
        """Serve in the background."""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def received(self, path: str, headers: dict[str, str], payload: Any, form: bool) -> Call:
        """Note a call."""
        with self._lock:
            self._count += 1
            call = Call(self._count, path, headers, payload, form)
            self.calls = [*self.calls, call][-KEPT:]
        return call

    def clear(self) -> None:
        """Forget all calls; their numbers go on."""
        with self._lock:
            self.calls = []

    def reply_to(self, path: str, payload: Any) -> Reply | None:
        """The chosen reply; a webhook only wants to hear that it has arrived, and a stranger gets the same."""
        if path == WEBFILTER and event_type(payload):
            return CHOICES[self.choice].reply(payload, self.campus)
        return Reply(204)

    def keep_silent(self, caller: socket.socket) -> None:
        """Until another answer is chosen, or the caller has hung up."""
        ends = time.monotonic() + SILENCE
        while self.choice == "hang" and time.monotonic() < ends:
            if select.select([caller], [], [], 0.1)[0]:  # a caller that waits sends nothing: this is its end
                return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_GET(self) -> None:
        pages = {"/": self._page, "/style.css": self._style, "/receiver.js": self._script, "/state": self._state}
        page = pages.get(urlsplit(self.path).path)
        if page is None:
            self._answer(404, "text/plain", b"There is no such page.\n")
        else:
            page()

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        if path == "/choice":
            self._choose(content.decode())
        elif path == "/clear":
            self.server.clear()
            self._answer(204)
        else:
            self._take(content)

    # --- the calls ---

    def _take(self, content: bytes) -> None:
        form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        payload = _decoded(content, form)
        call = self.server.received(self.path, dict(self.headers.items()), payload, form)
        reply = self.server.reply_to(urlsplit(self.path).path, payload)
        if reply is None:
            self.server.keep_silent(self.connection)
            call.status = 0
            self.close_connection = True
            print(f"{call.at}  POST {self.path}  {event_type(payload)}  -> no answer", flush=True)
            return
        call.status, call.reply = reply.status, reply.content
        print(f"{call.at}  POST {self.path}  {event_type(payload)}  -> {reply.status}", flush=True)
        body = b"" if reply.content is None else json.dumps(reply.content).encode()
        self._answer(reply.status, "application/json", body, reply.headers)

    # --- the page ---

    def _page(self) -> None:
        options = "".join(
            f'<label><input type="radio" name="choice" value="{key}" data-meaning="{escape(choice.meaning)}"'
            f"{' checked' * (key == self.server.choice)}> {escape(choice.label)}</label>"
            for key, choice in CHOICES.items()
        )
        page = Template((HERE / "page.html").read_text(encoding="utf-8")).substitute(
            choices=options, meaning=escape(CHOICES[self.server.choice].meaning)
        )
        self._answer(200, "text/html; charset=utf-8", page.encode())

    def _style(self) -> None:
        self._answer(200, "text/css; charset=utf-8", STYLE.read_bytes())

    def _script(self) -> None:
        self._answer(200, "text/javascript; charset=utf-8", (HERE / "receiver.js").read_bytes())

    def _state(self) -> None:
        state = {
            "choice": self.server.choice,
            "calls": [{**vars(call), "name": event_type(call.payload) or "?"} for call in reversed(self.server.calls)],
        }
        self._answer(200, "application/json", json.dumps(state).encode())

    def _choose(self, choice: str) -> None:
        if choice not in CHOICES:
            self._answer(400, "text/plain", f"Choose one of {', '.join(CHOICES)}.\n".encode())
            return
        self.server.choice = choice
        self._answer(204)

    def _answer(self, status: int, content_type: str = "", body: bytes = b"", headers: Any = None) -> None:
        self.send_response(status)
        for name, value in {**({"Content-Type": content_type} if body else {}), **(headers or {})}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """What matters is printed already."""


def _decoded(content: bytes, form: bool) -> Any:
    text = content.decode("utf-8", "replace")
    if form:
        return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
    try:
        return json.loads(text)
    except ValueError:
        return text
