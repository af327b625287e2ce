"""The sidebar of the lists: by domain and by event, offering only what rows have."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

Lookups = list[tuple[str, Any]]

#: Stands for the domain of events that the installed libraries lack.
UNAVAILABLE = "-"


def stored_events(request: Any, model_admin: Any) -> list[str]:
    """The events of all rows, each once."""
    rows = model_admin.get_queryset(request).order_by("event")
    return list(dict.fromkeys(rows.values_list("event", flat=True)))


class DomainFilter(admin.SimpleListFilter):
    """By the domain of the event: Learning, Content authoring, ..."""

    title = _("domain")
    parameter_name = "domain"

    def __init__(self, request: Any, params: Any, model: Any, model_admin: Any) -> None:
        events = stored_events(request, model_admin)
        self.domains = {event: _domain(model_admin.kind(event)) for event in events}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: Any, model_admin: Any) -> Lookups:  # noqa: ARG002 -- Django's signature
        """Each domain that rows have, those of unknown events last."""
        domains = sorted(set(self.domains.values()), key=lambda domain: (domain == UNAVAILABLE, domain))
        return [(domain, _("Not available") if domain == UNAVAILABLE else domain) for domain in domains]

    def queryset(self, request: Any, queryset: Any) -> Any:  # noqa: ARG002 -- Django's signature
        """The rows whose event is of the chosen domain."""
        if self.value() is None:
            return queryset
        return queryset.filter(event__in=[event for event, domain in self.domains.items() if domain == self.value()])


class EventFilter(admin.SimpleListFilter):
    """By event."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: Any, model_admin: Any) -> Lookups:
        """Each event that rows have, by its title."""
        titles = [(event, model_admin.title_of(event)) for event in stored_events(request, model_admin)]
        return sorted(titles, key=lambda item: str(item[1]))

    def queryset(self, request: Any, queryset: Any) -> Any:  # noqa: ARG002 -- Django's signature
        """The rows of the chosen event."""
        return queryset if self.value() is None else queryset.filter(event=self.value())


def _domain(kind: Any) -> str:
    return kind.domain if kind else UNAVAILABLE
