"""The page that a reply asks to show instead: an ``HttpResponse`` from its description.

A text is its content; an object may have ``content``, ``content_type``, ``status``, ``reason``, ``charset`` and
``headers``. Each part is checked on its own, so that one bad header does not cost the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse

from .exceptions import Skip
from .validators import NO_LOCATION, is_location

#: A reply may not speak to the learner's browser about sessions, nor about the connection.
REFUSED_HEADERS = frozenset({
    "connection", "content-length", "keep-alive", "proxy-authenticate", "proxy-authorization", "set-cookie",
    "set-cookie2", "te", "trailer", "trailers", "transfer-encoding", "upgrade",
})  # fmt: skip

Skipping = Callable[[str, object], None]  # what is not taken over, and why


def as_text(value: Any) -> str:
    """This value if it is a text; raises ``Skip`` if not."""
    if not isinstance(value, str):
        raise Skip("must be a text")
    return value


def as_object(value: Any) -> dict[str, Any]:
    """This value if it is a JSON object; raises ``Skip`` if not."""
    if not isinstance(value, dict):
        raise Skip("must be an object")
    return value


def response(described: Mapping[str, Any], message: str, skip: Skipping, *, only_text: bool) -> Any:
    """The response that a reply describes by the parts of ``RESPONSE_PARTS``; its content is the message by default.

    With ``only_text`` its content alone. Parts that cannot be are skipped; raises ``Skip`` when nothing can be built.
    """
    parts: dict[str, Any] = {}
    for name, part in described.items():
        try:
            parts[name] = RESPONSE_PARTS.get(name, _unknown)(part)
        except Skip as error:
            skip(f"response.{name}", error)
    if "content" not in parts:
        parts["content"] = message
        parts.setdefault("content_type", f"text/plain; charset={parts.get('charset', 'utf-8')}")
    if only_text:
        return parts["content"]
    parts["headers"] = _headers(parts.get("headers", {}), "content_type" in parts, skip)
    try:
        return HttpResponse(**parts)
    except (UnicodeError, LookupError) as error:
        raise Skip(f"cannot be built ({type(error).__name__})") from None


def _unknown(value: Any) -> Any:
    raise Skip("there is no such part")


def _response_status(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value < 600:
        raise Skip("must be an HTTP status from 200 to 599")
    return value


NO_HEADER_TEXT = "must be a text of printable ASCII characters"


def _is_header_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()


def _header_text(value: Any) -> str:
    if not _is_header_text(value):
        raise Skip(NO_HEADER_TEXT)
    return value


def _charset(value: Any) -> str:
    name = _header_text(value)
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        raise Skip("is not known") from None
    return name


def _headers(described: Mapping[str, Any], has_type: bool, skip: Skipping) -> dict[str, str]:
    headers = {}
    for name, value in described.items():
        if reason := _refusal(name, value, has_type):
            skip(f"response.headers.{name}", reason)
        else:
            headers[name] = value
    return headers


def _refusal(name: str, value: Any, has_type: bool) -> str:
    """Why a header does not go out, or an empty text."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", name) or name.lower() in REFUSED_HEADERS:
        return "is not for a reply to set"
    if not _is_header_text(value):
        return NO_HEADER_TEXT
    if name.lower() == "location" and not is_location(value):
        return NO_LOCATION
    # Django refuses to be told twice.
    return "there is a content_type" if has_type and name.lower() == "content-type" else ""


RESPONSE_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "content": as_text,
    "content_type": _header_text,
    "status": _response_status,
    "reason": _header_text,
    "charset": _charset,
    "headers": as_object,
}
