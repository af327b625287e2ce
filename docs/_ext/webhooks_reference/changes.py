"""What a reply's ``data`` may change, as a section of a filter's page."""

from __future__ import annotations

from collections.abc import Sequence

from openedx_webhooks.catalogue import Filter
from openedx_webhooks.columns import LOOKUPS

from . import rst
from .rst import literal
from .trials import Trial, example, trials

JSON_WORDS = {
    bool: "true or false", int: "whole number", float: "number", str: "text", list: "list", dict: "object",
    type(None): "null",
}  # fmt: skip

#: What becomes of a change of each kind of argument, where it is not saved. What the platform then does with what it is
#: handed is the platform's, and not known of every filter.
LASTS = {
    "row": "in memory; lasts if the platform saves the object",
    "rows": "chooses among the rows that the platform is handed",
    "form": "handed to the platform",
    "object": "handed to the platform",
    "grade": "in memory",
    "value": "handed to the platform",
}

SAVED = "saved in the database"


def changes_section(filter_: Filter) -> str:
    """The tables of what was tried, and a reply that is accepted whole."""
    found = trials(filter_)
    accepted = [trial for trial in found if trial.accepted and not trial.is_new]
    allowed = [trial for trial in found if trial.setting]
    refused = [trial for trial in found if trial.reason]
    return rst.page(
        _accepted(accepted),
        _new_entries(found),
        _lookups(accepted),
        _example(filter_, found),
        _allowed(allowed),
        _refused(refused),
    ).rstrip()


def _accepted(trials: Sequence[Trial]) -> str:
    if not trials:
        return "Nothing: what the platform passes here are objects that a reply cannot replace."
    rows = [(literal(trial.name), JSON_WORDS[type(trial.value)], _lasts(trial)) for trial in trials]
    return rst.page(
        "Under ``data``, each by a value of the same type (:doc:`the rules </reference/replies>`):",
        rst.table(("Value", "JSON", "What becomes of it"), rows, (40, 20, 40)),
    ).rstrip()


def _lasts(trial: Trial) -> str:
    return SAVED if trial.saved else LASTS[trial.what]


def _new_entries(trials: Sequence[Trial]) -> str:
    names = [trial.path[:-1] for trial in trials if trial.is_new and trial.accepted]
    return f"{rst.literals('.'.join(path) for path in names)} may get new entries." if names else ""


def _lookups(trials: Sequence[Trial]) -> str:
    column = next((trial.name for trial in trials if trial.what == "rows"), "")
    names = ", ".join(literal(name) for name in sorted(LOOKUPS))
    return f"A column may be followed by ``__`` and a lookup, {literal(column + '__in')}: {names}." if column else ""


def _example(filter_: Filter, found: Sequence[Trial]) -> str:
    data = example(found)
    if data:
        return rst.page("For example:", rst.json_block({"data": data})).rstrip()
    return STOPS if filter_.exceptions and any(trial.accepted for trial in found) else ""


STOPS = "This filter is there for an ``exception``, as below, rather than for changes."


def _allowed(trials: Sequence[Trial]) -> str:
    if not trials:
        return ""
    rows = [(literal(trial.name), literal(trial.setting), _lasts(trial)) for trial in trials]
    return rst.page(
        "Only where the setting :ref:`WRITABLE_FIELDS <setting-WRITABLE_FIELDS>` names them:",
        rst.table(("Value", "Entry of ``WRITABLE_FIELDS``", "What becomes of it"), rows, (35, 35, 30)),
    ).rstrip()


def _refused(trials: Sequence[Trial]) -> str:
    if not trials:
        return ""
    rows = [(literal(trial.name), rst.plain(trial.reason)) for trial in trials]
    return rst.page("A reply cannot change:", rst.table(("Value", "Why"), rows, (40, 60))).rstrip()
