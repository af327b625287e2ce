"""A new value for an old one, by the type of the old one: what a reply's ``data`` may put in its place.

The type of the current value decides, never that of the new one: a text stays a text, a course key a course key. What
does not fit raises ``Skip``; inside of an object or a form it is noted, and the rest applies. Dictionaries are copied
along the way to what changes, so that an argument is never half changed.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import singledispatch
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from opaque_keys import InvalidKeyError, OpaqueKey

from . import columns
from .exceptions import Skip
from .redaction import is_credential, is_writable_item
from .responses import as_object
from .validators import NO_LOCATION, is_location

JSON_TYPES = (str, int, float, bool, type(None), list, dict)

#: Columns for keys are this long on every release of the platform.
MAX_KEY = 255

#: The largest power of ten of a decimal number: nobody has such a price, and larger ones fill the memory when printed.
MAX_POWER = 30


@dataclass
class Merge:
    """One application of a reply: the paths of what was changed, and notes on what was skipped and why."""

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


class Empty(list):
    """An empty list whose items would be of the kind of these."""


def merged(current: Any, new: Any, place: Place) -> Any:
    """``current`` with ``new`` merged into it; raises ``Skip`` when that cannot be."""
    if isinstance(current, Enum):  # first, because it may be a text or a number at the same time
        return _parsed(type(current), new, "one of the values it can have", kinds=object)
    return _merged(current, new, place)


def _added(new: Any, place: Place) -> Any:
    """A value for which nothing is there yet: it must keep the rules of its own type."""
    return new if new is None else merged(type(new)(), new, place)


@singledispatch
def _merged(current: Any, new: Any, place: Place) -> Any:
    raise Skip("a reply cannot change this")


@_merged.register(str)
@_merged.register(Promise)
def _(current: Any, new: Any, place: Place) -> Any:
    if not isinstance(new, str):
        raise Skip("must be a text")
    if "\0" in new:
        raise Skip("must not hold a null character")
    # Within an object an empty one means that there is none.
    if place.name.lower().endswith("url") and not is_location(new) and (new or place.is_argument):
        raise Skip(NO_LOCATION)
    if place.name.endswith("template_name") and (not new or new.startswith("/") or ".." in new.split("/")):
        raise Skip("must be the name of a template")
    return new


@_merged.register(bool)
def _(current: bool, new: Any, place: Place) -> bool:
    if isinstance(new, str) and new.lower() in {"true", "false"}:  # as replies to the original had to be written
        return new.lower() == "true"
    if not isinstance(new, bool):
        raise Skip("must be true or false")
    return new


@_merged.register(int)
def _(current: int, new: Any, place: Place) -> int:
    if isinstance(new, bool) or not isinstance(new, int):
        raise Skip("must be a whole number")
    if new.bit_length() > columns.MAX_INTEGER_BITS:
        raise Skip("must be a smaller number")
    return new


@_merged.register(float)
def _(current: float, new: Any, place: Place) -> float:
    return _number(new)


def _number(new: Any) -> float:
    if isinstance(new, bool) or not isinstance(new, int | float):
        raise Skip("must be a number")
    try:
        return float(new)
    except OverflowError:
        raise Skip("must be a smaller number") from None


@_merged.register(Decimal)
def _(current: Decimal, new: Any, place: Place) -> Decimal:
    try:
        number = Decimal(new) if isinstance(new, str) else Decimal(str(_number(new)))
    except InvalidOperation:
        raise Skip("must be a number") from None
    if not number.is_finite() or abs(number.adjusted()) > MAX_POWER:
        raise Skip("must be a smaller number")
    return number


@_merged.register(datetime)
def _(current: datetime, new: Any, place: Place) -> datetime:
    return _parsed(lambda text: _moment(text, current), new, "a moment such as 2026-11-24T03:45:50+00:00")


def _moment(text: str, current: datetime) -> datetime:
    """The moment, aware or naive as the current one; an error when it does not exist in every time zone."""
    moment = datetime.fromisoformat(text)
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    moment.astimezone(UTC)
    return moment if timezone.is_aware(current) else timezone.make_naive(moment)


@_merged.register(date)
def _(current: date, new: Any, place: Place) -> date:
    return _parsed(date.fromisoformat, new, "a date such as 2026-11-24")


@_merged.register(UUID)
def _(current: UUID, new: Any, place: Place) -> UUID:
    return _parsed(UUID, new, "a UUID")


@_merged.register(OpaqueKey)
def _(current: OpaqueKey, new: Any, place: Place) -> OpaqueKey:
    what = f"the text of a {type(current).__name__}"
    parser = next((cls for cls in type(current).__mro__ if "KEY_TYPE" in vars(cls)), type(current))
    key = _parsed(parser.from_string, new, what)  # type: ignore[attr-defined]
    # A library's key is of the same family as a course's, and no course.
    if not (isinstance(key, type(current)) or isinstance(current, type(key))) or len(str(key)) > MAX_KEY:
        raise Skip(f"must be {what}, of at most {MAX_KEY} characters")
    return key


def _parsed(parse: Any, new: Any, what: str, kinds: Any = str) -> Any:
    if not isinstance(new, kinds):
        raise Skip(f"must be {what}")
    try:
        return parse(new)
    except (ValueError, TypeError, OverflowError, InvalidKeyError):
        raise Skip(f"must be {what}") from None


@_merged.register(type(None))
def _(current: None, new: Any, place: Place) -> Any:
    return _added(new, place)


@_merged.register(QueryDict)
def _(current: QueryDict, new: Any, place: Place) -> QueryDict:
    """A copy of the form with these fields replaced; a list gives a field several values."""
    form = current.copy()
    for name, value in as_object(new).items():
        try:
            values = _form_values(place.name, name, value)
        except Skip as reason:
            place.merge.skip(place.inside(name).path, reason)
            continue
        form.setlist(name, values)
        place.merge.changed.append(place.inside(name).path)
    return form


def _form_values(form: str, name: str, value: Any) -> list[str]:
    if "\0" in name or not is_writable_item(form, name):
        raise Skip(f"is not writable by a reply; WRITABLE_FIELDS can allow '{form}.{name}'")
    values = [_form_text(item) for item in (value if isinstance(value, list) and value else [value])]
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


@_merged.register(dict)
@_merged.register(MutableMapping)
def _(current: Any, new: Any, place: Place) -> Any:
    """A copy with these entries merged in; new entries are added, what is not mentioned stays."""
    result = _copied(current)
    names = {str(key): key for key in current}
    for name, value in as_object(new).items():
        inside = place.inside(name)
        try:
            result[names.get(name, name)] = _entry(current, names, name, value, inside)
        except Skip as reason:
            place.merge.skip(inside.path, reason)
            continue
        if not isinstance(value, dict):
            place.merge.changed.append(inside.path)
    return result


def _entry(current: Mapping[Any, Any], names: Mapping[str, Any], name: str, value: Any, place: Place) -> Any:
    if name.startswith("_") or is_credential(name):
        raise Skip("is not writable by a reply")
    return merged(current[names[name]], value, place) if name in names else _added(value, place)


def _copied(current: Any) -> Any:
    try:
        return copy.copy(current)
    except Exception:
        raise Skip("a reply cannot change this") from None


@_merged.register(list)
def _(current: list, new: Any, place: Place) -> list:
    return _items(current, new, place)


@_merged.register(Empty)
def _(current: Empty, new: Any, place: Place) -> list:
    return _items(list(current), new, place)


@_merged.register(tuple)
def _(current: tuple, new: Any, place: Place) -> tuple:
    if type(current) is not tuple:
        raise Skip("a reply cannot change this")  # its items have names
    return tuple(_items(list(current), new, place))


@_merged.register(set)
@_merged.register(frozenset)
def _(current: Any, new: Any, place: Place) -> Any:
    """What is there stays: a reply can only add."""
    return current | set(_items(list(current) or ["a text"], new, place))


def _items(current: list, new: Any, place: Place) -> list:
    """A new list for the current one, whose items are of the same kinds; all of it or nothing."""
    if not isinstance(new, list):
        raise Skip("must be a list")
    kinds = {_kind(item) for item in current}
    if not kinds <= set(JSON_TYPES):
        raise Skip("holds objects of the platform, which a reply cannot replace")
    if kinds and not {_kind(item) for item in new} <= kinds:
        raise Skip(f"must be a list of {' and '.join(sorted(_NAMES[kind] for kind in kinds))}")
    aside = Merge()
    items = [_added(item, Place(place.path, aside)) for item in new]
    if aside.notes:
        raise Skip("holds something that is not writable by a reply")
    return items


_NAMES = {str: "texts", int: "numbers", bool: "true or false", type(None): "null", list: "lists", dict: "objects"}


def _kind(value: Any) -> type:
    if isinstance(value, dict):
        return dict
    return int if type(value) is float else type(value)
