"""Where the tests find real services, and the one rule for those that are not there.

``require_service("mariadb")`` returns where the service is. If it cannot be reached the test is skipped with the
reason, or fails with it under ``REQUIRE_SERVICES=1``, which is how a build says that it has them all. Another address
is given as ``OPENEDX_WEBHOOKS_MARIADB=host:port``.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from importlib.util import find_spec

import pytest


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service listens, and the Python package that talks to it."""

    host: str
    port: int
    driver: str


SERVICES = {
    "mariadb": Service("127.0.0.1", 3306, "pymysql"),
    "postgresql": Service("127.0.0.1", 5432, "psycopg"),
    "redis": Service("127.0.0.1", 6379, "redis"),
}


def require_service(name: str) -> Service:
    """The service, or the end of the test that needs it."""
    service = _configured(name)
    problem = problem_of(name)
    if problem and os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{name} is required and missing: {problem}", pytrace=False)
    if problem:
        pytest.skip(f"{name} is missing: {problem}")
    return service


def _configured(name: str) -> Service:
    default = SERVICES[name]
    address = os.environ.get(f"OPENEDX_WEBHOOKS_{name.upper()}", "")
    host, _, port = address.partition(":")
    return Service(host or default.host, int(port or default.port), default.driver)


def problem_of(name: str) -> str:
    """Why this service cannot be used; empty when it can."""
    service = _configured(name)
    if find_spec(service.driver) is None:
        return f"the Python package {service.driver} is not installed"
    try:
        socket.create_connection((service.host, service.port), timeout=2).close()
    except OSError as error:
        return f"{service.host}:{service.port} does not answer ({error})"
    return ""
