"""How a process is stopped: which exception, with which arguments, whatever a reply says of them."""

import json
from dataclasses import replace
from types import MappingProxyType

import pytest
from django.http import HttpResponse
from openedx_filters.exceptions import OpenEdxFilterException

from openedx_webhooks import catalogue, halting, replies
from openedx_webhooks.catalogue import filter_named, parameters
from tests import lms

ALL = [(filter_, exception) for filter_ in catalogue.filters() for exception in filter_.exceptions.values()]
EXCEPTIONS = pytest.mark.parametrize(
    ("filter_", "exception"), ALL, ids=[f"{filter_.name}-{exception.__name__}" for filter_, exception in ALL]
)
HALTING = pytest.mark.parametrize(
    "filter_", [f for f in catalogue.filters() if f.halts], ids=lambda filter_: filter_.name
)
DASHBOARD = filter_named("DashboardRenderStarted")
REGISTRATION = filter_named("StudentRegistrationRequested")
LOGIN = filter_named("StudentLoginRequested")


def asked(filter_, name, details=None):
    """The exception that a reply asks for by these details, and the notes."""
    notes = []
    reply = replies.read(json.dumps({"exception": {name: details}}).encode())
    return halting.named(filter_, halting.spelled_out(filter_, reply.exception), notes), notes


def one_of_ours(*exceptions, **fields):
    """A filter with these exceptions, as a newer library or another package may have it."""
    own = MappingProxyType({exception.__name__: exception for exception in exceptions})
    return replace(DASHBOARD, exceptions=own, **fields)


# --- the message --------------------------------------------------------------------------------------------------


@EXCEPTIONS
@pytest.mark.parametrize("details", ["Ask your school.", {"message": "Ask your school."}], ids=["text", "object"])
def test_a_text_is_the_message_and_so_is_message(filter_, exception, details):
    built, notes = asked(filter_, exception.__name__, details)

    assert type(built) is exception
    assert str(built) == built.message == "Ask your school."
    assert notes == []


@EXCEPTIONS
def test_without_one_it_is_neutral(filter_, exception):
    for details in ["", "  ", {}, None, {"message": ""}, {"message": " "}, {"message": None}, {"message": ["No."]}]:
        built, _ = asked(filter_, exception.__name__, details)

        assert str(built) == "This action is not allowed."


@EXCEPTIONS
def test_the_neutral_messages_are_translated(filter_, exception, monkeypatch):
    monkeypatch.setattr(halting, "_", lambda text: f"[{text}]")

    built, _ = asked(filter_, exception.__name__)

    assert str(built) == "[This action is not allowed.]"
    assert str(halting.after_failure(filter_)).startswith("[This action cannot be completed")


# --- where to go --------------------------------------------------------------------------------------------------

REDIRECTS = pytest.mark.parametrize(
    ("filter_", "exception"),
    [(filter_, exception) for filter_, exception in ALL if halting.is_redirect(exception)],
    ids=lambda value: value.name if isinstance(value, catalogue.Filter) else "",
)


def test_those_that_only_redirect_are_known_by_their_signature():
    assert {exception.__name__ for _, exception in ALL if halting.is_redirect(exception)} <= {
        "RedirectToPage", "RedirectToUrl",
    }  # fmt: skip
    assert halting.is_redirect(DASHBOARD.exceptions["RedirectToPage"])
    assert not halting.is_redirect(LOGIN.exceptions["PreventLogin"])


@REDIRECTS
@pytest.mark.parametrize("address", ["https://example.com/why?a=b#c", "http://n8n:5678/", "/dashboard"])
def test_a_text_that_is_an_address_is_where_they_send_to(filter_, exception, address):
    built, notes = asked(filter_, exception.__name__, address)

    assert built.redirect_to == address
    assert str(built) == halting.refused_message()
    assert notes == []


@REDIRECTS
def test_any_other_text_is_their_message(filter_, exception):
    built, _ = asked(filter_, exception.__name__, "Not today.")

    assert str(built) == "Not today."
    assert built.redirect_to in {"", "/"}


def test_of_any_other_exception_an_address_is_the_message_as_the_reply_has_it():
    built, _ = asked(LOGIN, "PreventLogin", "https://example.com/")

    assert str(built) == "https://example.com/"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "//evil.example.com", "///evil.example.com", "/\\evil.example.com",
        "\\\\evil.example.com", "https://", "https:", "https:evil", "https:/evil", "http://[::1", "ftp://example.com",
        "dashboard", "", " /dashboard", "/dash board", "/a\r\nSet-Cookie: b=c", "/a\0", "/a\x7f",
        "mailto:a@example.com", "/" + "x" * 2048, "https://example.com\u2100b/", 1, None, True, ["/dashboard"],
        {"url": "/dashboard"},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_address_is_ignored_and_noted(address):
    built, notes = asked(DASHBOARD, "RedirectToPage", {"redirect_to": address})

    assert built.redirect_to == ""
    assert notes == [
        "exception.RedirectToPage.redirect_to: must be an http(s) address or a path such as /dashboard; it is ignored"
    ]


@pytest.mark.parametrize("address", ["/", "/a/b?c=d", "HTTPS://EXAMPLE.COM", "http://ñandú.example/", "https://[::1]/"])
def test_what_is_an_address_is_taken(address):
    built, notes = asked(DASHBOARD, "RedirectToPage", {"redirect_to": address})

    assert (built.redirect_to, notes) == (address, [])


# --- other arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_name", "name", "details"),
    [
        ("StudentLoginRequested", "PreventLogin", {"error_code": "closed", "context": {"a": 1}, "redirect_to": "/a"}),
        ("StudentRegistrationRequested", "PreventRegistration", {"status_code": 400, "error_code": "closed"}),
        ("CourseEnrollmentStarted", "PreventEnrollment", {"redirect_to": "/a", "status_code": 402, "reason": ["x"]}),
        ("CertificateRenderStarted", "RenderAlternativeInvalidCertificate", {"template_name": "a.html"}),
        ("CourseAboutRenderStarted", "RenderInvalidCourseAbout",
         {"course_about_template": "a.html", "template_context": {"a": 1}}),
        ("DashboardRenderStarted", "RenderInvalidDashboard", {"dashboard_template": "a", "template_context": {}}),
        ("InstructorDashboardRenderStarted", "RenderInvalidDashboard", {"instructor_template": "a"}),
        ("AccountSettingsRenderStarted", "RenderInvalidAccountSettings", {"account_settings_template": "a"}),
        ("ORASubmissionViewRenderStarted", "RenderInvalidTemplate", {"context": {"a": 1}, "template_name": "a"}),
    ],
)  # fmt: skip
def test_an_exception_gets_the_arguments_that_it_takes(filter_name, name, details):
    built, notes = asked(filter_named(filter_name), name, {"message": "No.", **details})

    assert {argument: getattr(built, argument) for argument in details} == details
    assert (str(built), notes) == ("No.", [])


@pytest.mark.parametrize(
    ("filter_name", "name", "details", "reason"),
    [
        ("StudentLoginRequested", "PreventLogin", {"status_code": 403}, "no such argument"),
        ("StudentLoginRequested", "PreventLogin", {"error_code": 7}, "must be a text"),
        ("StudentLoginRequested", "PreventLogin", {"context": "a"}, "must be an object"),
        ("StudentLoginRequested", "PreventLogin", {"context": None}, "must be an object"),
        ("DashboardRenderStarted", "RenderInvalidDashboard", {"dashboard_template": None}, "must be a text"),
        ("DashboardRenderStarted", "RenderInvalidDashboard", {"template_context": []}, "must be an object"),
        ("DashboardRenderStarted", "RenderInvalidDashboard", {"instructor_template": "a"}, "no such argument"),
        ("DashboardRenderStarted", "RedirectToPage", {"status_code": 302}, "no such argument"),
        *[("CourseEnrollmentStarted", "PreventEnrollment", {"status_code": status},
           "must be an HTTP status from 300 to 599") for status in (200, 299, 600, -1, 403.0, "403", True, None)],
    ],
)  # fmt: skip
def test_what_it_does_not_take_is_ignored_and_noted(filter_name, name, details, reason):
    plain, _ = asked(filter_named(filter_name), name)
    built, notes = asked(filter_named(filter_name), name, details)

    assert vars(built) == vars(plain)
    assert notes == [f"exception.{name}.{argument}: {reason}; it is ignored" for argument in details]


NOBODY_ELSES = [
    "self", "__class__", "__dict__", "__init__", "__cause__", "__traceback__", "_private", "args", "with_traceback",
    "kwargs", "mro", "not a name", "1st", "",
]  # fmt: skip


@EXCEPTIONS
def test_no_name_reaches_what_makes_it_an_exception(filter_, exception):
    plain, _ = asked(filter_, exception.__name__, "No.")
    for name in NOBODY_ELSES:
        built, notes = asked(filter_, exception.__name__, {"message": "No.", name: "x"})

        assert type(built) is exception
        assert vars(built).keys() == vars(plain).keys()
        assert (str(built), built.args) == ("No.", plain.args)
        assert notes == [f"exception.{exception.__name__}.{name}: no such argument; it is ignored"]


def test_a_denial_with_an_impossible_argument_is_still_a_denial(webfilter, receiver):
    webfilter("CourseEnrollmentStarted")
    receiver.answer({"exception": {"PreventEnrollment": {"self": "x", "message": "No."}}})

    with pytest.raises(filter_named("CourseEnrollmentStarted").exceptions["PreventEnrollment"], match=r"No\."):
        lms.run_named("CourseEnrollmentStarted")


@pytest.mark.parametrize(
    ("details", "status", "error_code"),
    [
        ("No.", 403, None),
        (None, 403, None),
        ({}, 403, None),
        ({"status_code": 400}, 400, None),
        ({"status_code": 409, "error_code": "taken"}, 409, "taken"),
        ({"status_code": 200}, 403, None),
        ({"status_code": None}, 403, None),
        ({"error_code": 5}, 403, None),
    ],
)
def test_a_refused_registration_has_a_status_that_the_page_takes_for_a_refusal(details, status, error_code):
    built, _ = asked(REGISTRATION, "PreventRegistration", details)

    assert built.status_code == status
    assert getattr(built, "error_code", None) == error_code


class PreventCoursewareAccess(OpenEdxFilterException):
    def __init__(self, message: str, error_code: str, developer_message: str, user_message: str) -> None:
        super().__init__(message, error_code=error_code, developer_message=developer_message, user_message=user_message)


class RedirectToUrl(OpenEdxFilterException):
    def __init__(self, message: str, redirect_to: str) -> None:
        super().__init__(message, redirect_to=redirect_to)


class PreventTabsGeneration(OpenEdxFilterException):
    def __init__(self, message: str, tabs: list | None = None) -> None:
        super().__init__(message, tabs=tabs)


class Peculiar(OpenEdxFilterException):
    def __init__(self, message: str, *more: str, wanted: str) -> None:
        super().__init__(message, more=more, wanted=wanted)


@EXCEPTIONS
def test_every_required_argument_is_there(filter_, exception):
    built, _ = asked(filter_, exception.__name__, "No.")

    required = [name for name, parameter in parameters(exception).items() if parameter.default is parameter.empty]
    assert all(getattr(built, name) for name in required if name != "kwargs")


@pytest.mark.parametrize(
    ("exception", "arguments"),
    [
        (PreventCoursewareAccess, {
            "error_code": "prevent_courseware_access", "developer_message": "No.", "user_message": "No.",
        }),
        (RedirectToUrl, {"redirect_to": "/"}),
        (PreventTabsGeneration, {"tabs": None}),
        (Peculiar, {"wanted": "No.", "more": ()}),
    ],
)  # fmt: skip
def test_a_required_argument_that_is_missing_is_filled_in(exception, arguments):
    built, notes = asked(one_of_ours(exception), exception.__name__, {"message": "No."})

    assert {name: getattr(built, name) for name in arguments} == arguments
    assert notes == []


@pytest.mark.parametrize(
    ("exception", "details", "arguments"),
    [
        (PreventCoursewareAccess, {"error_code": "x", "developer_message": "y", "user_message": "z"}, {}),
        (PreventCoursewareAccess, {"error_code": 1, "developer_message": [], "user_message": "z"},
         {"error_code": "prevent_courseware_access", "developer_message": "No."}),
        (RedirectToUrl, {"redirect_to": "/a"}, {}),
        (RedirectToUrl, {"redirect_to": "javascript:x"}, {"redirect_to": "/"}),
        (PreventTabsGeneration, {"tabs": [{"tab_id": "a"}]}, {}),
        (PreventTabsGeneration, {"tabs": ["a"]}, {"tabs": None}),
        (PreventTabsGeneration, {"tabs": {"tab_id": "a"}}, {"tabs": None}),
        (Peculiar, {"more": ["a"]}, {"more": ()}),
    ],
)  # fmt: skip
def test_exceptions_of_newer_libraries_get_what_fits(exception, details, arguments):
    built, notes = asked(one_of_ours(exception), exception.__name__, {"message": "No.", **details})

    assert {name: getattr(built, name) for name in details} == {**details, **arguments}
    assert len(notes) == len(arguments)


# --- which one ----------------------------------------------------------------------------------------------------


@HALTING
def test_of_several_that_are_asked_for_it_is_the_one_that_the_filter_defines_first(filter_):
    names = list(filter_.exceptions)

    built = halting.named(filter_, {name: {} for name in reversed(names)}, [])

    assert type(built) is filter_.exceptions[names[0]]


@HALTING
def test_an_exception_of_another_filter_is_none_of_this_one_and_is_noted(filter_):
    built, notes = asked(filter_, "PreventLunch", "No.")

    assert built is None
    assert notes == [f"exception: {filter_.name} has no 'PreventLunch'; it knows {', '.join(filter_.exceptions)}"]


def test_a_filter_without_exceptions_says_so():
    assert asked(one_of_ours(), "PreventLunch") == (
        None, ["exception: DashboardRenderStarted has no 'PreventLunch'; it knows none"],
    )  # fmt: skip


# --- a response of the reply's own --------------------------------------------------------------------------------

RESPONSES = pytest.mark.parametrize(
    "filter_",
    [f for f in catalogue.filters() if "RenderCustomResponse" in f.exceptions and "xblock" not in f.filter_type],
    ids=lambda filter_: filter_.name,
)
XBLOCK = replace(DASHBOARD, filter_type="org.openedx.learning.xblock.render.started.v1")
PARTS = {"content": "<p>Sí</p>", "status": 402, "content_type": "text/html; charset=utf-8", "headers": {"X-Why": "a"}}


def response(details, filter_=DASHBOARD):
    return asked(filter_, "RenderCustomResponse", details)[0].response


@RESPONSES
@pytest.mark.parametrize("details", [PARTS, {"response": PARTS}, {"message": "No.", "response": PARTS}],
                         ids=["directly", "under response", "beside a message"])  # fmt: skip
def test_an_object_describes_it(filter_, details):
    built, notes = asked(filter_, "RenderCustomResponse", details)

    assert isinstance(built.response, HttpResponse)
    assert built.response.content == "<p>Sí</p>".encode()
    assert built.response.status_code == 402
    assert built.response.headers == {"Content-Type": "text/html; charset=utf-8", "X-Why": "a"}
    assert notes == []


@RESPONSES
def test_a_text_under_response_is_its_content(filter_):
    built = response({"response": "<p>No.</p>"}, filter_)

    assert (built.content, built.status_code) == (b"<p>No.</p>", 200)
    assert built["Content-Type"] == "text/html; charset=utf-8"


@RESPONSES
@pytest.mark.parametrize(
    ("details", "content"),
    [
        ("<b>No.</b>", "<b>No.</b>"),
        ({"message": "<b>No.</b>"}, "<b>No.</b>"),
        ({"message": "<b>No.</b>", "response": None}, "<b>No.</b>"),
        ({"message": "<b>No.</b>", "response": {}}, "<b>No.</b>"),
        ({"message": "<b>No.</b>", "response": 5}, "<b>No.</b>"),
        ({"message": "<b>No.</b>", "status": 402}, "<b>No.</b>"),
        ({"content": None}, "This action is not allowed."),
        ({}, "This action is not allowed."),
        (None, "This action is not allowed."),
    ],
)
def test_without_content_it_shows_the_message_as_plain_text_and_is_never_none(filter_, details, content):
    built = response(details, filter_)

    assert built.content.decode() == content
    assert built["Content-Type"] == "text/plain; charset=utf-8"


def test_content_that_is_empty_on_purpose_stays_so():
    assert response({"content": "", "status": 404}).content == b""


@pytest.mark.parametrize(
    ("details", "content"),
    [
        ("<p>Hi</p>", "<p>Hi</p>"),
        ({"response": "<p>Hi</p>"}, "<p>Hi</p>"),
        ({"content": "<p>Hi</p>", "status": 402}, "<p>Hi</p>"),
        ({"response": PARTS}, "<p>Sí</p>"),
        ({"message": "Hi"}, "Hi"),
        ({"response": None}, "This action is not allowed."),
        (None, "This action is not allowed."),
    ],
)
def test_for_an_xblock_it_is_the_text_itself(details, content):
    assert response(details, XBLOCK) == content


@pytest.mark.parametrize(
    ("parts", "attributes"),
    [
        ({"reason": "Pay first"}, {"reason_phrase": "Pay first"}),
        ({"charset": "latin-1"}, {"content": b"S\xed", "charset": "latin-1"}),
        ({"content_type": "text/plain; charset=latin-1"}, {"content": b"S\xed"}),
        ({"headers": {"Content-Type": "text/plain"}}, {"content": b"S\xc3\xad"}),
        ({"status": 302, "headers": {"Location": "/a"}}, {"status_code": 302}),
    ],
)
def test_it_may_have(parts, attributes):
    built = response({"content": "Sí", **parts})

    assert {name: getattr(built, name) for name in attributes} == attributes


@pytest.mark.parametrize(
    ("parts", "note"),
    [
        ({"content": 5}, "content: must be a text"),
        ({"status": "402"}, "status: must be an HTTP status from 200 to 599"),
        ({"status": True}, "status: must be an HTTP status from 200 to 599"),
        ({"status": 102}, "status: must be an HTTP status from 200 to 599"),
        ({"status": 600}, "status: must be an HTTP status from 200 to 599"),
        ({"reason": "a\r\nb"}, "reason: must be a text of printable ASCII characters"),
        ({"reason": 5}, "reason: must be a text of printable ASCII characters"),
        ({"content_type": ""}, "content_type: must be a text of printable ASCII characters"),
        ({"content_type": "text/html\nX: y"}, "content_type: must be a text of printable ASCII characters"),
        ({"charset": "klingon"}, "charset: is not known"),
        ({"charset": "rot13"}, "charset: is not known"),
        ({"charset": "undefined"}, "charset: is not known"),
        ({"charset": 8}, "charset: must be a text of printable ASCII characters"),
        ({"headers": ["X-Why"]}, "headers: must be an object"),
        ({"cookies": {}}, "cookies: there is no such part"),
        ({"headers": {"Set-Cookie": "a=b"}}, "headers.Set-Cookie: is not for a reply to set"),
        ({"headers": {"SET-COOKIE": "a=b"}}, "headers.SET-COOKIE: is not for a reply to set"),
        ({"headers": {"Content-Length": "5"}}, "headers.Content-Length: is not for a reply to set"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "headers.Transfer-Encoding: is not for a reply to set"),
        ({"headers": {"Keep-Alive": "5"}}, "headers.Keep-Alive: is not for a reply to set"),
        ({"headers": {"X Why": "a"}}, "headers.X Why: is not for a reply to set"),
        ({"headers": {"": "a"}}, "headers.: is not for a reply to set"),
        ({"headers": {"X-Ñ": "a"}}, "headers.X-Ñ: is not for a reply to set"),
        ({"headers": {"X-Why": "a\r\nSet-Cookie: b=c"}}, "headers.X-Why: must be a text of printable ASCII characters"),
        ({"headers": {"X-Why": 5}}, "headers.X-Why: must be a text of printable ASCII characters"),
        ({"headers": {"Location": "javascript:alert(1)"}},
         "headers.Location: must be an http(s) address or a path such as /dashboard"),
        ({"content_type": "text/html", "headers": {"content-type": "a/b"}},
         "headers.content-type: there is a content_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_part_of_it_that_cannot_be_is_ignored_and_noted_and_the_rest_applies(parts, note):
    built, notes = asked(DASHBOARD, "RenderCustomResponse", {"response": {"content": "No.", "status": 402, **parts}})

    assert notes == [f"exception.RenderCustomResponse.response.{note}; it is ignored"]
    assert built.response.status_code == (200 if "status" in parts else 402)
    assert built.response.content.decode() == (halting.refused_message() if "content" in parts else "No.")
    assert built.response.headers == {"Content-Type": built.response["Content-Type"]}
    assert not built.response.cookies


@pytest.mark.parametrize("parts", [{"charset": "ascii"}, {"content_type": "text/html; charset=klingon"}])
def test_one_that_cannot_be_encoded_is_replaced_by_the_message(parts):
    built, notes = asked(DASHBOARD, "RenderCustomResponse", {"message": "No.", "response": {"content": "Sí", **parts}})

    assert built.response.content == b"No."
    assert notes[0].startswith("exception.RenderCustomResponse.response: cannot be built (")


# --- after a failed call ------------------------------------------------------------------------------------------

CHOICES = {
    "StudentLoginRequested": ("PreventLogin", "PreventLogin"),
    "StudentRegistrationRequested": ("PreventRegistration", "PreventRegistration"),
    "CourseEnrollmentStarted": ("PreventEnrollment", "PreventEnrollment"),
    "CertificateRenderStarted": ("RedirectToPage", "RedirectToPage"),
    "DashboardRenderStarted": ("RedirectToPage", "RedirectToPage"),
    "CourseAboutRenderStarted": ("RedirectToPage", "RedirectToPage"),
    "InstructorDashboardRenderStarted": ("RedirectToPage", "RedirectToPage"),
    "AccountSettingsRenderStarted": ("RedirectToPage", "RedirectToPage"),
    "ORASubmissionViewRenderStarted": ("RenderInvalidTemplate", "RenderInvalidTemplate"),
    "VerticalBlockRenderCompleted": ("PreventVerticalBlockRender", "PreventVerticalBlockRender"),
}


@pytest.mark.parametrize(("name", "with_redirect", "without"), [(name, *both) for name, both in CHOICES.items()])
def test_the_exception_of_a_halt_is(name, with_redirect, without):
    filter_ = filter_named(name)

    assert type(halting.after_failure(filter_, "/sorry")).__name__ == with_redirect
    assert type(halting.after_failure(filter_)).__name__ == without


class RenderSomething(OpenEdxFilterException):
    def __init__(self, message: str, template_name: str = "") -> None:
        super().__init__(message, template_name=template_name)


@pytest.mark.parametrize(
    ("exceptions", "with_redirect", "without"),
    [
        ([RenderSomething, PreventTabsGeneration, RedirectToUrl], RedirectToUrl, PreventTabsGeneration),
        ([RenderSomething, PreventTabsGeneration], PreventTabsGeneration, PreventTabsGeneration),
        ([RenderSomething, RedirectToUrl], RedirectToUrl, RenderSomething),
        ([RedirectToUrl, RenderSomething], RedirectToUrl, RedirectToUrl),
        ([RenderSomething, Peculiar], RenderSomething, RenderSomething),
    ],
)
def test_it_is_the_redirect_if_there_is_somewhere_to_go_else_prevents_else_the_first(
    exceptions, with_redirect, without
):
    filter_ = one_of_ours(*exceptions)

    assert type(halting.after_failure(filter_, "/sorry")) is with_redirect
    assert type(halting.after_failure(filter_)) is without


def test_a_filter_without_exceptions_cannot_halt():
    assert halting.after_failure(one_of_ours(), "/sorry", 500) is None


@HALTING
@pytest.mark.parametrize("redirect", ["", "/sorry", "https://example.com/secret-path", "not an address"])
@pytest.mark.parametrize("status", [None, 404, 503, 799])
def test_a_halt_says_nothing_of_addresses_and_errors(filter_, redirect, status):
    built = halting.after_failure(filter_, redirect, status)

    assert str(built) == "This action cannot be completed at the moment. Please try again later."
    shown = {name: value for name, value in vars(built).items() if isinstance(value, str) and name != "redirect_to"}
    assert not any("example.com" in text for text in shown.values())
    if "redirect_to" in parameters(type(built)):
        assert (built.redirect_to or "/") == (redirect if redirect.startswith(("/", "https:")) else "/")


@HALTING
def test_a_halt_has_the_status_of_the_failed_call_if_it_takes_one(filter_):
    built = halting.after_failure(filter_, status=404)

    assert built.status_code == (404 if "status_code" in parameters(type(built)) else None)


@pytest.mark.parametrize(("status", "expected"), [(None, 403), (404, 404), (503, 503), (799, 403)])
def test_a_registration_that_halts_has_a_status(status, expected):
    assert halting.after_failure(REGISTRATION, status=status).status_code == expected


class PreventOddly(OpenEdxFilterException):
    """As another package may define one: it takes no message."""

    def __init__(self, reason, code=1):
        super().__init__(reason)


class PreventNever(OpenEdxFilterException):
    """Its constructor refuses whatever it is given."""

    def __init__(self, message):
        raise ValueError(message)


@pytest.mark.parametrize("exception", [PreventOddly, PreventNever])
def test_a_denial_holds_whatever_the_constructor_of_another_package_takes(exception):
    filter_ = replace(catalogue.filter_named("StudentLoginRequested"), exceptions={"Stop": exception})

    asked = halting.named(filter_, {"Stop": {"message": "No."}}, [])
    failed = halting.after_failure(filter_)

    assert type(asked) is exception
    assert (str(asked), str(failed)) == ("No.", halting.failed_message())
