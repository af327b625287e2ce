"""What every test has: a receiver on a real socket, endpoints that nobody else made, and loud words about skips."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.receiver import Receiver, listening
from tests.services import problem_of


def pytest_sessionstart(session: pytest.Session) -> None:
    """``TEST_DATABASE`` asks for a real service: without it there is nothing to run."""
    database = os.environ.get("TEST_DATABASE", "sqlite")
    if database != "sqlite" and (problem := problem_of(database)):
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.exit(f"{database} is required and missing: {problem}", returncode=1)
        pytest.exit(f"NOT TESTED HERE: {database} is missing: {problem}", returncode=0)


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    """What another test left in the memory of this process is forgotten."""
    from openedx_webhooks import registry

    registry.forget()
    yield
    registry.forget()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as one:
        yield one


@pytest.fixture
def webhook(db: None, receiver: Receiver) -> Callable[..., Any]:
    """Make a webhook that calls the receiver."""
    from openedx_webhooks.models import Webhook

    def make(event: str, path: str = "", **fields: Any) -> Any:
        return Webhook.objects.create(event=event, **{"webhook_url": receiver.on(path), **fields})

    return make


@pytest.fixture
def webfilter(db: None, receiver: Receiver) -> Callable[..., Any]:
    """Make a webfilter that calls the receiver."""
    from openedx_webhooks.models import Webfilter

    def make(event: str, path: str = "", **fields: Any) -> Any:
        return Webfilter.objects.create(event=event, **{"webhook_url": receiver.on(path), **fields})

    return make


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    """``with commit():`` - what is announced on commit is announced at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly, at the very end, what was not tested and why."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    if reasons:
        terminalreporter.section("NOT TESTED HERE", sep="!", yellow=True, bold=True)
        for reason in sorted(reasons):
            terminalreporter.line(reason.removeprefix("Skipped: "), yellow=True)
