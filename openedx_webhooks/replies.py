"""A webfilter's reply: read it, and combine those of several webfilters into one.

A reply is a JSON object in UTF-8 with ``data``, ``exception``, both or neither, or nothing at all::

    {"data": {"form_data": {"name": "Jane Q. Doe"}}}
    {"exception": {"PreventRegistration": "Ask your school for an account."}}

What it may change is ``merging.py``, what it may raise is ``halting.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .exceptions import ReplyError

#: Deeper than any page context; JSON nested further only serves to break its readers.
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Reply:
    """What one webfilter, or all of them together, answered.

    ``data`` maps names to the values to change, ``exception`` maps names of exceptions to their arguments or to a text
    (``halting.spelled_out`` says which argument that is), ``notes`` says what was skipped and why.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    exception: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


NOTHING = Reply()


def read(body: bytes) -> Reply:
    """The reply that these bytes are.

    Raises ``ReplyError`` for what is no reply: then nobody knows what the webfilter wanted. An ``exception`` that is
    no object is of that kind, because ignoring it would let through what was to be stopped.
    """
    content = _parse(body)
    if not isinstance(content, dict):
        raise ReplyError("A reply must be a JSON object with 'data' and/or 'exception', or empty.")
    data, exception = content.get("data"), content.get("exception")
    if exception is not None and not isinstance(exception, dict):
        raise ReplyError("'exception' must be an object: the exception's name and a text or an object.")
    notes: tuple[str, ...] = ()
    if data is not None and not isinstance(data, dict):
        notes = ("data: must be an object; it is ignored",)
        data = None
    return Reply(data or {}, {name: _details(value) for name, value in (exception or {}).items()}, notes)


def _details(value: Any) -> Any:
    """A text is short for an object; null, numbers and lists say no more than the name does."""
    return value if isinstance(value, dict | str) else {}


def _parse(body: bytes) -> Any:
    """The JSON value of a reply; null and nothing at all say as little as an empty object."""
    try:
        text = body.decode("utf-8-sig")
        content = json.loads(text, parse_constant=_no_number, parse_float=_finite) if text.strip() else None
        # What Python can read but not write again: half a surrogate pair.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise ReplyError("A reply must be JSON in UTF-8.") from None
    if _depth_exceeds(content, MAX_DEPTH):
        raise ReplyError(f"A reply must not be nested more than {MAX_DEPTH} levels deep.")
    return {} if content is None else content


def _no_number(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _depth_exceeds(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_depth_exceeds(item, levels - 1) for item in inner)


def combine(replies: Iterable[Reply]) -> Reply:
    """All replies as one: objects merge deeply, of two values for one leaf the last wins."""
    data: dict[str, Any] = {}
    exception: dict[str, Any] = {}
    notes: tuple[str, ...] = ()
    for reply in replies:
        data = _merged(data, reply.data)
        exception = _merged(exception, reply.exception)
        notes += reply.notes
    return Reply(data, exception, notes)


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for key, value in second.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged
