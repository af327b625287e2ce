"""The lists of the Django admin: finding endpoints, and switching many of them at once."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry

from openedx_webhooks import registry
from openedx_webhooks.models import Webfilter, Webhook
from tests.admin_pages import BOTH, EVENT, FILTER, SECRET_URL, as_staff, make, run_action, text, url

pytestmark = pytest.mark.django_db


# --- the lists -------------------------------------------------------------------------------------------------------


def listed(client, model, **query):
    return [endpoint.pk for endpoint in client.get(url(model, "changelist"), query).context["cl"].result_list]


@BOTH
def test_the_list_names_events_by_their_titles(admin_client, model, event):
    make(model, event)

    page = text(admin_client.get(url(model, "changelist")))

    assert ("Course enrollment created" if model is Webhook else "Student login requested") in page


@BOTH
@pytest.mark.parametrize(
    "words", [{"description": "for the gradebook"}, {"webhook_url": "https://gradebook.example.com/"}]
)
def test_rows_are_found_by_description_and_address(admin_client, model, event, words):
    make(model, event)
    wanted = make(model, event, **words)

    assert listed(admin_client, model, q="gradebook") == [wanted.pk]


@BOTH
def test_rows_are_found_by_event(admin_client, model, event):
    make(model, "Other")
    wanted = make(model, event)

    assert listed(admin_client, model, q=event) == [wanted.pk]


@BOTH
def test_the_list_can_be_narrowed_to_enabled_rows(admin_client, model, event):
    make(model, event, enabled=False)
    wanted = make(model, event)

    assert listed(admin_client, model, enabled__exact="1") == [wanted.pk]


@BOTH
def test_the_list_can_be_narrowed_to_an_event(admin_client, model, event):
    make(model, "Other")
    wanted = make(model, event)

    assert listed(admin_client, model, event=event) == [wanted.pk]


@BOTH
def test_the_list_can_be_narrowed_to_a_domain(admin_client, model, event):
    make(model, "Other")
    wanted = make(model, event)

    assert listed(admin_client, model, domain="Learning") == [wanted.pk]


@BOTH
def test_the_list_can_be_narrowed_to_events_that_are_missing_here(admin_client, model, event):
    make(model, event)
    wanted = make(model, "Other")

    assert listed(admin_client, model, domain="-") == [wanted.pk]


@BOTH
def test_the_sidebar_offers_what_rows_have(admin_client, model, event):
    make(model, event)
    make(model, "Other")

    filters = admin_client.get(url(model, "changelist")).context["cl"].filter_specs

    offered = {
        spec.title: [str(title) for _, title in spec.lookup_choices] for spec in filters if spec.title != "Enabled"
    }
    assert offered["domain"] == ["Learning", "Not available"]
    assert "Other (not available in this installation)" in offered["event"]


# --- actions ---------------------------------------------------------------------------------------------------------


def said(response):
    return [str(message) for message in response.context["messages"]]


@BOTH
def test_many_rows_can_be_disabled_at_once(admin_client, model, event):
    endpoints = [make(model, event), make(model, event), make(model, event, enabled=False)]

    response = run_action(admin_client, model, "disable_selected", *endpoints)

    assert not model.objects.filter(enabled=True).exists()
    assert said(response) == [f"2 {model._meta.verbose_name}s disabled."]


@BOTH
def test_many_rows_can_be_enabled_at_once(admin_client, model, event):
    endpoints = [make(model, event, enabled=False), make(model, event)]

    response = run_action(admin_client, model, "enable_selected", *endpoints)

    assert not model.objects.filter(enabled=False).exists()
    assert said(response) == [f"1 {model._meta.verbose_name} enabled."]


@BOTH
def test_rows_that_were_not_selected_stay_as_they_are(admin_client, model, event):
    selected, other = make(model, event), make(model, event)

    run_action(admin_client, model, "disable_selected", selected)

    other.refresh_from_db()
    assert other.enabled


@BOTH
def test_rows_with_unknown_events_can_be_switched_too(admin_client, model, event):
    endpoint = make(model, "GoneForever")

    run_action(admin_client, model, "disable_selected", endpoint)

    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.event) == (False, "GoneForever")


@BOTH
def test_duplicates_are_equal_and_disabled(admin_client, model, event):
    original = make(model, event, webhook_url=SECRET_URL, description="Mine", use_www_form_encoding=True)

    response = run_action(admin_client, model, "duplicate_selected", original)

    copy = model.objects.exclude(pk=original.pk).get()
    assert (copy.event, copy.webhook_url, copy.description) == (event, SECRET_URL, "Mine")
    assert copy.use_www_form_encoding
    assert not copy.enabled
    assert said(response) == [f"1 {model._meta.verbose_name} duplicated. The copies are disabled."]


def test_a_duplicate_of_a_webhook_keeps_its_payload_format(admin_client):
    original = make(Webhook, EVENT, payload_format="typed")

    run_action(admin_client, Webhook, "duplicate_selected", original)

    assert {webhook.payload_format for webhook in Webhook.objects.all()} == {"typed"}


@BOTH
@pytest.mark.parametrize(
    ("action", "entry"),
    [
        ("disable_selected", "Changed Enabled."),
        ("enable_selected", "Changed Enabled."),
        ("duplicate_selected", "Added."),
    ],
)
def test_actions_are_in_the_history(admin_client, model, event, action, entry):
    run_action(admin_client, model, action, make(model, event, enabled=action != "enable_selected"))

    assert LogEntry.objects.get().get_change_message() == entry


@BOTH
def test_nothing_is_said_to_have_changed_when_nothing_has(admin_client, model, event):
    run_action(admin_client, model, "enable_selected", make(model, event))

    assert not LogEntry.objects.exists()


@BOTH
def test_who_may_only_look_has_no_actions(client, model, event):
    endpoint = make(model, event)
    client = as_staff(client, f"view_{model._meta.model_name}")

    run_action(client, model, "disable_selected", endpoint)
    run_action(client, model, "duplicate_selected", endpoint)

    assert [row.enabled for row in model.objects.all()] == [True]


@pytest.mark.parametrize(
    ("action", "listeners"), [("disable_selected", 0), ("enable_selected", 1), ("duplicate_selected", 1)]
)
@BOTH
def test_actions_are_obeyed_at_once(admin_client, model, event, action, listeners):
    endpoint = make(model, event, enabled=action != "enable_selected")
    listening = registry.webhooks if model is Webhook else registry.webfilters
    listening(event)  # read, and kept

    run_action(admin_client, model, action, endpoint)

    assert len(listening(event)) == listeners


def test_the_list_of_webfilters_says_in_one_column_what_a_reply_may_and_in_one_what_halts(admin_client):
    make(Webfilter, FILTER, disable_filtering=True, halt_on_4xx=True, halt_on_request_exception=True)

    page = text(admin_client.get(url(Webfilter, "changelist")))

    assert '<td class="field-reply_may">halt</td>' in page
    assert '<td class="field-halts_on">4xx, no reply</td>' in page


def test_the_list_of_webhooks_says_in_which_format_they_are_sent(admin_client):
    make(Webhook, EVENT, payload_format="typed", use_www_form_encoding=True)

    page = text(admin_client.get(url(Webhook, "changelist")))

    assert '<td class="field-format_sent">typed, as a form</td>' in page
