"""What one process has for itself: objects made anew after a fork, and a few threads that work for many callers.

Why not ``concurrent.futures``: its threads are joined at exit, so one call that hangs would hold up a shutdown; its
queue knows no deadline and no fairness; and after a fork it waits for threads that exist only in the parent.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .app_settings import app_settings

# Seconds after which a thread with nothing to do ends. Long enough for a burst to find its threads still there.
IDLE = 30.0

T = TypeVar("T")


class PerProcess(Generic[T]):
    """One object for each process, made by ``make()`` when it is first asked for.

    The process id is compared on every use because uWSGI does not run ``os.register_at_fork`` hooks by default. What
    a child inherits is neither used nor dropped: a lock in it may be held by a thread that the child does not have,
    and dropping it could take that lock. No lock is needed here either, ``dict.setdefault`` decides a race.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[int, T] = {}

    def __call__(self) -> T:
        """The object of this process."""
        pid = os.getpid()
        made = self._made.get(pid)
        return self._made.setdefault(pid, self._make()) if made is None else made

    def forget(self) -> None:
        """Make a new one at the next use in this process."""
        self._made.pop(os.getpid(), None)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Something to run once.

    ``run`` must end by itself and raise no ``Exception``. ``limits`` are ``(key, most)``: no more than ``most`` jobs
    with this key run on the threads at the same time.
    """

    run: Callable[[], None]
    limits: tuple[tuple[Hashable, int], ...] = ()

    @property
    def keys(self) -> list[Hashable]:
        """What this job counts towards."""
        return [key for key, _ in self.limits]


class Workers:
    """At most ``MAX_WORKERS`` daemon threads that run what is offered, first come first served, within its limits.

    An offer is not a promise: whoever offers a job takes it back (``withdraw``) to run it himself or to give it up.
    So nothing is queued longer than its owner waits, and nothing is stuck when every thread is.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._running: Counter[Hashable] = Counter()
        self._threads = 0
        self._busy = 0

    def offer(self, jobs: Sequence[Job]) -> None:
        """Have ``jobs`` run as threads become free."""
        with self._changed:
            self._waiting.extend(jobs)
            self._hire()
            self._changed.notify(len(jobs))

    def withdraw(self, job: Job) -> bool:
        """Take ``job`` back; False if a thread has it, or had it."""
        with self._changed:
            if job not in self._waiting:
                return False
            self._waiting.remove(job)
            return True

    def withdraw_all(self, jobs: Iterable[Job]) -> None:
        """Take back whatever of ``jobs`` no thread has."""
        for job in jobs:
            self.withdraw(job)

    def _hire(self) -> None:
        """Start as many threads as there is work for."""
        while self._threads < app_settings.MAX_WORKERS and self._threads - self._busy < len(self._waiting):
            try:
                threading.Thread(target=self._work, name="openedx-webhooks-call", daemon=True).start()
            except RuntimeError:  # the system gives no more threads, or Python is shutting down: the owners do the work
                return
            self._threads += 1

    def _work(self) -> None:
        """What a thread does until it has been idle for long."""
        while (job := self._next()) is not None:
            try:
                job.run()
            except BaseException:  # SystemExit and the like end this thread, and the next offer may start another
                with self._changed:
                    self._threads -= 1
                raise
            finally:
                self._finished(job)
                del job  # with all it carries, while this thread waits for another

    def _next(self) -> Job | None:
        """Wait for a job and start counting it; None: none came, this thread may go."""
        with self._changed:
            while (job := self._runnable()) is None:
                if not self._changed.wait(IDLE) and not self._waiting:
                    self._threads -= 1
                    return None
            self._waiting.remove(job)
            self._running.update(job.keys)
            self._busy += 1
            return job

    def _runnable(self) -> Job | None:
        """The first waiting job that its limits allow."""
        if self._busy >= app_settings.MAX_WORKERS:
            return None
        for job in self._waiting:
            if all(self._running[key] < most for key, most in job.limits):
                return job
        return None

    def _finished(self, job: Job) -> None:
        with self._changed:
            self._busy -= 1
            self._running.subtract(job.keys)
            for key in job.keys:
                if not self._running[key]:
                    del self._running[key]
            # What this job's limits held back may now run on another thread.
            self._changed.notify()


workers = PerProcess(Workers)
