"""What README.rst holds for a machine: its blocks, and the commands among its words."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docutils import nodes
from docutils.core import publish_doctree

ROOT = Path(__file__).parent.parent
README = ROOT / "README.rst"

#: How a line begins that somebody is to type.
COMMAND = re.compile(r"(make|tutor|docker|pip|pipx|uv|tox|git|python3?|pytest|django-admin) \S.*|\.(/|venv/bin/)\S+.*")
PROMPT = re.compile(r"^\$ ")
REMARK = re.compile(r"\s+#.*|^#.*")
YAML = re.compile(r"[\w-]+:( |$)", re.MULTILINE)
SHELLS = ("bash", "console", "sh", "shell")


@dataclass(frozen=True, slots=True)
class Block:
    """One literal block: ``language`` is ``shell``, ``yaml``, ``python``, ``json``, or empty where nobody knows.

    ``above`` is the paragraph before it, as plain text.
    """

    text: str
    language: str
    above: str

    @property
    def commands(self) -> list[str]:
        """The lines to type, without prompts and remarks."""
        lines = (REMARK.sub("", PROMPT.sub("", line.strip())) for line in self.text.splitlines())
        return [line for line in lines if line] if self.language == "shell" else []

    @property
    def title(self) -> str:
        return self.text.splitlines()[0]


@cache
def document() -> nodes.document:
    """The README as docutils reads it."""
    quiet = {"syntax_highlight": "none", "report_level": 2, "halt_level": 5, "warning_stream": io.StringIO()}
    return publish_doctree(README.read_text(encoding="utf-8"), source_path="README.rst", settings_overrides=quiet)


def faults() -> list[str]:
    """What docutils says is wrong: a mistake is a part of the document, a reference to nothing is kept beside it."""
    read = document()
    return [message.astext() for message in (*read.findall(nodes.system_message), *read.transform_messages)]


def language_of(block: nodes.literal_block) -> str:
    """As the README says, or by its looks."""
    text = block.astext()
    said = next((name for name in block["classes"] if name != "code"), "")
    if said:
        return "shell" if said in SHELLS else said
    if any(COMMAND.fullmatch(PROMPT.sub("", line.strip())) for line in text.splitlines()):
        return "shell"
    if YAML.match(text):
        return "yaml"
    try:
        ast.parse(text)
    except SyntaxError:
        return ""
    return "python"


@cache
def blocks() -> tuple[Block, ...]:
    """Every literal block, from top to bottom."""
    found = []
    for node in document().findall(nodes.literal_block):
        siblings = node.parent.children
        above = siblings[max(0, siblings.index(node) - 1)].astext()
        found.append(Block(node.astext(), language_of(node), above))
    return tuple(found)


def blocks_in(language: str) -> list[Block]:
    return [block for block in blocks() if block.language == language]


def _typed() -> Iterator[str]:
    for block in blocks():
        yield from block.commands
    for literal in document().findall(nodes.literal):
        if COMMAND.fullmatch(literal.astext()):
            yield literal.astext()


def commands() -> list[str]:
    """Everything that the README has somebody type, each once."""
    return list(dict.fromkeys(_typed()))


def links() -> dict[str, str]:
    """Where the README links to, and the words that do."""
    references = (node for node in document().findall(nodes.reference) if "refuri" in node)
    return {node["refuri"]: node.astext() for node in references}
