"""System checks: what ``manage.py check`` says about our settings.

==== ==============================================================
W001 ``OPENEDX_WEBHOOKS`` is no dictionary
W002 a key that we do not know
W003 a value of the wrong type; the default is used
W004 ``WRITABLE_FIELDS`` holds something that names no field
==== ==============================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage

from .app_settings import NAME, SETTINGS, configured


def register() -> None:
    """Add our checks to Django's."""
    checks.register(check_settings)


def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Whether everything in ``OPENEDX_WEBHOOKS`` can be used."""
    value = getattr(settings, NAME, None)
    if value is not None and not isinstance(value, Mapping):
        return [checks.Warning(f"{NAME} must be a dictionary; the defaults are used.", id="openedx_webhooks.W001")]
    return [*_unusable(), *_unclear_fields()]


def _unusable() -> Iterator[CheckMessage]:
    for key, value in configured().items():
        if key not in SETTINGS:
            near = get_close_matches(str(key), SETTINGS, n=1)
            yield checks.Warning(
                f"{NAME} has no key {key!r}.",
                hint=f"Did you mean {near[0]!r}?" if near else f"It knows {', '.join(SETTINGS)}.",
                id="openedx_webhooks.W002",
            )
        elif not SETTINGS[key].accepts(value):
            kinds = " or ".join(kind.__name__ for kind in SETTINGS[key].types)
            yield checks.Warning(
                f"{NAME}[{key!r}] must be of type {kinds}, and positive if a number.",
                hint=f"The default {SETTINGS[key].default!r} is used.",
                id="openedx_webhooks.W003",
            )


def _unclear_fields() -> Iterator[CheckMessage]:
    names = configured().get("WRITABLE_FIELDS", ())
    for name in names if isinstance(names, list | tuple) else ():
        if not isinstance(name, str) or "." not in name:
            yield checks.Warning(
                f"{NAME}['WRITABLE_FIELDS'] holds {name!r}, which names no field.",
                hint="Write 'auth.user.email' (app label, model, field) or 'form_data.username'.",
                id="openedx_webhooks.W004",
            )
