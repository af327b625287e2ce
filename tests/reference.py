"""The package that writes the pages of the reference, which lives with the documentation, and ways to read a page."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

EXTENSIONS = Path(__file__).parent.parent / "docs" / "_ext"
sys.path.append(str(EXTENSIONS))

from webhooks_reference import (  # noqa: E402
    changes,
    events,
    facts,
    filters,
    halts,
    pages,
    particulars,
    settings,
    trials,
    typewords,
    world,
)

__all__ = [
    "changes",
    "events",
    "facts",
    "filters",
    "halts",
    "pages",
    "particulars",
    "settings",
    "trials",
    "typewords",
    "world",
]


@cache
def all_pages() -> dict[str, str]:
    """Every page by its path, made once: it takes a second. Needs a database."""
    return pages.pages()


def page_of(kind: str, name: str) -> str:
    """The page of an event (``events``) or a filter (``filters``)."""
    return all_pages()[f"{kind}/{name}.rst"]


def blocks(text: str, language: str) -> list[str]:
    """The contents of all blocks of code of this language, in their order."""
    found = re.findall(rf"^( *)\.\. code-block:: {language}\n\n((?:\1   .*\n|\n)+)", text, re.MULTILINE)
    return [dedent(content).strip("\n") for _, content in found]


def json_blocks(text: str) -> list[Any]:
    """All JSON values of a page."""
    return [json.loads(block) for block in blocks(text, "json")]


def section(text: str, title: str, underline: str = "*") -> str:
    """What stands under this heading, up to the next one of its level."""
    _, _, after = text.partition(f"\n{title}\n{underline * len(title)}\n")
    return re.split(rf"^.+\n{re.escape(underline)}+$", after, maxsplit=1, flags=re.MULTILINE)[0]
