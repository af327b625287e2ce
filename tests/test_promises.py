"""What the README of the original promises, line by line: the specification of its users.

The numbers are those of the list of promises. The two examples run through openedx-filters' own runner.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.http import QueryDict
from django.urls import reverse

from openedx_webhooks import catalogue, samples
from openedx_webhooks.filters import WebFilterStep
from openedx_webhooks.models import Webfilter, Webhook
from tests.campus.models import UserProfile
from tests.receiver import Answer
from tests.reference import page_of, section

REGISTRATION, LOGIN = (
    catalogue.filter_named(name) for name in ("StudentRegistrationRequested", "StudentLoginRequested")
)
PreventRegistration, PreventLogin = REGISTRATION.cls.PreventRegistration, LOGIN.cls.PreventLogin

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.rst").read_text(encoding="utf-8")


def documentation(page):
    """The text of a page, on one line."""
    return " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split())


def form(**fields):
    data = QueryDict(mutable=True)
    data.update({"name": "Jane Doe", "username": "jane", "email": "jane@example.com", **fields})
    return data


def register(**fields):
    """As the platform's registration view does."""
    return REGISTRATION.cls.run_filter(form_data=form(**fields))


def login(user):
    return LOGIN.cls.run_filter(user=user)


@pytest.fixture
def jane(django_user_model):
    user = django_user_model.objects.create(username="jane", email="jane@example.com")
    UserProfile.objects.create(user=user, name="Jane Doe")
    return user


def announce(name):
    event = catalogue.event(name)
    event.signal.send_event(**samples.event_arguments(event))


def test_1_a_webhook_posts_when_an_event_happens_and_all_urls_of_an_event_are_called(webhook, receiver, commit):
    webhook("COURSE_ENROLLMENT_CREATED", "crm")
    webhook("COURSE_ENROLLMENT_CREATED", "chat")

    with commit():
        announce("COURSE_ENROLLMENT_CREATED")

    assert sorted(request.path for request in receiver.requests) == ["/chat", "/crm"]


def test_2_a_webfilter_posts_inside_a_process_and_may_change_its_data_or_stop_it(webfilter, receiver):
    webfilter("StudentRegistrationRequested")
    receiver.answer({"data": {"form_data": {"name": "Jane Q. Doe"}}})
    assert register()["name"] == "Jane Q. Doe"

    receiver.answer({"exception": {"PreventRegistration": "Not today."}})
    with pytest.raises(PreventRegistration):
        register()


def test_3_one_line_installs_it_and_migrate_makes_its_tables(db):
    call_command("migrate", verbosity=0)

    assert "OPENEDX_EXTRA_PIP_REQUIREMENTS" in README
    assert not Webhook.objects.exists()
    assert not Webfilter.objects.exists()


def test_4_the_admin_has_a_section_with_two_subsections(admin_client):
    page = admin_client.get(reverse("admin:index")).content.decode()

    assert "OPENEDX_WEBHOOKS" in page
    sections = {app["app_label"]: app for app in admin.site.get_app_list(_request(admin_client))}
    section = sections["openedx_webhooks"]
    assert [model["name"] for model in section["models"]] == ["Webfilters", "Webhooks"]


def _request(client):
    request = client.get(reverse("admin:index")).wsgi_request
    request.user = client.get(reverse("admin:index")).context["user"]
    return request


FIELDS = ["description", "event", "webhook_url", "enabled", "use_www_form_encoding"]


def shown(client, model):
    response = client.get(reverse(f"admin:openedx_webhooks_{model}_add"))
    return [field.field.name for fieldset in response.context["adminform"] for line in fieldset for field in line]


def test_5_a_webhook_has_these_fields_in_this_order(admin_client):
    assert shown(admin_client, "webhook")[: len(FIELDS)] == FIELDS


def test_6_a_webfilter_has_those_and_these(admin_client):
    flags = [
        "disable_filtering", "disable_halt", "halt_on_4xx", "redirect_on_4xx", "halt_on_5xx", "redirect_on_5xx",
        "halt_on_request_exception", "redirect_on_request_exception",
    ]  # fmt: skip

    assert shown(admin_client, "webfilter")[: len(FIELDS) + len(flags)] == [*FIELDS, *flags]


def test_6_disable_filtering_keeps_the_data_of_a_reply_out(webfilter, receiver):
    webfilter("StudentRegistrationRequested", disable_filtering=True)
    receiver.answer({"data": {"form_data": {"name": "Jane Q. Doe"}}})

    assert register()["name"] == "Jane Doe"


def test_6_disable_halting_lets_the_process_go_on(webfilter, receiver):
    webfilter("StudentRegistrationRequested", disable_halt=True)
    receiver.answer({"exception": {"PreventRegistration": "Not today."}})

    assert register()["name"] == "Jane Doe"


@pytest.mark.parametrize(
    ("flag", "answer"),
    [("halt_on_4xx", Answer(b"", 404)), ("halt_on_5xx", Answer(b"", 500)), ("halt_on_request_exception", None)],
)
def test_6_halts_and_their_redirects(flag, answer, webfilter, receiver, settings):
    settings.OPENEDX_WEBHOOKS = {"FILTER_TIMEOUT": 0.5}
    dashboard = catalogue.filter_named("DashboardRenderStarted")
    fields = {flag: True, flag.replace("halt", "redirect"): "/sorry"}
    if answer:
        receiver.answers["/"] = answer
    else:
        fields["webhook_url"] = "http://127.0.0.1:9/nobody-listens"
    webfilter("DashboardRenderStarted", **fields)

    with pytest.raises(dashboard.exceptions["RedirectToPage"]) as raised:
        dashboard.cls.run_filter(context={}, template_name="dashboard.html")

    assert raised.value.redirect_to == "/sorry"


@pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)
def test_7_every_payload_has_the_events_type_and_its_time_in_utc(event, webhook, receiver, commit):
    webhook(event.name)

    with commit():
        announce(event.name)

    metadata = receiver.last.json["event_metadata"]
    assert metadata["event_type"] == event.event_type
    assert datetime.fromisoformat(metadata["time"]).utcoffset() == UTC.utcoffset(None)


def test_7_a_login_filter_has_the_user_and_the_profile(webfilter, receiver, jane):
    webfilter("StudentLoginRequested")

    login(jane)

    assert receiver.last.json["user"]["email"] == "jane@example.com"
    assert receiver.last.json["profile"]["name"] == "Jane Doe"


def test_8_form_encoding_flattens_and_joins_the_names(webfilter, receiver, jane):
    webfilter("StudentLoginRequested", use_www_form_encoding=True)

    login(jane)

    form_ = receiver.last.form
    assert form_["user_id"] == str(jane.pk)
    assert form_["user_email"] == "jane@example.com"
    assert form_["profile_name"] == "Jane Doe"
    assert form_["event_metadata_time"].endswith("+00:00")


@pytest.mark.parametrize(
    ("reply", "name", "stopped"),
    [
        (b"", "Jane Doe", False),
        ({}, "Jane Doe", False),
        ({"data": {"form_data": {"name": "Jane Q. Doe"}}}, "Jane Q. Doe", False),
        ({"exception": {"PreventRegistration": "No."}}, None, True),
        ({"data": {"form_data": {"name": "Jane Q. Doe"}}, "exception": {"PreventRegistration": "No."}}, None, True),
    ],
    ids=["nothing", "empty", "data", "exception", "both"],
)
def test_9_the_answer_may_be_empty_or_have_data_exception_or_both(reply, name, stopped, webfilter, receiver):
    webfilter("StudentRegistrationRequested")
    receiver.answer(reply)

    if stopped:
        with pytest.raises(PreventRegistration):
            register()
    else:
        assert register()["name"] == name


def test_10_example_a_learner_registers_under_another_full_name(webfilter, receiver):
    webfilter("StudentRegistrationRequested")
    receiver.answer({"data": {"form_data": {"name": "Jane Q. Doe"}}})

    after = register(country="ES")

    assert after["name"] == "Jane Q. Doe"
    assert {name: after[name] for name in ("username", "email", "country")} == {
        "username": "jane", "email": "jane@example.com", "country": "ES",
    }  # fmt: skip


def test_10_only_the_keys_present_change_and_all_others_stay(webfilter, receiver, jane):
    webfilter("StudentLoginRequested")
    receiver.answer({"data": {"user": {"first_name": "Jane"}, "profile": {"goals": "To learn."}}})

    login(jane)

    jane.refresh_from_db()
    profile = UserProfile.objects.get(user=jane)
    assert (jane.first_name, jane.username, jane.email) == ("Jane", "jane", "jane@example.com")
    assert (profile.goals, profile.name) == ("To learn.", "Jane Doe")


def test_11_example_a_registration_is_stopped_with_a_message(webfilter, receiver):
    webfilter("StudentRegistrationRequested")
    receiver.answer({"exception": {"PreventRegistration": "Please ask your school for an account."}})

    with pytest.raises(PreventRegistration) as stop:
        register()

    assert str(stop.value) == "Please ask your school for an account."


def test_11_an_exception_may_be_an_object_with_more(webfilter, receiver, jane):
    webfilter("StudentLoginRequested")
    receiver.answer(
        {"exception": {"PreventLogin": {"message": "Pay first.", "redirect_to": "https://example.com/pay"}}}
    )

    with pytest.raises(PreventLogin) as stop:
        login(jane)

    assert (str(stop.value), stop.value.redirect_to) == ("Pay first.", "https://example.com/pay")


def test_12_all_webfilters_are_called_and_their_answers_combined_the_last_one_wins(webfilter, receiver):
    for path in ("one", "two", "three"):
        webfilter("StudentRegistrationRequested", path)
    receiver.answer({"data": {"form_data": {"name": "One", "country": "ES"}}}, path="one")
    receiver.answer({"data": {"form_data": {"name": "Two", "city": "Lima"}}}, path="two")
    receiver.answer({"data": {"form_data": {"name": "Three"}}}, path="three")

    after = register()

    assert sorted(request.path for request in receiver.requests) == ["/one", "/three", "/two"]
    assert (after["name"], after["country"], after["city"]) == ("Three", "ES", "Lima")


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_13_the_documentation_lists_the_values_and_exceptions_of_every_filter(filter_, db):
    page = page_of("filters", filter_.name)
    values, stops = section(page, "What a webfilter is told"), section(page, "How a reply stops it")

    assert filter_.arguments
    assert all(f"* - ``{name}``\n" in values for name in filter_.arguments)
    assert all(f"\n{name}\n{'=' * len(name)}\n" in stops for name in filter_.exceptions)


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
@pytest.mark.parametrize("reply", [b"", b"[]", {"data": {}}, {"data": 3}], ids=["empty", "list", "no data", "wrong"])
def test_14_a_step_always_returns_a_dict(filter_, reply, webfilter, receiver):
    webfilter(filter_.name)
    receiver.answer(reply)

    assert WebFilterStep(filter_.filter_type, []).run_filter(**samples.filter_arguments(filter_)) == {}


def test_14_adding_an_event_or_a_filter_is_documented():
    contributing, other_plugins = documentation("contributing.rst"), documentation("how-tos/other-plugins.rst")

    assert "An event costs no line of code." in contributing
    assert "WebFilterStep" in contributing
    assert "always returns a dictionary, which may be empty" in contributing
    assert "EXTRA_SIGNAL_MODULES" in other_plugins
    assert "EXTRA_FILTER_MODULES" in other_plugins


def test_15_developers_find_their_commands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    written = README + documentation("contributing.rst")

    for target in ("requirements", "validate", "test", "quality"):
        assert f"\n{target}:" in makefile
        assert f"make {target}" in written
    assert ".venv/bin/pytest ./tests/" in written


@pytest.mark.parametrize("title", ["Getting help", "License", "Contributing", "Reporting security issues"])
def test_15_the_readme_has_the_sections_that_people_look_for(title):
    assert f"\n{title}\n{'*' * len(title)}\n" in README


def test_15_security_issues_are_not_reported_in_public():
    assert "do not report security issues in public" in README
