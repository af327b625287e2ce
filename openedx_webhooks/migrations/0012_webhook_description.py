"""Webhooks get the description that webfilters always had.

One column a migration from here on: on MySQL a migration of two that stops between them cannot be run again.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0011_long_event_names")]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="description",
            field=models.TextField(
                blank=True,
                default="",
                help_text="What this is for and who looks after it. Optional.",
                verbose_name="description",
            ),
        ),
    ]
