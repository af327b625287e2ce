"""What the webfilters of one run decide together.

In this order, because what is denied must change nothing: failed calls that a halt flag turns into an exception, then
the exception that the replies ask for, and only then their data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openedx_filters.exceptions import OpenEdxFilterException

from . import dispatch, halting, replies
from .catalogue import Filter
from .exceptions import ReplyError
from .merging import merge_arguments
from .payloads import FilterRun
from .replies import Reply
from .transport import Outcome

if TYPE_CHECKING:
    from .models import Webfilter

log = logging.getLogger(__name__)

MAX_NOTES = 20
MAX_NOTE = 300  # characters


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of one run: the changed arguments, or the exception to raise; never both."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    exception: OpenEdxFilterException | None = None


def reach(
    filter_: Filter,
    outgoing: Mapping[str, Any],
    targets: Mapping[str, Any],
    webfilters: Sequence[Webfilter],
    saved: Iterable[str] = (),
) -> Verdict:
    """Ask these webfilters, and decide.

    ``outgoing`` is what they are told, ``targets`` what their data may change, ``saved`` the names of models among
    them whose changes are written to the database.
    """
    outcomes = dispatch.ask(FilterRun.begin(filter_), outgoing, webfilters)
    answers = [_answer(filter_, webfilter, outcome) for webfilter, outcome in zip(webfilters, outcomes, strict=True)]
    for webfilter, (failure, _) in zip(webfilters, answers, strict=True):
        if failure and (exception := _halt(filter_, webfilter, failure)):
            return Verdict(exception=exception)
    reply = replies.combine(reply for _, reply in answers)
    notes = list(reply.notes)
    if exception := halting.named(filter_, reply.exception, notes):
        _log(filter_, notes)
        return Verdict(exception=exception)
    changes, merge = merge_arguments(filter_, targets, reply.data, saved)
    _log(filter_, notes + merge.notes)
    return Verdict(changes=changes)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A call that got no intelligible answer; ``status`` is set when it got one of 4xx or 5xx."""

    status: int | None = None


def _answer(filter_: Filter, webfilter: Webfilter, outcome: Outcome) -> tuple[_Failure | None, Reply]:
    """A failure, or what the webfilter says and may say."""
    if outcome.status and 400 <= outcome.status < 600:  # others beyond are no HTTP: nobody knows what they mean
        log.warning("openedx_webhooks: webfilter %s failed: %s", webfilter.pk, dispatch.describe(outcome))
        return _Failure(outcome.status), replies.NOTHING
    if not outcome.ok:
        log.warning("openedx_webhooks: webfilter %s failed: %s", webfilter.pk, dispatch.describe(outcome))
        return _Failure(), replies.NOTHING
    try:
        reply = replies.read(outcome.body)
    except ReplyError as error:
        log.warning("openedx_webhooks: webfilter %s: %s", webfilter.pk, error)
        return _Failure(), replies.NOTHING
    data = {} if webfilter.disable_filtering else reply.data
    exception = {} if webfilter.disable_halt else halting.spelled_out(filter_, reply.exception)
    return None, Reply(data, exception, tuple(f"webfilter {webfilter.pk}: {note}" for note in reply.notes))


def _halt(filter_: Filter, webfilter: Webfilter, failure: _Failure) -> OpenEdxFilterException | None:
    """The exception that this webfilter's flags make of a failure, if any."""
    if failure.status is None:
        halt, redirect = webfilter.halt_on_request_exception, webfilter.redirect_on_request_exception
    elif failure.status < 500:
        halt, redirect = webfilter.halt_on_4xx, webfilter.redirect_on_4xx
    else:
        halt, redirect = webfilter.halt_on_5xx, webfilter.redirect_on_5xx
    return halting.after_failure(filter_, redirect, failure.status) if halt else None


def _log(filter_: Filter, notes: Iterable[str]) -> None:
    """For the operator: what of a reply was not taken over. Names and reasons, never values.

    The names are a stranger's: they get neither a line of their own nor an endless one.
    """
    for note in list(notes)[:MAX_NOTES]:
        shown = "".join(character if character.isprintable() else "?" for character in note[:MAX_NOTE])
        log.warning("openedx_webhooks: %s: %s", filter_.name, shown)
