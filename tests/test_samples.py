"""Samples are valid arguments: events accept them, filters run with them, and they are made of the declared types."""

from __future__ import annotations

import collections
import dataclasses
import enum
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any, BinaryIO, Literal, NewType, Optional, Required, Union
from uuid import UUID

import attrs
import pytest
from ccx_keys.locator import CCXLocator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from opaque_keys import OpaqueKey
from opaque_keys.edx.keys import AssetKey, CourseKey, LearningContextKey, UsageKey
from opaque_keys.edx.locator import LibraryLocatorV2, LibraryUsageLocatorV2

from openedx_webhooks import catalogue, samples
from tests.campus.models import CourseEnrollment


class Colour(enum.Enum):
    RED = "red"


@attrs.frozen
class Tree:
    name: str
    _hidden: int
    parent: Optional[Tree] = None  # noqa: UP045 - as older libraries write it
    children: list[Tree] = attrs.Factory(list)
    size: int = attrs.field(init=False, default=0)


@dataclasses.dataclass
class Room:
    number: int
    opens: datetime
    size: int = dataclasses.field(init=False, default=0)


@attrs.frozen
class Untyped:
    unknown: NoSuchType  # noqa: F821 - only a type checker would know
    email: Any = attrs.field()


TYPES = {
    str: "sample", bool: True, int: 42, float: 0.87, type(None): None, datetime: samples.MOMENT,
    date: samples.MOMENT.date(), UUID: UUID("8d3ff5a2-6a0f-4c5d-9f3a-1f0b9c2d7e64"), Decimal: Decimal("49.00"),
    list: ["sample"], set: {"email"}, dict: {"key": "value"}, Colour: Colour.RED, Any: "sample", object: "sample",
    typing.List: [], typing.Dict: {"sample key": "sample"}, list[int]: [42], set[str]: {"sample"},  # noqa: UP006
    frozenset[int]: frozenset({42}), tuple[int, ...]: (42,), tuple[int, str]: (42, "sample"),
    dict[str, int]: {"sample key": 42}, Mapping[str, list[int]]: {"sample key": [42]}, Sequence[int]: ["sample"],
    Optional[int]: 42, Union[None, int, str]: 42, int | None: 42, Annotated[int, "years"]: 42, Required[int]: 42,  # noqa: UP007, UP045
    Literal["a", "b"]: "a", NewType("Number", int): 42, typing.TypeVar("T"): "sample", "Forward": "sample",
}  # fmt: skip


@pytest.mark.parametrize(("hint", "sample"), TYPES.items(), ids=map(str, TYPES))
def test_a_type_has_a_sample(hint, sample):
    made = samples.of_type(hint)

    assert made == sample
    assert type(made) is type(sample)


KEYS = [
    CourseKey,
    UsageKey,
    AssetKey,
    LearningContextKey,
    CCXLocator,
    LibraryLocatorV2,
    LibraryUsageLocatorV2,
    OpaqueKey,
]


@pytest.mark.parametrize("cls", KEYS)
def test_a_class_of_keys_has_a_key(cls):
    assert isinstance(samples.of_type(cls), cls)


@pytest.mark.parametrize("cls", [QueryDict, HttpResponse, QuerySet])
def test_classes_of_django_have_samples(cls, db):
    assert isinstance(samples.of_type(cls), cls)


def test_a_file_can_be_read():
    assert samples.of_type(BinaryIO).read() == b"sample"


def test_a_type_that_refers_to_itself_ends():
    tree = samples.of_type(Tree)

    depth = 0
    while tree:
        tree, depth = tree.parent, depth + 1
    assert depth == samples.MAX_DEPTH + 1


def test_only_what_a_constructor_takes_is_given():
    assert samples.of_type(Room) == Room(42, samples.MOMENT)


def test_a_hint_that_cannot_be_resolved_is_a_text():
    assert samples.of_type(Untyped) == Untyped("sample unknown", "jane@example.com")


NAMES = {
    "username": "jane", "email": "jane@example.com", "next_url": "https://example.com/page", "url": "https://example.com/page",
    "redirect_url": "/dashboard", "course_id": samples.COURSE_ID, "some_id": "intro", "some_key": "intro",
    "title": "sample title",
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), NAMES.items(), ids=NAMES)
def test_a_text_goes_by_the_name_of_its_field(name, text):
    assert samples.of_type(str, name) == text


@pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)
def test_an_event_accepts_its_samples(event):
    arguments = samples.event_arguments(event)

    event.signal.send_event(send_robust=False, **arguments)

    assert all(isinstance(arguments[name], cls) for name, cls in event.arguments.items())


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_a_filter_runs_with_its_samples(filter_, db):
    arguments = samples.filter_arguments(filter_)

    filter_.cls.run_filter(**arguments)

    assert list(arguments) == list(filter_.arguments)


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_samples_are_made_anew_each_time(filter_):
    one, two = samples.filter_arguments(filter_), samples.filter_arguments(filter_)

    mutable = (dict, list, set, SimpleNamespace, QueryDict)
    assert not any(one[name] is two[name] for name in one if isinstance(one[name], mutable))


def test_every_argument_by_name_has_a_sample(db):
    made = {name: make() for name, make in samples.ARGUMENTS.items()}

    assert collections.Counter(value is None for value in made.values()) == {False: len(made) - 1, True: 1}
    assert made["custom_template"] is None


def test_models_of_the_platform_are_used_where_they_are_installed():
    assert isinstance(samples.ARGUMENTS["enrollment"](), CourseEnrollment)
    assert samples.ARGUMENTS["enrollments"]().model is CourseEnrollment


def test_elsewhere_an_object_of_the_same_attributes_stands_in():
    """The app of the cohorts is called otherwise in these tests."""
    assert vars(samples.ARGUMENTS["target_cohort"]())["name"] == "Group A"


def test_a_key_that_is_of_no_known_kind_is_that_of_a_course():
    class OtherKey(OpaqueKey):
        KEY_TYPE = "other"

    assert samples.of_type(OtherKey) == CourseKey.from_string(samples.COURSE_ID)


def test_an_argument_without_a_type_goes_by_its_name():
    assert samples._argument("some_url", Any) == "https://example.com/page"
    assert samples._argument("count", int) == 42
