"""What an operator configures: webhooks, which hear of events, and webfilters, which are asked inside filters.

The tables are those of the original plugin (same label, columns and keys), so that a site upgrades in place. ``event``
has no choices here: they are those of the installed libraries and live in the admin form, so an upgrade of a library
needs no migration, and a row whose event the libraries lack stays as it is.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from model_utils.models import TimeStampedModel

from . import catalogue
from .redaction import mask_url
from .validators import validate_redirect, validate_url

Errors = dict[str, ValidationError]

REDIRECT_HELP = _("Where the user goes then, if the event supports it: an address, or a path of this site.")


class PayloadFormat(models.TextChoices):
    """The envelopes an event can travel in."""

    NAMED = "named", _("Named: one key per argument of the event, such as user or enrollment")
    TYPED = "typed", _("Typed: the data class is the key, as sent by version 22 and earlier")
    CLOUDEVENTS = "cloudevents", _("CloudEvents 1.0: structured JSON")


class Endpoint(TimeStampedModel):
    """An address that is called when an event happens or a filter runs.

    .. no_pii:
    """

    description = models.TextField(
        _("description"), blank=True, default="", help_text=_("What this is for and who looks after it. Optional.")
    )
    event = models.CharField(_("event"), max_length=255, default="", help_text=_("When the address is called."))
    webhook_url = models.CharField(
        _("webhook URL"),
        max_length=255,
        validators=[validate_url],
        help_text=_("The address to call, such as https://example.com/hook or http://n8n:5678/webhook/x."),
    )
    enabled = models.BooleanField(
        _("Enabled"), default=True, help_text=_("Untick to stop the calls and keep the configuration.")
    )
    use_www_form_encoding = models.BooleanField(
        _("Use WWW form encoding"),
        default=False,
        help_text=_("Send form fields such as event_metadata_time instead of JSON."),
    )

    class Meta:
        abstract = True


class Webhook(Endpoint):
    """An address that is told of an event; its answer changes nothing.

    ``event`` is the name of a signal constant, such as ``COURSE_ENROLLMENT_CREATED``.

    .. no_pii:
    """

    payload_format = models.CharField(
        _("payload format"),
        max_length=16,
        choices=PayloadFormat.choices,
        default=PayloadFormat.NAMED,
        help_text=_("How the payload is laid out. A receiver written for version 22 or earlier needs Typed."),
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Webhook for {self.event} to {mask_url(self.webhook_url)}"

    def clean(self) -> None:
        """Refuse the one pair that cannot be: CloudEvents has no form encoding."""
        super().clean()
        if self.use_www_form_encoding and self.payload_format == PayloadFormat.CLOUDEVENTS:
            message = _("CloudEvents are JSON: choose another format, or untick Use WWW form encoding.")
            raise ValidationError({"payload_format": message})


class Webfilter(Endpoint):
    """An address that is asked while a filter runs; its answer may change the data or stop the process.

    ``event`` is the class name of a filter, such as ``StudentLoginRequested``.

    .. no_pii:
    """

    #: Each halt flag with the redirect that goes with it.
    HALTS = (
        ("halt_on_4xx", "redirect_on_4xx"),
        ("halt_on_5xx", "redirect_on_5xx"),
        ("halt_on_request_exception", "redirect_on_request_exception"),
    )

    disable_filtering = models.BooleanField(
        _("Disable Filtering"), default=False, help_text=_("Do not apply the data of a reply.")
    )
    disable_halt = models.BooleanField(
        _("Disable halting"), default=False, help_text=_("Do not stop the process when a reply names an exception.")
    )
    halt_on_4xx = models.BooleanField(
        _("Halt on 4xx"), default=False, help_text=_("Stop the process when the reply has a status from 400 to 499.")
    )
    redirect_on_4xx = models.CharField(
        _("redirect on 4xx"),
        max_length=255,
        blank=True,
        validators=[validate_redirect],
        help_text=REDIRECT_HELP,
    )
    halt_on_5xx = models.BooleanField(
        _("Halt on 5xx"), default=False, help_text=_("Stop the process when the reply has a status from 500 to 599.")
    )
    redirect_on_5xx = models.CharField(
        _("redirect on 5xx"),
        max_length=255,
        blank=True,
        validators=[validate_redirect],
        help_text=REDIRECT_HELP,
    )
    halt_on_request_exception = models.BooleanField(
        _("Halt on request exception"),
        default=False,
        help_text=_("Stop the process when there is no intelligible reply: no connection, a timeout, not JSON."),
    )
    redirect_on_request_exception = models.CharField(
        _("redirect on request exception"),
        max_length=255,
        blank=True,
        validators=[validate_redirect],
        help_text=REDIRECT_HELP,
    )
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        help_text=_("Answers of several webfilters on one event apply from the lowest number up: the last wins."),
    )

    class Meta:
        ordering = ["priority", "pk"]

    def __str__(self) -> str:
        return f"Webhook filter for {self.event} to {mask_url(self.webhook_url)}"

    def clean(self) -> None:
        """Refuse halts and redirects that would never happen."""
        super().clean()
        errors = {**self._idle_redirects(), **self._impossible_halts()}
        if errors:
            raise ValidationError(errors)

    def _idle_redirects(self) -> Errors:
        """Redirects without the halt they belong to."""
        return {
            redirect: ValidationError(
                _("Tick %(halt)s or clear the redirect."), params={"halt": self._meta.get_field(halt).verbose_name}
            )
            for halt, redirect in self.HALTS
            if getattr(self, redirect) and not getattr(self, halt)
        }

    def _impossible_halts(self) -> Errors:
        """Halts and redirects that the filter has no exception for; of an unknown filter nothing is known."""
        known = catalogue.filter_named(self.event)
        if known is None:
            return {}
        errors: Errors = {}
        for halt, redirect in self.HALTS:
            if getattr(self, halt) and not known.halts:
                message = _("This event cannot be halted: it defines no exceptions. Untick the box.")
                errors[halt] = ValidationError(message)
            if getattr(self, redirect) and not known.redirects:
                message = _("This event has no exception that redirects. Clear the redirect.")
                errors[redirect] = ValidationError(message)
        return errors
