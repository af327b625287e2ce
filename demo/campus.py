"""What the platform does when a learner enrols and registers: the real event, the real filter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.data import CourseData, CourseEnrollmentData, UserData, UserPersonalData
from openedx_events.learning.signals import COURSE_ENROLLMENT_CREATED
from openedx_filters.learning.filters import StudentRegistrationRequested

COURSE = CourseData(course_key=CourseKey.from_string("course-v1:OpenedX+DemoX+2026"), display_name="Demonstration")


def enrol(name: str) -> None:
    """Send the event of an enrolment."""
    COURSE_ENROLLMENT_CREATED.send_event(
        enrollment=CourseEnrollmentData(
            user=UserData(
                id=42, is_active=True, pii=UserPersonalData(username="jane", email="jane@example.com", name=name)
            ),
            course=COURSE,
            mode="verified",
            is_active=True,
            creation_date=datetime.now(UTC),
        )
    )


def register(name: str) -> dict[str, Any]:
    """Run the filter of a registration; what comes back is what a learner would see."""
    form = QueryDict(mutable=True)
    form.update({"name": name, "username": "jane", "email": "jane@example.com"})
    try:
        registered = StudentRegistrationRequested.run_filter(form_data=form)
    except StudentRegistrationRequested.PreventRegistration as refusal:
        return {"refused": str(refusal), "status": refusal.status_code}
    return {"registered": registered["name"]}
