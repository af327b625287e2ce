"""Pieces of reStructuredText. Each is a text without a newline at its end; ``page`` joins them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any

UNDERLINES = "#*="


def page(*parts: str) -> str:
    """The pieces that are not empty, with an empty line between them."""
    return "\n\n".join(part for part in parts if part) + "\n"


def heading(text: str, level: int = 0) -> str:
    """A heading of this level; 0 is the page's title."""
    return f"{text}\n{UNDERLINES[level] * len(text)}"


def label(name: str) -> str:
    """What ``:ref:`` finds."""
    return f".. _{name}:"


def literal(text: object) -> str:
    """A name or a value as it stands in code."""
    return f"``{text}``"


def literals(names: Iterable[object]) -> str:
    """Some of them."""
    return ", ".join(literal(name) for name in names)


def plain(text: str) -> str:
    """Words that were not written as reStructuredText."""
    return re.sub(r"([\\*`|])|(\w)_(?=\W|$)", lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\_", text)


def fields(facts: Mapping[str, str]) -> str:
    """A list of names and what is said of each; those of which nothing is said are left out."""
    return "\n".join(f":{name}: {value}" for name, value in facts.items() if value)


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"* {item}" for item in items)


def lines(*texts: str) -> str:
    """Texts each on a line of its own, in one cell of a table."""
    return "\n".join(f"| {text}" for text in texts if text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> str:
    """A table; nothing when it has no rows. ``widths`` are shares."""
    lines = [_row(cells) for cells in (header, *rows)]
    if len(lines) == 1:
        return ""
    options = "   :header-rows: 1\n" + (f"   :widths: {' '.join(map(str, widths))}\n" if widths else "")
    return f".. list-table::\n{options}\n{indent(chr(10).join(lines), '   ')}"


def _row(cells: Sequence[str]) -> str:
    first, *others = (indent(cell, "    ").lstrip() for cell in cells)
    return "\n".join([f"* - {first}", *(f"  - {cell}" for cell in others)])


def code(language: str, text: str) -> str:
    """A block of code."""
    return f".. code-block:: {language}\n\n{indent(text, '   ')}"


def json_block(value: Any) -> str:
    """A JSON value, as people read it."""
    return code("json", pretty(value))


def pretty(value: Any) -> str:
    """JSON over several lines; a version on one."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+[\d,\s]+?\s+\]", lambda found: f"[{' '.join(found[0][1:-1].split())}]", text)


def box(kind: str, text: str) -> str:
    """A ``note`` or a ``warning``."""
    return f".. {kind}::\n\n{indent(text, '   ')}"


def tabs(contents: Mapping[str, str]) -> str:
    """Several contents of which one is shown, by the words on their tabs (sphinx-design)."""
    items = (f".. tab-item:: {name}\n\n{indent(content, '   ')}" for name, content in contents.items())
    return f".. tab-set::\n\n{indent(chr(10).join(f'{item}{chr(10)}' for item in items).rstrip(), '   ')}"


def toctree(names: Iterable[str]) -> str:
    """The pages below this one, for the side bar alone."""
    return ".. toctree::\n   :hidden:\n   :maxdepth: 1\n\n" + indent("\n".join(names), "   ")
