"""The envelopes of events, the payload of filters, their encodings, and how large they may be."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import attrs
import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openedx_events.data import EventsMetadata

from openedx_webhooks import catalogue, samples, utils
from openedx_webhooks.exceptions import PayloadError
from openedx_webhooks.filters import StudentRegistrationRequestedWebFilter
from openedx_webhooks.payloads import (
    CLOUDEVENTS,
    CLOUDEVENTS_TYPE,
    ENVELOPES,
    FORM_TYPE,
    JSON_TYPE,
    NAMED,
    TYPED,
    FilterRun,
    event_body,
    filter_body,
    filter_payload,
    flatten_dict,
)  # fmt: skip
from tests import typed

LOGIN = catalogue.event("SESSION_LOGIN_COMPLETED")
DASHBOARD = catalogue.filter_named("DashboardRenderStarted")
REGISTRATION = catalogue.filter_named("StudentRegistrationRequested")
RUN = FilterRun(DASHBOARD, UUID(int=7), datetime(2026, 11, 24, 3, 45, 50, tzinfo=UTC))
METADATA = typed.metadata(LOGIN.event_type)
PLENTY = 1024 * 1024


def event_json(arguments: Any = None, payload_format: str = NAMED) -> Any:
    body = event_body(LOGIN, arguments or samples.event_arguments(LOGIN), METADATA, payload_format)
    return json.loads(body.content.decode("ascii"), parse_constant=pytest.fail)


def fields_of(content: bytes) -> dict[str, str]:
    return dict(parse_qsl(content.decode("ascii"), keep_blank_values=True))


# --- envelopes ----------------------------------------------------------------------------------------------------


def test_named_has_a_key_for_each_argument():
    assert event_json() == {
        "user": {
            "id": 42, "is_active": True, "pii": {"username": "jane", "email": "jane@example.com", "name": "Jane Doe"},
        },
        "event_metadata": {
            "event_type": "org.openedx.learning.auth.session.login.completed.v1",
            "id": "8d3ff5a2-6a0f-11f0-9f3a-1f0b9c2d7e64", "minorversion": 0, "source": "openedx/lms/web",
            "sourcehost": "example", "time": "2026-11-24T03:45:50.123456+00:00", "sourcelib": [11, 2, 0],
        },
    }  # fmt: skip


def test_typed_has_the_path_of_each_class_and_plain_times():
    payload = event_json(payload_format=TYPED)

    assert list(payload) == ["openedx_events.learning.data.UserData", "event_metadata"]
    assert payload["event_metadata"]["time"] == "2026-11-24 03:45:50.123456+00:00"


def test_typed_keeps_two_arguments_of_one_class_apart():
    """No event of openedx-events has them, but one of a site's own plugin may."""
    one, two = ({**samples.event_arguments(LOGIN)}["user"] for _ in range(2))
    path = "openedx_events.learning.data.UserData"

    payload = event_json({"user": one, "coach": two}, TYPED)

    assert list(payload) == [path, "coach", "event_metadata"]
    assert payload[path] == payload["coach"]


def test_a_cloudevent_has_the_attributes_of_its_specification():
    payload = event_json(payload_format=CLOUDEVENTS)

    assert payload.pop("data") == {"user": event_json()["user"]}
    assert payload == {
        "specversion": "1.0", "id": "8d3ff5a2-6a0f-11f0-9f3a-1f0b9c2d7e64", "source": "openedx/lms/web",
        "type": "org.openedx.learning.auth.session.login.completed.v1", "time": "2026-11-24T03:45:50.123456+00:00",
        "datacontenttype": "application/json", "minorversion": 0, "sourcehost": "example", "sourcelib": "11.2.0",
    }  # fmt: skip
    assert all(name.isalnum() and name.islower() for name in payload)


def test_a_filter_has_a_key_for_each_argument_and_says_what_it_is():
    assert filter_payload(RUN, {"template_name": "a.html", "context": {"a": 1}}, PLENTY) == {
        "template_name": "a.html",
        "context": {"a": 1},
        "event_metadata": {
            "event_type": "DashboardRenderStarted",
            "filter_type": "org.openedx.learning.dashboard.render.started.v1",
            "id": "00000000-0000-0000-0000-000000000007",
            "time": "2026-11-24T03:45:50+00:00",
        },
    }


def test_a_run_begins_now_and_has_an_id_of_its_own():
    one, two = FilterRun.begin(DASHBOARD), FilterRun.begin(DASHBOARD)

    assert one.id != two.id
    assert one.time.tzinfo == UTC
    assert abs((datetime.now(UTC) - one.time).total_seconds()) < 5


@pytest.mark.parametrize(
    ("payload_format", "form", "content_type"),
    [
        (NAMED, False, JSON_TYPE), (TYPED, False, JSON_TYPE), (CLOUDEVENTS, False, CLOUDEVENTS_TYPE),
        (NAMED, True, FORM_TYPE), (TYPED, True, FORM_TYPE), (CLOUDEVENTS, True, FORM_TYPE),
    ],
)  # fmt: skip
def test_a_body_says_what_it_is(payload_format, form, content_type):
    body = event_body(LOGIN, samples.event_arguments(LOGIN), METADATA, payload_format, form)

    assert body.content_type == content_type
    assert body.content.isascii()
    assert form or json.loads(body.content)


def test_an_envelope_that_is_none_is_refused():
    with pytest.raises(PayloadError, match="named, typed, cloudevents"):
        event_body(LOGIN, {}, METADATA, "xml")


@pytest.mark.parametrize("payload_format", ENVELOPES)
def test_an_argument_that_is_missing_is_null(payload_format):
    text = event_body(LOGIN, {"user": None}, METADATA, payload_format).content

    assert b'": null' in text


@pytest.mark.parametrize("payload_format", ENVELOPES)
@pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)
def test_every_event_goes_out_in_every_envelope(event, payload_format):
    body = event_body(event, samples.event_arguments(event), typed.metadata(event.event_type), payload_format)

    payload = json.loads(body.content)
    assert len(payload.get("data", payload)) >= len(event.arguments)
    assert "truncated" not in payload.get("event_metadata", payload)


# --- credentials and strangers in a form --------------------------------------------------------------------------


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_credentials_of_a_registration_stay_at_its_top_level(form):
    """The platform removes some of them, under the names it knows; a site's own form may have others."""
    data = QueryDict("name=Jane&password=s3cr3t&confirm_password=s3cr3t&csrfmiddlewaretoken=s3cr3t&id_token=s3cr3t")
    outgoing = StudentRegistrationRequestedWebFilter(REGISTRATION.filter_type, []).outgoing(form_data=data)

    content = filter_body(FilterRun.begin(REGISTRATION), outgoing, form).content

    assert b"s3cr3t" not in content
    assert b"Jane" in content


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_credentials_stay_in_every_encoding_and_depth(form, settings):
    settings.OPENEDX_WEBHOOKS = {"REDACTED_KEYS": ["national id"]}
    secret = {"password": "s3cr3t", "access-token": "s3cr3t", "NationalID": "s3cr3t", "kept": 1}

    content = filter_body(RUN, {**secret, "context": {**secret, "list": [secret, (secret,)]}}, form).content

    assert b"s3cr3t" not in content
    assert b"kept" in content


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_a_learner_cannot_write_the_metadata(form):
    evil = {"event_metadata": "evil", "event_metadata_id": "evil", "event_metadata_event_type": "evil", "name": "Jane"}

    content = filter_body(RUN, evil, form).content

    metadata = fields_of(content) if form else json.loads(content)
    assert metadata["event_metadata_id" if form else "event_metadata"] != "evil"
    assert not form or metadata["event_metadata_event_type"] == "DashboardRenderStarted"


# --- size ---------------------------------------------------------------------------------------------------------

LARGE = {
    "long text": {"text": "x" * 100_000, "small": 1},
    "long text that a form triples": {"text": "<é>" * 20_000, "small": 1},
    "many numbers": {"list": list(range(50_000)), "small": 1},
    "many objects": {"list": [{"number": number, "name": "é/"} for number in range(50_000)], "small": 1},
    "many fields": {f"field {number}": "x" for number in range(50_000)},
    "long names": {f"{'n' * 900} {number}": {"a": number, "b": number} for number in range(5_000)},
    "long names above many": {"n" * 1000: {"m" * 1000: {str(number): number for number in range(15_000)}}},
    "names that are too long": {"n" * 5_000: 1, "small": 1},
    "deep": {"a": {"b": {"c": [{"d": ["x" * 10] * 10_000}]}}},
    "nothing at all": {"list": [None] * 50_000},
}
LIMITS = [1000, 5_000, 50_000, PLENTY]


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
@pytest.mark.parametrize("context", LARGE.values(), ids=LARGE)
@pytest.mark.timeout(20)
def test_a_body_is_never_larger_than_the_setting_says(context, form, limit, settings):
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": limit}

    content = filter_body(RUN, {"context": context, "template_name": "a.html"}, form).content

    assert len(content) <= limit
    told = fields_of(content) if form else json.loads(content)
    assert told["template_name"] == "a.html"
    if limit < 50_000:
        truncated = told["event_metadata_truncated"] if form else told["event_metadata"]["truncated"]
        assert truncated in ("True", True)
    if "small" in context and limit > 1000:
        assert (told["context_small"] if form else told["context"]["small"]) in ("1", 1)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("payload_format", ENVELOPES)
@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_so_is_that_of_an_event(payload_format, form, limit, settings):
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": limit}
    data = attrs.evolve(samples.event_arguments(LOGIN)["user"], pii={"text": "x" * PLENTY, "small": ["é"] * 200_000})

    body = event_body(LOGIN, {"user": data}, METADATA, payload_format, form)

    assert len(body.content) <= limit
    assert b"truncated" in body.content
    assert b"8d3ff5a2-6a0f-11f0-9f3a-1f0b9c2d7e64" in body.content


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_a_registration_of_a_million_bytes_of_fields_is_cut_too(form, settings):
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": 10_000}
    fields = {"name": "Jane", **{f"field-{number}": "é" * 500 for number in range(1000)}}

    content = filter_body(RUN, fields, form).content

    assert 5_000 < len(content) <= 10_000
    assert b"Jane" in content
    assert b"truncated" in content


def test_the_limit_is_used_up(settings):
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": 10_000}

    for form in (False, True):
        assert len(filter_body(RUN, {"context": {"a": list("x" * 9000)}}, False).content) > 9_900
        assert len(filter_body(RUN, {"context": dict.fromkeys(map(str, range(9000)), 1)}, form).content) > 9_900


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_what_just_fits_is_whole(form, settings):
    arguments = {"context": {"a": ["é", {"b": None}], "c": "x y"}, "template_name": "a.html"}
    whole = filter_body(RUN, arguments, form).content
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": len(whole) + 50}  # the room of "truncated" is kept free

    assert filter_body(RUN, arguments, form).content == whole


def test_the_envelope_goes_out_whatever_the_setting_says(settings):
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": 1}

    payload = json.loads(filter_body(RUN, {"context": {"a": 1}}).content)
    assert payload["event_metadata"]["event_type"] == "DashboardRenderStarted"
    assert payload["event_metadata"]["truncated"] is True
    assert b"event_metadata_truncated=True" in filter_body(RUN, {"context": {"a": 1}}, form=True).content


def test_metadata_of_any_length_is_bounded():
    metadata = EventsMetadata("x" * 100, source="s" * PLENTY)

    payload = json.loads(event_body(LOGIN, samples.event_arguments(LOGIN), metadata).content)

    assert payload["user"]["id"] == 42
    assert "source" not in payload["event_metadata"]


def test_the_order_of_the_arguments_stays():
    """Small ones are rendered first, but stand where they stood."""
    assert list(filter_payload(RUN, {"b": {"x": 1}, "a": 1, "d": {}, "c": None}, PLENTY)) == [
        "b", "a", "d", "c", "event_metadata",
    ]  # fmt: skip


NESTS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.one_of(st.text(), st.integers()), inner)),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), NESTS), st.integers(400, 1200), st.booleans())
@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_arguments_fit(arguments, limit, form):
    from django.test import override_settings

    with override_settings(OPENEDX_WEBHOOKS={"MAX_PAYLOAD_BYTES": limit}):
        content = filter_body(RUN, arguments, form).content

    assert len(content) <= limit
    told = fields_of(content) if form else json.loads(content)
    assert (told["event_metadata_id"] if form else told["event_metadata"]["id"]) == str(RUN.id)


# --- form encoding ------------------------------------------------------------------------------------------------

FLAT = [
    # As the original, run on the same dictionaries, flattened them.
    ({}, {}),
    ({"a": {"b": 1}}, {"a_b": "1"}),
    ({"a": {"b": {"c": 1}}, "d": 2}, {"a_b_c": "1", "d": "2"}),
    ({"": {"a": 1}}, {"a": "1"}),
    ({"a": {"": 1}}, {"a_": "1"}),
    ({"_": {"x": 1}}, {"__x": "1"}),
    ({"a": {}}, {}),
    ({"a": {"b": {"c": {}}}}, {}),
    ({"a": {"b": 1}, "a_b": 2}, {"a_b": "2"}),
    ({"a_b": 2, "a": {"b": 1}}, {"a_b": "1"}),
    ({"a": [1, {"e": 2}], "t": (1, 2)}, {"a": "[1, {'e': 2}]", "t": "(1, 2)"}),
    ({"n": None, "x": True, "f": 1.5, "é": "é"}, {"n": "None", "x": "True", "f": "1.5", "é": "é"}),
    ({1: 2, None: 3}, {"1": "2", "None": "3"}),
    ({"a": {1: 2}}, {"a_1": "2"}),
    ({"a": OrderedDict(b=1)}, {"a_b": "1"}),
    # Which the original made a text of.
    ({"a": MappingProxyType({"b": 1})}, {"a_b": "1"}),
]


@pytest.mark.parametrize(("nested", "flat"), FLAT, ids=[str(nested) for nested, _ in FLAT])
def test_names_are_joined(nested, flat):
    assert flatten_dict(nested) == flat
    assert list(flatten_dict(nested)) == list(flat)


def test_other_code_may_call_it_as_it_could():
    assert utils.flatten_dict({"a": {"b": 1}}, "p") == {"p_a_b": "1"}
    assert utils.flatten_dict({"a": {"b": 1}}, parent_key="p", sep=".") == {"p.a.b": "1"}
    assert utils.flatten_dict(dictionary={"a": {"b": 1}}) == {"a_b": "1"}


def test_a_form_has_the_names_of_the_readme():
    form = fields_of(event_body(LOGIN, samples.event_arguments(LOGIN), METADATA, form=True).content)

    assert form == {
        "user_id": "42",
        "user_is_active": "True",
        "user_pii_username": "jane",
        "user_pii_email": "jane@example.com",
        "user_pii_name": "Jane Doe",
        "event_metadata_event_type": "org.openedx.learning.auth.session.login.completed.v1",
        "event_metadata_id": "8d3ff5a2-6a0f-11f0-9f3a-1f0b9c2d7e64",
        "event_metadata_minorversion": "0",
        "event_metadata_source": "openedx/lms/web",
        "event_metadata_sourcehost": "example",
        "event_metadata_time": "2026-11-24T03:45:50.123456+00:00",
        "event_metadata_sourcelib": "[11, 2, 0]",
    }


def test_a_form_of_odd_values_is_ascii():
    value = {"é &=+%": "é\ud800\x00\n&=+", "list": ["é", None, {"a": 1}], "empty": {}, "none": None, 7: b"\xff"}

    form = fields_of(filter_body(RUN, {"context": value}, form=True).content)

    assert {name: text for name, text in form.items() if name.startswith("context")} == {
        "context_é &=+%": "é?\x00\n&=+", "context_list": "['é', None, {'a': 1}]", "context_none": "None",
        "context_7": "\ufffd",
    }  # fmt: skip
