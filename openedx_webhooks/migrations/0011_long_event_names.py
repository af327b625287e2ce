"""On the way back only: names that the original's column cannot hold are cut before the column is.

Nothing happens on the way forward.
"""

from __future__ import annotations

from django.db import migrations

from ._rows import cut_long_events


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0010_endpoint_fields")]

    operations = [migrations.RunPython(migrations.RunPython.noop, cut_long_events)]
