"""What happened behind a page of the campus: each filter with its effect, each event, and what the log said."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import QueryDict
from openedx_events.learning import signals
from openedx_filters.exceptions import OpenEdxFilterException

from openedx_webhooks import registry


class Grade:
    """A course grade, as far as the filter of certificates carries it."""

    def __init__(self, percent: float, letter_grade: str, passed: bool) -> None:
        self.percent, self.letter_grade, self.passed = percent, letter_grade, passed


# The plugin knows a grade of the platform by this name, and no other object's attributes may be changed by a reply.
Grade.__module__, Grade.__name__, Grade.__qualname__ = (
    "lms.djangoapps.grades.course_grade", "CourseGradeBase", "CourseGradeBase"
)  # fmt: skip


@dataclass
class Trace:
    """The steps of one action, in order."""

    steps: list[dict[str, Any]] = field(default_factory=list)

    def filter(self, cls: Any, **arguments: Any) -> dict[str, Any]:
        """Run the filter; its arguments as it leaves them, by name. Raises the filter's own exceptions."""
        asked = len(registry.webfilters(cls.__name__))
        step = {"kind": "filter", "name": cls.__name__, "effect": "nothing changed" if asked else "nobody is asked"}
        self.steps.append(step)
        before = _facts(arguments)
        with _listening() as step["log"]:
            try:
                result = cls.run_filter(**arguments)
            except OpenEdxFilterException as exception:
                step["effect"] = f"stopped by {type(exception).__name__}"
                raise
        after = dict(zip(arguments, result if len(arguments) > 1 else [result], strict=True))
        if changes := _changes(before, _facts(after)):
            step["effect"] = f"changed {'; '.join(changes)}"
        return after

    def event(self, name: str, **arguments: Any) -> None:
        """Send the event."""
        getattr(signals, name).send_event(**arguments)
        told = len(registry.webhooks(name))
        effect = f"sent; {told} webhook{'s' * (told > 1)} after the commit" if told else "sent; no webhook listens"
        self.steps.append({"kind": "event", "name": name, "effect": effect})


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [
        f"{name} from “{before.get(name, '')}” to “{now}”" for name, now in after.items() if before.get(name) != now
    ]


def _facts(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Every simple value in these arguments, as a text, by its path."""
    return dict(fact for name, value in arguments.items() for fact in _facts_of(name, value))


def _facts_of(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, QueryDict):
        yield from ((key, str(item)) for key, item in value.items())
    elif isinstance(value, models.Model):
        yield from ((f"{name}.{column.attname}", str(getattr(value, column.attname)))
                    for column in value._meta.concrete_fields)  # fmt: skip
        for related in ("user", "profile"):
            if name != "profile" and hasattr(value, related):  # which leads back to its user
                yield from _facts_of(related, getattr(value, related))
    elif isinstance(value, Grade):
        yield from ((f"{name}.{key}", str(item)) for key, item in vars(value).items())
    else:
        yield name, str(value)


class _Lines(logging.Handler):
    """Keeps the lines of its own thread: another learner may be on the campus."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines, self.thread = lines, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.lines.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the plugin logs in the meantime."""
    lines: list[str] = []
    handler, logger = _Lines(lines), logging.getLogger("openedx_webhooks")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
