"""``use_www_form_encoding`` for both."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0003_auto_20230607_1246")]

    operations = [
        migrations.AddField(
            model_name="webfilter",
            name="use_www_form_encoding",
            field=models.BooleanField(default=False, verbose_name="Use WWW form encoding"),
        ),
        migrations.AddField(
            model_name="webhook",
            name="use_www_form_encoding",
            field=models.BooleanField(default=False, verbose_name="Use WWW form encoding"),
        ),
    ]
