"""Links from what is said about one event or filter to the pages of others."""

from __future__ import annotations

import re

from openedx_webhooks import catalogue


def linked(text: str) -> str:
    """The text with the names of events and filters as links; names that the installed libraries lack stay names."""
    return re.sub(r"``(\w+)``", _link, text)


def _link(found: re.Match[str]) -> str:
    name = found[1]
    kind = "event" if catalogue.event(name) else "filter" if catalogue.filter_named(name) else ""
    return f":ref:`{name} <{kind}-{name}>`" if kind else found[0]
