"""``disable_filtering`` for webfilters."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0002_webfilter")]

    operations = [
        migrations.AddField(
            model_name="webfilter",
            name="disable_filtering",
            field=models.BooleanField(default=False, verbose_name="Disable Filtering"),
        ),
    ]
