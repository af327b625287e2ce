"""Settings of the tests: a small platform that loads the plugin as the real one does, through its entry points.

``TEST_DATABASE`` chooses the database of the whole run: ``sqlite`` (default), ``mariadb`` or ``postgresql``.
"""

import os

import pymysql
from edx_django_utils.plugins import add_plugins, get_plugin_apps

pymysql.version_info = (2, 2, 4, "final", 0)  # the mysqlclient that Django takes it for
pymysql.install_as_MySQLdb()

PROJECT = os.environ.get("TEST_PROJECT", "lms.djangoapp")

DATABASES = {
    "default": {
        "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
        "mariadb": {
            "ENGINE": "django.db.backends.mysql",
            "HOST": "127.0.0.1",
            "USER": "root",
            "NAME": "openedx_webhooks",
        },
        "postgresql": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": "127.0.0.1",
            "USER": "postgres",
            "NAME": "openedx_webhooks",
        },
    }[os.environ.get("TEST_DATABASE", "sqlite")]
}

SECRET_KEY = "only-for-tests"
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
SERVICE_VARIANT = "lms"
ROOT_URLCONF = "tests.urls"
DEFAULT_AUTO_FIELD = os.environ.get("TEST_AUTO_FIELD", "django.db.models.AutoField")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_URL = "/static/"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "openedx_events",
    "tests.campus",
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
            ],
        },
    }
]

add_plugins(__name__, PROJECT, "common")
add_plugins(__name__, PROJECT, "production")
