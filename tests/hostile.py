"""A web server that behaves as badly as it is told to, on a raw socket and a port of its own.

A behaviour is a function that is given each connection as a ``Visit``::

    with Server(answer(b'{"data": {}}')) as server:
        outcome = send(Call(server.url("/hook"), b"{}", {}), timeout=0.5)

    assert server.requests[0].header("webhook-id") == "..."

With ``tls=`` (an ``ssl.SSLContext`` of ``Authority.context``) the server speaks HTTPS. Whatever a visit is doing ends
when the server is closed.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
import ipaddress
import select
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CRLF = b"\r\n"
STEP = 0.02  # seconds between the pieces of something that drips


class Over(Exception):
    """The client has gone, or the server is being closed: the visit ends."""


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    head: bytes
    body: bytes

    @property
    def target(self) -> str:
        """Path and query."""
        return self.head.split(b" ", 2)[1].decode()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names in lower case, and values, in the order in which they came."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    def header(self, name: str) -> str | None:
        """The value of a header, or None."""
        return dict(self.headers).get(name.lower())


class Visit:
    """One connection, as a behaviour sees it."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.server = server
        self._left = b""

    def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        try:
            self.sock.sendall(data)
        except OSError:
            raise Over from None

    def wait(self, seconds: float) -> None:
        """Do nothing for a while."""
        if self.server.closing.wait(seconds):
            raise Over

    def hang(self) -> None:
        """Do nothing until the client hangs up; what it sent may lie there unread."""
        poll = select.poll()
        poll.register(self.sock, select.POLLRDHUP)
        while not poll.poll(20):
            self.wait(0)

    def request(self) -> Request:
        """Read one request to its end, and remember it."""
        while b"\r\n\r\n" not in self._left:
            self._read()
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        length = int(Request(head, b"").header("content-length") or 0)
        while len(self._left) < length:
            self._read()
        request = Request(head, self._left[:length])
        self._left = self._left[length:]
        self.server.requests.append(request)
        return request

    def _read(self) -> None:
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise Over
        self._left += data


Behaviour = Callable[[Visit], None]


class Server:
    """Listens on a free port of 127.0.0.1 as long as the ``with`` block lasts."""

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.behaviour = behaviour
        self.tls = tls
        self.requests: list[Request] = []
        self.connections = 0
        self.at_once = 0  # visits now
        self.most_at_once = 0
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._socks: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    def url(self, path: str = "/", host: str = "127.0.0.1", userinfo: str = "") -> str:
        """The address of a path."""
        return f"{'https' if self.tls else 'http'}://{userinfo}{host}:{self.port}{path}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._accept, name="hostile", daemon=True).start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._socks:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._socks.add(sock)
            threading.Thread(target=self._serve, args=(sock,), name="hostile", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        raw = sock
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.behaviour(Visit(sock, self))
        except (Over, OSError):
            pass
        finally:
            with self._lock:
                self.at_once -= 1
                self._socks.discard(raw)
            sock.close()


def head(status: int = 200, *lines: str) -> bytes:
    """Status line and headers."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status} Whatever", *lines, "")).encode("latin-1")


def message(body: bytes = b"{}", status: int = 200, *lines: str) -> bytes:
    """A whole answer."""
    return head(status, f"Content-Length: {len(body)}", *lines) + body


def chunk(data: bytes) -> bytes:
    """A piece of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


# The well-behaved one ------------------------------------------------------------------------------------------------


def answer(body: bytes = b"{}", status: int = 200, *lines: str, after: float = 0.0) -> Behaviour:
    """Answers every request of a connection, after some seconds."""

    def behave(visit: Visit) -> None:
        while True:
            visit.request()
            visit.wait(after)
            visit.send(message(body, status, *lines))

    return behave


def bytes_of(data: bytes | Iterator[bytes], *, every: float = 0.0) -> Behaviour:
    """Reads a request, sends ``data`` piece by piece, and closes."""

    def behave(visit: Visit) -> None:
        visit.request()
        for piece in [data] if isinstance(data, bytes) else data:
            visit.send(piece)
            visit.wait(every)

    return behave


def per_path(behaviours: dict[str, Behaviour]) -> Behaviour:
    """Chooses by the path of the request."""

    def behave(visit: Visit) -> None:
        request = visit.request()
        visit.request = lambda: request  # type: ignore[method-assign]
        behaviours[request.target.partition("?")[0]](visit)

    return behave


# Slow ones -----------------------------------------------------------------------------------------------------------


def _dripping(start: bytes, piece: bytes) -> Behaviour:
    def behave(visit: Visit) -> None:
        visit.request()
        visit.send(start)
        while True:
            visit.wait(STEP)
            visit.send(piece)

    return behave


drip_status = _dripping(b"HTTP/1.1 200 ", b"O")
drip_header = _dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x")
drip_headers = _dripping(b"HTTP/1.1 200 OK\r\n", b"X-Slow: x\r\n")
drip_body = _dripping(head(200, "Content-Length: 100000"), b"x")
drip_body_of_500 = _dripping(head(500, "Content-Length: 100000"), b"x")
drip_chunks = _dripping(head(200, "Transfer-Encoding: chunked"), chunk(b"x"))
drip_trailer = _dripping(head(200, "Transfer-Encoding: chunked") + chunk(b"{}") + b"0\r\n", b"X-Slow: x\r\n")
drip_continue = _dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n")


def hang(visit: Visit) -> None:
    """Reads the request and never answers."""
    visit.request()
    visit.hang()


def read_slowly(visit: Visit) -> None:
    """Reads the request, so slowly that each piece comes through in time and the whole never does."""
    visit.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    while True:
        visit.sock.recv(16384)
        visit.wait(STEP)


def read_nothing(visit: Visit) -> None:
    """Does not even read the request."""
    visit.hang()


# Large ones ----------------------------------------------------------------------------------------------------------

MIB = b"x" * 2**20


def continue_forever(visit: Visit) -> None:
    """100 Continue, as fast as it can."""
    visit.request()
    while True:
        visit.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def headers_forever(visit: Visit) -> None:
    """Header lines of 60 KiB, as many as the client takes."""
    visit.request()
    visit.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        visit.send(b"X-Large: " + b"x" * 60_000 + CRLF)


def mib(count: int, status: int = 200, *, declared: bool = True, chunked: bool = False) -> Behaviour:
    """A body of many MiB, with or without its length, or chunked."""
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {count * 2**20}" if declared else "X: y"

    def behave(visit: Visit) -> None:
        visit.request()
        visit.send(head(status, framing))
        for _ in range(count):
            visit.send(chunk(MIB) if chunked else MIB)

    return behave


def tiny_chunks(size: int, count: int) -> Behaviour:
    """A body in very small chunks: more framing than body."""
    return bytes_of(head(200, "Transfer-Encoding: chunked") + chunk(b"x" * size) * count + b"0\r\n\r\n")


def bomb(mebibytes: int = 200) -> bytes:
    """Zeros, packed: a thousandth of their size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    pieces = [packer.compress(bytes(2**20)) for _ in range(mebibytes)]
    return b"".join([*pieces, packer.flush()])


# Broken ones ---------------------------------------------------------------------------------------------------------


def close_at_once(visit: Visit) -> None:
    """Accepts a connection and closes it."""


def close_after_request(visit: Visit) -> None:
    """Reads the request and closes."""
    visit.request()


def _reset(visit: Visit) -> None:
    visit.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def reset(visit: Visit) -> None:
    """Reads the request and resets the connection."""
    visit.request()
    _reset(visit)


def reset_at_once(visit: Visit) -> None:
    """Reads a little and resets the connection."""
    visit.sock.recv(16)
    _reset(visit)


def close_when_kept(visit: Visit) -> None:
    """Answers once; closes the kept connection in the moment in which it has read the next request."""
    visit.request()
    visit.send(message())
    visit.request()


def half_answer_when_kept(visit: Visit) -> None:
    """Answers once; resets the connection in the middle of the next status line."""
    visit.request()
    visit.send(message())
    visit.request()
    visit.send(b"HTTP/1.1 2")
    visit.wait(0.1)
    _reset(visit)


def close_in_the_upload_when_kept(visit: Visit) -> None:
    """Answers once; closes the kept connection while the next request is being sent."""
    visit.request()
    visit.send(message())
    visit.sock.recv(1)


def hang_when_kept(visit: Visit) -> None:
    """Answers once; never again."""
    visit.request()
    visit.send(message())
    hang(visit)


not_http = bytes_of(b"220 mail.example.com ESMTP\r\n")
half_sent = bytes_of(head(200, "Content-Length: 100") + b'{"data":')
half_sent_500 = bytes_of(head(500, "Content-Length: 100") + b'{"data":')
half_chunk = bytes_of(head(200, "Transfer-Encoding: chunked") + b'64\r\n{"data":')
bad_chunk = bytes_of(head(200, "Transfer-Encoding: chunked") + b"zz\r\nxx\r\n0\r\n\r\n")
two_lengths = bytes_of(head(200, "Content-Length: 2", "Content-Length: 3") + b"{}")
double_gzip = bytes_of(message(gzip.compress(gzip.compress(b"{}")), 200, "Content-Encoding: gzip, gzip"))
early_hints = bytes_of(head(103, "Link: </style.css>"))


def refuse_upload(visit: Visit) -> None:
    """Answers 413 without reading the body, then reads a little and closes."""
    visit.sock.recv(100)
    visit.send(message(b"too much", 413, "Connection: close"))
    visit.wait(0.2)


# TLS -----------------------------------------------------------------------------------------------------------------


def plain_in_the_handshake(visit: Visit) -> None:
    """Answers a TLS client in plain HTTP. A server without ``tls``."""
    visit.sock.recv(4096)
    visit.send(message(b"", 400))


def silent_handshake(visit: Visit) -> None:
    """Takes the connection of a TLS client and says nothing. A server without ``tls``."""
    visit.hang()


def drip_handshake(visit: Visit) -> None:
    """Starts a TLS record and sends it byte by byte. A server without ``tls``."""
    visit.sock.recv(4096)
    visit.send(b"\x16\x03\x03\x3f\x00")  # a handshake message of 16128 bytes is about to come
    while True:
        visit.send(b"\x02")
        visit.wait(STEP)


class Authority:
    """A throwaway certificate authority; ``path`` is what ``CA_BUNDLE`` must name for it to be trusted."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throwaway authority")])
        self._certificate = self._issue(self._name, self._key, None, days=30)
        self.path = self._write("authority.pem", self._certificate.public_bytes(serialization.Encoding.PEM))

    def add_to(self, directory: Path) -> None:
        """Put the certificate where OpenSSL finds it in a directory: under a hash of its name in lower case."""
        digest = hashlib.sha1(self._name.public_bytes()[2:], usedforsecurity=False).digest()
        pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        (directory / f"{int.from_bytes(digest[:4], 'little'):08x}.0").write_bytes(pem)

    def context(self, *names: str, days: int = 30) -> ssl.SSLContext:
        """What a server with a certificate for ``names`` needs; negative ``days``: it has run out since."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = self._issue(subject, key, names, days=days)
        chain = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._write(f"{names[0]}{days}.pem", chain))
        return context

    def _write(self, name: str, data: bytes) -> str:
        path = self._directory / name
        path.write_bytes(data)
        return str(path)

    def _issue(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, names: tuple[str, ...] | None, days: int
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        mine = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = (
            x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=60))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if names is None:
            builder = builder.add_extension(_usage(sign=True), critical=True)
        else:
            builder = (
                builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
                .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(mine), critical=False)
                .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
                .add_extension(_usage(sign=False), critical=True)
            )
        return builder.sign(self._key, hashes.SHA256())


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign, key_cert_sign=sign, crl_sign=sign, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def eventually(condition: Callable[[], bool], within: float = 10.0) -> bool:
    """Whether ``condition`` comes true in a while; a loaded machine may need one."""
    ends = time.monotonic() + within
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True


def open_files() -> int:
    """How many files and sockets this process has open, where the system tells."""
    listing = Path("/proc/self/fd")
    return len(list(listing.iterdir())) if listing.exists() else 0
