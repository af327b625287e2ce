"""The admin as a browser uses it: pages, forms and what is sent back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from openedx_webhooks.models import Webfilter, Webhook

EVENT = "COURSE_ENROLLMENT_CREATED"
FILTER = "StudentLoginRequested"
SECRET_URL = "https://me:hunter2@hooks.example.com/in?token=abc123"

BOTH = pytest.mark.parametrize(("model", "event"), [(Webhook, EVENT), (Webfilter, FILTER)])


def as_staff(client, *permissions):
    """Log somebody in who is of the staff and may do only what is named."""
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def make(model, event, **values):
    return model.objects.create(**{"event": event, "webhook_url": "https://hooks.example.com/in"} | values)


def url(model, page, *args):
    return reverse(f"admin:openedx_webhooks_{model._meta.model_name}_{page}", args=args)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def form_of(response):
    return response.context["adminform"].form


def posted(response, **changes):
    """What a browser would send back from this page, with some fields changed."""
    form = form_of(response)
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: value for name, value in values.items() if value is not None and value is not False}


def change(client, endpoint, **changes):
    page = url(type(endpoint), "change", endpoint.pk)
    return client.post(page, posted(client.get(page), **changes), follow=True)


def run_action(client, model, action, *endpoints):
    data = {"action": action, "_selected_action": [endpoint.pk for endpoint in endpoints]}
    return client.post(url(model, "changelist"), data, follow=True)


def errors(response):
    return form_of(response).errors


def choices(response):
    """The groups of the event's list."""
    return dict(form_of(response).fields["event"].choices)
