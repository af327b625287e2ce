"""One HTTP call, and many in parallel: a ``Call`` goes in, an ``Outcome`` comes out, and no exception.

Everything has a bound: the time (``sockets.py``), the threads (``workers.py``), and the reply, which is cut off at
``MAX_REPLY_BYTES`` whatever its headers say. Redirects are not followed, cookies not kept, proxies and ``.netrc`` of
the environment not used. What is sent is what the caller says, plus what HTTP needs.

Nothing here logs an address, a body or a header: the addresses of receivers hold secrets.
"""

from __future__ import annotations

import logging
import queue
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.util import SKIP_HEADER

from .answers import read_reply, what_broke
from .app_settings import app_settings
from .exceptions import BadReply, BadTarget, CallError, CallTimeout, PoolFull
from .session import session
from .sockets import deadline, time_left
from .workers import Job, workers

log = logging.getLogger(__name__)

# The ``Outcome.error`` of a 3xx, beside the codes of ``CallError``.
REDIRECTED = "redirected"

# Calls to one endpoint that may hold a thread at the same time, so that a dead one leaves threads for the others.
# An endpoint is an address without its query: n8n, Zapier and the like put unrelated receivers on one host, told apart
# by the path, while the query only carries parameters.
CALLS_PER_ENDPOINT = 4

# The part of the threads that calls to one host may hold: with ten endpoints on a dead host there is a rest.
SHARE_PER_HOST = 0.75

# The part of its time after which a call that found no thread is given up ("busy"). What is left later would be too
# short, and a timeout would be held against an endpoint that had no chance.
SHARE_FOR_WAITING = 0.5

# Seconds that a thread may need to hand over an outcome when its time has ended.
GRACE = 0.02

# No call takes longer, whatever is asked for; sockets accept no infinity.
LONGEST = 3600.0

# Longer addresses are refused (RFC 9110, 4.1, asks for 8000 to work).
MAX_URL = 8000

# Headers that only the transport can know: they say how this one message is framed.
OWN_HEADERS = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Call:
    """One POST to make. Its ``repr`` shows nothing of it: there are secrets in every field."""

    url: str = field(repr=False)
    """http or https; ``user:password@`` in it is sent as basic authentication."""
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """Sent as they are, but for those of ``OWN_HEADERS``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call; never an exception."""

    status: int | None = None
    """The HTTP status; None when there was no intelligible answer."""
    body: bytes = field(default=b"", repr=False)
    """The reply, unpacked, at most ``MAX_REPLY_BYTES``; empty whenever there is an error."""
    error: str = ""
    """Empty, a ``CallError.code``, or ``REDIRECTED``. A 4xx or 5xx whose body is unreadable has status and error."""
    seconds: float = 0.0
    """Wall clock, from when the call was made: not the wait for a thread."""
    location: str = field(default="", repr=False)
    """Where a 3xx pointed, as the receiver wrote it."""

    @property
    def ok(self) -> bool:
        """A 2xx, and all of it arrived."""
        return self.status is not None and 200 <= self.status < 300 and not self.error


def send(call: Call, *, timeout: float) -> Outcome:
    """Make ``call`` on this thread, within ``timeout`` seconds of wall clock. Raises no ``Exception``."""
    return _send_until(call, _ends(timeout))


def send_all(calls: Sequence[Call], *, within: float) -> list[Outcome]:
    """Make ``calls`` in parallel, all within ``within`` seconds of wall clock together. Raises no ``Exception``.

    The outcomes come in the order of the calls. This thread makes the first call, and after that whatever no other
    thread has taken yet; so a single call needs no thread, and calls get through while every thread is stuck.
    """
    if len(calls) < 2 or not within > 0:
        return [send(call, timeout=within) for call in calls]
    try:
        return _Batch(calls, within).outcomes()
    except Exception as error:
        _confess(error)
        return [Outcome(error=CallError.code) for _ in calls]


class _Batch:
    """Calls that end together."""

    def __init__(self, calls: Sequence[Call], within: float) -> None:
        now = time.monotonic()
        self.ends = _ends(within)
        self.begin_by = now + (self.ends - now) * SHARE_FOR_WAITING
        self.made: list[Outcome] = [Outcome(error=CallTimeout.code) for _ in calls]
        self.done: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.jobs = [Job(partial(self.make, index, call), _limits(call)) for index, call in enumerate(calls)]

    def outcomes(self) -> list[Outcome]:
        """Run everything; what has not reported at the end ran out of time."""
        mine, others = self.jobs[0], self.jobs[1:]
        workers().offer(others)
        try:
            mine.run()
            for job in others:
                if workers().withdraw(job):
                    job.run()
            for _ in self.jobs:
                self.done.get(timeout=max(0.0, self.ends + GRACE - time.monotonic()))
        except queue.Empty:
            pass
        finally:
            workers().withdraw_all(others)
        return list(self.made)

    def make(self, index: int, call: Call) -> None:
        """Make one call, on whatever thread, unless its time to begin has passed."""
        try:
            late = index > 0 and time.monotonic() > self.begin_by
            self.made[index] = Outcome(error=PoolFull.code) if late else _send_until(call, self.ends)
        finally:
            self.done.put(index)


def _limits(call: Call) -> tuple[tuple[str, int], ...]:
    """How many calls like this one may hold a thread: per endpoint, and per host."""
    endpoint = re.split(r"[?#]", str(call.url), maxsplit=1)[0]
    host = "/".join(endpoint.split("/", 3)[:3])
    return (
        (f"endpoint {endpoint}", CALLS_PER_ENDPOINT),
        (f"host {host}", max(1, int(app_settings.MAX_WORKERS * SHARE_PER_HOST))),
    )


def _ends(seconds: float) -> float:
    """When a call that has ``seconds`` must be over; something that is no number has none."""
    return time.monotonic() + min(seconds, LONGEST) if seconds > 0 else 0.0


def _send_until(call: Call, ends: float) -> Outcome:
    began = time.monotonic()
    try:
        with deadline(ends):
            outcome = _exchange(call)
    except Exception as error:
        if (meaning := what_broke(error)) is None:
            _confess(error)
        outcome = Outcome(error=(meaning or CallError).code)
    return replace(outcome, seconds=time.monotonic() - began)


def _confess(error: Exception) -> None:
    """Log a mistake of ours with its traceback, but without its text, which may hold an address."""
    told = CallError(type(error).__name__).with_traceback(error.__traceback__)
    log.error("openedx_webhooks: a call broke off by a mistake of this package", exc_info=told)


def _exchange(call: Call) -> Outcome:
    request = _request(call)
    response = session().send(request, timeout=time_left(), stream=True, allow_redirects=False)
    try:
        return _answer(response)
    finally:
        response.close()  # only what was read to its end is kept alive


def _answer(response: requests.Response) -> Outcome:
    status = response.status_code
    if 300 <= status < 400:
        return Outcome(status=status, error=REDIRECTED, location=response.headers.get("Location", "")[:MAX_URL])
    if status < 200:
        raise BadReply("This is not the end of an exchange.")
    try:
        return Outcome(status=status, body=read_reply(response))
    except Exception as error:
        meaning = what_broke(error)
        if status < 400 or meaning is None:
            raise
        return Outcome(status=status, error=meaning.code)


def _request(call: Call) -> requests.PreparedRequest:
    """What goes over the wire, or ``BadTarget``."""
    if len(call.url) > MAX_URL or not call.url.lower().startswith(("http://", "https://")):
        raise BadTarget("This is no address that can be called.")
    try:
        asked = requests.Request("POST", call.url, headers=_headers(call), data=call.body)
        return session().prepare_request(asked)
    except (requests.RequestException, ValueError) as error:
        raise BadTarget("This address cannot be called.") from error


def _headers(call: Call) -> Mapping[str, str]:
    headers = CaseInsensitiveDict({"User-Agent": SKIP_HEADER})  # or urllib3 adds its own
    for name, value in call.headers.items():
        if not (_matches(HEADER_NAME, name) and _matches(HEADER_VALUE, value)):
            raise BadTarget("A header cannot be sent.")
        if name.lower() not in OWN_HEADERS:
            headers[name] = value.strip(" \t")
    headers["Accept-Encoding"] = "identity"
    return headers


def _matches(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None
