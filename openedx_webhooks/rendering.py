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
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from opaque_keys import OpaqueKey

from .handlers import handler_of
from .redaction import is_credential

log = logging.getLogger(__name__)

MAX_NODES = 20_000
MAX_DEPTH = 16

class _Omitted:
    """The value of what does not fit."""


OMITTED = _Omitted()


class Renderer:
    """Renders values until its budget is spent.

    ``max_bytes`` bounds the JSON text of all values rendered, in bytes; ``truncated`` is true once something was left
    out.
    """

    def __init__(self, max_bytes: int) -> None:
        self.bytes_left = max_bytes
        self.nodes_left = MAX_NODES
        self.truncated = False
        self._path: set[int] = set()  # the containers we are inside of, to cut cycles

    def render(self, value: Any) -> Any:
        """The JSON value of ``value``; ``None`` when nothing of it fits."""
        rendered = self._render(value)
        return None if rendered is OMITTED else rendered

    def _render(self, value: Any) -> Any:
        self.nodes_left -= 1
        if self.nodes_left < 0 or self.bytes_left <= 0:
            return self._omit()
        try:
            return handler_of(type(value))(value, self)
        except Exception as error:  # Whatever code the platform's objects run when they are read.
            log.debug(
                "openedx_webhooks: value cannot be rendered",
                extra={"type": type(value).__qualname__, "error": type(error).__name__},
            )
            return None

    def _omit(self) -> _Omitted:
        self.truncated = True
        return OMITTED

    def leaf(self, value: Any, size: int) -> Any:
        """``value``, whose JSON text has ``size`` bytes, if that still fits."""
        if size > self.bytes_left:
            return self._omit()
        self.bytes_left -= size
        return value

    def text(self, value: str) -> Any:
        """A text, with what is no Unicode replaced and tokens of its forms masked."""
        value = str.__str__(value)  # a plain text also of SafeString and its like
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode("utf-8") if _has_surrogates(value) else value
        if "csrfmiddlewaretoken" in value:
            value = _CSRF_INPUT.sub("", value)
        return self.leaf(value, len(json.encoder.encode_basestring_ascii(value)))

    def moment(self, value: datetime) -> str:
        """A moment in UTC, ``2026-11-24T03:45:50+00:00``; one without a zone is of the site's."""
        if timezone.is_naive(value):
            value = timezone.make_aware(value, timezone.get_default_timezone())
        return value.astimezone(UTC).isoformat()

    def items(self, pairs: Iterable[tuple[Any, Any]], source: Any) -> Any:
        """A JSON object of these pairs, minus credentials and private names; ``source`` is what they are of."""
        with self._inside(source) as is_new:
            if not is_new:
                return None
            rendered: dict[str, Any] = {}
            for key, value in pairs:
                name = _key(key)
                if name is None or name.startswith("_") or is_credential(name):
                    continue
                if self.leaf(name, len(json.encoder.encode_basestring_ascii(name)) + 4) is OMITTED:
                    break
                item = self._render(value)
                if item is not OMITTED:
                    rendered[name] = item
            return rendered

    def sequence(self, values: Iterable[Any], source: Any) -> Any:
        """A JSON array of these values; ``source`` is what they are of."""
        with self._inside(source) as is_new:
            if not is_new:
                return None
            rendered = []
            for value in values:
                item = self._render(value)
                if item is OMITTED and (self.nodes_left <= 0 or self.bytes_left <= 0):
                    break
                if item is not OMITTED:
                    rendered.append(item)
                self.bytes_left -= 2
            return rendered

    def _inside(self, source: Any) -> _Inside:
        return _Inside(self, id(source))


class _Inside:
    """While we are inside of a container; false when we already were (a cycle), or too deep."""

    def __init__(self, renderer: Renderer, identity: int) -> None:
        self.renderer, self.identity = renderer, identity

    def __enter__(self) -> bool:
        path = self.renderer._path
        self.is_new = self.identity not in path and len(path) < MAX_DEPTH
        if self.is_new:
            path.add(self.identity)
            self.renderer.bytes_left -= 2
        elif self.identity not in path:
            self.renderer.truncated = True
        return self.is_new

    def __exit__(self, *exc_info: object) -> None:
        if self.is_new:
            self.renderer._path.discard(self.identity)


class PlainTextTimes(Renderer):
    """As the original wrote moments: ``str(datetime)``, ``2026-11-24 03:45:50+00:00``."""

    def moment(self, value: datetime) -> str:
        """The moment in its own zone, with a space."""
        return str(value)


_CSRF_INPUT = re.compile(r"<input[^>]*csrfmiddlewaretoken[^>]*>", re.IGNORECASE)


def _has_surrogates(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _key(key: Any) -> str | None:
    """The name of an entry; ``None`` for keys that have no short text of their own."""
    if isinstance(key, Enum):
        key = key.value
    if isinstance(key, str | int | float | date | UUID | Decimal | OpaqueKey | Promise):
        name = str(key)
        return name.encode("utf-8", "replace").decode("utf-8") if _has_surrogates(name) else name
    return None
