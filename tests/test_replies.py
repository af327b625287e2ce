"""What counts as a reply, what does not and what that means, and how several replies become one."""

import json

import pytest
from openedx_filters.exceptions import OpenEdxFilterException

from openedx_webhooks import catalogue, halting
from openedx_webhooks.exceptions import ReplyError
from openedx_webhooks.replies import Reply, combine, read
from tests import lms
from tests.hostile import Server, hang, reset
from tests.receiver import Answer

DASHBOARD = "DashboardRenderStarted"


def nested(levels):
    return b'{"data": {"a": ' + b"[" * levels + b"]" * levels + b"}}"


# --- one reply ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "data", "exception"),
    [
        pytest.param(b'{"data": {"mode": "audit"}}', {"mode": "audit"}, {}, id="data"),
        pytest.param(b'{"exception": {"PreventLogin": "No."}}', {}, {"PreventLogin": "No."}, id="exception"),
        pytest.param(b'{"exception": {"A": {"message": "No."}}}', {}, {"A": {"message": "No."}}, id="with arguments"),
        pytest.param(b'{"data": {"a": 1}, "exception": {"A": "No."}}', {"a": 1}, {"A": "No."}, id="both"),
        pytest.param(b'{"data": null, "exception": null}', {}, {}, id="null for both"),
        pytest.param(b'{"anything": "else"}', {}, {}, id="neither"),
        pytest.param(b"{}", {}, {}, id="empty object"),
        pytest.param(b"", {}, {}, id="empty body"),
        pytest.param(b" \r\n\t", {}, {}, id="nothing but white space"),
        pytest.param(b"\xef\xbb\xbf", {}, {}, id="nothing but a byte order mark"),
        pytest.param(b"null", {}, {}, id="null"),
        pytest.param(b'\xef\xbb\xbf{"data": {"a": 1}}', {"a": 1}, {}, id="byte order mark"),
        pytest.param('{"data": {"a": "ñ€😀"}}'.encode(), {"a": "ñ€😀"}, {}, id="UTF-8"),
        pytest.param(b'{"data": {"a": "\\ud83d\\ude00"}}', {"a": "😀"}, {}, id="an escaped pair of surrogates"),
        pytest.param(nested(30), json.loads(nested(30))["data"], {}, id="as deep as is allowed"),
        pytest.param(b'{"exception": {"A": null}}', {}, {"A": {}}, id="an exception that says null"),
        pytest.param(b'{"exception": {"A": 1}}', {}, {"A": {}}, id="an exception that says a number"),
        pytest.param(b'{"exception": {"A": ["No."]}}', {}, {"A": {}}, id="an exception that says a list"),
    ],
)
def test_a_reply_is(body, data, exception):
    reply = read(body)

    assert reply == Reply(data, exception)


@pytest.mark.parametrize("data", [b'"a text"', b"[1]", b"1", b"false"])
def test_data_that_is_no_object_is_noted_and_the_exception_counts_all_the_same(data):
    reply = read(b'{"data": %s, "exception": {"PreventLogin": "No."}}' % data)

    assert reply == Reply({}, {"PreventLogin": "No."}, ("data: must be an object; it is ignored",))


NO_REPLIES = {
    "a list": b'[{"data": {}}]',
    "a text": b'"data"',
    "a number": b"1",
    "true": b"true",
    "no JSON": b"<html>It works!</html>",
    "half of it": b'{"data": {"a": ',
    "two of them": b"{}{}",
    "UTF-16": '{"data": {}}'.encode("utf-16"),
    "Latin-1": '{"data": {"a": "ñ"}}'.encode("latin-1"),
    "NaN": b'{"data": {"a": NaN}}',
    "Infinity": b'{"data": {"a": -Infinity}}',
    "a number beyond all": b'{"data": {"a": 1e999}}',
    "a number of 5000 digits": b'{"data": {"a": ' + b"9" * 5000 + b"}}",
    "half a surrogate pair": b'{"data": {"a": "\\ud800"}}',
    "half a surrogate pair for a name": b'{"data": {"\\udc00": 1}}',
    "too deep": nested(31),
    "much too deep": nested(100_000),
    "an exception that is a text": b'{"exception": "PreventLogin"}',
    "an exception that is a list": b'{"exception": ["PreventLogin"]}',
    "an exception that is true": b'{"exception": true}',
    "an exception that is a number": b'{"exception": 0}',
}


@pytest.mark.parametrize("body", NO_REPLIES.values(), ids=NO_REPLIES)
def test_no_reply_is(body):
    with pytest.raises(ReplyError):
        read(body)


# --- several of them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        pytest.param([], {}, id="none"),
        pytest.param([{"a": 1}, {"b": 2}], {"a": 1, "b": 2}, id="all names"),
        pytest.param([{"a": 1}, {"a": 2}], {"a": 2}, id="the last wins"),
        pytest.param([{"a": {"x": 1, "y": 1}}, {"a": {"y": 2}}], {"a": {"x": 1, "y": 2}}, id="per leaf"),
        pytest.param(
            [{"a": {"b": {"x": 1}}}, {"a": {"b": {"y": 2}, "c": 3}}],
            {"a": {"b": {"x": 1, "y": 2}, "c": 3}},
            id="deeply",
        ),
        pytest.param([{"a": [1, 2]}, {"a": [3]}], {"a": [3]}, id="a list is a leaf"),
        pytest.param([{"a": {"x": 1}}, {"a": 2}], {"a": 2}, id="a leaf over an object"),
        pytest.param([{"a": 2}, {"a": {"x": 1}}], {"a": {"x": 1}}, id="an object over a leaf"),
        pytest.param([{"a": {"x": 1}}, {"a": None}], {"a": None}, id="null is a leaf"),
        pytest.param([{"a": {"x": 1}}, {"a": {}}], {"a": {"x": 1}}, id="an empty object takes nothing away"),
    ],
)
def test_objects_merge_deeply_and_the_last_wins_per_leaf(parts, whole):
    assert combine(Reply(data=part) for part in parts).data == whole
    assert combine(Reply(exception=part) for part in parts).exception == whole


def test_combining_changes_no_reply():
    first, second = Reply(data={"a": {"x": 1}}), Reply(data={"a": {"x": 2, "y": 3}})

    combine([first, second])

    assert first.data == {"a": {"x": 1}}


def test_the_notes_of_all_are_kept():
    assert combine([Reply(notes=("one",)), Reply(notes=("two",))]).notes == ("one", "two")


@pytest.fixture
def replying(webfilter, receiver):
    """Webfilters of the dashboard that answer this, one each."""

    def reply(*contents, **fields):
        for content in contents:
            path = f"{len(receiver.answers)}"
            webfilter(DASHBOARD, path, **fields)
            receiver.answer(content, path=path)

    return reply


def test_webfilters_count_in_the_order_of_their_ids(replying):
    replying({"data": {"template_name": "first.html"}}, {"data": {"template_name": "second.html"}})

    assert lms.run_named(DASHBOARD)["template_name"] == "second.html"


def test_webfilters_count_in_the_order_of_their_priority(replying):
    replying({"data": {"template_name": "second.html"}}, priority=2)
    replying({"data": {"template_name": "first.html"}}, priority=1)

    assert lms.run_named(DASHBOARD)["template_name"] == "second.html"


def test_what_several_webfilters_change_is_merged_deeply(replying):
    replying({"data": {"context": {"a": {"x": 1}}}}, {"data": {"context": {"a": {"y": 2}}}})

    assert lms.run_named(DASHBOARD, context={"a": {}, "b": 0})["context"] == {"a": {"x": 1, "y": 2}, "b": 0}


@pytest.mark.parametrize(
    ("contents", "message", "redirect_to"),
    [
        pytest.param(["One.", "Two."], "Two.", "", id="two texts: the last"),
        pytest.param(["One.", {"redirect_to": "/two"}], "One.", "/two", id="a text and an object: both"),
        pytest.param([{"redirect_to": "/one"}, "Two."], "Two.", "/one", id="an object and a text: both"),
        pytest.param(["/one", {"message": "Two."}], "Two.", "/one", id="an address and an object: both"),
        pytest.param(["/one", "Two."], "Two.", "/one", id="an address and a text: both"),
        pytest.param(["One.", {}], "One.", "", id="an empty object takes nothing away"),
        pytest.param(["One.", ""], "One.", "", id="nor does an empty text"),
        pytest.param(["One.", None], "One.", "", id="nor does null"),
    ],
)
def test_what_several_webfilters_say_of_one_exception_is_put_together(contents, message, redirect_to, replying):
    replying(*({"exception": {"RedirectToPage": content}} for content in contents))

    with pytest.raises(OpenEdxFilterException) as raised:
        lms.run_named(DASHBOARD)

    assert (str(raised.value), raised.value.redirect_to) == (message, redirect_to)


def test_of_several_exceptions_the_one_that_the_filter_defines_first_is_raised(replying):
    names = list(catalogue.filter_named(DASHBOARD).exceptions)
    replying(*({"exception": {name: "No."}} for name in reversed(names)))

    with pytest.raises(catalogue.filter_named(DASHBOARD).exceptions[names[0]]):
        lms.run_named(DASHBOARD)


def test_an_exception_of_one_webfilter_keeps_the_data_of_all_others_out(replying):
    replying({"data": {"context": {"a": 2}}}, {"exception": {"RedirectToPage": "No."}}, {"data": {"context": {"a": 3}}})
    context = {"a": 1}

    with pytest.raises(OpenEdxFilterException):
        lms.run_named(DASHBOARD, context=context)

    assert context == {"a": 1}


# --- what a webfilter may say -------------------------------------------------------------------------------------

BOTH = {"data": {"template_name": "mine.html"}, "exception": {"RedirectToPage": "No."}}


def test_disable_filtering_silences_data_only(replying):
    replying({"data": BOTH["data"]}, disable_filtering=True)
    assert lms.run_named(DASHBOARD)["template_name"] == "dashboard.html"

    replying(BOTH, disable_filtering=True)
    with pytest.raises(OpenEdxFilterException):
        lms.run_named(DASHBOARD)


def test_disable_halting_silences_the_exception_of_a_reply_only(replying):
    replying(BOTH, disable_halt=True)

    assert lms.run_named(DASHBOARD)["template_name"] == "mine.html"


@pytest.mark.parametrize(
    ("flag", "answer"),
    [
        ("halt_on_4xx", Answer(b"", 404)),
        ("halt_on_5xx", Answer(b"", 500)),
        ("halt_on_request_exception", Answer(b"no JSON")),
    ],
)
def test_disable_halting_does_not_silence_a_halt_flag(flag, answer, webfilter, receiver):
    webfilter(DASHBOARD, disable_halt=True, disable_filtering=True, **{flag: True})
    receiver.answers["/"] = answer

    with pytest.raises(OpenEdxFilterException):
        lms.run_named(DASHBOARD)


def test_both_flags_are_a_shadow_of_a_webfilter(replying, receiver):
    replying(BOTH, disable_filtering=True, disable_halt=True)

    assert lms.run_named(DASHBOARD)["template_name"] == "dashboard.html"
    assert len(receiver.requests) == 1


def test_one_webfilter_in_the_shadow_leaves_the_others_alone(replying):
    replying({"data": {"template_name": "mine.html"}}, {"data": {"context": {"a": 1}}})
    replying(BOTH, disable_filtering=True, disable_halt=True)

    after = lms.run_named(DASHBOARD)

    assert (after["template_name"], after["context"]["a"]) == ("mine.html", 1)


def test_a_disabled_webfilter_is_not_called(replying, receiver):
    replying(BOTH, enabled=False)

    lms.run_named(DASHBOARD)

    assert receiver.requests == []


# --- when there is no intelligible answer -------------------------------------------------------------------------

CHANGE = {"data": {"template_name": "mine.html"}}
FLAGS = ["halt_on_4xx", "halt_on_5xx", "halt_on_request_exception"]
FAILURES = {
    "400": (Answer(CHANGE, 400), "halt_on_4xx"),
    "404": (Answer(b"", 404), "halt_on_4xx"),
    "410": (Answer(b"not here", 410), "halt_on_4xx"),
    "499": (Answer(CHANGE, 499), "halt_on_4xx"),
    "500": (Answer(CHANGE, 500), "halt_on_5xx"),
    "503": (Answer(b"", 503), "halt_on_5xx"),
    "599": (Answer(CHANGE, 599), "halt_on_5xx"),
    "301": (Answer(CHANGE, 301, {"Location": "/elsewhere"}), "halt_on_request_exception"),
    "302": (Answer(CHANGE, 302, {"Location": "/elsewhere"}), "halt_on_request_exception"),
    "304": (Answer(b"", 304), "halt_on_request_exception"),
    "307": (Answer(CHANGE, 307, {"Location": "/elsewhere"}), "halt_on_request_exception"),
    "too large": (Answer(b'{"data": {"context": {"a": "' + b"x" * 300_000 + b'"}}}'), "halt_on_request_exception"),
    **{name: (Answer(body), "halt_on_request_exception") for name, body in NO_REPLIES.items()},
}


@pytest.mark.parametrize(("answer", "flag"), FAILURES.values(), ids=FAILURES)
def test_a_failure_changes_nothing_and_halts_by_its_own_flag_alone(answer, flag, webfilter, receiver):
    receiver.answers["/"] = answer
    one = webfilter(DASHBOARD, **{**dict.fromkeys(FLAGS, True), flag: False})
    assert lms.run_named(DASHBOARD)["template_name"] == "dashboard.html"

    one.delete()
    webfilter(DASHBOARD, **{flag: True})
    with pytest.raises(OpenEdxFilterException) as raised:
        lms.run_named(DASHBOARD)
    assert str(raised.value) == halting.failed_message()


@pytest.mark.parametrize("behaviour", [hang, reset], ids=["it never answers", "it resets the connection"])
def test_a_call_that_breaks_is_a_request_exception(behaviour, webfilter, settings):
    settings.OPENEDX_WEBHOOKS = {"FILTER_TIMEOUT": 0.2}
    with Server(behaviour) as server:
        webfilter(DASHBOARD, webhook_url=server.url(), halt_on_request_exception=True)

        with pytest.raises(OpenEdxFilterException, match=halting.failed_message()):
            lms.run_named(DASHBOARD)


def test_a_call_that_is_refused_is_a_request_exception(webfilter):
    with Server(hang) as server:
        webfilter(DASHBOARD, webhook_url=server.url(), halt_on_request_exception=True)

    with pytest.raises(OpenEdxFilterException, match=halting.failed_message()):
        lms.run_named(DASHBOARD)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 205, 299])
def test_an_empty_body_with_a_2xx_status_changes_nothing_and_halts_nothing(status, webfilter, receiver):
    webfilter(DASHBOARD, **dict.fromkeys(FLAGS, True))
    receiver.answer(b"", status)

    assert lms.run_named(DASHBOARD)["template_name"] == "dashboard.html"


@pytest.mark.parametrize("status", [200, 201, 202, 203, 299])
def test_a_body_counts_with_any_2xx_status(status, webfilter, receiver):
    webfilter(DASHBOARD)
    receiver.answer(CHANGE, status)

    assert lms.run_named(DASHBOARD)["template_name"] == "mine.html"


def test_a_failure_that_does_not_halt_leaves_the_other_webfilters_their_say(webfilter, receiver):
    webfilter(DASHBOARD, "broken")
    webfilter(DASHBOARD, "fine")
    receiver.answer(b"", 500, path="broken")
    receiver.answer(CHANGE, path="fine")

    assert lms.run_named(DASHBOARD)["template_name"] == "mine.html"


def test_a_halt_comes_before_the_exception_of_any_reply_and_before_data(webfilter, receiver):
    webfilter(DASHBOARD, "says-no")
    webfilter(DASHBOARD, "changes")
    webfilter(DASHBOARD, "broken", halt_on_5xx=True, redirect_on_5xx="/sorry")
    receiver.answer({"exception": {"RedirectToPage": "No."}}, path="says-no")
    receiver.answer({"data": {"context": {"a": 2}}}, path="changes")
    receiver.answer(b"", 500, path="broken")
    context = {"a": 1}

    with pytest.raises(OpenEdxFilterException) as raised:
        lms.run_named(DASHBOARD, context=context)

    assert (str(raised.value), raised.value.redirect_to) == (halting.failed_message(), "/sorry")
    assert context == {"a": 1}


def test_of_several_halts_the_first_in_order_counts(webfilter, receiver):
    webfilter(DASHBOARD, halt_on_5xx=True, redirect_on_5xx="/second", priority=2)
    webfilter(DASHBOARD, halt_on_5xx=True, redirect_on_5xx="/first", priority=1)
    receiver.answer(b"", 500)

    with pytest.raises(OpenEdxFilterException) as raised:
        lms.run_named(DASHBOARD)

    assert raised.value.redirect_to == "/first"


# --- what is logged -----------------------------------------------------------------------------------------------


def test_notes_say_which_webfilter_which_name_and_why_but_no_value(webfilter, receiver, caplog):
    one = webfilter(DASHBOARD)
    receiver.answer({"data": "hunter2"})
    lms.run_named(DASHBOARD)
    receiver.answer({"data": {"template_name": 1234567, "other": "hunter2", "context": {"user": "hunter2"}}})
    lms.run_named(DASHBOARD, context={"user": lms.learner()})

    assert [record.getMessage().removeprefix("openedx_webhooks: ") for record in caplog.records] == [
        f"DashboardRenderStarted: webfilter {one.pk}: data: must be an object; it is ignored",
        "DashboardRenderStarted: data.template_name: must be a text; it is ignored",
        "DashboardRenderStarted: data.other: DashboardRenderStarted has no such value; it is ignored",
        "DashboardRenderStarted: data.context.user: a reply cannot change this; it is ignored",
    ]


def test_the_names_of_a_stranger_get_no_line_of_their_own_and_no_endless_one(webfilter, receiver, caplog):
    webfilter(DASHBOARD)
    receiver.answer({"data": {"a\nCRITICAL: b": 1, "x" * 5000: 1, "\x1b[31m": 1}, "exception": {"a\r\nb": "No."}})

    lms.run_named(DASHBOARD)

    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 4
    assert all(message.isprintable() and len(message) < 400 for message in messages)


def test_there_is_an_end_to_the_notes(webfilter, receiver, caplog):
    webfilter(DASHBOARD)
    receiver.answer({"data": {f"name{number}": 1 for number in range(1000)}})

    lms.run_named(DASHBOARD)

    assert len(caplog.records) == 20


@pytest.mark.parametrize("body", NO_REPLIES.values(), ids=NO_REPLIES)
def test_what_is_no_reply_is_logged_without_what_it_is(body, webfilter, receiver, caplog):
    one = webfilter(DASHBOARD)
    receiver.answer(body)

    lms.run_named(DASHBOARD)

    [record] = caplog.records
    assert record.getMessage().startswith(f"openedx_webhooks: webfilter {one.pk}: ")
    assert "PreventLogin" not in record.getMessage()
