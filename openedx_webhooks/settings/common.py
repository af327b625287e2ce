"""Settings of the common stage: LMS and CMS, before YAML files and Tutor patches are read, so that those win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import catalogue
from ..app_settings import NAME, SETTINGS, configured

FILTERS = "OPEN_EDX_FILTERS_CONFIG"
STEPS = "openedx_webhooks.filters"


def plugin_settings(settings: Any) -> None:
    """Make ``OPENEDX_WEBHOOKS`` a dictionary that patches can add to, and our step the last one of every filter."""
    setattr(settings, NAME, dict(configured(settings)))
    register_steps(settings)


def register_steps(settings: Any) -> None:
    """Add our step, last, to the pipeline of every filter of the catalogue; those of other plugins stay.

    It may run any number of times: at both stages and again once all apps are loaded, because an assignment of
    ``OPEN_EDX_FILTERS_CONFIG`` in YAML or in a Tutor patch drops what was registered before it. All three forms that
    openedx-filters knows are kept as what they are: a dictionary, a list, and a text, which becomes a list (and stays
    silent on failure, as a text is). https://docs.openedx.org/projects/openedx-filters/
    """
    current = getattr(settings, FILTERS, None)
    config = dict(current) if isinstance(current, Mapping) else {}
    excluded = _excluded(settings)
    for filter_ in catalogue.filters():
        step = f"{STEPS}.{filter_.step_name}"
        change = _without if excluded & {filter_.filter_type, filter_.name} else _with
        config[filter_.filter_type] = change(step, config.get(filter_.filter_type))
    setattr(settings, FILTERS, {filter_type: entry for filter_type, entry in config.items() if entry is not None})


def _excluded(settings: Any) -> set[str]:
    """A value that cannot be used excludes nothing: a typing error must not stop the LMS from starting."""
    value = configured(settings).get("EXCLUDED_FILTERS", ())
    return set(value) if SETTINGS["EXCLUDED_FILTERS"].accepts(value) else set()


def _with(step: str, entry: Any) -> Any:
    """This entry with our step in it; a filter that nobody has configured gets an entry that fails silently."""
    if not _is_known(entry):
        return entry
    steps = _pipeline(entry)
    steps = steps if step in steps else [*steps, step]
    if isinstance(entry, Mapping):
        return {**entry, "pipeline": steps}
    return steps if entry else {"fail_silently": True, "pipeline": steps}


def _without(step: str, entry: Any) -> Any:
    """This entry as it is, but for our step: the setting that excludes it may be read after the common stage ran."""
    if step not in _pipeline(entry):
        return entry
    steps = [other for other in _pipeline(entry) if other != step]
    return {**entry, "pipeline": steps} if isinstance(entry, Mapping) else steps


def _is_known(entry: Any) -> bool:
    """Whether openedx-filters could read this entry; what it could not is left to whoever wrote it."""
    steps = entry.get("pipeline") if isinstance(entry, Mapping) else entry
    return steps is None or isinstance(steps, str | list | tuple)


def _pipeline(entry: Any) -> list[str]:
    if not _is_known(entry):
        return []
    steps = entry.get("pipeline") if isinstance(entry, Mapping) else entry
    return [steps] if isinstance(steps, str) and steps else list(steps or ())
