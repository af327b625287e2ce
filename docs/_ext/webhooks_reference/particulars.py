"""The data of an event as its page shows it: the sample by the types, and what the platform puts into it in fact.

The samples of the plugin itself go by types and names alone, and stay as they are: what was recorded from them is
compared with what goes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from opaque_keys.edx.keys import UsageKey

from openedx_webhooks import samples
from openedx_webhooks.catalogue import Event

#: Texts of fields whose sample by type says nothing, or something else, by the name of the field.
TEXTS: Mapping[str, str] = {
    "org_key": "OpenedX",
    "operation": "created",
    "subject": "user^jane",
    "scope": samples.COURSE_ID,
}

#: Keys that are those of another block, or say more than which block it is.
USAGE_KEYS: Mapping[str, str] = {
    "version": (
        "block-v1:OpenedX+DemoX+2026+branch@draft-branch+version@6968b1c25f3b2a0d1c4e7f90+type@problem+block@intro"
    ),
    "source_usage_key": "block-v1:OpenedX+DemoX+2026+type@problem+block@original",
}

#: What is so in one event alone, by the path of the field in its data.
PARTICULAR: Mapping[str, Mapping[str, Any]] = {
    "COURSE_ACCESS_ROLE_ADDED": {"course_access_role_data.user.pii.name": ""},
    "COURSE_ACCESS_ROLE_REMOVED": {"course_access_role_data.user.pii.name": ""},
    "ROLE_ASSIGNMENT_CREATED": {"role_assignment.role": "course_admin"},
    "ROLE_ASSIGNMENT_DELETED": {"role_assignment.role": "course_admin", "role_assignment.operation": "deleted"},
    "STUDENT_REGISTRATION_COMPLETED": {"user.is_active": False},
}


def event_arguments(event: Event) -> dict[str, Any]:
    """Arguments that ``event.signal.send_event`` accepts, by name."""
    arguments = {name: _told(sample) for name, sample in samples.event_arguments(event).items()}
    for path, value in PARTICULAR.get(event.name, {}).items():
        name, *inside = path.split(".")
        arguments[name] = _evolved(arguments[name], inside, value)
    return arguments


def _told(data: Any) -> Any:
    """The same data with what is known of its fields."""
    if isinstance(data, list):
        return [_told(item) for item in data]
    if not attrs.has(type(data)):
        return data
    fields = [field for field in attrs.fields(type(data)) if field.init]
    is_person = "username" in {field.name for field in fields}
    return attrs.evolve(
        data, **{field.alias: _field(field.name, getattr(data, field.name), is_person) for field in fields}
    )


def _field(name: str, value: Any, is_person: bool) -> Any:
    if isinstance(value, UsageKey) and name in USAGE_KEYS:
        return UsageKey.from_string(USAGE_KEYS[name])
    if name == "name" and isinstance(value, str) and not is_person:
        return "sample name"
    return TEXTS[name] if name in TEXTS else _told(value)


def _evolved(data: Any, path: Sequence[str], value: Any) -> Any:
    """The same data with another value at this path."""
    if not path:
        return value
    name, *inside = path
    return attrs.evolve(data, **{name: _evolved(getattr(data, name), inside, value)})
