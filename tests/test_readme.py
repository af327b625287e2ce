"""README.rst is true: every command in it is executed, every example is run, every table is compared.

The quick tests are about its examples. Those marked ``documentation`` execute its commands, as they stand there, in a
copy of this working tree and on real installations of Tutor: ``make docs``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import metadata
from pathlib import Path
from signal import SIGINT
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from docutils import nodes
from openedx_events.data import EventsMetadata

from openedx_webhooks import catalogue, payloads, samples
from openedx_webhooks.app_settings import SETTINGS
from openedx_webhooks.checks import check_settings
from openedx_webhooks.settings import common
from tests import readme, tutor
from tests.shell import copy_of_the_working_tree, run, serving

ROOT = Path(__file__).parent.parent

# --- commands: how each is executed -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Path:
    """A checkout that nobody has done anything in yet; the first command makes its ``.venv``."""
    return copy_of_the_working_tree(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def sites(tmp_path_factory) -> list[tutor.Site]:
    """Each Tutor with the lines of the README in its ``config.yml``."""
    lines = "\n".join(block.text for block in readme.blocks_in("yaml"))
    made = [tutor.site(tmp_path_factory.mktemp("tutor"), version) for version in tutor.VERSIONS]
    for site in made:
        site.config.write_text(lines + "\n", encoding="utf-8")
        site.run("tutor config save")
    return made


QUICK = "tests/test_redaction.py --no-cov"

#: By target of make: what makes it do less of the same, and what it prints at the end. ``.ci/run`` does all of it.
NARROWED = {
    "bench": ({}, r"\d"),
    "databases": ({"PYTEST_ARGS": QUICK}, r"\d passed|NOT TESTED HERE"),
    "help": ({}, r"make requirements .*make validate "),
    "packages": ({"PYTEST_ARGS": "-k newest"}, r"\d passed"),
    "quality": ({}, "PASSED"),
    "releases": ({"PYTEST_ARGS": QUICK, "MAKEFLAGS": "RELEASES=newest"}, "congratulations"),
    "requirements": ({}, ""),
    "test": ({"PYTEST_ARGS": QUICK}, r"\d passed"),
    "upgrade": ({"PYTEST_ARGS": QUICK}, r"\d passed"),
    "validate": ({"PYTEST_ARGS": QUICK}, r"\d passed.*PASSED"),
}


def in_a_clone(command, request):
    narrowed, expected = NARROWED[command.removeprefix("make ")]
    clone = request.getfixturevalue("clone")

    printed = run(command, clone, **narrowed)

    assert re.search(expected, printed, re.DOTALL), printed
    assert command == "make help" or (clone / ".venv" / "bin" / "pytest").exists()


def as_it_stands(command, request):
    """Nothing makes it less: the build of every change runs it, and this test may be a part of it."""
    build = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert re.search(rf"^section \w+ {command}$", build, re.MULTILINE)


def away(command, request):
    """What was made is gone, and what was written is still there."""
    place = copy_of_the_working_tree(request.getfixturevalue("tmp_path"))
    written = {path for path in place.rglob("*") if path.is_file()}
    for name in (".venv", "build", "docs/_build"):
        (place / name / "something").mkdir(parents=True)

    run(command, place)

    assert {path for path in place.rglob("*") if path.is_file()} == written
    assert not any((place / name).exists() for name in (".venv", "build", "docs/_build"))


def some_tests(command, request):
    clone = request.getfixturevalue("clone")
    run("make requirements", clone)

    printed = run(command, clone, PYTEST_ADDOPTS="--maxfail 1")

    assert re.search(r"\d passed", printed), printed


def of_this_repository(command, request):
    """Git takes the address for this checkout, and only the address that the package names as its own."""
    [source] = [url for url in metadata("openedx-webhooks").get_all("Project-URL") if url.startswith("Source, ")]
    instead = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{ROOT}.insteadOf",
        "GIT_CONFIG_VALUE_0": source.removeprefix("Source, "),
        "GIT_ALLOW_PROTOCOL": "file",
    }
    place = request.getfixturevalue("tmp_path")

    run(" && ".join(_up_to(command)), place, **instead)

    [cloned] = place.iterdir()
    assert (cloned / "Makefile").is_file()


def _up_to(command) -> list[str]:
    """A command and those before it in its block, which it needs."""
    [typed] = [block.commands for block in readme.blocks() if command in block.commands]
    return typed[: typed.index(command) + 1]


def until_interrupted(command, request):
    """It serves what the README links to, on these ports or on others, and Ctrl-C ends it politely."""
    with serving(command, request.getfixturevalue("clone"), seconds=90) as server:
        pages = {address: urlopen(address, timeout=10).read().decode() for address in server.addresses}
        server.interrupt()
        server.process.wait(timeout=10)

    hosts = list(dict.fromkeys(urlsplit(address).netloc for address in pages))
    shown = {f"http://127.0.0.1:{8000 + hosts.index(urlsplit(page).netloc)}{urlsplit(page).path}" for page in pages}
    assert shown == {link for link in readme.links() if link.startswith("http://127.0.0.1:")}
    assert all("<title>" in page for page in pages.values())
    assert not re.search("Traceback|Error", server.printed), server.printed
    assert "Bye" in server.printed
    # make waits for the demo, and ends as a program does that Ctrl-C has ended.
    assert server.process.returncode in {0, -SIGINT}


def on_tutor(command, request):
    tutor.carry_out(command, request.getfixturevalue("sites"))


def in_the_container(command, request):
    """Without Tutor's words before it: where it runs is up to the reader."""
    on_tutor(f"tutor local run {command.split()[1]} {command}", request)


#: Every command of the README is one of these.
HOW = {
    r"git clone \S+|cd [\w-]+": of_this_repository,
    r"make demo": until_interrupted,
    r"make clean": away,
    r"make (demo-check|docs)": as_it_stands,
    rf"make ({'|'.join(NARROWED)})": in_a_clone,
    r"\.venv/bin/pytest .*": some_tests,
    r"tutor .*": on_tutor,
    r"\./manage\.py (lms|cms) .*": in_the_container,
}


def how(command) -> Callable | None:
    return next((execute for pattern, execute in HOW.items() if re.fullmatch(pattern, command)), None)


@pytest.mark.parametrize("command", readme.commands())
def test_every_command_is_executed_by_a_test(command):
    execute = how(command)

    known = tutor.consequence(command) if execute in {on_tutor, in_the_container} else execute
    assert known, f"README.rst: `{command}` is executed by no test"


@pytest.mark.documentation
@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", readme.commands())
def test_a_command_does_what_it_should(command, request):
    how(command)(command, request)


@pytest.mark.documentation
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("page", "section"), [("README.rst", "Install"), ("docs/how-tos/install.rst", "With Tutor")])
def test_the_installation_in_its_own_order_builds_the_plugin_into_the_image(page, section, sites, tmp_path):
    """On a site that Tutor has rendered before, as every site that runs: what is built is what was rendered last."""
    site = tutor.fresh(sites[-1], tmp_path)
    site.run("tutor config save")
    lines = "\n".join(block.text for block in readme.blocks_in("yaml"))
    site.config.write_text(site.config.read_text(encoding="utf-8") + lines + "\n", encoding="utf-8")
    _, _, text = (ROOT / page).read_text(encoding="utf-8").partition(f"{section}\n***")
    text, _, _ = text.partition("\n****")
    commands = re.findall(r"^ +(?:\$ )?(tutor (?:config save|images|local) ?.*)$", text, re.MULTILINE)

    tutor.carry_out_in_order(commands, site)

    assert commands.index("tutor config save") < commands.index("tutor images build openedx")


def test_the_commands_are_found():
    """Should the README be written in a way that ``readme.py`` cannot read, these are missing."""
    assert {"make demo", "make validate", "tutor images build openedx", "./manage.py lms check"} <= set(
        readme.commands()
    )


# --- examples -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", readme.blocks(), ids=lambda block: block.title)
def test_every_block_is_executed_by_a_test(block):
    assert block.language in {"json", "python", "shell", "yaml"}, f"README.rst:\n{block.text}\nis executed by no test"


def _examples(kind: str) -> list:
    examples = [json.loads(block.text) for block in readme.blocks_in("json")]
    is_payload = [payloads.METADATA in example for example in examples]
    return [example for example, yes in zip(examples, is_payload, strict=True) if yes == (kind == "payload")]


#: What is another one on every site, in every second, with every version of the library.
OWN = ("id", "sourcehost", "sourcelib", "time")


def _common(payload: dict) -> dict:
    """The payload with no more than the types of what is another one each time."""
    facts = payload[payloads.METADATA]
    return payload | {payloads.METADATA: facts | {name: type(facts[name]) for name in OWN}}


@pytest.mark.parametrize("example", _examples("payload"), ids=lambda example: example["event_metadata"]["event_type"])
def test_a_payload_is_what_is_sent(example):
    of_type = example["event_metadata"]["event_type"]
    [event] = [event for event in catalogue.events() if event.event_type == of_type]
    now = EventsMetadata(event_type=of_type, time=datetime.now(UTC))

    sent = json.loads(payloads.event_body(event, samples.event_arguments(event), now).content)

    assert _common(sent) == _common(example)


def _filter_for(reply: dict) -> catalogue.Filter:
    """The first one that has such arguments, and such an exception."""
    names, arguments = reply.get("exception", {}).keys(), reply.get("data", {}).keys()
    return next(
        filter_
        for filter_ in catalogue.filters()
        if names <= filter_.exceptions.keys() and arguments <= filter_.arguments.keys()
    )


@pytest.mark.parametrize("reply", [reply for reply in _examples("reply") if "exception" in reply], ids=json.dumps)
def test_an_exception_stops_the_process_with_what_it_says(reply, webfilter, receiver):
    filter_ = _filter_for(reply)
    webfilter(filter_.name)
    receiver.answer(reply)

    [(name, said)] = reply["exception"].items()
    with pytest.raises(filter_.exceptions[name]) as stopped:
        filter_.cls.run_filter(**samples.filter_arguments(filter_))

    expected = said if isinstance(said, dict) else {"message": said}
    assert {field: getattr(stopped.value, field) for field in expected} == expected


@pytest.mark.parametrize("reply", [reply for reply in _examples("reply") if "exception" not in reply], ids=json.dumps)
def test_data_updates_what_it_names_and_nothing_else(reply, webfilter, receiver):
    filter_ = _filter_for(reply)
    webfilter(filter_.name)
    receiver.answer(reply)
    [(argument, changes)] = reply["data"].items()
    before = samples.filter_arguments(filter_)[argument].dict()

    after = filter_.cls.run_filter(**samples.filter_arguments(filter_)).dict()

    assert changes
    assert after == before | changes


def test_there_are_examples_of_both():
    assert _examples("payload")
    assert {key for reply in _examples("reply") for key in reply} == {"data", "exception"}


@pytest.mark.parametrize("block", readme.blocks_in("python"), ids=lambda block: block.title)
def test_a_line_of_settings_is_accepted(block, settings):
    common.plugin_settings(settings)
    names = {"OPENEDX_WEBHOOKS": settings.OPENEDX_WEBHOOKS}

    exec(block.text, names)

    settings.OPENEDX_WEBHOOKS = names["OPENEDX_WEBHOOKS"]
    assert settings.OPENEDX_WEBHOOKS
    assert check_settings() == []


# --- tables and links ---------------------------------------------------------------------------------------------


def _table(*head: str) -> list[list[str]]:
    """The rows of the table that has this head."""
    for table in readme.document().findall(nodes.table):
        first, *rows = [[cell.astext() for cell in row.children] for row in table.findall(nodes.row)]
        if first == list(head):
            return rows
    raise AssertionError(f"README.rst has no table with the head {head}")


UNITS = {"MiB": 1024 * 1024, "KiB": 1024}


def _value(text: str):
    number, _, unit = text.partition(" ")
    return int(number) * UNITS[unit] if unit else eval(text)


def test_the_table_of_settings_has_every_key_and_its_default():
    rows = _table("Key", "Default", "Meaning")

    assert {key: _value(default) for key, default, _ in rows} == {key: known.default for key, known in SETTINGS.items()}
    assert all(meaning for _, _, meaning in rows)


def test_docutils_finds_no_fault_and_no_broken_reference():
    assert readme.faults() == []


def test_every_link_is_complete():
    """On the package registry's page nothing stands beside the README."""
    links = readme.links()

    assert links
    assert [link for link in links if not link.startswith(("https://", "http://127.0.0.1:"))] == []


#: What a site may have, and we do not.
FOREIGN = {"openedx_webhooks/migrations/0008_alter_webfilter_event_alter_webhook_event.py"}


def _paths() -> list[str]:
    literals = {literal.astext() for literal in readme.document().findall(nodes.literal)}
    ours = {path.name for path in ROOT.iterdir() if path.is_dir()}
    return sorted(text for text in literals if re.fullmatch(r"[\w./-]+", text) and text.split("/")[0] in ours)


@pytest.mark.parametrize("path", _paths())
def test_a_path_leads_somewhere(path):
    assert (ROOT / path).exists() != (path in FOREIGN)
