"""A small Django project that loads the plugin as the platform does: by its entry point, stage by stage."""

import os
from pathlib import Path

from edx_django_utils.plugins import add_plugins, get_plugin_apps

PROJECT = "lms.djangoapp"

DEBUG = True
SECRET_KEY = "the demo has no secrets"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "demo.urls"
SERVICE_VARIANT = "lms"
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DEMO_DATABASE", ":memory:"),  # run.py names a file that lasts as long as the demo
        "ATOMIC_REQUESTS": True,  # as in LMS and CMS
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "openedx_events",
    "demo.campus",
    *get_plugin_apps(PROJECT),
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a browser asks for icons that nobody has promised
        "openedx_webhooks": {"handlers": ["console"], "level": "WARNING"},
        # It logs every refusal with a traceback; here the refusal is what the page shows.
        "openedx_filters": {"handlers": ["console"], "level": "CRITICAL"},
    },
}

#: Where the receiver is; run.py knows.
DEMO_RECEIVER = os.environ.get("DEMO_RECEIVER", "http://127.0.0.1:8001")

add_plugins(__name__, PROJECT, "common")
add_plugins(__name__, PROJECT, "production")
