"""How a process is stopped: a filter's own exceptions, built from their signatures.

Two things ask for one: the ``exception`` of a reply (``named``) and a halt flag after a failed call
(``after_failure``). Either way the class is one that the filter defines, because the platform catches no other, and
its arguments are such that the platform's handler works: every required one is there, each of the type it reads.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from openedx_filters.exceptions import OpenEdxFilterException

from .catalogue import Filter, parameters
from .exceptions import Skip
from .responses import RESPONSE_PARTS, Skipping, as_object, as_text, response
from .validators import NO_LOCATION, is_location

#: The platform turns the response of these filters into a Fragment: it wants the HTML text itself.
TEXT_RESPONSES = frozenset({"org.openedx.learning.xblock.render.started.v1"})

#: Without a status the platform answers a refused registration with 200, and the page takes it for a success.
DEFAULT_STATUS: Mapping[str, int] = {"PreventRegistration": 403}

#: Statuses that make sense for a process that was stopped.
STATUSES = range(300, 600)

Notes = list[str]


def refused_message() -> str:
    """What a learner reads when a reply refuses without a word."""
    return _("This action is not allowed.")


def failed_message() -> str:
    """What a learner reads when a call failed and a halt flag says that this stops the process."""
    return _("This action cannot be completed at the moment. Please try again later.")


# --- who asks ---------------------------------------------------------------------------------------------------


def spelled_out(filter_: Filter, asked: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The exceptions that a reply asks for, each with an object of arguments where the reply has a text for short."""
    return {
        name: _arguments_of(filter_.exceptions[name], value) if name in filter_.exceptions else {}
        for name, value in asked.items()
    }


def named(filter_: Filter, asked: Mapping[str, Mapping[str, Any]], notes: Notes) -> OpenEdxFilterException | None:
    """The exception that a reply asks for, spelled out; of several, the one that the filter defines first."""
    for name in asked:
        if name not in filter_.exceptions:
            known = ", ".join(filter_.exceptions) or "none"
            notes.append(f"exception: {filter_.name} has no {name!r}; it knows {known}")
    for name, exception in filter_.exceptions.items():
        if name in asked:
            return build(filter_, exception, asked[name], notes)
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


def _arguments_of(exception: type[OpenEdxFilterException], value: Any) -> Mapping[str, Any]:
    """A text is the message, or where to go if that is what the exception is for.

    The parts of a response may stand under ``response`` or beside the message.
    """
    if isinstance(value, str):
        if is_redirect(exception) and is_location(value):
            return {"redirect_to": value}
        return {"message": value} if value.strip() else {}
    if "response" not in parameters(exception):
        return value
    if isinstance(value.get("response"), str):
        return {**value, "response": {"content": value["response"]}}
    if "response" in value or not RESPONSE_PARTS.keys() & value.keys():
        return value
    described = {name: part for name, part in value.items() if name in RESPONSE_PARTS}
    return {**{name: own for name, own in value.items() if name not in RESPONSE_PARTS}, "response": described}


# --- building it ------------------------------------------------------------------------------------------------


def build(
    filter_: Filter, exception: type[OpenEdxFilterException], details: Mapping[str, Any], notes: Notes
) -> OpenEdxFilterException:
    """An instance of ``exception`` with what of ``details`` its constructor takes; what it does not is noted."""

    def skip(name: str, reason: object) -> None:
        notes.append(f"exception.{exception.__name__}.{name}: {reason}; it is ignored")

    said = details.get("message")
    arguments: dict[str, Any] = {"message": said if isinstance(said, str) and said.strip() else refused_message()}
    for name in sorted(details, key=lambda name: name != "message"):  # others fall back on it
        try:
            arguments[name] = _argument(filter_, exception, name, details[name], arguments["message"], skip)
        except Skip as error:
            skip(name, error)
    for name in _required(exception) - arguments.keys():
        arguments[name] = _missing(filter_, exception, name, arguments["message"])
    if exception.__name__ in DEFAULT_STATUS:
        arguments.setdefault("status_code", DEFAULT_STATUS[exception.__name__])
    return _made(exception, arguments)


def _made(exception: type[OpenEdxFilterException], arguments: dict[str, Any]) -> OpenEdxFilterException:
    """The instance; a class of another package may take no message, or refuse: what is denied stays denied."""
    message = arguments["message"]
    if not _takes(exception, "message"):
        arguments = {name: value for name, value in arguments.items() if name != "message"}
    try:
        made = exception(**arguments)
        str(made)
    except Exception:
        made = Exception.__new__(exception)
        OpenEdxFilterException.__init__(made, message)
    return made


def _required(exception: type[OpenEdxFilterException]) -> set[str]:
    """The arguments that must be there: the platform would serve ``None`` for a response that is not."""
    return {
        name
        for name, parameter in parameters(exception).items()
        if parameter.kind not in VARIABLE and (parameter.default is parameter.empty or name == "response")
    }


VARIABLE = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def _takes(exception: type[OpenEdxFilterException], name: str) -> bool:
    """Whether the constructor takes ``name``: by name, or as an attribute that is nobody else's."""
    found = parameters(exception)
    if name in found:
        return found[name].kind not in VARIABLE
    takes_more = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in found.values())
    free = name != "self" and not name.startswith("_") and not hasattr(exception, name)
    return takes_more and free and name.isidentifier()


def _missing(filter_: Filter, exception: type[OpenEdxFilterException], name: str, message: str) -> Any:
    if name == "response":
        return _response(filter_, {}, message, lambda *_: None)
    if name == "redirect_to":
        return "/"
    if name == "error_code":
        return re.sub(r"(?<!^)(?=[A-Z])", "_", exception.__name__).lower()
    return message


def _argument(
    filter_: Filter, exception: type[OpenEdxFilterException], name: str, value: Any, message: str, skip: Skipping
) -> Any:
    if not _takes(exception, name):
        raise Skip("no such argument")
    if name == "response":
        return _response(filter_, as_object(value), message, skip)
    check = ARGUMENTS.get(name)
    if check is None:
        check = as_text if name.endswith(("_message", "_template", "_code", "_name")) else _anything
    return check(value)


def _response(filter_: Filter, described: Mapping[str, Any], message: str, skip: Skipping) -> Any:
    return response(described, message, skip, only_text=filter_.filter_type in TEXT_RESPONSES)


def _anything(value: Any) -> Any:
    return value


def _message(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Skip("must be a text that is not empty")
    return value


def _location(value: Any) -> str:
    if not isinstance(value, str) or not is_location(value):
        raise Skip(NO_LOCATION)
    return value


def _status(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in STATUSES:
        raise Skip(f"must be an HTTP status from {STATUSES.start} to {STATUSES.stop - 1}")
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Skip("must be a list of objects")
    return value


ARGUMENTS: Mapping[str, Callable[[Any], Any]] = {
    "message": _message,
    "redirect_to": _location,
    "status_code": _status,
    "template_context": as_object,
    "context": as_object,
    "tabs": _objects,
}
