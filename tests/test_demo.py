"""The demo's receiver takes whatever arrives; its pages are gone through in a browser by ``make demo-check``."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from demo.receiver.replies import CHOICES, EXCEPTIONS, REFUSAL, event_type
from demo.receiver.server import Receiver
from openedx_webhooks import catalogue, samples
from openedx_webhooks.payloads import FilterRun, filter_payload


def payload(name):
    filter_ = catalogue.filter_named(name)
    return filter_payload(FilterRun.begin(filter_), samples.filter_arguments(filter_), 100_000)


@pytest.fixture
def receiver():
    with Receiver(0, "http://127.0.0.1:8000") as one:
        yield one.start()
        one.shutdown()


def answer(receiver, content):
    connection = HTTPConnection("127.0.0.1", receiver.server_port, timeout=5)
    connection.request("POST", "/webfilter", content, {"Content-Type": "application/json"})
    return connection.getresponse().status


@pytest.mark.parametrize("choice", [choice for choice in CHOICES if choice != "hang"])
@pytest.mark.parametrize("content", [b"hello", b"[1]", b"{}", b'{"event_metadata": 1}', b'{"event_metadata": {}}', b""])
def test_what_it_does_not_understand_is_answered_and_shown(receiver, choice, content):
    receiver.choice = choice

    assert answer(receiver, content) == 204
    assert receiver.calls[-1].status == 204


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_each_filter_of_the_campus_is_refused_with_an_exception_that_it_has(name):
    reply = CHOICES["refuse"].reply(payload(name), "")

    assert reply.content == {"exception": {EXCEPTIONS[name]: REFUSAL}}
    assert EXCEPTIONS[name] in catalogue.filter_named(name).exceptions


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"event_metadata": {"event_type": "A"}}, "A"),
        ({"event_metadata_event_type": "B"}, "B"),
        ({"specversion": "1.0", "type": "C"}, "C"),
        ("hello", ""),
    ],
)
def test_json_forms_and_cloudevents_say_what_they_are_about(content, expected):
    assert event_type(content) == expected
