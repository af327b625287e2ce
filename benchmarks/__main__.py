"""What our code costs: each figure beside its yardstick, taken in turns in the same run.

Seconds of one machine say little about another, ratios do. Each pair is measured in many short rounds that alternate,
so that a slow moment of the machine hits both; the median of the rounds counts. ::

    python -m benchmarks
    python -m benchmarks --check    # fail when a budget is exceeded
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.conf import settings

ROUNDS = 30
SLOW = 0.1  # seconds that an endpoint of the server's /slow takes


def set_up() -> None:
    """A Django of our own, in memory; nothing here reads a site's configuration."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "openedx_events",
            "openedx_webhooks",
        ],
        OPENEDX_WEBHOOKS={"CONFIG_TTL": 3600},
        SECRET_KEY="benchmarks",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def server() -> Iterator[str]:
    """The address of a receiver in another process, which keeps connections and answers ``{}``."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("server.py")), str(SLOW)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def seconds(run: Callable[[], Any], times: int) -> float:
    """How long one of ``times`` runs takes, on average."""
    started = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - started) / times


def in_turns(runs: Mapping[str, Callable[[], Any]], times: int, rounds: int = ROUNDS) -> dict[str, float]:
    """The median of each run's seconds over rounds in which all of them take their turn."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        seconds(run, times)  # warm
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(seconds(run, times))
    return {name: median(values) for name, values in taken.items()}


def queries(run: Callable[[], Any]) -> int:
    """The number of database queries of one run."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


class Report:
    """Prints each figure as it comes, and remembers whether all are within their budgets."""

    def __init__(self) -> None:
        self.exceeded: list[str] = []

    def line(self, what: str, ours: float, yardstick: float, against: str) -> None:
        """One figure, in seconds, beside what it is compared with."""
        ratio = ours / yardstick if yardstick > 0 else float("inf")
        print(f"{what:42} {ours * 1e6:11,.1f} us   {against}: {yardstick * 1e6:11,.1f} us   ratio {ratio:.2f}")

    def budget(self, what: str, value: float, limit: float, unit: str) -> None:
        """Whether the figure above keeps to what the design allows."""
        holds = value <= limit
        print(f"{'':4}{what}: {value:,.2f} {unit} of {limit:g} {unit}: {'within' if holds else 'EXCEEDED'}")
        if not holds:
            self.exceeded.append(what)


def no_op_receiver(signal: Any, sender: Any = None, **kwargs: Any) -> None:
    """The cheapest receiver there is."""


def event_with_nobody_listening(report: Report) -> None:
    """What our receiver adds to an event, beside a receiver that does nothing."""
    from openedx_webhooks import catalogue, receivers, samples

    event = catalogue.event("SESSION_LOGIN_COMPLETED")
    assert event
    arguments = samples.event_arguments(event)
    call = {"signal": event.signal, "metadata": event.signal.generate_signal_metadata(), **arguments}
    taken = in_turns({"ours": lambda: receivers.forward(**call), "no-op": lambda: no_op_receiver(**call)}, 2000)
    report.line("event, nobody listens: our receiver", taken["ours"], taken["no-op"], "a receiver that does nothing")
    report.budget("added to an event", (taken["ours"] - taken["no-op"]) * 1e6, 10, "us")
    report.budget("queries", queries(lambda: event.signal.send_event(**arguments)), 0, "queries")


def filter_with_nobody_listening(report: Report) -> None:
    """A filter's whole run with our step, beside one with a step that does nothing."""
    from openedx_filters.learning.filters import StudentLoginRequested

    config = settings.OPEN_EDX_FILTERS_CONFIG
    kind = StudentLoginRequested.filter_type

    def run_with(*steps: str) -> Callable[[], Any]:
        def run() -> None:
            config[kind] = entry
            StudentLoginRequested.run_filter(user=None)

        entry = {"fail_silently": True, "pipeline": list(steps)}
        return run

    ours = run_with("openedx_webhooks.filters.StudentLoginRequestedWebFilter")
    taken = in_turns({"ours": ours, "no-op": run_with("benchmarks.steps.NoOpStep")}, 1000)
    report.line("filter, nobody listens: our step", taken["ours"], taken["no-op"], "a step that does nothing")
    report.budget("filter in all", taken["ours"] * 1e6, 15, "us")
    report.budget("queries", queries(ours), 0, "queries")


@contextmanager
def webhooks(*addresses: str) -> Iterator[None]:
    """Webhooks of a login to these addresses, for a while."""
    from openedx_webhooks.models import Webhook

    made = [Webhook.objects.create(event="SESSION_LOGIN_COMPLETED", webhook_url=address) for address in addresses]
    try:
        yield
    finally:
        for webhook in made:
            webhook.delete()


def one_delivery(report: Report, address: str) -> None:
    """One event to one webhook, rendered and delivered, beside the bare POST of the same number of bytes."""
    import requests

    from openedx_webhooks import catalogue, payloads, samples, transport
    from openedx_webhooks.transport import Call

    event = catalogue.event("SESSION_LOGIN_COMPLETED")
    assert event
    arguments = samples.event_arguments(event)
    body = payloads.event_body(event, arguments, event.signal.generate_signal_metadata()).content
    session = requests.Session()
    headers = {"Content-Type": "application/json"}
    call = Call(url=address, body=body, headers=headers)
    assert transport.send_all([call], within=5)[0].ok
    runs = {
        "event": lambda: event.signal.send_event(**arguments),
        "call": lambda: transport.send_all([call], within=5),
        "post": lambda: session.post(address, data=body, headers=headers),
    }
    with webhooks(address):
        taken = in_turns(runs, 50)
    report.line("one call of our transport, kept alive", taken["call"], taken["post"], "requests.Session.post")
    report.line("one event to one webhook, in all", taken["event"], taken["post"], "requests.Session.post")
    report.budget("one event, against the bare POST", taken["event"] / taken["post"], 2, "times")


def ten_slow_endpoints(report: Report, address: str) -> None:
    """One event to ten webhooks that take 100 ms each, beside one such webhook."""
    from openedx_webhooks import catalogue, samples

    event = catalogue.event("SESSION_LOGIN_COMPLETED")
    assert event
    arguments = samples.event_arguments(event)

    def send() -> None:
        event.signal.send_event(**arguments)

    with webhooks(f"{address}slow"):
        one = in_turns({"one": send}, 1, rounds=5)["one"]
    with webhooks(*(f"{address}slow/{number}" for number in range(10))):
        ten = in_turns({"ten": send}, 1, rounds=5)["ten"]
    report.line("10 endpoints of 100 ms", ten, one, "1 endpoint of 100 ms")
    report.budget("10 endpoints of 100 ms", ten * 1000, 150, "ms")


def main() -> int:
    """Measure everything; with ``--check``, 1 when a budget is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="fail when a budget is exceeded")
    options = parser.parse_args()
    set_up()
    report = Report()
    event_with_nobody_listening(report)
    filter_with_nobody_listening(report)
    with server() as address:
        one_delivery(report, address)
        ten_slow_endpoints(report, address)
    if report.exceeded:
        print(f"\nExceeded: {', '.join(report.exceeded)}")
    return 1 if report.exceeded and options.check else 0


sys.exit(main())
