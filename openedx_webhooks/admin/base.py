"""What both sections of the admin have in common: lists, search, actions, and who may read an address.

An address may hold a secret. Lists, history and messages show it masked; the change form shows it to people who may
change it, and to nobody else: who may only look can neither read it, nor search for it, nor filter by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models, transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Endpoint
from ..redaction import mask_url
from .filters import DomainFilter, EventFilter
from .forms import NOT_AVAILABLE, Kind

ADDRESSES = frozenset({"webhook_url", "redirect_on_4xx", "redirect_on_5xx", "redirect_on_request_exception"})


def masked(field: str, label: Any) -> Callable[[Any, Endpoint], str]:
    """A column that shows the address in ``field`` without its secrets."""

    @admin.display(description=label)
    def show(_admin: Any, endpoint: Endpoint) -> str:
        address = mask_url(getattr(endpoint, field))
        # A long one breaks anywhere, so that it does not push the other columns out of sight.
        return format_html('<span style="overflow-wrap: anywhere">{}</span>', address) if address else "-"

    return show


class EndpointAdmin(admin.ModelAdmin):
    """Base of the two sections."""

    save_as = True
    list_filter = ("enabled", DomainFilter, EventFilter)
    search_fields = ("description", "event")
    actions = ("enable_selected", "disable_selected", "duplicate_selected")
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vURLField"})},  # as wide as an address
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }

    kind: Callable[[str], Kind | None]
    """The event or filter of a name, if the installed libraries have it; each section has its own."""

    masked_webhook_url = masked("webhook_url", gettext_lazy("webhook URL"))

    @admin.display(description=gettext_lazy("event"), ordering="event")
    def event_title(self, endpoint: Endpoint) -> str:
        """The event by its title."""
        return self.title_of(endpoint.event)

    def title_of(self, event: str) -> str:
        """The title of an event, or its stored name if the installed libraries lack it."""
        kind = self.kind(event)
        return kind.title if kind else str(NOT_AVAILABLE % {"event": event})

    # --- who may read an address --------------------------------------------------------------------------------

    def get_fieldsets(self, request: Any, obj: Endpoint | None = None) -> Any:
        """The same for everybody, but masked for those who may only look."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(name, {**options, "fields": list(map(_readable, options["fields"]))}) for name, options in fieldsets]

    def get_search_fields(self, request: Any) -> Sequence[str]:
        """Who may only look cannot find out a secret letter by letter."""
        fields = tuple(super().get_search_fields(request))
        return (*fields, "webhook_url") if self.has_change_permission(request) else fields

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Nor with ``?webhook_url__startswith=`` in the address of the list."""
        if lookup.partition("__")[0] in ADDRESSES:
            return False
        return super().lookup_allowed(lookup, value, *([request] if request else []))

    # --- actions: saved one by one, because an update of the whole set sends no signal to the registry ----------

    @admin.action(description=gettext_lazy("Enable selected %(verbose_name_plural)s"), permissions=["change"])
    def enable_selected(self, request: Any, queryset: Any) -> None:
        """Start the calls."""
        count = self._switch(request, queryset, enabled=True)
        self._tell(request, count, _("%(count)d %(name)s enabled."))

    @admin.action(description=gettext_lazy("Disable selected %(verbose_name_plural)s"), permissions=["change"])
    def disable_selected(self, request: Any, queryset: Any) -> None:
        """Stop the calls."""
        count = self._switch(request, queryset, enabled=False)
        self._tell(request, count, _("%(count)d %(name)s disabled."))

    @admin.action(description=gettext_lazy("Duplicate selected %(verbose_name_plural)s"), permissions=["add"])
    def duplicate_selected(self, request: Any, queryset: Any) -> None:
        """Make disabled copies, to be changed before they are enabled."""
        with transaction.atomic(using=queryset.db):
            copies = [self._disabled_copy(endpoint) for endpoint in queryset]
            for copy in copies:
                copy.save()
                self.log_addition(request, copy, [{"added": {}}])
        self._tell(request, len(copies), _("%(count)d %(name)s duplicated. The copies are disabled."))

    def _switch(self, request: Any, queryset: Any, *, enabled: bool) -> int:
        """Enable or disable those that are not yet; the number of them."""
        endpoints: list[Endpoint] = list(queryset.filter(enabled=not enabled))
        with transaction.atomic(using=queryset.db):
            for endpoint in endpoints:
                endpoint.enabled = enabled
                endpoint.save(update_fields=["enabled", "modified"])
                self.log_change(request, endpoint, [{"changed": {"fields": ["Enabled"]}}])
        return len(endpoints)

    def _disabled_copy(self, endpoint: Endpoint) -> Endpoint:
        fields = [field for field in self.opts.concrete_fields if field.editable and not field.primary_key]
        values = {field.attname: getattr(endpoint, field.attname) for field in fields}
        return self.model(**values | {"enabled": False})

    def _tell(self, request: Any, count: int, message: str) -> None:
        text = message % {"count": count, "name": model_ngettext(self.opts, count)}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)


def _readable(field: str) -> str:
    """What stands in the place of a field for people who may only look."""
    if field == "event":
        return "event_title"
    return f"masked_{field}" if field in ADDRESSES else field
