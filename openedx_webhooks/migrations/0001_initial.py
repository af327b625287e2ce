"""The table of the webhooks, as the original plugin made it.

The choices of ``event`` are left out of the state here and in the migrations that follow: they make no SQL, and ours
live in the admin form.
"""

from __future__ import annotations

import django.utils.timezone
import model_utils.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                # Explicit, so that a site with another DEFAULT_AUTO_FIELD gets the same key.
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
                ("event", models.CharField(default="", max_length=50)),
                ("webhook_url", models.URLField(max_length=255)),
                ("enabled", models.BooleanField(default=True, verbose_name="Enabled")),
            ],
            options={"abstract": False},
        ),
    ]
