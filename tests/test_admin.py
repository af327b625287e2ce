"""What operators configure in the Django admin, and what it refuses."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from openedx_webhooks import catalogue
from openedx_webhooks.models import Webfilter, Webhook
from tests.admin_pages import BOTH, EVENT, FILTER, change, choices, errors, form_of, make, posted, text, url

pytestmark = pytest.mark.django_db


# --- the sections ----------------------------------------------------------------------------------------------------


def test_the_admin_has_one_section_with_two_subsections(admin_client):
    (app,) = (
        app for app in admin_client.get(reverse("admin:index")).context["app_list"] if "webhooks" in app["app_url"]
    )

    assert app["name"] == "OPENEDX_WEBHOOKS"
    assert [model["name"] for model in app["models"]] == ["Webfilters", "Webhooks"]


def test_a_webhook_has_the_fields_of_the_readme_in_its_order(admin_client):
    form = form_of(admin_client.get(url(Webhook, "add")))

    assert [form[name].label for name in form.fields] == [
        "Description",
        "Event",
        "Webhook URL",
        "Enabled",
        "Use WWW form encoding",
        "Payload format",
    ]


def test_a_webfilter_has_the_fields_of_the_readme_in_its_order(admin_client):
    form = form_of(admin_client.get(url(Webfilter, "add")))

    assert [form[name].label for name in form.fields] == [
        "Description",
        "Event",
        "Webhook URL",
        "Enabled",
        "Use WWW form encoding",
        "Disable Filtering",
        "Disable halting",
        "Halt on 4xx",
        "Redirect on 4xx",
        "Halt on 5xx",
        "Redirect on 5xx",
        "Halt on request exception",
        "Redirect on request exception",
        "Priority",
    ]


@BOTH
def test_every_field_has_a_help_text(admin_client, model, event):
    form = form_of(admin_client.get(url(model, "add")))

    assert [name for name, field in form.fields.items() if not field.help_text] == []


# --- the event -------------------------------------------------------------------------------------------------------


def test_events_are_grouped_by_domain_and_named_by_title_and_type(admin_client):
    learning = dict(choices(admin_client.get(url(Webhook, "add")))["Learning"])

    assert learning[EVENT] == "Course enrollment created (org.openedx.learning.course.enrollment.created.v1)"


def test_filters_are_grouped_by_domain_and_named_by_title_and_type(admin_client):
    learning = dict(choices(admin_client.get(url(Webfilter, "add")))["Learning"])

    assert learning[FILTER] == "Student login requested (org.openedx.learning.student.login.requested.v1)"


@pytest.mark.parametrize(("model", "kinds"), [(Webhook, catalogue.events), (Webfilter, catalogue.filters)])
def test_everything_in_the_installed_libraries_can_be_chosen(admin_client, model, kinds):
    groups = choices(admin_client.get(url(model, "add")))

    names = [name for domain, group in groups.items() if domain for name, _ in group]
    assert sorted(names) == sorted(kind.name for kind in kinds())


@BOTH
def test_nothing_is_chosen_for_a_new_row(admin_client, model, event):
    response = admin_client.get(url(model, "add"))

    assert not form_of(response)["event"].value()
    assert "" in choices(response)


@BOTH
def test_a_row_can_be_added(admin_client, model, event):
    page = url(model, "add")

    admin_client.post(
        page, posted(admin_client.get(page), event=event, webhook_url="http://n8n:5678/x", description="Mine")
    )

    added = model.objects.get()
    assert (added.event, added.webhook_url, added.description) == (event, "http://n8n:5678/x", "Mine")
    assert added.enabled


def test_an_added_webhook_sends_named_payloads(admin_client):
    page = url(Webhook, "add")

    admin_client.post(page, posted(admin_client.get(page), event=EVENT, webhook_url="http://n8n:5678/x"))

    assert Webhook.objects.get().payload_format == "named"


@BOTH
def test_an_event_that_is_missing_here_stays_selectable_for_its_row(admin_client, model, event):
    endpoint = make(model, "GoneForever")

    page = admin_client.get(url(model, "change", endpoint.pk))

    assert choices(page)["GoneForever"] == "GoneForever (not available in this installation)"
    assert form_of(page)["event"].value() == "GoneForever"


@BOTH
def test_saving_keeps_an_event_that_is_missing_here(admin_client, model, event):
    endpoint = make(model, "GoneForever")

    change(admin_client, endpoint, description="Touched")

    endpoint.refresh_from_db()
    assert (endpoint.event, endpoint.description) == ("GoneForever", "Touched")


@BOTH
def test_an_event_that_is_missing_here_cannot_be_chosen_for_another_row(admin_client, model, event):
    endpoint = make(model, event)

    response = change(admin_client, endpoint, event="GoneForever")

    assert "not available in this installation" in errors(response)["event"][0]


@BOTH
@pytest.mark.parametrize("page", ["changelist", "change", "delete", "history"])
def test_every_page_bears_an_event_that_is_missing_here(admin_client, model, event, page):
    endpoint = make(model, "GoneForever")

    assert "GoneForever" in text(admin_client.get(url(model, page, *([] if page == "changelist" else [endpoint.pk]))))


@BOTH
def test_every_page_bears_an_empty_event(admin_client, model, event):
    endpoint = make(model, "")

    assert admin_client.get(url(model, "changelist")).status_code == 200
    assert admin_client.get(url(model, "change", endpoint.pk)).status_code == 200


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_refused_address_is_explained_at_its_field(admin_client):
    response = change(admin_client, make(Webhook, EVENT), webhook_url="ftp://example.com/")

    assert errors(response)["webhook_url"] == ["Start the address with http:// or https://."]


def test_a_redirect_without_its_halt_is_explained_at_its_field(admin_client):
    response = change(admin_client, make(Webfilter, FILTER), redirect_on_4xx="/dashboard")

    assert errors(response)["redirect_on_4xx"] == ["Tick Halt on 4xx or clear the redirect."]


def test_an_impossible_halt_is_explained_at_its_field(admin_client):
    response = change(admin_client, make(Webfilter, "CourseHomeUrlCreationStarted"), halt_on_5xx="on")

    assert "defines no exceptions" in errors(response)["halt_on_5xx"][0]


def test_cloudevents_as_a_form_is_explained_at_its_field(admin_client):
    response = change(admin_client, make(Webhook, EVENT), payload_format="cloudevents", use_www_form_encoding="on")

    assert "CloudEvents are JSON" in errors(response)["payload_format"][0]


# --- save as new -----------------------------------------------------------------------------------------------------


@BOTH
def test_a_row_can_be_saved_as_a_new_one(admin_client, model, event):
    original = make(model, event)

    change(admin_client, original, description="Another", _saveasnew="1")

    assert [row.description for row in model.objects.order_by("pk")] == ["", "Another"]


@BOTH
def test_an_event_that_is_missing_here_is_not_for_new_rows(admin_client, model, event):
    response = change(admin_client, make(model, "GoneForever"), _saveasnew="1")

    assert "not available in this installation" in errors(response)["event"][0]
    assert not re.search(r"<option[^>]* selected>[^-]", text(response).partition("payload_format")[0])
