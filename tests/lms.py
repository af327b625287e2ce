"""What a running LMS passes to its filters: models that are in the database, QuerySets of their rows, a grade."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from opaque_keys.edx.keys import CourseKey

from openedx_webhooks import catalogue, samples
from tests.campus.models import CohortMembership, CourseEnrollment, CourseUserGroup, UserProfile

COURSE = CourseKey.from_string(samples.COURSE_ID)
PASSWORD = "md5$salt$0123456789abcdef0123456789abcdef"

_numbers = count(1)


class CourseGradeBase:
    """A grade, as far as filters carry it."""

    def __init__(self, percent: float = 0.87, letter_grade: str = "B", passed: bool = True) -> None:
        self.percent = percent
        self.letter_grade = letter_grade
        self.passed = passed
        self.course_data = object()


CourseGradeBase.__module__ = "lms.djangoapps.grades.course_grade"


def learner(**fields: Any) -> Any:
    """A user with a profile, as the platform's registration leaves them."""
    number = next(_numbers)
    user = get_user_model().objects.create(
        username=f"jane{number}", email=f"jane{number}@example.com", password=PASSWORD, first_name="Jane", **fields
    )
    UserProfile.objects.create(user=user, name="Jane Doe", year_of_birth=1990, gender="f", level_of_education="b")
    return user


def enrollment(user: Any) -> CourseEnrollment:
    return CourseEnrollment.objects.create(user=user, course_id=COURSE)


def cohort(name: str = "Group A") -> CourseUserGroup:
    return CourseUserGroup.objects.create(name=name, course_id=COURSE)


def membership(user: Any) -> CohortMembership:
    return CohortMembership.objects.create(user=user, course_user_group=cohort(), course_id=COURSE)


def arguments(filter_: catalogue.Filter, user: Any = None) -> dict[str, Any]:
    """The arguments of this filter: its samples, with real rows for what is a row."""
    user = user or learner()
    real = {
        "user": lambda: user,
        "enrollment": lambda: enrollment(user),
        "current_membership": lambda: membership(user),
        "target_cohort": lambda: cohort("Group B"),
        "enrollments": lambda: enrollment(user) and CourseEnrollment.objects.all(),
        "schedules": lambda: enrollment(user) and CourseEnrollment.objects.filter(is_active=True),
        "grade": CourseGradeBase,
        "user_id": lambda: user.pk,
    }
    return {
        name: real[name]() if name in real else sample for name, sample in samples.filter_arguments(filter_).items()
    }


def run(filter_: catalogue.Filter, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run it as the platform does; its arguments afterwards, by name."""
    result = filter_.cls.run_filter(**arguments)
    return dict(zip(arguments, result if len(arguments) > 1 else [result], strict=True))


def columns(instance: Any) -> dict[str, Any]:
    """The values of a model in memory."""
    return {column.attname: getattr(instance, column.attname) for column in instance._meta.concrete_fields}


def stored(instance: Any) -> dict[str, Any]:
    """The values of a model in the database."""
    return instance.__class__._base_manager.filter(pk=instance.pk).values().get()


def run_named(name: str, **given: Any) -> dict[str, Any]:
    """Run the filter of this name with these arguments, and real ones for the others."""
    filter_ = catalogue.filter_named(name)
    return run(filter_, {**arguments(filter_, given.get("user")), **given})
