"""A real Tutor, in an environment and with a configuration of its own; only its ``docker`` is ours (``docker.py``)."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shell import ROOT, environment, run

#: The oldest Tutor whose release we support, and the newest there is.
VERSIONS = ("tutor>=18,<19", "tutor")


@dataclass(frozen=True, slots=True)
class Site:
    """One installed Tutor: everything that it is and does is below ``place``."""

    place: Path

    @property
    def log(self) -> Path:
        return self.place / "docker.jsonl"

    @property
    def database(self) -> Path:
        return self.place / "platform.sqlite3"

    @property
    def config(self) -> Path:
        return self.place / "root" / "config.yml"

    @property
    def plugins(self) -> Path:
        return self.place / "plugins"

    def rendered(self, path: str) -> str:
        """One of the files that Tutor writes for docker and for the platform."""
        return (self.place / "root" / "env" / path).read_text(encoding="utf-8")

    def run(self, command: str) -> str:
        """What it prints; every question is answered with Enter."""
        return run(
            command,
            self.place,
            answers="\n" * 50,
            PATH=f"{self.place / 'edge'}:{self.place / 'venv' / 'bin'}:{environment()['PATH']}",
            HOME=self.place,
            TUTOR_ROOT=self.place / "root",
            TUTOR_PLUGINS_ROOT=self.plugins,
            DOCKER_LOG=self.log,
            DOCKER_DATABASE=self.database,
        )

    def asked(self) -> list[list[str]]:
        """What docker was asked for."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def forget(self) -> None:
        """Before a command: docker was asked for nothing, and the database is empty."""
        self.log.write_text("")
        self.database.unlink(missing_ok=True)

    def query(self, statement: str) -> list[str]:
        """The first column of what the database says."""
        with closing(sqlite3.connect(self.database)) as connection:
            return [row[0] for row in connection.execute(statement)]

    def tables(self) -> set[str]:
        return set(self.query("SELECT name FROM sqlite_master WHERE type = 'table'"))


def site(place: Path, requirement: str) -> Site:
    """Install this Tutor with uv; what it needs comes from the package registry."""
    from uv import find_uv_bin

    uv = find_uv_bin()
    made = (uv, "venv", "--quiet", "--python", sys.executable, place / "venv")
    installed = (uv, "pip", "install", "--quiet", "--python", place / "venv", requirement)
    for command in (made, installed):
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(
                f"{requirement} cannot be installed; is a package registry in reach?\n{done.stderr}", pytrace=False
            )
    docker = place / "edge" / "docker"
    docker.parent.mkdir()
    docker.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m tests.docker "$@"\n'
    )
    docker.chmod(0o755)
    made = Site(place)
    made.config.parent.mkdir()
    made.plugins.mkdir()
    return made


def fresh(installed: Site, place: Path) -> Site:
    """The same Tutor with a configuration of its own, and nothing rendered."""
    for name in ("edge", "venv"):
        (place / name).symlink_to(installed.place / name)
    made = Site(place)
    made.config.parent.mkdir()
    made.plugins.mkdir()
    return made


# --- what a command has done ------------------------------------------------------------------------------------

Consequence = Callable[[Site, str, str], None]


def builds_an_image(site: Site, printed: str, command: str) -> None:
    assert "build" in site.asked()[-1]
    installs = r"^ +(pip|\$PIP_COMMAND) install 'openedx-webhooks[^']*'"
    assert re.search(installs, site.rendered("build/openedx/Dockerfile"), re.MULTILINE)


def makes_our_tables(site: Site, printed: str, command: str) -> None:
    assert {"openedx_webhooks_webhook", "openedx_webhooks_webfilter"} <= site.tables()


def goes_back(site: Site, printed: str, command: str) -> None:
    *_, app, number = command.split()
    applied = site.query(f"SELECT name FROM django_migrations WHERE app = '{app}' ORDER BY name")
    assert applied[-1].startswith(number)


def finds_no_fault(site: Site, printed: str, command: str) -> None:
    assert "System check identified no issues" in printed


def configures(site: Site, printed: str, command: str) -> None:
    assert "openedx-webhooks" in site.config.read_text(encoding="utf-8")


def says_where(site: Site, printed: str, command: str) -> None:
    folder = Path(printed.splitlines()[-1])
    assert folder.is_dir()
    assert folder.is_relative_to(site.place)


def asks_docker_to(*verbs: str) -> Consequence:
    """Docker was asked for one of these, and after it for services that there are."""

    def asked(site: Site, printed: str, command: str) -> None:
        last = site.asked()[-1]
        verb = next(index for index, word in enumerate(last) if word in verbs)
        files = [Path(last[index + 1]).read_text(encoding="utf-8") for index in range(verb) if last[index] == "-f"]
        there = set(re.findall(r"^  ([\w-]+):$", "\n".join(files), re.MULTILINE))
        unknown = {word for word in last[verb + 1 :] if not word.startswith("-")} - there
        assert not unknown, f"`{command}`: there is no service {unknown}"

    return asked


#: A migration that undoes others, which are there before.
BACK = r"migrate \w+ \d+$"

#: What a command must have done, by its words.
CONSEQUENCES: dict[str, Consequence] = {
    r"tutor images build openedx$": builds_an_image,
    r"tutor (local|dev) (launch|do init)\b": makes_our_tables,
    BACK: goes_back,
    r"\./manage\.py (lms|cms) migrate( openedx_webhooks)?$": makes_our_tables,
    r"\./manage\.py (lms|cms) check$": finds_no_fault,
    r"tutor config save\b": configures,
    r"tutor (config|plugins) printroot$": says_where,
    r"tutor local (start|reboot)\b": asks_docker_to("up"),
    r"tutor local restart\b": asks_docker_to("restart"),
    r"tutor local logs\b": asks_docker_to("logs"),
}


def consequence(command: str) -> Consequence | None:
    """What is known of this command; nothing where nobody knows what it is good for."""
    return next((seen for words, seen in CONSEQUENCES.items() if re.search(words, command)), None)


def carry_out(command: str, sites: list[Site]) -> None:
    """Accepted by every Tutor, and with its consequence there."""
    expect = consequence(command)
    assert expect, f"`{command}`: nobody knows what it must have done"
    for site in sites:
        site.forget()
        if re.search(BACK, command):
            site.run("tutor local run lms ./manage.py lms migrate")
        expect(site, site.run(command), command)


def carry_out_in_order(commands: list[str], site: Site) -> None:
    """One after the other, each with its consequence."""
    for command in commands:
        expect = consequence(command)
        assert expect, f"`{command}`: nobody knows what it must have done"
        site.forget()
        expect(site, site.run(command), command)
