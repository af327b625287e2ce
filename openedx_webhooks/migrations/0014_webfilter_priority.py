"""Webfilters get a priority: the lower number first, then the older row."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0013_webhook_payload_format")]

    operations = [
        migrations.AddField(
            model_name="webfilter",
            name="priority",
            field=models.SmallIntegerField(
                default=0,
                help_text="Answers of several webfilters on one event apply from the lowest number up: the last wins.",
                verbose_name="priority",
            ),
        ),
        migrations.AlterModelOptions(
            name="webfilter",
            options={"ordering": ["priority", "pk"]},
        ),
        migrations.AlterModelOptions(
            name="webhook",
            options={"ordering": ["pk"]},
        ),
    ]
