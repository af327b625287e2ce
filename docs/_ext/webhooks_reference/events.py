"""The page of an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import attrs
from openedx_events.data import EventsMetadata

from openedx_webhooks import payloads, samples
from openedx_webhooks.catalogue import Event

from . import rst
from .facts import CALLED, IN_SHORT, WHEN, EventFacts, of_event
from .links import linked
from .particulars import event_arguments
from .rst import literal
from .typewords import Field, fields_of

EVENT_ID = UUID("8d3ff5a2-6a0f-11f1-9f3a-1f0b9c2d7e64")

LIBRARY = "https://docs.openedx.org/projects/openedx-events/en/latest/"

#: The tab of each envelope, and how it is asked for: format, form encoding.
ENVELOPES: Mapping[str, tuple[str, bool]] = {
    "Named": (payloads.NAMED, False),
    "Typed": (payloads.TYPED, False),
    "CloudEvents": (payloads.CLOUDEVENTS, False),
    "Named, as a form": (payloads.NAMED, True),
}


#: What is made up in the metadata of a sample.
SENDERS: Mapping[str, str] = {
    "bus": "``source`` and ``sourcehost`` stay those of the service that has sent it; these here are made up.",
    "unknown": "``source`` and ``sourcehost`` are those of whatever sends it; these here are made up.",
}


def metadata_of(event: Event) -> EventsMetadata:
    """The metadata of this event, with a fixed id, time and host; over the event bus the sender's stay."""
    known = of_event(event.name)
    service = "cms" if known.services and "LMS" not in known.services else "lms"
    if known.when == "bus":
        service = known.where
    made = event.signal.generate_signal_metadata(time=samples.MOMENT)
    return attrs.evolve(made, id=EVENT_ID, source=f"openedx/{service}/web", sourcehost=service)


def bodies(event: Event) -> dict[str, payloads.Body]:
    """The sample in each envelope."""
    return {
        tab: payloads.event_body(event, event_arguments(event), metadata_of(event), payload_format, form)
        for tab, (payload_format, form) in ENVELOPES.items()
    }


def shown(body: payloads.Body) -> str:
    """A body as people read it: JSON over several lines, a form with one field a line."""
    text = body.content.decode("ascii")
    if body.content_type == payloads.FORM_TYPE:
        return rst.code("text", "\n".join(f"{name}={value}" for name, value in form_fields(text)))
    return rst.json_block(json.loads(text))


def form_fields(text: str) -> list[tuple[str, str]]:
    """The fields of an encoded form; what a text has of several lines is shown on one."""
    return [(name, value.replace("\n", " ")) for name, value in parse_qsl(text, keep_blank_values=True)]


def fields(event: Event) -> list[Field]:
    """All fields of this event's data."""
    return [field for name, data_class in event.arguments.items() for field in fields_of(name, data_class)]


def page(event: Event) -> str:
    """The page, as reStructuredText."""
    known = of_event(event.name)
    return rst.page(
        rst.label(f"event-{event.name}"),
        rst.heading(event.title),
        known.meaning,
        rst.fields(_facts(event, known)),
        _personal(event),
        rst.heading("When it is sent", 1),
        _sent(known),
        rst.heading("Data", 1),
        rst.table(("Field", "Type"), [(literal(field.path), field.words) for field in fields(event)], (55, 45)),
        rst.heading("Payload", 1),
        "A sample. The *Payload format* and *Use WWW form encoding* of a webhook choose between them; see "
        ":doc:`/reference/payloads`. A form is shown with one field on a line, decoded.",
        SENDERS.get(known.when, ""),
        rst.tabs({tab: shown(body) for tab, body in bodies(event).items()}),
    )


def _facts(event: Event, known: EventFacts) -> Mapping[str, str]:
    return {
        "Name": literal(event.name),
        "Event type": literal(event.event_type),
        "Module": literal(event.module),
        "Releases": f"{known.since} and later" if known.since else "",
        "Library": f"`openedx-events <{LIBRARY}>`__",
    }


def _personal(event: Event) -> str:
    personal = [field.path for field in fields(event) if field.personal]
    if not personal:
        return ""
    return rst.box("note", f"This event carries personal data: {rst.literals(personal)}.")


def _sent(known: EventFacts) -> str:
    facts = rst.fields({
        "By": " and ".join(known.services),
        "From": rst.literals(known.where.split(", ")) if known.where else "",
        "When": WHEN[known.when],
    })  # fmt: skip
    volume = "It is sent very often: make sure that your receiver keeps up."
    notes = [*known.notes, *([volume] if known.volume else [])]
    return rst.page(facts, CALLED.get(known.when, ""), rst.bullets(map(linked, notes))).rstrip()


def index_row(event: Event) -> tuple[Any, ...]:
    """The row of this event in the table of all."""
    link = f":doc:`{rst.plain(event.title)} <{event.name}>`"
    known = of_event(event.name)
    return rst.lines(link, known.meaning, IN_SHORT.get(known.when, "")), rst.lines(
        literal(event.name), literal(event.event_type)
    )
