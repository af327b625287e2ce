"""What of a value is data: one function for each type that the platform passes to events and filters.

Of an object that nobody knows, only its own public attributes of simple type go out, one level deep: no cycles, no
secrets of a runtime, no ``repr``. Types of packages that we do not import go by the name of their class.
"""

from __future__ import annotations

import dataclasses
import io
import math
import os
import types
from collections import deque
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Set, ValuesView
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache, singledispatch
from typing import TYPE_CHECKING, Any
from uuid import UUID

import attrs
from django.conf import LazySettings, Settings, UserSettingsHolder
from django.core.files import File
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.manager import BaseManager
from django.db.models.query import RawQuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject, Promise
from opaque_keys import OpaqueKey

if TYPE_CHECKING:
    from .rendering import Renderer

MAX_ROWS = 100

#: Longer integers are no number to most readers, and Python refuses to write those of over 4,300 digits.
MAX_INTEGER_BITS = 1024

#: What is data when it is an attribute of an object that nobody knows.
SIMPLE = (str, int, float, type(None), date, time, timedelta, Decimal, UUID, Enum, OpaqueKey, Promise)

Handler = Callable[[Any, "Renderer"], Any]


@singledispatch
def _handle(value: Any, renderer: Renderer) -> Any:
    """An object that nobody knows, or one of a class that attrs or dataclasses made."""
    cls = type(value)
    if attrs.has(cls):
        return renderer.items(_pairs(value, attrs.fields(cls)), value)
    if dataclasses.is_dataclass(cls):
        return renderer.items(_pairs(value, dataclasses.fields(cls)), value)
    # By its type: a lazy object would load what it stands for if it were asked what it is.
    simple = {name: item for name, item in _own_attributes(value) if issubclass(type(item), SIMPLE)}
    return renderer.items(simple.items(), value) if simple else None


def _pairs(value: Any, fields: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    return ((field.name, _read(value, field.name)) for field in fields)


def _own_attributes(value: Any) -> Iterator[tuple[str, Any]]:
    yield from dict(_read(value, "__dict__") or {}).items()
    for cls in type(value).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if not name.startswith("_"):
                yield name, _read(value, name)


def _read(value: Any, name: str) -> Any:
    """An attribute; ``None`` when there is none, or the code behind it raises."""
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def _register(*classes: type) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for cls in classes:
            _handle.register(cls, handler)
        return handler

    return register


@_register(bool)
def _truth(value: bool, renderer: Renderer) -> Any:
    return renderer.leaf(value, len("false"))


@_register(int)
def _integer(value: int, renderer: Renderer) -> Any:
    number = int.__int__(value)  # a plain number also of an IntEnum and its like
    if number.bit_length() > MAX_INTEGER_BITS:
        return renderer.text(hex(number))
    return renderer.leaf(number, len(str(number)))


@_register(float)
def _float(value: float, renderer: Renderer) -> Any:
    number = float.__float__(value)
    return renderer.leaf(number, len(repr(number))) if math.isfinite(number) else None


@_register(str)
def _text(value: str, renderer: Renderer) -> Any:
    return renderer.text(value)


@_register(Decimal, UUID, OpaqueKey, Promise)
def _as_text(value: Any, renderer: Renderer) -> Any:
    return renderer.text(str(value))


@_register(bytes, bytearray, memoryview)
def _bytes(value: Any, renderer: Renderer) -> Any:
    if memoryview(value).nbytes > renderer.bytes_left:
        return renderer.omit()
    return renderer.text(bytes(value).decode("utf-8", "replace"))


@_register(datetime)
def _moment(value: datetime, renderer: Renderer) -> Any:
    return renderer.text(renderer.moment(value))


@_register(date, time)
def _date(value: date | time, renderer: Renderer) -> Any:
    return renderer.text(value.isoformat())


@_register(timedelta)
def _duration(value: timedelta, renderer: Renderer) -> Any:
    return renderer.text(renderer.duration(value))


@_register(Enum)
def _enum(value: Enum, renderer: Renderer) -> Any:
    return renderer.nested(value.value)


@_register(Mapping)
def _mapping(value: Mapping, renderer: Renderer) -> Any:
    return renderer.items(value.items(), value)


@_register(list, tuple, deque, range, KeysView, ValuesView, ItemsView)
def _sequence(value: Iterable[Any], renderer: Renderer) -> Any:
    return renderer.sequence(value, value)


@_register(Set)
def _set(value: Iterable[Any], renderer: Renderer) -> Any:
    """In an order that is the same each time. That of what goes out: the ``str`` of a model may be a query."""
    rendered = renderer.sequence(value, value)
    return sorted(rendered, key=str) if isinstance(rendered, list) else rendered


@_register(Model)
def _model(value: Model, renderer: Renderer) -> Any:
    """The columns that were loaded; reading a deferred one would be a query."""
    loaded = value.__dict__
    names = [field.attname for field in value._meta.concrete_fields if field.attname in loaded]
    return renderer.items(((name, loaded[name]) for name in names), value)


@_register(QuerySet)
def _queryset(value: QuerySet, renderer: Renderer) -> Any:
    """The first rows, without evaluating the QuerySet itself; a query that fails must not break a transaction."""
    rows = getattr(value, "_result_cache", None)
    if rows is None:
        if renderer.queries_left <= 0:
            return renderer.omit()
        renderer.queries_left -= 1
        with transaction.atomic(using=value.db):
            rows = list(_only_columns(value[: MAX_ROWS + 1]))
    renderer.truncated |= len(rows) > MAX_ROWS
    return renderer.sequence(rows[:MAX_ROWS], value)


def _only_columns(rows: QuerySet) -> QuerySet:
    """Without the queries for related rows, and without locks, which are the platform's to take."""
    rows._prefetch_related_lookups = ()
    rows.query.select_for_update = False
    return rows


@_register(LazyObject)
def _lazy(value: LazyObject, renderer: Renderer) -> Any:
    value.__class__  # noqa: B018 - asking for the class makes it load what it stands for
    return renderer.nested(value._wrapped)


@_register(File)
def _file(value: File, renderer: Renderer) -> Any:
    return renderer.nested(value.name)


@_register(io.IOBase.__mro__[1])  # the base that files written in C have too
def _stream(value: Any, renderer: Renderer) -> Any:
    name = getattr(value, "name", None)
    return renderer.text(name) if isinstance(name, str) else None


@_register(HttpRequest)
def _request(value: HttpRequest, renderer: Renderer) -> Any:
    return renderer.items({"method": value.method, "path": value.path}.items(), value)


@_register(HttpResponseBase)
def _response(value: HttpResponseBase, renderer: Renderer) -> Any:
    facts = {"status_code": value.status_code, "content_type": value.get("Content-Type")}
    return renderer.items(facts.items(), value)


@_register(LazySettings, Settings, UserSettingsHolder, type(os.environ))
def _configuration(value: Any, renderer: Renderer) -> Any:
    """Full of secrets under any name."""
    return None


@_register(
    type(None), type, BaseManager, RawQuerySet, types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
    types.MethodType, Iterator, types.CoroutineType, types.AsyncGeneratorType,
)  # fmt: skip
def _nothing(value: Any, renderer: Renderer) -> Any:
    """Code, and what is used up by reading it, or is a query of unknown size."""
    return None


# --- types of packages that we do not import --------------------------------------------------------------------


def _xblock(value: Any, renderer: Renderer) -> Any:
    """Which block it is, and what it is called."""
    scope_ids = value.scope_ids
    facts = {
        "id": str(scope_ids.usage_id),
        "type": scope_ids.block_type,
        "name": _read(value, "display_name"),
    }
    return renderer.items(facts.items(), value)


def _fragment(value: Any, renderer: Renderer) -> Any:
    return renderer.text(value.content)


def _grade(value: Any, renderer: Renderer) -> Any:
    facts = {
        "percent": value.percent,
        "letter_grade": _read(value, "letter_grade"),
        "passed": _read(value, "passed"),
    }
    return renderer.items(facts.items(), value)


#: By the module and name of a class that a value's own class inherits from.
FOREIGN: Mapping[tuple[str, str], Handler] = {
    ("xblock.core", "XBlock"): _xblock,
    ("xblock.core", "XBlockAside"): _xblock,
    ("web_fragments.fragment", "Fragment"): _fragment,
    ("lms.djangoapps.grades.course_grade", "CourseGradeBase"): _grade,
}


def is_grade(cls: type) -> bool:
    """Whether objects of this class are grades of the platform."""
    return handler_of(cls) is _grade


@lru_cache(maxsize=2048)
def handler_of(cls: type) -> Handler:
    """The function that renders values of this class."""
    for base in cls.__mro__:
        handler = FOREIGN.get((base.__module__, base.__qualname__))
        if handler:
            return handler
    return _handle.dispatch(cls)
