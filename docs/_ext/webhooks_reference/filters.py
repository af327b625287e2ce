"""The page of a filter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openedx_webhooks import payloads, samples
from openedx_webhooks.catalogue import Filter
from openedx_webhooks.payloads import FilterRun

from . import rst, world
from .changes import changes_section
from .events import shown
from .facts import FilterFacts, filter_in_short, of_filter
from .halts import Halt, after_failure, halts
from .links import linked
from .rst import literal
from .typewords import argument_words

RUN_ID = samples.MAKERS[samples.UUID]("id")

LIBRARY = "https://docs.openedx.org/projects/openedx-filters/en/latest/"


def bodies(filter_: Filter) -> dict[str, payloads.Body]:
    """The payload in each encoding, shaped by the step itself."""
    run = FilterRun(filter_, RUN_ID, samples.MOMENT)
    with world.rolled_back():
        told = world.outgoing(filter_, world.arguments(filter_))
        return {
            "JSON": payloads.filter_body(run, told),
            "As a form": payloads.filter_body(run, told, form=True),
        }


def page(filter_: Filter) -> str:
    """The page, as reStructuredText."""
    known = of_filter(filter_.name)
    return rst.page(
        rst.label(f"filter-{filter_.name}"),
        rst.heading(filter_.title),
        known.meaning,
        rst.box("warning", known.warning) if known.warning else "",
        rst.box("note", known.dead) if known.dead else "",
        rst.box("note", UNSUITED) if not known.suits and not known.warning else "",
        rst.fields(_facts(filter_, known)),
        rst.heading("Where the platform calls it", 1),
        _called(known),
        rst.heading("What a webfilter is told", 1),
        "" if known.asks else NEVER_ASKED,
        _told(filter_),
        rst.tabs({tab: shown(body) for tab, body in bodies(filter_).items()}),
        *(_answered(filter_, known) if known.asks else ()),
    )


def _answered(filter_: Filter, known: FilterFacts) -> Sequence[str]:
    """What comes of replies, where there are any."""
    return (
        rst.heading("What a reply may change", 1),
        changes_section(filter_),
        rst.heading("How a reply stops it", 1),
        _stopped(filter_, known),
        rst.heading("When the call fails", 1),
        _failed(filter_, known),
    )


NEVER_ASKED = "Nothing: none is asked, so there are no replies either. If one were, this is what it would be sent."

UNSUITED = "This filter does not suit HTTP calls well: the notes below say why."


def _facts(filter_: Filter, known: FilterFacts) -> Mapping[str, str]:
    return {
        "Name": literal(filter_.name),
        "Filter type": literal(filter_.filter_type),
        "Step": literal(f"openedx_webhooks.filters.{filter_.step_name}"),
        "Module": literal(filter_.cls.__module__),
        "Releases": f"{known.since} and later" if known.since else known.later and f"after Verawood ({known.later})",
        "Library": f"`openedx-filters <{LIBRARY}>`__",
    }


# --- where --------------------------------------------------------------------------------------------------------


def _called(known: FilterFacts) -> str:
    function, _, module = known.where.rpartition(", ")
    places = [*function.split(" and "), module] if function else [module] if module else []
    facts = rst.fields({
        "By": known.service,
        "In": rst.literals(places),
    })  # fmt: skip
    return rst.page(facts, _certainty(known), rst.bullets(map(linked, known.notes))).rstrip()


def _certainty(known: FilterFacts) -> str:
    if known.dead:
        return known.dead
    if known.later and known.since:
        return f"{known.later} brought it. Where it is called is what that library says."
    if known.later:
        return f"Called by releases after Verawood: {known.later} brought it, and says where."
    return "" if known.where else "It is not known where the platform calls it."


# --- payload ------------------------------------------------------------------------------------------------------


def _told(filter_: Filter) -> str:
    with world.rolled_back():
        given = world.arguments(filter_)
        told = world.outgoing(filter_, given)
        rows = [(literal(name), argument_words(hint, given[name])) for name, hint in filter_.arguments.items()]
        more = [name for name in told if name not in given]
    if told.keys().isdisjoint(given):  # the fields of a form stand for it
        more = []
    sentence = f"The payload also has {rst.literals(more)}." if more else ""
    pages = "Which keys there are depends on the page; those here are examples." if _has_context(filter_) else ""
    return rst.page(
        "The filter has these arguments:",
        rst.table(("Argument", "Type"), rows, (40, 60)),
        " ".join(part for part in (sentence, pages) if part),
        _personal(filter_),
    ).rstrip()


#: Names under which a payload says who somebody is, wherever they stand.
PERSONAL_NAMES = frozenset({"username", "email", "first_name", "last_name", "accomplishment_copy_name"})

#: What in a profile, or in the form that makes one, says nothing of a person.
IMPERSONAL_NAMES = frozenset({
    "id", "user_id", "allow_certificate", "profile_image_uploaded_at", "honor_code", "terms_of_service",
})  # fmt: skip

PROFILES = frozenset({"profile", "user_profile"})


def _personal(filter_: Filter) -> str:
    sent = payload(filter_)
    personal = sorted(_personal_paths(sent, whole="form_data" in filter_.arguments))
    return f"It carries personal data: {rst.literals(personal)}." if personal else ""


def _personal_paths(holder: Mapping[str, Any], above: str = "", whole: bool = False) -> Iterator[str]:
    """The paths of personal data in this object; ``whole`` is true of a profile, which holds little else."""
    for name, value in holder.items():
        if isinstance(value, dict):
            yield from _personal_paths(value, f"{above}{name}.", name in PROFILES)
        elif name in PERSONAL_NAMES or (whole and name not in IMPERSONAL_NAMES):
            yield f"{above}{name}"


def _has_context(filter_: Filter) -> bool:
    return any(name.endswith("context") or name.startswith("serialized") for name in filter_.arguments)


# --- exceptions ---------------------------------------------------------------------------------------------------


def _stopped(filter_: Filter, known: FilterFacts) -> str:
    found = halts(filter_)
    if not found:
        return "It cannot: this filter has no exceptions, and an ``exception`` in a reply is ignored."
    return rst.page(*(part for halt in found for part in _halt(halt, known))).rstrip()


def _halt(halt: Halt, known: FilterFacts) -> Sequence[str]:
    effect = known.effects.get(halt.name, "It is not known what the platform makes of it.")
    return (
        rst.heading(halt.name, 2),
        effect,
        f"Arguments: {', '.join(halt.signature)}.",
        *(rst.json_block(example) for example in halt.examples),
    )


def _failed(filter_: Filter, known: FilterFacts) -> str:
    name, with_redirect = after_failure(filter_), after_failure(filter_, "/page")
    if not name:
        return "The platform goes on. *Halt on 4xx*, *Halt on 5xx* and *Halt on request exception* have no effect here."
    halt = f"*Halt on 4xx*, *Halt on 5xx* and *Halt on request exception* raise {literal(name)}."
    return rst.page(f"Without a halt flag, the platform goes on. {halt}", _redirect(filter_, known, with_redirect))


def _redirect(filter_: Filter, known: FilterFacts, raised: str) -> str:
    if not filter_.redirects:
        return "*Redirect on ...* has no effect here: no exception of this filter takes somewhere to go."
    if raised in known.ignored_redirect:
        return "*Redirect on ...* has no effect here: the platform ignores where this exception points."
    return f"With an address in *Redirect on ...* it is {literal(raised)}, with that address."


def index_row(filter_: Filter) -> tuple[Any, ...]:
    """The row of this filter in the table of all."""
    link = f":doc:`{rst.plain(filter_.title)} <{filter_.name}>`"
    known = of_filter(filter_.name)
    return rst.lines(link, known.meaning, filter_in_short(known)), rst.lines(
        literal(filter_.name), literal(filter_.filter_type)
    )


def payload(filter_: Filter) -> Mapping[str, Any]:
    """The payload as a JSON value."""
    return json.loads(bodies(filter_)["JSON"].content)
