"""What the platform does when a learner registers, logs in, enrols, leaves or earns a certificate.

Each function runs the real filter and sends the real events, in the order and with the arguments of the platform
(``user_authn/views``, ``student/models/course_enrollment.py``, ``certificates/generation_handler.py``), and writes
down what it did in a ``Trace``. A refusal leaves as ``Refused``: what a learner is told, and with which status.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import QueryDict
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning import data
from openedx_filters.learning import filters

from demo.campus.forms import RegistrationForm
from demo.campus.models import CourseEnrollment, GeneratedCertificate, UserProfile
from demo.campus.trace import Grade, Trace

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


def register(trace: Trace, form: QueryDict) -> Any:
    """A new user with a profile; what the filter leaves of the form is what is checked, and what counts."""
    try:
        form = trace.filter(filters.StudentRegistrationRequested, form_data=form)["form_data"]
    except filters.StudentRegistrationRequested.PreventRegistration as refusal:
        raise Refused(refusal.message, refusal.status_code or 200) from refusal
    checked = RegistrationForm(form)
    if not checked.is_valid():
        raise Refused(" ".join(error for errors in checked.errors.values() for error in errors), 400)
    user = get_user_model().objects.create_user(form["username"], form["email"], form["username"], is_active=False)
    UserProfile.objects.create(user=user, name=form["name"], country=form["country"])
    trace.event("STUDENT_REGISTRATION_COMPLETED", user=_user_data(user))
    return user


def log_in(trace: Trace, username: str, password: str) -> Any:
    """The user, if the password is right; the filter runs before it is checked, for whoever is named."""
    user = get_user_model().objects.filter(username=username, profile__isnull=False).first()
    try:
        trace.filter(filters.StudentLoginRequested, user=user)
    except filters.StudentLoginRequested.PreventLogin as refusal:
        raise Refused(refusal.message, 400, refusal.redirect_to) from refusal
    if not user or not user.check_password(password):
        raise Refused(WRONG_LOGIN, 400)
    trace.event("SESSION_LOGIN_COMPLETED", user=_user_data(user))
    return user


def enrol(trace: Trace, user: Any) -> CourseEnrollment:
    """An active enrolment, in the mode that the filter leaves."""
    try:
        asked = trace.filter(filters.CourseEnrollmentStarted, user=user, course_key=COURSE.course_key, mode=MODE)
    except filters.CourseEnrollmentStarted.PreventEnrollment as refusal:
        raise Refused(refusal.message, 400) from refusal
    enrollment, _ = CourseEnrollment.objects.update_or_create(
        user=user, course_id=COURSE.course_key, defaults={"mode": asked["mode"], "is_active": True}
    )
    trace.event("COURSE_ENROLLMENT_CHANGED", enrollment=_enrollment_data(enrollment))
    trace.event("COURSE_ENROLLMENT_CREATED", enrollment=_enrollment_data(enrollment))
    return enrollment


def leave(trace: Trace, enrollment: CourseEnrollment) -> None:
    """The enrolment is inactive from now on."""
    try:
        enrollment = trace.filter(filters.CourseUnenrollmentStarted, enrollment=enrollment)["enrollment"]
    except filters.CourseUnenrollmentStarted.PreventUnenrollment as refusal:
        raise Refused(refusal.message, 400) from refusal
    enrollment.is_active = False
    enrollment.save()
    trace.event("COURSE_ENROLLMENT_CHANGED", enrollment=_enrollment_data(enrollment))
    trace.event("COURSE_UNENROLLMENT_COMPLETED", enrollment=_enrollment_data(enrollment))


def certify(trace: Trace, enrollment: CourseEnrollment) -> GeneratedCertificate:
    """A certificate on the name that the profile has when the filter is through, with the mode and grade it leaves."""
    try:
        asked = trace.filter(
            filters.CertificateCreationRequested, user=enrollment.user, course_key=COURSE.course_key,
            mode=enrollment.mode, status="downloadable", grade=Grade(0.87, "B", passed=True), generation_mode="self",
        )  # fmt: skip
    except filters.CertificateCreationRequested.PreventCertificateCreation as refusal:
        raise Refused(refusal.message, 400) from refusal
    name, grade = asked["user"].profile.name, str(asked["grade"].percent)
    certificate, _ = GeneratedCertificate.objects.update_or_create(
        user=asked["user"],
        course_id=COURSE.course_key,
        defaults={"name": name, "mode": asked["mode"], "grade": grade, "status": asked["status"]},
    )
    trace.event("CERTIFICATE_CHANGED", certificate=_certificate_data(certificate))
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
