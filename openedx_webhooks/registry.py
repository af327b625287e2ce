"""Who listens to what, kept in the memory of this process.

We sit in every login, every enrolment and every block of a unit page: when nobody listens, the answer must cost no
query. One snapshot holds all enabled endpoints; it is read again after ``CONFIG_TTL`` seconds, and at once after a
change in this process.

Three rules about transactions:

* The snapshot is read inside a savepoint, and never while the transaction is already broken: then the last one serves.
* What a thread reads after it changed endpoints in an open transaction is not kept, because that may be rolled back.
  Django tells us of a commit but not of a rollback, so the caution ends with the commit or after ``CAUTION`` seconds.
* No table, or no database: nobody listens. That is logged once per failure, and asked again after ``CONFIG_TTL``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections, router, transaction
from django.db.models.signals import post_delete, post_save

from .app_settings import app_settings

if TYPE_CHECKING:
    from .models import Endpoint, Webfilter, Webhook

log = logging.getLogger(__name__)

Listeners = Mapping[str, Sequence["Endpoint"]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All enabled endpoints at one moment, by the name of their event.

    ``until`` is when they are to be read again, in seconds of the monotonic clock.
    """

    webhooks: Listeners
    webfilters: Listeners
    until: float


NOBODY: Listeners = {}
NEVER_READ = Snapshot(NOBODY, NOBODY, until=float("-inf"))

#: Seconds after which a transaction that changed endpoints is taken to be over.
CAUTION = 60

_snapshot = NEVER_READ
_uncommitted = threading.local()  # .until: this thread changed endpoints in a transaction that may still be open


def webhooks(event: str) -> Sequence[Webhook]:
    """The enabled webhooks of this event, in the order of their ids."""
    return _current().webhooks.get(event, ())


def webfilters(event: str) -> Sequence[Webfilter]:
    """The enabled webfilters of this filter, by priority, then id."""
    return _current().webfilters.get(event, ())


def _current() -> Snapshot:
    snapshot = _snapshot
    if time.monotonic() < snapshot.until and not _is_cautious():
        return snapshot
    return _refreshed(snapshot)


def _refreshed(last: Snapshot) -> Snapshot:
    if not apps.ready or not app_settings.ENABLED:
        return NEVER_READ
    from .models import Webhook

    connection = connections[router.db_for_read(Webhook)]
    if connection.in_atomic_block and connection.needs_rollback:
        return last
    snapshot = _read(connection.alias)
    if _is_cautious() and connection.in_atomic_block:
        return snapshot
    _trust()
    return _keep(snapshot)


def _is_cautious() -> bool:
    return time.monotonic() < getattr(_uncommitted, "until", 0.0)


def _trust() -> None:
    _uncommitted.until = 0.0


def _keep(snapshot: Snapshot) -> Snapshot:
    global _snapshot
    _snapshot = snapshot
    return snapshot


def _read(alias: str) -> Snapshot:
    from .models import Webfilter, Webhook

    until = time.monotonic() + app_settings.CONFIG_TTL
    try:
        with transaction.atomic(using=alias):
            found_webhooks = list(Webhook.objects.using(alias).filter(enabled=True).order_by("pk"))
            found_webfilters = list(Webfilter.objects.using(alias).filter(enabled=True).order_by("priority", "pk"))
    except Exception as error:  # No table yet, no database, no right to read: a login must go on.
        log.error("openedx_webhooks: endpoints cannot be read, none is called: %s", type(error).__name__)
        return Snapshot(NOBODY, NOBODY, until)
    return Snapshot(_by_event(found_webhooks), _by_event(found_webfilters), until)


def _by_event(endpoints: Sequence[Endpoint]) -> Listeners:
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        found[endpoint.event].append(endpoint)
    return {event: tuple(listeners) for event, listeners in found.items()}


def invalidate() -> None:
    """Read the endpoints again before the next event or filter: somebody changed them."""
    _keep(NEVER_READ)


def forget() -> None:
    """As in a process that has just begun; for tests, whose transactions end in a rollback that nobody tells us of."""
    _trust()
    invalidate()


def _endpoint_changed(using: str = "default", **_: Any) -> None:
    invalidate()
    if connections[using].in_atomic_block:
        _uncommitted.until = time.monotonic() + CAUTION
        transaction.on_commit(_committed, using=using)


def _committed() -> None:
    _trust()
    invalidate()


def connect() -> None:
    """Follow changes of the endpoints made in this process; called once all apps are loaded."""
    from .models import Webfilter, Webhook

    for model in (Webhook, Webfilter):
        for signal in (post_save, post_delete):
            signal.connect(_endpoint_changed, sender=model, dispatch_uid=f"openedx_webhooks.{model.__name__}")
