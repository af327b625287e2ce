"""Names to addresses, within the deadline.

``getaddrinfo`` cannot be told to stop: with a name server that is silent it takes half a minute. So it runs in a few
daemon threads and is waited for with the time that is left; one that hangs costs a thread, not a request.
"""

from __future__ import annotations

import re
import socket
import threading
from concurrent.futures import Future
from typing import Any

from .exceptions import BadTarget, CallTimeout, ConnectionFailed, PoolFull
from .sockets import time_left
from .workers import PerProcess

# Names looked up at the same time. A lookup that hangs holds one of these until the system gives it up.
MAX_LOOKUPS = 8

# What a name looks like once it is in ASCII; the length is that of RFC 1035. Older releases of requests let more pass.
NAME = re.compile(r"[0-9A-Za-z_.-]{1,253}")

Address = tuple[Any, Any, int, str, tuple[Any, ...]]  # a row of socket.getaddrinfo, the address with its port last


class Resolver:
    """Looks up each name in one thread at a time: whoever asks meanwhile waits for the same answer."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[str, Future[list[Address]]] = {}

    def look_up(self, name: str) -> list[Address]:
        """The addresses of ``name``, port 0, or a ``CallError``."""
        with self._changed:
            while name not in self._running and len(self._running) >= MAX_LOOKUPS:
                self._changed.wait(time_left())
            future = self._running.get(name) or self._start(name)
        try:
            return future.result(time_left())
        except TimeoutError:
            raise CallTimeout("The name was not resolved in time.") from None
        except OSError as error:
            raise ConnectionFailed("There is no such name.") from error

    def _start(self, name: str) -> Future[list[Address]]:
        future: Future[list[Address]] = Future()
        thread = threading.Thread(target=self._run, args=(name, future), name="openedx-webhooks-dns", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            raise PoolFull("There is no thread to look a name up.") from error
        self._running[name] = future
        return future

    def _run(self, name: str, future: Future[list[Address]]) -> None:
        try:
            future.set_result(socket.getaddrinfo(name, None, type=socket.SOCK_STREAM))
        except BaseException as error:  # whatever it is, it belongs to those who wait
            future.set_exception(error)
        with self._changed:
            del self._running[name]
            self._changed.notify_all()


resolver = PerProcess(Resolver)


def resolve(host: str, port: int) -> list[Address]:
    """Where ``host`` can be reached, best first, or a ``CallError``. A literal, in any spelling, needs no thread."""
    if ":" not in host and not NAME.fullmatch(host):  # a colon: an IPv6 literal
        raise BadTarget("This cannot be the name of a host.")
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    except ValueError as error:  # UnicodeError too: a label that is empty or too long
        raise BadTarget("This cannot be the name of a host.") from error
    return [(*row[:4], (row[4][0], port, *row[4][2:])) for row in resolver().look_up(host)]
