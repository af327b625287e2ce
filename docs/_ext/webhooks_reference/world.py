"""What a running LMS passes to its filters, with fixed contents: real rows, a real block, a grade.

Built anew inside of each ``rolled_back`` block, so that one trial leaves nothing to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from web_fragments.fragment import Fragment

from openedx_webhooks import catalogue, filters, samples
from openedx_webhooks.filters import WebFilterStep
from tests import courseware, lms
from tests.campus.models import CohortMembership, CourseEnrollment, CourseUserGroup, Schedule, UserProfile


@contextmanager
def rolled_back() -> Iterator[None]:
    """A database in which nothing of this block has happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Rows:
    """The rows of one run: each is inserted when it is first asked for."""

    def __init__(self) -> None:
        self.user = get_user_model().objects.create(
            pk=42, username="jane", email="jane@example.com", first_name="Jane", last_name="Doe",
            date_joined=samples.MOMENT,
        )  # fmt: skip
        UserProfile.objects.create(
            pk=9, user=self.user, name="Jane Doe", year_of_birth=1990, gender="f", level_of_education="b",
            goals="To learn.",
            country="ES", city="Madrid", language="es",
        )  # fmt: skip

    def enrollment(self) -> CourseEnrollment:
        """Jane in the course."""
        CourseEnrollment.objects.create(pk=7, user=self.user, course_id=lms.COURSE)
        CourseEnrollment.objects.filter(pk=7).update(created=samples.MOMENT)
        return CourseEnrollment.objects.select_related("user").get(pk=7)

    def schedule(self) -> Schedule:
        """When Jane takes it."""
        return Schedule.objects.create(pk=8, enrollment=self.enrollment(), start_date=samples.MOMENT)

    def cohort(self) -> CourseUserGroup:
        """Where Jane shall go."""
        return CourseUserGroup.objects.create(pk=3, name="Group B", course_id=lms.COURSE)

    def membership(self) -> CohortMembership:
        """Where Jane is."""
        cohort = CourseUserGroup.objects.create(pk=2, name="Group A", course_id=lms.COURSE)
        return CohortMembership.objects.create(pk=5, user=self.user, course_user_group=cohort, course_id=lms.COURSE)


def arguments(filter_: catalogue.Filter) -> dict[str, Any]:
    """The arguments of this filter, by name; call it inside of a ``rolled_back`` block, once."""
    rows = Rows()
    real = {
        "user": lambda: rows.user,
        "user_id": lambda: rows.user.pk,
        "enrollment": rows.enrollment,
        "enrollments": lambda: rows.enrollment() and CourseEnrollment.objects.all(),
        "schedules": lambda: rows.schedule() and Schedule.objects.all(),
        "current_membership": rows.membership,
        "target_cohort": rows.cohort,
        "grade": lms.CourseGradeBase,
        "block": courseware.unit,
        "fragment": lambda: Fragment("<p>Introduction</p>"),
    }
    given = samples.filter_arguments(filter_)
    return {name: real[name]() if name in real else sample for name, sample in given.items()}


def step_of(filter_: catalogue.Filter) -> WebFilterStep:
    """The pipeline step that runs in this filter."""
    return getattr(filters, filter_.step_name)(filter_.filter_type, [])


def outgoing(filter_: catalogue.Filter, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the step tells its webfilters."""
    return step_of(filter_).outgoing(**given)


def targets(filter_: catalogue.Filter, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a reply may try to change: as the step itself puts it together."""
    told = outgoing(filter_, given)
    return {name: told[name] for name in step_of(filter_).also if name in told} | dict(given)
