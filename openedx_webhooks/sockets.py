"""Sockets that know the deadline of the call they serve.

A timeout of ``requests`` or urllib3 bounds one wait, not a call: a peer that sends one byte every second is never late.
Here the deadline is a point in time that belongs to the thread making the call, and every operation on a socket gets
the time that is *left*. The same sockets count what an answer has cost so far, its head included.

The errors raised here are ``CallError``: neither ``OSError`` nor urllib3's, so both libraries pass them through.
"""

from __future__ import annotations

import logging
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.signals import setting_changed
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from .app_settings import NAME, app_settings
from .exceptions import CallTimeout, ReplyTooLarge, TlsFailed
from .workers import PerProcess

log = logging.getLogger(__name__)

T = TypeVar("T")

# What an answer may take on the wire beside twice its body: status line, headers, chunk sizes. http.client alone
# would keep 100 headers of 64 KiB, and follow a trailer without end.
HEAD_BYTES = 128 * 1024


class _Clock(threading.local):
    """When the call that this thread is making must be over, in ``time.monotonic()``; outside of a call: long ago."""

    ends = -math.inf


_clock = _Clock()


@contextmanager
def deadline(ends: float) -> Iterator[None]:
    """What this thread does inside must be over at ``ends`` (``time.monotonic()``), or sooner if it already must."""
    before = _clock.ends
    _clock.ends = ends if before == -math.inf else min(ends, before)
    try:
        yield
    finally:
        _clock.ends = before


def time_left() -> float:
    """Seconds until the deadline, more than 0, or ``CallTimeout``."""
    left = _clock.ends - time.monotonic()
    if left <= 0:
        raise CallTimeout("The time is up.")
    return left


class _Discreet(logging.Filter):
    """Drops what urllib3 says about our calls: its messages hold URLs, and URLs of receivers hold secrets."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - who calls is all that matters
        """Whether ``record`` is about someone else's call."""
        return _clock.ends == -math.inf


for _name in ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_Discreet())


class _Timed(socket.socket if TYPE_CHECKING else object):  # type: ignore[misc]
    """What both kinds of socket do the same: each operation has the time that is left, an answer its size."""

    received = 0  # bytes since the last request

    def _in_time(self, operation: Callable[..., T], *args: Any) -> T:
        self.settimeout(time_left())
        try:
            return operation(*args)
        except TimeoutError:
            raise CallTimeout("The time is up.") from None

    def recv_into(self, *args: Any) -> int:
        """Read: ``http.client`` has no other way."""
        count: int = self._in_time(super().recv_into, *args)
        self.received += count
        if self.received > 2 * app_settings.MAX_REPLY_BYTES + HEAD_BYTES:
            raise ReplyTooLarge("The answer has no end.")
        return count

    def send(self, *args: Any) -> int:
        """Write once: ``SSLSocket.sendall`` does so for every piece, and would give each a timeout of its own."""
        count: int = self._in_time(super().send, *args)
        return count

    def sendall(self, *args: Any) -> None:
        """Write everything: a plain socket counts the timeout set here for the whole."""
        self._in_time(super().sendall, *args)


class BoundedSocket(_Timed, socket.socket):
    """TCP."""


class BoundedTlsSocket(_Timed, ssl.SSLSocket):
    """TLS. Made by the ``SSLContext``, which shakes hands at once."""

    def do_handshake(self, *args: Any) -> None:
        """Shake hands in the time that is left."""
        try:
            self._in_time(super().do_handshake, *args)
        except BaseException:
            self.close()  # ``ssl`` does so for an OSError only
            raise


class Trust:
    """The certificate authorities of this process: read once, for that takes longer than a whole call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """What every TLS connection is made with, or ``TlsFailed`` if the authorities cannot be read."""
        with self._lock:
            if self._context is None:
                self._context = self._load(app_settings.CA_BUNDLE or DEFAULT_CA_BUNDLE_PATH)
            return self._context

    @staticmethod
    def _load(path: str) -> ssl.SSLContext:
        is_directory = Path(path).is_dir()
        try:
            context = ssl.create_default_context(
                cafile=None if is_directory else path, capath=path if is_directory else None
            )
        except OSError as error:
            log.error("openedx_webhooks: CA_BUNDLE cannot be read: %s", path)
            raise TlsFailed("The certificate authorities cannot be read.") from error
        context.set_alpn_protocols(["http/1.1"])
        context.sslsocket_class = BoundedTlsSocket
        return context


trust = PerProcess(Trust)


def _follow(*, setting: str, **_: Any) -> None:
    if setting == NAME:
        trust.forget()


setting_changed.connect(_follow, dispatch_uid="openedx_webhooks.sockets")
