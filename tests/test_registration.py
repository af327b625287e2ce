"""The plugin registers itself as the platform's machinery expects, and keeps what others have configured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from types import SimpleNamespace

import pytest
from django.apps import apps

from openedx_webhooks import catalogue
from openedx_webhooks.apps import WebhooksConfig
from openedx_webhooks.settings import common, production

LOGIN = "org.openedx.learning.student.login.requested.v1"
STEP = "openedx_webhooks.filters.StudentLoginRequestedWebFilter"
OTHER = "other.plugin.Step"


def registered(current=None, **ours):
    settings = SimpleNamespace(OPENEDX_WEBHOOKS=ours)
    if current is not None:
        settings.OPEN_EDX_FILTERS_CONFIG = {LOGIN: current}
    common.plugin_settings(settings)
    return settings.OPEN_EDX_FILTERS_CONFIG


@pytest.mark.parametrize("group", ["lms.djangoapp", "cms.djangoapp"])
def test_both_services_load_it_by_entry_point(group):
    [entry] = [entry for entry in entry_points(group=group) if entry.name == "webhooks"]

    assert entry.load() is WebhooksConfig
    assert set(WebhooksConfig.plugin_app["settings_config"][group]) == {"common", "production"}


def test_the_app_keeps_the_label_and_keys_of_the_original():
    config = apps.get_app_config("openedx_webhooks")

    assert isinstance(config, WebhooksConfig)
    assert config.default_auto_field == "django.db.models.AutoField"
    assert config.verbose_name == "OPENEDX_WEBHOOKS"


def test_every_filter_gets_our_step_where_nothing_is_configured():
    config = registered()

    assert set(config) == {filter_.filter_type for filter_ in catalogue.filters()}
    assert config[LOGIN] == {"fail_silently": True, "pipeline": [STEP]}


@pytest.mark.parametrize(
    ("current", "after"),
    [
        ({"pipeline": [OTHER]}, {"pipeline": [OTHER, STEP]}),
        (
            {"fail_silently": False, "pipeline": [OTHER], "log_level": "info"},
            {"fail_silently": False, "pipeline": [OTHER, STEP], "log_level": "info"},
        ),
        ({"fail_silently": True}, {"fail_silently": True, "pipeline": [STEP]}),
        ({"pipeline": OTHER}, {"pipeline": [OTHER, STEP]}),
        ([OTHER], [OTHER, STEP]),
        ((OTHER,), [OTHER, STEP]),
        (OTHER, [OTHER, STEP]),
        ([], {"fail_silently": True, "pipeline": [STEP]}),
        ({}, {"pipeline": [STEP]}),
        ([STEP, OTHER], [STEP, OTHER]),
    ],
)
def test_what_others_have_configured_stays_in_its_form(current, after):
    assert registered(current)[LOGIN] == after


@pytest.mark.parametrize("value", [5, True, [["a"]], "a text", None])
def test_a_typing_error_in_what_is_excluded_does_not_stop_the_start(value):
    assert registered(EXCLUDED_FILTERS=value)[LOGIN]["pipeline"] == [STEP]


@pytest.mark.parametrize("current", [5, True, {"pipeline": 5}])
def test_an_entry_that_nobody_could_read_is_left_as_it_is(current):
    assert registered(current)[LOGIN] == current


def test_it_may_run_any_number_of_times():
    settings = SimpleNamespace()
    common.plugin_settings(settings)
    once = json.dumps(settings.OPEN_EDX_FILTERS_CONFIG)

    production.plugin_settings(settings)
    common.plugin_settings(settings)

    assert json.dumps(settings.OPEN_EDX_FILTERS_CONFIG) == once


def test_the_configuration_of_other_filters_stays():
    settings = SimpleNamespace(OPEN_EDX_FILTERS_CONFIG={"org.example.other.v1": [OTHER]})

    common.plugin_settings(settings)

    assert settings.OPEN_EDX_FILTERS_CONFIG["org.example.other.v1"] == [OTHER]


@pytest.mark.parametrize("name", [LOGIN, "StudentLoginRequested"])
def test_an_excluded_filter_gets_no_step(name):
    assert LOGIN not in registered(EXCLUDED_FILTERS=[name])


def test_a_filter_excluded_after_the_common_stage_loses_our_step_and_no_other():
    settings = SimpleNamespace(OPEN_EDX_FILTERS_CONFIG={LOGIN: [OTHER]})
    common.plugin_settings(settings)
    settings.OPENEDX_WEBHOOKS["EXCLUDED_FILTERS"] = [LOGIN]

    production.plugin_settings(settings)

    assert settings.OPEN_EDX_FILTERS_CONFIG[LOGIN] == [OTHER]


def test_a_patch_can_add_to_our_settings_after_the_common_stage():
    settings = SimpleNamespace()
    common.plugin_settings(settings)

    settings.OPENEDX_WEBHOOKS["TIMEOUT"] = 5
    production.plugin_settings(settings)

    assert settings.OPENEDX_WEBHOOKS == {"TIMEOUT": 5}


def django(code: str, **environment: str) -> str:
    """Run code in a process of its own that has loaded nothing yet."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("project", ["lms.djangoapp", "cms.djangoapp"])
def test_lms_and_cms_listen_to_every_event_and_filter(project):
    out = django(
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from openedx_webhooks import catalogue, receivers\n"
        "ours = receivers.DISPATCH_UID\n"
        "heard = [e for e in catalogue.events() if ours in {key[0] for key, *_ in e.signal.receivers}]\n"
        "stepped = [f for f in catalogue.filters() if f.filter_type in settings.OPEN_EDX_FILTERS_CONFIG]\n"
        "print(len(catalogue.events()) - len(heard), len(catalogue.filters()) - len(stepped), len(heard))\n",
        TEST_PROJECT=project,
    )

    assert out.split()[:2] == ["0", "0"]
    assert int(out.split()[2]) >= 50


def test_an_assignment_after_all_stages_does_not_drop_our_steps():
    """As a Tutor patch that sets ``OPEN_EDX_FILTERS_CONFIG`` does."""
    out = django(
        "from django.conf import settings\n"
        f"settings.OPEN_EDX_FILTERS_CONFIG = {{{LOGIN!r}: [{OTHER!r}]}}\n"
        "import django; django.setup()\n"
        f"print(settings.OPEN_EDX_FILTERS_CONFIG[{LOGIN!r}])\n"
    )

    assert out.strip() == str([OTHER, STEP])


def test_a_process_that_has_loaded_no_app_can_run_every_filter():
    """openedx-filters has one that ``manage.py`` runs before any app is loaded: it must not stop ``migrate``."""
    out = django(
        "from django.conf import settings\n"
        "from django.apps import apps\n"
        "from openedx_webhooks import catalogue\n"
        "ran = 0\n"
        "for filter_ in catalogue.filters():\n"
        "    assert settings.OPEN_EDX_FILTERS_CONFIG[filter_.filter_type]['pipeline']\n"
        "    settings.OPEN_EDX_FILTERS_CONFIG[filter_.filter_type]['fail_silently'] = False\n"
        "    arguments = {name: object() for name in filter_.arguments if name != 'form_data'}\n"
        "    if 'form_data' in filter_.arguments:\n"
        "        from django.http import QueryDict\n"
        "        arguments['form_data'] = QueryDict('name=Jane', mutable=True)\n"
        "    steps = filter_.cls.get_steps_for_pipeline(filter_.cls.get_pipeline_configuration()[0], False)\n"
        "    assert len(steps) == 1\n"
        "    filter_.cls.run_filter(**arguments)\n"
        "    ran += 1\n"
        "assert not apps.apps_ready\n"
        "print(ran == len(catalogue.filters()), ran)\n"
    )

    assert out.startswith("True ")


def test_with_tables_missing_a_login_goes_on():
    """Installed, and not migrated yet: events are sent and filters run as if there were no webhooks."""
    out = django(
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "assert 'openedx_webhooks_webhook' not in connection.introspection.table_names()\n"
        "from django.conf import settings\n"
        "from openedx_webhooks import catalogue, samples\n"
        "for filter_ in catalogue.filters():\n"
        "    settings.OPEN_EDX_FILTERS_CONFIG[filter_.filter_type]['fail_silently'] = False\n"
        "    filter_.cls.run_filter(**samples.filter_arguments(filter_))\n"
        "for event in catalogue.events():\n"
        "    event.signal.send_event(send_robust=False, **samples.event_arguments(event))\n"
        "print('went on')\n",
        TEST_DATABASE="sqlite",
    )

    assert out.strip() == "went on"


def test_it_can_be_imported_without_django_being_set_up():
    django("import openedx_webhooks.filters, openedx_webhooks.apps, openedx_webhooks.settings.production\n")


def test_the_public_names_of_the_original_are_there():
    from openedx_webhooks.settings.common import plugin_settings
    from openedx_webhooks.utils import flatten_dict

    assert callable(plugin_settings)
    assert flatten_dict({"user": {"id": 1}}) == {"user_id": "1"}
