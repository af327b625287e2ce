"""What the hand-written pages list is what there is: fields, checks, log lines, old names, words for failures."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module

import pytest

from openedx_webhooks import admin, checks, exceptions, halting, redaction, transport
from openedx_webhooks.app_settings import SETTINGS
from openedx_webhooks.models import Webfilter, Webhook
from tests import lms
from tests.snippets import DOCS, pages

PACKAGE = DOCS.parent / "openedx_webhooks"
LOG_LEVELS = {"debug": "debug", "warning": "warning", "error": "error", "exception": "error"}


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def section(name, title):
    """From this title to the next of the same level."""
    return re.search(
        rf"^{re.escape(title)}\n\*+\n(.*?)(?=^[^\n]+\n\*\*\*+\n|\Z)", page(name), re.DOTALL | re.MULTILINE
    )[1]


def first_cells(text):
    """The first cell of each row of a list-table."""
    return [cell for cell in re.findall(r"^   \* - *(.*)$", text, re.MULTILINE) if cell]


# --- the forms ----------------------------------------------------------------------------------------------------

SHARED = ("description", "event", "webhook_url", "enabled", "use_www_form_encoding")


@pytest.mark.parametrize(
    ("title", "form", "left_out"),
    [
        ("The form of a webhook", admin.WebhookAdmin, ()),
        ("The form of a webfilter", admin.WebfilterAdmin, SHARED),
    ],
)
def test_every_field_of_a_form_is_described_in_its_order_with_its_default(title, form, left_out):
    model = {admin.WebhookAdmin: Webhook, admin.WebfilterAdmin: Webfilter}[form]
    names = [name for _, options in form.fieldsets for name in options["fields"] if name not in left_out]
    table = section("reference/admin.rst", title)
    described = [cell.removesuffix(" (advanced)") for cell in first_cells(table)[1:]]

    assert [label.lower() for label in described] == [
        model._meta.get_field(name).verbose_name.lower() for name in names
    ]
    defaults = dict(zip(names, re.findall(r"^   \* - .+\n     -(.*)$", table, re.MULTILINE)[1:], strict=True))
    for name, said in defaults.items():
        assert said.strip().lower() == default_of(model._meta.get_field(name)), name


def default_of(field):
    if field.name in {"event", "webhook_url"}:  # there is none: it must be filled in
        return ""
    default = field.get_default()
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default) or "empty"


# --- checks, log, failures, settings ------------------------------------------------------------------------------


def test_every_check_is_in_the_table():
    known = re.findall(r'id="(openedx_webhooks\.W\d+)"', inspect.getsource(checks))

    assert re.findall(r"``(openedx_webhooks\.W\d+)``", section("reference/admin.rst", "Checks")) == known


def logged():
    """Level and text of every line that the package can log."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[ast.Constant(value=text), *_]
                ):
                    yield LOG_LEVELS[level], text


def test_every_line_of_the_log_is_in_the_table_with_its_level():
    rows = re.findall(r"^   \* - (\w+)\n     - ``(.*)``$", section("reference/admin.rst", "Log"), re.MULTILINE)

    assert {(level, re.sub(r"<[^>]+>", "%s", text)) for level, text in rows} == set(logged())


def test_every_word_for_a_failure_is_explained():
    codes = {cls.code for cls in vars(exceptions).values() if isinstance(cls, type) and hasattr(cls, "code")}

    assert set(re.findall(r"^``(\w+)`` +\S", page("how-tos/watch.rst"), re.MULTILINE)) == codes | {transport.REDIRECTED}


def test_the_limits_of_time_have_their_defaults():
    rows = dict(re.findall(r"^``(\w*TIMEOUT)`` +(\d+) ", page("concepts/time-limits.rst"), re.MULTILINE))

    assert rows == {name: str(SETTINGS[name].default) for name in SETTINGS if name.endswith("TIMEOUT")}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_a_setting_that_a_page_names_exists_and_has_the_default_that_it_says(path):
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"``([A-Z]+_[A-Z_]+)``(?: \((\d+)(?: (MiB|KiB))?\))?", text)
    units = {"": 1, "MiB": 2**20, "KiB": 2**10}

    for name, number, unit in named:
        if name in SETTINGS and number:
            assert int(number) * units[unit] == SETTINGS[name].default, name
        assert name in SETTINGS or name in NOT_OURS or name in EVENTS, name


NOT_OURS = {"OPENEDX_WEBHOOKS", "INSTALLED_APPS", "HTTPS_PROXY", "REQUIRE_SERVICES", "OPEN_EDX_FILTERS_CONFIG"}
EVENTS = {"SESSION_LOGIN_COMPLETED", "COURSE_ENROLLMENT_CREATED", "COURSE_ENROLLMENT_CHANGED"}


# --- protected fields, old names ------------------------------------------------------------------------------------


def test_the_protected_fields_are_those_of_the_tables():
    listed = [set(re.findall(r"``(\w+)``", line)) for line in re.findall(
        r"^\* (of .*)[;,.]$", page("how-tos/protected-fields.rst"), re.MULTILINE
    )]  # fmt: skip

    assert listed == [redaction.PROTECTED_FIELDS, redaction.PROTECTED_USER_FIELDS, redaction.PROTECTED_FORM_FIELDS]


def test_the_old_names_are_those_that_the_migrations_change():
    eighth = import_module("openedx_webhooks.migrations.0008_verawood")
    ninth = import_module("openedx_webhooks.migrations.0009_legacy_event_names")
    rows = re.findall(r"^``(\w+)`` +``(\w+)``$", page("how-tos/upgrade-from-the-original.rst"), re.MULTILINE)

    assert dict(rows) == eighth.ALIASES | ninth.SPELLINGS
    assert [old for old, _ in rows[:10]] == list(eighth.ALIASES)


# --- words and headers ----------------------------------------------------------------------------------------------


def test_the_headers_of_a_call_are_those_of_the_table(webfilter, receiver):
    webfilter("CourseEnrollmentStarted")

    lms.run_named("CourseEnrollmentStarted")

    described = re.findall(r"^``([\w-]+)`` +\S", section("reference/payloads.rst", "Headers"), re.MULTILINE)
    needed_by_http = {"Host", "Content-Length", "Accept-Encoding"}
    assert set(described) == receiver.last.headers.keys() - needed_by_http


def test_learners_read_what_the_pages_say():
    said = " ".join(page("how-tos/when-the-receiver-fails.rst").split())

    assert f"*{halting.failed_message()}*" in said
    assert f"*{halting.refused_message()}*" in page("reference/replies.rst")


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_every_target_of_make_that_a_page_names_exists(path):
    makefile = (DOCS.parent / "Makefile").read_text(encoding="utf-8")

    for target in re.findall(r"``make ([\w-]+)``", path.read_text(encoding="utf-8")):
        assert re.search(rf"^{target}: .*## ", makefile, re.MULTILINE), target
