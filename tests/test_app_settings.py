"""Settings: defaults, what a site says, and what ``manage.py check`` says of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from openedx_webhooks import app_settings as module
from openedx_webhooks.app_settings import SETTINGS, app_settings
from openedx_webhooks.checks import check_settings


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_has_a_default_that_it_accepts(name, settings):
    settings.OPENEDX_WEBHOOKS = {}

    assert getattr(app_settings, name) == SETTINGS[name].default
    assert SETTINGS[name].accepts(SETTINGS[name].default)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_is_annotated(name):
    source = Path(module.__file__).read_text(encoding="utf-8")

    assert f".. setting_name: OPENEDX_WEBHOOKS['{name}']\n" in source


def test_a_change_is_followed(settings):
    settings.OPENEDX_WEBHOOKS = {"TIMEOUT": 4}
    assert app_settings.TIMEOUT == 4

    settings.OPENEDX_WEBHOOKS = {"TIMEOUT": 2.5}
    assert app_settings.TIMEOUT == 2.5

    settings.OPENEDX_WEBHOOKS = {}
    assert app_settings.TIMEOUT == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEOUT", "10"), ("TIMEOUT", 0), ("TIMEOUT", -1), ("TIMEOUT", True), ("TIMEOUT", None), ("ENABLED", "false"),
        ("ENABLED", 0), ("MAX_WORKERS", 1.5), ("CA_BUNDLE", 3), ("EXCLUDED_FILTERS", "a text"),
        ("EXCLUDED_FILTERS", [1]), ("WRITABLE_FIELDS", {"auth.user": "email"}),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_counts_as_not_set_and_is_named(name, value, settings):
    settings.OPENEDX_WEBHOOKS = {name: value}

    assert getattr(app_settings, name) == SETTINGS[name].default
    [warning] = check_settings()
    assert warning.id == "openedx_webhooks.W003"
    assert name in warning.msg


@pytest.mark.parametrize("value", [[], "text", 3, ["TIMEOUT"]])
def test_settings_that_are_no_dictionary_are_named(value, settings):
    settings.OPENEDX_WEBHOOKS = value

    assert app_settings.TIMEOUT == 10
    assert [warning.id for warning in check_settings()] == ["openedx_webhooks.W001"]


@pytest.mark.parametrize(("key", "hint"), [("TIMEOUTS", "Did you mean 'TIMEOUT'?"), ("xyz", "It knows ENABLED, ")])
def test_an_unknown_key_is_named_with_what_may_be_meant(key, hint, settings):
    settings.OPENEDX_WEBHOOKS = {key: 1}

    [warning] = check_settings()
    assert warning.id == "openedx_webhooks.W002"
    assert warning.hint.startswith(hint)


def test_a_writable_field_that_names_no_field_is_named(settings):
    settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": ["auth.user.email", "email"]}

    [warning] = check_settings()
    assert warning.id == "openedx_webhooks.W004"
    assert "'email'" in warning.msg


def test_good_settings_need_no_words(settings):
    settings.OPENEDX_WEBHOOKS = {name: setting.default for name, setting in SETTINGS.items()}

    assert check_settings() == []


def test_a_setting_that_does_not_exist_is_an_error_of_the_programmer():
    with pytest.raises(AttributeError, match="NO_SUCH"):
        _ = app_settings.NO_SUCH
