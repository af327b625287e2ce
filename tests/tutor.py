"""A real Tutor, in an environment and with a configuration of its own; only its ``docker`` is ours (``docker.py``)."""

from __future__ import annotations

import json
import shlex
import sqlite3
import subprocess
import sys
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
    def dockerfile(self) -> str:
        return (self.place / "root" / "env" / "build" / "openedx" / "Dockerfile").read_text(encoding="utf-8")

    def run(self, command: str) -> str:
        """What it prints; every question is answered with Enter."""
        return run(
            command,
            self.place,
            answers="\n" * 50,
            PATH=f"{self.place / 'edge'}:{self.place / 'venv' / 'bin'}:{environment()['PATH']}",
            HOME=self.place,
            TUTOR_ROOT=self.place / "root",
            TUTOR_PLUGINS_ROOT=self.place / "plugins",
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
    (place / "root").mkdir()
    return Site(place)
