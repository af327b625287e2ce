"""The threads of a process, and what a process has for itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openedx_webhooks import workers as room
from openedx_webhooks.workers import Job, PerProcess, Workers
from tests.hostile import eventually


class Gate:
    """Work that waits until the gate opens, and counts how much of it waits at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.inside = 0
        self.done = 0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self.inside += 1
        self.opened.wait(5)
        with self._lock:
            self.inside -= 1
            self.done += 1


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


@pytest.fixture
def threads(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Workers:
    """At most three, which do not stay long."""
    settings.OPENEDX_WEBHOOKS = {"MAX_WORKERS": 3}
    monkeypatch.setattr(room, "IDLE", 0.05)
    return Workers()


def never(condition: Callable[[], bool]) -> bool:
    return not eventually(condition, within=0.1)


def test_jobs_run_beside_each_other(threads: Workers, gate: Gate) -> None:
    threads.offer([Job(gate)] * 3)

    assert eventually(lambda: gate.inside == 3)


def test_there_are_no_more_threads_than_allowed(threads: Workers, gate: Gate) -> None:
    threads.offer([Job(gate) for _ in range(8)])

    assert eventually(lambda: gate.inside == 3)
    assert never(lambda: gate.inside > 3)


def test_what_waits_runs_when_a_thread_is_free(threads: Workers, gate: Gate) -> None:
    threads.offer([Job(gate) for _ in range(8)])
    gate.opened.set()

    assert eventually(lambda: gate.done == 8)


def test_no_more_of_a_kind_run_than_allowed(threads: Workers, gate: Gate) -> None:
    threads.offer([Job(gate, (("a", 2),)) for _ in range(3)])

    assert eventually(lambda: gate.inside == 2)
    assert never(lambda: gate.inside > 2)


def test_one_kind_does_not_hold_up_another(threads: Workers, gate: Gate) -> None:
    other = threading.Event()
    threads.offer([Job(gate, (("a", 2),)) for _ in range(3)])
    threads.offer([Job(other.set, (("b", 2),))])

    assert other.wait(2)


def test_what_was_held_up_by_its_kind_runs_at_last(threads: Workers, gate: Gate) -> None:
    threads.offer([Job(gate, (("a", 1),)) for _ in range(5)])
    gate.opened.set()

    assert eventually(lambda: gate.done == 5)
    assert eventually(lambda: not threads._running)


def test_a_job_taken_back_does_not_run(threads: Workers, gate: Gate) -> None:
    jobs = [Job(gate) for _ in range(4)]
    threads.offer(jobs)
    assert eventually(lambda: gate.inside == 3)

    taken = [threads.withdraw(job) for job in jobs]

    assert taken == [False, False, False, True]
    gate.opened.set()
    assert eventually(lambda: gate.done == 3)
    assert never(lambda: gate.done > 3)


def test_threads_end_when_there_is_nothing_to_do(threads: Workers) -> None:
    threads.offer([Job(lambda: None)])

    assert eventually(lambda: threads._threads == 0)


def test_threads_come_back_when_there_is(threads: Workers, gate: Gate) -> None:
    threads.offer([Job(lambda: None)])
    assert eventually(lambda: threads._threads == 0)

    threads.offer([Job(gate)])

    assert eventually(lambda: gate.inside == 1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_ended_by_its_job_is_replaced(threads: Workers, gate: Gate) -> None:
    def end() -> None:
        raise SystemExit

    threads.offer([Job(end) for _ in range(6)])
    assert eventually(lambda: threads._threads == 0)
    threads.withdraw_all(list(threads._waiting))

    threads.offer([Job(gate) for _ in range(3)])

    assert eventually(lambda: gate.inside == 3)


def test_without_threads_an_offer_waits_for_its_owner(threads: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    job = Job(lambda: None)
    threads.offer([job])

    assert threads.withdraw(job)


def test_a_process_has_one_object_of_its_own() -> None:
    made = PerProcess(object)

    assert made() is made()


def test_another_process_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    made = PerProcess(object)
    mine = made()
    with monkeypatch.context() as child:
        child.setattr("os.getpid", lambda: -1)
        assert made() is not mine

    assert made() is mine


def test_what_is_forgotten_is_made_anew() -> None:
    made = PerProcess(object)
    before = made()

    made.forget()

    assert made() is not before
