"""Every event of the installed libraries, sent as the platform sends it, arrives at whoever listens."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.models import F

from openedx_webhooks import catalogue, receivers, registry, samples

EVENTS = pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)


def send(name: str, **overrides):
    event = catalogue.event(name)
    event.signal.send_event(send_robust=False, **{**samples.event_arguments(event), **overrides})


@EVENTS
def test_it_arrives_exactly_once_with_the_keys_of_the_readme(event, webhook, receiver, commit):
    webhook(event.name)

    with commit():
        event.signal.send_event(send_robust=False, **samples.event_arguments(event))

    [request] = receiver.requests
    payload = request.json
    assert list(payload) == [*event.arguments, "event_metadata"]
    assert payload["event_metadata"]["event_type"] == event.event_type
    assert datetime.fromisoformat(payload["event_metadata"]["time"]).tzinfo == UTC
    assert all(payload[argument] for argument in event.arguments)
    assert "object at 0x" not in request.body.decode()


@EVENTS
def test_it_arrives_under_the_path_of_its_class_for_rows_of_the_original(event, webhook, receiver, commit):
    webhook(event.name, payload_format="typed")
    arguments = samples.event_arguments(event)

    with commit():
        event.signal.send_event(send_robust=False, **arguments)

    [request] = receiver.requests
    paths = [f"{type(value).__module__}.{type(value).__qualname__}" for value in arguments.values()]
    assert list(request.json) == [*paths, "event_metadata"]


@EVENTS
def test_it_arrives_as_a_cloudevent(event, webhook, receiver, commit):
    webhook(event.name, payload_format="cloudevents")

    with commit():
        event.signal.send_event(send_robust=False, **samples.event_arguments(event))

    [request] = receiver.requests
    assert request.headers["Content-Type"] == "application/cloudevents+json"
    assert request.json["specversion"] == "1.0"
    assert request.json["type"] == event.event_type
    assert request.json["id"] == request.headers["webhook-id"]
    assert list(request.json["data"]) == list(event.arguments)


@EVENTS
def test_it_arrives_as_a_form(event, webhook, receiver, commit):
    webhook(event.name, use_www_form_encoding=True)

    with commit():
        event.signal.send_event(send_robust=False, **samples.event_arguments(event))

    [request] = receiver.requests
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.form["event_metadata_event_type"] == event.event_type
    assert all(any(name.startswith(argument) for name in request.form) for argument in event.arguments)


@EVENTS
def test_with_nobody_listening_it_costs_no_query(event, db, django_assert_num_queries):
    registry.webhooks(event.name)  # the one refresh of this process
    arguments = samples.event_arguments(event)

    with django_assert_num_queries(0):
        event.signal.send_event(send_robust=False, **arguments)


def test_two_events_of_one_type_are_two_events():
    """On Redwood and Sumac a response and its comment share an event type."""
    names = {catalogue.event_of(event.signal).name for event in catalogue.events()}

    assert len(names) == len(catalogue.events())


def test_all_webhooks_of_an_event_are_called(webhook, receiver, commit):
    for path in ("one", "two", "three"):
        webhook("SESSION_LOGIN_COMPLETED", path)

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert sorted(request.path for request in receiver.requests) == ["/one", "/three", "/two"]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_a_webhook_that_fails_keeps_no_other_from_being_called(webhook, receiver, commit):
    webhook("SESSION_LOGIN_COMPLETED", webhook_url="http://127.0.0.1:9/")
    webhook("SESSION_LOGIN_COMPLETED", "works")
    receiver.answer(b"", 500)

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert len(receiver.got("works")) == 1


def test_a_disabled_webhook_is_not_called(webhook, receiver, commit):
    webhook("SESSION_LOGIN_COMPLETED", enabled=False)

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert not receiver.requests


def test_everything_can_be_turned_off_by_one_setting(webhook, receiver, commit, settings):
    webhook("SESSION_LOGIN_COMPLETED")
    settings.OPENEDX_WEBHOOKS = {"ENABLED": False}

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert not receiver.requests


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_announced(webhook, receiver):
    webhook("COURSE_ENROLLMENT_CREATED")

    with pytest.raises(RuntimeError), transaction.atomic():
        send("COURSE_ENROLLMENT_CREATED")
        raise RuntimeError

    assert not receiver.requests


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_to_a_savepoint_is_never_announced(webhook, receiver):
    webhook("COURSE_ENROLLMENT_CREATED")

    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            send("COURSE_ENROLLMENT_CREATED")
            raise RuntimeError
        send("COURSE_ENROLLMENT_CREATED")

    assert len(receiver.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_announced_after_the_commit_with_the_data_of_its_moment(webhook, receiver, django_user_model):
    from openedx_webhooks.models import Webhook

    row = webhook("COURSE_ENROLLMENT_CREATED")
    arguments = samples.event_arguments(catalogue.event("COURSE_ENROLLMENT_CREATED"))

    with transaction.atomic():
        send("COURSE_ENROLLMENT_CREATED", **arguments)
        Webhook.objects.filter(pk=row.pk).update(webhook_url=F("webhook_url"))
        assert not receiver.requests

    assert receiver.last.json["enrollment"]["mode"] == arguments["enrollment"].mode


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_is_announced_at_once(webhook, receiver):
    webhook("COURSE_ENROLLMENT_CREATED")

    send("COURSE_ENROLLMENT_CREATED")

    assert len(receiver.requests) == 1


def test_a_receiver_never_raises_into_the_platform(webhook, monkeypatch, settings):
    """Under DEBUG the platform does not catch what a receiver raises."""
    settings.DEBUG = True
    webhook("SESSION_LOGIN_COMPLETED")
    monkeypatch.setattr("openedx_webhooks.receivers.dispatch.announce", lambda *args: 1 / 0)

    send("SESSION_LOGIN_COMPLETED")


def test_what_fails_on_commit_does_not_lose_the_callbacks_of_others(webhook, monkeypatch, commit):
    webhook("SESSION_LOGIN_COMPLETED")
    monkeypatch.setattr("openedx_webhooks.dispatch.transport.send_all", lambda *args, **kwargs: 1 / 0)
    done = []

    with commit():
        send("SESSION_LOGIN_COMPLETED")
        transaction.on_commit(lambda: done.append(True))

    assert done == [True]


def test_the_receiver_is_a_plain_function_that_returns_nothing(db):
    """``send_event`` reads the name of its receivers and logs what they return."""
    event = catalogue.event("SESSION_LOGIN_COMPLETED")
    answers = dict(event.signal.send_event(**samples.event_arguments(event)))

    assert receivers.forward.__name__ == "forward"
    assert answers[receivers.forward] is None


def test_an_event_without_metadata_gets_its_own(webhook, receiver, commit):
    webhook("SESSION_LOGIN_COMPLETED")
    event = catalogue.event("SESSION_LOGIN_COMPLETED")

    with commit():
        receivers.forward(signal=event.signal, **samples.event_arguments(event))

    assert receiver.last.json["event_metadata"]["event_type"] == event.event_type


def test_a_login_shows_the_keys_that_the_readme_shows(webhook, receiver, commit):
    webhook("SESSION_LOGIN_COMPLETED")

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert receiver.last.json["user"] == {
        "id": 42,
        "is_active": True,
        "pii": {"username": "jane", "email": "jane@example.com", "name": "Jane Doe"},
    }
    assert set(receiver.last.json["event_metadata"]) == {
        "event_type", "id", "minorversion", "source", "sourcehost", "sourcelib", "time",
    }  # fmt: skip


def test_the_headers_say_who_calls_and_which_message_it_is(webhook, receiver, commit):
    webhook("SESSION_LOGIN_COMPLETED")

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    headers = receiver.last.headers
    assert headers["User-Agent"].startswith("openedx-webhooks/")
    assert headers["Accept"] == "application/json"
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == receiver.last.json["event_metadata"]["id"]
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60


def test_one_envelope_that_cannot_be_rendered_does_not_keep_the_others_back(webhook, receiver, commit, monkeypatch):
    webhook("SESSION_LOGIN_COMPLETED", "named")
    webhook("SESSION_LOGIN_COMPLETED", "broken", payload_format="no such format")

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert [request.path for request in receiver.requests] == ["/named"]


def test_failures_are_logged_without_addresses_and_bodies(webhook, receiver, commit, caplog):
    webhook("SESSION_LOGIN_COMPLETED", "hook?token=s3cr3t")
    receiver.answer(b"", 503)

    with commit():
        send("SESSION_LOGIN_COMPLETED")

    assert "SESSION_LOGIN_COMPLETED failed: HTTP 503" in caplog.text
    assert "s3cr3t" not in caplog.text
    assert "jane@example.com" not in caplog.text


def test_every_payload_is_ascii_json_without_nan(webhook, receiver, commit):
    webhook("TRACKING_EVENT_EMITTED")
    event = catalogue.event("TRACKING_EVENT_EMITTED")
    [(name, sample)] = samples.event_arguments(event).items()

    with commit():
        event.signal.send_event(**{name: type(sample)("\ud800é", sample.timestamp, "{}", "{}")})

    payload = json.loads(receiver.last.body.decode("ascii"), parse_constant=pytest.fail)
    assert payload[name]["name"] == "?é"
