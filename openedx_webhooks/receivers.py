"""From the platform's signals to our dispatcher: one plain function, connected to every event of the catalogue."""

from __future__ import annotations

import logging
from typing import Any

from . import catalogue, dispatch, registry

log = logging.getLogger(__name__)

DISPATCH_UID = "openedx_webhooks.forward"


def connect() -> None:
    """Listen to every event of this process, LMS or CMS."""
    for event in catalogue.events():
        event.signal.connect(forward, dispatch_uid=DISPATCH_UID, weak=False)


def forward(signal: Any, sender: Any = None, **kwargs: Any) -> None:
    """Hand an event to whoever listens; nobody does: return at once.

    It never raises, because under ``DEBUG`` the platform does not catch what a receiver raises. It is a plain function
    with a ``__name__`` and returns nothing, because ``send_event`` logs the names and answers of its receivers.
    """
    try:
        event = catalogue.event_of(signal)
        if event and (webhooks := registry.webhooks(event.name)):
            arguments = {name: kwargs.get(name) for name in event.arguments}
            dispatch.announce(event, arguments, kwargs.get("metadata"), webhooks)
    except Exception:
        log.exception("openedx_webhooks: event is not forwarded", extra={"event_type": signal.event_type})
