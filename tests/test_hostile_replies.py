"""Whatever a webfilter answers, nothing but the filter's own exceptions leaves a step, and its arguments stay valid.

Replies are made up by Hypothesis for each filter, out of its own names and types, so that they get past the door: wrong
types, unknown names, other people's attributes, halves, huge and deep ones. Most are handed over where the call would
be made; some come from a real server.
"""

import json
import logging
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial, singledispatch
from math import ceil

import pytest
from django.db import models, transaction
from django.http import HttpResponse, QueryDict
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from opaque_keys import OpaqueKey

from openedx_webhooks import catalogue, dispatch, filters, replies
from openedx_webhooks.exceptions import ReplyError
from openedx_webhooks.models import Webfilter
from openedx_webhooks.transport import Outcome
from tests import lms
from tests.hostile import Server, bytes_of, half_chunk, half_sent, half_sent_500, head

REPLIES = 1000  # in all, whatever the number of filters
FILTERS = pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
SECRET = "zq9-a-value-that-belongs-in-no-log"

hostile = partial(
    settings,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a failure is shown as it is found: shrinking these takes minutes
    suppress_health_check=list(HealthCheck),
)

# --- values -------------------------------------------------------------------------------------------------------

BAD_TEXTS = [
    SECRET, "", " ", "x", "true", "False", "\0", "a\0b", "a\r\nSet-Cookie: a=b", "é", "\U0001f600", "x" * 300,
    "9" * 400, "javascript:alert(1)", "//evil.example.com", "/\\evil.example.com", "https://example.com/x",
    "http://[::1", "/path", "https://", "HTTPS://EXAMPLE.COM", "data:text/html,x", "/" + "x" * 3000,
    "ftp://example.com/", "https://a\u2100b/", "course-v1:A+B+C", "course-v1:A+B+" + "C" * 300, "library-v1:A+B",
    "A/B/C", "lib:A:B", "ccx-v1:A+B+C+ccx@1", "block-v1:A+B+C+type@problem+block@x", "course-v1:A+B+C\0",
    "2026-11-24T03:45:50+00:00", "2026-11-24", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "not a date",
    "1E+999999999", "NaN", "Infinity", "-1", "verified", "f", "b", "none", "../../etc/passwd", "{{ 7*7 }}", "utf-16",
    "rot13", "undefined", "text/html; charset=bogus", "text/html\r\nX: y", "hex", "idna",
]  # fmt: skip

BAD_NUMBERS = [
    0, 1, -1, 42, 200, 204, 301, 302, 403, 404, 599, 600, 99, 2**31, 2**63 - 1, 2**63, -(2**63), 10**30, 10**400,
    0.5, -0.0, 1e308, 1e-320,
]  # fmt: skip

TEXTS = st.sampled_from(BAD_TEXTS)
SCALARS = st.one_of(TEXTS, st.sampled_from(BAD_NUMBERS), st.booleans(), st.none(), st.text(max_size=8))

BAD_NAMES = [
    "__class__", "__dict__", "__init__", "__reduce__", "_state", "_meta", "_wrapped", "_result_cache", "args", "self",
    "cls", "message", "with_traceback", "add_note", "pk", "id", "pk__in", "save", "delete", "objects", "clean",
    "set_password", "password", "is_staff", "is_superuser", "is_active", "username", "email", "last_login",
    "date_joined", "groups", "user_permissions", "user", "user_id", "profile", "profile_id", "csrf_token", "", "\0",
    "a.b", "x.url", "url", "new\nline", "template_name", "redirect_to", "kwargs", "exception", "data",
    "event_metadata", "get_full_name", "id__in", "user__password__startswith", "user__is_superuser", "mode__regex",
    "created__gte", "created__isnull", "x" * 400, "é", "constructor", "query", "None", "class", "response",
    "status_code", "error_code", "context", "raise",
]  # fmt: skip

NAMES = st.sampled_from(BAD_NAMES)


def deep(levels):
    value = SECRET
    for level in range(levels):
        value = [value] if level % 2 else {"deep": value}
    return value


JSON = st.recursive(
    st.one_of(SCALARS, st.sampled_from([deep(20), ["x"] * 500, {}, []])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=4,
)


def entries(names, fitting=None, size=4):
    """Objects with these names and a few that do not belong there; values that fit, more or less, and others."""
    own = st.sampled_from(sorted(names)) if names else NAMES
    values = {name: st.one_of(fitting(name), JSON) for name in names} if fitting else {}
    entry = st.one_of(own, own, own, NAMES).flatmap(lambda name: st.tuples(st.just(name), values.get(name, JSON)))
    return st.lists(entry, max_size=size).map(dict)


def text_of(value):
    return st.sampled_from([str(value), f"{value}x"]) | TEXTS


LOOKUPS = ["", "__exact", "__in", "__gt", "__lte", "__isnull", "__regex", "__user__password", "__"]


def names_in(value):
    """What a reply might call the parts of this value."""
    if isinstance(value, models.Model):
        fields = value._meta.get_fields()
        return {field.name for field in fields} | {getattr(field, "attname", field.name) for field in fields}
    if isinstance(value, models.QuerySet):
        columns = [column.attname for column in value.model._meta.concrete_fields]
        return {column + lookup for column in [*columns, "user", "user__username"] for lookup in LOOKUPS}
    if isinstance(value, QueryDict):
        return {*value, "year_of_birth", "is_staff", "confirm_email"}
    return {str(name) for name in value} | {"newUrl"} if isinstance(value, dict) else set(vars(value))


def is_composed(value):
    return isinstance(value, models.Model | models.QuerySet | dict | lms.CourseGradeBase)


def replacing(value):
    """Replies that change this value: of the right kind, nearly, and not at all."""
    if isinstance(value, QueryDict):
        return entries(names_in(value), lambda name: text_of(value.get(name)) | st.lists(SCALARS, max_size=3))
    if isinstance(value, dict):
        return entries(names_in(value), lambda name: replacing(value.get(name)))
    if isinstance(value, models.QuerySet):
        return entries(names_in(value), lambda name: (
            st.lists(SCALARS, max_size=3) if name.endswith("__in") else SCALARS
        ))  # fmt: skip
    if is_composed(value):
        return entries(names_in(value), lambda name: SCALARS)
    if isinstance(value, list | set):
        return st.lists(st.one_of(*map(replacing, value), SCALARS) if value else SCALARS, max_size=3)
    return text_of(value) if isinstance(value, str | OpaqueKey | datetime) else SCALARS


# --- replies ------------------------------------------------------------------------------------------------------


def exceptions(filter_):
    """What ``exception`` may hold: the filter's own names and arguments, and anything else."""
    parts = {"content", "content_type", "status", "headers", "charset", "reason"}
    headers = st.dictionaries(
        st.sampled_from(["X-Ok", "Set-Cookie", "Content-Type", "Location", "Bad Name", "Content-Length", "é", "TE"]),
        SCALARS, max_size=3,
    )  # fmt: skip
    response = entries(parts, lambda name: headers if name == "headers" else SCALARS, size=6)

    def details(name):
        exception = filter_.exceptions.get(name)
        names = set(catalogue.parameters(exception)) | {"status_code", "error_code"} if exception else {"message"}
        fitting = {"response": response | TEXTS, "context": JSON, "template_context": JSON}
        objects = entries(names, lambda name: fitting.get(name, SCALARS))
        return st.one_of(TEXTS, objects, objects, response, SCALARS, JSON)

    known = [*filter_.exceptions, "PreventLogin", "RedirectToPage", "OpenEdxFilterException", "SystemExit"]
    pair = st.sampled_from(known).flatmap(lambda name: st.tuples(st.just(name), details(name)))
    return st.lists(pair, min_size=1, max_size=2).map(dict)


def targets_of(arguments):
    """The arguments, and what steps show beside them."""
    user = arguments.get("user") or getattr(arguments.get("enrollment"), "user", None)
    shown = {"profile": user.profile, "user_profile": user.profile, "user": user} if user else {}
    return {**shown, **arguments}


def data(arguments):
    targets = targets_of(arguments)
    return entries(targets, lambda name: replacing(targets[name]))


POISON = st.sampled_from(["NaN", "1e999", "-Infinity", '"\\ud800"', '"\\udc00x"', "9" * 5000, "[" * 40 + "]" * 40, "{"])


def spoiled(body):
    """The same reply cut off, with bytes that are no UTF-8, with what is no JSON, after a byte order mark."""
    cut = st.integers(0, len(body)).map(lambda end: body[:end])
    bytes_in = st.integers(0, len(body)).map(lambda at: body[:at] + b"\xff\xfe" + body[at:])
    poisoned = POISON.map(lambda poison: b'{"data": {"context": {"a": %s}}, "more": %s}' % (poison.encode(), body))
    return st.one_of(st.just(b"\xef\xbb\xbf" + body), cut, bytes_in, poisoned, st.just(body + body))


def bodies(filter_, arguments):
    told = data(arguments)
    asked = exceptions(filter_)
    shapes = st.one_of(
        told.map(lambda data: {"data": data}),
        told.map(lambda data: {"data": data, "exception": None}),
        asked.map(lambda exception: {"exception": exception}),
        st.tuples(told, asked).map(lambda both: {"data": both[0], "exception": both[1]}),
        st.tuples(JSON, JSON).map(lambda both: {"data": both[0], "exception": both[1]}),
        JSON,
    )
    whole = shapes.map(lambda value: json.dumps(value).encode())
    return st.one_of(whole, whole, whole, whole, whole.flatmap(spoiled), st.binary(max_size=40))


def outcomes(filter_, arguments):
    answered = bodies(filter_, arguments).map(lambda body: Outcome(status=200, body=body))
    failed = st.sampled_from([
        Outcome(status=204), Outcome(status=500, body=b'{"data": {"mode": "x"}}'), Outcome(status=404),
        Outcome(status=799), Outcome(status=302, error="redirected"), Outcome(error="timeout"),
        Outcome(status=503, error="too_large"),
    ])  # fmt: skip
    return st.one_of(*[answered] * 9, failed)


# --- what must be true afterwards ---------------------------------------------------------------------------------


def is_address(text):
    return bool(re.match(r"https?://[^/?#\s]", text, re.IGNORECASE)) or bool(re.match(r"/(?![/\\])", text))


def assert_encodable(value):
    json.dumps(value, ensure_ascii=False, allow_nan=False, default=str).encode("utf-8")


UNWRITABLE = {"id", "password", "username", "email", "is_staff", "is_superuser", "last_login", "date_joined", "user_id",
              "course_id", "course_user_group_id"}  # fmt: skip


def assert_valid_model(instance, before):
    after = lms.columns(instance)
    if hasattr(instance, "USERNAME_FIELD"):
        assert after["is_active"] is True
    assert {name: after[name] for name in UNWRITABLE & after.keys()} == {
        name: before[name] for name in UNWRITABLE & after.keys()
    }
    instance.full_clean()
    assert_encodable(after)


def assert_valid_text(name, value):
    assert isinstance(value, str)
    value.encode("utf-8")
    assert "\0" not in value
    assert not name.endswith("url") or is_address(value)


@singledispatch
def assert_valid(before, after, name):
    """This argument is of the type that it had, and of use to the platform."""
    assert after is before


@assert_valid.register
def _(before: str, after, name):
    assert_valid_text(name, after)


@assert_valid.register
def _(before: QueryDict, after, name):
    assert isinstance(after, QueryDict)
    after.urlencode().encode("ascii")
    assert all(isinstance(after[field], str) for field in after)
    assert all(isinstance(text, str) and "\0" not in text for _, texts in after.lists() for text in texts)


@assert_valid.register
def _(before: dict, after, name):
    assert type(after) is type(before)
    assert after.keys() >= before.keys()
    assert_encodable(after)
    for key, value in before.items():
        assert_valid(value, after[key], str(key))


@assert_valid.register
def _(before: models.QuerySet, after, name):
    assert after.model is before.model
    assert set(after) <= set(before)


@assert_valid.register
def _(before: OpaqueKey, after, name):
    assert isinstance(after, type(before))
    assert len(str(after)) <= 255


@assert_valid.register
def _(before: datetime, after, name):
    assert after.astimezone(UTC)


@assert_valid.register
def _(before: set, after, name):
    assert before <= after
    assert all(isinstance(item, str) for item in after)


@assert_valid.register
def _(before: list, after, name):
    assert {type(item) for item in after} <= {type(item) for item in before} or not before
    assert_encodable(after)


@assert_valid.register
def _(before: int | float, after, name):  # a truth value too
    assert isinstance(after, type(before))
    assert_encodable(after)


@assert_valid.register
def _(before: None, after, name):
    assert_encodable(after)


@assert_valid.register
def _(before: lms.CourseGradeBase, after, name):
    assert after is before
    assert [type(value) for value in vars(after).values()] == [float, str, bool, object]


def assert_valid_exception(filter_, exception):
    """The platform's handler can work with it, and what it shows is text."""
    assert type(exception) in filter_.exceptions.values()
    values = dict(vars(exception))
    assert str(exception).strip()
    assert isinstance(exception.args, tuple)
    assert exception.with_traceback(None) is exception
    assert isinstance(values.pop("status_code", None), int | None)
    assert is_address(values.pop("redirect_to", None) or "/")
    for name in ("message", "error_code", "user_message", "developer_message", "template_name"):
        assert isinstance(values.get(name) or "", str)
    if "response" in catalogue.parameters(type(exception)):
        response = values.pop("response")
        assert isinstance(response, str if "xblock" in filter_.filter_type else HttpResponse)
        if isinstance(response, HttpResponse):
            assert 200 <= response.status_code < 600
            assert not response.has_header("Set-Cookie")
            assert b"\n" not in response.serialize_headers().replace(b"\r\n", b"")
    for name in ("context", "template_context"):
        assert isinstance(values.get(name) or {}, dict)
    assert_encodable({name: value for name, value in values.items() if name != "response"})


class Log(logging.Handler):
    """What is logged meanwhile."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


@contextmanager
def logged():
    """No step may lean on its safety net, and no value of a reply may end in a log."""
    handler = Log()
    logger = logging.getLogger("openedx_webhooks")
    logger.addHandler(handler)
    logger.propagate = False  # pytest would write all of it down
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
    for record in handler.records:
        assert record.exc_info is None, record.exc_info
        assert record.getMessage().isprintable()
        assert SECRET not in record.getMessage()


@pytest.fixture
def loud(settings):
    """The runner re-raises whatever leaves a step."""
    config = settings.OPEN_EDX_FILTERS_CONFIG
    settings.OPEN_EDX_FILTERS_CONFIG = {
        filter_type: {**entry, "fail_silently": False} for filter_type, entry in config.items()
    }


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


FLAGS = st.fixed_dictionaries({
    **dict.fromkeys(["halt_on_4xx", "halt_on_5xx", "halt_on_request_exception", "disable_halt"], st.booleans()),
    "disable_filtering": st.sampled_from([False, False, False, True]),
    **dict.fromkeys(["redirect_on_4xx", "redirect_on_5xx", "redirect_on_request_exception"],
                    st.sampled_from(["", "https://example.com/sorry", "/sorry", "javascript:alert(1)"])),
})  # fmt: skip

# --- the tests ----------------------------------------------------------------------------------------------------


@FILTERS
def test_no_reply_breaks_a_filter(filter_, db, loud, monkeypatch):
    with undone():
        strategy = outcomes(filter_, lms.arguments(filter_))

    @hostile(max_examples=ceil(REPLIES / len(catalogue.filters())))
    @given(st.lists(strategy, min_size=1, max_size=2), FLAGS, st.booleans())
    def check(answers, flags, lazily):
        webfilters = [Webfilter(pk=pk, webhook_url="https://example.com/", **flags) for pk, _ in enumerate(answers)]
        monkeypatch.setattr(filters.registry, "webfilters", lambda name: webfilters)
        monkeypatch.setattr(dispatch.transport, "send_all", lambda calls, within: answers)
        with undone():
            check_one(filter_, lazily)

    check()


BAD_VALUES = [*BAD_TEXTS, *BAD_NUMBERS, None, True, [], {}, [None], [[]], {"a": {}}, deep(20)]


def answering(monkeypatch, reply):
    outcome = Outcome(status=200, body=json.dumps(reply).encode())
    monkeypatch.setattr(dispatch.transport, "send_all", lambda calls, within: [outcome])


@FILTERS
def test_no_value_under_any_name_breaks_an_argument(filter_, db, loud, monkeypatch):
    """Every bad value, under every name that there is and some that there are not."""
    monkeypatch.setattr(filters.registry, "webfilters", lambda name: [Webfilter(webhook_url="https://example.com/")])
    with undone():
        targets = targets_of(lms.arguments(filter_))
        names = {name: names_in(value) if is_composed(value) else () for name, value in targets.items()}

    for value in BAD_VALUES:
        told = {
            name: dict.fromkeys([*inside, *BAD_NAMES], value) if inside else value for name, inside in names.items()
        }
        answering(monkeypatch, {"data": told})
        with undone():
            assert not check_one(filter_)


@FILTERS
def test_no_value_under_any_name_breaks_an_exception(filter_, db, loud, monkeypatch):
    monkeypatch.setattr(filters.registry, "webfilters", lambda name: [Webfilter(webhook_url="https://example.com/")])
    arguments = lms.arguments(filter_)

    for name, exception in filter_.exceptions.items():
        for value in BAD_VALUES:
            details = dict.fromkeys([*catalogue.parameters(exception), *BAD_NAMES], value)
            answering(monkeypatch, {"exception": {name: details}})
            with logged(), pytest.raises(exception) as raised:
                lms.run(filter_, arguments)
            assert_valid_exception(filter_, raised.value)


def check_one(filter_, lazily=False):
    """Run the filter once, with whatever is answered, look at everything, and say whether it was stopped."""
    user = lms.learner()
    arguments = lms.arguments(filter_, user)
    if lazily and "user" in arguments:
        arguments["user"] = SimpleLazyObject(lambda: user)
    rows = {id(row): row for row in [user, user.profile, *arguments.values()] if isinstance(row, models.Model)}
    before = {key: lms.columns(row) for key, row in rows.items()}
    with logged():
        try:
            after = lms.run(filter_, arguments)
        except tuple(filter_.exceptions.values()) as exception:
            assert_valid_exception(filter_, exception)
            assert before == {key: lms.columns(row) for key, row in rows.items()}
            assert before == {key: lms.stored(row) for key, row in rows.items()}
            return True
    for key, row in rows.items():
        assert_valid_model(row, before[key])
        assert lms.stored(row) in (before[key], lms.columns(row))
    for name, value in after.items():
        assert_valid(arguments[name], value, name)
    return False


@hostile(max_examples=300)
@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode()).flatmap(spoiled)))
@example(b"[" * 100_000)
@example(b'{"data":' * 100_000)
@example(b'{"data": {"a": ' + b"9" * 200_000 + b"}}")
@example(b'{"data": {"a": 1e999}}')
@example(b'{"data": {"\\ud800": 1}}')
@example('{"data": {"a": "\ud800"}}'.encode("utf-8", "surrogatepass"))
@example(b'{"data": NaN}')
def test_any_bytes_are_a_reply_or_an_error_of_ours(body):
    try:
        reply = replies.read(body)
    except ReplyError:
        return
    assert_encodable([reply.data, reply.exception])


# --- from a real server -------------------------------------------------------------------------------------------

HALVES = {
    "half of a body": half_sent,
    "half of a chunk": half_chunk,
    "a whole object and a promise of more": bytes_of(head(200, "Content-Length: 99") + b'{"data": {"mode": "x"}}'),
    "no object and a promise of more": bytes_of(head(200, "Content-Length: 99")),
    "half of a body with status 500": half_sent_500,
}


@pytest.mark.parametrize("half", HALVES)
@FILTERS
def test_half_a_reply_is_none(filter_, half, db, loud, monkeypatch):
    arguments = lms.arguments(filter_)
    with Server(HALVES[half]) as server:
        webfilter = Webfilter(pk=1, webhook_url=server.url("/"))
        monkeypatch.setattr(filters.registry, "webfilters", lambda name: [webfilter])

        after = lms.run(filter_, arguments)

    assert all(after[name] is arguments[name] for name in arguments)


@pytest.mark.parametrize("half", HALVES)
def test_half_a_reply_halts_when_a_flag_says_so(half, db, loud, monkeypatch):
    flag = "halt_on_5xx" if "500" in half else "halt_on_request_exception"
    halting = [filter_ for filter_ in catalogue.filters() if filter_.halts]
    with Server(HALVES[half]) as server:
        webfilter = Webfilter(pk=1, webhook_url=server.url("/"), **{flag: True})
        monkeypatch.setattr(filters.registry, "webfilters", lambda name: [webfilter])

        for filter_ in halting:
            with pytest.raises(tuple(filter_.exceptions.values())):
                lms.run(filter_, lms.arguments(filter_))


@FILTERS
def test_hostile_replies_from_a_real_server(filter_, db, loud, receiver, monkeypatch):
    monkeypatch.setattr(filters.registry, "webfilters", lambda name: [Webfilter(pk=1, webhook_url=receiver.url)])
    with undone():
        strategy = bodies(filter_, lms.arguments(filter_))

    @hostile(max_examples=6)
    @given(strategy, st.sampled_from([200, 200, 201, 203, 302, 404, 500]))
    def check(body, status):
        receiver.answer(body, status)
        with undone():
            check_one(filter_)

    check()
    assert receiver.requests
