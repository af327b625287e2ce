"""Who sees what of an address in the Django admin."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry

from openedx_webhooks.models import Webfilter, Webhook
from tests.admin_pages import BOTH, FILTER, SECRET_URL, as_staff, change, form_of, make, run_action, text, url

pytestmark = pytest.mark.django_db


def shows_secret(response):
    page = text(response)
    return "hunter2" in page or "abc123" in page


@BOTH
@pytest.mark.parametrize("page", ["changelist", "delete", "history"])
def test_lists_and_questions_show_addresses_masked(admin_client, model, event, page):
    endpoint = make(model, event, webhook_url=SECRET_URL)

    response = admin_client.get(url(model, page, *([] if page == "changelist" else [endpoint.pk])))

    assert "hooks.example.com" in text(response)
    assert not shows_secret(response)


@BOTH
def test_the_question_before_deleting_many_shows_addresses_masked(admin_client, model, event):
    response = run_action(admin_client, model, "delete_selected", make(model, event, webhook_url=SECRET_URL))

    assert "hooks.example.com" in text(response)
    assert not shows_secret(response)


@BOTH
def test_history_and_messages_show_addresses_masked(admin_client, model, event):
    response = change(admin_client, make(model, event, webhook_url=SECRET_URL), description="Touched")

    assert not shows_secret(response)
    assert "hunter2" not in LogEntry.objects.get().object_repr


@BOTH
def test_who_may_change_an_address_sees_it_in_the_form(admin_client, model, event):
    endpoint = make(model, event, webhook_url=SECRET_URL)

    assert form_of(admin_client.get(url(model, "change", endpoint.pk)))["webhook_url"].value() == SECRET_URL


@BOTH
def test_who_may_only_look_sees_it_masked(client, model, event):
    endpoint = make(model, event, webhook_url=SECRET_URL)
    client = as_staff(client, f"view_{model._meta.model_name}")

    response = client.get(url(model, "change", endpoint.pk))

    assert "hooks.example.com" in text(response)
    assert not shows_secret(response)


def test_who_may_only_look_sees_redirects_masked(client):
    endpoint = make(Webfilter, FILTER, halt_on_4xx=True, redirect_on_4xx=SECRET_URL)

    response = as_staff(client, "view_webfilter").get(url(Webfilter, "change", endpoint.pk))

    assert not shows_secret(response)


@BOTH
def test_who_may_only_look_sees_the_event_by_its_title(client, model, event):
    endpoint = make(model, event)

    page = text(as_staff(client, f"view_{model._meta.model_name}").get(url(model, "change", endpoint.pk)))

    assert ("Course enrollment created" if model is Webhook else "Student login requested") in page


@BOTH
def test_who_may_only_look_bears_an_event_that_is_missing_here(client, model, event):
    endpoint = make(model, "GoneForever")

    page = text(as_staff(client, f"view_{model._meta.model_name}").get(url(model, "change", endpoint.pk)))

    assert "GoneForever (not available in this installation)" in page


@BOTH
def test_who_may_only_look_cannot_save(client, model, event):
    endpoint = make(model, event)

    response = as_staff(client, f"view_{model._meta.model_name}").post(
        url(model, "change", endpoint.pk), {"description": "Mine"}
    )

    assert response.status_code == 403


@BOTH
def test_who_may_only_look_cannot_search_for_a_secret(client, model, event):
    make(model, event, webhook_url=SECRET_URL)
    client = as_staff(client, f"view_{model._meta.model_name}")

    assert client.get(url(model, "changelist"), {"q": "hunter2"}).context["cl"].result_count == 0


@BOTH
def test_nobody_can_guess_a_secret_with_a_lookup_in_the_address(admin_client, model, event):
    response = admin_client.get(url(model, "changelist"), {"webhook_url__contains": "hunter"})

    assert response.status_code == 400


@BOTH
def test_who_may_only_add_gets_the_whole_form(client, model, event):
    name = model._meta.model_name

    form = form_of(as_staff(client, f"add_{name}", f"view_{name}").get(url(model, "add")))

    assert {"event", "webhook_url"} <= set(form.fields)
