"""Webfilters under the misspelt names of the first releases get the names that the library has."""

from __future__ import annotations

from django.db import migrations

from ._rows import rename_events

SPELLINGS = {
    "Course_aboutRenderStarted": "CourseAboutRenderStarted",
    "Veritical_block_childRenderStarted": "VerticalBlockChildRenderStarted",
    "VeriticalBlockChildRenderStarted": "VerticalBlockChildRenderStarted",
    "Veritical_blockRenderCompleted": "VerticalBlockRenderCompleted",
    "VeriticalBlockRenderCompleted": "VerticalBlockRenderCompleted",
}


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0008_verawood")]

    operations = [migrations.RunPython(rename_events(SPELLINGS), migrations.RunPython.noop)]
