"""What a reply's ``data`` may change: merged into the arguments of a filter, by the type of what is there now.

The type of the current value decides, never that of the new one: a text stays a text, a course key a course key, a
QuerySet a QuerySet. What does not fit is skipped and noted, and the rest applies. Dictionaries are copied along the
way to what changes, so that an argument is never half changed.

Models are the one thing that is changed in place, because the platform goes on with the object it holds: fields that
are writable (``redaction.py``), validated by the model's own field; saved only where a step says so.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import singledispatch
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from opaque_keys import InvalidKeyError, OpaqueKey

from . import columns, samples
from .catalogue import Filter
from .exceptions import Skip
from .halting import is_location
from .redaction import is_credential, is_writable_item
from .handlers import is_grade

log = logging.getLogger(__name__)

JSON_TYPES = (str, int, float, bool, type(None), list, dict)

@dataclass
class Merge:
    """One application of a reply: what was changed, what was skipped and why, which models are to be saved."""

    notes: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def skip(self, path: str, reason: object) -> None:
        """Note that the value at ``path`` is not taken over."""
        self.notes.append(f"data.{path}: {reason}; it is ignored")


@dataclass(frozen=True)
class Place:
    """Where a value stands: its dotted path, and the merge it is part of."""

    path: str
    merge: Merge

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def is_argument(self) -> bool:
        """Whether it is an argument itself, rather than something inside of one."""
        return "." not in self.path

    def inside(self, name: str) -> Place:
        """The place of an entry."""
        return Place(f"{self.path}.{name}", self.merge)


def merge_arguments(
    filter_: Filter, targets: Mapping[str, Any], data: Mapping[str, Any], saved: Iterable[str] = ()
) -> tuple[dict[str, Any], Merge]:
    """The targets that ``data`` changes, by name, with their new values, and how it went.

    ``targets`` are the filter's arguments and whatever else its step lets a reply change; models of the names in
    ``saved`` are written to the database, in a savepoint.
    """
    merge = Merge()
    changes: dict[str, Any] = {}
    for name, new in data.items():
        if name not in targets:
            merge.skip(name, f"{filter_.name} has no such value")
            continue
        place = Place(name, merge)
        try:
            current = _current(filter_, name, targets[name])
            changes[name] = (
                _merge_model(current, new, place, name in saved)
                if isinstance(current, models.Model)
                else merged(current, new, place)
            )
        except Skip as reason:
            merge.skip(name, reason)
    return changes, merge


def _current(filter_: Filter, name: str, current: Any) -> Any:
    """The value whose type decides: an argument that is empty now has the type of its sample."""
    if current is not None and current != []:
        return current
    sample = samples.filter_arguments(filter_).get(name) if name in filter_.arguments else None
    if current == [] and isinstance(sample, list):
        return _Empty(sample)
    if current is None and isinstance(sample, str | int | float | datetime | OpaqueKey):
        return sample
    if current is None and isinstance(sample, dict | list):
        return {} if isinstance(sample, dict) else _Empty(sample)
    if current is None:
        raise Skip("there is nothing there to change")
    return current


class _Empty(list):
    """An empty list whose items would be of the kind of these."""


# --- by the type of the current value ---------------------------------------------------------------------------


@singledispatch
def merged(current: Any, new: Any, place: Place) -> Any:
    """``current`` with ``new`` merged into it; raises ``Skip`` when that cannot be."""
    if is_grade(type(current)):
        return _merge_attributes(current, new, place)
    raise Skip("a reply cannot change this")


@merged.register(str)
@merged.register(Promise)
def _(current: Any, new: Any, place: Place) -> Any:
    if not isinstance(new, str):
        raise Skip("must be a text")
    if "\0" in new:
        raise Skip("must not hold a null character")
    if place.name.lower().endswith("url") and not is_location(new):
        raise Skip("must be an http(s) address or a path such as /dashboard")
    if place.name.endswith("template_name") and not new:
        raise Skip("must not be empty")
    return new


@merged.register(bool)
def _(current: bool, new: Any, place: Place) -> bool:
    if isinstance(new, str) and new.lower() in {"true", "false"}:  # as replies to the original had to be written
        return new.lower() == "true"
    if not isinstance(new, bool):
        raise Skip("must be true or false")
    return new


@merged.register(int)
def _(current: int, new: Any, place: Place) -> int:
    if isinstance(new, bool) or not isinstance(new, int):
        raise Skip("must be a whole number")
    return new


@merged.register(float)
def _(current: float, new: Any, place: Place) -> float:
    return _number(new)


def _number(new: Any) -> float:
    if isinstance(new, bool) or not isinstance(new, int | float):
        raise Skip("must be a number")
    try:
        return float(new)
    except OverflowError:
        raise Skip("must be a smaller number") from None


@merged.register(Decimal)
def _(current: Decimal, new: Any, place: Place) -> Decimal:
    try:
        number = Decimal(new) if isinstance(new, str) else Decimal(str(_number(new)))
    except InvalidOperation:
        raise Skip("must be a number") from None
    if not number.is_finite():
        raise Skip("must be a number")
    return number


@merged.register(datetime)
def _(current: datetime, new: Any, place: Place) -> datetime:
    moment = _parsed(datetime.fromisoformat, new, "a moment such as 2026-11-24T03:45:50+00:00")
    if timezone.is_aware(current) and timezone.is_naive(moment):
        return timezone.make_aware(moment)
    if timezone.is_naive(current) and timezone.is_aware(moment):
        return timezone.make_naive(moment)
    return moment


@merged.register(date)
def _(current: date, new: Any, place: Place) -> date:
    return _parsed(date.fromisoformat, new, "a date such as 2026-11-24")


@merged.register(UUID)
def _(current: UUID, new: Any, place: Place) -> UUID:
    return _parsed(UUID, new, "a UUID")


@merged.register(OpaqueKey)
def _(current: OpaqueKey, new: Any, place: Place) -> OpaqueKey:
    parser = next((cls for cls in type(current).__mro__ if "KEY_TYPE" in vars(cls)), type(current))
    return _parsed(parser.from_string, new, f"a key such as {current}")


@merged.register(Enum)
def _(current: Enum, new: Any, place: Place) -> Enum:
    return _parsed(type(current), new, f"one of {', '.join(str(item.value) for item in type(current))}", kinds=object)


def _parsed(parse: Any, new: Any, what: str, kinds: Any = str) -> Any:
    if not isinstance(new, kinds):
        raise Skip(f"must be {what}")
    try:
        return parse(new)
    except (ValueError, TypeError, OverflowError, InvalidKeyError):
        raise Skip(f"must be {what}") from None


@merged.register(type(None))
def _(current: None, new: Any, place: Place) -> Any:
    return new


@merged.register(QueryDict)
def _(current: QueryDict, new: Any, place: Place) -> QueryDict:
    """A copy of the form with these fields replaced; a list gives a field several values."""
    form = current.copy()
    for name, value in _object(new).items():
        try:
            values = _form_values(place.name, name, value)
        except Skip as reason:
            place.merge.skip(place.inside(name).path, reason)
            continue
        form.setlist(name, values)
        place.merge.changed.append(place.inside(name).path)
    return form


def _form_values(form: str, name: str, value: Any) -> list[str]:
    if not is_writable_item(form, name):
        raise Skip(f"is not writable by a reply; WRITABLE_FIELDS can allow '{form}.{name}'")
    values = [_form_text(item) for item in (value if isinstance(value, list) else [value])]
    choices = _profile_choices(name)
    if choices and not set(values) <= choices:
        raise Skip("is none of the platform's choices")
    if name == "terms_of_service" and not set(values) <= {"true", "false"}:
        raise Skip("must be true or false")
    return values


def _form_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise Skip("must be a text")
    if "\0" in str(value):
        raise Skip("must not hold a null character")
    return str(value)


def _profile_choices(name: str) -> set[str]:
    """What the platform's profile of a learner allows in this field; empty when anything goes."""
    from django.contrib.auth import get_user_model

    try:
        profile = get_user_model()._meta.get_field("profile").related_model
        choices = profile._meta.get_field(name).flatchoices
    except (FieldDoesNotExist, AttributeError):
        return set()
    return {str(value) for value, _ in choices} | {""} if choices else set()


@merged.register(dict)
@merged.register(Mapping)
def _(current: Any, new: Any, place: Place) -> Any:
    """A copy with these entries merged in; new entries are added, what is not mentioned stays."""
    result = copy.copy(current)
    names = {str(key): key for key in current}
    for name, value in _object(new).items():
        inside = place.inside(name)
        if name.startswith("_") or is_credential(name):
            place.merge.skip(inside.path, "is not writable by a reply")
            continue
        try:
            result[names.get(name, name)] = merged(current[names[name]], value, inside) if name in names else value
        except Skip as reason:
            place.merge.skip(inside.path, reason)
        else:
            place.merge.changed.append(inside.path)
    return result


@merged.register(list)
def _(current: list, new: Any, place: Place) -> Any:
    return _items(current, new)


@merged.register(tuple)
def _(current: tuple, new: Any, place: Place) -> tuple:
    return tuple(_items(list(current), new))


@merged.register(_Empty)
def _(current: _Empty, new: Any, place: Place) -> list:
    return list(_items(current, new))


@merged.register(set)
@merged.register(Set)
def _(current: Any, new: Any, place: Place) -> Any:
    """What is there stays: a reply can only add."""
    return current | type(current)(_items(list(current) or ["a text"], new))


def _items(current: list, new: Any) -> list:
    """A new list for the current one, whose items are of the same kinds."""
    if not isinstance(new, list):
        raise Skip("must be a list")
    kinds = {_kind(item) for item in current}
    if not kinds <= set(JSON_TYPES):
        raise Skip("holds objects of the platform, which a reply cannot replace")
    if kinds and not {_kind(item) for item in new} <= kinds:
        raise Skip(f"must be a list of {' and '.join(sorted(_NAMES[kind] for kind in kinds))}")
    return new


_NAMES = {str: "texts", int: "numbers", bool: "true or false", type(None): "null", list: "lists", dict: "objects"}


def _kind(value: Any) -> type:
    kind = type(value)
    if kind is float:
        return int
    if isinstance(value, dict):
        return dict
    return kind


def _object(new: Any) -> Mapping[str, Any]:
    if not isinstance(new, dict):
        raise Skip("must be an object")
    return new


# --- QuerySets, models, grades: only as arguments themselves -----------------------------------------------------


@merged.register(models.QuerySet)
def _(current: models.QuerySet, new: Any, place: Place) -> models.QuerySet:
    """The rows that match these values of the table's own columns."""
    if not place.is_argument:
        raise Skip("a reply cannot change this")
    if current.query.is_sliced or current.query.combinator:
        raise Skip("these rows cannot be filtered any more")
    conditions: dict[str, Any] = {}
    for key, value in _object(new).items():
        try:
            conditions.update(columns.condition(current.model, key, value))
        except Skip as reason:
            place.merge.skip(place.inside(key).path, reason)
        else:
            place.merge.changed.append(place.inside(key).path)
    return current.filter(**conditions) if conditions else current


@merged.register(models.Model)
def _(current: models.Model, new: Any, place: Place) -> Any:
    raise Skip("a reply cannot change this")


def _merge_model(instance: models.Model, new: Any, place: Place, save: bool) -> models.Model:
    """The same object with its writable fields set, and saved when ``save`` and it is in the database."""
    before: dict[str, Any] = {}
    for name, value in _object(new).items():
        try:
            column = columns.writable(instance, name)
            cleaned = columns.cleaned(column, value, instance)
        except Skip as reason:
            place.merge.skip(place.inside(name).path, reason)
            continue
        before.setdefault(column.attname, instance.__dict__.get(column.attname))
        setattr(instance, column.attname, cleaned)
        place.merge.changed.append(place.inside(column.name).path)
    if before and save and not instance._state.adding:
        _save(instance, before, place)
    return instance


def _save(instance: models.Model, before: Mapping[str, Any], place: Place) -> None:
    """Write the changed fields; when the database or a receiver of its signals refuses, everything is as before."""
    names = [column.name for column in instance._meta.concrete_fields if column.attname in before]
    try:
        with transaction.atomic(using=instance._state.db):
            instance.save(update_fields=names)
    except Exception as error:
        for attname, value in before.items():
            setattr(instance, attname, value)
        log.warning("openedx_webhooks: %s cannot be saved: %s", place.path, type(error).__name__)
        raise Skip(f"cannot be saved ({type(error).__name__})") from None


def _merge_attributes(instance: Any, new: Any, place: Place) -> Any:
    """The same object with public attributes of simple type set, in memory."""
    own = vars(instance)
    for name, value in _object(new).items():
        inside = place.inside(name)
        if name.startswith("_") or not isinstance(own.get(name), str | int | float):
            place.merge.skip(inside.path, "there is no such value")
            continue
        try:
            setattr(instance, name, merged(own[name], value, inside))
        except Skip as reason:
            place.merge.skip(inside.path, reason)
        else:
            place.merge.changed.append(inside.path)
    return instance
