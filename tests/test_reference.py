"""The generated reference is complete and true: what a page says is what happens when it is done."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from urllib.parse import parse_qsl

import pytest
from django.db.models import Model, QuerySet
from django.http import HttpResponse

from openedx_webhooks import catalogue, payloads, samples
from openedx_webhooks.app_settings import SETTINGS
from openedx_webhooks.payloads import METADATA
from openedx_webhooks.rendering import Renderer
from tests import lms, reference
from tests.reference import all_pages, blocks, json_blocks, page_of, section

EVENTS, FILTERS = catalogue.events(), catalogue.filters()
of_every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
of_every_filter = pytest.mark.parametrize("filter_", FILTERS, ids=lambda filter_: filter_.name)

RELEASES = ("Redwood", "Sumac", "Teak", "Ulmo", "Verawood", "later")

#: The oldest version of a library that each release has; "later" is what came after Verawood.
EVENT_LIBRARIES = ((9, 10), (9, 15), (10, 2), (10, 5), (11, 2), (11, 2))
FILTER_LIBRARIES = ((1, 8), (1, 11), (2, 1), (2, 1), (3, 5), (3, 16))

#: Where no webfilter is ever asked, so there is no reply.
UNASKED = {"ManagementCommandContextmanagerRequested"}
of_every_asked_filter = pytest.mark.parametrize(
    "filter_", [filter_ for filter_ in FILTERS if filter_.name not in UNASKED], ids=lambda filter_: filter_.name
)

pytestmark = pytest.mark.django_db


def examples(filter_, kind):
    """The replies of a filter's page that have ``data`` or ``exception``."""
    title = {"data": "What a reply may change", "exception": "How a reply stops it"}[kind]
    return [block for block in json_blocks(section(page_of("filters", filter_.name), title)) if kind in block]


def unlinked(text):
    """The text with the names of other pages as they are."""
    return re.sub(r":ref:`(\w+) <[^>]+>`", r"``\1``", text)


def notes(caplog):
    return [record.getMessage() for record in caplog.records if record.name.startswith("openedx_webhooks")]


# --- all of it ----------------------------------------------------------------------------------------------------


def test_there_is_a_page_for_every_event_and_filter_an_index_of_each_and_one_for_the_settings():
    expected = {f"events/{event.name}.rst" for event in catalogue.events()}
    expected |= {f"filters/{filter_.name}.rst" for filter_ in catalogue.filters()}
    expected |= {"events/index.rst", "filters/index.rst", "settings.rst"}

    assert set(reference.pages.pages()) == expected
    assert len(expected) == len(catalogue.events()) + len(catalogue.filters()) + 3


@pytest.mark.parametrize("kind", ["events", "filters"])
def test_the_index_leads_to_every_page_and_says_what_it_is_called(kind):
    index = all_pages()[f"{kind}/index.rst"]
    facts = {"events": reference.facts.of_event, "filters": reference.facts.of_filter}[kind]

    for one in {"events": EVENTS, "filters": FILTERS}[kind]:
        of_type = one.event_type if kind == "events" else one.filter_type
        assert f":doc:`{one.title} <{one.name}>`" in index
        assert f"| ``{one.name}``\n" in index
        assert f"| ``{of_type}``\n" in index
        assert f"\n   {one.name}\n" in index
        assert facts(one.name).meaning in index
    assert index.count("| :doc:") == len({"events": EVENTS, "filters": FILTERS}[kind])


def test_no_page_says_where_it_was_made():
    private = (str(reference.EXTENSIONS.parent.parent), "/root", "/tmp", sys.prefix)

    assert [path for path, text in all_pages().items() if any(word in text for word in private)] == []


def test_two_processes_write_the_same_bytes(tmp_path):
    program = (
        "import django, pathlib; django.setup();"
        "from django.core.management import call_command; call_command('migrate', verbosity=0);"
        "from tests import reference; reference.pages.write(pathlib.Path('{}'))"
    )
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "TEST_DATABASE": "sqlite", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        subprocess.run(
            [sys.executable, "-c", program.format(tmp_path / seed)],
            env=os.environ | environment, cwd=reference.EXTENSIONS.parent.parent, check=True,
        )  # fmt: skip
    one, other = (
        {path.relative_to(tmp_path / seed): path.read_bytes() for path in (tmp_path / seed).rglob("*.rst")}
        for seed in ("1", "2")
    )

    assert one == other
    assert len(one) == len(EVENTS) + len(FILTERS) + 3


def test_only_what_has_changed_is_written_and_what_is_stale_goes(tmp_path):
    first = reference.pages.write(tmp_path)
    (tmp_path / "settings.rst").write_text("old")
    (tmp_path / "events" / "GONE.rst").write_text("stale")
    (tmp_path / "payloads.rst").write_text("written by hand")

    second = reference.pages.write(tmp_path)

    assert len(first) == len(all_pages())
    assert second == [tmp_path / "settings.rst"]
    assert not (tmp_path / "events" / "GONE.rst").exists()
    assert (tmp_path / "payloads.rst").read_text() == "written by hand"
    assert reference.pages.write(tmp_path) == []


@pytest.mark.parametrize(
    "path", sorted((reference.EXTENSIONS / "webhooks_reference").glob("*.py")), ids=lambda path: path.name
)
def test_what_writes_the_pages_knows_nothing_of_sphinx(path):
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }

    assert not imported & {"sphinx", "docutils", "sphinx_design"}


# --- facts --------------------------------------------------------------------------------------------------------


def known_by(facts, libraries, library):
    """The names that the installed version of this library must have, by the releases of our facts."""
    installed = version_of(version(library))
    had = {release for release, oldest in zip(RELEASES, libraries, strict=True) if oldest <= installed}
    by_release = {name for name, known in facts.items() if known.since in had}
    by_library = {name for name, known in facts.items() if version_of(getattr(known, "later", "")) <= installed}
    return by_release | {name for name in by_library if not facts[name].since}, installed in libraries


def version_of(text):
    """Its first two numbers: ``openedx-filters 3.5`` is ``(3, 5)``; without any there is none so old."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2]) or (999,)


@pytest.mark.parametrize(
    ("facts", "libraries", "library", "installed"),
    [
        (reference.facts.EVENTS, EVENT_LIBRARIES, "openedx-events", {event.name for event in EVENTS}),
        (reference.facts.FILTERS, FILTER_LIBRARIES, "openedx-filters", {filter_.name for filter_ in FILTERS}),
    ],
    ids=["events", "filters"],
)
def test_the_facts_are_of_events_and_filters_that_exist_since_the_release_they_name(
    facts, libraries, library, installed
):
    known, is_of_a_release = known_by(facts, libraries, library)

    assert known <= installed
    assert not is_of_a_release or installed <= known


@of_every_filter
def test_the_facts_of_a_filter_are_of_exceptions_that_it_has(filter_):
    known = reference.facts.of_filter(filter_.name)

    assert set(known.effects) <= set(filter_.exceptions)
    assert set(known.ignored_redirect) <= set(filter_.exceptions)
    assert known.later or set(known.effects) == set(filter_.exceptions)


def test_of_what_nobody_has_looked_into_a_page_invents_nothing():
    event, filter_ = replace(EVENTS[0], name="BRAND_NEW"), replace(FILTERS[0], name="BrandNew")

    assert "It is not known that anything in the LMS or Studio sends it." in reference.events.page(event)
    assert "It is not known where the platform calls it." in reference.filters.page(filter_)


def test_of_an_exception_that_nobody_has_looked_into_a_page_invents_nothing():
    filter_ = replace(catalogue.filter_named("CourseEnrollmentStarted"), name="BrandNew")

    assert "It is not known what the platform makes of it." in reference.filters.page(filter_)


@pytest.mark.parametrize(
    "name", ["StudentLoginRequested", "VerticalBlockChildRenderStarted", "VerticalBlockRenderCompleted"]
)
def test_the_page_of_a_dangerous_filter_warns_at_its_top(name):
    text = page_of("filters", name)

    assert ".. warning::" in text.split("Where the platform calls it")[0]
    assert reference.facts.of_filter(name).warning in text


def test_what_is_said_of_one_event_leads_to_the_others():
    text = page_of("events", "COURSE_ENROLLMENT_CREATED")

    assert ":ref:`COURSE_ENROLLMENT_CHANGED <event-COURSE_ENROLLMENT_CHANGED>`" in text
    assert page_of("events", "COURSE_ENROLLMENT_CHANGED").startswith(".. _event-COURSE_ENROLLMENT_CHANGED:\n")


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("events", "COURSE_CERTIFICATE_CONFIG_CHANGED", "Never sent."),
        ("events", "EXAM_ATTEMPT_SUBMITTED", "Over the event bus only."),
        ("events", "SUBSIDY_REDEEMED", "Not known to be sent by LMS or Studio."),
        ("filters", "AccountSettingsRenderStarted", "Not called by Ulmo."),
    ],
)
def test_the_index_keeps_one_from_choosing_what_never_comes(kind, name, words):
    row = all_pages()[f"{kind}/index.rst"].partition(f"<{name}>`")[2].partition(f"| ``{name}``")[0]

    assert f"| {words}\n" in row


# --- events -------------------------------------------------------------------------------------------------------


@of_every_event
def test_the_page_of_an_event_says_what_it_is_and_when_and_by_whom_it_is_sent(event):
    text = page_of("events", event.name)
    known = reference.facts.of_event(event.name)

    assert f"{event.title}\n{'#' * len(event.title)}\n" in text
    for fact in (event.name, event.event_type, event.module):
        assert f"``{fact}``" in text
    assert known.meaning in text
    assert reference.facts.WHEN[known.when] in section(text, "When it is sent")
    assert all(service in section(text, "When it is sent") for service in known.services)
    assert all(note in unlinked(section(text, "When it is sent")) for note in known.notes)


def paths(value, path):
    """The dotted paths of everything in a JSON value; ``[]`` for the items of a list."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}")
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for name, inner in value[0].items():
            yield from paths(inner, f"{path}[].{name}")


@of_every_event
def test_the_data_of_an_event_is_all_that_its_payload_has(event):
    listed = dict(re.findall(r"\* - ``(\S+)``\n +- (.+)", section(page_of("events", event.name), "Data")))
    # What is free: objects whose names are the sender's, and lists of such.
    free = {path for path, words in listed.items() if re.match(r"object$|object of", words)}
    free |= {f"{path}[]" for path, words in listed.items() if re.match(r"list of objects( of|$)", words)}
    sent = json.loads(reference.events.bodies(event)["Named"].content)
    del sent[METADATA]

    found = {path for name, value in sent.items() for path in paths(value, name)}
    found = {path for path in found if path.rpartition(".")[0] not in free}

    assert set(event.arguments) <= found <= set(listed)


@of_every_event
def test_the_page_of_an_event_shows_what_is_sent_in_each_envelope(event):
    text = section(page_of("events", event.name), "Payload")
    metadata = reference.events.metadata_of(event)
    arguments = reference.particulars.event_arguments(event)

    bodies = [
        json.loads(payloads.event_body(event, arguments, metadata, payload_format).content)
        for payload_format in ("named", "typed", "cloudevents")
    ]
    form = payloads.event_body(event, arguments, metadata, form=True).content.decode("ascii")

    assert json_blocks(text) == bodies
    assert blocks(text, "text") == ["\n".join(f"{name}={value}" for name, value in parse_qsl(form, True))]
    assert re.findall("tab-item:: (.+)", text) == ["Named", "Typed", "CloudEvents", "Named, as a form"]


@of_every_event
def test_a_sample_has_no_time_of_now_and_no_host(event):
    metadata = json_blocks(page_of("events", event.name))[0][METADATA]

    assert metadata["time"] == "2026-01-15T10:30:00+00:00"
    assert metadata["sourcehost"] in {"lms", "cms", "credentials", "edx-exams"}
    assert metadata["source"] == f"openedx/{metadata['sourcehost']}/web"


PERSONAL = (".username", ".email", ".coach_email", ".pii.name", ".subject")


@of_every_event
def test_personal_data_is_named(event):
    text = page_of("events", event.name)
    sent = json_blocks(text)[0]
    personal = {path for path in paths(sent, "") if path.endswith(PERSONAL)}

    assert all(f"``{path.removeprefix('.')}``" in text.split("When it is sent")[0] for path in personal)
    assert bool(personal) == ("personal data" in text.split("When it is sent")[0])


# --- filters ------------------------------------------------------------------------------------------------------


@of_every_filter
def test_the_page_of_a_filter_says_what_it_is_and_where_it_is_called(filter_):
    text = page_of("filters", filter_.name)
    known = reference.facts.of_filter(filter_.name)

    assert f"{filter_.title}\n{'#' * len(filter_.title)}\n" in text
    for fact in (filter_.name, filter_.filter_type, f"openedx_webhooks.filters.{filter_.step_name}"):
        assert f"``{fact}``" in text
    assert known.meaning in text
    called = unlinked(section(text, "Where the platform calls it"))
    assert all(part in called for part in (known.service, known.dead, *known.notes))
    assert all(f"``{place}``" in called for place in re.split(", | and ", known.where) if place)


@of_every_filter
def test_the_page_of_a_filter_lists_its_arguments_and_the_values_of_its_payload(filter_):
    told = section(page_of("filters", filter_.name), "What a webfilter is told")
    payload = json_blocks(told)[0]

    assert re.findall(r"\* - ``(\S+)``", told) == list(filter_.arguments)
    if not set(filter_.arguments).isdisjoint(payload):
        assert all(f"``{name}``" in told for name in payload if name != METADATA)


def without_the_run(payload):
    return {**payload, METADATA: {**payload[METADATA], "id": "", "time": ""}}


@of_every_filter
def test_the_page_of_a_filter_shows_what_a_webfilter_is_sent(filter_, webfilter, receiver):
    told = section(page_of("filters", filter_.name), "What a webfilter is told")
    webfilter(filter_.name, "json")
    webfilter(filter_.name, "form", use_www_form_encoding=True)

    filter_.cls.run_filter(**reference.world.arguments(filter_))

    [as_json], [as_form] = receiver.got("json"), receiver.got("form")
    assert [without_the_run(payload) for payload in json_blocks(told)] == [without_the_run(as_json.json)]
    shown = dict(line.split("=", 1) for line in blocks(told, "text")[0].splitlines())
    assert shown.keys() == as_form.form.keys()
    run = {f"{METADATA}_id", f"{METADATA}_time"}
    assert {name: value for name, value in shown.items() if name not in run} == {
        name: value.replace("\n", " ") for name, value in as_form.form.items() if name not in run
    }


def leaves(value, path=()):
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    else:
        yield path, value


def value_at(path, arguments):
    """What an argument, or what it leads to, holds after a run; as JSON. To a set a reply only adds."""
    name, *inside = path
    if isinstance(arguments.get(name), set):
        return [item for item in arguments[name] if item not in samples.ARGUMENTS[name]()]
    holder = arguments[name] if name in arguments else also(name, arguments)
    for part in inside:
        if isinstance(holder, QuerySet):
            holder = holder.get()
        holder = getattr(holder, part) if isinstance(holder, Model) or not hasattr(holder, "keys") else holder[part]
    return Renderer(100_000).render(holder)


def also(name, arguments):
    """What steps let a reply change beside the arguments: who an enrolment is of, and their profile."""
    user = arguments["user"] if "user" in arguments else arguments["enrollment"].user
    return user if name == "user" else user.profile


#: Filters that are there for an exception: no change of their arguments comes to anything that is known.
WITHOUT_EXAMPLE = {
    "CohortAssignmentRequested", "CohortChangeRequested", "CourseEnrollmentViewStarted",
    "CourseStartDateValidationFailed", "CoursewareAccessChecksRequested", "CoursewareViewStarted",
    "DiscountEligibilityCheckRequested",
}  # fmt: skip

#: Filters whose subject is a live object, of which a reply changes nothing.
OF_LIVE_OBJECTS = {"LoginFormGenerated", "RegistrationFormGenerated"}

of_every_filter_with_an_example = pytest.mark.parametrize(
    "filter_",
    [filter_ for filter_ in FILTERS if filter_.name not in WITHOUT_EXAMPLE | OF_LIVE_OBJECTS | UNASKED],
    ids=lambda filter_: filter_.name,
)


@pytest.mark.parametrize("name", [filter_.name for filter_ in FILTERS if filter_.name in WITHOUT_EXAMPLE])
def test_a_filter_that_is_there_to_stop_something_has_no_example_of_a_change_but_one_of_a_stop(name):
    filter_ = catalogue.filter_named(name)

    assert "there for an ``exception``, as below" in section(page_of("filters", name), "What a reply may change")
    assert examples(filter_, "data") == []
    assert examples(filter_, "exception")


@of_every_filter_with_an_example
def test_the_example_of_a_filter_changes_what_it_says(filter_, webfilter, receiver, caplog):
    [reply] = examples(filter_, "data")
    webfilter(filter_.name)
    receiver.answer(reply)

    with caplog.at_level(logging.WARNING):
        after = lms.run(filter_, reference.world.arguments(filter_))

    changed = dict(leaves(reply["data"]))
    assert notes(caplog) == []
    assert {path: value_at(path, after) for path in changed} == changed


@of_every_filter
def test_the_example_of_a_filter_says_something_new(filter_):
    for reply in examples(filter_, "data"):
        with reference.world.rolled_back():
            before = reference.world.arguments(filter_)
            rows = {name for name, value in before.items() if isinstance(value, QuerySet)}
            changed = [(path, value) for path, value in leaves(reply["data"]) if path[0] not in rows]
            # Of rows those that are there are chosen.
            assert [path for path, value in changed if value_at(path, before) == value] == []


@of_every_filter
def test_every_value_is_tried_with_one_that_could_be_there(filter_):
    """A refusal is about the field, never about the value of the trial."""
    reasons = {trial.reason for trial in reference.trials.trials(filter_) if trial.reason}

    assert reasons <= {
        "is not writable by a reply",
        "a reply cannot change this",
        "there is nothing there to change",
        "rows cannot be chosen by this column",
    }


@of_every_asked_filter
def test_every_value_of_a_filter_stands_in_one_table(filter_):
    text = section(page_of("filters", filter_.name), "What a reply may change")
    listed = re.findall(r"\* - ``(\S+)``", text)

    tried = [trial.name for trial in reference.trials.trials(filter_) if not trial.is_new or not trial.accepted]
    assert sorted(listed) == sorted(tried)
    extended = re.findall(r"``([a-z_]+)``", text.partition(" may get new entries")[0].rpartition("\n")[2])
    assert {name.split(".")[0] for name in listed} | set(extended) >= set(filter_.arguments)


@pytest.mark.parametrize(
    ("name", "value", "lasts"),
    [
        ("StudentLoginRequested", "user.first_name", "saved in the database"),
        ("StudentLoginRequested", "profile.country", "saved in the database"),
        ("CourseEnrollmentStarted", "mode", "handed to the platform"),
        ("StudentRegistrationRequested", "form_data.name", "handed to the platform"),
        ("CertificateCreationRequested", "grade.percent", "in memory"),
        ("CohortAssignmentRequested", "user.first_name", "in memory; lasts if the platform saves the object"),
        ("CourseEnrollmentQuerysetRequested", "enrollments.mode", "chooses among the rows that the platform is handed"),
    ],
)
def test_a_page_says_how_long_a_change_lasts(name, value, lasts):
    accepted = section(page_of("filters", name), "What a reply may change").partition("For example:")[0]

    assert re.search(rf"\* - ``{re.escape(value)}``\n +- .+\n +- {re.escape(lasts)}\n", accepted)


@pytest.mark.parametrize(
    ("name", "value", "entry"),
    [
        ("StudentLoginRequested", "user.email", "auth.user.email"),
        ("StudentLoginRequested", "user.is_staff", "auth.user.is_staff"),
        ("StudentLoginRequested", "profile.meta", "student.userprofile.meta"),
        ("StudentRegistrationRequested", "form_data.username", "form_data.username"),
    ],
)
def test_a_page_names_the_setting_that_allows_more(name, value, entry):
    text = section(page_of("filters", name), "What a reply may change")
    allowed = text.partition("Only where the setting")[2].partition("A reply cannot change:")[0]

    assert f"* - ``{value}``\n     - ``{entry}``\n" in allowed


@pytest.mark.parametrize("value", ["user.id", "user.password", "profile.id", "profile.user_id"])
def test_a_page_says_what_a_reply_never_changes(value):
    text = section(page_of("filters", "StudentLoginRequested"), "What a reply may change")

    assert f"* - ``{value}``\n" in text.partition("A reply cannot change:")[2]


# --- exceptions ---------------------------------------------------------------------------------------------------


@of_every_asked_filter
def test_every_exception_of_a_filter_has_its_arguments_an_effect_and_an_example(filter_):
    text = section(page_of("filters", filter_.name), "How a reply stops it")
    known = reference.facts.of_filter(filter_.name)

    assert re.findall(r"^(\w+)\n=+$", text, re.MULTILINE) == list(filter_.exceptions)
    assert {name for reply in examples(filter_, "exception") for name in reply["exception"]} == set(filter_.exceptions)
    for name, exception in filter_.exceptions.items():
        part = section(text, name, "=")
        named = [parameter for parameter in catalogue.parameters(exception) if parameter != "kwargs"]
        assert all(f"``{parameter}``" in part for parameter in named)
        assert known.effects.get(name, "It is not known what the platform makes of it.") in part


@of_every_asked_filter
def test_every_example_of_an_exception_raises_it_with_what_it_says(filter_, webfilter, receiver, caplog):
    webfilter(filter_.name)

    for reply in examples(filter_, "exception"):
        [(name, said)] = reply["exception"].items()
        receiver.answer(reply)
        with (
            caplog.at_level(logging.WARNING),
            reference.world.rolled_back(),
            pytest.raises(filter_.exceptions[name]) as stop,
        ):
            filter_.cls.run_filter(**reference.world.arguments(filter_))
        assert type(stop.value) is filter_.exceptions[name]
        assert notes(caplog) == []
        for argument, value in (said if isinstance(said, dict) else {}).items():
            assert as_described(getattr(stop.value, argument), value) == value
        if not isinstance(said, dict):
            assert said in (str(stop.value), getattr(stop.value, "redirect_to", None))


def as_described(value, described):
    """A response as a reply describes one."""
    if isinstance(value, HttpResponse):
        content = value.content.decode()
        return {"content": content, "content_type": value["Content-Type"], "status": value.status_code}
    return {"content": value} if isinstance(described, dict) and isinstance(value, str) else value


@of_every_asked_filter
def test_a_page_says_what_the_halt_flags_do(filter_, webfilter, receiver):
    text = section(page_of("filters", filter_.name), "When the call fails")
    webfilter(filter_.name, halt_on_5xx=True)
    receiver.answer(b"", 500)
    arguments = reference.world.arguments(filter_)

    if not filter_.halts:
        filter_.cls.run_filter(**arguments)
        assert "have no effect here" in text
        return
    with pytest.raises(tuple(filter_.exceptions.values())) as stop:
        filter_.cls.run_filter(**arguments)
    assert f"raise ``{type(stop.value).__name__}``" in text
    assert "*Redirect on ...*" in text


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SETTINGS)
def test_the_page_of_the_settings_has_every_key_its_default_and_what_its_annotation_says(key):
    text = section(all_pages()["settings.rst"], key)
    default, description = reference.settings.annotations()[f"OPENEDX_WEBHOOKS['{key}']"]

    assert ast.literal_eval(default) == SETTINGS[key].default
    assert f":Default: ``{SETTINGS[key].default}``" in text
    assert len(description) > 20
    assert description.replace("*", "\\*").replace("`", "\\`") in text


def test_every_annotation_is_of_a_key_that_there_is():
    annotated = set(reference.settings.annotations()) - {"OPENEDX_WEBHOOKS"}

    assert annotated == {f"OPENEDX_WEBHOOKS['{key}']" for key in SETTINGS}


@pytest.mark.parametrize("key", SETTINGS)
def test_the_page_of_the_settings_says_which_values_are_accepted(key):
    words = re.search(":Accepts: (.+)", section(all_pages()["settings.rst"], key))[1].split(" or ")
    values = {
        "true": [True], "false": [False], "a whole number above 0": [1], "a number above 0": [1, 0.5],
        "a text": ["text"], "a list of texts": [["text"], ("text",)], "``None``": [None],
    }  # fmt: skip

    assert all(SETTINGS[key].accepts(value) for word in words for value in values[word])
    others = [value for word, some in values.items() if word not in words for value in some]
    assert [value for value in others if SETTINGS[key].accepts(value) and value not in (1, 0.5)] == []
