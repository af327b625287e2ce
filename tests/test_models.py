"""What an operator may configure, what is refused, and what the refusal says."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from openedx_webhooks import catalogue
from openedx_webhooks.models import Webfilter, Webhook

URL = "https://hooks.example.com/in"


def problems(endpoint):
    """The refusal of each field, as text."""
    try:
        endpoint.full_clean()
    except ValidationError as error:
        return {field: " ".join(messages) for field, messages in error.message_dict.items()}
    return {}


def webhook(**values):
    return Webhook(**{"event": "COURSE_ENROLLMENT_CREATED", "webhook_url": URL} | values)


def webfilter(**values):
    return Webfilter(**{"event": "StudentLoginRequested", "webhook_url": URL} | values)


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/in",
        "http://n8n:5678/webhook/x",
        "http://lms",
        "http://my_service:8000/x",
        "http://localhost:8000",
        "http://user:password@hooks.example.com/",
        "http://127.0.0.1/",
        "http://[::1]:8080/x",
        "https://bücher.example/x",
        "https://example.com./x",
        "https://example.com?q=1#part",
        "HTTPS://EXAMPLE.COM/",
    ],
)
def test_an_http_address_with_any_host_is_accepted(url):
    assert problems(webhook(webhook_url=url)) == {}


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("", "cannot be blank"),
        ("ftp://example.com/x", "http://"),
        ("javascript:alert(1)", "http://"),
        ("file:///etc/passwd", "http://"),
        ("//example.com/x", "http://"),
        ("example.com/x", "http://"),
        ("/dashboard", "http://"),
        ("http://", "host name"),
        ("http:///x", "host name"),
        ("http://:8000/x", "host name"),
        ("http://a..b/x", "host name"),
        ("http://user@/x", "host name"),
        ("http://ex%61mple.com/", "host name"),
        ("http://[::1/x", "brackets"),
        ("http://[nonsense]/x", "brackets|host name"),
        ("http://example.com:99999/", "port"),
        ("http://example.com:0/", "port"),
        ("http://example.com:http/", "port"),
        ("http://example.com/a b", "blanks"),
        ("http://exa\tmple.com/", "blanks"),
        ("http://example.com/\n", "blanks"),
        ("http://example.com/\x00", "blanks|[Nn]ull"),
        ("http://example.com/\u200b", "blanks"),
        ("http://good.example\\@evil.example/", "slashes"),
        ("https://example.com/" + "x" * 255, "255"),
    ],
)
def test_another_address_is_refused_and_the_refusal_says_what_to_do(url, advice):
    refusal = problems(webhook(webhook_url=url))["webhook_url"]

    assert re.search(advice, refusal)


@pytest.mark.parametrize("url", ["/dashboard", "/", "/courses/x?next=/y", "https://example.com/sorry", "http://lms/x"])
def test_a_redirect_is_an_address_or_a_path_of_this_site(url):
    assert problems(webfilter(halt_on_4xx=True, redirect_on_4xx=url)) == {}


@pytest.mark.parametrize(
    "url", ["//evil.example/x", "/\\evil.example", "dashboard", "ftp://example.com/", "javascript:alert(1)", "/a b"]
)
@pytest.mark.parametrize(("halt", "redirect"), Webfilter.HALTS)
def test_another_redirect_is_refused(url, halt, redirect):
    assert redirect in problems(webfilter(**{halt: True, redirect: url}))


def test_a_refused_redirect_says_what_would_do():
    refusal = problems(webfilter(halt_on_4xx=True, redirect_on_4xx="dashboard"))["redirect_on_4xx"]

    assert "/dashboard" in refusal


# --- payload format -------------------------------------------------------------------------------------------------


def test_a_new_webhook_sends_named_payloads():
    assert webhook().payload_format == "named"


@pytest.mark.parametrize("payload_format", ["named", "typed"])
def test_a_form_can_be_named_or_typed(payload_format):
    assert problems(webhook(payload_format=payload_format, use_www_form_encoding=True)) == {}


def test_cloudevents_are_json():
    assert problems(webhook(payload_format="cloudevents")) == {}


def test_cloudevents_cannot_be_a_form():
    refusal = problems(webhook(payload_format="cloudevents", use_www_form_encoding=True))["payload_format"]

    assert "untick Use WWW form encoding" in refusal


def test_another_payload_format_is_refused():
    assert "payload_format" in problems(webhook(payload_format="xml"))


# --- halts and redirects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("halt", "redirect"), Webfilter.HALTS)
def test_a_redirect_needs_its_halt(halt, redirect):
    refusal = problems(webfilter(**{redirect: "/dashboard"}))[redirect]

    assert refusal == f"Tick {Webfilter._meta.get_field(halt).verbose_name} or clear the redirect."


@pytest.mark.parametrize(("halt", "redirect"), Webfilter.HALTS)
def test_a_redirect_with_its_halt_is_accepted(halt, redirect):
    assert problems(webfilter(**{halt: True, redirect: "/dashboard"})) == {}


@pytest.mark.parametrize(("halt", "redirect"), Webfilter.HALTS)
def test_a_filter_without_exceptions_cannot_halt(halt, redirect):
    refusals = problems(webfilter(event="CourseHomeUrlCreationStarted", **{halt: True, redirect: "/dashboard"}))

    assert "defines no exceptions" in refusals[halt]
    assert "Clear the redirect" in refusals[redirect]


def test_a_filter_whose_exceptions_do_not_redirect_can_halt_and_not_redirect(monkeypatch):
    monkeypatch.setattr(catalogue, "filter_named", lambda name: SimpleNamespace(halts=True, redirects=False))

    assert list(problems(webfilter(halt_on_4xx=True, redirect_on_4xx="/dashboard"))) == ["redirect_on_4xx"]


def test_of_a_filter_that_the_libraries_lack_nothing_is_assumed():
    assert problems(webfilter(event="NoSuchFilter", halt_on_4xx=True, redirect_on_4xx="/dashboard")) == {}


# --- text -----------------------------------------------------------------------------------------------------------


def test_a_webhook_reads_as_its_event_and_address():
    assert str(webhook()) == "Webhook for COURSE_ENROLLMENT_CREATED to https://hooks.example.com/in"


def test_a_webfilter_reads_as_its_event_and_address():
    assert str(webfilter()) == "Webhook filter for StudentLoginRequested to https://hooks.example.com/in"


@pytest.mark.parametrize("make", [webhook, webfilter])
def test_no_secret_of_an_address_is_in_the_text(make):
    text = str(make(webhook_url="https://me:hunter2@example.com/in?token=abc123"))

    assert "hunter2" not in text
    assert "abc123" not in text


@pytest.mark.parametrize("model", [Webhook, Webfilter])
def test_every_model_says_what_personal_data_it_holds(model):
    assert ".. no_pii:" in model.__doc__


@pytest.mark.parametrize("model", [Webhook, Webfilter])
def test_any_event_name_up_to_255_characters_can_be_stored(model):
    assert "event" not in problems(model(event="x" * 255, webhook_url=URL))


# --- order ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_webfilters_come_by_priority_then_age():
    first, second = webfilter(), webfilter()
    early = webfilter(priority=-1)
    for endpoint in (first, second, early):
        endpoint.save()

    assert list(Webfilter.objects.all()) == [early, first, second]
