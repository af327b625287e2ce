"""Every filter of the installed libraries, run as the platform runs it, asks whoever listens and obeys."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.utils.module_loading import import_string
from openedx_filters.exceptions import OpenEdxFilterException

from openedx_webhooks import catalogue, halting, registry, samples
from openedx_webhooks.filters import WebFilterStep

FILTERS = pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
HALTING = pytest.mark.parametrize(
    "filter_", [filter_ for filter_ in catalogue.filters() if filter_.halts], ids=lambda filter_: filter_.name
)
EXCEPTIONS = pytest.mark.parametrize(
    ("filter_", "exception"),
    [(filter_, name) for filter_ in catalogue.filters() for name in filter_.exceptions],
    ids=lambda value: getattr(value, "name", value),
)
FLAGS = {
    "halt_on_4xx": {"status": 404},
    "halt_on_5xx": {"status": 503},
    "halt_on_request_exception": {"content": b"not JSON"},
}


def run(filter_):
    return filter_.cls.run_filter(**samples.filter_arguments(filter_))


@FILTERS
def test_its_step_can_be_imported_and_is_last_in_its_pipeline(filter_, settings):
    path = f"openedx_webhooks.filters.{filter_.name}WebFilter"
    entry = settings.OPEN_EDX_FILTERS_CONFIG[filter_.filter_type]

    assert issubclass(import_string(path), WebFilterStep)
    assert entry["pipeline"][-1] == path


@FILTERS
def test_it_fires_when_configured_and_tells_what_it_is(filter_, webfilter, receiver):
    webfilter(filter_.name)

    run(filter_)

    [request] = receiver.requests
    metadata = request.json["event_metadata"]
    assert metadata["event_type"] == filter_.name
    assert metadata["filter_type"] == filter_.filter_type
    assert metadata["id"] == request.headers["webhook-id"]
    assert metadata["time"].endswith("+00:00")
    assert "object at 0x" not in request.body.decode()


@FILTERS
def test_an_empty_answer_changes_nothing(filter_, webfilter, receiver):
    webfilter(filter_.name)
    arguments = samples.filter_arguments(filter_)

    changes = WebFilterStep(filter_.filter_type, []).run_filter(**arguments)

    assert changes == {}
    assert len(receiver.requests) == 1


@FILTERS
def test_with_nobody_listening_it_costs_no_query(filter_, db, django_assert_num_queries):
    registry.webfilters(filter_.name)  # the one refresh of this process
    arguments = samples.filter_arguments(filter_)

    with django_assert_num_queries(0):
        filter_.cls.run_filter(**arguments)


@EXCEPTIONS
@pytest.mark.parametrize(
    "details", ["Not today.", {"message": "Not today."}, {}], ids=["text", "object", "empty object"]
)
def test_each_exception_is_raised_by_a_reply(filter_, exception, details, webfilter, receiver):
    webfilter(filter_.name)
    receiver.answer({"exception": {exception: details}})

    with pytest.raises(filter_.exceptions[exception]) as raised:
        run(filter_)

    assert str(raised.value) == ("Not today." if details else halting.refused_message())


@HALTING
@pytest.mark.parametrize("flag", FLAGS)
def test_each_halt_flag_raises_one_of_its_exceptions(filter_, flag, webfilter, receiver):
    webfilter(filter_.name, **{flag: True})
    receiver.answer(**{"content": b"", **FLAGS[flag]})

    with pytest.raises(OpenEdxFilterException) as raised:
        run(filter_)

    assert type(raised.value) in filter_.exceptions.values()
    assert str(raised.value) == halting.failed_message()


@HALTING
@pytest.mark.parametrize("flag", FLAGS)
def test_a_configured_redirect_is_where_it_sends_to(filter_, flag, webfilter, receiver):
    redirect = flag.replace("halt", "redirect")
    webfilter(filter_.name, **{flag: True, redirect: "https://example.com/sorry"})
    receiver.answer(**{"content": b"", **FLAGS[flag]})

    with pytest.raises(OpenEdxFilterException) as raised:
        run(filter_)

    redirects = [cls for cls in filter_.exceptions.values() if halting.is_redirect(cls)]
    assert not redirects or type(raised.value) is redirects[0]
    if "redirect_to" in catalogue.parameters(type(raised.value)):
        assert raised.value.redirect_to == "https://example.com/sorry"


@FILTERS
@pytest.mark.parametrize("flag", FLAGS)
def test_without_its_flag_a_failure_lets_the_process_go_on(filter_, flag, webfilter, receiver):
    webfilter(filter_.name)
    receiver.answer(**{"content": b"", **FLAGS[flag]})

    run(filter_)

    assert len(receiver.requests) == 1


@pytest.mark.parametrize("filter_", [f for f in catalogue.filters() if not f.halts], ids=lambda f: f.name)
def test_a_filter_without_exceptions_cannot_halt(filter_, webfilter, receiver):
    webfilter(filter_.name, halt_on_4xx=True, halt_on_5xx=True, halt_on_request_exception=True)
    receiver.answer(b"", 500)

    run(filter_)

    assert len(receiver.requests) == 1


def test_the_module_names_a_class_only_where_the_payload_is_shaped():
    """A new filter upstream costs no line."""
    module = import_module("openedx_webhooks.filters")
    shaped = {name for name, value in vars(module).items() if "outgoing" in getattr(value, "__dict__", {})}

    assert shaped == {
        "WebFilterStep",
        *(
            f"{name}WebFilter"
            for name in (
                "StudentLoginRequested", "StudentRegistrationRequested", "CourseEnrollmentStarted",
                "CourseUnenrollmentStarted", "CertificateCreationRequested", "CertificateRenderStarted",
                "CohortChangeRequested", "CohortAssignmentRequested", "CourseHomeUrlCreationStarted",
                "CourseEnrollmentAPIRenderStarted",
            )
        ),
    }  # fmt: skip


def test_a_name_that_is_no_filter_has_no_step():
    with pytest.raises(ImportError):
        import_string("openedx_webhooks.filters.NoSuchThingWebFilter")
