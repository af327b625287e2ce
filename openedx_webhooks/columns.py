"""Columns of the platform's tables: which a reply may write or ask for, and which values they take.

Only concrete columns of the table itself: no method, no relation to follow, no lookup into another table. A value is
checked twice: that JSON holds the right kind of thing, and that the column would take it from a form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from opaque_keys.edx.django.models import OpaqueKeyField

from .exceptions import Skip
from .redaction import is_credential, is_writable_field

#: Lookups that a reply may use on the columns of a QuerySet; none of them reaches another table.
LOOKUPS = frozenset({"exact", "in", "gt", "gte", "lt", "lte", "isnull"})

#: Columns whose value stands for something elsewhere, as a relation does: a file, a course.
POINTERS = (models.FileField, OpaqueKeyField)

#: Values that one ``in`` may have: databases take some thousands at most.
MAX_VALUES = 1000

#: Bits of an integer beside its sign: what the largest column of a database holds.
MAX_INTEGER_BITS = 63


def writable(instance: models.Model, name: str) -> Any:
    """The column that a reply may write under this name."""
    column = _column(type(instance), name)
    if not is_writable_field(type(instance), column):
        label = f"{instance._meta.label_lower}.{column.name}"
        raise Skip(f"is not writable by a reply; for most fields WRITABLE_FIELDS can allow '{label}'")
    if column.attname not in instance.__dict__:
        raise Skip("was not loaded")
    if isinstance(column, POINTERS):
        raise Skip("a reply cannot change this")
    return column


def condition(model: type[models.Model], key: str, value: Any) -> dict[str, Any]:
    """The arguments of ``QuerySet.filter`` for one entry of a reply: ``mode``, or ``created__gte``."""
    name, _, lookup = key.partition("__")
    column = _column(model, name)
    if is_credential(column.attname) or isinstance(column, models.JSONField | models.FileField):
        raise Skip("rows cannot be chosen by this column")
    lookup = lookup or "exact"
    if lookup not in LOOKUPS:
        raise Skip(f"use one of the lookups {', '.join(sorted(LOOKUPS))}")
    return {f"{column.attname}__{lookup}": _operand(column, lookup, value)}


def _operand(column: Any, lookup: str, value: Any) -> Any:
    if lookup == "isnull":
        if not isinstance(value, bool):
            raise Skip("must be true or false")
        return value
    if lookup == "in":
        if not isinstance(value, list) or len(value) > MAX_VALUES:
            raise Skip(f"must be a list of at most {MAX_VALUES} values")
        return [_comparable(column, item) for item in value]
    return cleaned(column, value, None) if lookup == "exact" else _comparable(column, value)


def _comparable(column: Any, value: Any) -> Any:
    if value is None:
        raise Skip("must not be null")
    return cleaned(column, value, None)


def _column(model: type[models.Model], name: str) -> Any:
    for column in model._meta.concrete_fields:
        if name in (column.name, column.attname):
            return column
    raise Skip(f"{model._meta.object_name} has no such column")


#: What JSON must hold for a column of this type; a text for any other.
COLUMN_TYPES: Mapping[type, tuple[type, ...]] = {
    models.BooleanField: (bool,),
    models.IntegerField: (int,),
    models.FloatField: (int, float),
    models.DecimalField: (int, float, str),
    models.JSONField: (dict, list, str, int, float, bool),
}


def cleaned(column: Any, value: Any, instance: models.Model | None) -> Any:
    """The value as the column itself would take it from a form, validators and choices included.

    Without an ``instance`` it is a value to compare with: there may be none of that kind.
    """
    target = column.target_field if column.is_relation else column
    value = _of_kind(target, value, column.null)
    try:
        if instance is not None:
            return _everywhere(column.clean(value, instance))
        known = target.to_python(value)
        target.run_validators(known)
        return _everywhere(known)
    except ValidationError as error:
        # Its messages quote the value, and what we say here ends in a log.
        codes = sorted({str(part.code) for part in error.error_list})
        raise Skip(f"is refused by the column ({', '.join(codes)})") from None
    except Exception:  # Whatever a field of another package raises for a value that it does not know.
        raise Skip(f"is no value for {column.name}") from None


def _of_kind(column: Any, value: Any, nullable: bool) -> Any:
    """The value, if JSON holds the right kind of thing for this column."""
    if value is None:
        if not nullable:
            raise Skip("must not be null")
        return value
    kinds = next((kinds for known, kinds in COLUMN_TYPES.items() if isinstance(column, known)), (str,))
    if kinds == (bool,) and isinstance(value, str) and value.lower() in {"true", "false"}:
        value = value.lower() == "true"
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise Skip(f"must be {' or '.join(_JSON_NAMES[kind] for kind in kinds)}")
    if "\\u0000" in json.dumps(value):
        raise Skip("must not hold a null character")
    if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
        raise Skip("must be a smaller number")
    return value


def _everywhere(value: Any) -> Any:
    """A moment that is aware, as those of the platform are, and exists in every time zone: databases store UTC."""
    if not isinstance(value, datetime) or not settings.USE_TZ:
        return value
    return (timezone.make_aware(value) if timezone.is_naive(value) else value).astimezone(UTC)


_JSON_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", dict: "an object",
               list: "a list"}  # fmt: skip
