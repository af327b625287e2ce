"""What of a value is data, type by type; and what happens when it is large, linked, or breaks when it is read."""

from __future__ import annotations

import array
import asyncio
import collections
import contextlib
import dataclasses
import enum
import functools
import io
import json
import math
import os
import pathlib
import sys
import tempfile
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import attrs
import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey, UsageKey

from openedx_webhooks import handlers, rendering
from openedx_webhooks.rendering import MAX_DEPTH, MAX_NAME, MAX_NODES, PlainTextTimes, Renderer
from tests.campus.models import CourseEnrollment

PLENTY = 10_000_000
COURSE = "course-v1:OpenedX+DemoX+2026"
BERLIN = timezone(timedelta(hours=2))


def rendered(value: Any, max_bytes: int = PLENTY) -> Any:
    return Renderer(max_bytes).render(value)


# --- by type ------------------------------------------------------------------------------------------------------


class Colour(enum.Enum):
    RED = "red"
    POINT = (1, 2)
    NOTHING = None


class Shade(str, enum.Enum):  # noqa: UP042 - as older code of the platform has it
    DARK = "dark"


class Word(enum.StrEnum):
    ONE = "one"


class Level(enum.IntEnum):
    HIGH = 3


class Right(enum.Flag):
    READ = 1
    WRITE = 2


Point = collections.namedtuple("Point", "x y")


@attrs.frozen
class Address:
    street: str
    _private: str = "hidden"
    token: str = "s3cr3t"


@dataclasses.dataclass(slots=True)
class Room:
    number: int
    password: str = "s3cr3t"


class Slotted:
    __slots__ = ("_hidden", "name", "unset")

    def __init__(self) -> None:
        self.name, self._hidden = "slot", "hidden"


class SlottedOne(Slotted):
    __slots__ = "single"  # noqa: PLC0205 - a text is one name

    def __init__(self) -> None:
        super().__init__()
        self.single = 1


class Plain:
    """Of an object that nobody knows: its own public attributes of simple type."""

    class_attribute = "of all"

    def __init__(self) -> None:
        self.name, self.when, self.api_key, self._hidden = "plain", date(2026, 1, 2), "s3cr3t", "hidden"
        self.other, self.items, self.user = self, [1], SimpleLazyObject(pytest.fail)

    @property
    def computed(self) -> str:
        return pytest.fail("A property is code.")


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "not what I am"


class Stranger:
    """A class of a package that we do not import."""


TYPES = {
    # type: (value, what goes out)
    "nothing": (None, None),
    "truth": (True, True),
    "whole number": (7, 7),
    "negative number": (-7, -7),
    "number of 1024 bits": (2**1024 - 1, 2**1024 - 1),
    "number of more": (2**1024, hex(2**1024)),
    "number that Python refuses to write": (10**6000, hex(10**6000)),
    "negative number of more": (-(10**6000), hex(-(10**6000))),
    "fraction": (0.5, 0.5),
    "no number": (math.nan, None),
    "infinity": (-math.inf, None),
    "decimal": (Decimal("1.50"), "1.50"),
    "decimal that is no number": (Decimal("NaN"), "NaN"),
    "text": ("é€😀", "é€😀"),
    "text of control characters": ("\x00\t\u2028", "\x00\t\u2028"),
    "text that is no Unicode": ("a\ud800b", "a?b"),
    "safe text": (mark_safe("<b>"), "<b>"),
    "text of a class": (Text("me"), "me"),
    "lazy text": (gettext_lazy("Password"), "Password"),
    "lazy number": (lazy(lambda: 7, int)(), "7"),
    "bytes": (b"abc", "abc"),
    "bytes that are no UTF-8": (b"a\xffb", "a\ufffdb"),
    "byte array": (bytearray(b"abc"), "abc"),
    "memory": (memoryview(b"abcdef")[::2], "ace"),
    "key of a course": (CourseKey.from_string(COURSE), COURSE),
    "key of a block": (UsageKey.from_string("i4x://o/c/html/x"), "i4x://o/c/html/x"),
    "UUID": (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    "moment": (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
    "moment elsewhere": (datetime(2026, 1, 2, 3, tzinfo=BERLIN), "2026-01-02T01:00:00+00:00"),
    "first moment": (datetime(1, 1, 1, tzinfo=BERLIN), "0001-01-01T00:00:00+02:00"),
    "last moment": (
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))), "9999-12-31T23:00:00-02:00",
    ),
    "date": (date(2026, 1, 2), "2026-01-02"),
    "time": (time(3, 4), "03:04:00"),
    "time with a zone": (time(3, 4, tzinfo=UTC), "03:04:00+00:00"),
    "duration": (timedelta(days=1, seconds=3), "P1DT00H00M03S"),
    "negative duration": (timedelta(seconds=-1), "-P0DT00H00M01S"),
    "enum": (Colour.RED, "red"),
    "enum of tuples": (Colour.POINT, [1, 2]),
    "enum of nothing": (Colour.NOTHING, None),
    "enum of texts": (Shade.DARK, "dark"),
    "StrEnum": (Word.ONE, "one"),
    "IntEnum": (Level.HIGH, 3),
    "flags": (Right.READ | Right.WRITE, 3),
    "list": ([1, "a", None], [1, "a", None]),
    "tuple": ((1, (2,)), [1, [2]]),
    "named tuple": (Point(1, 2), [1, 2]),
    "deque": (collections.deque([1]), [1]),
    "range": (range(3), [0, 1, 2]),
    "set": ({"b", "a", "c"}, ["a", "b", "c"]),
    "set of all sorts": ({None, "a", 1}, [1, None, "a"]),
    "frozen set of keys": (frozenset([CourseKey.from_string(COURSE)]), [COURSE]),
    "keys of a dictionary": ({"b": 1, "a": 2}.keys(), ["b", "a"]),
    "values of a dictionary": ({"b": 2, "a": 1}.values(), [2, 1]),
    "items of a dictionary": ({"b": 2, "a": []}.items(), [["b", 2], ["a", []]]),
    "dictionary": ({"a": {"b": []}}, {"a": {"b": []}}),
    "ordered dictionary": (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    "default dictionary": (collections.defaultdict(list, a=1), {"a": 1}),
    "counter": (collections.Counter("aab"), {"a": 2, "b": 1}),
    "chain of dictionaries": (collections.ChainMap({"a": 1}, {"b": 2}), {"b": 2, "a": 1}),
    "dictionary of a class": (collections.UserDict(a=1), {"a": 1}),
    "read-only dictionary": (types.MappingProxyType({"a": 1}), {"a": 1}),
    "form": (QueryDict("a=1&a=2&b="), {"a": "2", "b": ""}),
    "values of a form": (MultiValueDict({"a": ["1", "2"]}), {"a": "2"}),
    "attrs": (Address("High Street"), {"street": "High Street"}),
    "dataclass": (Room(7), {"number": 7}),
    "slots": (Slotted(), {"name": "slot", "unset": None}),
    "slots of two classes": (SlottedOne(), {"single": 1, "name": "slot", "unset": None}),
    "object": (Plain(), {"name": "plain", "when": "2026-01-02"}),
    "namespace": (types.SimpleNamespace(a=1, b=[2]), {"a": 1}),
    "object without data": (Stranger(), None),
    "exception": (ValueError("s3cr3t"), None),
    "path": (pathlib.PurePosixPath("/x"), None),
    "lazy object": (SimpleLazyObject(lambda: {"a": 1}), {"a": 1}),
    "lazy object of a lazy object": (SimpleLazyObject(lambda: SimpleLazyObject(lambda: "a")), "a"),
    "lazy object of nothing": (SimpleLazyObject(lambda: None), None),
    "file in the storage": (ContentFile(b"s3cr3t", name="photo.png"), "photo.png"),
    "uploaded file": (SimpleUploadedFile("essay.pdf", b"s3cr3t"), "essay.pdf"),
    "stream": (io.BytesIO(b"s3cr3t"), None),
    "text stream": (io.StringIO("s3cr3t"), None),
    "response": (HttpResponse("s3cr3t"), {"status_code": 200, "content_type": "text/html; charset=utf-8"}),
    "streaming response": (
        StreamingHttpResponse(iter([b"s3cr3t"]), status=206, content_type="video/mp4"),
        {"status_code": 206, "content_type": "video/mp4"},
    ),
    "request": (HttpRequest(), {"method": None, "path": ""}),
    "generator": ((number for number in ()), None),
    "iterator": (iter([1]), None),
    "zip": (zip("a", "b", strict=True), None),
    "function": (len, None),
    "lambda": (lambda: 1, None),
    "method": ("".join, None),
    "partial function": (functools.partial(len, "a"), None),
    "class": (Plain, None),
    "module": (os, None),
    "manager": (CourseEnrollment.objects, None),
    "SQL": (CourseEnrollment.objects.raw("SELECT 's3cr3t'"), None),
    "environment": (os.environ, None),
    "settings": (django_settings, None),
    "settings of their own": (LazySettings(), None),
    "array": (array.array("i", [1]), None),
    "rational number": (Fraction(1, 2), None),
    "object of object": (object(), None),
    "not implemented": (NotImplemented, None),
    "context manager": (contextlib.nullcontext(), {"enter_result": None}),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), TYPES.values(), ids=TYPES)
def test_what_of_it_is_data(value, expected):
    sent = rendered(value)

    assert sent == expected
    assert type(sent) is type(expected)
    assert json.loads(json.dumps(sent, allow_nan=False)) == expected


@pytest.mark.parametrize(("value", "expected"), TYPES.values(), ids=TYPES)
def test_it_is_the_same_inside_of_others(value, expected):
    assert rendered({"here": [value]}) == {"here": [expected]}


TIMES = {
    "moment": (datetime(2026, 1, 2, 3, 4, 5, tzinfo=BERLIN), "2026-01-02 03:04:05+02:00"),
    "moment of no zone": (datetime(2026, 1, 2, 3, 4, 5, 6), "2026-01-02 03:04:05.000006"),  # noqa: DTZ001
    "duration": (timedelta(days=1, seconds=3), "1 day, 0:00:03"),
    "date": (date(2026, 1, 2), "2026-01-02"),
}


@pytest.mark.parametrize(("value", "expected"), TIMES.values(), ids=TIMES)
def test_times_of_the_original_are_plain_texts(value, expected):
    assert PlainTextTimes(PLENTY).render(value) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", "2026-07-01T12:00:00+00:00"), ("Asia/Kolkata", "2026-07-01T06:30:00+00:00")],
)
def test_a_moment_of_no_zone_is_of_the_site(zone, expected, settings):
    settings.TIME_ZONE = zone

    assert rendered(datetime(2026, 7, 1, 12)) == expected  # noqa: DTZ001


@pytest.mark.parametrize("moment", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)])  # noqa: DTZ001
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_ends_of_the_calendar_are_no_problem(moment, zone, settings):
    settings.TIME_ZONE = zone

    assert rendered(moment)[:4] in {"0001", "9999"}


def test_coroutines_are_left_alone():
    async def coroutine() -> None:
        pytest.fail("It must not run.")

    async def generator() -> Any:
        yield pytest.fail("It must not run.")

    value = coroutine()

    assert rendered([value, generator()]) == [None, None]
    value.close()
    assert asyncio.iscoroutine(value)


def test_an_open_file_is_its_name_and_stays_where_it_is():
    with tempfile.TemporaryFile() as nameless, pathlib.Path(__file__).open("rb") as named:
        assert rendered({"nameless": nameless, "named": named}) == {"nameless": None, "named": __file__}
        assert named.tell() == 0


def test_a_model_is_its_columns_minus_the_password():
    user = get_user_model()(pk=1, username="jane", password="s3cr3t")
    user.not_a_column = "s3cr3t"

    assert set(rendered(user)) == {
        "id", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active",
        "date_joined",
    }  # fmt: skip


def test_a_relation_is_its_key():
    user = get_user_model()(pk=1)

    assert rendered(CourseEnrollment(user=user, course_id=CourseKey.from_string(COURSE), mode="audit")) == {
        "id": None, "user_id": 1, "course_id": COURSE, "created": None, "is_active": True, "mode": "audit",
    }  # fmt: skip


FOREIGN = {
    ("web_fragments.fragment", "Fragment"): ({"content": "<p>"}, "<p>"),
    ("lms.djangoapps.grades.course_grade", "CourseGradeBase"): (
        {"percent": 0.5, "letter_grade": "B", "passed": True, "course_data": object()},
        {"percent": 0.5, "letter_grade": "B", "passed": True},
    ),
    ("xblock.core", "XBlock"): (
        {"scope_ids": types.SimpleNamespace(usage_id=1, block_type="html"), "display_name": "x", "runtime": object()},
        {"id": "1", "type": "html", "name": "x"},
    ),
    ("xblock.core", "XBlockAside"): (
        {"scope_ids": types.SimpleNamespace(usage_id=1, block_type="aside")},
        {"id": "1", "type": "aside", "name": None},
    ),
}  # fmt: skip


def of_foreign(module: str, name: str) -> type:
    """A class that inherits from one of a package that may not be installed."""
    base = type(name, (), {"__module__": module, "__qualname__": name})
    return type("Mixed", (base,), {"__module__": "somewhere.else"})


@pytest.mark.parametrize(("name", "facts"), FOREIGN.items(), ids=[name for _, name in FOREIGN])
def test_classes_of_other_packages_go_by_their_name(name, facts):
    attributes, expected = facts
    value = of_foreign(*name)()
    vars(value).update(attributes)

    assert rendered(value) == expected
    assert handlers.is_grade(type(value)) is (name[1] == "CourseGradeBase")


# --- names --------------------------------------------------------------------------------------------------------


class BrokenKey(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError


KEYS = {
    "text": ("a", "a"),
    "empty text": ("", ""),
    "text that is no Unicode": ("\ud800", "?"),
    "zero": ("\x00", "\x00"),
    "number": (1, "1"),
    "fraction": (1.5, "1.5"),
    "truth": (True, "True"),
    "nothing": (None, "None"),
    "date": (date(2026, 1, 2), "2026-01-02"),
    "UUID": (UUID(int=1), str(UUID(int=1))),
    "key": (CourseKey.from_string(COURSE), COURSE),
    "lazy text": (gettext_lazy("Language"), "Language"),
    "enum": (Colour.RED, "red"),
    "enum of texts": (Shade.DARK, "dark"),
    "long": ("x" * MAX_NAME, "x" * MAX_NAME),
}
NO_KEYS = {
    "tuple": (1, 2), "bytes": b"a", "object": Stranger(), "class": Plain, "enum of tuples": Colour.POINT,
    "private": "_a", "too long": "x" * (MAX_NAME + 1), "too large": 10**6000, "broken": BrokenKey("a"),
    "password": "password", "lazy password": gettext_lazy("Password"), "cookie": "Cookie",
}  # fmt: skip


@pytest.mark.parametrize(("key", "name"), KEYS.values(), ids=KEYS)
def test_a_key_is_a_name(key, name):
    assert rendered({key: 1}) == {name: 1}


@pytest.mark.parametrize("key", NO_KEYS.values(), ids=NO_KEYS)
def test_an_entry_without_a_name_that_may_be_told_stays(key):
    assert rendered({"before": 1, key: 2, "after": 3}) == {"before": 1, "after": 3}


@pytest.mark.parametrize(
    "nest",
    [
        lambda value: value,
        lambda value: {"a": [{"b": (value,)}]},
        lambda value: types.SimpleNamespace(**value),
        lambda value: SimpleLazyObject(lambda: value),
        lambda value: attrs.make_class("Data", list(value))(**value),
    ],
    ids=["at the top", "deep", "of an object", "of a lazy object", "of attrs"],
)
def test_credentials_stay_at_every_depth(nest):
    value = {"password": "s3cr3t", "accessToken": "s3cr3t", "national_id": "s3cr3t", "kept": "yes"}

    sent = json.dumps(rendered(nest(value)))

    assert sent.count("s3cr3t") == 1
    assert '"kept": "yes"' in sent


def test_names_that_the_site_adds_stay_too(settings):
    settings.OPENEDX_WEBHOOKS = {"REDACTED_KEYS": ["national-id"]}

    assert rendered({"a": [{"National ID": 1, "kept": 2}]}) == {"a": [{"kept": 2}]}


def test_tokens_in_forms_of_a_page_are_taken_out():
    html = '<input type="hidden" name="csrfmiddlewaretoken" value="s3cr3t"><INPUT name="q" value="csrf"><p>x</p>'

    assert rendered(html) == '<INPUT name="q" value="csrf"><p>x</p>'


@pytest.mark.parametrize(
    "text",
    ["csrfmiddlewaretoken" + "<input " * 100_000, "<input " + "csrfmiddlewaretoken" * 50_000],
    ids=["many", "one"],
)
@pytest.mark.timeout(20)
def test_a_text_made_to_be_slow_is_not(text):
    assert rendered(text) == text


# --- what breaks --------------------------------------------------------------------------------------------------


class Hostile:
    """Whatever is asked of it, it raises; but for its attributes."""

    def __init__(self) -> None:
        self.name = "hostile"

    def _raise(self, *args: Any) -> Any:
        raise RuntimeError("s3cr3t")

    __str__ = __repr__ = __len__ = __bool__ = __iter__ = __getattr__ = __contains__ = __getitem__ = _raise
    __hash__ = __eq__ = __class__ = property(_raise)
    __int__ = __float__ = __index__ = __dir__ = __format__ = _raise


class Liar:
    """It says that it is a dictionary."""

    __class__ = dict  # type: ignore[assignment]

    def __init__(self) -> None:
        self.name = "liar"


class Endless(Mapping):
    """A mapping without an end."""

    def __getitem__(self, key: Any) -> Any:
        return Endless()

    def __iter__(self) -> Any:
        number = 0
        while number := number + 1:
            yield number

    def __len__(self) -> int:
        return sys.maxsize


class BrokenMapping(Mapping):
    def __getitem__(self, key: Any) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Any:
        return iter("ab")

    def __len__(self) -> int:
        return 2


class BrokenNumber(int):
    def __int__(self) -> int:
        raise RuntimeError

    __str__ = __repr__ = __index__ = __int__  # type: ignore[assignment]


class NoNumber(float):
    def __float__(self) -> float:
        return math.nan

    __repr__ = __str__ = lambda self: "s3cr3t"


class BrokenText(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError

    __len__ = __repr__ = encode = isascii = __str__  # type: ignore[assignment]


class BrokenZone(timezone.__mro__[1]):  # type: ignore[misc]
    def utcoffset(self, moment: Any) -> Any:
        raise RuntimeError


@attrs.define(slots=False)
class HalfBroken:
    works: int = 1

    def __attrs_post_init__(self) -> None:
        del self.__dict__["works"]

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError


@dataclasses.dataclass
class HalfUnset:
    there: int = 1
    missing: int = dataclasses.field(init=False)


def released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


def endless_lazy() -> Any:
    return SimpleLazyObject(endless_lazy)


def failing() -> Any:
    raise RuntimeError("s3cr3t")


BREAKING = {
    "object that raises at everything": (Hostile(), {"name": "hostile"}),
    "object that lies about its class": (Liar(), {"name": "liar"}),
    "mapping that raises": (BrokenMapping(), None),
    "number that raises": (BrokenNumber(7), 7),
    "number that becomes none": (NoNumber(0.5), 0.5),
    "text that raises": (BrokenText("text"), "text"),
    "zone that raises": (datetime(2026, 1, 1, tzinfo=BrokenZone()), None),
    "attrs that raise": (HalfBroken(), {"works": None}),
    "dataclass that is half there": (HalfUnset(), {"there": 1, "missing": None}),
    "released memory": (released(), None),
    "lazy object that raises": (SimpleLazyObject(failing), None),
    "lazy object without an end": (endless_lazy(), None),
    "lazy text that raises": (lazy(failing, str)(), None),
    "closed file": (SimpleUploadedFile("a.txt", b""), "a.txt"),
    "block without its ids": (of_foreign("xblock.core", "XBlock")(), None),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), BREAKING.values(), ids=BREAKING)
def test_what_breaks_when_it_is_read_costs_itself_only(value, expected):
    renderer = Renderer(PLENTY)

    sent = renderer.render({"before": 1, "it": value, "after": [value, 2]})

    assert sent == {"before": 1, "it": expected, "after": [expected, 2]}
    assert "s3cr3t" not in json.dumps(sent, allow_nan=False)


def test_a_failure_is_noted_without_its_text(caplog):
    caplog.set_level("DEBUG", logger="openedx_webhooks")

    rendered([SimpleLazyObject(failing), {BrokenKey("a"): 1}])

    assert "value cannot be rendered" in caplog.text
    assert "key cannot be rendered" in caplog.text
    assert "s3cr3t" not in caplog.text


def test_a_dictionary_that_grows_while_it_is_read_is_read():
    growing: dict[str, Any] = {}
    growing["lazy"] = SimpleLazyObject(lambda: growing.setdefault("new", "value"))
    growing["last"] = 1

    assert rendered(growing) == {"lazy": "value", "last": 1}


# --- what is large, or linked -------------------------------------------------------------------------------------


def linked() -> dict[str, Any]:
    cycle: dict[str, Any] = {"name": "cycle"}
    cycle["list"] = [cycle, (cycle,)]
    cycle["self"] = cycle
    return cycle


def test_a_cycle_is_cut_where_it_closes():
    renderer = Renderer(PLENTY)

    assert renderer.render(linked()) == {"name": "cycle", "list": [None, [None]], "self": None}
    assert not renderer.truncated


def test_what_is_there_twice_goes_out_twice():
    shared = {"a": 1}

    assert rendered([shared, shared]) == [{"a": 1}, {"a": 1}]


def test_depth_is_bounded():
    value: Any = "bottom"
    for _ in range(MAX_DEPTH):
        value = [value]
    fits, deeper = Renderer(PLENTY), Renderer(PLENTY)

    assert "bottom" in json.dumps(fits.render(value))
    assert not fits.truncated
    assert "bottom" not in json.dumps(deeper.render([value]))
    assert deeper.truncated


def test_nodes_are_bounded():
    renderer = Renderer(PLENTY)

    assert len(renderer.render(list(range(MAX_NODES * 2)))) == MAX_NODES - 1
    assert renderer.truncated


def test_a_mapping_without_an_end_has_one():
    renderer = Renderer(PLENTY)

    renderer.render(Endless())

    assert renderer.truncated


def test_rows_and_columns_are_exact_to_the_byte():
    value = {"a": [1, "é", None, True, 0.5], "b": {}, "c": [[], [{}]]}
    size = len(json.dumps(value))
    renderer = Renderer(size * 2)

    assert renderer.render(value) == value
    assert size <= size * 2 - renderer.bytes_left <= size + 12  # a separator that the last of each needs not


@pytest.mark.parametrize("max_bytes", range(0, 120, 3))
def test_bytes_are_bounded(max_bytes):
    value = {"a": ["x" * 10, 1.25, None, {"key": b"bytes", "é": True}], "b": (Plain(), date(2026, 1, 2)), "c": 10**30}
    renderer = Renderer(max_bytes)

    sent = renderer.render(value)

    assert sent is None or len(json.dumps(sent)) <= max_bytes
    assert renderer.truncated or max_bytes > 110


def test_what_does_not_fit_makes_room_for_what_does():
    assert rendered(["x" * 100, "small"], 50) == ["small"]
    assert rendered({"large": b"x" * 100, "small": 1}, 50) == {"small": 1}


@pytest.mark.timeout(20)
def test_what_is_huge_is_not_even_read():
    huge = "\ud800csrfmiddlewaretoken" * 5_000_000

    assert rendered({"text": huge, "bytes": memoryview(bytes(50_000_000)), "ok": 1}, 1000) == {"ok": 1}


def test_a_list_of_nothing_costs_its_bytes():
    """A null has four bytes, whatever it stands for."""
    for nothing in (None, len, math.nan, Stranger(), SimpleLazyObject(failing)):
        sent = rendered([nothing] * 1000, 500)

        assert len(json.dumps(sent)) <= 500


# --- any nest of all of it ----------------------------------------------------------------------------------------

KNOWN = {name: value for name, (value, _) in {**TYPES, **BREAKING}.items() if name != "lazy object without an end"}
NAMES = {**{name: key for name, (key, _) in KEYS.items()}, **NO_KEYS}
CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "deque": collections.deque,
    "dictionary": lambda items: dict(zip([*NAMES.values(), "b", "c"], items, strict=False)),
    "dictionary of other names": lambda items: {f"{number} é": item for number, item in enumerate(items)},
    "object": lambda items: types.SimpleNamespace(items=items, first=items[0] if items else None),
    "lazy": lambda items: SimpleLazyObject(lambda: items),
    "linked": lambda items: linked() | {"items": items},
}


class Known(str):
    """The name of a value: recipes are drawn rather than values, whose code Hypothesis would run."""

    __slots__ = ()


LEAVES = st.one_of(
    st.sampled_from(list(KNOWN)).map(Known),
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.binary(max_size=50), st.uuids(),
    st.text(st.characters(), max_size=50), st.datetimes(), st.dates(), st.times(), st.timedeltas(),
)  # fmt: skip
RECIPES = st.recursive(
    LEAVES, lambda inner: st.tuples(st.sampled_from(list(CONTAINERS)), st.lists(inner, max_size=8)), max_leaves=60
)


def cooked(recipe: Any) -> Any:
    if isinstance(recipe, Known):
        return KNOWN[recipe]
    if isinstance(recipe, tuple):
        container, items = recipe
        return CONTAINERS[container]([cooked(item) for item in items])
    return recipe


@given(RECIPES, st.integers(0, 3000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_nest_is_json_within_its_budget(recipe, max_bytes):
    renderer = Renderer(max_bytes)

    sent = renderer.render(cooked(recipe))

    text = json.dumps(sent, allow_nan=False)
    assert sent is None or len(text) <= max_bytes
    assert text.encode("ascii")
    assert "s3cr3t" not in text
    assert not renderer._path


def test_the_json_encoder_of_the_sizes_is_the_one_of_the_bodies():
    assert rendering._size('é"\n😀') == len(json.dumps('é"\n😀'))
