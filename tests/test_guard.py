"""The bounded connection: resolving, connecting and TLS, each in time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openedx_webhooks import guard, resolver
from openedx_webhooks.exceptions import BadTarget, CallTimeout, ConnectionFailed
from openedx_webhooks.sockets import deadline, time_left, trust
from openedx_webhooks.transport import Call, Outcome, send, send_all
from tests import hostile
from tests.hostile import Server, eventually, open_files

SOON = 0.3  # seconds a call may take here
SLACK = 0.5  # what a loaded machine may add


def post(url: str, *, timeout: float = 5) -> Outcome:
    return send(Call(url, b"{}", {}), timeout=timeout)


def connect_within(settings: Any, seconds: float, **others: Any) -> None:
    settings.OPENEDX_WEBHOOKS = {"CONNECT_TIMEOUT": seconds, **others}


# The deadline --------------------------------------------------------------------------------------------------------


def test_outside_of_a_call_there_is_no_time() -> None:
    with pytest.raises(CallTimeout):
        time_left()


def test_a_deadline_within_a_deadline_does_not_prolong_it() -> None:
    with deadline(time.monotonic() + 1), deadline(time.monotonic() + 60):
        assert time_left() <= 1


def test_a_deadline_ends_with_its_block() -> None:
    with deadline(time.monotonic() + 60):
        with deadline(time.monotonic() + 1):
            pass
        assert time_left() > 1


def test_a_deadline_belongs_to_its_thread() -> None:
    left: list[Any] = []

    def elsewhere() -> None:
        try:
            left.append(time_left())
        except CallTimeout as error:
            left.append(error.code)

    with deadline(time.monotonic() + 60):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    assert left == ["timeout"]


# Resolving -----------------------------------------------------------------------------------------------------------

ALL_OF_127_1 = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001"]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Names and what happens when they are looked up: a list of addresses, an error, or a function."""
    known: dict[str, Any] = {"asked": []}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("flags") == socket.AI_NUMERICHOST or host not in known:
            return real(host, port, *args, **kwargs)
        known["asked"].append(host)
        found = known[host]() if callable(known[host]) else known[host]
        if isinstance(found, Exception):
            raise found
        return [(family, socket.SOCK_STREAM, 6, "", (address, port or 0)) for family, address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield known
    assert eventually(lambda: not resolver.resolver()._running, within=5)


LOOPBACK = [(socket.AF_INET, "127.0.0.1")]


@pytest.mark.parametrize("literal", ALL_OF_127_1)
def test_a_literal_is_not_looked_up(literal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "resolver", None)
    with Server(hostile.answer()) as server:
        outcome = post(server.url(host=literal))

    assert outcome.ok


def test_a_name_is_looked_up(names: dict[str, Any]) -> None:
    names["receiver.test"] = LOOPBACK
    with Server(hostile.answer()) as server:
        outcome = post(server.url(host="receiver.test"))

    assert outcome.ok
    assert server.requests[0].header("host") == f"receiver.test:{server.port}"


def test_a_name_in_other_letters_is_looked_up_in_ascii(names: dict[str, Any]) -> None:
    names["h\u00f6\u00f6k.test".encode("idna").decode()] = LOOPBACK
    with Server(hostile.answer()) as server:
        outcome = post(server.url(host="h\u00f6\u00f6k.test"))

    assert outcome.ok


def test_a_name_that_does_not_exist_is_no_connection(names: dict[str, Any]) -> None:
    names["nowhere.test"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert post("http://nowhere.test/").error == "connection"


def test_a_name_without_addresses_is_no_connection(names: dict[str, Any]) -> None:
    names["empty.test"] = []

    assert post("http://empty.test/").error == "connection"


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".test", ".test", "nul\x00.test", "a b.test", "a%20b.test", ""])
def test_what_cannot_be_a_name_is_not_looked_up(host: str, names: dict[str, Any]) -> None:
    with deadline(time.monotonic() + 5), pytest.raises(BadTarget):
        resolver.resolve(host, 80)


def slow_name(seconds: float) -> Callable[[], list[Any]]:
    return lambda: time.sleep(seconds) or LOOPBACK  # type: ignore[func-returns-value]


def test_a_name_server_that_is_silent_ends_at_the_deadline(names: dict[str, Any]) -> None:
    names["slow.test"] = slow_name(1.0)

    outcome = post("http://slow.test/", timeout=SOON)

    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


def test_a_name_server_that_is_silent_ends_with_the_time_to_connect(names: dict[str, Any], settings: Any) -> None:
    names["slow.test"] = slow_name(1.0)
    connect_within(settings, SOON)

    outcome = post("http://slow.test/")

    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


def test_a_name_is_looked_up_once_at_a_time(names: dict[str, Any]) -> None:
    names["slow.test"] = slow_name(0.2)
    with Server(hostile.answer()) as server:
        outcomes = send_all([Call(server.url(f"/{n}", host="slow.test"), b"", {}) for n in range(6)], within=5)

    assert all(outcome.ok for outcome in outcomes)
    assert names["asked"].count("slow.test") < 6
    assert server.connections == 6


def test_a_name_is_looked_up_again_later(names: dict[str, Any]) -> None:
    names["receiver.test"] = LOOPBACK
    for _ in range(2):
        with deadline(time.monotonic() + 5):
            resolver.resolve("receiver.test", 80)
        assert eventually(lambda: not resolver.resolver()._running)

    assert names["asked"] == ["receiver.test"] * 2


def test_lookups_that_hang_hold_few_threads(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "MAX_LOOKUPS", 2)
    for number in range(6):
        names[f"slow{number}.test"] = slow_name(0.6)

    outcomes = send_all([Call(f"http://slow{n}.test/", b"", {}) for n in range(6)], within=SOON)

    assert {outcome.error for outcome in outcomes} == {"timeout"}
    assert len(names["asked"]) == 2


def test_more_names_than_threads_are_looked_up_in_turn(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "MAX_LOOKUPS", 2)
    for number in range(6):
        names[f"name{number}.test"] = slow_name(0.02)
    with Server(hostile.answer()) as server:
        outcomes = send_all([Call(server.url(host=f"name{n}.test"), b"", {}) for n in range(6)], within=5)

    assert all(outcome.ok for outcome in outcomes)


def test_a_lookup_for_which_there_is_no_thread_is_busy(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    names["receiver.test"] = LOOPBACK
    monkeypatch.setattr(threading.Thread, "start", refuse)

    assert post("http://receiver.test/").error == "busy"


# Connecting ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def unreachable() -> Iterator[int]:
    """A port that lets nobody in and says nothing: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for sock in waiting:
            sock.close()


@pytest.fixture
def closed() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_port_that_is_closed_is_no_connection(closed: int) -> None:
    assert post(f"http://127.0.0.1:{closed}/").error == "connection"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_is_silent_ends_with_the_time_to_connect(scheme: str, unreachable: int, settings: Any) -> None:
    connect_within(settings, SOON)

    outcome = post(f"{scheme}://127.0.0.1:{unreachable}/")

    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


def test_a_host_that_is_silent_ends_at_the_deadline(unreachable: int) -> None:
    outcome = post(f"http://127.0.0.1:{unreachable}/", timeout=SOON)

    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


def test_every_address_of_a_name_is_tried(names: dict[str, Any]) -> None:
    names["many.test"] = [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.0.0.3"), *LOOPBACK]
    with Server(hostile.answer()) as server:
        outcome = post(server.url(host="many.test"))

    assert outcome.ok


def test_an_address_that_is_silent_leaves_time_for_the_next(names: dict[str, Any], unreachable: int) -> None:
    names["half.test"] = [*LOOPBACK, (socket.AF_INET, "127.0.0.2")]
    with socket.create_server(("127.0.0.2", unreachable)), deadline(time.monotonic() + 1):
        sock = guard.open_socket("half.test", unreachable, ())
        reached = sock.getpeername()[0]
        sock.close()

    assert reached == "127.0.0.2"


def test_what_is_connected_to_is_what_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(hostile.answer()) as server:
        judged = resolver.resolve("127.0.0.1", server.port)
        monkeypatch.setattr(guard, "addresses_of", lambda host, port: judged)
        outcome = post("http://elsewhere.test/")

    assert outcome.ok
    assert server.requests[0].header("host") == "elsewhere.test"


def test_an_address_that_failed_leaves_no_socket_open(closed: int) -> None:
    before = open_files()
    for _ in range(5):
        with deadline(time.monotonic() + 5), pytest.raises(ConnectionFailed):
            guard.open_socket("127.0.0.1", closed, ())

    assert open_files() == before


# TLS -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> hostile.Authority:
    return hostile.Authority(tmp_path)


@pytest.fixture
def trusted(authority: hostile.Authority, settings: Any) -> hostile.Authority:
    """An authority that this site trusts."""
    settings.OPENEDX_WEBHOOKS = {"CA_BUNDLE": authority.path}
    return authority


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_of_a_trusted_authority_is_good(host: str, trusted: hostile.Authority) -> None:
    with Server(hostile.answer(), tls=trusted.context("localhost", "127.0.0.1")) as server:
        outcomes = [post(server.url(host=host)) for _ in range(3)]

    assert all(outcome.ok for outcome in outcomes)
    assert server.connections == 1


def test_authorities_can_be_a_directory(authority: hostile.Authority, settings: Any, tmp_path: Path) -> None:
    directory = tmp_path / "authorities"
    directory.mkdir()
    settings.OPENEDX_WEBHOOKS = {"CA_BUNDLE": str(directory)}
    with Server(hostile.answer(), tls=authority.context("127.0.0.1")) as server:
        stranger = post(server.url())
        authority.add_to(directory)
        trust.forget()
        acquaintance = post(server.url())

    assert (stranger.error, acquaintance.error) == ("tls", "")


def test_a_certificate_of_an_unknown_authority_is_not(authority: hostile.Authority) -> None:
    with Server(hostile.answer(), tls=authority.context("127.0.0.1")) as server:
        outcome = post(server.url())

    assert outcome.error == "tls"
    assert server.requests == []


@pytest.mark.parametrize("name", ["other.test", "127.0.0.2"])
def test_a_certificate_of_another_name_is_not(name: str, trusted: hostile.Authority) -> None:
    with Server(hostile.answer(), tls=trusted.context(name)) as server:
        outcome = post(server.url())

    assert outcome.error == "tls"
    assert server.requests == []


def test_a_certificate_is_compared_with_the_name_not_the_address(names: dict[str, Any], trusted: Any) -> None:
    names["receiver.test"] = LOOPBACK
    with Server(hostile.answer(), tls=trusted.context("receiver.test")) as server:
        outcome = post(server.url(host="receiver.test"))

    assert outcome.ok


def test_a_certificate_that_has_run_out_is_not(trusted: hostile.Authority) -> None:
    with Server(hostile.answer(), tls=trusted.context("127.0.0.1", days=-1)) as server:
        outcome = post(server.url())

    assert outcome.error == "tls"


def test_tls_to_a_plain_port_fails(trusted: hostile.Authority) -> None:
    with Server(hostile.plain_in_the_handshake) as server:
        outcome = post(server.url().replace("http:", "https:"))

    assert outcome.error in ("tls", "connection")


def test_plain_http_to_a_tls_port_fails(trusted: hostile.Authority) -> None:
    with Server(hostile.answer(), tls=trusted.context("127.0.0.1")) as server:
        outcome = post(server.url().replace("https:", "http:"))

    assert outcome.error in ("connection", "bad_reply")


@pytest.mark.parametrize("name", ["silent_handshake", "drip_handshake"])
def test_a_handshake_that_is_slow_ends_with_the_time_to_connect(name: str, settings: Any) -> None:
    connect_within(settings, SOON)
    with Server(getattr(hostile, name)) as server:
        outcome = post(server.url().replace("http:", "https:"))

        assert eventually(lambda: server.at_once == 0)
    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


@pytest.mark.parametrize(
    ("name", "codes"), [("close_at_once", ("tls", "connection")), ("reset_at_once", ("connection",))]
)
def test_a_handshake_that_breaks_off_is_a_failure(name: str, codes: tuple[str, ...]) -> None:
    with Server(getattr(hostile, name)) as server:
        outcome = post(server.url().replace("http:", "https:"))

    assert outcome.error in codes


def test_the_time_to_connect_does_not_bound_the_answer(settings: Any) -> None:
    connect_within(settings, 0.1)

    with Server(hostile.answer(after=SOON)) as server:
        assert post(server.url()).ok


def test_a_kept_tls_connection_that_is_closed_gets_the_same_request_again(trusted: hostile.Authority) -> None:
    with Server(hostile.close_when_kept, tls=trusted.context("127.0.0.1")) as server:
        outcomes = [post(server.url()) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert server.connections == 2


def test_the_authorities_are_read_once(trusted: hostile.Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    real = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda **kwargs: reads.append(kwargs) or real(**kwargs))
    context = trusted.context("127.0.0.1")
    for _ in range(3):
        with Server(hostile.answer(), tls=context) as server:
            assert all(outcome.ok for outcome in send_all([Call(server.url(), b"", {})] * 3, within=5))

    assert len(reads) == 1


def test_the_authorities_of_the_environment_are_not_used(
    authority: hostile.Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust.forget()
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, authority.path)
    with Server(hostile.answer(), tls=authority.context("127.0.0.1")) as server:
        outcome = post(server.url())

    assert outcome.error == "tls"


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_stop_https_and_say_so(
    content: str | None, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "bundle.pem"
    if content:
        path.write_text(content)
    settings.OPENEDX_WEBHOOKS = {"CA_BUNDLE": str(path)}

    outcome = post("https://127.0.0.1:9/")

    assert outcome.error == "tls"
    assert [record.getMessage() for record in caplog.records] == [f"openedx_webhooks: CA_BUNDLE cannot be read: {path}"]


def test_other_settings_make_new_connections(settings: Any, authority: hostile.Authority) -> None:
    with Server(hostile.answer(), tls=authority.context("127.0.0.1")) as server:
        settings.OPENEDX_WEBHOOKS = {"CA_BUNDLE": authority.path}
        trusting = post(server.url())
        settings.OPENEDX_WEBHOOKS = {}
        wary = post(server.url())

    assert trusting.ok
    assert wary.error == "tls"
