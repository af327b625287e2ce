"""Webhooks get a payload format.

Rows that exist become ``typed``, which is what their receivers have been getting; the default for new ones, ``named``,
is no matter of the database.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0012_webhook_description")]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="payload_format",
            field=models.CharField(
                choices=[
                    ("named", "Named: one key per argument of the event, such as user or enrollment"),
                    ("typed", "Typed: the data class is the key, as sent by version 22 and earlier"),
                    ("cloudevents", "CloudEvents 1.0: structured JSON"),
                ],
                default="typed",
                help_text="How the payload is laid out. A receiver written for version 22 or earlier needs Typed.",
                max_length=16,
                verbose_name="payload format",
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="payload_format",
            field=models.CharField(
                choices=[
                    ("named", "Named: one key per argument of the event, such as user or enrollment"),
                    ("typed", "Typed: the data class is the key, as sent by version 22 and earlier"),
                    ("cloudevents", "CloudEvents 1.0: structured JSON"),
                ],
                default="named",
                help_text="How the payload is laid out. A receiver written for version 22 or earlier needs Typed.",
                max_length=16,
                verbose_name="payload format",
            ),
        ),
    ]
