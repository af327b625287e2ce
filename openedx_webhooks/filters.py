"""The pipeline steps: one for every filter, importable as ``openedx_webhooks.filters.<Name>WebFilter``.

``WebFilterStep`` is the whole way of a filter: who listens, what they are told, what they answer, what that changes.
The classes below say only what is particular about theirs; a loop makes the step of every other filter.

This module imports without an app registry, and a step does nothing until that is ready: a filter of openedx-filters
3.16 runs inside ``manage.py``, before any app is loaded.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from openedx_filters.exceptions import OpenEdxFilterException
from openedx_filters.filters import PipelineStep

from . import catalogue, registry, verdicts
from .app_settings import app_settings

if TYPE_CHECKING:
    from .models import Webfilter

log = logging.getLogger(__name__)


class WebFilterStep(PipelineStep):
    """Asks the webfilters of the filter it runs in.

    ``also`` names values of ``outgoing`` that a reply may change beside the filter's own arguments, ``saved`` those
    models whose changes are written to the database.
    """

    also: ClassVar[Sequence[str]] = ()
    saved: ClassVar[Sequence[str]] = ()

    def outgoing(self, **arguments: Any) -> Mapping[str, Any]:
        """What the webfilters are told: the arguments of the filter, unless a step shapes them."""
        return arguments

    def run_filter(self, **kwargs: Any) -> dict[str, Any]:
        """The arguments that the replies change, by name; an empty dictionary when nothing changes.

        Raises nothing but an exception of the filter itself, and only when a reply or a halt flag asks for it.
        """
        changes: dict[str, Any] = {}
        exception: OpenEdxFilterException | None = None
        try:
            if apps.ready and app_settings.ENABLED:
                changes, exception = self._consult(kwargs)
        except Exception:
            log.exception("openedx_webhooks: %s goes on without its webfilters", self.filter_type)
        if exception is not None:
            raise exception
        return changes

    def _consult(self, kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], OpenEdxFilterException | None]:
        filter_ = catalogue.filter_of(self.filter_type)
        webfilters: Sequence[Webfilter] = registry.webfilters(filter_.name) if filter_ else ()
        if not filter_ or not webfilters:
            return {}, None
        # Other steps may have left more in the pipeline than the filter's own arguments: that is theirs.
        arguments = {name: kwargs[name] for name in filter_.arguments if name in kwargs}
        outgoing = self._outgoing(arguments)
        targets = {name: outgoing[name] for name in self.also if name in outgoing} | arguments
        verdict = verdicts.reach(filter_, outgoing, targets, webfilters, self.saved)
        return {name: value for name, value in verdict.changes.items() if name in arguments}, verdict.exception

    def _outgoing(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """A release whose filter has other arguments than we shape must not lose its webfilters."""
        try:
            return self.outgoing(**arguments)
        except Exception:
            log.exception("openedx_webhooks: %s goes out as it is", self.filter_type)
            return arguments


# --- what a receiver could not know otherwise ---------------------------------------------------------------------


def profile_of(user: Any) -> Any:
    """The platform's profile of a user, or ``None`` where there is none."""
    try:
        return getattr(user, "profile", None)
    except Exception:  # RelatedObjectDoesNotExist, or a database that is down: the user alone goes out.
        return None


def _with_profile(user: Any, name: str = "profile") -> dict[str, Any]:
    """A user and their profile; nothing when the platform does not know the user."""
    if user is None:
        return {}
    profile = profile_of(user)
    return {"user": user} if profile is None else {"user": user, name: profile}


def completion_summary(user: Any, course_key: Any) -> Any:
    """How much of the course the learner has completed, as the platform counts it; ``None`` outside of the LMS."""
    try:
        from lms.djangoapps.courseware.courses import get_course_blocks_completion_summary

        return get_course_blocks_completion_summary(course_key, user)
    except Exception:  # Not the LMS, or no such course any more.
        return None


class StudentLoginRequestedWebFilter(WebFilterStep):
    """Show who logs in: the profile too. It runs before the password is checked."""

    also = ("profile",)
    saved = ("user", "profile")

    def outgoing(self, user: Any = None) -> Mapping[str, Any]:  # noqa: D102
        return _with_profile(user)


class StudentRegistrationRequestedWebFilter(WebFilterStep):
    """The fields of the form stand at top level; a reply changes them under ``form_data``."""

    def outgoing(self, form_data: Any) -> Mapping[str, Any]:  # noqa: D102
        return dict(form_data.items())


class CourseEnrollmentStartedWebFilter(WebFilterStep):
    """Show who enrols: the profile too."""

    also = ("profile",)
    saved = ("user", "profile")

    def outgoing(self, user: Any, course_key: Any, mode: Any) -> Mapping[str, Any]:  # noqa: D102
        return {**_with_profile(user), "course_key": course_key, "mode": mode}


class CourseUnenrollmentStartedWebFilter(WebFilterStep):
    """Show whose enrolment it is: receivers cannot follow ``enrollment.user``."""

    also = ("user", "profile")
    saved = ("user", "profile")

    def outgoing(self, enrollment: Any) -> Mapping[str, Any]:  # noqa: D102
        return {**_with_profile(getattr(enrollment, "user", None)), "enrollment": enrollment}


class CertificateCreationRequestedWebFilter(WebFilterStep):
    """Show who earned it, and how much of the course they have completed."""

    also = ("profile",)
    saved = ("user", "profile")

    def outgoing(self, user: Any, course_key: Any, **arguments: Any) -> Mapping[str, Any]:  # noqa: D102
        summary = completion_summary(user, course_key)
        return {**_with_profile(user), "course_key": course_key, **arguments, "completion_summary": summary}


class CertificateRenderStartedWebFilter(WebFilterStep):
    """Show how much of the course its owner has completed."""

    def outgoing(self, context: Any, custom_template: Any) -> Mapping[str, Any]:  # noqa: D102
        summary = completion_of_certificate(context)
        return {"context": context, "custom_template": custom_template, "completion_summary": summary}


def completion_of_certificate(context: Any) -> Any:
    """The completion of the learner and course that a certificate's page context names, or ``None``."""
    try:
        from django.contrib.auth import get_user_model
        from opaque_keys.edx.keys import CourseKey

        user = get_user_model().objects.get(pk=context["accomplishment_user_id"])
        return completion_summary(user, CourseKey.from_string(context["course_id"]))
    except Exception:  # A page context without them: the page of a sample certificate, for one.
        return None


class CohortChangeRequestedWebFilter(WebFilterStep):
    """Show whose cohort it is, and of which course."""

    def outgoing(self, current_membership: Any, target_cohort: Any) -> Mapping[str, Any]:  # noqa: D102
        user = _with_profile(getattr(current_membership, "user", None), "user_profile")
        course_key = getattr(current_membership, "course_id", None)
        return {
            "current_membership": current_membership, "target_cohort": target_cohort, **user, "course_key": course_key
        }  # fmt: skip


class CohortAssignmentRequestedWebFilter(WebFilterStep):
    """Show the learner's profile, and the course of the cohort."""

    also = ("user_profile",)

    def outgoing(self, user: Any, target_cohort: Any) -> Mapping[str, Any]:  # noqa: D102
        course_key = getattr(target_cohort, "course_id", None)
        return {"target_cohort": target_cohort, **_with_profile(user, "user_profile"), "course_key": course_key}


class CourseHomeUrlCreationStartedWebFilter(WebFilterStep):
    """The course goes out as ``course_id``, as it always has."""

    def outgoing(self, course_key: Any, course_home_url: Any) -> Mapping[str, Any]:  # noqa: D102
        return {"course_id": course_key, "course_home_url": course_home_url}


class CourseEnrollmentAPIRenderStartedWebFilter(WebFilterStep):
    """The course goes out as ``course_id``, as it always has."""

    def outgoing(self, course_key: Any, serialized_enrollment: Any) -> Mapping[str, Any]:  # noqa: D102
        return {"course_id": course_key, "serialized_enrollment": serialized_enrollment}


# --- every other filter -----------------------------------------------------------------------------------------


def _make_step(filter_: catalogue.Filter) -> type[WebFilterStep]:
    doc = f"Ask the webfilters of {filter_.filter_type}."
    return type(filter_.step_name, (WebFilterStep,), {"__module__": __name__, "__doc__": doc})


def __getattr__(name: str) -> type[WebFilterStep]:
    """The step of a filter that became known after this module was imported, such as one of another plugin."""
    for filter_ in catalogue.filters():
        if filter_.step_name == name:
            return globals().setdefault(name, _make_step(filter_))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


for _filter in catalogue.filters():
    globals().setdefault(_filter.step_name, _make_step(_filter))
