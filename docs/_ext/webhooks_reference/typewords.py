"""Types in words: of the fields of an event's data, and of the arguments of a filter."""

from __future__ import annotations

import collections.abc
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
from django.db.models import Model, QuerySet
from django.http import HttpResponse, QueryDict
from opaque_keys import OpaqueKey
from openedx_events.learning.data import UserPersonalData

from openedx_webhooks.handlers import is_grade

from .rst import literal

#: The order matters: ``bool`` is an ``int``, ``datetime`` a ``date``, ``QueryDict`` a ``dict``.
WORDS: Mapping[type, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    datetime: "date and time",
    date: "date",
    UUID: "UUID",
    type(None): "null",
    typing.BinaryIO: "file (goes out as null)",
    QuerySet: "rows of a table",
    HttpResponse: "response",
    QueryDict: "form: fields, each a text",
    dict: "object",
    list: "list",
    set: "set of texts",
}

#: Names of fields that hold who somebody is, outside of ``UserPersonalData`` too: ``subject`` may be ``user^jane``.
PERSONAL_NAMES = frozenset({"username", "email", "coach_email", "subject"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an event's data: its dotted path (``[]`` stands for each item of a list), and its type in words."""

    path: str
    words: str
    personal: bool


def words(hint: Any) -> str:
    """This type, as reStructuredText."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return "anything"
    if isinstance(hint, typing.NewType):
        return words(hint.__supertype__)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(words(arg) for arg in args)
    if origin in (typing.Annotated, typing.Required):
        return words(args[0])
    if isinstance(origin, type):
        return _generic(origin, args)
    return _class(hint) if isinstance(hint, type) else literal(hint)


def _generic(origin: type, args: tuple[Any, ...]) -> str:
    if issubclass(origin, collections.abc.Mapping):
        return f"object of {words(args[-1])}" if args and args[-1] is not Any else "object"
    if issubclass(origin, list | tuple | set | frozenset):
        return f"list of {_several(words(args[0]))}" if args else "list"
    return _class(origin)


def _several(one: str) -> str:
    """``text, of a CourseKey`` is, in a list, ``texts, of a CourseKey``."""
    return re.sub(r"^(text|whole number|number|object)\b", r"\1s", one)


def _class(cls: type) -> str:
    if attrs.has(cls):
        return f"object, {literal(cls.__name__)}"
    if issubclass(cls, OpaqueKey):
        return f"text, of a {literal(cls.__name__)}"
    if issubclass(cls, Enum):
        return f"one of {', '.join(literal(item.value) for item in cls)}"
    return next((known for base, known in WORDS.items() if issubclass(cls, base)), literal(cls.__name__))


# --- events ------------------------------------------------------------------------------------------------------


def fields_of(name: str, data_class: type) -> Iterator[Field]:
    """The argument of this name and all that is in it, from the outside in."""
    yield Field(name, words(data_class), False)
    yield from _inside(name, data_class, ())


def _inside(path: str, hint: Any, above: tuple[type, ...]) -> Iterator[Field]:
    cls, path = _item(hint, path)
    if not (isinstance(cls, type) and attrs.has(cls)) or cls in above:
        return
    hints = _hints(cls)
    for field in attrs.fields(cls):
        field_hint = hints.get(field.name, field.type)
        personal = issubclass(cls, UserPersonalData) or field.name in PERSONAL_NAMES
        yield Field(f"{path}.{field.name}", words(field_hint), personal)
        yield from _inside(f"{path}.{field.name}", field_hint, (*above, cls))


def _item(hint: Any, path: str) -> tuple[Any, str]:
    """What is looked into: the items of a list, the value that may be missing."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _item(next(arg for arg in args if arg is not type(None)), path)
    if isinstance(origin, type) and issubclass(origin, list | tuple | set) and args:
        return _item(args[0], f"{path}[]")
    return hint, path


def _hints(cls: type) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except Exception:  # A hint that only a type checker can follow.
        return {}


# --- filters -----------------------------------------------------------------------------------------------------


def argument_words(hint: Any, value: Any) -> str:
    """What the platform passes: by what it is in fact, where the library declares little or something else."""
    if isinstance(value, Model):
        return f"a row of {literal(type(value).__name__)}"
    if isinstance(value, QuerySet):
        return f"rows of {literal(value.model.__name__)}"
    if is_grade(type(value)):
        return f"a grade, {literal('CourseGrade')}"
    if hint is not Any:
        return words(hint)
    return LIVE.get(_live(value)) or words(type(value))


#: Objects of the platform, by the module of their class.
LIVE: Mapping[str, str] = {
    "xblock.core": "live object, ``XBlock``",
    "web_fragments.fragment": "live object, ``Fragment``",
    "django.http.response": "live object, ``HttpResponse``",
    "types": "live object",
}


def _live(value: Any) -> str:
    return next((base.__module__ for base in type(value).__mro__ if base.__module__ in LIVE), "")
