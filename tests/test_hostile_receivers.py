"""Whatever a receiver does, a login waits no longer and a process takes no more memory than the settings say."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from django.http import QueryDict

from openedx_webhooks import catalogue, samples
from openedx_webhooks.models import Webfilter, Webhook
from tests import hostile

REGISTRATION = "StudentRegistrationRequested"
TIMEOUT = 0.4  # seconds
MARGIN = 0.6  # seconds that a busy machine may add
MEMORY = 4 * 1024 * 1024  # bytes

RECEIVERS = {
    "drips its status line": hostile.drip_status,
    "drips its header": hostile.drip_headers,
    "drips its body": hostile.drip_body,
    "drips its chunks": hostile.drip_chunks,
    "hangs": hostile.hang,
    "reads nothing": hostile.read_nothing,
    "continues forever": hostile.continue_forever,
    "sends headers forever": hostile.headers_forever,
    "sends 64 MiB": hostile.mib(64),
    "sends 64 MiB without saying so": hostile.mib(64, declared=False),
    "sends 64 MiB in chunks": hostile.mib(64, chunked=True),
    "sends a gzip bomb": hostile.answer(hostile.bomb(), 200, "Content-Encoding: gzip"),
    "closes at once": hostile.close_at_once,
    "closes after the request": hostile.close_after_request,
    "resets": hostile.reset,
    "redirects": hostile.answer(b"", 302, "Location: http://127.0.0.1:9/elsewhere"),
    "redirects with 307": hostile.answer(b"", 307, "Location: http://127.0.0.1:9/elsewhere"),
    "is no web server": hostile.bytes_of(b"220 smtp.example.com ESMTP\r\n"),
    "sends half of what it says": hostile.bytes_of(hostile.head(200, "Content-Length: 100") + b'{"data": {'),
}
HOSTILE = pytest.mark.parametrize("behaviour", RECEIVERS.values(), ids=RECEIVERS)


@pytest.fixture(autouse=True)
def short_of_time(settings):
    settings.OPENEDX_WEBHOOKS = {"FILTER_TIMEOUT": TIMEOUT, "TIMEOUT": TIMEOUT, "CONNECT_TIMEOUT": TIMEOUT}


def register():
    form = QueryDict(mutable=True)
    form["name"] = "Jane Doe"
    return catalogue.filter_named(REGISTRATION).cls.run_filter(form_data=form)


def seconds_and_bytes(function):
    """How long it took, and how much memory it needed at most."""
    tracemalloc.start()
    began = time.monotonic()
    try:
        function()
        return time.monotonic() - began, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@HOSTILE
def test_a_registration_goes_on_in_time_and_in_memory(behaviour, db):
    with hostile.Server(behaviour) as server:
        Webfilter.objects.create(event=REGISTRATION, webhook_url=server.url("/"))

        seconds, memory = seconds_and_bytes(lambda: register()["name"] == "Jane Doe" or pytest.fail("changed"))

    assert seconds < TIMEOUT + MARGIN
    assert memory < MEMORY


@HOSTILE
def test_a_gate_that_must_fail_closed_does(behaviour, db):
    with hostile.Server(behaviour) as server:
        Webfilter.objects.create(event=REGISTRATION, webhook_url=server.url("/"), halt_on_request_exception=True)

        with pytest.raises(catalogue.filter_named(REGISTRATION).exceptions["PreventRegistration"]) as stop:
            register()

    assert stop.value.status_code == 403
    assert "127.0.0.1" not in str(stop.value)


@HOSTILE
def test_an_event_is_announced_to_the_others_too(behaviour, db, receiver, commit):
    event = catalogue.event("SESSION_LOGIN_COMPLETED")
    with hostile.Server(behaviour) as server:
        Webhook.objects.create(event=event.name, webhook_url=server.url("/"))
        Webhook.objects.create(event=event.name, webhook_url=receiver.on("works"))

        def announce():
            with commit():
                event.signal.send_event(**samples.event_arguments(event))

        seconds, memory = seconds_and_bytes(announce)

    assert len(receiver.got("works")) == 1
    assert seconds < TIMEOUT + MARGIN
    assert memory < MEMORY


def test_a_redirect_is_not_followed(db, receiver):
    """The original posted the learner's data to wherever the receiver pointed."""
    with hostile.Server(hostile.answer(b"", 307, f"Location: {receiver.url}")) as server:
        Webfilter.objects.create(event=REGISTRATION, webhook_url=server.url("/"))
        register()

    assert receiver.requests == []


def test_many_hostile_webfilters_take_no_longer_than_one(db, receiver):
    receiver.answer({"data": {"form_data": {"name": "Jane Q. Doe"}}})
    with hostile.Server(hostile.hang) as server:
        for number in range(5):
            Webfilter.objects.create(event=REGISTRATION, webhook_url=server.url(f"/{number}"))
        Webfilter.objects.create(event=REGISTRATION, webhook_url=receiver.on("works"))

        seconds, _ = seconds_and_bytes(lambda: register()["name"] == "Jane Q. Doe" or pytest.fail("not changed"))

    assert seconds < TIMEOUT + MARGIN
