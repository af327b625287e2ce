"""The pages a learner sees: each button does what the platform does, and the page says what that was."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from demo.campus import platform
from demo.campus.forms import LoginForm, RegistrationForm
from demo.campus.models import CourseEnrollment, GeneratedCertificate
from demo.campus.platform import Refused
from demo.campus.trace import Trace

#: In the session. The learner stands apart from the admin's user, who is somebody else.
LEARNER, OUTCOME, TYPED = "learner", "outcome", "typed"


@csrf_exempt  # Logging in to the admin, in another tab, would make the token of the page in this one invalid.
def home(request: HttpRequest) -> HttpResponse:
    """The campus: for a visitor two forms, for a learner their course."""
    learner = _learner(request)
    if request.method == "POST":
        return _acted(request, request.POST.get("action", ""), learner)
    typed = request.session.pop(TYPED, {})
    forms = {
        "registration": RegistrationForm(initial=typed.get("register", _newcomer()), auto_id="new_%s"),
        "login": LoginForm(initial=typed.get("log-in", JANE), auto_id="known_%s"),
    }
    return render(request, "campus/home.html", {**forms, **_situation(request, learner)})


JANE = {"username": "jane", "password": "jane"}


def _newcomer() -> dict[str, str]:
    """A person for the registration form whose user name is free."""
    taken = set(get_user_model().objects.values_list("username", flat=True))
    username = next(name for name in ("sam", *(f"sam{number}" for number in range(2, 10_000))) if name not in taken)
    return {"name": "Sam Lee", "username": username, "email": f"{username}@example.com"}


def _learner(request: HttpRequest) -> Any:
    return get_user_model().objects.filter(pk=request.session.get(LEARNER)).select_related("profile").first()


def _situation(request: HttpRequest, learner: Any) -> dict[str, Any]:
    of_course = {"user": learner, "course_id": platform.COURSE.course_key}
    return {
        "receiver": settings.DEMO_RECEIVER,
        "course": platform.COURSE,
        "learner": learner,
        "enrollment": CourseEnrollment.objects.filter(is_active=True, **of_course).first() if learner else None,
        "certificate": GeneratedCertificate.objects.filter(**of_course).first() if learner else None,
        "outcome": request.session.pop(OUTCOME, None),
    }


def _acted(request: HttpRequest, action: str, learner: Any) -> HttpResponse:
    """Do it, remember what came of it for the next page, and go there."""
    trace, elsewhere = Trace(), ""
    try:
        told = {"message": _do(request, action, learner, trace)}
    except Refused as refusal:
        told = {"message": str(refusal), "refused": True, "status": refusal.status}
        elsewhere = refusal.redirect_to
        if not learner:  # what was refused can be tried again as it was typed
            request.session[TYPED] = {action: request.POST.dict()}
    request.session[OUTCOME] = {**told, "steps": trace.steps}
    return redirect(elsewhere or "home")


def _do(request: HttpRequest, action: str, learner: Any, trace: Trace) -> str:
    """Carry out one button; what the learner is told when it went well."""
    if action == "register":
        return _welcome(request, platform.register(trace, _form_data(request)), "Welcome")
    if action == "log-in":
        user = platform.log_in(trace, request.POST.get("username", ""), request.POST.get("password", ""))
        return _welcome(request, user, "Welcome back")
    if action == "log-out":
        request.session.pop(LEARNER, None)
        return "You are logged out."
    if not learner:
        raise Refused("You are logged out. Log in again.", 403)
    enrollment = CourseEnrollment.objects.filter(user=learner, is_active=True).first()
    if action == "enrol" and not enrollment:
        enrollment = platform.enrol(trace, learner)
        return f"{learner.profile.name}, you are enrolled in {platform.COURSE.display_name}."
    if enrollment and action == "leave":
        platform.leave(trace, enrollment)
        return f"You have left {platform.COURSE.display_name}."
    if enrollment and action == "certify":
        certificate = platform.certify(trace, enrollment)
        return f"Congratulations! Your certificate is made out to {certificate.name}."
    raise Refused("This page was out of date: that has been done already.", 400)


def _form_data(request: HttpRequest) -> QueryDict:
    """The form as the platform's registration view hands it on: changeable, and without the password."""
    form = QueryDict(mutable=True)
    form.update({name: request.POST.get(name, "") for name in RegistrationForm.base_fields})
    form.update({"country": "ES", "honor_code": "true", "terms_of_service": "true"})
    return form


def _welcome(request: HttpRequest, user: Any, greeting: str) -> str:
    request.session[LEARNER] = user.pk
    return f"{greeting}, {user.profile.name}!"


def elsewhere(request: HttpRequest) -> HttpResponse:
    """Where the receiver sends learners with "Redirect the learner"."""
    return render(request, "campus/elsewhere.html", _situation(request, _learner(request)))
