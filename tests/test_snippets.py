"""Every code block of the documentation does what the words around it say."""

from __future__ import annotations

import json
import re
import sys
from configparser import ConfigParser
from datetime import UTC, datetime
from importlib.metadata import metadata
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
import yaml
from django.core.management import call_command
from openedx_events.data import EventsMetadata

from openedx_webhooks import catalogue, filters, payloads, samples
from openedx_webhooks.app_settings import app_settings
from openedx_webhooks.checks import check_settings
from openedx_webhooks.settings.common import plugin_settings, register_steps
from tests import lms
from tests.snippets import DOCS, EXECUTED, PORT, executes, running, snippets, snippets_in, text_of
from tests.tutor import VERSIONS, site

ROOT = DOCS.parent
CONSOLES = [snippet for snippet in snippets() if snippet.language == "console"]
OTHERS = [snippet for snippet in snippets() if snippet.language != "console"]


# --- none is left out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("snippet", OTHERS, ids=lambda snippet: snippet.name or snippet.place)
def test_every_snippet_has_a_test_that_executes_it(snippet):
    assert snippet.name in EXECUTED, f"{snippet.place} has a snippet that no test executes"


def test_every_test_that_executes_a_snippet_has_one_and_each_name_is_there_once():
    assert sorted(EXECUTED) == sorted(snippet.name for snippet in OTHERS)


@pytest.mark.parametrize(
    "text",
    [
        "Text.\n\n.. code-block:: python\n\n   1\n",
        "* Item\n\n  .. code-block:: json\n     :caption: c\n\n     {}\n",
        "Like this::\n\n   make demo\n",
        "Text.\n\n.. literalinclude:: x.py\n\nMore.\n",
        "Text.\n\n.. code:: python\n\n   1\n",
    ],
)
def test_code_in_whatever_form_is_found(text):
    [snippet] = snippets_in(text, "docs/x.rst")

    assert re.fullmatch(r"docs/x\.rst:[13]", snippet.place)
    assert snippet.name not in EXECUTED


# --- commands -------------------------------------------------------------------------------------------------------

#: What a command of Tutor must have done, by its words; the order is that of an installation.
TUTOR = {
    "images build openedx": lambda site: "'openedx-webhooks'" in site.rendered("build/openedx/Dockerfile"),
    "local launch": lambda site: "openedx_webhooks_webfilter" in site.tables(),
    "local run lms ./manage.py lms migrate": lambda site: "openedx_webhooks_webfilter" in site.tables(),
    "plugins enable webhooks-settings": lambda site: "webhooks-settings" in site.config.read_text(encoding="utf-8"),
    "config save": lambda site: rendered_settings(site).count(setting_of_the_plugin()) == 2,
    "local restart": lambda site: "restart" in site.asked()[-1],
    "local run lms ./manage.py lms check": lambda site: "check" in site.asked()[-1],
    "local logs --follow lms cms lms-worker cms-worker": lambda site: "logs" in site.asked()[-1],
    "local run lms ./manage.py lms migrate openedx_webhooks 0008": lambda site: site.query(
        "SELECT MAX(name) FROM django_migrations WHERE app = 'openedx_webhooks'"
    ) == ["0008_verawood"],
}  # fmt: skip


def is_a_target(target):
    assert re.search(rf"^{target}: .*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def is_a_management_command(command, *arguments):
    call_command(command, *arguments, **({"plan": True} if command == "migrate" else {}))


def is_the_repository(url):
    assert url in "".join(metadata("openedx-webhooks").get_all("Project-URL"))


def is_our_name(name):
    assert metadata(name)["Name"] == "openedx-webhooks"


def is_there(path):
    assert (ROOT / path).is_file()


def is_an_environment(name):
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    assert name in tox["tox"]["env_list"].split(", ")


def is_the_program_of_this_page(name):
    assert f"``{name}``" in (DOCS / "how-tos" / "write-a-receiver.rst").read_text(encoding="utf-8")


def is_run_on_tutor(arguments):
    """By the test below, which installs Tutor: here the part that Django does."""
    _, is_ours, ours = arguments.partition("./manage.py lms ")
    if is_ours:
        is_a_management_command(*ours.split())


COMMANDS = {
    r"make ([\w-]+)": is_a_target,
    r"\./manage\.py (?:lms|cms) (\w+)(?: (\w+) (\w+))?": is_a_management_command,
    r"git clone (https://\S+)\.git": is_the_repository,
    r"cd (\S+)": is_our_name,
    r"pip install (\S+)": is_our_name,
    r"\.venv/bin/pytest (\S+)": is_there,
    r"\.venv/bin/tox run -e (\w+) -- -k \w+": is_an_environment,
    r"python (\S+)": is_the_program_of_this_page,
    rf"tutor ({'|'.join(TUTOR)})": is_run_on_tutor,
}


@pytest.mark.parametrize("snippet", CONSOLES, ids=lambda snippet: snippet.place)
def test_every_command_can_be_carried_out(snippet, db):
    assert snippet.commands

    for command in snippet.commands:
        [(found, check)] = [
            (found, check) for pattern, check in COMMANDS.items() if (found := re.fullmatch(pattern, command))
        ]
        check(*filter(None, found.groups()))


def rendered_settings(site):
    return "".join(site.rendered(f"apps/openedx/settings/{service}/production.py") for service in ("lms", "cms"))


def setting_of_the_plugin():
    return yaml.safe_load(text_of("tutor-plugin"))["patches"]["openedx-common-settings"].strip()


@pytest.mark.documentation
@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", VERSIONS)
def test_tutor_does_what_the_commands_are_there_for(version, tmp_path):
    tutor = site(tmp_path, version)
    tutor.config.write_text(text_of("tutor-config"), encoding="utf-8")
    tutor.run("tutor config save")
    (tutor.plugins / "webhooks-settings.yml").write_text(text_of("tutor-plugin"), encoding="utf-8")

    for command, is_done in TUTOR.items():
        tutor.run(f"tutor {command}")
        assert is_done(tutor), command


def test_going_back_reverses_every_migration_after_the_eighth(db, capsys):
    call_command("migrate", "openedx_webhooks", "0008", plan=True)

    planned = capsys.readouterr().out
    assert [number for number in range(1, 15) if f"openedx_webhooks.{number:04}_" in planned] == list(range(9, 15))


# --- Tutor and settings -------------------------------------------------------------------------------------------


def set_by(code):
    """What the code makes of ``OPENEDX_WEBHOOKS``, on a site whose plugins have been loaded."""
    site = SimpleNamespace()
    plugin_settings(site)
    exec(code, vars(site))
    return site


@executes("tutor-config")
def test_the_line_for_tutor_names_this_package():
    config = yaml.safe_load(text_of("tutor-config"))

    assert config == {"OPENEDX_EXTRA_PIP_REQUIREMENTS": ["openedx-webhooks"]}
    is_our_name("openedx-webhooks")


@executes("tutor-plugin")
def test_the_tutor_plugin_changes_a_setting(settings):
    plugin = yaml.safe_load(text_of("tutor-plugin"))

    settings.OPENEDX_WEBHOOKS = set_by(plugin["patches"]["openedx-common-settings"]).OPENEDX_WEBHOOKS
    assert app_settings.FILTER_TIMEOUT == 2
    assert check_settings() == []
    assert f"{plugin['name']}.yml" in (DOCS / "how-tos" / "install.rst").read_text(encoding="utf-8")


@executes("redacted-keys")
def test_redacted_keys_stay_at_home(settings, webfilter, receiver):
    settings.OPENEDX_WEBHOOKS = set_by(text_of("redacted-keys")).OPENEDX_WEBHOOKS
    webfilter("CourseEnrollmentStarted")

    lms.run_named("CourseEnrollmentStarted")

    assert check_settings() == []
    assert "email" not in receiver.last.json["user"]
    assert "year_of_birth" not in receiver.last.json["profile"]
    assert receiver.last.json["profile"]["name"] == "Jane Doe"


@executes("writable-fields", "writable-reply")
def test_a_reply_writes_a_protected_field_only_where_the_setting_says_so(settings, webfilter, receiver):
    user = lms.learner()
    webfilter("CourseEnrollmentStarted")
    receiver.answer(json.loads(text_of("writable-reply")))

    lms.run_named("CourseEnrollmentStarted", user=user)
    assert lms.stored(user)["email"] != "jane.doe@example.com"

    settings.OPENEDX_WEBHOOKS = set_by(text_of("writable-fields")).OPENEDX_WEBHOOKS
    lms.run_named("CourseEnrollmentStarted", user=user)
    assert lms.stored(user)["email"] == "jane.doe@example.com"
    assert check_settings() == []


@executes("extra-signals", "extra-filters")
@pytest.mark.parametrize(("name", "module"), [("extra-signals", "signals"), ("extra-filters", "filters")])
def test_modules_of_other_plugins_are_imported(name, module, settings, tmp_path, monkeypatch):
    (tmp_path / "my_plugin").mkdir()
    (tmp_path / "my_plugin" / f"{module}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    settings.OPENEDX_WEBHOOKS = set_by(text_of(name)).OPENEDX_WEBHOOKS
    catalogue.refresh()

    assert catalogue.events()
    assert catalogue.filters()
    assert check_settings() == []
    assert sys.modules.pop(f"my_plugin.{module}")
    del sys.modules["my_plugin"]


@executes("excluded-filters")
def test_excluded_filters_have_no_step_of_ours():
    site = set_by(text_of("excluded-filters"))

    register_steps(site)

    without = [
        filter_.name for filter_ in catalogue.filters()
        if not site.OPEN_EDX_FILTERS_CONFIG[filter_.filter_type]["pipeline"]
    ]  # fmt: skip
    assert without == ["VerticalBlockChildRenderStarted", "VerticalBlockRenderCompleted"]


@executes("enabled-false")
def test_one_setting_turns_everything_off(settings, webhook, webfilter, receiver, commit):
    webhook("SESSION_LOGIN_COMPLETED")
    webfilter("CourseEnrollmentStarted")
    settings.OPENEDX_WEBHOOKS = set_by(text_of("enabled-false")).OPENEDX_WEBHOOKS

    with commit():
        send("SESSION_LOGIN_COMPLETED")
    lms.run_named("CourseEnrollmentStarted")

    assert receiver.requests == []


# --- payloads -----------------------------------------------------------------------------------------------------

#: Said in the samples as on any site; each installation has its own.
VARY = {"id", "sourcehost", "sourcelib"}
MOMENT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
LOGIN = "SESSION_LOGIN_COMPLETED"


def send(name, **given):
    event = catalogue.event(name)
    event.signal.send_event(**{**samples.event_arguments(event), **given})


def rendered(payload_format, form=False):
    event = catalogue.event(LOGIN)
    metadata = EventsMetadata(event_type=event.event_type, time=MOMENT)
    return payloads.event_body(event, samples.event_arguments(event), metadata, payload_format, form).content


def comparable(payload):
    """The payload without what varies, of the metadata and of a CloudEvent's attributes."""
    kept = {name: value for name, value in payload.items() if name not in VARY}
    return kept | {"event_metadata": comparable(kept["event_metadata"])} if "event_metadata" in kept else kept


@executes("payload-named", "payload-typed", "payload-cloudevents")
@pytest.mark.parametrize("payload_format", ["named", "typed", "cloudevents"])
def test_the_sample_of_each_format_is_what_is_sent(payload_format):
    shown, sent = json.loads(text_of(f"payload-{payload_format}")), json.loads(rendered(payload_format))

    assert comparable(shown) == comparable(sent)
    assert list(shown) == list(sent)
    assert list(shown.get("event_metadata", {})) == list(sent.get("event_metadata", {}))


@executes("payload-filter")
def test_the_sample_of_a_filter_is_what_is_sent(webfilter, receiver):
    webfilter("StudentRegistrationRequested")

    lms.run_named("StudentRegistrationRequested")

    shown, sent = json.loads(text_of("payload-filter")), receiver.last.json
    shown["event_metadata"]["time"] = sent["event_metadata"]["time"]
    assert comparable(shown) == comparable(sent)
    assert list(shown) == list(sent)


@executes("form-fields")
def test_the_form_fields_are_what_is_sent():
    shown = dict(line.split("=", 1) for line in text_of("form-fields").splitlines())
    sent = dict(parse_qsl(rendered("named", form=True).decode()))

    rest = {f"event_metadata_{name}" for name in ("id", "time", "sourcehost", "sourcelib")}
    assert shown == {name: value for name, value in sent.items() if name not in rest}
    assert rest <= sent.keys()


# --- programs -----------------------------------------------------------------------------------------------------


@executes("receiver-webhook")
def test_the_receiver_of_webhooks_prints_enrolments(webhook, commit, tmp_path):
    with running("receiver-webhook", tmp_path) as (url, process):
        for event in ("COURSE_ENROLLMENT_CHANGED", "COURSE_ENROLLMENT_CREATED"):
            webhook(event, webhook_url=url)
            with commit():
                send(event)

        assert process.stdout.readline() == f"jane@example.com {samples.COURSE_ID}\n"


@executes("receiver-form")
def test_the_receiver_of_forms_prints_logins(webhook, commit, tmp_path):
    with running("receiver-form", tmp_path) as (url, process):
        webhook(LOGIN, webhook_url=url, use_www_form_encoding=True)
        with commit():
            send(LOGIN)

        address, time = process.stdout.readline().split()
        assert address == "jane@example.com"
        assert datetime.fromisoformat(time).tzinfo


@executes("receiver-webfilter")
def test_the_receiver_of_webfilters_refuses_strangers_and_tidies_names(webfilter, tmp_path):
    form = samples.filter_arguments(catalogue.filter_named("StudentRegistrationRequested"))["form_data"].copy()
    with running("receiver-webfilter", tmp_path) as (url, _):
        for event in ("StudentRegistrationRequested", "CourseEnrollmentStarted"):
            webfilter(event, webhook_url=url, halt_on_request_exception=True)

        form["name"] = "jane doe"
        assert lms.run_named("StudentRegistrationRequested", form_data=form)["form_data"]["name"] == "Jane Doe"
        assert lms.run_named("CourseEnrollmentStarted")["mode"] == "verified"
        form["email"] = "jane@example.org"
        with pytest.raises(prevents("StudentRegistrationRequested")) as refusal:
            lms.run_named("StudentRegistrationRequested", form_data=form)
    assert refusal.value.message == "Please register with the address of your school."


def prevents(name, exception=""):
    exceptions = catalogue.filter_named(name).exceptions
    return exceptions[exception or next(iter(exceptions))]


def test_the_programs_listen_where_the_page_says():
    assert f"port {PORT}" in (DOCS / "how-tos" / "write-a-receiver.rst").read_text(encoding="utf-8")


# --- replies that change ------------------------------------------------------------------------------------------


def changed(name, filter_name, webfilter, receiver, **given):
    """The arguments of the filter after this reply."""
    webfilter(filter_name)
    receiver.answer(json.loads(text_of(name)))
    return lms.run_named(filter_name, **given)


@executes("quickstart-change")
def test_the_quick_start_changes_a_name(webfilter, receiver):
    after = changed("quickstart-change", "StudentRegistrationRequested", webfilter, receiver)

    assert after["form_data"]["name"] == "Dr. Sam Lee"
    assert after["form_data"]["email"] == "jane@example.com"


@executes("change-form")
def test_a_form_is_changed_under_form_data(webfilter, receiver):
    form = changed("change-form", "StudentRegistrationRequested", webfilter, receiver)["form_data"]

    assert (form["name"], form["country"], form["username"]) == ("Jane Q. Doe", "CR", "jane")


@executes("change-profile")
@pytest.mark.parametrize(
    "name",
    ["StudentLoginRequested", "CourseEnrollmentStarted", "CourseUnenrollmentStarted", "CertificateCreationRequested"],
)
def test_a_learner_is_changed_in_the_database(name, webfilter, receiver):
    filter_, user = catalogue.filter_named(name), lms.learner()
    webfilter(name)
    receiver.answer(json.loads(text_of("change-profile")))

    lms.run(filter_, lms.arguments(filter_, user))

    assert lms.stored(user.profile)["name"] == "Dr. Jane Doe"
    assert lms.stored(user)["first_name"] == "Janet"


@executes("change-value")
def test_a_value_is_replaced(webfilter, receiver):
    assert changed("change-value", "CourseEnrollmentStarted", webfilter, receiver)["mode"] == "audit"


@executes("change-context")
def test_a_context_is_merged(webfilter, receiver):
    before = {"course": "Demonstration", "notice": "old"}
    after = changed("change-context", "DashboardRenderStarted", webfilter, receiver, context=before)

    assert after["context"] == {"course": "Demonstration", "notice": "The library is closed on Friday."}


@executes("change-refused")
def test_what_is_not_applied_is_logged(webfilter, receiver, caplog):
    webfilter("CourseEnrollmentStarted")
    receiver.answer({"data": {"mode": 1, "user": {"first_name": "Janet"}}})
    user = lms.learner()

    assert lms.run_named("CourseEnrollmentStarted", user=user)["mode"] == "verified"

    assert lms.stored(user)["first_name"] == "Janet"
    assert ours(caplog) == text_of("change-refused").splitlines()


@executes("several-first", "several-second", "several-combined")
def test_several_replies_are_merged_by_priority(webfilter, receiver):
    webfilter("StudentRegistrationRequested", "second", priority=10)
    webfilter("StudentRegistrationRequested", "first", priority=0)
    for path in ("first", "second"):
        receiver.answer(json.loads(text_of(f"several-{path}")), path=path)

    form = lms.run_named("StudentRegistrationRequested")["form_data"]

    combined = json.loads(text_of("several-combined"))["data"]["form_data"]
    assert {name: form[name] for name in combined} == combined


# --- replies that stop --------------------------------------------------------------------------------------------


def raised(name, filter_name, exception, webfilter, receiver):
    """The exception that this reply makes the filter raise."""
    webfilter(filter_name)
    receiver.answer(json.loads(text_of(name)))
    with pytest.raises(prevents(filter_name, exception)) as stopped:
        lms.run_named(filter_name)
    return stopped.value


@executes("quickstart-refuse")
def test_the_quick_start_refuses_a_login(webfilter, receiver):
    stopped = raised("quickstart-refuse", "StudentLoginRequested", "PreventLogin", webfilter, receiver)

    assert stopped.message == "Please ask your school first."


@executes("stop-message")
def test_a_text_is_the_message(webfilter, receiver):
    stopped = raised("stop-message", "CourseEnrollmentStarted", "PreventEnrollment", webfilter, receiver)

    assert str(stopped) == "Please ask your school first."


@executes("stop-object")
def test_an_object_holds_the_arguments_of_the_exception(webfilter, receiver, caplog):
    stopped = raised("stop-object", "StudentLoginRequested", "PreventLogin", webfilter, receiver)

    shown = json.loads(text_of("stop-object"))["exception"]["PreventLogin"]
    assert {name: getattr(stopped, name) for name in shown} == shown
    assert ours(caplog) == []


@executes("stop-redirect")
def test_a_text_that_is_an_address_is_where_to_go(webfilter, receiver):
    stopped = raised("stop-redirect", "DashboardRenderStarted", "RedirectToPage", webfilter, receiver)

    assert stopped.redirect_to == "https://example.com/welcome"


@executes("stop-response")
def test_a_response_is_the_page(webfilter, receiver, caplog):
    page = raised("stop-response", "DashboardRenderStarted", "RenderCustomResponse", webfilter, receiver).response

    assert (page.status_code, page["Content-Type"]) == (503, "text/html")
    assert page.content == b"<h1>Closed for maintenance</h1>"
    assert ours(caplog) == []


@executes("reply-both")
def test_with_both_the_exception_wins(webfilter, receiver):
    stopped = raised("reply-both", "StudentRegistrationRequested", "PreventRegistration", webfilter, receiver)

    assert (str(stopped), stopped.status_code) == ("Please ask your school for an account.", 403)


# --- log ------------------------------------------------------------------------------------------------------------


@executes("log-webhook")
def test_a_webhook_that_failed_is_logged(webhook, receiver, commit, caplog):
    webhook("COURSE_ENROLLMENT_CREATED", pk=3)
    receiver.answer(status=503)

    with commit():
        send("COURSE_ENROLLMENT_CREATED")

    assert [text_of("log-webhook").strip()] == ours(caplog)


@executes("log-webfilter")
def test_a_webfilter_that_failed_is_logged(webfilter, receiver, caplog):
    webfilter("CourseEnrollmentStarted", pk=7)
    receiver.answer(status=302, Location="https://example.com/")

    lms.run_named("CourseEnrollmentStarted")

    assert [text_of("log-webfilter").strip()] == ours(caplog)


@executes("log-note")
def test_a_part_of_a_reply_that_is_not_applied_is_logged(webfilter, receiver, caplog):
    webfilter("StudentRegistrationRequested")
    receiver.answer({"data": {"form_data": {"username": "x"}}})

    lms.run_named("StudentRegistrationRequested")

    assert [text_of("log-note").strip()] == ours(caplog)


def ours(caplog):
    return [record.getMessage() for record in caplog.records if record.name.startswith("openedx_webhooks")]


# --- a step -------------------------------------------------------------------------------------------------------


@executes("shaped-step")
def test_the_step_that_shapes_its_payload_shows_the_profile(db):
    namespace = dict(vars(filters))
    exec(text_of("shaped-step"), namespace)
    step = namespace["CourseEnrollmentViewStartedWebFilter"]("org.openedx.learning.course.enrollment_view", [])
    user = lms.learner()

    shaped = step.outgoing(user=user, course_key=lms.COURSE, requester_is_backend_service=False)

    assert shaped == {
        "user": user, "profile": user.profile, "course_key": lms.COURSE, "requester_is_backend_service": False
    }  # fmt: skip
    assert step.run_filter(user=user) == {}
