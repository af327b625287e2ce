"""The two sections of the Django admin: Webhooks and Webfilters."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .. import catalogue
from ..models import Webfilter, Webhook
from .base import EndpointAdmin, masked
from .forms import WebfilterForm, WebhookForm

ENDPOINT = ("description", "event", "webhook_url", "enabled", "use_www_form_encoding")


@admin.register(Webhook)
class WebhookAdmin(EndpointAdmin):
    """Webhooks: who is told of an event."""

    form = WebhookForm
    kind = staticmethod(catalogue.event)
    list_display = (
        "event_title",
        "masked_webhook_url",
        "description",
        "enabled",
        "use_www_form_encoding",
        "payload_format",
        "created",
        "modified",
    )
    fieldsets = ((None, {"fields": ENDPOINT}), (_("Advanced"), {"fields": ("payload_format",)}))


@admin.register(Webfilter)
class WebfilterAdmin(EndpointAdmin):
    """Webfilters: who is asked while a filter runs."""

    form = WebfilterForm
    kind = staticmethod(catalogue.filter_named)
    list_display = (
        "event_title",
        "masked_webhook_url",
        "description",
        "enabled",
        "disable_filtering",
        "disable_halt",
        "halt_on_4xx",
        "halt_on_5xx",
        "halt_on_request_exception",
        "priority",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *ENDPOINT,
                    "disable_filtering",
                    "disable_halt",
                    "halt_on_4xx",
                    "redirect_on_4xx",
                    "halt_on_5xx",
                    "redirect_on_5xx",
                    "halt_on_request_exception",
                    "redirect_on_request_exception",
                )
            },
        ),
        (_("Advanced"), {"fields": ("priority",)}),
    )
    masked_redirect_on_4xx = masked("redirect_on_4xx", _("redirect on 4xx"))
    masked_redirect_on_5xx = masked("redirect_on_5xx", _("redirect on 5xx"))
    masked_redirect_on_request_exception = masked("redirect_on_request_exception", _("redirect on request exception"))
