"""The two sections of the Django admin: Webhooks and Webfilters."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.timezone import template_localtime
from django.utils.translation import gettext
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
        "format_sent",
        "modified_on",
    )
    fieldsets = ((None, {"fields": ENDPOINT}), (_("Advanced"), {"fields": ("payload_format",)}))

    @admin.display(description=_("modified"), ordering="modified")
    def modified_on(self, webhook: Webhook) -> str:
        """The day: with the time, which the history has, the column would be cut."""
        return date_format(template_localtime(webhook.modified), "SHORT_DATE_FORMAT")

    @admin.display(description=_("format"), ordering="payload_format")
    def format_sent(self, webhook: Webhook) -> str:
        """The envelope, and whether it travels as a form."""
        if webhook.use_www_form_encoding:
            return gettext("%(format)s, as a form") % {"format": webhook.payload_format}
        return webhook.payload_format


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
        "reply_may",
        "halts_on",
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

    @admin.display(description=_("reply may"))
    def reply_may(self, webfilter: Webfilter) -> str:
        """What the two Disable flags leave to a reply."""
        powers = {gettext("change"): not webfilter.disable_filtering, gettext("halt"): not webfilter.disable_halt}
        return _listed(powers)

    @admin.display(description=_("halts on"))
    def halts_on(self, webfilter: Webfilter) -> str:
        """The failures that stop the process."""
        failures = {
            "4xx": webfilter.halt_on_4xx,
            "5xx": webfilter.halt_on_5xx,
            gettext("no reply"): webfilter.halt_on_request_exception,
        }
        return _listed(failures)

    masked_redirect_on_4xx = masked("redirect_on_4xx", _("redirect on 4xx"))
    masked_redirect_on_5xx = masked("redirect_on_5xx", _("redirect on 5xx"))
    masked_redirect_on_request_exception = masked("redirect_on_request_exception", _("redirect on request exception"))


def _listed(flags: Mapping[str, bool]) -> str:
    """The names of what is set: one narrow column instead of one for each flag."""
    return ", ".join(name for name, is_set in flags.items() if is_set) or "-"
