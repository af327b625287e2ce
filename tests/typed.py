"""What the original 22.0.0 sent: the cases, and how they were recorded.

``data/typed-22.0.0.json`` holds, for each case, the JSON and the form body that the original sent to a receiver on a
real socket. To record them again, in a virtual environment with Python 3.12 and
``openedx-webhooks==22.0.0 openedx-events==11.2.0 openedx-filters==3.5.0 "Django~=5.2.0"`` from PyPI::

    python tests/typed.py

The original stays a black box: its receivers are connected as the platform connects them, the signals are sent with
fixed metadata, and what arrives is written down.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

RECORDED = Path(__file__).parent / "data" / "typed-22.0.0.json"


class Colour(Enum):
    RED = "red"


class Shade(str, Enum):  # noqa: UP042 - StrEnum would be another class: this one's str() is "Shade.DARK"
    DARK = "dark"


class Level(IntEnum):
    HIGH = 3


class Shape:
    def __init__(self) -> None:
        self.sides = 3


@dataclasses.dataclass
class Point:
    x: int


def deep(levels: int) -> dict:
    return {"inside": deep(levels - 1)} if levels else {}


def values() -> dict[str, Any]:
    """Values that a notification's ``context`` may hold, each sent on its own."""
    from django.contrib.auth import get_user_model
    from django.utils.safestring import mark_safe
    from django.utils.translation import gettext_lazy
    from opaque_keys.edx.keys import CourseKey

    key = CourseKey.from_string("course-v1:a+b+c")
    berlin = timezone(timedelta(hours=2))
    return {
        "none": None, "truth": True, "number": 1, "fraction": 1.5, "text": "x", "empty text": "",
        "unicode": "é€😀\u2028<&\"'\\/\x00\t", "html": mark_safe("<b>&amp;</b>"), "lazy text": gettext_lazy("Hi"),
        "moment": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "moment elsewhere": datetime(2026, 1, 2, tzinfo=berlin),
        "moment of no zone": datetime(2026, 1, 2, 3, 4, 5, 6), "date": date(2026, 1, 2), "time": time(1, 2),  # noqa: DTZ001
        "duration": timedelta(days=1, seconds=3), "decimal": Decimal("1.50"), "uuid": UUID(int=3), "key": key,
        "empty object": {}, "empty list": [], "nest": {"a": {"b": [1, {"c": None}], "": {"d": 1}}},
        "tuple": (1, (2, 3)), "set": {1}, "ordered": OrderedDict(b=1, a=2), "attrs": attrs.make_class("A", ["x"])(1),
        "object": Shape(), "level": Level.HIGH, "private": {"_a": 1, "b": 2}, "collision": {"a": {"b": 1}, "a_b": 2},
        "user": get_user_model()(pk=1, username="jane", password="hash", date_joined=datetime(2026, 1, 2, tzinfo=UTC)),
        "password": {"password": "x", "Token": "x", "id_token": "x", "COOKIE": "x", "kept": 1},
        "keys": {1: "a", 1.5: "b", None: "c", key: "d", False: "e"},
        # Where we differ, and why: see DIFFERENT in test_typed.py.
        "nan": float("nan"), "enum": Colour.RED, "text enum": Shade.DARK, "enum key": {Colour.RED: 1},
        "tuple key": {(1, 2): 1}, "bytes": b"\xff", "frozenset": frozenset({2}), "range": range(2),
        "read-only": types.MappingProxyType({"a": 1}), "surrogate": {"text": "\ud800"}, "large": {"n": 10**400},
        "deep": deep(20), "function": len, "class": Shape, "error": ValueError("no"), "api key": {"api_key": "x"},
        "dataclass": Point(1),
    }  # fmt: skip


def metadata(event_type: str) -> Any:
    from openedx_events.data import EventsMetadata

    return EventsMetadata(
        event_type=event_type,
        id=UUID("8d3ff5a2-6a0f-11f0-9f3a-1f0b9c2d7e64"),
        minorversion=0,
        source="openedx/lms/web",
        sourcehost="example",
        time=datetime(2026, 11, 24, 3, 45, 50, 123456, tzinfo=UTC),
        sourcelib=(11, 2, 0),
    )


def notification(value: Any) -> Mapping[str, Any]:
    """The arguments of a notification with this value in its context."""
    from opaque_keys.edx.keys import CourseKey
    from openedx_events.learning.data import UserNotificationData

    key = CourseKey.from_string("course-v1:a+b+c")
    return {
        "notification_data": UserNotificationData(
            user_ids=[1, 2], notification_type="note", content_url="https://example.com/", app_name="updates",
            course_key=key, context={"value": value},
        )
    }  # fmt: skip


def cases(catalogue: Any, samples: Any) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """The name of each case, its event, and its arguments."""
    for event in catalogue.events():
        yield event.name, event, samples.event_arguments(event)
    if event := catalogue.event("USER_NOTIFICATION_REQUESTED"):
        for name, value in values().items():
            yield f"context of {name}", event, notification(value)


# --- recording ----------------------------------------------------------------------------------------------------


def _start_the_original() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "openedx_events", "openedx_webhooks"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SECRET_KEY="only-for-tests",
        TIME_ZONE="UTC",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)

    from edx_django_utils.plugins import connect_plugin_receivers

    connect_plugin_receivers("lms.djangoapp")


def _ours() -> tuple[Any, Any]:
    """Our catalogue and samples, beside the original of the same name."""
    package = types.ModuleType("ours")
    package.__path__ = [str(Path(__file__).parents[1] / "openedx_webhooks")]
    sys.modules["ours"] = package

    from ours import catalogue, samples

    return catalogue, samples


def record() -> dict[str, dict[str, str | None]]:
    """For each case that the original knows: the bodies it sent, ``None`` where it sent none."""
    _start_the_original()
    from receiver import listening

    from openedx_webhooks.models import Webhook

    recorded = {}
    with listening() as receiver:

        def sent(event: Any, arguments: Mapping[str, Any], form: bool) -> str | None:
            Webhook.objects.all().delete()
            Webhook.objects.create(event=event.name, webhook_url=receiver.url, use_www_form_encoding=form)
            receiver.requests.clear()
            event.signal.send_event_with_custom_metadata(metadata(event.event_type), **arguments)
            return receiver.last.body.decode("utf-8") if receiver.requests else None

        for name, event, arguments in cases(*_ours()):
            bodies = {"json": sent(event, arguments, False), "form": sent(event, arguments, True)}
            if any(bodies.values()):
                recorded[name] = bodies
    return recorded


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent)
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(record(), indent=1) + "\n", encoding="utf-8")
