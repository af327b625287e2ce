"""Every event and filter of the installed libraries, found by asking them.

Nothing is listed here: an event is an ``OpenEdxPublicSignal`` that exists in this process, a filter is a subclass of
``OpenEdxPublicFilter`` with a type. A new one upstream costs no line and no migration. Packages that nobody has
imported yet are named in ``EXTRA_SIGNAL_MODULES`` and ``EXTRA_FILTER_MODULES``.

An event is known (and stored) by the name of its constant, a filter by the name of its class; where a second one has
the same name it is known by its type. Event types are no keys: on Redwood and Sumac two events share one.

Settings files import this module, so it must not import models or need an app registry.
"""

from __future__ import annotations

import inspect
import logging
import pkgutil
import re
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

import openedx_filters
from django.apps import apps
from openedx_events import tooling as events_tooling
from openedx_filters.exceptions import OpenEdxFilterException
from openedx_filters.tooling import OpenEdxPublicFilter

from .app_settings import app_settings
from .titles import domain_of, title_of

log = logging.getLogger(__name__)

#: Apps of the platform that define signals outside openedx-events, and what to import where they are installed.
PLATFORM_SIGNAL_MODULES = {"openedx_content": "openedx_content.api"}

STEP_SUFFIX = "WebFilter"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: an openedx-events signal.

    ``name`` is what ``Webhook.event`` holds, ``arguments`` maps each keyword of the signal to its data class.
    """

    name: str
    event_type: str
    title: str
    domain: str
    arguments: Mapping[str, type]
    signal: events_tooling.OpenEdxPublicSignal
    module: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of openedx-filters.

    ``name`` is what ``Webfilter.event`` holds, ``arguments`` maps each argument of the pipeline to its annotation
    (``typing.Any`` where the library has none), ``exceptions`` the names of its own exceptions to their classes, in
    the order of their definition. ``step_name`` is the name of our step in ``openedx_webhooks.filters``.
    """

    name: str
    filter_type: str
    title: str
    domain: str
    arguments: Mapping[str, Any]
    exceptions: Mapping[str, type[OpenEdxFilterException]]
    cls: type[OpenEdxPublicFilter]
    step_name: str

    @property
    def halts(self) -> bool:
        """Whether anything can stop this filter's process."""
        return bool(self.exceptions)

    @property
    def redirects(self) -> bool:
        """Whether one of its exceptions takes somewhere else to go."""
        return any("redirect_to" in parameters(exception) for exception in self.exceptions.values())


def parameters(exception: type[OpenEdxFilterException]) -> Mapping[str, inspect.Parameter]:
    """The arguments that the constructor of this exception class takes, without ``self``."""
    found = dict(inspect.signature(exception.__init__).parameters)
    found.pop("self", None)
    return MappingProxyType(found)


# --- events -----------------------------------------------------------------------------------------------------


def _import(modules: Iterable[str]) -> None:
    """Import what a site or we name; one that cannot be imported costs a log line, not the platform's start."""
    for module in modules:
        try:
            import_module(module)
        except Exception:
            log.exception("openedx_webhooks: %s cannot be imported; its events and filters are unknown", module)


def _constants() -> dict[int, tuple[str, str]]:
    """Where each signal is defined: its identity to (module, name of the constant).

    Signals do not know their names. The first module in the order of import that holds one as a constant of its own
    is taken; modules that only pass it on are imported later, or have it under the same name.
    """
    found: dict[int, tuple[str, str]] = {}
    for module_name, module in list(sys.modules.items()):
        namespace = getattr(module, "__dict__", None)
        if not isinstance(namespace, dict):
            continue
        for name, value in list(namespace.items()):
            if isinstance(value, events_tooling.OpenEdxPublicSignal) and name.isupper():
                better = module_name.endswith(".signals") and not found.get(id(value), ("",))[0].endswith(".signals")
                if id(value) not in found or better:
                    found[id(value)] = (module_name, name)
    return found


def _find_events() -> Iterator[Event]:
    constants = _constants()
    taken: set[str] = set()
    # The platform's own come first, so that another package cannot take a name away from a stored row.
    signals = sorted(
        events_tooling.OpenEdxPublicSignal.all_events(),
        key=lambda signal: not constants.get(id(signal), ("",))[0].startswith("openedx_events."),
    )
    for signal in signals:
        module, name = constants.get(id(signal), ("", signal.event_type))
        if name in taken:
            name = signal.event_type
        if name in taken:
            continue
        taken.add(name)
        title = title_of(name if name != signal.event_type else signal.event_type.rpartition(".v")[0] or name)
        yield Event(
            name=name,
            event_type=signal.event_type,
            title=title,
            domain=domain_of(signal.event_type, module),
            arguments=MappingProxyType(dict(signal.init_data)),
            signal=signal,
            module=module,
        )


@cache
def events() -> tuple[Event, ...]:
    """Every event of this process, by domain and title."""
    events_tooling.load_all_signals()
    _import(module for app, module in PLATFORM_SIGNAL_MODULES.items() if apps.is_installed(app))
    _import(app_settings.EXTRA_SIGNAL_MODULES)
    return tuple(sorted(_find_events(), key=lambda event: (event.domain, event.title)))


@cache
def _events_by_name() -> Mapping[str, Event]:
    return {event.name: event for event in events()}


@cache
def _events_by_signal() -> Mapping[int, Event]:
    return {id(event.signal): event for event in events()}


def event(name: str) -> Event | None:
    """The event known by this name, if the installed libraries have it."""
    return _events_by_name().get(name)


def event_of(signal: events_tooling.OpenEdxPublicSignal) -> Event | None:
    """The event of this very signal."""
    return _events_by_signal().get(id(signal))


# --- filters ----------------------------------------------------------------------------------------------------


def _import_openedx_filters() -> None:
    modules = pkgutil.walk_packages(openedx_filters.__path__, "openedx_filters.")
    _import(module.name for module in modules if "tests" not in module.name.split("."))


def _subclasses(cls: Any) -> Iterator[Any]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _arguments(cls: type[OpenEdxPublicFilter]) -> Mapping[str, Any]:
    """The arguments of ``run_filter``: the same that the pipeline gets, in every version of the library."""
    run_filter = cls.run_filter
    try:
        hints = typing.get_type_hints(run_filter)
    except Exception:  # A hint that cannot be resolved is no reason to lose the filter.
        hints = {}
    names = (name for name in inspect.signature(run_filter).parameters if name not in {"cls", "self"})
    return MappingProxyType({name: hints.get(name, Any) for name in names})


def _exceptions(cls: type[OpenEdxPublicFilter]) -> Mapping[str, type[OpenEdxFilterException]]:
    found = {}
    for owner in reversed(cls.__mro__):
        for name, value in vars(owner).items():
            if isinstance(value, type) and issubclass(value, OpenEdxFilterException):
                found[name] = value
    return MappingProxyType(found)


def _step_name(name: str, filter_type: str) -> str:
    if name != filter_type:
        return name + STEP_SUFFIX
    return "".join(part.capitalize() for part in re.split(r"\W|_", filter_type)) + STEP_SUFFIX


def _find_filters() -> Iterator[Filter]:
    taken: set[str] = set()
    types: set[str] = set()
    classes = [cls for cls in _subclasses(OpenEdxPublicFilter) if cls.filter_type and hasattr(cls, "run_filter")]
    for cls in sorted(classes, key=lambda cls: not cls.__module__.startswith("openedx_filters.")):
        if cls.filter_type in types:  # A subclass that only changes how a filter runs: the pipeline is the same.
            continue
        name = cls.__name__ if cls.__name__ not in taken else cls.filter_type
        taken.add(name)
        types.add(cls.filter_type)
        yield Filter(
            name=name,
            filter_type=cls.filter_type,
            title=title_of(cls.__name__),
            domain=domain_of(cls.filter_type, cls.__module__),
            arguments=_arguments(cls),
            exceptions=_exceptions(cls),
            cls=cls,
            step_name=_step_name(name, cls.filter_type),
        )


@cache
def filters() -> tuple[Filter, ...]:
    """Every filter of this process, by domain and title."""
    _import_openedx_filters()
    if apps.apps_ready:  # While settings are still being read, asking for ours would keep what is not final.
        _import(app_settings.EXTRA_FILTER_MODULES)
    return tuple(sorted(_find_filters(), key=lambda filter_: (filter_.domain, filter_.title)))


@cache
def _filters_by_name() -> Mapping[str, Filter]:
    return {filter_.name: filter_ for filter_ in filters()}


@cache
def _filters_by_type() -> Mapping[str, Filter]:
    return {filter_.filter_type: filter_ for filter_ in filters()}


def filter_named(name: str) -> Filter | None:
    """The filter known by this name, if the installed libraries have it."""
    return _filters_by_name().get(name)


def filter_of(filter_type: str) -> Filter | None:
    """The filter of this type."""
    return _filters_by_type().get(filter_type)


def refresh() -> None:
    """Look again: more modules have been imported since (all apps are loaded now, or a test defines its own)."""
    for found in (events, _events_by_name, _events_by_signal, filters, _filters_by_name, _filters_by_type):
        found.cache_clear()
