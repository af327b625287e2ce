"""The page of the settings, from the table and its annotations in ``openedx_webhooks/app_settings.py``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from openedx_webhooks import app_settings
from openedx_webhooks.app_settings import NAME, SETTINGS, Setting

from . import rst
from .rst import literal

TYPES: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number above 0",
    float: "a number above 0",
    str: "a text",
    list: "a list of texts",
    type(None): literal(None),
}

_ANNOTATION = re.compile(
    r"^ *# \.\. setting_name: (?P<name>\S+)\n"
    r"^ *# \.\. setting_default: (?P<default>.+)\n"
    r"^ *# \.\. setting_description: (?P<description>.+(?:\n^ *#   .+)*)",
    re.MULTILINE,
)


def annotations() -> dict[str, tuple[str, str]]:
    """By the name of a setting: its default, and what it is for, in the words of its annotation."""
    source = inspect.getsource(app_settings)
    return {
        found["name"]: (found["default"], re.sub(r"\n *# +", " ", found["description"]))
        for found in _ANNOTATION.finditer(source)
    }


def described(key: str) -> str:
    """What this setting is for."""
    return annotations()[f"{NAME}['{key}']"][1]


def accepted(setting: Setting) -> str:
    """The values that it may have, in words."""
    types = [type_ for type_ in setting.types if type_ is not tuple and not (type_ is int and float in setting.types)]
    return " or ".join(TYPES[type_] for type_ in types)


def page() -> str:
    """The page, as reStructuredText."""
    return rst.page(
        rst.label("settings"),
        rst.heading("Settings"),
        f"Everything is in one dictionary, {literal(NAME)}, in a settings file or a Tutor patch such as "
        "``openedx-common-settings``. Every key is optional:",
        rst.code("python", f'{NAME}["TIMEOUT"] = 5'),
        "A value of a wrong type counts as not set. ``./manage.py lms check`` names it, and keys that do not exist. "
        "Why it is one dictionary: :doc:`/decisions/0006-settings`.",
        rst.table(
            ("Key", "Default"),
            [(f":ref:`{key} <setting-{key}>`", literal(setting.default)) for key, setting in SETTINGS.items()],
            (60, 40),
        ),
        *(part for key, setting in SETTINGS.items() for part in _section(key, setting)),
    )


def _section(key: str, setting: Setting) -> tuple[str, ...]:
    return (
        rst.label(f"setting-{key}"),
        rst.heading(key, 1),
        rst.plain(described(key)),
        rst.fields({"Default": literal(setting.default), "Accepts": accepted(setting)}),
    )
