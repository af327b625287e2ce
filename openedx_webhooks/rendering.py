"""Python to JSON within bounds.

The platform passes anything: attrs classes, models, keys, QuerySets, live XBlocks, page contexts with the whole runtime
behind them. What of each is data is said by type, in ``handlers.py``.

A :class:`Renderer` counts what it writes. What does not fit into its bytes, nodes and depth is left out, and
``truncated`` says so. A value that cannot be read (its code raises) becomes ``None``: one bad leaf must not cost the
whole payload.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.duration import duration_iso_string
from django.utils.functional import Promise
from opaque_keys import OpaqueKey

from .handlers import SIMPLE, handler_of
from .redaction import is_credential

log = logging.getLogger(__name__)

MAX_NODES = 20_000
MAX_DEPTH = 16

#: QuerySets that are read for one payload.
MAX_QUERIES = 20

#: Characters of a name. Form encoding repeats a name for everything beneath it.
MAX_NAME = 1024


class _Omitted:
    """The value of what does not fit."""


OMITTED = _Omitted()


class Renderer:
    """Renders values until its budget is spent.

    ``max_bytes`` bounds the JSON text of all values rendered, in bytes; ``truncated`` is true once something was left
    out. Handlers answer a JSON value, or what ``omit()`` answers.
    """

    def __init__(self, max_bytes: int) -> None:
        self.bytes_left = max_bytes
        self.nodes_left = MAX_NODES
        self.names_left = MAX_NODES  # names are looked at before their values
        self.queries_left = MAX_QUERIES
        self.truncated = False
        self._path: set[int] = set()  # the containers we are inside of, to cut cycles

    def render(self, value: Any) -> Any:
        """The JSON value of ``value``; ``None`` when nothing of it fits."""
        rendered = self.nested(value)
        return None if rendered is OMITTED else rendered

    def nested(self, value: Any) -> Any:
        """The JSON value of ``value``, or ``OMITTED``."""
        if self.spent:
            return self.omit()
        self.nodes_left -= 1
        cls: Any = type(value)  # what it is, whatever its __class__ says
        try:
            rendered = handler_of(cls)(value, self)
        except Exception as error:  # Whatever code the platform's objects run when they are read.
            log.debug(
                "openedx_webhooks: value cannot be rendered",
                extra={"type": cls.__qualname__, "error": type(error).__name__},
            )
            rendered = None
        return self.leaf(None, len("null")) if rendered is None else rendered

    @property
    def spent(self) -> bool:
        """Whether there is room for nothing more."""
        return self.nodes_left <= 0 or self.bytes_left <= 0

    def omit(self) -> _Omitted:
        """What stands for a value that does not fit."""
        self.truncated = True
        return OMITTED

    def leaf(self, value: Any, size: int) -> Any:
        """``value``, whose JSON text has ``size`` bytes, if that still fits."""
        if size > self.bytes_left:
            return self.omit()
        self.bytes_left -= size
        return value

    def text(self, value: str) -> Any:
        """A text, with what is no Unicode replaced and tokens of its forms left out."""
        value = str.__str__(value)  # a plain text also of SafeString and its like
        if len(value) > self.bytes_left:  # before any work: it may have hundreds of megabytes
            return self.omit()
        value = _unicode(value)
        if "csrfmiddlewaretoken" in value:
            value = _INPUT.sub(_unless_csrf, value)
        if value.startswith("{") and value.endswith("}"):
            value = _without_credentials(value)
        return self.leaf(value, _size(value))

    def moment(self, value: datetime) -> str:
        """A moment in UTC, ``2026-11-24T03:45:50+00:00``; one without a zone is of the site's."""
        if timezone.is_naive(value):
            value = timezone.make_aware(value, timezone.get_default_timezone())
        try:
            return value.astimezone(UTC).isoformat()
        except OverflowError:  # The first and the last day of the calendar may have no UTC.
            return value.isoformat()

    def duration(self, value: timedelta) -> str:
        """A duration of ISO 8601: ``P1DT00H00M03S``."""
        return duration_iso_string(value)

    def items(self, pairs: Iterable[tuple[Any, Any]], source: Any) -> Any:
        """A JSON object of these pairs, minus credentials and private names; ``source`` is what they are of."""
        return self._inside(source, lambda: self._items(pairs))

    def sequence(self, values: Iterable[Any], source: Any) -> Any:
        """A JSON array of these values; ``source`` is what they are of."""
        return self._inside(source, lambda: self._sequence(values))

    def _inside(self, source: Any, render: Callable[[], Any]) -> Any:
        """What ``render`` makes of a container; ``None`` within itself (a cycle), or too deep."""
        identity = id(source)
        if identity in self._path:
            return None
        if len(self._path) >= MAX_DEPTH:
            self.truncated = True
            return None
        if self.leaf(True, len("{}")) is OMITTED:
            return OMITTED
        self._path.add(identity)
        try:
            return render()
        finally:
            self._path.discard(identity)

    def _items(self, pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
        named = list(self._named(pairs))
        rendered: dict[str, Any] = {}
        # Simple values first: one long list in a page's context must not take the room of all that is after it.
        for name, value in sorted(named, key=lambda pair: not issubclass(type(pair[1]), SIMPLE)):
            if self.spent or self.leaf(name, _size(name) + len(": , ")) is OMITTED:
                self.omit()
                break
            item = self.nested(value)
            if item is not OMITTED:
                rendered[name] = item
        return {name: rendered[name] for name, _ in named if name in rendered}

    def _named(self, pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, Any]]:
        """The pairs that may go out, by the names that they have there."""
        for key, value in pairs:
            self.names_left -= 1
            if self.names_left < 0:
                self.omit()
                break
            name = _name(key)
            if name is None or name.startswith("_") or is_credential(name):
                continue
            if len(name) > MAX_NAME:
                self.omit()
            else:
                yield name, value

    def _sequence(self, values: Iterable[Any]) -> list[Any]:
        rendered = []
        for value in values:
            if self.spent:
                self.omit()
                break
            item = self.nested(value)
            if item is not OMITTED:
                rendered.append(item)
                self.bytes_left -= len(", ")
        return rendered


class PlainTextTimes(Renderer):
    """As the original wrote times: ``str(datetime)``, ``2026-11-24 03:45:50+00:00``, and ``1 day, 0:00:03``."""

    def moment(self, value: datetime) -> str:
        """The moment in its own zone, with a space."""
        return str(value)

    def duration(self, value: timedelta) -> str:
        """Days, and a time."""
        return str(value)


#: Possessive, and without a second "<": a text of a million "<input" is read once.
_INPUT = re.compile(r"<input[^<>]*+>", re.IGNORECASE)


def _unless_csrf(found: re.Match[str]) -> str:
    return "" if "csrfmiddlewaretoken" in found[0] else found[0]


def _size(text: str) -> int:
    return len(json.encoder.encode_basestring_ascii(text))


def _unicode(value: str) -> str:
    """The same text, with a question mark for each lone surrogate."""
    if value.isascii():
        return value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _name(key: Any) -> str | None:
    """The name of an entry; ``None`` for keys that have no short text of their own, or whose code raises."""
    try:
        if isinstance(key, Enum):
            key = key.value
        if key is None or isinstance(key, str | int | float | date | UUID | Decimal | OpaqueKey | Promise):
            return _unicode(str.__str__(str(key)))
    except Exception:
        log.debug("openedx_webhooks: key cannot be rendered")
    return None


def _without_credentials(value: str) -> str:
    """A text that is a JSON object, minus its credentials; any other text as it is.

    The platform keeps a learner's session key so, in ``UserProfile.meta``.
    """
    try:
        content = json.loads(value)
        kept = _kept(content)
    except (ValueError, RecursionError):
        return value
    return value if kept == content else json.dumps(kept)


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _kept(item) for name, item in value.items() if not is_credential(name)}
    return [_kept(item) for item in value] if isinstance(value, list) else value
