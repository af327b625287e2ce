"""The settings of this package: their defaults, and one accessor over ``settings.OPENEDX_WEBHOOKS``.

Read a setting where it is needed, never at import::

    from .app_settings import app_settings

    app_settings.TIMEOUT  # 10

A value of the wrong type counts as not set: a typing error in a YAML file must not stop a login. ``manage.py check``
names it (``checks.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

NAME = "OPENEDX_WEBHOOKS"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default and the types its value may have."""

    default: Any
    types: tuple[type, ...]

    def accepts(self, value: Any) -> bool:
        """Whether ``value`` can be used; ``True`` is no number, and numbers are positive."""
        if isinstance(value, bool):
            return bool in self.types
        if isinstance(value, int | float):
            return isinstance(value, self.types) and value > 0
        if isinstance(value, list | tuple):
            return isinstance(value, self.types) and all(isinstance(item, str) for item in value)
        return isinstance(value, self.types)


SECONDS = (int, float)
NAMES = (list, tuple)

# .. setting_name: OPENEDX_WEBHOOKS
# .. setting_default: {}
# .. setting_description: Everything the webhooks plugin can be told, as one dictionary. Each key is described in
#   openedx_webhooks/app_settings.py and in the documentation; a key that is left out has its default.
SETTINGS: Mapping[str, Setting] = {
    # .. setting_name: OPENEDX_WEBHOOKS['ENABLED']
    # .. setting_default: True
    # .. setting_description: False turns every webhook and webfilter off, whatever the admin says.
    "ENABLED": Setting(True, (bool,)),
    # .. setting_name: OPENEDX_WEBHOOKS['CONNECT_TIMEOUT']
    # .. setting_default: 2
    # .. setting_description: Seconds, wall clock, to resolve a name and connect to it, TLS included.
    "CONNECT_TIMEOUT": Setting(2, SECONDS),
    # .. setting_name: OPENEDX_WEBHOOKS['TIMEOUT']
    # .. setting_default: 10
    # .. setting_description: Seconds, wall clock, for all webhooks of one event together, first byte to last.
    "TIMEOUT": Setting(10, SECONDS),
    # .. setting_name: OPENEDX_WEBHOOKS['FILTER_TIMEOUT']
    # .. setting_default: 3
    # .. setting_description: Seconds, wall clock, for all webfilters of one filter run together. A learner waits.
    "FILTER_TIMEOUT": Setting(3, SECONDS),
    # .. setting_name: OPENEDX_WEBHOOKS['MAX_WORKERS']
    # .. setting_default: 16
    # .. setting_description: Calls that one process makes at the same time, beside those on the callers' own threads.
    "MAX_WORKERS": Setting(16, (int,)),
    # .. setting_name: OPENEDX_WEBHOOKS['MAX_PAYLOAD_BYTES']
    # .. setting_default: 1048576
    # .. setting_description: Largest body sent. What does not fit is left out, and event_metadata.truncated says so.
    "MAX_PAYLOAD_BYTES": Setting(1024 * 1024, (int,)),
    # .. setting_name: OPENEDX_WEBHOOKS['MAX_REPLY_BYTES']
    # .. setting_default: 262144
    # .. setting_description: Largest reply read, unpacked. A larger one counts as no answer.
    "MAX_REPLY_BYTES": Setting(256 * 1024, (int,)),
    # .. setting_name: OPENEDX_WEBHOOKS['CA_BUNDLE']
    # .. setting_default: None
    # .. setting_description: File with the certificate authorities to trust; None means those that requests trusts.
    "CA_BUNDLE": Setting(None, (str, type(None))),
    # .. setting_name: OPENEDX_WEBHOOKS['CONFIG_TTL']
    # .. setting_default: 5
    # .. setting_description: Seconds until a process obeys a change that another one made in the admin.
    "CONFIG_TTL": Setting(5, SECONDS),
    # .. setting_name: OPENEDX_WEBHOOKS['REDACTED_KEYS']
    # .. setting_default: ()
    # .. setting_description: Further names that never leave the platform, at any depth of a payload, beside the
    #   built-in ones (passwords, tokens, cookies, ...). Case and punctuation do not matter.
    "REDACTED_KEYS": Setting((), NAMES),
    # .. setting_name: OPENEDX_WEBHOOKS['WRITABLE_FIELDS']
    # .. setting_default: ()
    # .. setting_description: Fields that a reply may change although they are refused by default, such as
    #   'auth.user.email' (app label, model, field) or 'form_data.username' (a field of the registration form).
    "WRITABLE_FIELDS": Setting((), NAMES),
    # .. setting_name: OPENEDX_WEBHOOKS['EXTRA_SIGNAL_MODULES']
    # .. setting_default: ()
    # .. setting_description: Modules to import so that the events they define can be chosen in the admin.
    "EXTRA_SIGNAL_MODULES": Setting((), NAMES),
    # .. setting_name: OPENEDX_WEBHOOKS['EXTRA_FILTER_MODULES']
    # .. setting_default: ()
    # .. setting_description: Modules to import so that the filters they define can be chosen in the admin.
    "EXTRA_FILTER_MODULES": Setting((), NAMES),
    # .. setting_name: OPENEDX_WEBHOOKS['EXCLUDED_FILTERS']
    # .. setting_default: ()
    # .. setting_description: Filter types (or class names) that get no step of ours, such as the block filters.
    "EXCLUDED_FILTERS": Setting((), NAMES),
}


def configured(source: Any = settings) -> Mapping[str, Any]:
    """What the site says, or nothing when it says something that is no dictionary."""
    value = getattr(source, NAME, None)
    return value if isinstance(value, Mapping) else {}


class AppSettings:
    """Attribute access to every setting of ``SETTINGS``; values are kept until ``setting_changed``."""

    def __getattr__(self, name: str) -> Any:
        """The site's value if it can be used, else the default; kept in ``__dict__``."""
        try:
            setting = SETTINGS[name]
        except KeyError:
            raise AttributeError(f"There is no setting {NAME}[{name!r}].") from None
        value = configured().get(name, setting.default)
        self.__dict__[name] = value if setting.accepts(value) else setting.default
        return self.__dict__[name]

    def reload(self) -> None:
        """Forget what was read."""
        self.__dict__.clear()


app_settings = AppSettings()


def _follow(*, setting: str, **_: Any) -> None:
    if setting == NAME:
        app_settings.reload()


setting_changed.connect(_follow, dispatch_uid="openedx_webhooks.app_settings")
