"""The Django app, and how the platform's plugin machinery finds its parts.

This module is imported while settings are still being read: it must import nothing that needs them.
https://docs.openedx.org/projects/edx-django-utils/en/latest/plugins/how_tos/how_to_create_a_plugin_app.html
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig

_STAGES = {
    "common": {"relative_path": "settings.common"},
    "production": {"relative_path": "settings.production"},
}


class WebhooksConfig(AppConfig):
    """Webhooks and webfilters, in LMS and CMS.

    The signals are connected in ``ready()`` rather than listed in ``plugin_app``: what there is to connect depends on
    the installed libraries.
    """

    name = "openedx_webhooks"
    verbose_name = "OPENEDX_WEBHOOKS"
    default_auto_field = "django.db.models.AutoField"

    plugin_app: ClassVar[dict[str, Any]] = {
        "settings_config": {"lms.djangoapp": _STAGES, "cms.djangoapp": _STAGES},
    }

    def ready(self) -> None:
        """Connect the signals, and add our steps again to whatever the settings have become."""
        from django.conf import settings

        from . import catalogue, checks, receivers, registry
        from .settings.common import register_steps

        catalogue.refresh()
        receivers.connect()
        registry.connect()
        register_steps(settings)
        checks.register()
