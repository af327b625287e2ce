"""The form of an endpoint: its event is chosen from what the installed libraries have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import catalogue

Kind = catalogue.Event | catalogue.Filter
Choice = tuple[str, Any]

NOT_AVAILABLE = gettext_lazy("%(event)s (not available in this installation)")


def type_of(kind: Kind) -> str:
    """The type id of an event or filter: the name the platform's documentation knows it by."""
    return kind.event_type if isinstance(kind, catalogue.Event) else kind.filter_type


def event_choices(kinds: Sequence[Kind], stored: str) -> list[Choice]:
    """What can be chosen, grouped by domain, with what is stored if the libraries lack it: saving must keep that."""
    choices: list[Choice] = [("", "---------")]
    if stored and stored not in {kind.name for kind in kinds}:
        choices.append((stored, NOT_AVAILABLE % {"event": stored}))
    for domain, group in groupby(kinds, key=lambda kind: kind.domain):
        choices.append((domain, [(kind.name, f"{kind.title} ({type_of(kind)})") for kind in group]))
    return choices


class EndpointForm(forms.ModelForm):
    """The model and its fields come from the admin, as for any ``ModelAdmin.form``."""

    kinds: Callable[[], Sequence[Kind]]
    """What there is to choose from; each section has its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields.get("event")
        if text is not None:  # to people who may only look, the admin shows no form field at all
            choices = event_choices(self.kinds(), self.instance.event)
            self.fields["event"] = forms.ChoiceField(
                label=text.label,
                help_text=text.help_text,
                choices=choices,
                widget=forms.Select(attrs={"style": "width: 40rem; max-width: 100%"}),  # long titles, and narrow pages
                error_messages={
                    "invalid_choice": _("%(value)s is not available in this installation. Choose another.")
                },
            )


class WebhookForm(EndpointForm):
    """A webhook listens to an event."""

    kinds = staticmethod(catalogue.events)


class WebfilterForm(EndpointForm):
    """A webfilter takes part in a filter."""

    kinds = staticmethod(catalogue.filters)
