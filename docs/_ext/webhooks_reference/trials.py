"""What a reply's ``data`` may change: found by trying every value that there is, each with a real merge.

A trial replaces one value by another of the same type. It is accepted, or accepted once the setting
``WRITABLE_FIELDS`` names the field, or refused for a reason; what was accepted is looked for in the database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.test.utils import override_settings

from openedx_webhooks.app_settings import NAME
from openedx_webhooks.catalogue import Filter
from openedx_webhooks.handlers import is_grade
from openedx_webhooks.merging import merge_arguments
from openedx_webhooks.rendering import Renderer
from openedx_webhooks.replies import combine, read

from . import world

Path = tuple[str, ...]

#: A new entry, to see whether there may be any.
NEW_ENTRY = "something_new"

#: Values of examples, by the path or the name of the field; others are made from the current one.
VALUES: Mapping[str, Any] = {
    "target_cohort.name": "Group C",
    "username": "jane.roe",
    "email": "jane.roe@example.com",
    "last_name": "Roe",
    "gender": "o",
    "level_of_education": "p",
    "platform_name": "Example Campus",
    "accomplishment_copy_name": "Jane Roe",
    "tabs": [{"tab_id": "help", "title": "Help", "url": "https://example.com/help"}],
    "enrollments_data": [{"course_id": "course-v1:OpenedX+DemoX+2026", "mode": "honor"}],
    "first_name": "Joan",
    "name": "Jane Q. Doe",
    "mode": "honor",
    "status": "unverified",
    "country": "PT",
    "city": "Lisbon",
    "state": "NY",
    "phone_number": "+351210000000",
    "year_of_birth": 1991,
    "goals": "To teach.",
    "percent": 0.91,
    "letter_grade": "A",
    "price": 39,
    "redirect_url": "/welcome",
    "template_name": "custom/page.html",
    "readonly_fields": ["name"],
}

#: What an example shows, if it can: fields that people do change.
TELLING = (
    "tabs",
    "readonly_fields",
    "enrollments_data",
    "first_name",
    "name",
    "mode",
    "country",
    "goals",
    "status",
    "platform_name",
    "show_title",
    "url",
    "course_home_url",
    "redirect_url",
    "price",
    "homeUrl",
    "active",
)

EXAMPLE_SIZE = 3  # values of an example

_SETTING = re.compile(r"WRITABLE_FIELDS can allow '([^']+)'")


@dataclass(frozen=True, slots=True)
class Trial:
    """One value, tried: its path, the JSON value put there, and what came of it.

    ``reason`` is empty when it was accepted. ``setting`` is the entry of ``WRITABLE_FIELDS`` without which it is not.
    ``what`` is what kind of thing it is part of: ``row``, ``rows``, ``form``, ``object``, ``grade`` or ``value``.
    """

    path: Path
    value: Any
    what: str
    reason: str
    saved: bool
    setting: str = ""

    @property
    def name(self) -> str:
        """The dotted path, ``user.first_name``."""
        return ".".join(self.path)

    @property
    def is_new(self) -> bool:
        """Whether it was an entry that had not been there."""
        return self.path[-1] == NEW_ENTRY

    @property
    def accepted(self) -> bool:
        """Whether a reply may change it on a site that has set nothing."""
        return not self.reason and not self.setting


def trials(filter_: Filter) -> list[Trial]:
    """Every value of what a reply may try to change, tried."""
    with world.rolled_back():
        candidates = [
            candidate
            for name, target in world.targets(filter_, world.arguments(filter_)).items()
            for candidate in _candidates(name, target)
        ]
    return [_tried(filter_, *candidate) for candidate in candidates]


def example(found: Iterable[Trial]) -> dict[str, Any]:
    """The ``data`` of a reply of which all is accepted and comes to something; empty when there is no such value."""
    lasting = [trial for trial in found if trial.accepted and (trial.saved or trial.what != "row")]
    telling = [trial for trial in lasting if trial.path[-1] in TELLING]
    telling.sort(key=lambda trial: TELLING.index(trial.path[-1]))
    data: dict[str, Any] = {}
    for trial in telling[:EXAMPLE_SIZE]:
        data = dict(combine([read(_reply(data)), read(_reply(nested(trial.path, trial.value)))]).data)
    return data


def _reply(data: Mapping[str, Any]) -> bytes:
    return json.dumps({"data": data}).encode()


def nested(path: Path, value: Any) -> dict[str, Any]:
    """The object of one value at this path."""
    for name in reversed(path):
        value = {name: value}
    return value


def merged(filter_: Filter, data: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Try a reply's ``data`` on fresh arguments: the paths it changed, its notes, the arguments that it saved."""
    with world.rolled_back():
        targets = world.targets(filter_, world.arguments(filter_))
        before = {name: _stored(target) for name, target in targets.items()}
        _, merge = merge_arguments(filter_, targets, data, world.step_of(filter_).saved)
        saved = [name for name, target in targets.items() if _stored(target) != before[name]]
    return merge.changed, merge.notes, saved


def _stored(target: Any) -> Any:
    return type(target)._base_manager.filter(pk=target.pk).values().get() if isinstance(target, models.Model) else None


def _tried(filter_: Filter, path: Path, value: Any, what: str) -> Trial:
    data = nested(path, value)
    changed, notes, saved = merged(filter_, data)
    if not notes and changed:
        return Trial(path, value, what, "", bool(saved))
    note = " ".join(notes) or "changes nothing"
    if allowed := _SETTING.search(note):
        ours = {**getattr(settings, NAME, {}), "WRITABLE_FIELDS": [allowed[1]]}
        with override_settings(**{NAME: ours}):
            _, more_notes, saved = merged(filter_, data)
        if not more_notes:
            return Trial(path, value, what, "", bool(saved), setting=allowed[1])
        note = " ".join(more_notes)
    return Trial(path, value, what, _reason(note), False)


def _reason(note: str) -> str:
    """The note without the path in front of it, and without what everybody knows."""
    return re.sub(r"^data\.\S+: ", "", note).partition(";")[0]


# --- candidates ---------------------------------------------------------------------------------------------------


def _candidates(name: str, target: Any) -> Iterator[tuple[Path, Any, str]]:
    """What can be tried within this argument: path, another value of the same type, kind of the whole."""
    if isinstance(target, models.Model):
        for column in target._meta.concrete_fields:
            path = (name, column.attname)
            yield path, _other_for(path, column, getattr(target, column.attname)), "row"
    elif isinstance(target, models.QuerySet):
        for column in target.model._meta.concrete_fields:
            yield (name, column.attname), _json(getattr(target.get(), column.attname)), "rows"
    elif is_grade(type(target)):
        for attribute, value in _json(target).items():
            yield (name, attribute), other((name, attribute), value), "grade"
    elif isinstance(target, dict):
        what = "form" if isinstance(target, QueryDict) else "object"
        for path, value in _leaves((name,), {**dict(target.items()), NEW_ENTRY: "sample"}):
            yield path, value, what
    else:
        yield (name,), other((name,), _json(target)), "value"


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves((*path, name), inner)
    else:
        yield path, other(path, _json(value))


def _json(value: Any) -> Any:
    return Renderer(1_000_000).render(value)


def _other_for(path: Path, column: Any, current: Any) -> Any:
    """Another value that this column could hold."""
    if column.choices:
        return next(value for value, _ in column.flatchoices if value != current)
    if current is None and path[-1] in VALUES:
        return VALUES[path[-1]]
    if current is None:
        empty = {models.DateTimeField: "2026-01-15T10:30:00+00:00", models.IntegerField: 1}
        return next((value for known, value in empty.items() if isinstance(column, known)), f"sample {column.attname}")
    return other(path, _json(current))


def other(path: Path, value: Any) -> Any:
    """Another JSON value of the same type, as a field of this name may hold it."""
    known = VALUES.get(".".join(path), VALUES.get(path[-1]))
    if known is not None and (value is None or isinstance(known, type(value))):
        return known
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list):
        return [*value, *value[:1]]
    return _other_text(value) if isinstance(value, str) else value


def _other_text(text: str) -> str:
    if text in {"true", "false"}:
        return "false" if text == "true" else "true"
    if "2026" in text:  # a key, a date
        return text.replace("2026", "2027")
    if text.startswith(("https://", "/")):
        return f"{text}/other"
    if text.isdigit():
        return str(int(text) + 1)
    return f"{text} too" if text else "sample"
