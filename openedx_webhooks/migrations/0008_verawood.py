"""Webfilters that the admin of versions 18 to 21 stored under a name that was never asked for get the name that is.

On a database of version 22 this has run already, without the disabling, and is not run again.
"""

from __future__ import annotations

from django.db import migrations

from ._rows import rename_events

ALIASES = {
    "StudentSettingsRenderStarted": "AccountSettingsRenderStarted",
    "XblockRenderStarted": "RenderXBlockStarted",
    "CourseHomepageUrlCreationStarted": "CourseHomeUrlCreationStarted",
    "HomeEnrollmentApiRendered": "CourseEnrollmentAPIRenderStarted",
    "HomeCourserunApiRenderedStarted": "CourseRunAPIRenderStarted",
    "OraSubmissionViewRenderStarted": "ORASubmissionViewRenderStarted",
    "IdvPageUrlRequested": "IDVPageURLRequested",
    "CourseAboutPageUrlRequested": "CourseAboutPageURLRequested",
    "ScheduleQuerysetRequested": "ScheduleQuerySetRequested",
    "AuthoringLmsPageUrlRequested": "LMSPageURLRequested",
}


class Migration(migrations.Migration):
    dependencies = [("openedx_webhooks", "0007_alter_webfilter_event")]

    operations = [
        migrations.RunPython(rename_events(ALIASES), migrations.RunPython.noop),
        migrations.AlterModelOptions(name="webfilter", options={"ordering": ["pk"]}),
    ]
