"""A receiver that prints what arrives. It gives every new learner a title, and refuses Mallory."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TITLE = "Dr. "
REFUSAL = "Please ask your school for an account."


def reply_to(path: str, payload: Any) -> Any:
    """What to answer: nothing to a webhook, ``data`` or ``exception`` to the webfilter."""
    if path != "/webfilter":
        return None
    if "mallory" in payload["name"].lower():
        return {"exception": {"PreventRegistration": REFUSAL}}
    return {"data": {"form_data": {"name": TITLE + payload["name"]}}}


class Receiver(ThreadingHTTPServer):
    """Listens on ``port``; ``received`` holds the payloads by path, newest last."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.received: list[tuple[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        payload = json.loads(body)
        self.server.received.append((self.path, payload))
        reply = reply_to(self.path, payload)
        print(f"\n  --> POST {self.path}")
        for name in ("Content-Type", "User-Agent", "webhook-id", "webhook-timestamp"):
            print(f"      {name}: {self.headers.get(name)}")
        print(_indented(payload))
        print("  <-- 200", "and an empty body" if reply is None else "\n" + _indented(reply), flush=True)
        content = b"" if reply is None else json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """What matters is printed already."""


def _indented(value: Any) -> str:
    return "\n".join(f"      {line}" for line in json.dumps(value, indent=2).splitlines())
