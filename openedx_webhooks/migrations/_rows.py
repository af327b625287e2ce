"""What our data migrations do to rows. No migration itself: Django passes over modules that start with an underscore.

Rows are changed with ``QuerySet.update``, so ``modified`` keeps its value and no signal is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

log = logging.getLogger(__name__)

ORIGINAL_EVENT_LENGTH = 50

RENAMED = (
    "Disabled by the upgrade: the old name of this event, {old}, was never called; its present name {new} is. "
    "Tick Enabled if that is wanted."
)
CUT = "Disabled by the downgrade: the name of this event, {old}, is longer than 50 characters and was cut."


def webfilters(apps: Any, schema_editor: Any) -> QuerySet[Any]:
    """The webfilters of the database that is being migrated."""
    model = apps.get_model("openedx_webhooks", "Webfilter")
    return model._default_manager.using(schema_editor.connection.alias)


def webhooks(apps: Any, schema_editor: Any) -> QuerySet[Any]:
    """The webhooks of the database that is being migrated."""
    model = apps.get_model("openedx_webhooks", "Webhook")
    return model._default_manager.using(schema_editor.connection.alias)


def rename_events(names: Mapping[str, str]) -> Callable[[Any, Any], None]:
    """A step for ``RunPython`` that gives webfilters the present names of their events."""

    def rename(apps: Any, schema_editor: Any) -> None:
        rows = webfilters(apps, schema_editor)
        # Compared here and not by the database: MySQL ignores case, and some names differ in nothing else.
        for pk, old in list(rows.values_list("pk", "event")):
            if old in names:
                _rename(rows.filter(pk=pk), old, names[old])

    return rename


def _rename(row: QuerySet[Any], old: str, new: str) -> None:
    """Rename one row; disable it if that would wake it up.

    The original asked the database for the present name. Where the database takes the old one for the same (MySQL, if
    only case differs), the row has been called all the time and must not stop.
    """
    changes: dict[str, Any] = {"event": new}
    enabled, description = row.values_list("enabled", "description").get()
    if enabled and not row.filter(event=new).exists():
        changes |= {"enabled": False, "description": _with(description, RENAMED.format(old=old, new=new))}
    row.update(**changes)


def cut_long_events(apps: Any, schema_editor: Any) -> None:
    """Make every event fit into the original's column; a row that is cut is kept and disabled."""
    for rows in (webhooks(apps, schema_editor), webfilters(apps, schema_editor)):
        for pk, event in list(rows.values_list("pk", "event")):
            if len(event) > ORIGINAL_EVENT_LENGTH:
                _cut(rows.filter(pk=pk), event)


def _cut(row: QuerySet[Any], event: str) -> None:
    changes: dict[str, Any] = {"event": event[:ORIGINAL_EVENT_LENGTH], "enabled": False}
    if row.model._meta.model_name == "webfilter":  # the original's webhooks have no description to say it in
        changes["description"] = _with(row.values_list("description", flat=True).get(), CUT.format(old=event))
    log.warning(
        "openedx_webhooks: event name cut and row disabled",
        extra={"model": row.model._meta.model_name, "pk": row.values_list("pk", flat=True).get(), "event": event},
    )
    row.update(**changes)


def _with(description: str, sentence: str) -> str:
    return f"{description}\n\n{sentence}" if description else sentence
