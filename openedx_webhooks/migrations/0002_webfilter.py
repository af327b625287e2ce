"""The table of the webfilters, as the original plugin made it."""

from __future__ import annotations

import django.utils.timezone
import model_utils.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Webfilter",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    model_utils.fields.AutoCreatedField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "modified",
                    model_utils.fields.AutoLastModifiedField(
                        default=django.utils.timezone.now, editable=False, verbose_name="modified"
                    ),
                ),
                ("description", models.TextField(blank=True, default="")),
                ("event", models.CharField(default="", max_length=50)),
                ("webhook_url", models.URLField(max_length=255)),
                ("enabled", models.BooleanField(default=True, verbose_name="Enabled")),
                ("disable_halt", models.BooleanField(default=False, verbose_name="Disable halting")),
                ("halt_on_4xx", models.BooleanField(default=False, verbose_name="Halt on 4xx")),
                ("redirect_on_4xx", models.URLField(blank=True, max_length=255)),
                ("halt_on_5xx", models.BooleanField(default=False, verbose_name="Halt on 5xx")),
                ("redirect_on_5xx", models.URLField(blank=True, max_length=255)),
                (
                    "halt_on_request_exception",
                    models.BooleanField(default=False, verbose_name="Halt on request exception"),
                ),
                ("redirect_on_request_exception", models.URLField(blank=True, max_length=255)),
            ],
            options={"abstract": False},
        ),
    ]
