"""What the platform does when a learner registers, logs in, enrols, leaves or earns a certificate.

Each function runs the real filter and sends the real events, in the order and with the arguments of the platform
(``user_authn/views``, ``student/models/course_enrollment.py``, ``certificates/generation_handler.py``), and writes
down what it did in a ``Trace``. A refusal leaves as ``Refused``: what a learner is told, and with which status.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.http import QueryDict
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning import data, signals
from openedx_filters.exceptions import OpenEdxFilterException
from openedx_filters.learning import filters

from demo.campus.models import CourseEnrollment, GeneratedCertificate, UserProfile
from openedx_webhooks import registry

COURSE = data.CourseData(
    course_key=CourseKey.from_string("course-v1:OpenedX+DemoX+2026"), display_name="Demonstration Course"
)
MODE = "verified"
WRONG_LOGIN = "User name or password is incorrect."  # the same for an unknown user: nobody learns who has an account


class Refused(Exception):
    """The action did not happen. ``redirect_to`` is where the learner is sent instead, if anywhere."""

    def __init__(self, message: str, status: int, redirect_to: str = "") -> None:
        super().__init__(message)
        self.status, self.redirect_to = status, redirect_to


@dataclass
class Grade:
    """A course grade, as far as the filter of certificates carries it."""

    percent: float
    letter_grade: str
    passed: bool


@dataclass
class Trace:
    """What happened behind the page, in order: each filter with its effect, and each event.

    ``log`` is what the plugin wrote to the platform's log meanwhile: a receiver that fails is named there.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)

    def filter(self, cls: Any, before: str, **arguments: Any) -> Any:
        """Run the filter; ``before`` is the learner's full name until then. Raises the filter's own exceptions."""
        asked = len(registry.webfilters(cls.__name__))
        step = {"kind": "filter", "name": cls.__name__, "effect": "nothing changed" if asked else "nobody is asked"}
        self.steps.append(step)
        with _listening() as step["log"]:
            try:
                result = cls.run_filter(**arguments)
            except OpenEdxFilterException as exception:
                step["effect"] = f"stopped by {type(exception).__name__}"
                raise
        after = _name_in(result)
        if after != before:
            step["effect"] = f"the full name changed from “{before}” to “{after}”"
        return result

    def event(self, name: str, **arguments: Any) -> None:
        """Send the event."""
        getattr(signals, name).send_event(**arguments)
        told = len(registry.webhooks(name))
        effect = f"sent; {told} webhook{'s' * (told > 1)} after the commit" if told else "sent; no webhook listens"
        self.steps.append({"kind": "event", "name": name, "effect": effect})


class _Lines(logging.Handler):
    """Keeps the lines of its own thread: another learner may be on the campus."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines, self.thread = lines, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.lines.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the plugin logs in the meantime."""
    lines: list[str] = []
    handler, logger = _Lines(lines), logging.getLogger("openedx_webhooks")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def _name_in(result: Any) -> str:
    """The full name after a filter: of a form, a user, an enrolment, or the first of several values."""
    first = result[0] if isinstance(result, tuple) else result
    if isinstance(first, QueryDict):
        return first.get("name", "")
    user = getattr(first, "user", first)
    return user.profile.name if user else ""


def register(trace: Trace, form: QueryDict) -> Any:
    """A new user with a profile; what the filter leaves of the form is what counts."""
    try:
        form = trace.filter(filters.StudentRegistrationRequested, form["name"], form_data=form)
    except filters.StudentRegistrationRequested.PreventRegistration as refusal:
        raise Refused(refusal.message, refusal.status_code or 200) from refusal
    user = get_user_model().objects.create_user(form["username"], form["email"], password=form["username"])
    UserProfile.objects.create(user=user, name=form["name"])
    trace.event("STUDENT_REGISTRATION_COMPLETED", user=_user_data(user))
    return user


def log_in(trace: Trace, username: str, password: str) -> Any:
    """The user, if the password is right; the filter runs before it is checked, for whoever is named."""
    user = get_user_model().objects.filter(username=username, profile__isnull=False).first()
    try:
        trace.filter(filters.StudentLoginRequested, user.profile.name if user else "", user=user)
    except filters.StudentLoginRequested.PreventLogin as refusal:
        raise Refused(refusal.message, 400, refusal.redirect_to) from refusal
    if not user or not user.check_password(password):
        raise Refused(WRONG_LOGIN, 400)
    trace.event("SESSION_LOGIN_COMPLETED", user=_user_data(user))
    return user


def enrol(trace: Trace, user: Any) -> CourseEnrollment:
    """An active enrolment."""
    try:
        _, _, mode = trace.filter(
            filters.CourseEnrollmentStarted, user.profile.name, user=user, course_key=COURSE.course_key, mode=MODE
        )
    except filters.CourseEnrollmentStarted.PreventEnrollment as refusal:
        raise Refused(refusal.message, 400) from refusal
    enrollment, _ = CourseEnrollment.objects.update_or_create(
        user=user, course_id=COURSE.course_key, defaults={"mode": mode or MODE, "is_active": True}
    )
    trace.event("COURSE_ENROLLMENT_CHANGED", enrollment=_enrollment_data(enrollment))
    trace.event("COURSE_ENROLLMENT_CREATED", enrollment=_enrollment_data(enrollment))
    return enrollment


def leave(trace: Trace, enrollment: CourseEnrollment) -> None:
    """The enrolment is inactive from now on."""
    try:
        trace.filter(filters.CourseUnenrollmentStarted, enrollment.user.profile.name, enrollment=enrollment)
    except filters.CourseUnenrollmentStarted.PreventUnenrollment as refusal:
        raise Refused(refusal.message, 400) from refusal
    enrollment.is_active = False
    enrollment.save()
    trace.event("COURSE_ENROLLMENT_CHANGED", enrollment=_enrollment_data(enrollment))
    trace.event("COURSE_UNENROLLMENT_COMPLETED", enrollment=_enrollment_data(enrollment))


def certify(trace: Trace, enrollment: CourseEnrollment) -> GeneratedCertificate:
    """A certificate on the name that the profile has when the filter is through."""
    user, mode, grade = enrollment.user, enrollment.mode, Grade(0.87, "B", passed=True)
    try:
        trace.filter(
            filters.CertificateCreationRequested, user.profile.name, user=user, course_key=COURSE.course_key, mode=mode,
            status="downloadable", grade=grade, generation_mode="self",
        )  # fmt: skip
    except filters.CertificateCreationRequested.PreventCertificateCreation as refusal:
        raise Refused(refusal.message, 400) from refusal
    certificate, _ = GeneratedCertificate.objects.update_or_create(
        user=user,
        course_id=COURSE.course_key,
        defaults={"name": user.profile.name, "mode": mode, "grade": str(grade.percent), "status": "downloadable"},
    )
    trace.event("CERTIFICATE_CREATED", certificate=_certificate_data(certificate))
    return certificate


def _user_data(user: Any) -> data.UserData:
    pii = data.UserPersonalData(username=user.username, email=user.email, name=user.profile.name)
    return data.UserData(id=user.pk, is_active=user.is_active, pii=pii)


def _enrollment_data(enrollment: CourseEnrollment) -> data.CourseEnrollmentData:
    return data.CourseEnrollmentData(
        user=_user_data(enrollment.user),
        course=COURSE,
        mode=enrollment.mode,
        is_active=enrollment.is_active,
        creation_date=enrollment.created,
    )


def _certificate_data(certificate: GeneratedCertificate) -> data.CertificateData:
    return data.CertificateData(
        user=_user_data(certificate.user),
        course=COURSE,
        mode=certificate.mode,
        grade=certificate.grade,
        download_url="",
        name=certificate.name,
        current_status=certificate.status,
    )
