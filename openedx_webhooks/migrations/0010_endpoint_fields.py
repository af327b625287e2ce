"""The fields of the original get our words, wider event names, and addresses with single-label hosts and paths.

``event`` grows from 50 to 255 characters; nothing else here touches a table on MySQL or PostgreSQL. Each change can be
made twice, so a migration that was interrupted on MySQL, which has no transactions for this, can simply be run again.
"""

from __future__ import annotations

from django.db import migrations, models

from openedx_webhooks.validators import validate_redirect, validate_url


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0009_legacy_event_names")]

    operations = [
        migrations.AlterField(
            model_name="webhook",
            name="enabled",
            field=models.BooleanField(
                default=True, help_text="Untick to stop the calls and keep the configuration.", verbose_name="Enabled"
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="event",
            field=models.CharField(
                default="", help_text="When the address is called.", max_length=255, verbose_name="event"
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="use_www_form_encoding",
            field=models.BooleanField(
                default=False,
                help_text="Send form fields such as event_metadata_time instead of JSON.",
                verbose_name="Use WWW form encoding",
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="webhook_url",
            field=models.CharField(
                help_text="The address to call, such as https://example.com/hook or http://n8n:5678/webhook/x.",
                max_length=255,
                validators=[validate_url],
                verbose_name="webhook URL",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="description",
            field=models.TextField(
                blank=True,
                default="",
                help_text="What this is for and who looks after it. Optional.",
                verbose_name="description",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="disable_filtering",
            field=models.BooleanField(
                default=False, help_text="Do not apply the data of a reply.", verbose_name="Disable Filtering"
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="disable_halt",
            field=models.BooleanField(
                default=False,
                help_text="Do not stop the process when a reply names an exception.",
                verbose_name="Disable halting",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="enabled",
            field=models.BooleanField(
                default=True, help_text="Untick to stop the calls and keep the configuration.", verbose_name="Enabled"
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="event",
            field=models.CharField(
                default="", help_text="When the address is called.", max_length=255, verbose_name="event"
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="halt_on_4xx",
            field=models.BooleanField(
                default=False,
                help_text="Stop the process when the reply has a status from 400 to 499.",
                verbose_name="Halt on 4xx",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="halt_on_5xx",
            field=models.BooleanField(
                default=False,
                help_text="Stop the process when the reply has a status from 500 to 599.",
                verbose_name="Halt on 5xx",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="halt_on_request_exception",
            field=models.BooleanField(
                default=False,
                help_text="Stop the process when there is no intelligible reply: no connection, a timeout, not JSON.",
                verbose_name="Halt on request exception",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="redirect_on_4xx",
            field=models.CharField(
                blank=True,
                help_text="Where the user goes then, if the event supports it: an address, or a path of this site.",
                max_length=255,
                validators=[validate_redirect],
                verbose_name="redirect on 4xx",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="redirect_on_5xx",
            field=models.CharField(
                blank=True,
                help_text="Where the user goes then, if the event supports it: an address, or a path of this site.",
                max_length=255,
                validators=[validate_redirect],
                verbose_name="redirect on 5xx",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="redirect_on_request_exception",
            field=models.CharField(
                blank=True,
                help_text="Where the user goes then, if the event supports it: an address, or a path of this site.",
                max_length=255,
                validators=[validate_redirect],
                verbose_name="redirect on request exception",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="use_www_form_encoding",
            field=models.BooleanField(
                default=False,
                help_text="Send form fields such as event_metadata_time instead of JSON.",
                verbose_name="Use WWW form encoding",
            ),
        ),
        migrations.AlterField(
            model_name="webfilter",
            name="webhook_url",
            field=models.CharField(
                help_text="The address to call, such as https://example.com/hook or http://n8n:5678/webhook/x.",
                max_length=255,
                validators=[validate_url],
                verbose_name="webhook URL",
            ),
        ),
    ]
