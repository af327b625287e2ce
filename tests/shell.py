"""Commands as somebody types them, in a copy of the working tree that is theirs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: What a run of tests or of make leaves in the environment, and a terminal would not have.
OURS = re.compile(
    r"(PYTEST|COV|COVERAGE|TEST|TUTOR)_.*|MAKE.*|MFLAGS|VIRTUAL_ENV|PYTHONPATH|DJANGO_SETTINGS_MODULE|DEMO_.*|"
    r"WORKERS|RELEASES|DATABASES|CHECK_EXTERNAL_LINKS"
)
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/[\w/]*")


def files_of_the_working_tree() -> list[str]:
    """What a commit of everything here would hold, without environments and builds."""
    asked = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [name for name in listed if (ROOT / name).is_file()]


def copy_of_the_working_tree(place: Path) -> Path:
    """Those files, in another place."""
    for name in files_of_the_working_tree():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place / name)
    return place


def environment(**changes: str | Path) -> dict[str, str]:
    """That of a new terminal, with these changes."""
    inherited = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}
    return inherited | {name: str(value) for name, value in changes.items()}


def run(command: str, cwd: Path, answers: str = "", **changes: str | Path) -> str:
    """What the command prints; ``answers`` are what is typed while it runs. It must succeed."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=environment(**changes),
        input=answers,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed ({done.returncode}):\n{done.stdout[-6000:]}"
    return done.stdout


@dataclass
class Server:
    """A command that runs until Ctrl-C."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    started: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C" in line:
                self.started.set()
        self.started.set()

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    @property
    def addresses(self) -> list[str]:
        return list(dict.fromkeys(ADDRESS.findall(self.printed)))

    def interrupt(self) -> None:
        """Ctrl-C: a terminal sends it to everything that it runs."""
        os.killpg(self.process.pid, signal.SIGINT)


@contextmanager
def serving(command: str, cwd: Path, seconds: float) -> Iterator[Server]:
    """The command, as soon as it has said how to stop it; whatever happens it is gone after the block."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        cwd=cwd,
        env=environment(PYTHONUNBUFFERED="1"),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    server = Server(process)
    reader = threading.Thread(target=server.read, daemon=True)
    reader.start()
    try:
        assert server.started.wait(seconds), f"{command} was not up in {seconds} seconds:\n{server.printed}"
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reader.join(timeout=10)
        process.stdout.close()
