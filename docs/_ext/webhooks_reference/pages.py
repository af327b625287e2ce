"""All pages, and their way to the disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from openedx_webhooks import catalogue

from . import events, filters, rst, settings

#: The folders that hold nothing but generated pages.
FOLDERS = ("events", "filters")

LIBRARIES = "of the libraries that this documentation was built with; yours may have fewer"


def pages() -> dict[str, str]:
    """Every generated page: its path below ``docs/reference``, and its text."""
    found = {f"events/{event.name}.rst": events.page(event) for event in catalogue.events()}
    found |= {f"filters/{filter_.name}.rst": filters.page(filter_) for filter_ in catalogue.filters()}
    found["events/index.rst"] = events_index()
    found["filters/index.rst"] = filters_index()
    found["settings.rst"] = settings.page()
    return found


def events_index() -> str:
    """The table of all events, by domain."""
    known = catalogue.events()
    return _index(
        "Events",
        f"What a webhook can be called for: the {len(known)} events {LIBRARIES}. Where and when the platform sends "
        "each was read in its Ulmo release. Events of other packages, such as openedx-core in Verawood and plugins "
        "(:doc:`/how-tos/other-plugins`), are chosen in the admin like these, and have no page here.",
        ("Event", "Name and event type"),
        known,
        events.index_row,
    )


def filters_index() -> str:
    """The table of all filters, by domain."""
    known = catalogue.filters()
    return _index(
        "Filters",
        f"What a webfilter can be asked in: the {len(known)} filters {LIBRARIES}. Where the platform calls each, and "
        "what comes of an exception, was read in its Ulmo release; filters that are newer say so. Filters of plugins "
        "(:doc:`/how-tos/other-plugins`) are chosen in the admin like these, and have no page here.",
        ("Filter", "Name and filter type"),
        known,
        filters.index_row,
    )


def _index(title: str, words: str, header: Sequence[str], known: Sequence[Any], row: Any) -> str:
    tables = (
        part
        for domain, members in groupby(known, key=lambda one: one.domain)
        for part in (rst.heading(domain, 1), rst.table(header, [row(one) for one in members], (50, 50)))
    )
    return rst.page(rst.heading(title), words, rst.toctree(one.name for one in known), *tables)


def write(directory: Path) -> list[Path]:
    """Write the pages below this directory: only those that have changed; answers those. Stale ones go."""
    wanted = {directory / name: text for name, text in pages().items()}
    _remove(path for folder in FOLDERS for path in (directory / folder).glob("*.rst") if path not in wanted)
    return [path for path, text in wanted.items() if _written(path, text)]


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()


def _written(path: Path, text: str) -> bool:
    content = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def by_path(found: Mapping[str, str], kind: str, name: str) -> str:
    """The page of the event or filter of this name."""
    return found[f"{kind}/{name}.rst"]
