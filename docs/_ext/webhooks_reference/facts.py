"""What the libraries do not say about their events and filters: the two files of facts beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

#: When the platform sends an event.
WHEN: Mapping[str, str] = {
    "at_once": "At once: inside of the transaction of what causes it, if there is one.",
    "mostly_at_once": "Mostly at once: inside of the transaction of what causes it, if there is one.",
    "on_commit": "When the transaction of what causes it has been committed; at once where there is none.",
    "modulestore": "At the end of a bulk change of the course, at once where there is none.",
    "task": "At once, in a background task.",
    "bus": "Another service sends it: here it arrives over the event bus alone.",
    "never": "Never: nothing in the platform sends it.",
    "unknown": "It is not known that anything in the LMS or Studio sends it.",
}

_AFTERWARDS = (
    "A webhook is called after the commit of that transaction: what is rolled back is never announced. "
    "Without one, it is called at once."
)

#: When the webhook of such an event is called. Requests of the LMS and Studio run in a transaction, nothing else must.
CALLED: Mapping[str, str] = {
    "at_once": _AFTERWARDS,
    "mostly_at_once": _AFTERWARDS,
    "on_commit": "A webhook is called then: what is rolled back is never announced.",
    "modulestore": (
        "A webhook is called after the commit of the database transaction that the event is then in, if it is in one, "
        "otherwise at once. The bulk change itself is no such transaction."
    ),
    "task": (
        "A webhook is called at once, or after the commit of a transaction if the task has one open: a task does not "
        "run in one by itself, as a web request does."
    ),
    "bus": "A webhook is called by the process that reads the event bus.",
}

#: The same in the table of all events, where it keeps one from choosing an event that never comes.
IN_SHORT: Mapping[str, str] = {
    "bus": "Over the event bus only.",
    "never": "Never sent.",
    "unknown": "Not known to be sent by LMS or Studio.",
}


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is known of an event. ``when`` is a key of ``WHEN``; ``volume`` says that it comes very often."""

    meaning: str = ""
    services: Sequence[str] = ()
    where: str = ""
    when: str = "unknown"
    since: str = ""
    volume: bool = False
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FilterFacts:
    """What is known of a filter.

    ``later`` is the version of openedx-filters that brought it, where nobody has read the call; without ``since`` it is
    a release after Verawood that calls it. ``dead`` says why nothing calls it, ``asks`` is false where it runs too
    early for any webfilter. ``effects`` maps exceptions to what comes of them, ``ignored_redirect`` names
    those whose redirect the platform does not follow. ``suits`` is false where HTTP is the wrong tool.
    """

    meaning: str = ""
    service: str = ""
    where: str = ""
    since: str = ""
    later: str = ""
    dead: str = ""
    warning: str = ""
    suits: bool = True
    asks: bool = True
    effects: Mapping[str, str] = field(default_factory=dict)
    ignored_redirect: Sequence[str] = ()
    notes: Sequence[str] = ()


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


EVENTS: Mapping[str, EventFacts] = {name: EventFacts(**facts) for name, facts in _read("events.toml").items()}
FILTERS: Mapping[str, FilterFacts] = {name: FilterFacts(**facts) for name, facts in _read("filters.toml").items()}


def of_event(name: str) -> EventFacts:
    """The facts of this event; where there are none, what an unknown event is."""
    return EVENTS.get(name, EventFacts())


def of_filter(name: str) -> FilterFacts:
    """The facts of this filter; where there are none, what an unknown filter is."""
    return FILTERS.get(name, FilterFacts())


def filter_in_short(known: FilterFacts) -> str:
    """What keeps one from choosing a filter that is never called, or not by one's release; for the table of all."""
    if known.dead:
        return "Not known to be called by Verawood." if known.since == "Verawood" else "Not called by Ulmo."
    if not known.asks:
        return "No webfilter is ever asked."
    if known.later and not known.since:
        return "Called only by releases after Verawood."
    if known.since == "Verawood":
        return "Not before Verawood."
    return "" if known.where else "Not known to be called."
