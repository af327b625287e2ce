"""Nothing to do: the original changed the choices of ``Webfilter.event`` here, which makes no SQL.

Its name stays, because databases in the field remember it.
"""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0006_alter_webfilter_event")]

    operations: list[migrations.operations.base.Operation] = []
