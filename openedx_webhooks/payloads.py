"""What goes over the wire: the envelopes of events, the payload of filters, and their encodings.

Three envelopes for an event (``Webhook.payload_format``):

``named``
    One key per argument of the signal (``user``, ``enrollment``, ...), then ``event_metadata``.
``typed``
    As the original wrote it: the dotted path of the data class is the key; moments are ``str(datetime)``.
``cloudevents``
    CloudEvents 1.0, structured JSON: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md

A filter's payload has one key per argument, shaped by its step, then ``event_metadata``.

No body is larger than ``MAX_PAYLOAD_BYTES``: what does not fit beside the envelope itself is left out, and
``event_metadata.truncated`` (in a CloudEvent: ``truncated``) says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from openedx_events.data import EventsMetadata

from .app_settings import app_settings
from .catalogue import Event, Filter
from .exceptions import PayloadError
from .rendering import PlainTextTimes, Renderer

NAMED, TYPED, CLOUDEVENTS = "named", "typed", "cloudevents"
METADATA = "event_metadata"

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
CLOUDEVENTS_TYPE = "application/cloudevents+json"

#: Room for an event's metadata, which goes out whatever its arguments take.
METADATA_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Body:
    """One rendered payload: the bytes to send, and their type."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class FilterRun:
    """One run of a filter: its ``id`` is that of all calls it causes, ``time`` is when it began (UTC)."""

    filter: Filter
    id: UUID
    time: datetime

    @classmethod
    def begin(cls, filter_: Filter) -> FilterRun:
        """A run that begins now."""
        return cls(filter_, uuid4(), datetime.now(UTC))


Payload = dict[str, Any]
Envelope = Callable[[int], Payload]


def _named(event: Event, arguments: Mapping[str, Any], metadata: EventsMetadata, max_bytes: int) -> Payload:
    renderer = Renderer(max_bytes)
    payload = _rendered(renderer, arguments)
    payload[METADATA] = Renderer(METADATA_BYTES).render(metadata)
    return _marked(payload, renderer)


def _typed(event: Event, arguments: Mapping[str, Any], metadata: EventsMetadata, max_bytes: int) -> Payload:
    renderer = PlainTextTimes(max_bytes)
    by_path: dict[str, Any] = {}
    for name, value in arguments.items():
        path = f"{type(value).__module__}.{type(value).__qualname__}"
        by_path[name if path in by_path else path] = value
    payload = _rendered(renderer, by_path)
    payload[METADATA] = PlainTextTimes(METADATA_BYTES).render(metadata)
    return _marked(payload, renderer)


def _cloudevents(event: Event, arguments: Mapping[str, Any], metadata: EventsMetadata, max_bytes: int) -> Payload:
    renderer = Renderer(max_bytes)
    payload = {
        "specversion": "1.0",
        "id": str(metadata.id),
        "source": metadata.source,
        "type": metadata.event_type,
        "time": metadata.time.isoformat(),
        "datacontenttype": JSON_TYPE,
        # Extension attributes: lower case letters and digits, values of simple type.
        "minorversion": metadata.minorversion,
        "sourcehost": metadata.sourcehost,
        "sourcelib": ".".join(str(part) for part in metadata.sourcelib),
        "data": _rendered(renderer, arguments),
    }
    if renderer.truncated:
        payload["truncated"] = True
    return payload


def _rendered(renderer: Renderer, arguments: Mapping[str, Any]) -> Payload:
    """The arguments by name, minus credentials: those of a registration are the fields of a form."""
    rendered = renderer.items(arguments.items(), arguments)
    return rendered if isinstance(rendered, dict) else {}


def _marked(payload: Payload, renderer: Renderer) -> Payload:
    if renderer.truncated:
        payload[METADATA]["truncated"] = True
    return payload


ENVELOPES = {NAMED: _named, TYPED: _typed, CLOUDEVENTS: _cloudevents}


def event_body(
    event: Event,
    arguments: Mapping[str, Any],
    metadata: EventsMetadata,
    payload_format: str = NAMED,
    form: bool = False,
) -> Body:
    """The body that announces an event; ``arguments`` are those of its signal, by name."""
    envelope = ENVELOPES.get(payload_format)
    if envelope is None:
        raise PayloadError(f"There is no payload format {payload_format!r}; choose one of {', '.join(ENVELOPES)}.")
    content_type = FORM_TYPE if form else CLOUDEVENTS_TYPE if payload_format == CLOUDEVENTS else JSON_TYPE
    return _encoded(lambda max_bytes: envelope(event, arguments, metadata, max_bytes), content_type)


def filter_payload(run: FilterRun, arguments: Mapping[str, Any], max_bytes: int) -> Payload:
    """The payload of one run of a filter; ``arguments`` are as its step shaped them."""
    renderer = Renderer(max_bytes)
    payload = _rendered(renderer, arguments)
    payload.pop(METADATA, None)  # A form's field of this name is a stranger's.
    payload[METADATA] = {
        "event_type": run.filter.name,
        "filter_type": run.filter.filter_type,
        "id": str(run.id),
        "time": run.time.isoformat(),
    }
    return _marked(payload, renderer)


def filter_body(run: FilterRun, arguments: Mapping[str, Any], form: bool = False) -> Body:
    """The body that asks a webfilter."""
    return _encoded(lambda max_bytes: filter_payload(run, arguments, max_bytes), FORM_TYPE if form else JSON_TYPE)


def _encoded(render: Envelope, content_type: str) -> Body:
    """The payload in its encoding, within ``MAX_PAYLOAD_BYTES``."""
    limit = app_settings.MAX_PAYLOAD_BYTES
    bare = render(0)  # the envelope itself
    payload = render(max(0, limit - len(_json(bare))))
    return Body(_form(payload, bare, limit) if content_type == FORM_TYPE else _json(payload), content_type)


def _json(payload: Payload) -> bytes:
    """ASCII, so that no reader can get the encoding wrong; written as the original's bytes are."""
    return json.dumps(payload, allow_nan=False).encode("ascii")


def _form(payload: Payload, bare: Payload, limit: int) -> bytes:
    """The fields that fit beside those of the envelope: encoded, a text may be three times as long as in JSON."""
    if sum(_field_size(name, text) for name, text in _leaves(payload, "", "_")) <= limit:
        return urlencode(flatten_dict(payload)).encode("ascii")
    own = flatten_dict(bare)
    room = limit - len(urlencode(own))
    kept: dict[str, str] = {}
    simple_first = dict(sorted(payload.items(), key=lambda item: isinstance(item[1], Mapping)))
    for name, text in _leaves(simple_first, "", "_"):
        if name not in own and _field_size(name, text) <= room:
            kept[name] = text
            room -= _field_size(name, text)
    ordered = {name: kept[name] for name, _ in _leaves(payload, "", "_") if name in kept}
    return urlencode(ordered | own).encode("ascii")


def _field_size(name: str, text: str) -> int:
    return len(urlencode({name: text})) + len("&")


def flatten_dict(dictionary: Mapping[Any, Any], parent_key: str = "", sep: str = "_") -> dict[str, str]:
    """A nested dictionary as one of texts, with the names joined: ``{"a": {"b": 1}}`` becomes ``{"a_b": "1"}``.

    As the original flattens: every leaf is its ``str()``, lists included; an empty dictionary leaves nothing; of two
    values with one joined name the later one stays.
    """
    return dict(_leaves(dictionary, parent_key, sep))


def _leaves(nested: Mapping[Any, Any], prefix: str, sep: str) -> Iterator[tuple[str, str]]:
    for key, value in nested.items():
        name = f"{prefix}{sep}{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _leaves(value, name, sep)
        else:
            yield name, str(value)
