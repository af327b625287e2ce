"""The code blocks of the documentation, each with its place, and the tests that execute them.

A block has a ``:name:``, by which the test that executes it is marked ``@executes``; or it is ``console``: then each of
its lines is a command.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from sybil.document import Document
from sybil.parsers.rest.lexers import DirectiveLexer

DOCS = Path(__file__).parent.parent / "docs"

#: Folders whose pages are made from the code, and those of builds. What a decision quotes is history.
OTHERS = re.compile(r"(_\w+|decisions|reference/(events|filters))/.*|reference/settings\.rst")

SHOWS_CODE = DirectiveLexer("code-block|sourcecode|code|literalinclude|parsed-literal|prompt|doctest|testcode|ipython")
LITERAL = re.compile(r"^(?![ \t]*\.\. ).*::$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snippet:
    """One block of code: ``place`` is ``docs/page.rst:12``."""

    place: str
    language: str
    name: str
    text: str

    @property
    def commands(self) -> list[str]:
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line]


def pages() -> list[Path]:
    """Every page that somebody wrote."""
    return [path for path in sorted(DOCS.rglob("*.rst")) if not OTHERS.fullmatch(path.relative_to(DOCS).as_posix())]


def snippets_in(text: str, page: str) -> Iterator[Snippet]:
    """The code blocks of a page; one without a language or name has an empty one."""
    document = Document(text, page)
    for region in SHOWS_CODE(document):
        lexemes = region.lexemes
        line, _ = document.line_column(region.start).removeprefix("line ").split(",")
        name = lexemes["options"].get("name", "").strip()
        yield Snippet(f"{page}:{line}", lexemes["arguments"] or "", name, str(lexemes["source"]))
    for found in LITERAL.finditer(text):
        yield Snippet(f"{page}:{text.count(chr(10), 0, found.start()) + 1}", "", "", "")


@cache
def snippets() -> tuple[Snippet, ...]:
    """Those of all pages."""
    return tuple(
        snippet
        for path in pages()
        for snippet in snippets_in(path.read_text(encoding="utf-8"), f"docs/{path.relative_to(DOCS).as_posix()}")
    )


def text_of(name: str) -> str:
    """The text of the one snippet of this name."""
    [snippet] = [snippet for snippet in snippets() if snippet.name == name]
    return snippet.text


EXECUTED: set[str] = set()

Test = TypeVar("Test", bound=Callable[..., None])


def executes(*names: str) -> Callable[[Test], Test]:
    """Mark a test that executes the snippets of these names."""

    def mark(test: Test) -> Test:
        EXECUTED.update(names)
        return test

    return mark


# --- programs -----------------------------------------------------------------------------------------------------

PORT = "8002"  # of every program in the documentation


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(name: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The program in this snippet at work, on a free port instead of its own: its address, and its process."""
    port, program = _free_port(), text_of(name)
    assert program.count(PORT) == 1
    (folder / "receiver.py").write_text(program.replace(PORT, str(port)), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "receiver.py"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/", process
    finally:
        process.kill()
        process.communicate()


def _wait_for(port: int, process: subprocess.Popen[str], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the program has ended"
            assert time.monotonic() < end, f"nothing listens after {seconds} seconds"
            time.sleep(0.02)
