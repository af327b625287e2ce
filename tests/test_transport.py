"""One call and many: what is sent, what is taken as an answer, and that neither takes more than it may."""

from __future__ import annotations

import gzip
import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openedx_webhooks import transport
from openedx_webhooks.app_settings import app_settings
from openedx_webhooks.transport import Call, Outcome, send, send_all
from tests import hostile
from tests.hostile import Server, eventually, head, message, open_files

SOON = 0.3  # seconds a call may take here
SLACK = 0.5  # what a loaded machine may add; benchmarks/ measures how little it really is
LIMIT = 64 * 1024  # MAX_REPLY_BYTES where a test sets it


@pytest.fixture
def trusted(tmp_path: Path, settings: Any) -> hostile.Authority:
    """An authority that this site trusts."""
    authority = hostile.Authority(tmp_path)
    settings.OPENEDX_WEBHOOKS = {"CA_BUNDLE": authority.path}
    return authority


def call(url: str, body: bytes = b"{}", **headers: str) -> Call:
    return Call(url, body, {name.replace("_", "-"): value for name, value in headers.items()})


def post(server: Server, path: str = "/hook", *, timeout: float = 5, **headers: str) -> Outcome:
    return send(call(server.url(path), **headers), timeout=timeout)


def reply_to(behaviour: hostile.Behaviour, *, timeout: float = 5) -> Outcome:
    with Server(behaviour) as server:
        return post(server, timeout=timeout)


# What is sent --------------------------------------------------------------------------------------------------------


def test_a_call_is_a_post_of_the_body_as_it_is() -> None:
    with Server(hostile.answer()) as server:
        send(Call(server.url("/hook?a=1"), b'{"n": 1}', {}), timeout=5)

    assert server.requests[0].head.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert server.requests[0].body == b'{"n": 1}'


def test_nothing_is_added_but_what_http_needs() -> None:
    with Server(hostile.answer()) as server:
        post(server, Content_Type="application/json")

    assert sorted(server.requests[0].headers) == [
        ("accept-encoding", "identity"),
        ("content-length", "2"),
        ("content-type", "application/json"),
        ("host", f"127.0.0.1:{server.port}"),
    ]


def test_the_headers_of_the_call_are_sent() -> None:
    with Server(hostile.answer()) as server:
        post(server, webhook_id="msg_1", User_Agent="openedx-webhooks/23", X_Umlaut="\xfc")

    assert server.requests[0].header("webhook-id") == "msg_1"
    assert server.requests[0].header("user-agent") == "openedx-webhooks/23"
    assert server.requests[0].header("x-umlaut") == "\xfc"


def test_headers_that_frame_a_message_are_the_transports_own() -> None:
    with Server(hostile.answer()) as server:
        post(server, Content_Length="1000", Transfer_Encoding="chunked", Expect="100-continue", Accept_Encoding="br")

    assert [name for name, _ in server.requests[0].headers] == ["host", "accept-encoding", "content-length"]
    assert server.requests[0].header("content-length") == "2"


def test_a_user_in_the_address_is_sent_as_basic_authentication() -> None:
    with Server(hostile.answer()) as server:
        outcome = send(call(server.url("/hook", userinfo="me:p%40ss@")), timeout=5)

    assert outcome.ok
    assert server.requests[0].header("authorization") == "Basic bWU6cEBzcw=="


def test_an_empty_body_has_a_length() -> None:
    with Server(hostile.answer()) as server:
        send(Call(server.url(), b"", {}), timeout=5)

    assert server.requests[0].header("content-length") == "0"


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Server(hostile.answer()) as server:
        outcome = post(server)

    assert outcome.ok
    assert server.requests[0].header("authorization") is None


def test_cookies_are_neither_kept_nor_sent() -> None:
    with Server(hostile.answer(b"{}", 200, "Set-Cookie: session=1; Path=/")) as server:
        post(server)
        post(server)

    assert [request.header("cookie") for request in server.requests] == [None, None]


# Connections ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        message(b"{}"),
        message(b""),
        message(b"no", 500),
        head(204),
        head(200, "Transfer-Encoding: chunked") + hostile.chunk(b"{}") + b"0\r\n\r\n",
    ],
    ids=["body", "empty", "error", "no content", "chunked"],
)
def test_a_connection_is_kept(reply: bytes) -> None:
    def behave(visit: hostile.Visit) -> None:
        while True:
            visit.request()
            visit.send(reply)

    with Server(behave) as server:
        for _ in range(3):
            post(server)

    assert len(server.requests) == 3
    assert server.connections == 1


def test_a_connection_whose_reply_was_refused_is_not_kept(settings: Any) -> None:
    settings.OPENEDX_WEBHOOKS = {"MAX_REPLY_BYTES": LIMIT}
    with Server(hostile.answer(b"x" * (LIMIT + 1))) as server:
        post(server)
        post(server)

        assert eventually(lambda: server.at_once == 0)
    assert server.connections == 2


def test_a_kept_connection_that_is_closed_before_an_answer_gets_the_same_request_again() -> None:
    with Server(hostile.close_when_kept) as server:
        outcomes = [post(server, webhook_id="msg_1"), post(server, webhook_id="msg_2")]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert [request.header("webhook-id") for request in server.requests] == ["msg_1", "msg_2", "msg_2"]
    assert server.requests[1] == server.requests[2]
    assert server.connections == 2


def test_a_request_is_sent_again_once_only() -> None:
    served = 0

    def behave(visit: hostile.Visit) -> None:
        nonlocal served
        served += 1
        hostile.close_when_kept(visit) if served == 1 else hostile.close_after_request(visit)

    with Server(behave) as server:
        post(server)
        outcome = post(server)

    assert outcome == Outcome(error="connection", seconds=outcome.seconds)
    assert len(server.requests) == 3


@pytest.mark.parametrize("behaviour", [hostile.close_at_once, hostile.close_after_request, hostile.reset])
def test_a_new_connection_that_is_closed_is_not_tried_again(behaviour: hostile.Behaviour) -> None:
    with Server(behaviour) as server:
        outcome = post(server)

    assert outcome.error == "connection"
    assert server.connections == 1


def test_a_request_is_not_sent_again_after_one_byte_of_an_answer() -> None:
    with Server(hostile.half_answer_when_kept) as server:
        post(server)
        outcome = post(server)

    assert outcome.error == "connection"
    assert len(server.requests) == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_kept_connection_that_is_closed_in_the_upload_gets_the_same_request_again(
    scheme: str, trusted: hostile.Authority
) -> None:
    tls = trusted.context("127.0.0.1") if scheme == "https" else None
    with Server(hostile.close_in_the_upload_when_kept, tls=tls) as server:
        outcomes = [send(Call(server.url(), b"x" * size, {}), timeout=5) for size in (2, 2**20)]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert [len(request.body) for request in server.requests] == [2, 2**20]


def test_a_request_is_not_sent_again_after_a_timeout() -> None:
    with Server(hostile.hang_when_kept) as server:
        post(server)
        outcome = post(server, timeout=SOON)

    assert outcome.error == "timeout"
    assert len(server.requests) == 2


def test_an_answer_that_comes_before_the_upload_is_read_counts() -> None:
    with Server(hostile.refuse_upload) as server:
        outcome = send(Call(server.url(), b"{}" * 20, {}), timeout=5)

    assert (outcome.status, outcome.body) == (413, b"too much")


# Time ----------------------------------------------------------------------------------------------------------------

SLOW = [
    "drip_status", "drip_header", "drip_headers", "drip_body", "drip_chunks", "drip_trailer", "drip_continue", "hang",
    "read_nothing",
]  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_an_answer_that_is_slow_ends_at_the_deadline(name: str) -> None:
    began = time.monotonic()

    outcome = reply_to(getattr(hostile, name), timeout=SOON)

    assert outcome == Outcome(error="timeout", seconds=outcome.seconds)
    assert SOON <= outcome.seconds < SOON + SLACK
    assert time.monotonic() - began < SOON + SLACK


@pytest.mark.parametrize("name", ["drip_header", "drip_body", "drip_chunks", "read_nothing"])
def test_an_answer_over_tls_that_is_slow_ends_at_the_deadline(name: str, trusted: hostile.Authority) -> None:
    with Server(getattr(hostile, name), tls=trusted.context("127.0.0.1")) as server:
        outcome = post(server, timeout=SOON)

    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


@pytest.mark.parametrize("name", ["read_nothing", "read_slowly"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_peer_that_does_not_read_ends_at_the_deadline(name: str, scheme: str, trusted: hostile.Authority) -> None:
    tls = trusted.context("127.0.0.1") if scheme == "https" else None
    with Server(getattr(hostile, name), tls=tls) as server:
        outcome = send(Call(server.url(), b"x" * 2**24, {}), timeout=SOON)

    assert outcome.error == "timeout"
    assert outcome.seconds < SOON + SLACK


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_call_without_time_is_not_made(timeout: float) -> None:
    with Server(hostile.answer()) as server:
        outcome = post(server, timeout=timeout)

    assert outcome.error == "timeout"
    assert server.connections == 0


def test_a_call_may_have_all_the_time_in_the_world() -> None:
    assert reply_to(hostile.answer(), timeout=float("inf")).ok


def test_the_time_taken_is_told() -> None:
    outcome = reply_to(hostile.answer(after=0.1))

    assert 0.1 <= outcome.seconds < 0.1 + SLACK


# Size ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(settings: Any) -> None:
    settings.OPENEDX_WEBHOOKS = {"MAX_REPLY_BYTES": LIMIT}


def framed(body: bytes, framing: str, *lines: str) -> bytes:
    if framing == "length":
        return message(body, 200, *lines)
    if framing == "chunks":
        return head(200, "Transfer-Encoding: chunked", *lines) + hostile.chunk(body) + b"0\r\n\r\n"
    return head(200, *lines) + body


@pytest.mark.parametrize("framing", ["length", "chunks", "until the end"])
def test_a_reply_of_the_limit_is_read(framing: str, limited: None) -> None:
    outcome = reply_to(hostile.bytes_of(framed(b"x" * LIMIT, framing)))

    assert outcome.ok
    assert outcome.body == b"x" * LIMIT


@pytest.mark.parametrize("framing", ["length", "chunks", "until the end"])
def test_a_reply_of_more_than_the_limit_is_not(framing: str, limited: None) -> None:
    outcome = reply_to(hostile.bytes_of(framed(b"x" * (LIMIT + 1), framing)))

    assert outcome == Outcome(error="too_large", seconds=outcome.seconds)


@pytest.mark.parametrize("name", ["continue_forever", "headers_forever"])
def test_an_answer_that_never_comes_to_its_body_is_too_large(name: str) -> None:
    assert reply_to(getattr(hostile, name)).error == "too_large"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_an_error_that_is_too_large_keeps_its_status(packed: bool, limited: None) -> None:
    body = b"x" * (LIMIT + 1)
    reply = message(gzip.compress(body), 503, "Content-Encoding: gzip") if packed else message(body, 503)

    outcome = reply_to(hostile.bytes_of(reply))

    assert (outcome.status, outcome.body, outcome.error) == (503, b"", "too_large")


BOMB = hostile.bomb(200)


@pytest.mark.parametrize(
    "behaviour",
    [
        hostile.mib(64),
        hostile.mib(64, declared=False),
        hostile.mib(64, chunked=True),
        hostile.mib(64, status=302),
        hostile.mib(64, status=500),
        hostile.bytes_of(message(BOMB, 200, "Content-Encoding: gzip")),
        hostile.bytes_of(message(BOMB, 302, "Content-Encoding: gzip", "Location: /elsewhere")),
        hostile.tiny_chunks(2, 100_000),
        hostile.headers_forever,
    ],
    ids=["length", "no length", "chunks", "redirect", "error", "bomb", "bomb in a redirect", "tiny chunks", "headers"],
)
def test_a_large_answer_takes_little_memory(behaviour: hostile.Behaviour) -> None:
    with Server(behaviour) as server:
        tracemalloc.start()
        try:
            outcome = post(server)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert not outcome.ok or len(outcome.body) <= app_settings.MAX_REPLY_BYTES
    assert peak < 4 * 2**20


def test_a_reply_that_unpacks_to_more_than_the_limit_is_too_large() -> None:
    assert reply_to(hostile.bytes_of(message(BOMB, 200, "Content-Encoding: gzip"))).error == "too_large"


# Packing -------------------------------------------------------------------------------------------------------------


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("identity", b'{"n": 1}'),
        ("gzip", gzip.compress(b'{"n": 1}')),
        ("GZip", gzip.compress(b'{"n": 1}')),
        ("x-gzip", gzip.compress(b'{"n": 1}')),
        ("deflate", zlib.compress(b'{"n": 1}')),
        ("deflate", raw_deflate(b'{"n": 1}')),
    ],
    ids=["identity", "gzip", "GZip", "x-gzip", "deflate", "raw deflate"],
)
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_one_layer_of_packing_is_taken_off(encoding: str, packed: bytes, framing: str) -> None:
    outcome = reply_to(hostile.bytes_of(framed(packed, framing, f"Content-Encoding: {encoding}")))

    assert outcome.ok
    assert outcome.body == b'{"n": 1}'


def test_a_packed_reply_without_a_body_is_empty() -> None:
    assert reply_to(hostile.bytes_of(message(b"", 200, "Content-Encoding: gzip"))).ok


@pytest.mark.parametrize(
    "reply",
    [
        message(gzip.compress(gzip.compress(b"{}")), 200, "Content-Encoding: gzip, gzip"),
        message(gzip.compress(gzip.compress(b"{}")), 200, "Content-Encoding: gzip", "Content-Encoding: gzip"),
        message(b"{}", 200, "Content-Encoding: br"),
        message(b"{}", 200, "Content-Encoding: gzip"),
        message(gzip.compress(b"{}")[:-1], 200, "Content-Encoding: gzip"),
        message(gzip.compress(b"{}") + b"more", 200, "Content-Encoding: gzip"),
        head(200, "Transfer-Encoding: gzip, chunked") + hostile.chunk(gzip.compress(b"{}")) + b"0\r\n\r\n",
    ],
    ids=["two layers", "two headers", "br", "no gzip", "cut off", "goes on", "transfer coding"],
)
def test_any_other_packing_is_a_bad_reply(reply: bytes) -> None:
    outcome = reply_to(hostile.bytes_of(reply))

    assert outcome == Outcome(error="bad_reply", seconds=outcome.seconds)


# Answers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_a_2xx_is_ok(status: int) -> None:
    outcome = reply_to(hostile.answer(b'{"data": {}}', status))

    assert outcome.ok
    assert (outcome.status, outcome.body, outcome.error) == (status, b'{"data": {}}', "")


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422, 429, 500, 502, 503])
def test_a_4xx_or_5xx_is_an_answer_that_is_not_ok(status: int) -> None:
    outcome = reply_to(hostile.answer(b"sorry", status))

    assert not outcome.ok
    assert (outcome.status, outcome.body, outcome.error) == (status, b"sorry", "")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with Server(hostile.answer()) as elsewhere:
        outcome = reply_to(hostile.answer(b"moved", status, f"Location: {elsewhere.url('/there')}"))

    assert (outcome.status, outcome.error, outcome.body) == (status, "redirected", b"")
    assert outcome.location == elsewhere.url("/there")
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "location", ["", "http://[::1", "/else where", "ftp://example.com", "http://example.com:99999"]
)
def test_a_redirect_to_nowhere_is_a_redirect(location: str) -> None:
    outcome = reply_to(hostile.answer(b"", 302, f"Location: {location}"))

    assert (outcome.status, outcome.error, outcome.location) == (302, "redirected", location)


@pytest.mark.parametrize(
    "name", ["not_http", "half_sent", "half_chunk", "bad_chunk", "two_lengths", "double_gzip", "early_hints"]
)
def test_broken_http_is_a_bad_reply(name: str) -> None:
    outcome = reply_to(getattr(hostile, name))

    assert outcome == Outcome(error="bad_reply", seconds=outcome.seconds)


def test_an_error_whose_body_breaks_off_keeps_its_status() -> None:
    outcome = reply_to(hostile.half_sent_500)

    assert (outcome.status, outcome.body, outcome.error) == (500, b"", "bad_reply")


def test_an_error_whose_body_drips_keeps_its_status() -> None:
    outcome = reply_to(hostile.drip_body_of_500, timeout=SOON)

    assert (outcome.status, outcome.body, outcome.error) == (500, b"", "timeout")


def test_a_length_that_is_too_small_ends_the_reply() -> None:
    outcome = reply_to(hostile.bytes_of(head(200, "Content-Length: 2") + b"{}HTTP/1.1 200 OK\r\n"))

    assert outcome.body == b"{}"


def test_no_bytes_at_all_make_a_call_raise() -> None:
    reply = b""

    def behave(visit: hostile.Visit) -> None:
        visit.request()
        visit.send(reply)

    @hypothesis_settings(max_examples=60, deadline=None, database=None)
    @given(start=st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", head(200)]), rest=st.binary(max_size=80))
    def check(start: bytes, rest: bytes) -> None:
        nonlocal reply
        reply = start + rest
        outcome = post(server)
        assert outcome.error != "error"

    with Server(behave) as server:
        check()


# Addresses and headers that cannot be used ---------------------------------------------------------------------------

NO_ADDRESS = [
    "", " ", "/", "//", "://", "http:", "http://", "https://", "http:///path", "http://[::1", "http://[::1]extra/",
    "http://host:port/", "http://host:99999999/", "http://host:-1/", "http://a..b/", "http://.example.com/",
    "http://*.example.com/", "http://exa mple.com/", "http://exa\r\nmple.com/", f"http://{'a' * 64}.com/",
    f"http://{'a.' * 2000}com/", "http://host/" + "x" * 9000, "ftp://host/", "file:///etc/passwd",
    "mailto:me@example.com", "httpx://host/", "http+unix://%2Fsocket/", "javascript:alert(1)", "example.com",
    "http://\ud800/", "http://\x00/", "http://user:pw@/", "http://\u2603\u2603.\u3002com/",
]  # fmt: skip


@pytest.mark.parametrize("url", NO_ADDRESS, ids=lambda url: ascii(url)[:30])
def test_what_is_no_address_is_a_bad_target(url: str) -> None:
    outcome = send(call(url), timeout=SOON)

    assert outcome == Outcome(error="bad_target", seconds=outcome.seconds)


@hypothesis_settings(max_examples=200, deadline=None, database=None)
@given(st.one_of(st.text(), st.builds("http://127.0.0.1:9{}".format, st.text())))
def test_no_address_makes_a_call_raise(url: str) -> None:
    assert send(call(url), timeout=0.001).error not in ("", "error")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Test", "a\r\nX-Injected: b"),
        ("X-Test", "a\nb"),
        ("X-Test", "a\x00b"),
        ("X-Test", "\u2603"),
        ("X-Test", 1),
        ("X-Test", None),
        ("X Test", "a"),
        ("X-Test:", "a"),
        ("X-Test\r\nX-Injected", "a"),
        ("", "a"),
        ("\u2603", "a"),
    ],
    ids=ascii,
)
def test_a_header_that_cannot_be_sent_is_a_bad_target(name: str, value: Any) -> None:
    with Server(hostile.answer()) as server:
        outcome = send(Call(server.url(), b"{}", {name: value}), timeout=SOON)

    assert outcome.error == "bad_target"
    assert server.connections == 0


def test_a_path_may_hold_any_text() -> None:
    with Server(hostile.answer()) as server:
        outcome = post(server, "/h\u00f6\u00f6k \u2603?q=\u00fc&n=\n")

    assert outcome.ok
    assert server.requests[0].target == "/h%C3%B6%C3%B6k%20%E2%98%83?q=%C3%BC&n=%0A"


# What is told and what is not ----------------------------------------------------------------------------------------


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_(url: str) -> None:
        raise LookupError(f"nothing known of {url}")

    monkeypatch.setattr(transport, "_request", lambda call: break_(call.url))


def test_a_mistake_of_ours_is_an_outcome(breaking: None) -> None:
    outcome = send(call("http://127.0.0.1:9/secret"), timeout=SOON)

    assert outcome == Outcome(error="error", seconds=outcome.seconds)


def test_a_mistake_of_ours_is_logged_without_the_address(breaking: None, caplog: pytest.LogCaptureFixture) -> None:
    send(call("http://127.0.0.1:9/secret"), timeout=SOON)

    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage() == "openedx_webhooks: a call broke off by a mistake of this package"
    assert "LookupError" in caplog.text
    assert "in break_" in caplog.text
    assert "secret" not in caplog.text


def test_a_mistake_of_ours_among_many_calls_is_an_outcome_each(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transport, "_limits", lambda call: call.secret)

    outcomes = send_all([call("http://127.0.0.1:9/")] * 2, within=SOON)

    assert [outcome.error for outcome in outcomes] == ["error", "error"]
    assert "AttributeError" in caplog.text


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interruption_passes(kind: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(call: Call) -> None:
        raise kind

    monkeypatch.setattr(transport, "_request", interrupt)

    with pytest.raises(kind):
        send(call("http://127.0.0.1:9/"), timeout=SOON)


@pytest.mark.parametrize(
    "behaviour",
    [
        hostile.answer(b"secret", 200, "no header at all"),
        hostile.answer(b"secret", 500, "X-Secret: secret"),
        hostile.answer(b"", 302, "Location: /secret"),
        hostile.bytes_of(b"secret"),
        hostile.reset,
        hostile.close_at_once,
        hostile.hang,
    ],
)
def test_no_log_of_any_library_holds_an_address_or_a_body(
    behaviour: hostile.Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), Server(behaviour) as server:
        send(call(server.url("/secret?key=secret", userinfo="me:secret@"), b"secret", X_Key="secret"), timeout=SOON)

    assert "secret" not in caplog.text


def test_calls_of_others_are_logged_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), Server(hostile.answer()) as server:
        requests.post(server.url("/theirs"), timeout=5)

    assert "/theirs" in caplog.text


def test_calls_and_outcomes_do_not_show_their_secrets() -> None:
    made = Call("http://me:secret@host/secret", b"secret", {"X-Key": "secret"})
    outcome = Outcome(status=302, body=b"secret", location="/secret")

    assert "secret" not in repr(made)
    assert "secret" not in repr(outcome)


# Tools ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [(requests.ConnectionError, "connection"), (requests.ReadTimeout, "timeout"), (requests.ConnectTimeout, "timeout")],
)
def test_a_tool_that_replaces_the_adapters_send_sees_the_call(
    error: type[Exception], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def replaced(adapter: Any, request: requests.PreparedRequest, **kwargs: Any) -> None:
        seen.append(request.url)
        raise error("not in this test")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", replaced)

    outcome = send(call("http://receiver.test/hook"), timeout=SOON)

    assert seen == ["http://receiver.test/hook"]
    assert outcome.error == code


# Many ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def slow_receiver() -> Iterator[Server]:
    def behave(visit: hostile.Visit) -> None:
        while True:
            request = visit.request()
            visit.wait(0.1)
            visit.send(message(request.target.encode()))

    with Server(behave) as server:
        yield server


def test_no_calls_have_no_outcomes() -> None:
    assert send_all([], within=SOON) == []


@pytest.mark.parametrize("count", [1, 2, 10, 50])
def test_outcomes_come_in_the_order_of_the_calls(count: int, slow_receiver: Server) -> None:
    outcomes = send_all([call(slow_receiver.url(f"/{number}")) for number in range(count)], within=5)

    assert [outcome.body for outcome in outcomes] == [b"/%d" % number for number in range(count)]


def test_ten_receivers_take_little_longer_than_one(slow_receiver: Server) -> None:
    began = time.monotonic()

    outcomes = send_all([call(slow_receiver.url(f"/{number}")) for number in range(10)], within=5)

    assert all(outcome.ok for outcome in outcomes)
    assert time.monotonic() - began < 0.1 + SLACK


def test_a_single_call_is_made_on_the_callers_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "workers", None)
    with Server(hostile.answer()) as server:
        outcomes = send_all([call(server.url())], within=5)

    assert [outcome.status for outcome in outcomes] == [200]


def test_one_call_that_fails_does_not_touch_the_others() -> None:
    with Server(hostile.answer()) as server:
        outcomes = send_all([call(server.url()), call("http://[::1"), call(server.url("/other"))], within=5)

    assert [outcome.error for outcome in outcomes] == ["", "bad_target", ""]


@pytest.mark.parametrize("within", [0, -1])
def test_calls_without_time_are_not_made(within: float) -> None:
    with Server(hostile.answer()) as server:
        outcomes = send_all([call(server.url())] * 3, within=within)

    assert [outcome.error for outcome in outcomes] == ["timeout"] * 3
    assert server.connections == 0


def test_fifty_hostile_calls_end_together_at_the_deadline() -> None:
    behaviours = {f"/{name}": getattr(hostile, name) for name in SLOW}
    with Server(hostile.per_path(behaviours)) as server:
        began = time.monotonic()
        outcomes = send_all([call(server.url(f"/{SLOW[n % len(SLOW)]}")) for n in range(50)], within=SOON)
        took = time.monotonic() - began

    assert {outcome.error for outcome in outcomes} == {"timeout", "busy"}
    assert took < SOON + SLACK


def test_an_endpoint_that_hangs_holds_few_threads() -> None:
    with Server(hostile.hang) as server:
        send_all([call(server.url(f"/hook?n={n}")) for n in range(12)], within=SOON)

    assert len(server.requests) == transport.CALLS_PER_ENDPOINT + 1  # the caller's own thread makes one


def test_a_host_that_hangs_leaves_threads_for_others(settings: Any) -> None:
    settings.OPENEDX_WEBHOOKS = {"MAX_WORKERS": 4}
    with Server(hostile.hang) as dead, Server(hostile.answer(after=0.05)) as alive:
        calls = [call(dead.url(f"/{number}")) for number in range(8)] + [call(alive.url(f"/{n}")) for n in range(3)]
        outcomes = send_all(calls, within=2 * SOON)

    assert [outcome.ok for outcome in outcomes[8:]] == [True] * 3
    assert len(dead.requests) == 3 + 1


def test_a_call_that_finds_no_thread_is_busy_and_not_made(settings: Any) -> None:
    settings.OPENEDX_WEBHOOKS = {"MAX_WORKERS": 1}
    with Server(hostile.hang) as dead, Server(hostile.hang) as dead_too, Server(hostile.answer()) as alive:
        outcomes = send_all([call(dead.url()), call(dead_too.url()), call(alive.url())], within=SOON)

    assert [outcome.error for outcome in outcomes] == ["timeout", "timeout", "busy"]
    assert alive.connections == 0


def test_a_thread_that_does_not_come_back_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    real, come_back = transport._exchange, threading.Event()

    def stray(asked: Call) -> Outcome:
        if threading.current_thread().name == "openedx-webhooks-call":
            come_back.wait(10)
        return real(asked)

    monkeypatch.setattr(transport, "_exchange", stray)
    with Server(hostile.answer(after=0.1)) as server:
        began = time.monotonic()
        outcomes = send_all([call(server.url()), call(server.url("/other"))], within=SOON)
        took = time.monotonic() - began
        come_back.set()

    assert [outcome.error for outcome in outcomes] == ["", "timeout"]
    assert took < SOON + SLACK


def test_calls_get_through_while_every_thread_is_stuck(settings: Any) -> None:
    settings.OPENEDX_WEBHOOKS = {"MAX_WORKERS": 2}
    with Server(hostile.hang) as dead, Server(hostile.hang) as dead_too, Server(hostile.answer()) as alive:
        stuck = threading.Thread(
            target=send_all,
            args=([call(dead.url()), call(dead.url()), call(dead_too.url())],),
            kwargs={"within": 1.0},
        )
        stuck.start()
        assert eventually(lambda: len(dead.requests) + len(dead_too.requests) == 3)
        began = time.monotonic()
        outcomes = send_all([call(alive.url(f"/{number}")) for number in range(5)], within=1.0)
        took = time.monotonic() - began
        stuck.join()

    assert all(outcome.ok for outcome in outcomes)
    assert took < SLACK


def test_threads_and_sockets_do_not_leak() -> None:
    def ours() -> int:
        return sum(thread.name == "openedx-webhooks-call" for thread in threading.enumerate())

    with Server(hostile.answer()) as alive:
        send_all([call(alive.url(f"/{number}")) for number in range(20)], within=5)
    before = open_files()
    with Server(hostile.hang) as dead, Server(hostile.drip_body) as slow:
        for _ in range(2):
            send_all([call(server.url(f"/{n}")) for n in range(10) for server in (dead, slow)], within=0.1)
        assert eventually(lambda: dead.at_once + slow.at_once == 0)

    assert eventually(lambda: ours() <= app_settings.MAX_WORKERS)
    assert eventually(lambda: open_files() <= before)


def test_threads_do_not_hold_up_the_end_of_the_process() -> None:
    with Server(hostile.hang) as server:
        ran = run_apart(
            f"""
            import threading, time
            calls = [Call("{server.url()}%d" % n, b"", {{}}) for n in range(4)]
            threading.Thread(target=send_all, args=(calls,), kwargs={{"within": 60}}, daemon=True).start()
            time.sleep(0.3)
            """
        )
        assert len(server.requests) == 4

    assert ran == ""


# Processes -----------------------------------------------------------------------------------------------------------


def run_apart(program: str) -> str:
    """What ``program`` prints, run by a Python of its own."""
    begin = """
        import os, sys, threading, time
        import django
        django.setup()
        from openedx_webhooks.transport import Call, send, send_all
        from openedx_webhooks import guard, resolver, session, sockets, workers
    """
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(begin) + textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    ).stdout.strip()


def test_a_child_makes_its_own_connections_and_threads() -> None:
    with Server(hostile.answer()) as server:
        ran = run_apart(
            f"""
            calls = [Call("{server.url()}%d" % n, b"", {{"who": str(os.getpid())}}) for n in range(3)]
            print(*[outcome.status or outcome.error for outcome in send_all(calls, within=20)], flush=True)
            child = os.fork()
            calls = [Call(call.url, b"", {{"who": str(os.getpid())}}) for call in calls]
            print(*[outcome.status or outcome.error for outcome in send_all(calls, within=20)], flush=True)
            if not child:
                os._exit(0)
            print(os.waitpid(child, 0)[1])
            """
        )

    assert ran.split() == ["200"] * 9 + ["0"]
    assert len(server.requests) == 9
    assert len({request.header("who") for request in server.requests}) == 2


def test_a_child_takes_no_lock_that_a_thread_of_the_parent_held() -> None:
    with Server(hostile.answer()) as server:
        ran = run_apart(
            f"""
            calls = [Call("http://localhost:{server.port}/%d" % n, b"", {{}}) for n in range(3)]
            assert [outcome.status or outcome.error for outcome in send_all(calls, within=20)] == [200] * 3
            pools = session.session().get_adapter("http://").poolmanager.pools

            def hold():
                with workers.workers()._changed, resolver.resolver()._changed, sockets.trust()._lock, pools.lock:
                    held.set()
                    time.sleep(60)

            held = threading.Event()
            threading.Thread(target=hold, daemon=True).start()
            held.wait()
            child = os.fork()
            if not child:
                print(*[outcome.status or outcome.error for outcome in send_all(calls, within=20)], flush=True)
                os._exit(0)
            os.waitpid(child, 0)
            os._exit(0)
            """
        )

    assert ran == "200 200 200"
