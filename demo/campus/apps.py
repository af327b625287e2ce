"""The app of the campus."""

from django.apps import AppConfig


class CampusConfig(AppConfig):
    """It is called as the platform's app that has these models, so that the plugin's samples find them."""

    name = "demo.campus"
    label = "student"
    default_auto_field = "django.db.models.AutoField"
