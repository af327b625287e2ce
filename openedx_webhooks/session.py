"""The ``requests`` session of this process: connections are kept, nothing else is."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from django.core.signals import setting_changed
from requests.adapters import HTTPAdapter

from .app_settings import NAME
from .guard import BoundedPoolManager
from .workers import PerProcess

# Hosts whose connections are kept, and how many idle ones for each.
MAX_HOSTS = 256
MAX_IDLE = 32


class Adapter(HTTPAdapter):
    """That of requests, over bounded connections. ``send`` is not overridden: it is where test tools step in."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Use our pools."""
        self.poolmanager = BoundedPoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: a bounded connection verifies, always, and brings its own authorities."""


class Session(requests.Session):
    """A session that sees no redirects: even when it is not to follow one, requests reads its whole body."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


def _new_session() -> Session:
    made = Session()
    made.trust_env = False  # no proxy, no .netrc and no REQUESTS_CA_BUNDLE: what is not in our settings is not used
    made.headers.clear()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("http://", "https://"):
        made.mount(scheme, Adapter(pool_connections=MAX_HOSTS, pool_maxsize=MAX_IDLE))
    return made


session = PerProcess(_new_session)


def _follow(*, setting: str, **_: Any) -> None:
    if setting == NAME:
        session.forget()  # with the connections that were made under the old settings


setting_changed.connect(_follow, dispatch_uid="openedx_webhooks.session")
