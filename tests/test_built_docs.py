"""The documentation as a browser gets it: complete, without a broken link, and loading nothing from anybody.

These read what ``make docs`` has built. Links to other sites are compared with the hosts that we mean to link to;
``CHECK_EXTERNAL_LINKS=1 make docs`` asks those hosts.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import pytest

from openedx_webhooks import catalogue
from tests import readme
from tests.shell import ROOT, copy_of_the_working_tree, files_of_the_working_tree, run

pytestmark = pytest.mark.documentation

BUILT = ROOT / "docs" / "_build"

#: Whom we link to, and for what. A typing error in a host is none of these.
HOSTS = {
    "cloudevents.io": "the format CloudEvents",
    "discuss.openedx.org": "the forum",
    "docs.djangoproject.com": "the framework",
    "docs.openedx.org": "events, filters, and the platform",
    "docs.python.org": "the language",
    "docs.tutor.edly.io": "how Open edX is installed",
    "github.com": "sources and specifications",
    "keepachangelog.com": "the form of our changelog",
    "openedx.org": "the platform",
    "www.conventionalcommits.org": "our commits",
    "www.rfc-editor.org": "HTTP, URLs",
}
#: What the demo serves on the reader's own machine.
DEMO = re.compile(r"http://127\.0\.0\.1:\d+/")

#: A file of this repository where it is published.
OURS = re.compile(r"https://github\.com/aulasneo/openedx-webhooks/(?:edit|blob|tree|raw)/main/([^?#]+)")

#: Tags and attributes that a browser follows by itself. Of ``link`` only those that load something.
LOADED = {
    ("audio", "src"), ("embed", "src"), ("iframe", "src"), ("img", "src"), ("img", "srcset"), ("input", "src"),
    ("link", "href"), ("object", "data"), ("script", "src"), ("source", "src"), ("source", "srcset"),
    ("track", "src"), ("video", "poster"), ("video", "src"),
}  # fmt: skip
NOT_LOADED = {"alternate", "author", "canonical", "edit", "index", "license", "next", "prev", "search", "top"}
FOREIGN = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""")


@dataclass(frozen=True, slots=True)
class Link:
    """One reference to something else, and where it stands: ``place`` is a page and a line."""

    target: str
    place: str
    loaded: bool = False


class Page(HTMLParser):
    """One page: what it can be linked to by (``anchors``), and what it links to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.anchors, self.links = path, {"", "top"}, []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        relations = set(given.get("rel", "").split())
        for name, target in given.items():
            loaded = (tag, name) in LOADED and not (tag == "link" and relations <= NOT_LOADED)
            if loaded or name in {"href", "src"}:
                place = f"{self.path.relative_to(BUILT)}:{self.getpos()[0]}"
                self.links.append(Link(target, place, loaded))


@cache
def pages() -> dict[Path, Page]:
    """Every page by its path. Those that the theme brings for itself are none of ours."""
    found = {path.resolve(): Page(path) for path in BUILT.rglob("*.html") if "_static" not in path.parts}
    assert found, "Nothing is built: run `make docs`."
    return found


def links() -> Iterator[tuple[Page, Link]]:
    for page in pages().values():
        yield from ((page, link) for link in page.links)


def external_links() -> list[Link]:
    """Every link of the README and of the documentation that leads to another host, and where it stands."""
    ours = [Link(target, f"README.rst: {words}") for target, words in readme.links().items()]
    return ours + [link for _, link in links() if urlsplit(link.target).netloc]


def problem_of(page: Page, link: Link) -> str:
    """Why a link to something of ours leads nowhere; empty if it leads somewhere."""
    parts = urlsplit(link.target)
    if parts.scheme or parts.netloc:
        return ""
    path = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
    if path.is_dir():
        path = path / "index.html"
    if not path.is_file() or not path.is_relative_to(BUILT):
        return f"there is no {path.relative_to(BUILT) if path.is_relative_to(BUILT) else link.target}"
    if path in pages() and unquote(parts.fragment) not in pages()[path].anchors:
        return f"{path.relative_to(BUILT)} has no #{parts.fragment}"
    return ""


def assert_none(problems: Iterable[str]) -> None:
    """All of them at once: whoever mends one wants to know the others."""
    found = sorted(set(problems))
    assert not found, "\n".join(found)


def test_every_link_inside_leads_to_a_file_and_to_a_place_in_it():
    places = defaultdict(list)
    for page, link in links():
        places[problem_of(page, link)].append(link.place)

    assert places.pop("")
    assert_none(f"{problem}: {found[0]} and {len(found) - 1} more" for problem, found in places.items())


def test_a_page_loads_nothing_from_another_host():
    assert_none(f"{link.place}: {link.target}" for _, link in links() if link.loaded and FOREIGN.match(link.target))


def test_a_style_sheet_loads_nothing_from_another_host():
    sheets = list(BUILT.rglob("*.css"))
    loaded = [(path.name, target) for path in sheets for target in IN_STYLE.findall(path.read_text(encoding="utf-8"))]

    assert loaded
    assert_none(f"{name}: {target}" for name, target in loaded if FOREIGN.match(target))


@pytest.mark.parametrize(("kind", "known"), [("events", catalogue.events), ("filters", catalogue.filters)])
def test_everything_of_the_catalogue_has_a_page_and_nothing_else_has(kind, known):
    described = {path.stem for path in (BUILT / "reference" / kind).glob("*.html")} - {"index"}

    assert described == {one.name for one in known()}


def test_every_link_to_another_host_leads_to_one_that_we_mean():
    found = [link for link in external_links() if not DEMO.match(link.target)]

    assert found
    assert_none(f"{link.place}: {link.target}" for link in found if not _is_meant(urlsplit(link.target)))


def test_every_link_to_a_file_of_ours_on_its_host_names_a_file_that_is_there():
    """Such as *edit this page*: there is nothing to edit where a page is made from the code."""
    written = set(files_of_the_working_tree())
    found = [(link, file[1]) for link in external_links() if (file := OURS.match(link.target))]

    assert found
    assert_none(f"{link.place}: {link.target}" for link, file in found if unquote(file) not in written)


def _is_meant(address: SplitResult) -> bool:
    return address.scheme == "https" and address.hostname in HOSTS


@pytest.mark.timeout(600)
def test_every_link_to_another_host_is_answered(tmp_path):
    """The README is checked as one more page of the documentation."""
    if os.environ.get("CHECK_EXTERNAL_LINKS") != "1":
        pytest.skip(f"{len(external_links())} links to other hosts were not followed: CHECK_EXTERNAL_LINKS=1 does")
    place = copy_of_the_working_tree(tmp_path)
    (place / "docs" / "readme.rst").write_text(":orphan:\n\n.. include:: ../README.rst\n", encoding="utf-8")
    sphinx = f"{sys.executable} -m sphinx -b linkcheck -D 'linkcheck_ignore={DEMO.pattern}' docs linkcheck"

    run(sphinx, place)
