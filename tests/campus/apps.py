"""The app of the stand-ins."""

from django.apps import AppConfig


class CampusConfig(AppConfig):
    """It is called as the platform's app, so that samples find its models."""

    name = "tests.campus"
    label = "student"  # as the app of the platform that has these models
    default_auto_field = "django.db.models.AutoField"
