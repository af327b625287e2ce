"""How a process is stopped: a filter's own exceptions, built from their signatures.

Two things ask for one: the ``exception`` of a reply (``named``) and a halt flag after a failed call
(``after_failure``). Either way the class is one that the filter defines, because the platform catches no other, and
its arguments are such that the platform's handler works: every required one is there, each of the type it reads.
"""

from __future__ import annotations

import codecs
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.http.response import BadHeaderError
from django.utils.translation import gettext as _
from openedx_filters.exceptions import OpenEdxFilterException

from .catalogue import Filter, parameters

#: The platform turns the response of these filters into a Fragment: it wants the HTML text itself.
TEXT_RESPONSES = frozenset({"org.openedx.learning.xblock.render.started.v1"})

#: Without a status the platform answers a refused registration with 200, and the page takes it for a success.
DEFAULT_STATUS: Mapping[str, int] = {"PreventRegistration": 403}

#: Longer addresses are refused by browsers, and by Django when it redirects.
MAX_LOCATION = 2048

#: Statuses that make sense for a process that was stopped.
STATUSES = range(300, 600)

RESPONSE_KEYS = frozenset({"content", "content_type", "status", "reason", "charset", "headers"})

#: A reply may not speak to the learner's browser about sessions, nor about the connection.
REFUSED_HEADERS = frozenset({"set-cookie", "content-length", "transfer-encoding", "connection", "upgrade", "trailer"})

Notes = list[str]


class _Invalid(Exception):
    """A value that this argument cannot have; its text says why."""


def refused_message() -> str:
    """What a learner reads when a reply refuses without a word."""
    return _("This action is not allowed.")


def failed_message() -> str:
    """What a learner reads when a call failed and a halt flag says that this stops the process."""
    return _("This action cannot be completed at the moment. Please try again later.")


# --- who asks ---------------------------------------------------------------------------------------------------


def named(filter_: Filter, asked: Mapping[str, Any], notes: Notes) -> OpenEdxFilterException | None:
    """The exception that a reply asks for; of several, the one that the filter defines first."""
    for name in asked:
        if name not in filter_.exceptions:
            known = ", ".join(filter_.exceptions) or "none"
            notes.append(f"exception: {filter_.name} has no {name!r}; it knows {known}")
    for name, exception in filter_.exceptions.items():
        if name in asked:
            return build(filter_, exception, _details(exception, asked[name]), notes)
    return None


def after_failure(filter_: Filter, redirect: str = "", status: int | None = None) -> OpenEdxFilterException | None:
    """The exception that stops the process when the call itself failed; ``None`` if the filter has none.

    The redirect class when there is somewhere to go, else the one that prevents the action, else the first.
    """
    if not filter_.halts:
        return None
    classes = list(filter_.exceptions.values())
    preferred = [cls for cls in classes if redirect and is_redirect(cls)]
    preferred += [cls for cls in classes if cls.__name__.startswith("Prevent")]
    details: dict[str, Any] = {"message": failed_message()}
    if redirect:
        details["redirect_to"] = redirect
    if status in STATUSES:
        details["status_code"] = status
    return build(filter_, (preferred or classes)[0], details, [])


def is_redirect(exception: type[OpenEdxFilterException]) -> bool:
    """Whether all that this exception takes is a message and where to go."""
    return set(parameters(exception)) == {"message", "redirect_to"}


def _details(exception: type[OpenEdxFilterException], value: Any) -> Mapping[str, Any]:
    """The arguments that a reply gives: a text is the message, or where to go if that is what the exception is for."""
    if isinstance(value, str):
        return {"redirect_to": value} if is_redirect(exception) and is_location(value) else {"message": value}
    if "response" in parameters(exception) and "response" not in value and RESPONSE_KEYS & set(value):
        own = {name: item for name, item in value.items() if name not in RESPONSE_KEYS}
        return {**own, "response": {name: item for name, item in value.items() if name in RESPONSE_KEYS}}
    return value


# --- building it ------------------------------------------------------------------------------------------------


def build(
    filter_: Filter, exception: type[OpenEdxFilterException], details: Mapping[str, Any], notes: Notes
) -> OpenEdxFilterException:
    """An instance of ``exception`` with what of ``details`` its constructor takes; what it does not is noted."""
    arguments: dict[str, Any] = {}
    for name, value in details.items():
        where = f"exception.{exception.__name__}.{name}"
        if not _takes(exception, name):
            notes.append(f"{where}: no such argument; it is ignored")
            continue
        try:
            arguments[name] = _argument(filter_, name, value)
        except _Invalid as error:
            notes.append(f"{where}: {error}; it is ignored")
    arguments.setdefault("message", refused_message())
    for name, parameter in parameters(exception).items():
        if name not in arguments and (parameter.default is inspect.Parameter.empty or name == "response"):
            if parameter.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL):
                arguments[name] = _missing(filter_, exception, name, arguments["message"])
    if exception.__name__ in DEFAULT_STATUS:
        arguments.setdefault("status_code", DEFAULT_STATUS[exception.__name__])
    return exception(**arguments)


def _takes(exception: type[OpenEdxFilterException], name: str) -> bool:
    """Whether the constructor takes ``name``: by name, or as an attribute that is nobody else's."""
    found = parameters(exception)
    if name in found:
        return found[name].kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    takes_more = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in found.values())
    return takes_more and name.isidentifier() and not name.startswith("_") and not hasattr(exception, name)


def _missing(filter_: Filter, exception: type[OpenEdxFilterException], name: str, message: str) -> Any:
    if name == "response":
        return _response(filter_, {"content": message, "content_type": "text/plain; charset=utf-8"})
    if name == "redirect_to":
        return "/"
    if name == "error_code":
        return re.sub(r"(?<!^)(?=[A-Z])", "_", exception.__name__).lower()
    return message


def _argument(filter_: Filter, name: str, value: Any) -> Any:
    if name == "response":
        return _response(filter_, value)
    check = ARGUMENTS.get(name)
    if check is None:
        check = _text if name.endswith(("_message", "_template", "_code", "_name")) else _anything
    return check(value)


def _anything(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Invalid("must be a text")
    return value


def _message(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Invalid("must be a text that is not empty")
    return value


def _location(value: Any) -> str:
    if not isinstance(value, str) or not is_location(value):
        raise _Invalid("must be an http(s) address or a path such as /dashboard")
    return value


def _status(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in STATUSES:
        raise _Invalid(f"must be an HTTP status from {STATUSES.start} to {STATUSES.stop - 1}")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Invalid("must be an object")
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _Invalid("must be a list of objects")
    return value


ARGUMENTS: Mapping[str, Callable[[Any], Any]] = {
    "message": _message,
    "redirect_to": _location,
    "status_code": _status,
    "template_context": _object,
    "context": _object,
    "tabs": _objects,
}


def is_location(value: str) -> bool:
    """Whether a browser may be sent there: an http(s) address, or a path of this site."""
    if len(value) > MAX_LOCATION or any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in value):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return parts.scheme in {"http", "https"} and bool(host)
    return value.startswith("/") and not value.startswith("//")


def _response(filter_: Filter, value: Any) -> Any:
    """The response that a reply describes: its text, or an object with ``content``, ``status``, ``headers``, ..."""
    described = {"content": value} if isinstance(value, str) else _object(value)
    content = _text(described.get("content", ""))
    if filter_.filter_type in TEXT_RESPONSES:
        return content
    try:
        response = HttpResponse(
            content,
            content_type=_optional_text(described.get("content_type")),
            status=described.get("status") if _is_response_status(described.get("status")) else 200,
            reason=_optional_text(described.get("reason")),
            charset=_charset(described.get("charset")),
        )
        for name, header in _headers(described.get("headers")).items():
            response[name] = header
    except (BadHeaderError, UnicodeError, LookupError, ValueError) as error:
        raise _Invalid(f"cannot be built ({type(error).__name__})") from None
    return response


def _is_response_status(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 200 <= value < 600


def _optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isprintable() and value.isascii() else None


def _charset(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    codecs.lookup(value)
    return value


def _headers(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        return {}
    return {
        name: text
        for name, text in value.items()
        if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9-]+", name) and name.lower() not in REFUSED_HEADERS
    }
