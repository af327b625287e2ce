"""The bounded connection: whatever the other side does, a call ends in time and goes where it may.

A connection's way, one function each: ``resolve`` (``resolver.py``), ``addresses_of``, ``open_socket``, and for HTTPS
the handshake in ``BoundedHTTPSConnection.connect``. ``CONNECT_TIMEOUT`` bounds all of it together, and the call's own
deadline bounds that (``sockets.py``). After ``addresses_of`` nobody looks at the name again except TLS, which compares
it with the certificate: what is judged there is what is connected to.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from .app_settings import app_settings
from .exceptions import BadTarget, CallError, CallTimeout, ConnectionFailed, TlsFailed
from .resolver import Address, resolve
from .sockets import BoundedSocket, deadline, time_left, trust

Options = Sequence[tuple[int, int, int | bytes]]

# How a peer that has gone shows when something is read from it or written to it.
GONE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


def addresses_of(host: str, port: int) -> list[Address]:
    """What may be connected to when ``host`` is called, best first.

    The one place where addresses are judged: what this returns is connected to, as it is, and nothing else.
    """
    return resolve(host, port)


def open_socket(host: str, port: int, options: Options) -> BoundedSocket:
    """A connected socket, or a ``CallError``. The time left is split over the addresses left."""
    addresses = addresses_of(host, port)
    failure: CallError = ConnectionFailed("There is no such name.")
    for index, address in enumerate(addresses):
        share = time_left() / (len(addresses) - index)
        try:
            return _connected(address, options, share)
        except TimeoutError:
            failure = CallTimeout("No connection in time.")
        except OSError as error:
            failure = ConnectionFailed(error.strerror or "No connection.")
    raise failure


def _connected(address: Address, options: Options, seconds: float) -> BoundedSocket:
    family, kind, protocol, _, where = address
    sock = BoundedSocket(family, kind, protocol)
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.settimeout(seconds)
        sock.connect(where)
    except BaseException:
        sock.close()
        raise
    return sock


def _connecting() -> AbstractContextManager[None]:
    return deadline(time.monotonic() + app_settings.CONNECT_TIMEOUT)


class _Bounded(HTTPConnection if TYPE_CHECKING else object):  # type: ignore[misc]
    """What both kinds of connection do the same.

    A kept-alive connection may be closed by the peer in the moment in which the next request is sent on it. If not one
    byte of an answer came, the request is sent once more: on a new connection, within the same deadline. The peer may
    have seen it twice then; both carry the same ``webhook-id``. Nothing is sent again in any other case.
    """

    sock: Any
    _asked: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
    _kept = False  # whether this connection has brought an answer before

    def _new_conn(self) -> BoundedSocket:
        return open_socket(self._dns_host.strip("[]"), self.port, self.socket_options or ())

    def connect(self) -> None:
        """Connect within ``CONNECT_TIMEOUT``."""
        with _connecting():
            super().connect()

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request. That a kept peer has gone is for ``getresponse`` to find: it may have answered before."""
        self._asked = (args, kwargs)
        self._kept = bool(self.sock and self.sock.received)
        if self._kept:
            self.sock.received = 0
        try:
            super().request(*args, **kwargs)
        except GONE:
            if not self._kept:
                raise

    def getresponse(self) -> Any:
        """Read status and headers, if need be those for the request sent again."""
        sock = self.sock
        (asked, named), self._asked = self._asked, ((), {})  # an idle connection keeps no payload
        try:
            return super().getresponse()
        except GONE:
            if not self._kept or sock.received:
                raise
        self.close()
        super().request(*asked, **named)
        return super().getresponse()


class BoundedHTTPConnection(_Bounded, HTTPConnection):
    """Plain HTTP."""


class BoundedHTTPSConnection(_Bounded, HTTPSConnection):
    """HTTPS, with our own ``SSLContext`` always: requests 2.32.0 to 2.32.2 put one here that knows no deadline."""

    def connect(self) -> None:
        """Connect and shake hands within ``CONNECT_TIMEOUT``."""
        with _connecting():
            context = trust().context()
            sock = self._new_conn()
            try:
                self.sock = context.wrap_socket(sock, server_hostname=self.host.strip("[]").partition("%")[0])
            except ssl.SSLError as error:
                raise TlsFailed(error.reason or "No handshake.") from error
            except OSError as error:
                raise ConnectionFailed("The connection broke during the handshake.") from error
            except ValueError as error:
                raise BadTarget("No certificate could have this name.") from error
            finally:
                sock.close()  # a TLS socket, if there is one, has taken the descriptor over
        self.is_verified = True


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = BoundedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = BoundedHTTPSConnection


class BoundedPoolManager(PoolManager):
    """urllib3's, with bounded connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
