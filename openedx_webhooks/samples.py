"""A sample of the arguments of every event and filter, built from their types.

Samples are Python objects, of the kind the platform itself passes: ``signal.send_event(**event_arguments(event))`` is
valid, and a filter runs with ``filter_arguments(filter_)``. Previews, documentation, schemas and the tests over the
whole catalogue render them on the same road as real ones.

What openedx-filters leaves untyped (``user``, ``enrollment``, ``context``) goes by the name of the argument. Models of
the platform are used where they are installed; elsewhere an object with the same attributes stands in.
"""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import io
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import attrs
from ccx_keys.locator import CCXLocator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from opaque_keys import OpaqueKey
from opaque_keys.edx.keys import AssetKey, CourseKey, UsageKey
from opaque_keys.edx.locator import LibraryLocatorV2, LibraryUsageLocatorV2

from .catalogue import Event, Filter

COURSE_ID = "course-v1:OpenedX+DemoX+2026"
MOMENT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)

#: What is deeper than this in a type is left empty: types may refer to themselves.
MAX_DEPTH = 8

TEXTS: Mapping[str, str] = {
    "username": "jane",
    "email": "jane@example.com",
    "coach_email": "coach@example.com",
    "name": "Jane Doe",
    "first_name": "Jane",
    "last_name": "Doe",
    "mode": "verified",
    "grade": "0.87",
    "letter_grade": "B",
    "status": "created",
    "current_status": "downloadable",
    "previous_status": "generating",
    "display_name": "Demonstration Course",
    "course_id": COURSE_ID,
    "object_id": COURSE_ID,
    "content_id": COURSE_ID,
    "block_type": "problem",
    "data": "{}",
    "context": "{}",
    "org": "OpenedX",
    "role": "staff",
    "template_name": "dashboard.html",
    "view": "student_view",
    "view_name": "courseware",
    "command_name": "migrate",
    "service_variant": "lms",
    "generation_mode": "batch",
    "url": "https://example.com/page",
    "redirect_url": "/dashboard",
}  # fmt: skip

KEYS: Mapping[type, str] = {
    CCXLocator: "ccx-v1:OpenedX+DemoX+2026+ccx@1",
    LibraryLocatorV2: "lib:OpenedX:demo",
    LibraryUsageLocatorV2: "lb:OpenedX:demo:problem:intro",
    CourseKey: COURSE_ID,
    UsageKey: "block-v1:OpenedX+DemoX+2026+type@problem+block@intro",
    AssetKey: "asset-v1:OpenedX+DemoX+2026+type@asset+block@intro.png",
}

#: Keys of newer releases of opaque-keys, by the name of their class.
NEWER_KEYS: Mapping[str, str] = {
    "LibraryContainerLocator": "lct:OpenedX:demo:unit:intro",
    "LibraryCollectionLocator": "lib-collection:OpenedX:demo:intro",
    "CollectionKey": "lib-collection:OpenedX:demo:intro",
    "ContainerKey": "lct:OpenedX:demo:unit:intro",
}


def event_arguments(event: Event) -> dict[str, Any]:
    """Arguments that ``event.signal.send_event`` accepts."""
    return {name: of_type(data_class, name) for name, data_class in event.arguments.items()}


def filter_arguments(filter_: Filter) -> dict[str, Any]:
    """Arguments that ``filter_.cls.run_filter`` accepts; needs the app registry."""
    return {name: _argument(name, hint) for name, hint in filter_.arguments.items()}


# --- by type ----------------------------------------------------------------------------------------------------


def of_type(hint: Any, name: str = "", depth: int = 0) -> Any:
    """A value of the type ``hint``, as a field called ``name`` would hold it."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if depth > MAX_DEPTH:
        return None
    if isinstance(hint, typing.NewType):
        return of_type(hint.__supertype__, name, depth)
    if origin in (typing.Union, types.UnionType):
        return of_type(next(arg for arg in args if arg is not type(None)), name, depth)
    if origin is typing.Annotated or origin is typing.Required:
        return of_type(args[0], name, depth)
    if isinstance(hint, type) and origin is None:
        return _of_class(hint, name, depth)
    return _of_generic(origin, args, name, depth)


def _of_generic(origin: Any, args: tuple[Any, ...], name: str, depth: int) -> Any:
    if origin is typing.Literal:
        return args[0]
    if not isinstance(origin, type):
        return TEXTS.get(name, f"sample {name}".strip())
    if issubclass(origin, collections.abc.Mapping):
        key, value = args or (str, str)
        return {of_type(key, "key", depth + 1): of_type(value, name, depth + 1)}
    if issubclass(origin, tuple):
        return tuple(of_type(arg, name, depth + 1) for arg in args if arg is not ...)
    if issubclass(origin, list | set | frozenset):
        return origin([of_type(args[0], name, depth + 1)]) if args else origin()
    return of_type(list, name, depth)


def _of_class(cls: type, name: str, depth: int) -> Any:
    if attrs.has(cls):
        return _built(cls, attrs.fields(cls), depth)
    if dataclasses.is_dataclass(cls):
        return _built(cls, dataclasses.fields(cls), depth)
    if issubclass(cls, OpaqueKey):
        return _key(cls)
    if issubclass(cls, Enum):
        return next(iter(cls))
    for known, make in MAKERS.items():
        if issubclass(cls, known):
            return make(name)
    return TEXTS.get(name, f"sample {name}".strip())


def _built(cls: type, fields: Iterable[Any], depth: int) -> Any:
    """An instance of a data class; a field of attrs may have another name in its constructor."""
    try:
        hints = typing.get_type_hints(cls)
    except Exception:  # A hint that only a type checker can follow.
        hints = {}
    arguments = {
        getattr(field, "alias", field.name): of_type(hints.get(field.name, field.type), field.name, depth + 1)
        for field in fields
        if field.init
    }
    return cls(**arguments)


def _key(cls: type) -> OpaqueKey:
    text = NEWER_KEYS.get(cls.__name__) or next((text for known, text in KEYS.items() if issubclass(cls, known)), None)
    if text is None:
        return CourseKey.from_string(COURSE_ID)
    parser: Any = cls if hasattr(cls, "KEY_TYPE") else CourseKey
    return parser.from_string(text)


def _text(name: str) -> str:
    if name.endswith("url"):
        return TEXTS.get(name, "https://example.com/page")
    if name.endswith(("_key", "_id")):
        return TEXTS.get(name, "intro")
    return TEXTS.get(name, f"sample {name}".strip())


def _rows(name: str) -> QuerySet:
    """No rows, of the model that the platform asks for."""
    from django.contrib.auth import get_user_model

    labels = {"enrollments": "student.CourseEnrollment", "schedules": "schedules.Schedule"}
    model = _installed(labels.get(name, "")) if name in labels else None
    return (model or get_user_model())._default_manager.none()


#: Made anew each time: some can be read only once, or changed. The order matters: ``bool`` is an ``int``, and
#: ``QueryDict`` a ``dict``.
MAKERS: Mapping[type, Callable[[str], Any]] = {
    type(None): lambda name: None,
    bool: lambda name: True,
    int: lambda name: 42,
    float: lambda name: 0.87,
    str: _text,
    datetime: lambda name: MOMENT,
    date: lambda name: MOMENT.date(),
    UUID: lambda name: UUID("8d3ff5a2-6a0f-4c5d-9f3a-1f0b9c2d7e64"),
    Decimal: lambda name: Decimal("49.00"),
    list: lambda name: ["sample"],
    set: lambda name: {"email"},
    typing.BinaryIO: lambda name: io.BytesIO(b"sample"),
    QueryDict: lambda name: _form_data(),
    dict: lambda name: {"key": "value"},
    HttpResponse: lambda name: HttpResponse("sample"),
    QuerySet: _rows,
    contextlib.AbstractContextManager: lambda name: contextlib.nullcontext(),
}


# --- by the name of a filter's argument --------------------------------------------------------------------------


def _argument(name: str, hint: Any) -> Any:
    maker = ARGUMENTS.get(name)
    if maker is not None:
        return maker()
    return of_type(hint, name) if hint is not Any else _text(name)


def _installed(label: str) -> Any:
    """A model of the platform, or ``None`` outside of it."""
    from django.apps import apps

    try:
        return apps.get_model(label)
    except LookupError:
        return None


def _user() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model()(
        pk=42, username=TEXTS["username"], email=TEXTS["email"], first_name=TEXTS["first_name"],
        last_name=TEXTS["last_name"], date_joined=MOMENT,
    )  # fmt: skip


def _model(label: str, **fields: Any) -> Any:
    model = _installed(label)
    if model is None:
        return SimpleNamespace(**fields)
    columns = {field.name for field in model._meta.concrete_fields} | {
        field.attname for field in model._meta.concrete_fields
    }
    return model(**{name: value for name, value in fields.items() if name in columns})


def _course_key() -> CourseKey:
    return CourseKey.from_string(COURSE_ID)


def _form_data() -> QueryDict:
    form = QueryDict(mutable=True)
    form.update({
        "email": TEXTS["email"], "name": TEXTS["name"], "username": TEXTS["username"], "honor_code": "true",
        "terms_of_service": "true", "country": "ES", "level_of_education": "b", "gender": "f", "year_of_birth": "1990",
        "goals": "",
    })  # fmt: skip
    return form


def _context() -> dict[str, Any]:
    return {
        "course_id": COURSE_ID,
        "platform_name": "Open edX",
        "accomplishment_user_id": 42,
        "accomplishment_copy_name": TEXTS["name"],
        "show_title": True,
        "errors": [],
        "urls": {"help": "/help"},
    }


def _serialized() -> dict[str, Any]:
    return {"courseId": COURSE_ID, "isStarted": True, "homeUrl": "https://example.com/home", "upgradeUrl": None}


def _cohort() -> Any:
    return _model("course_groups.CourseUserGroup", id=3, name="Group A", course_id=_course_key(), group_type="cohort")


ARGUMENTS: Mapping[str, Callable[[], Any]] = {
    "user": _user,
    "course_key": _course_key,
    "form_data": _form_data,
    "context": _context,
    "message_context": _context,
    "extra_context": dict,
    "student_view_context": lambda: {"show_title": True},
    "serialized_courserun": _serialized,
    "serialized_enrollment": lambda: {"isEnrolled": True, "mode": "audit", "coursewareAccess": {"isTooEarly": False}},
    "enrollments_data": lambda: [{"course_id": COURSE_ID, "mode": "audit"}],
    "tabs": lambda: [{"tab_id": "course_info", "title": "Course Info", "url": "https://example.com/tab"}],
    "readonly_fields": lambda: {"username"},
    "enrollments": lambda: _rows("enrollments"),
    "schedules": lambda: _rows("schedules"),
    "enrollment": lambda: _model(
        "student.CourseEnrollment",
        id=7,
        user=_user(),
        user_id=42,
        course_id=_course_key(),
        mode="audit",
        is_active=True,
        created=MOMENT,
    ),
    "current_membership": lambda: _model(
        "course_groups.CohortMembership",
        id=5,
        user=_user(),
        user_id=42,
        course_user_group_id=3,
        course_id=_course_key(),
    ),
    "target_cohort": _cohort,
    "custom_template": lambda: None,
    "grade": lambda: SimpleNamespace(percent=0.87, letter_grade="B", passed=True),
    "block": lambda: SimpleNamespace(display_name="Introduction", category="html"),
    "fragment": lambda: SimpleNamespace(content="<p>Introduction</p>"),
    "response": lambda: HttpResponse("<p>Sign in</p>"),
    "form_desc": lambda: SimpleNamespace(method="post", submit_url="/login"),
    "running_pipeline": lambda: {"backend": "google-oauth2", "kwargs": {"username": TEXTS["username"]}},
    "current_provider": lambda: SimpleNamespace(provider_id="oa2-google-oauth2", skip_registration_form=False),
    "course_mode_data": lambda: SimpleNamespace(slug="verified", min_price=49, currency="usd"),
    "command_contextmanager": contextlib.nullcontext,
    "price": lambda: 49,
    "start_date": lambda: MOMENT,
    "user_id": lambda: 42,
    "course_home_url": lambda: "https://example.com/home",
}
