"""Events and filters are found, not listed: those of the installed libraries and of other packages."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from django.conf import settings as django_settings
from openedx_events.tooling import OpenEdxPublicSignal
from openedx_filters.tooling import OpenEdxPublicFilter

from openedx_webhooks import catalogue, receivers, samples
from openedx_webhooks.settings.common import register_steps
from tests.receiver import Answer

#: How many there are, by version of the library; a version that is not here must have at least as many as the newest.
EVENTS = {"9.10.0": 50, "9.15.0": 63, "10.2.1": 70, "10.5.0": 73, "11.2.0": 75}
FILTERS = {"1.8.1": 19, "1.11.0": 23, "2.1.0": 24, "3.1.0": 25, "3.5.0": 30, "3.16.0": 43}
#: Nested exception classes, by version of openedx-filters.
EXCEPTIONS = {"1.8.1": 26, "1.11.0": 28, "2.1.0": 28, "3.5.0": 32, "3.16.0": 34}


def expected(known, installed):
    return known.get(installed, max(known.values()))


@pytest.fixture
def plugin(settings):
    """The other plugin is installed, and our settings name its modules."""
    before = list(OpenEdxPublicSignal.instances), dict(OpenEdxPublicSignal._mapping)
    settings.OPENEDX_WEBHOOKS = {
        "EXTRA_SIGNAL_MODULES": ["tests.plugin.signals"],
        "EXTRA_FILTER_MODULES": ["tests.plugin.filters"],
    }
    from tests.plugin import filters, signals

    for filter_, filter_type in filters.TYPES.items():
        filter_.filter_type = filter_type
    for signal in (signals.BOOK_BORROWED, signals.COURSE_CREATED):
        if signal not in OpenEdxPublicSignal.instances:
            OpenEdxPublicSignal.instances.append(signal)
    catalogue.refresh()
    receivers.connect()
    register_steps(django_settings)
    yield
    OpenEdxPublicSignal.instances[:], _ = before
    OpenEdxPublicSignal._mapping = before[1]
    for filter_ in filters.TYPES:  # a class cannot be taken back, but one without a type is no filter
        filter_.filter_type = ""
    catalogue.refresh()


def test_every_event_of_the_library_is_known():
    found = [event for event in catalogue.events() if event.module.startswith("openedx_events.")]

    assert len(found) >= expected(EVENTS, version("openedx-events"))
    assert len(found) == len({id(event.signal) for event in found})


def test_the_number_of_events_is_that_of_the_release():
    installed = version("openedx-events")
    if installed in EVENTS:
        assert len([event for event in catalogue.events() if "openedx_events." in event.module]) == EVENTS[installed]


def test_every_filter_of_the_library_is_known_with_its_exceptions():
    installed = version("openedx-filters")
    found = [filter_ for filter_ in catalogue.filters() if filter_.cls.__module__.startswith("openedx_filters.")]

    assert len(found) >= expected(FILTERS, installed)
    assert sum(len(filter_.exceptions) for filter_ in found) >= expected(EXCEPTIONS, installed)
    if installed in FILTERS:
        assert len(found) == FILTERS[installed]


@pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)
def test_an_event_is_known_by_the_name_of_its_constant(event):
    from importlib import import_module

    assert getattr(import_module(event.module), event.name) is event.signal
    assert catalogue.event(event.name).signal is event.signal
    assert catalogue.event_of(event.signal).name == event.name


@pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)
def test_its_sample_is_one_that_the_platform_could_send(event):
    """``send_event`` checks number and classes of the arguments."""
    event.signal.send_event(send_robust=False, **samples.event_arguments(event))


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_a_filter_is_known_by_the_name_of_its_class(filter_):
    assert filter_.name == filter_.cls.__name__
    assert catalogue.filter_named(filter_.name).cls is filter_.cls
    assert catalogue.filter_of(filter_.filter_type).cls is filter_.cls


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_its_sample_runs_through_its_pipeline(filter_):
    arguments = samples.filter_arguments(filter_)

    assert set(arguments) == set(filter_.arguments)
    filter_.cls.run_filter(**arguments)


def test_titles_and_domains_are_words_for_people():
    event = catalogue.event("COURSE_ENROLLMENT_CREATED")
    filter_ = catalogue.filter_named("CourseEnrollmentAPIRenderStarted")

    assert (event.title, event.domain) == ("Course enrollment created", "Learning")
    assert (filter_.title, filter_.domain) == ("Course enrollment API render started", "Learning")
    assert catalogue.event("COURSE_CREATED").domain == "Content authoring"


def test_what_is_not_installed_is_not_known():
    assert catalogue.event("NO_SUCH_EVENT") is None
    assert catalogue.filter_named("NoSuchFilter") is None
    assert catalogue.filter_of("org.example.no.such.filter.v1") is None


def test_an_event_of_another_plugin_arrives_with_all_its_arguments(plugin, webhook, receiver, commit):
    from tests.plugin.signals import BOOK_BORROWED, Book, Reader

    webhook("BOOK_BORROWED")

    with commit():
        BOOK_BORROWED.send_event(book=Book("Emma"), reader=Reader(1), second_reader=Reader(2))

    assert receiver.last.json["book"] == {"title": "Emma"}
    assert receiver.last.json["second_reader"] == {"user_id": 2}


def test_two_arguments_of_one_class_are_both_there_for_rows_of_the_original(plugin, webhook, receiver, commit):
    from tests.plugin.signals import BOOK_BORROWED, Book, Reader

    webhook("BOOK_BORROWED", payload_format="typed")

    with commit():
        BOOK_BORROWED.send_event(book=Book("Emma"), reader=Reader(1), second_reader=Reader(2))

    assert receiver.last.json["tests.plugin.signals.Reader"] == {"user_id": 1}
    assert receiver.last.json["second_reader"] == {"user_id": 2}


def test_a_second_event_of_one_name_is_known_by_its_type(plugin):
    from tests.plugin.signals import COURSE_CREATED

    assert catalogue.event("COURSE_CREATED").module.startswith("openedx_events.")
    assert catalogue.event("com.example.library.course.created.v1").signal is COURSE_CREATED


def test_a_filter_of_another_plugin_is_asked_and_obeyed(plugin, webfilter, receiver):
    from tests.plugin.filters import BookLendingRequested

    webfilter("BookLendingRequested")
    receiver.answers["/"] = Answer({"data": {"days": 7}})

    assert BookLendingRequested.run_filter(title="Emma", days=30) == ("Emma", 7)

    receiver.answers["/"] = Answer({"exception": {"PreventLending": "It is out."}})
    with pytest.raises(BookLendingRequested.PreventLending, match="It is out"):
        BookLendingRequested.run_filter(title="Emma", days=30)


def test_a_second_filter_of_one_name_is_known_by_its_type(plugin, webfilter, receiver):
    from tests.plugin.filters import StudentLoginRequested

    webfilter(StudentLoginRequested.filter_type)
    receiver.answers["/"] = Answer({"data": {"url": "/elsewhere"}})

    assert StudentLoginRequested.run_filter(url="/here") == "/elsewhere"


def test_a_module_that_cannot_be_imported_costs_a_log_line(settings, caplog):
    settings.OPENEDX_WEBHOOKS = {"EXTRA_SIGNAL_MODULES": ["no.such.module"], "EXTRA_FILTER_MODULES": ["nor.this"]}
    catalogue.refresh()

    assert catalogue.event("COURSE_CREATED")
    assert catalogue.filter_named("StudentLoginRequested")
    assert "no.such.module" in caplog.text
    assert "nor.this" in caplog.text
    catalogue.refresh()


def test_a_filter_that_is_defined_under_another_ones_type_is_no_second_filter():
    class Quieter(catalogue.filter_named("StudentLoginRequested").cls):
        """The same pipeline, run differently."""

    catalogue.refresh()

    assert catalogue.filter_named("Quieter") is None
    assert OpenEdxPublicFilter in Quieter.__mro__


def test_an_event_that_no_module_holds_is_known_by_its_type():
    signal = OpenEdxPublicSignal(event_type="com.example.nameless.v1", data={"value": int})
    catalogue.refresh()

    try:
        assert catalogue.event_of(signal).name == "com.example.nameless.v1"
    finally:
        OpenEdxPublicSignal.instances.remove(signal)
        del OpenEdxPublicSignal._mapping[signal.event_type]
        catalogue.refresh()
