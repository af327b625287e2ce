"""Which exceptions a reply may raise, with examples that do: each is read and built by the code that a reply meets."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openedx_filters.exceptions import OpenEdxFilterException

from openedx_webhooks import halting, replies
from openedx_webhooks.catalogue import Filter, parameters

from .facts import of_filter
from .rst import literal

MESSAGE = "Please ask your school first."
ELSEWHERE = "https://example.com/help"

#: What examples give for an argument of a constructor.
VALUES: Mapping[str, Any] = {
    "message": MESSAGE,
    "redirect_to": ELSEWHERE,
    "status_code": 403,
    "error_code": "ask_your_school",
    "developer_message": "The school has not allowed this.",
    "user_message": MESSAGE,
    "context": {"school": "Example School"},
    "template_context": {"school": "Example School"},
    "template_name": "custom/page.html",
    "response": {"content": f"<p>{MESSAGE}</p>", "content_type": "text/html", "status": 403},
    "tabs": [{"tab_id": "help", "title": "Help", "url": ELSEWHERE}],
}


@dataclass(frozen=True, slots=True)
class Halt:
    """An exception of a filter, and replies that raise it."""

    name: str
    cls: type[OpenEdxFilterException]
    signature: tuple[str, ...]
    examples: tuple[dict[str, Any], ...]


def halts(filter_: Filter) -> list[Halt]:
    """Every exception of this filter, in the order of the library."""
    return [
        Halt(name, cls, tuple(_signature(cls)), tuple(_examples(filter_, name, cls)))
        for name, cls in filter_.exceptions.items()
    ]


def _signature(cls: type[OpenEdxFilterException]) -> Iterator[str]:
    for name, parameter in parameters(cls).items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            yield "and any other name"
        elif parameter.default is parameter.empty:
            yield literal(name)
        else:
            yield f"{literal(name)} (default {literal(repr(parameter.default))})"


def _examples(filter_: Filter, name: str, cls: type[OpenEdxFilterException]) -> Iterator[dict[str, Any]]:
    yield {"exception": {name: ELSEWHERE if halting.is_redirect(cls) else MESSAGE}}
    arguments = {argument: _value(filter_, argument) for argument in _shown(filter_, name, cls)}
    if arguments.keys() != {"message"}:
        yield {"exception": {name: arguments}}


def _shown(filter_: Filter, name: str, cls: type[OpenEdxFilterException]) -> list[str]:
    """The arguments that mean something: those of the common constructor are mostly ignored by the platform."""
    found = parameters(cls)
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in found.values())
    if takes_any:
        return ["message", "status_code"] if name in halting.DEFAULT_STATUS else ["message"]
    return [argument for argument in found if not (argument == "redirect_to" and _ignores_redirect(filter_, name))]


def _value(filter_: Filter, argument: str) -> Any:
    if argument == "response" and filter_.filter_type in halting.TEXT_RESPONSES:
        return {"content": f"<p>{MESSAGE}</p>"}
    return VALUES.get("template_name" if argument.endswith("_template") else argument, f"sample {argument}")


def _ignores_redirect(filter_: Filter, name: str) -> bool:
    return name in of_filter(filter_.name).ignored_redirect


def raised(filter_: Filter, reply: Mapping[str, Any]) -> tuple[OpenEdxFilterException | None, list[str]]:
    """What this reply raises, and what of it was not taken over."""
    notes: list[str] = []
    asked = halting.spelled_out(filter_, replies.read(json.dumps(reply).encode()).exception)
    return halting.named(filter_, asked, notes), notes


def after_failure(filter_: Filter, redirect: str = "") -> str:
    """The name of the exception that a halt flag raises, with or without somewhere to go; empty if there is none."""
    exception = halting.after_failure(filter_, redirect, 500)
    return type(exception).__name__ if exception else ""
