"""Live objects of a running LMS: blocks with their runtime, pages with their request, a grade with its course.

They hold what those of the platform hold, and what must not leave it: every credential in here contains ``SECRET``.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy
from markupsafe import Markup
from opaque_keys.edx.locator import CourseLocator
from web_fragments.fragment import Fragment
from xblock.core import XBlock
from xblock.fields import List, Scope, ScopeIds, String
from xblock.runtime import DictKeyValueStore, KvsFieldData
from xblock.test.tools import TestRuntime

from tests import lms
from tests.campus.models import CourseEnrollment

SECRET = "s3cr3t"
NAMES = (
    "csrf_token",
    "access_token",
    "id_token",
    "refresh_token",
    "session_key",
    "password",
    "client_secret",
    "cookies",
)


def secrets() -> dict[str, Any]:
    """One value under each name that must not go out, at two depths."""
    return {name: f"{SECRET} {name}" for name in NAMES} | {"extra_data": {"access_token": SECRET, "kept": "yes"}}


def learner() -> Any:
    user = lms.learner()
    get_user_model().objects.filter(pk=user.pk).update(password=f"md5${SECRET}")
    return get_user_model().objects.get(pk=user.pk)


# --- blocks -------------------------------------------------------------------------------------------------------


class CourseBlock(XBlock):
    has_children = True
    display_name = String(default="Demonstration Course", scope=Scope.settings)
    lti_passports = List(default=[f"id:key:{SECRET}"], scope=Scope.settings)


class VerticalBlock(XBlock):
    has_children = True
    display_name = String(default="A unit", scope=Scope.settings)


class HtmlBlock(XBlock):
    display_name = String(default="A text", scope=Scope.settings)
    data = String(default="<p>Text</p>", scope=Scope.content)


class OpenAssessmentBlock(XBlock):
    """Its name comes from what breaks outside of a request, as fields of live blocks may."""

    @property
    def display_name(self) -> str:
        raise RuntimeError("There is no request.")


class Mixin:
    """What the platform mixes into each block."""

    tags = String(default="", scope=Scope.settings)


def course() -> Any:
    """A course with a unit of two blocks, all of them linked: parents, children, runtime, and back."""
    runtime = TestRuntime(services={"field-data": KvsFieldData(DictKeyValueStore())}, mixins=(Mixin,))
    runtime.secret_of_the_runtime, runtime.access_token = SECRET, SECRET
    key = CourseLocator("OpenedX", "DemoX", "2026")

    def block(cls: type, name: str, parent: Any = None) -> Any:
        usage_key = key.make_usage_key(cls.__name__.removesuffix("Block").lower(), name)
        scope_ids = ScopeIds(7, usage_key.block_type, usage_key, usage_key)
        made = runtime.construct_xblock_from_class(cls, scope_ids)
        made.runtime_token, made.course, made.linked = SECRET, parent and parent.course, []
        if parent is None:
            made.course = made
        else:
            made.parent = parent.scope_ids.usage_id
            made.linked.append(parent)
            parent.linked.append(made)
            parent.children = [*parent.children, usage_key]
        return made

    root = block(CourseBlock, "course")
    unit = block(VerticalBlock, "unit", root)
    block(HtmlBlock, "text", unit)
    block(OpenAssessmentBlock, "essay", unit)
    runtime.course = root
    return root


def unit() -> Any:
    return course().linked[0]


def fragment() -> Fragment:
    made = Fragment(f'<form><input type="hidden" name="csrfmiddlewaretoken" value="{SECRET}"><p>Unit</p></form>')
    made.add_javascript("alert(1)")
    made.initialize_js("Unit", {"token": SECRET})
    return made


# --- a grade, and other objects of the platform's own classes -----------------------------------------------------


class CourseGrade(lms.CourseGradeBase):
    def __init__(self) -> None:
        super().__init__()
        self.course_data = course()
        self.user = learner()
        self.linked = self

    @property
    def chapter_grades(self) -> None:
        raise AssertionError("This reads the whole course.")


class AccessResponse:
    """An answer of the platform's access control: true or false, and why."""

    def __init__(self) -> None:
        self.has_access = False
        self.error_code = "course_not_started"
        self.developer_message = "Course has not started"
        self.user_message = gettext_lazy("Course has not started")
        self.additional_context_user_message = None
        self.user_fragment = None

    def __bool__(self) -> bool:
        return self.has_access


class CourseDetails:
    """What a course's about page tells: plain attributes, and some that are not."""

    def __init__(self) -> None:
        self.org, self.course_id, self.run = "OpenedX", "DemoX", "2026"
        self.start_date = datetime(2026, 1, 15, tzinfo=UTC)
        self.end_date = None
        self.overview = "<p>About</p>"
        self.instructor_info = {"instructors": [course()]}
        self.self_paced = True


# --- a page -------------------------------------------------------------------------------------------------------


def request(user: Any) -> Any:
    """A request as the platform's middleware leaves it."""
    made = RequestFactory().get("/dashboard", HTTP_COOKIE=f"sessionid={SECRET}; edx-jwt-cookie-signature={SECRET}")
    made.META["HTTP_AUTHORIZATION"] = f"JWT {SECRET}"
    made.META["CSRF_COOKIE"] = SECRET.ljust(32, "x")
    made.session = SessionStore(session_key=f"{SECRET}abcdefghijk")
    made.session["_auth_user_hash"] = SECRET
    made.user = SimpleLazyObject(lambda: get_user_model().objects.get(pk=user.pk))
    made.environ["wsgi.links"] = made
    return made


def page(user: Any) -> dict[str, Any]:
    """What page contexts of the platform, its plugins and its themes hold beside the data of the page."""
    made = request(user)
    linked: dict[str, Any] = {"name": "linked", "list": []}
    linked["self"] = linked
    linked["list"].append(linked)
    return secrets() | {
        "request": made,
        "user": made.user,
        "session": made.session,
        "META": made.META,
        "COOKIES": made.COOKIES,
        "headers": made.headers,
        "csrf_token": SimpleLazyObject(lambda: get_token(made)),
        "social_auth": [{"provider": "google", "extra_data": {"access_token": SECRET, "id_token": SECRET}}],
        "linked": linked,
        "generator": (number for number in range(3)),
        "iterator": iter([1, 2]),
        "manager": CourseEnrollment.objects,
        "related_manager": user.courseenrollment_set,
        "function": learner,
        "method": user.get_full_name,
        "model": CourseEnrollment,
        "course": course(),
        "block_list": [unit(), unit()],
        "fragment": fragment(),
        "grade": CourseGrade(),
    }


# --- by the names that were observed ------------------------------------------------------------------------------


def enrollments() -> Any:
    """More rows than are sent, two columns of them deferred."""
    user = learner()
    CourseEnrollment.objects.bulk_create(
        CourseEnrollment(user=user, course_id=CourseLocator("o", "c", f"r{number}")) for number in range(150)
    )
    return CourseEnrollment.objects.select_related("user").defer("mode", "created").order_by("pk")


def _text(key: str) -> str:
    return "https://example.com/page" if key.endswith("url") else f"{key} é<"


MAKERS: Mapping[str, Callable[[str], Any]] = {
    "builtins.NoneType": lambda key: None,
    "builtins.bool": lambda key: True,
    "builtins.int": lambda key: 7,
    "builtins.str": _text,
    "builtins.dict": lambda key: {"name": key, "by number": {1: "one", None: "none"}, "block": unit(), **secrets()},
    "builtins.list": lambda key: [key, course(), {"access_token": SECRET}, lms.enrollment(learner())],
    "builtins.tuple": lambda key: (key, 1, None),
    "builtins.set": lambda key: {key, "b", "a"},
    "builtins.frozenset": lambda key: frozenset([CourseLocator("o", "c", "b"), CourseLocator("o", "c", "a")]),
    "collections.OrderedDict": lambda key: OrderedDict(name=key, **secrets()),
    "collections.defaultdict": lambda key: defaultdict(list, {key: [1], **secrets()}),
    "datetime.datetime": lambda key: datetime(2026, 1, 15, tzinfo=UTC),
    "markupsafe.Markup": lambda key: Markup("<b>%s</b>") % key,
    "django.utils.functional.lazy.<locals>.__proxy__": lambda key: gettext_lazy("Password"),
    "django.http.request.QueryDict": lambda key: QueryDict(f"name=Jane&name=Joe&password={SECRET}", mutable=True),
    "django.db.models.query.QuerySet": lambda key: enrollments(),
    "django.contrib.auth.models.User": lambda key: learner(),
    "opaque_keys.edx.locator.CourseLocator": lambda key: CourseLocator("OpenedX", "DemoX", "2026"),
    "common.djangoapps.student.models.course_enrollment.CourseEnrollment": lambda key: lms.enrollment(learner()),
    "openedx.core.djangoapps.course_groups.models.CourseUserGroup": lambda key: lms.cohort(),
    "openedx.core.djangoapps.course_groups.models.CohortMembership": lambda key: lms.membership(learner()),
    "openedx.core.djangoapps.models.course_details.CourseDetails": lambda key: CourseDetails(),
    "lms.djangoapps.courseware.access_response.AccessResponse": lambda key: AccessResponse(),
    "lms.djangoapps.grades.course_grade.CourseGrade": lambda key: CourseGrade(),
    "web_fragments.fragment.Fragment": lambda key: fragment(),
    "xblock.core.CourseBlockWithMixins": lambda key: course(),
    "xblock.core.VerticalBlockWithMixins": lambda key: unit(),
    "xblock.core.HtmlBlockWithMixins": lambda key: unit().linked[1],
    "xblock.core.OpenAssessmentBlockWithMixins": lambda key: unit().linked[2],
}  # fmt: skip


def made(type_name: str, key: str, keys: Mapping[str, str] | None = None) -> Any:
    """A value of the observed type; of a dictionary, with exactly the observed keys."""
    if not keys:
        return MAKERS[type_name](key)
    items = {name: MAKERS[inner](name) for name, inner in keys.items()}
    if type_name.endswith("QueryDict"):
        form = QueryDict(mutable=True)
        form.update(items)
        return form
    return OrderedDict(items) if type_name.endswith("OrderedDict") else items
