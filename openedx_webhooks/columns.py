"""Columns of the platform's tables: which a reply may write or ask for, and which values they take.

Only concrete columns of the table itself: no method, no relation to follow, no lookup into another table. A value is
checked twice: that JSON holds the right kind of thing, and that the column would take it from a form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from opaque_keys import InvalidKeyError

from .exceptions import Skip
from .redaction import is_credential, is_writable_field

#: Lookups that a reply may use on the columns of a QuerySet; none of them reaches another table.
LOOKUPS = frozenset({"exact", "in", "gt", "gte", "lt", "lte", "isnull"})


def writable(instance: models.Model, name: str) -> Any:
    """The column that a reply may write under this name."""
    column = _column(type(instance), name)
    if not is_writable_field(type(instance), column):
        label = f"{instance._meta.label_lower}.{column.name}"
        raise Skip(f"is not writable by a reply; for most fields WRITABLE_FIELDS can allow '{label}'")
    if column.attname not in instance.__dict__:
        raise Skip("was not loaded")
    return column


def condition(model: type[models.Model], key: str, value: Any) -> dict[str, Any]:
    """The arguments of ``QuerySet.filter`` for one entry of a reply: ``mode``, or ``created__gte``."""
    name, _, lookup = key.partition("__")
    column = _column(model, name)
    if is_credential(column.attname):
        raise Skip("is not readable by a reply")
    lookup = lookup or "exact"
    if lookup not in LOOKUPS:
        raise Skip(f"use one of the lookups {', '.join(sorted(LOOKUPS))}")
    if lookup == "isnull":
        if not isinstance(value, bool):
            raise Skip("must be true or false")
        return {f"{column.attname}__isnull": value}
    if lookup == "in":
        if not isinstance(value, list):
            raise Skip("must be a list")
        return {f"{column.attname}__in": [cleaned(column, item, None) for item in value]}
    return {f"{column.attname}__{lookup}": cleaned(column, value, None)}


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
    """The value as the column itself would take it from a form, validators and choices included."""
    if value is None and not column.null:
        raise Skip("must not be null")
    target = column.target_field if column.is_relation else column
    kinds = next((kinds for known, kinds in COLUMN_TYPES.items() if isinstance(target, known)), (str,))
    if isinstance(value, str) and kinds == (bool,) and value.lower() in {"true", "false"}:
        value = value.lower() == "true"
    if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise Skip(f"must be {' or '.join(_JSON_NAMES[kind] for kind in kinds)}")
    if isinstance(value, str) and "\0" in value:
        raise Skip("must not hold a null character")
    try:
        if instance is not None:
            return column.clean(value, instance)
        cleaned = target.to_python(value)
        target.run_validators(cleaned)
        return cleaned
    except ValidationError as error:
        # Its messages quote the value, and what we say here ends in a log.
        codes = sorted({str(part.code) for part in error.error_list})
        raise Skip(f"is refused by the column ({', '.join(codes)})") from None
    except (ValueError, TypeError, OverflowError, ArithmeticError, InvalidKeyError):
        raise Skip(f"is no value for {column.name}") from None


_JSON_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", dict: "an object",
               list: "a list"}  # fmt: skip
