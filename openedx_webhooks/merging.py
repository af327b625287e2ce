"""What a reply's ``data`` may change: merged into the arguments of a filter.

Values go by their type (``values.py``). Three kinds of argument are more than a value. Models and grades are changed in
place, because the platform goes on with the object it holds: fields that are writable (``redaction.py``), validated by
the model's own field; saved only where a step says so. A QuerySet is filtered by its own columns. Inside of a page
context none of them changes. What does not fit is skipped and noted, and the rest applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, router, transaction
from django.utils.functional import LazyObject
from opaque_keys import OpaqueKey

from . import columns, samples
from .catalogue import Filter
from .exceptions import Skip
from .handlers import is_grade
from .responses import as_object
from .values import Empty, Merge, Place, merged

#: What an argument that is empty now may become: what its sample is, if that is of one of these types.
FILLED_IN = (str, int, float, datetime, OpaqueKey)


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
        place, changed_before = Place(name, merge), len(merge.changed)
        try:
            value = _merged_argument(filter_, targets, new, place, save=name in saved)
        except Skip as reason:
            merge.skip(name, reason)
            continue
        except Exception as error:  # whatever code the platform's objects run: the other values still apply
            merge.skip(name, f"cannot be changed ({type(error).__name__})")
            continue
        if not isinstance(new, dict):
            merge.changed.append(name)
        if len(merge.changed) > changed_before:
            changes[name] = value
    return changes, merge


def _merged_argument(filter_: Filter, targets: Mapping[str, Any], new: Any, place: Place, save: bool) -> Any:
    if place.path not in targets:
        raise Skip(f"{filter_.name} has no such value")
    current = targets[place.path]
    if isinstance(current, models.Model):
        _merge_model(_loaded(current), new, place, save)
        return current
    if isinstance(current, models.QuerySet):
        return _rows(current, new, place)
    if is_grade(type(current)):
        return _merge_attributes(current, new, place)
    return merged(_typed(filter_, place.path, current), new, place)


def _loaded(instance: Any) -> models.Model:
    """The model itself, where the platform passes ``request.user`` as it is: lazily."""
    return instance._wrapped if isinstance(instance, LazyObject) else instance


def _typed(filter_: Filter, name: str, current: Any) -> Any:
    """The value whose type decides: an argument that is empty now has the type of its sample."""
    if current is not None and not (isinstance(current, list) and not current):
        return current
    sample = samples.filter_arguments(filter_).get(name) if name in filter_.arguments else None
    if current is not None:
        return Empty(sample) if isinstance(sample, list) else current
    if isinstance(sample, FILLED_IN):
        return sample
    raise Skip("there is nothing there to change")


# --- QuerySets, models, grades: only as arguments themselves -----------------------------------------------------


def _rows(current: models.QuerySet, new: Any, place: Place) -> models.QuerySet:
    """The rows that match these values of the table's own columns."""
    if current.query.is_sliced or current.query.combinator:
        raise Skip("these rows cannot be filtered any more")
    rows = current
    for key, value in as_object(new).items():
        try:
            rows = _filtered(rows, columns.condition(current.model, key, value))
        except Skip as reason:
            place.merge.skip(place.inside(key).path, reason)
        else:
            place.merge.changed.append(place.inside(key).path)
    return rows


def _filtered(rows: models.QuerySet, condition: Mapping[str, Any]) -> models.QuerySet:
    try:
        return rows.filter(**condition)
    except Exception:  # Keys refuse to be compared with null, and fields of other packages what they like.
        raise Skip("rows cannot be chosen like this") from None


def _merge_model(instance: models.Model, new: Any, place: Place, save: bool) -> None:
    """Set the writable fields of this very object, and save it when ``save`` and it is in the database."""
    cleaned: dict[str, Any] = {}
    paths = []
    for name, value in as_object(new).items():
        path = place.inside(name).path
        try:
            column = columns.writable(instance, name)
            cleaned[column.attname] = columns.cleaned(column, value, instance)
        except Skip as reason:
            place.merge.skip(path, reason)
        else:
            paths.append(path)
    before = {attname: instance.__dict__[attname] for attname in cleaned}
    _set(instance, cleaned)
    if cleaned and save and not instance._state.adding:
        _save(instance, before)
    place.merge.changed.extend(paths)


def _set(instance: models.Model, values: Mapping[str, Any]) -> None:
    for attname, value in values.items():
        setattr(instance, attname, value)


def _save(instance: models.Model, before: Mapping[str, Any]) -> None:
    """Write the changed fields; when the database or a receiver of its signals refuses, everything is as before."""
    names = [column.name for column in instance._meta.concrete_fields if column.attname in before]
    using = router.db_for_write(type(instance), instance=instance)
    try:
        with transaction.atomic(using=using):
            instance.save(update_fields=names)
    except Exception as error:
        _set(instance, before)
        raise Skip(f"cannot be saved ({type(error).__name__})") from None


def _merge_attributes(instance: Any, new: Any, place: Place) -> Any:
    """The same object with public attributes of simple type set, in memory."""
    own = vars(instance)
    for name, value in as_object(new).items():
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
