"""Events announced, webfilters asked: the one place where payloads become calls.

An event is rendered at once, because its data may change, and announced when the caller's transaction commits: what is
rolled back is never told, and no lock is held while a receiver thinks. A webfilter is asked now, because the platform
waits for its answer. Either way all endpoints are called in parallel, in this process.

.. pii: The bodies sent hold what the platform's events and filters carry: who a learner is and what they do.
.. pii_types: id, name, username, email_address, location, gender, birth_date, other
.. pii_retirement: third_party
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import router, transaction
from openedx_events.data import EventsMetadata

from . import __version__, transport
from .app_settings import app_settings
from .catalogue import Event
from .payloads import Body, FilterRun, event_body, filter_body
from .transport import Call, Outcome

if TYPE_CHECKING:
    from .models import Endpoint, Webfilter, Webhook

log = logging.getLogger(__name__)

USER_AGENT = f"openedx-webhooks/{__version__}"

Deliveries = Sequence[tuple[int, Call]]  # the webhook's primary key, and its call


def announce(
    event: Event, arguments: Mapping[str, Any], metadata: EventsMetadata | None, webhooks: Sequence[Webhook]
) -> None:
    """Tell these webhooks of an event once the caller's transaction has committed; at once when there is none."""
    metadata = metadata or event.signal.generate_signal_metadata()
    deliveries = _render(event, arguments, metadata, webhooks)
    if deliveries:
        using = router.db_for_write(type(webhooks[0]))
        transaction.on_commit(lambda: _deliver(event.name, deliveries), using=using)


def _render(
    event: Event, arguments: Mapping[str, Any], metadata: EventsMetadata, webhooks: Sequence[Webhook]
) -> Deliveries:
    """One call for each webhook; what two of them have in common is rendered once."""
    bodies: dict[tuple[str, bool], Body | None] = {}
    deliveries = []
    for webhook in webhooks:
        kind = (webhook.payload_format, webhook.use_www_form_encoding)
        if kind not in bodies:
            bodies[kind] = _event_body(event, arguments, metadata, *kind)
        if body := bodies[kind]:
            deliveries.append((webhook.pk, _call(webhook, body, metadata.id)))
    return deliveries


def _event_body(
    event: Event, arguments: Mapping[str, Any], metadata: EventsMetadata, payload_format: str, form: bool
) -> Body | None:
    """``None`` when this envelope cannot be rendered: the others still go out."""
    try:
        return event_body(event, arguments, metadata, payload_format, form)
    except Exception:
        log.exception("openedx_webhooks: %s cannot be rendered as %s", event.name, payload_format)
        return None


def _deliver(event_name: str, deliveries: Deliveries) -> None:
    """Make the calls and log those that failed; runs on commit, where an exception would lose others' callbacks."""
    try:
        outcomes = transport.send_all([call for _, call in deliveries], within=app_settings.TIMEOUT)
        for (pk, _), outcome in zip(deliveries, outcomes, strict=True):
            if not outcome.ok:
                log.warning("openedx_webhooks: webhook %s: %s failed: %s", pk, event_name, describe(outcome))
    except Exception:
        log.exception("openedx_webhooks: %s is not delivered", event_name)


def ask(run: FilterRun, arguments: Mapping[str, Any], webfilters: Sequence[Webfilter]) -> list[Outcome]:
    """What each of these webfilters answers, in their order, all within ``FILTER_TIMEOUT``."""
    bodies = {
        form: filter_body(run, arguments, form)
        for form in {webfilter.use_www_form_encoding for webfilter in webfilters}
    }
    calls = [_call(webfilter, bodies[webfilter.use_www_form_encoding], run.id) for webfilter in webfilters]
    return transport.send_all(calls, within=app_settings.FILTER_TIMEOUT)


def _call(endpoint: Endpoint, body: Body, message_id: UUID) -> Call:
    return Call(
        url=endpoint.webhook_url,
        body=body.content,
        headers={
            "Content-Type": body.content_type,
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
            "webhook-id": str(message_id),
            "webhook-timestamp": str(int(time.time())),
        },
    )


def describe(outcome: Outcome) -> str:
    """An outcome in a few words that hold no address: ``HTTP 503``, ``timeout``."""
    if outcome.error and outcome.status:
        return f"HTTP {outcome.status}, {outcome.error}"
    return outcome.error or f"HTTP {outcome.status}"
