"""What a reply may change, and what not: by the type of what is there, by column, by row."""

import json
from collections import OrderedDict, UserDict, namedtuple
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from types import MappingProxyType
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, models, transaction
from django.db.models.signals import post_save, pre_save
from django.http import QueryDict
from django.test.utils import isolate_apps
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_filters.exceptions import OpenEdxFilterException

from openedx_webhooks import catalogue, columns
from openedx_webhooks.exceptions import Skip
from openedx_webhooks.merging import merge_arguments
from tests import lms
from tests.campus.models import CohortMembership, CourseEnrollment, UserProfile

DASHBOARD = catalogue.filter_named("DashboardRenderStarted")
MOMENT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
NAIVE = MOMENT.replace(tzinfo=None)
BLOCK = UsageKey.from_string("block-v1:OpenedX+DemoX+2026+type@problem+block@intro")
CCX = CourseKey.from_string("ccx-v1:OpenedX+DemoX+2026+ccx@1")
Pair = namedtuple("Pair", "a b")
NO_LOCATION = "must be an http(s) address or a path such as /dashboard"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Mode(models.TextChoices):
    AUDIT = "audit"
    VERIFIED = "verified"


def merge(targets, data, filter_=DASHBOARD, saved=()):
    """What changes, and the notes, for a reply as it comes from the wire."""
    changes, result = merge_arguments(filter_, targets, json.loads(json.dumps(data)), saved)
    return changes, [note.removesuffix("; it is ignored") for note in result.notes]


def merge_entry(current, new, name="value"):
    """What becomes of an entry of a page's context, and the note, if any."""
    changes, notes = merge({"context": {name: current, "other": 1}}, {"context": {name: new, "other": 2}})
    assert changes["context"]["other"] == 2  # whatever is skipped, the rest applies
    return changes["context"][name], notes


# --- by the type of what is there ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "new", "expected"),
    [
        ("a", "b", "b"),
        ("a", "", ""),
        (SafeString("<b>"), "<i>", "<i>"),
        (gettext_lazy("a"), "b", "b"),
        (True, False, False),
        (True, "false", False),
        (False, "True", True),
        (1, 2, 2),
        (1, -(2**63) + 1, -(2**63) + 1),
        (1.5, 2.5, 2.5),
        (1.5, 2, 2.0),
        (Decimal("1.50"), "2.25", Decimal("2.25")),
        (Decimal("1.50"), 2.25, Decimal("2.25")),
        (Decimal("1.50"), 2, Decimal(2)),
        (MOMENT, "2026-11-24T03:45:50+00:00", datetime(2026, 11, 24, 3, 45, 50, tzinfo=UTC)),
        (MOMENT, "2026-11-24T03:45:50", datetime(2026, 11, 24, 3, 45, 50, tzinfo=UTC)),
        (MOMENT, "2026-11-24T03:45:50Z", datetime(2026, 11, 24, 3, 45, 50, tzinfo=UTC)),
        (NAIVE, "2026-11-24T03:45:50", datetime(2026, 11, 24, 3, 45, 50)),  # noqa: DTZ001
        (NAIVE, "2026-11-24T03:45:50+01:00", datetime(2026, 11, 24, 2, 45, 50)),  # noqa: DTZ001
        (date(2026, 1, 15), "2026-11-24", date(2026, 11, 24)),
        (UUID(int=1), str(UUID(int=2)), UUID(int=2)),
        (lms.COURSE, "course-v1:A+B+C", CourseKey.from_string("course-v1:A+B+C")),
        (lms.COURSE, "A/B/C", CourseKey.from_string("A/B/C")),
        (lms.COURSE, str(CCX), CCX),
        (CCX, str(lms.COURSE), lms.COURSE),
        (BLOCK, str(BLOCK.replace(block_id="b")), BLOCK.replace(block_id="b")),
        (Colour.RED, "blue", Colour.BLUE),
        (Size.SMALL, 2, Size.LARGE),
        (Mode.AUDIT, "verified", Mode.VERIFIED),
        (None, "a", "a"),
        (None, {"a": [1]}, {"a": [1]}),
        (None, None, None),
        (["a"], ["b", "c"], ["b", "c"]),
        (["a"], [], []),
        ([1], [2.5, 3], [2.5, 3]),
        ([{"a": 1}], [{"b": 2}], [{"b": 2}]),
        ([], ["a", 1], ["a", 1]),
        (("a",), ["b"], ("b",)),
        ({"a"}, ["b"], {"a", "b"}),
        (frozenset({"a"}), ["b"], frozenset({"a", "b"})),
        (set(), ["b"], {"b"}),
        ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 4}}, {"a": 1, "b": {"c": 2, "d": 4}}),
        ({1: "a"}, {"1": "b"}, {1: "b"}),
        (OrderedDict(a=1), {"b": 2}, OrderedDict(a=1, b=2)),
        (UserDict(a=1), {"a": 2}, UserDict(a=2)),
        (QueryDict("a=1&b=2"), {"a": "3"}, QueryDict("a=3&b=2")),
    ],
)
def test_a_value_of_the_right_type_is_taken(current, new, expected):
    after, notes = merge_entry(current, new)

    assert after == expected
    assert type(after) is type(expected)
    assert notes == []


NOT_THIS = "a reply cannot change this"


@pytest.mark.parametrize(
    ("current", "wrong", "reason"),
    [
        ("a", [1, None, True, [], {}], "must be a text"),
        ("a", ["a\0b"], "must not hold a null character"),
        (True, [0, 1, "yes", "", None, [], {}], "must be true or false"),
        (1, [1.0, True, "2", None, []], "must be a whole number"),
        (1, [2**63, 10**400, -(10**30)], "must be a smaller number"),
        (1.5, ["2", True, None, {}], "must be a number"),
        (1.5, [10**400], "must be a smaller number"),
        (Decimal(1), ["x", "", True, None, []], "must be a number"),
        (Decimal(1), ["NaN", "Infinity", "1E+999999999", "1E-999999999", 10**400], "must be a smaller number"),
        (MOMENT, ["soon", "", 1, None, "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
         "must be a moment such as 2026-11-24T03:45:50+00:00"),
        (NAIVE, ["0001-01-01T00:00:00+14:00"], "must be a moment such as 2026-11-24T03:45:50+00:00"),
        (date(2026, 1, 15), ["soon", 1, None], "must be a date such as 2026-11-24"),
        (UUID(int=1), ["x", 1, None, ""], "must be a UUID"),
        (lms.COURSE, ["x", "", 1, None, str(BLOCK), "course-v1:A+B", "course-v1:A+B+C\0"],
         "must be the text of a CourseLocator"),
        (lms.COURSE, ["library-v1:A+B", "course-v1:A+B+" + "C" * 250],
         "must be the text of a CourseLocator, of at most 255 characters"),
        (Colour.RED, ["green", 1, None, [], {}], "must be one of the values it can have"),
        (Size.SMALL, [3, "1", None], "must be one of the values it can have"),
        (Mode.AUDIT, ["honor", "", None], "must be one of the values it can have"),
        (["a"], ["b", {}, None, 1], "must be a list"),
        (["a"], [[1], ["b", None]], "must be a list of texts"),
        ([1, "a"], [[None]], "must be a list of numbers and texts"),
        ([{"a": 1}], [["b"]], "must be a list of objects"),
        ([MOMENT], [["b"], []], "holds objects of the platform, which a reply cannot replace"),
        ([], [["a\0"]], "must not hold a null character"),
        ([], [[10**30]], "must be a smaller number"),
        ([{}], [[{"password": "x"}], [{"_x": 1}], [{"url": "javascript:x"}]],
         "holds something that is not writable by a reply"),
        (("a",), [[1]], "must be a list of texts"),
        (Pair("a", "b"), [["c", "d"]], NOT_THIS),
        ({"a"}, [[1], [[]], [None]], "must be a list of texts"),
        ({"a"}, ["b", {"b": 1}], "must be a list"),
        ({"a": 1}, ["b", [], 1, None], "must be an object"),
        (QueryDict("a=1"), ["a=2", [], None], "must be an object"),
        (MappingProxyType({"a": 1}), [{"a": 2}], NOT_THIS),
        ({"a": 1}.keys(), [["b"]], NOT_THIS),
        (object(), ["a", {}, {"x": 1}], NOT_THIS),
        (print, ["a", {}], NOT_THIS),
        (CourseEnrollment(), [{"mode": "verified"}, "a"], NOT_THIS),
        (CourseEnrollment.objects.none(), [{"mode": "verified"}, "a"], NOT_THIS),
        (SimpleLazyObject(CourseEnrollment), [{"mode": "verified"}], NOT_THIS),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_skipped_and_noted(current, wrong, reason):
    for new in wrong:
        after, notes = merge_entry(current, new)

        assert after is current
        assert notes == [f"data.context.value: {reason}"]


class Uncopied(dict):
    def __copy__(self):
        raise TypeError


def test_a_mapping_that_cannot_be_copied_stays_as_it_is():
    assert merge_entry(Uncopied(a=1), {"a": 2}) == ({"a": 1}, ["data.context.value: a reply cannot change this"])


@pytest.mark.parametrize("name", ["_private", "__class__", "password", "csrf_token", "CSRF-Token", "api_key"])
def test_private_names_and_credentials_are_not_written(name):
    assert merge({"context": {}}, {"context": {name: "x"}}) == (
        {}, [f"data.context.{name}: is not writable by a reply"],
    )  # fmt: skip
    assert merge({"context": {name: "y"}}, {"context": {name: "x"}})[0] == {}


def test_what_is_new_keeps_the_rules_of_its_own_type():
    new = {"a": {"logo_url": "javascript:x", "_b": 1, "c": "ok"}, "big": 10**30, "nul": "\0", "none": None, "f": 0.5}

    changes, notes = merge({"context": {"d": 1}}, {"context": new})

    assert changes == {"context": {"d": 1, "a": {"c": "ok"}, "none": None, "f": 0.5}}
    assert notes == [
        f"data.context.a.logo_url: {NO_LOCATION}",
        "data.context.a._b: is not writable by a reply",
        "data.context.big: must be a smaller number",
        "data.context.nul: must not hold a null character",
    ]


@pytest.mark.parametrize("current", ["https://example.com/", "", None, gettext_lazy("a")])
@pytest.mark.parametrize("name", ["url", "homeUrl", "redirect_URL", "logo_url"])
def test_an_address_is_http_or_a_path(name, current):
    for good in ("https://example.com/new", "/new", ""):
        assert merge_entry(current, good, name) == (good, [])
    for bad in ("javascript:alert(1)", "//evil.example.com", "evil", " "):
        assert merge_entry(current, bad, name) == (current, [f"data.context.{name}: {NO_LOCATION}"])


def test_nothing_along_the_way_is_half_changed():
    context = {"a": {"b": [1], "c": {"d": 1}}, "e": {"f": 1}}
    before = json.loads(json.dumps(context))

    changes, _ = merge({"context": context}, {"context": {"a": {"b": [2], "c": {"d": 2}}, "g": 1}})

    assert context == before
    assert changes["context"] == {"a": {"b": [2], "c": {"d": 2}}, "e": {"f": 1}, "g": 1}
    assert changes["context"]["e"] is context["e"]


# --- arguments ----------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(webfilter, receiver):
    """Have one webfilter answer so."""

    def answering(name, content, **fields):
        webfilter(name, **fields)
        receiver.answer(content)

    return answering


@pytest.fixture
def noted(caplog):
    """What the log says was skipped."""
    return lambda: [record.getMessage().split(": ", 2)[2].removesuffix("; it is ignored") for record in caplog.records]


def test_what_no_reply_mentions_is_handed_on_as_it_is(db, answer):
    filter_ = catalogue.filter_named("CourseEnrollmentStarted")
    answer(filter_.name, {"data": {"mode": "verified"}})
    arguments = lms.arguments(filter_)

    after = lms.run(filter_, arguments)

    assert after["mode"] == "verified"
    assert after["user"] is arguments["user"]
    assert after["course_key"] is arguments["course_key"]


@pytest.mark.parametrize(
    ("name", "argument", "new", "expected"),
    [
        ("CourseEnrollmentStarted", "course_key", "course-v1:A+B+C", CourseKey.from_string("course-v1:A+B+C")),
        ("CourseEnrollmentStarted", "mode", "honor", "honor"),
        ("CertificateCreationRequested", "status", "notpassing", "notpassing"),
        ("CertificateCreationRequested", "generation_mode", "self", "self"),
        ("CourseHomeUrlCreationStarted", "course_home_url", "/mine", "/mine"),
        ("DashboardRenderStarted", "template_name", "mine.html", "mine.html"),
        ("VerticalBlockRenderCompleted", "view", "public_view", "public_view"),
        ("CourseRunAPIRenderStarted", "serialized_courserun", {"homeUrl": "/a"}, {
            "courseId": str(lms.COURSE), "isStarted": True, "homeUrl": "/a", "upgradeUrl": None,
        }),
        ("CourseEnrollmentAPIRenderStarted", "serialized_enrollment", {"coursewareAccess": {"isTooEarly": True}}, {
            "isEnrolled": True, "mode": "audit", "coursewareAccess": {"isTooEarly": True},
        }),
    ],
)  # fmt: skip
def test_an_argument_is_replaced_by_a_value_of_its_type(name, argument, new, expected, db, answer):
    answer(name, {"data": {argument: new}})

    after = lms.run_named(name)[argument]

    assert after == expected
    assert type(after) is type(expected)


@pytest.mark.parametrize(
    ("name", "argument", "new", "reason"),
    [
        ("CourseEnrollmentStarted", "course_key", "no course", "must be the text of a CourseLocator"),
        ("CourseEnrollmentStarted", "mode", None, "must be a text"),
        ("CourseEnrollmentStarted", "user", "jane", "must be an object"),
        ("CourseEnrollmentStarted", "user", None, "must be an object"),
        ("CourseEnrollmentStarted", "profile", [], "must be an object"),
        ("CourseEnrollmentStarted", "enrollment", {}, "CourseEnrollmentStarted has no such value"),
        ("CourseEnrollmentStarted", "event_metadata", {}, "CourseEnrollmentStarted has no such value"),
        ("CourseHomeUrlCreationStarted", "course_home_url", "", NO_LOCATION),
        ("CourseHomeUrlCreationStarted", "course_home_url", "javascript:x", NO_LOCATION),
        ("CourseHomeUrlCreationStarted", "course_id", "A/B/C", "CourseHomeUrlCreationStarted has no such value"),
        ("DashboardRenderStarted", "template_name", "", "must be the name of a template"),
        ("DashboardRenderStarted", "context", "x", "must be an object"),
        ("CertificateRenderStarted", "custom_template", "x", "there is nothing there to change"),
        ("CertificateRenderStarted", "completion_summary", {}, "CertificateRenderStarted has no such value"),
        ("CertificateCreationRequested", "grade", 1, "must be an object"),
        ("VerticalBlockRenderCompleted", "fragment", "<p>", NOT_THIS),
        ("VerticalBlockChildRenderStarted", "block", {"display_name": "x"}, NOT_THIS),
        ("CourseEnrollmentQuerysetRequested", "enrollments", ["x"], "must be an object"),
        ("StudentRegistrationRequested", "name", "x", "StudentRegistrationRequested has no such value"),
    ],
)  # fmt: skip
def test_a_wrong_one_is_skipped_and_noted_and_the_rest_applies(name, argument, new, reason, db, answer, noted):
    filter_ = catalogue.filter_named(name)
    arguments = lms.arguments(filter_)
    answer(name, {"data": {argument: new}})

    after = lms.run(filter_, arguments)

    assert all(after[one] is arguments[one] for one in arguments)
    assert noted() == [f"data.{argument}: {reason}"]


@pytest.mark.parametrize(
    ("name", "argument", "new"),
    [
        ("CourseEnrollmentStarted", "mode", "verified"),
        ("CertificateCreationRequested", "status", "notpassing"),
        ("CourseHomeUrlCreationStarted", "course_home_url", "/mine"),
    ],
)
def test_an_argument_that_is_empty_takes_what_its_sample_is(name, argument, new, db, answer, noted):
    answer(name, {"data": {argument: new}})
    assert lms.run_named(name, **{argument: None})[argument] == new

    answer(name, {"data": {argument: ["x"]}}, priority=1)
    assert lms.run_named(name, **{argument: None})[argument] is None
    assert noted()[0] == f"data.{argument}: must be a text"


def test_a_context_that_is_not_there_stays_away(db, answer, noted):
    answer(DASHBOARD.name, {"data": {"context": {"a": 1}}})

    assert lms.run_named(DASHBOARD.name, context=None)["context"] is None
    assert noted() == ["data.context: there is nothing there to change"]


@pytest.mark.parametrize("user", [None, AnonymousUser(), "jane"], ids=["nobody", "anonymous", "a text"])
def test_a_user_who_is_no_user_is_not_changed(user, db, answer):
    answer("StudentLoginRequested", {"data": {"user": {"first_name": "x"}, "profile": {"name": "x"}}})

    assert lms.run_named("StudentLoginRequested", user=user)["user"] is user


@pytest.mark.parametrize(
    ("current", "new", "expected"),
    [
        ([], [{"tab_id": "a"}], [{"tab_id": "a"}]),
        ([], [], []),
        ([{"tab_id": "a"}], [{"tab_id": "b", "url": "/b"}], [{"tab_id": "b", "url": "/b"}]),
        ([{"tab_id": "a"}], [{"tab_id": "b", "url": "javascript:x"}], None),
        ([{"tab_id": "a"}], ["b"], None),
        ([], ["b"], None),
        ([], [{"url": "//evil.example.com"}], None),
    ],
)
def test_a_list_of_objects_is_replaced_by_one_even_when_it_is_empty(current, new, expected, monkeypatch):
    tabs = _with_argument("tabs", list)

    changes, notes = merge({"tabs": current}, {"tabs": new}, tabs)

    assert changes == ({} if expected is None else {"tabs": expected})
    assert bool(notes) is (expected is None)


def _with_argument(name, hint):
    """A filter that has this argument, as newer libraries do."""
    from dataclasses import replace

    return replace(DASHBOARD, arguments=MappingProxyType({name: hint}))


def test_an_empty_list_of_which_nothing_is_known_takes_any():
    assert merge({"things": []}, {"things": ["a", 1]})[0] == {"things": ["a", 1]}


def test_names_can_only_be_added_to_a_set():
    changes, _ = merge({"readonly_fields": {"email"}}, {"readonly_fields": ["name"]})

    assert changes == {"readonly_fields": {"email", "name"}}


def test_a_number_stays_a_number():
    assert merge({"price": 49}, {"price": 25})[0] == {"price": 25}
    assert merge({"price": 49}, {"price": "25"}) == ({}, ["data.price: must be a whole number"])


def test_a_grade_is_changed_in_memory(db, answer, noted):
    grade = lms.CourseGradeBase()
    new = {"percent": 1, "letter_grade": "A", "passed": "false", "course_data": {}, "_x": 1, "user": 1, "percents": 1}
    answer("CertificateCreationRequested", {"data": {"grade": new}})

    assert lms.run_named("CertificateCreationRequested", grade=grade)["grade"] is grade
    assert (grade.percent, grade.letter_grade, grade.passed) == (1.0, "A", False)
    assert noted() == [
        f"data.grade.{name}: there is no such value" for name in ("course_data", "_x", "user", "percents")
    ]


def test_a_wrong_part_of_a_grade_is_skipped(db, answer, noted):
    answer("CertificateCreationRequested", {"data": {"grade": {"percent": "high", "letter_grade": "A"}}})

    grade = lms.run_named("CertificateCreationRequested")["grade"]

    assert (grade.percent, grade.letter_grade) == (0.87, "A")
    assert noted() == ["data.grade.percent: must be a number"]


# --- the registration form ----------------------------------------------------------------------------------------


def register(answer, **new):
    """The form that is registered with after a reply, and the one that was sent."""
    form = QueryDict("name=Jane&username=jane&email=jane@example.com&gender=f&tag=a&tag=b", mutable=True)
    answer("StudentRegistrationRequested", {"data": {"form_data": new}})
    return lms.run_named("StudentRegistrationRequested", form_data=form)["form_data"]


@pytest.mark.parametrize(
    ("field", "new", "expected"),
    [
        ("name", "Jane Q. Doe", ["Jane Q. Doe"]),
        ("name", "", [""]),
        ("tag", ["c", "d"], ["c", "d"]),
        ("tag", "c", ["c"]),
        ("year_of_birth", 1990, ["1990"]),
        ("score", 0.5, ["0.5"]),
        ("honor_code", True, ["true"]),
        ("marketing_emails_opt_in", False, ["false"]),
        ("gender", "m", ["m"]),
        ("gender", "", [""]),
        ("level_of_education", "none", ["none"]),
        ("terms_of_service", "true", ["true"]),
        ("terms_of_service", False, ["false"]),
        ("profile", "x", ["x"]),
        ("user", "x", ["x"]),
        ("a field of this site", "x", ["x"]),
    ],
)
def test_a_field_of_the_form_is_replaced(field, new, expected, db, answer):
    form = register(answer, **{field: new})

    assert type(form) is QueryDict
    assert form.getlist(field) == expected
    form["more"] = "the platform goes on writing to it"


@pytest.mark.parametrize(
    ("field", "new", "reason"),
    [
        ("name", None, "must be a text"),
        ("name", {"first": "Jane"}, "must be a text"),
        ("name", [["Jane"]], "must be a text"),
        ("name", ["Jane", None], "must be a text"),
        ("name", [], "must be a text"),
        ("name", "Ja\0ne", "must not hold a null character"),
        ("na\0me", "x", "is not writable by a reply; WRITABLE_FIELDS can allow 'form_data.na?me'"),
        ("gender", "x", "is none of the platform's choices"),
        ("gender", ["f", "x"], "is none of the platform's choices"),
        ("level_of_education", "doctor", "is none of the platform's choices"),
        ("terms_of_service", "yes", "must be true or false"),
        ("terms_of_service", 1, "must be true or false"),
        *[(name, "x", f"is not writable by a reply; WRITABLE_FIELDS can allow 'form_data.{name}'")
          for name in ("username", "email", "confirm_email", "password", "csrfmiddlewaretoken")],
    ],
)  # fmt: skip
def test_what_the_form_cannot_take_is_skipped_and_noted(field, new, reason, db, answer, noted):
    form = register(answer, **{field: new, "city": "Cádiz"})

    assert form == QueryDict("name=Jane&username=jane&email=jane@example.com&gender=f&tag=a&tag=b&city=C%C3%A1diz")
    assert noted() == [f"data.form_data.{field}: {reason}".replace("\0", "?")]


def test_the_form_that_was_sent_is_not_touched(db, answer):
    form = QueryDict("name=Jane", mutable=True)
    answer("StudentRegistrationRequested", {"data": {"form_data": {"name": "x"}}})

    lms.run_named("StudentRegistrationRequested", form_data=form)

    assert form == QueryDict("name=Jane")


def test_a_site_can_allow_a_field_of_the_form(db, answer, settings):
    settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": ["form_data.username"]}

    form = register(answer, username="janet", email="x@example.com")

    assert (form["username"], form["email"]) == ("janet", "jane@example.com")


# --- rows ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def enrollments(db):
    """Jane in two modes and John in one, one of them without a moment."""
    jane, john = lms.learner(), lms.learner()
    rows = [
        CourseEnrollment.objects.create(user=user, course_id=lms.COURSE, mode=mode, is_active=mode != "honor")
        for user, mode in [(jane, "audit"), (jane, "honor"), (john, "verified")]
    ]
    CourseEnrollment.objects.filter(mode="honor").update(created=None)
    CourseEnrollment.objects.filter(mode="audit").update(created=MOMENT)
    return rows


def rows(reply, queryset=None):
    queryset = CourseEnrollment.objects.all() if queryset is None else queryset
    changes, notes = merge({"enrollments": queryset}, {"enrollments": reply})
    return sorted(row.mode for row in changes.get("enrollments", queryset)), notes


@pytest.mark.parametrize(
    ("reply", "modes"),
    [
        ({"mode": "audit"}, ["audit"]),
        ({"mode__exact": "audit"}, ["audit"]),
        ({"mode__in": ["audit", "verified", "x"]}, ["audit", "verified"]),
        ({"mode__in": []}, []),
        ({"mode__gte": "honor"}, ["honor", "verified"]),
        ({"mode__gt": "audit", "mode__lt": "verified"}, ["honor"]),
        ({"is_active": True}, ["audit", "verified"]),
        ({"is_active": "false"}, ["honor"]),
        ({"created__isnull": True}, ["honor"]),
        ({"created__isnull": False}, ["audit", "verified"]),
        ({"created": None}, ["honor"]),
        ({"created__lte": "2026-01-15T10:30:00Z"}, ["audit"]),
        ({"created__lt": "2026-01-15T10:30:00"}, []),
        ({"created": "2026-01-15T11:30:00+01:00"}, ["audit"]),
        ({"course_id": str(lms.COURSE)}, ["audit", "honor", "verified"]),
        ({"course_id": "course-v1:A+B+C"}, []),
        ({"course_id__in": [str(lms.COURSE)]}, ["audit", "honor", "verified"]),
        ({"mode": "audit", "is_active": False}, []),
        ({}, ["audit", "honor", "verified"]),
    ],
    ids=str,
)
def test_rows_are_chosen_by_columns_of_their_own_table(reply, modes, enrollments):
    assert rows(reply) == (modes, [])


def test_rows_are_chosen_by_the_id_of_a_relation(enrollments):
    user = enrollments[2].user

    assert rows({"user": user.pk}) == rows({"user_id": user.pk}) == (["verified"], [])
    assert rows({"id__in": [enrollments[0].pk]}) == (["audit"], [])


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("user__username", "jane", "use one of the lookups exact, gt, gte, in, isnull, lt, lte"),
        ("user__password__startswith", "m", "use one of the lookups exact, gt, gte, in, isnull, lt, lte"),
        ("mode__regex", "(a+)+$", "use one of the lookups exact, gt, gte, in, isnull, lt, lte"),
        ("mode__", "a", None),
        ("pk", 1, "CourseEnrollment has no such column"),
        ("nothing", 1, "CourseEnrollment has no such column"),
        ("", 1, "CourseEnrollment has no such column"),
        ("_state", 1, "CourseEnrollment has no such column"),
        ("objects", 1, "CourseEnrollment has no such column"),
        ("mode", 1, "must be a text"),
        ("mode", None, "must not be null"),
        ("mode", "a\0b", "must not hold a null character"),
        ("mode", "x" * 101, "is refused by the column (max_length)"),
        ("mode__in", "audit", "must be a list of at most 1000 values"),
        ("mode__in", ["x"] * 1001, "must be a list of at most 1000 values"),
        ("mode__in", ["audit", None], "must not be null"),
        ("mode__in", ["audit", 1], "must be a text"),
        ("created", True, "must be a text"),
        ("created__isnull", "true", "must be true or false"),
        ("created__gte", None, "must not be null"),
        ("created", "soon", "is refused by the column (invalid)"),
        ("created__lt", "0001-01-01T00:00:00+14:00", "is no value for created"),
        ("user", "1", "must be a whole number"),
        ("user", True, "must be a whole number"),
        ("user", {"id": 1}, "must be a whole number"),
        ("id", 10**30, "must be a smaller number"),
        ("course_id", "no course", "is no value for course_id"),
        ("course_id__isnull", True, "rows cannot be chosen like this"),
    ],
)
def test_a_condition_that_cannot_be_is_skipped_and_noted_and_the_rest_applies(key, value, reason, enrollments):
    chosen, notes = rows({key: value, "is_active": True})

    assert chosen in (["audit", "verified"], [])
    assert notes == ([] if reason is None else [f"data.enrollments.{key}: {reason}"])


def test_rows_of_users_are_not_chosen_by_credentials(db):
    lms.learner()

    changes, notes = merge({"users": get_user_model().objects.all()}, {"users": {"password__gte": "a"}})

    assert (changes, notes) == ({}, ["data.users.password__gte: rows cannot be chosen by this column"])


@pytest.mark.parametrize("shape", [
    lambda rows: rows[:2],
    lambda rows: rows.union(rows),
], ids=["a slice", "a union"])  # fmt: skip
def test_rows_that_cannot_be_filtered_any_more_stay_as_they_are(shape, enrollments):
    changes, notes = merge({"enrollments": shape(CourseEnrollment.objects.all())}, {"enrollments": {"mode": "audit"}})

    assert (changes, notes) == ({}, ["data.enrollments: these rows cannot be filtered any more"])


def test_rows_are_filtered_by_the_filter_itself(enrollments, answer):
    answer("CourseEnrollmentQuerysetRequested", {"data": {"enrollments": {"mode": "honor"}}})
    given = CourseEnrollment.objects.filter(is_active=False) | CourseEnrollment.objects.filter(mode="audit")

    [row] = lms.run_named("CourseEnrollmentQuerysetRequested", enrollments=given)["enrollments"]

    assert row.mode == "honor"


def test_choosing_rows_asks_the_database_nothing(enrollments, django_assert_num_queries):
    with django_assert_num_queries(0):
        merge({"enrollments": CourseEnrollment.objects.all()}, {"enrollments": {"mode": "audit", "user": 1}})


# --- who may become what ------------------------------------------------------------------------------------------

ESCALATIONS = {
    "is_superuser": True, "is_staff": True, "is_active": None, "password": "md5$x$y", "username": "root",
    "email": "root@example.com", "pk": 1, "id": 1, "last_login": "2026-01-01T00:00:00Z",
    "date_joined": "2026-01-01T00:00:00Z", "user_id": 1, "user": 1, "profile": {"name": "x"}, "profile_id": 1,
    "groups": [1], "user_permissions": [1], "course_user_group": 1, "course_user_group_id": 1, "users": [1],
    "course_id": "course-v1:A+B+C", "save": "x", "delete": "x", "set_password": "x", "check_password": "x",
    "get_full_name": "x", "objects": "x", "backend": "x", "_state": {"adding": True}, "_password": "x", "_meta": {},
    "__class__": "x", "__dict__": {"is_superuser": True}, "is_superuser__exact": True,
}  # fmt: skip

ROWS = {"user", "enrollment", "current_membership", "target_cohort"}
WITH_ROWS = [filter_ for filter_ in catalogue.filters() if ROWS & set(filter_.arguments)]


@pytest.mark.parametrize("filter_", WITH_ROWS, ids=lambda filter_: filter_.name)
def test_no_reply_of_any_filter_makes_somebody_of_anybody(filter_, db, answer, noted, monkeypatch):
    monkeypatch.setattr("openedx_webhooks.verdicts.MAX_NOTES", 1000)
    user = lms.learner()
    arguments = lms.arguments(filter_, user)
    own = ROWS & set(arguments)
    told = [user, user.profile, *(arguments[name] for name in own)]
    before = [(type(row), set(vars(row)), lms.columns(row)) for row in told]
    answer(filter_.name, {"data": dict.fromkeys([*own, "user", "profile", "user_profile"], ESCALATIONS)})

    lms.run(filter_, arguments)

    assert [(type(row), set(vars(row)), lms.columns(row)) for row in told] == before
    assert [lms.stored(row) for row in told] == [values for _, _, values in before]
    skipped = {note.partition(":")[0] for note in noted()}
    assert skipped >= {f"data.{name}.{escalation}" for name in own for escalation in ESCALATIONS}


def test_an_enrolment_can_be_made_inactive_but_not_a_user(db, answer):
    user = lms.learner()
    row = lms.enrollment(user)
    answer("CourseUnenrollmentStarted", {"data": {name: {"is_active": False} for name in ("enrollment", "user")}})

    lms.run_named("CourseUnenrollmentStarted", enrollment=row)

    assert (row.is_active, row.user.is_active) == (False, True)


def test_a_site_can_allow_one_of_them(db, answer, settings, noted):
    settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": ["auth.User.email"]}
    user = lms.learner()
    answer("StudentLoginRequested", {"data": {"user": {"email": "new@example.com", "username": "root"}}})

    lms.run_named("StudentLoginRequested", user=user)

    assert lms.stored(user)["email"] == user.email == "new@example.com"
    assert user.username != "root"
    assert noted() == [
        "data.user.username: is not writable by a reply; for most fields WRITABLE_FIELDS can allow 'auth.user.username'"
    ]


@pytest.mark.parametrize("name", ["password", "id"])
def test_a_site_cannot_allow_credentials_and_keys(name, db, answer, settings):
    settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": [f"auth.user.{name}"]}
    user = lms.learner()
    before = lms.columns(user)
    answer("StudentLoginRequested", {"data": {"user": {name: ESCALATIONS[name]}}})

    lms.run_named("StudentLoginRequested", user=user)

    assert lms.columns(user) == lms.stored(user) == before


# --- models -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({"name": "Jane Q. Doe"}, {"name": "Jane Q. Doe"}),
        ({"name": ""}, {"name": ""}),
        ({"year_of_birth": 1999}, {"year_of_birth": 1999}),
        ({"year_of_birth": None}, {"year_of_birth": None}),
        ({"gender": "o"}, {"gender": "o"}),
        ({"goals": "To learn.\nAnd more."}, {"goals": "To learn.\nAnd more."}),
        ({"allow_certificate": False}, {"allow_certificate": False}),
        ({"allow_certificate": "false"}, {"allow_certificate": False}),
        ({"name": "x", "gender": "m", "goals": "y"}, {"name": "x", "gender": "m", "goals": "y"}),
    ],
    ids=str,
)
def test_a_field_of_a_model_is_set_and_saved(new, expected, db, answer, noted):
    user = lms.learner()
    before = lms.stored(user.profile)
    answer("StudentLoginRequested", {"data": {"profile": new}})

    lms.run_named("StudentLoginRequested", user=user)

    assert lms.columns(user.profile) == lms.stored(user.profile) == {**before, **expected}
    assert noted() == []


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ({"name": None}, "name: must not be null"),
        ({"name": 1}, "name: must be a text"),
        ({"name": ["x"]}, "name: must be a text"),
        ({"name": "x" * 256}, "name: is refused by the column (max_length)"),
        ({"name": "a\0b"}, "name: must not hold a null character"),
        ({"year_of_birth": "1999"}, "year_of_birth: must be a whole number"),
        ({"year_of_birth": True}, "year_of_birth: must be a whole number"),
        ({"year_of_birth": 19.5}, "year_of_birth: must be a whole number"),
        ({"year_of_birth": 2**63}, "year_of_birth: must be a smaller number"),
        ({"gender": "x"}, "gender: is refused by the column (invalid_choice)"),
        ({"allow_certificate": 1}, "allow_certificate: must be true or false"),
        ({"allow_certificate": None}, "allow_certificate: must not be null"),
        ({"nothing": 1}, "nothing: UserProfile has no such column"),
        ({"get_gender_display": "x"}, "get_gender_display: UserProfile has no such column"),
        ({"": 1}, ": UserProfile has no such column"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_column_cannot_take_is_skipped_and_noted_and_the_rest_applies(new, reason, db, answer, noted):
    user = lms.learner()
    before = lms.stored(user.profile)
    answer("StudentLoginRequested", {"data": {"profile": {**new, "goals": "To learn."}}})

    lms.run_named("StudentLoginRequested", user=user)

    assert lms.columns(user.profile) == lms.stored(user.profile) == {**before, "goals": "To learn."}
    assert noted() == [f"data.profile.{reason}"]


def test_a_lazy_user_is_the_user(db, answer):
    user = lms.learner()
    lazy = SimpleLazyObject(lambda: user)
    answer("StudentLoginRequested", {"data": {"user": {"first_name": "Janet"}}})

    assert lms.run_named("StudentLoginRequested", user=lazy)["user"] is lazy
    assert lms.stored(user)["first_name"] == user.first_name == "Janet"


def test_a_column_that_was_not_loaded_is_not_written(db, answer, noted):
    user = get_user_model().objects.only("username").get(pk=lms.learner().pk)
    answer("StudentLoginRequested", {"data": {"user": {"first_name": "Janet"}}})

    lms.run_named("StudentLoginRequested", user=user)

    assert lms.stored(user)["first_name"] == "Jane"
    assert noted() == ["data.user.first_name: was not loaded"]


def test_a_user_who_is_not_in_the_database_yet_is_not_saved(db, answer):
    user = get_user_model()(username="new", first_name="Jane")
    answer("StudentLoginRequested", {"data": {"user": {"first_name": "Janet"}}})

    lms.run_named("StudentLoginRequested", user=user)

    assert user.first_name == "Janet"
    assert not get_user_model().objects.filter(username="new").exists()


SAVED = {
    "StudentLoginRequested": {"user", "profile"},
    "CourseEnrollmentStarted": {"user", "profile"},
    "CourseUnenrollmentStarted": {"user", "profile"},
    "CertificateCreationRequested": {"user", "profile"},
    "CohortAssignmentRequested": set(),
    "CohortChangeRequested": set(),
}
NEW = {
    "user": ("first_name", "Janet"),
    "profile": ("name", "Janet"),
    "user_profile": ("name", "Janet"),
    "enrollment": ("mode", "honor"),
    "target_cohort": ("name", "Group C"),
}


@pytest.fixture
def saves():
    """What is saved: the model, and the fields that are written."""
    saved = []

    def note(sender, update_fields, **_):
        saved.append((sender, update_fields))

    post_save.connect(note)
    yield saved
    post_save.disconnect(note)


@pytest.mark.parametrize("name", SAVED)
def test_changes_are_saved_only_where_the_original_saved_them(name, db, answer, saves):
    filter_ = catalogue.filter_named(name)
    arguments = lms.arguments(filter_, user := lms.learner())
    user.last_name = "changed by the platform, and not to be saved by us"
    shown = {"user": user, "profile": user.profile, "user_profile": user.profile, **arguments}
    answer(name, {"data": {target: dict([NEW[target]]) for target in NEW}})
    saves.clear()

    lms.run(filter_, arguments)

    assert sorted((sender.__name__, *fields) for sender, fields in saves) == sorted(
        (type(shown[target]).__name__, NEW[target][0]) for target in SAVED[name]
    )
    for target in SAVED[name]:
        assert lms.stored(shown[target])[NEW[target][0]] == NEW[target][1]
    assert lms.stored(user)["last_name"] == ""
    assert all(getattr(shown[one], NEW[one][0]) == NEW[one][1] for one in NEW if one in arguments)


@pytest.mark.parametrize("name", ["CohortAssignmentRequested", "CohortChangeRequested", "CourseUnenrollmentStarted"])
def test_a_cohort_and_an_enrolment_are_changed_in_memory_only(name, db, answer):
    filter_ = catalogue.filter_named(name)
    arguments = lms.arguments(filter_)
    answer(name, {"data": {target: dict([NEW[target]]) for target in ("target_cohort", "enrollment")}})
    [model] = [arguments[target] for target in ("target_cohort", "enrollment") if target in arguments]
    before = lms.stored(model)

    lms.run(filter_, arguments)

    assert lms.columns(model) != before
    assert lms.stored(model) == before


def test_a_membership_has_nothing_that_a_reply_may_change(db, answer):
    membership = lms.membership(lms.learner())
    before = lms.columns(membership)
    answer("CohortChangeRequested", {"data": {"current_membership": {"course_id": "course-v1:A+B+C", "user_id": 1}}})

    lms.run_named("CohortChangeRequested", current_membership=membership)

    assert isinstance(membership, CohortMembership)
    assert lms.columns(membership) == before


def test_a_denied_action_changes_nothing_not_even_in_memory(db, answer, saves, django_assert_num_queries):
    user = lms.learner()
    before = lms.columns(user), lms.columns(user.profile)
    answer("StudentLoginRequested", {
        "data": {"user": {"first_name": "Janet"}, "profile": {"name": "Janet"}}, "exception": {"PreventLogin": "No."},
    })  # fmt: skip
    saves.clear()

    with pytest.raises(OpenEdxFilterException):
        lms.run_named("StudentLoginRequested", user=user)

    assert (lms.columns(user), lms.columns(user.profile)) == before
    assert saves == []


# --- a save that fails --------------------------------------------------------------------------------------------


class Refused(Exception):
    """What a receiver of a model's signals may raise."""


def refuse(signal):
    def refusing(sender, **_):
        raise Refused("jane@example.com may not")

    signal.connect(refusing, sender=get_user_model(), weak=False)
    return lambda: signal.disconnect(refusing, sender=get_user_model())


@pytest.fixture(params=["pre_save", "post_save", "the database", "the row is gone"])
def broken(request, db, settings):
    """A user who cannot be saved, the change that is refused, and the name of the error."""
    user = lms.learner()
    if request.param in ("pre_save", "post_save"):
        request.addfinalizer(refuse(pre_save if request.param == "pre_save" else post_save))  # noqa: PT021
        return user, {"first_name": "Janet"}, "Refused"
    if request.param == "the database":
        settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": ["auth.user.username"]}
        return user, {"username": lms.learner().username}, "IntegrityError"
    UserProfile.objects.filter(user=user).delete()
    get_user_model().objects.filter(pk=user.pk).delete()
    newer = getattr(get_user_model(), "NotUpdated", DatabaseError)  # Django 6 says it more exactly
    return user, {"first_name": "Janet"}, newer.__name__


def test_everything_is_as_before_and_the_process_goes_on(broken, answer, noted):
    user, change, error = broken
    before = lms.columns(user)
    answer("StudentLoginRequested", {"data": {"user": change}})

    with transaction.atomic():
        after = lms.run_named("StudentLoginRequested", user=user)
        assert lms.cohort().pk  # the caller's transaction can still be used

    assert after["user"] is user
    assert lms.columns(user) == before
    assert get_user_model().objects.filter(pk=user.pk).values().first() in (before, None)
    assert noted() == [f"data.user: cannot be saved ({error})"]


def test_in_a_transaction_that_is_broken_already_nothing_is_written(db):
    user = lms.learner()
    with transaction.atomic():
        connection.needs_rollback = True
        try:
            changes, notes = merge({"user": user}, {"user": {"first_name": "Janet"}}, saved=["user"])
        finally:
            connection.needs_rollback = False

    assert (changes, notes) == ({}, ["data.user: cannot be saved (TransactionManagementError)"])
    assert lms.stored(user)["first_name"] == user.first_name == "Jane"


def test_what_else_the_reply_says_applies(db, answer, request):
    user = lms.learner()
    request.addfinalizer(refuse(pre_save))
    answer("CourseEnrollmentStarted", {
        "data": {"user": {"first_name": "x"}, "profile": {"name": "Janet"}, "mode": "honor"},
    })  # fmt: skip

    after = lms.run_named("CourseEnrollmentStarted", user=user)

    assert after["mode"] == "honor"
    assert lms.stored(user.profile)["name"] == "Janet"
    assert lms.stored(user)["first_name"] == user.first_name == "Jane"


def test_what_was_to_happen_after_a_save_that_failed_does_not(db, answer, request, django_capture_on_commit_callbacks):
    user = lms.learner()
    happened = []

    def announce(sender, **_):
        transaction.on_commit(lambda: happened.append(sender))

    post_save.connect(announce, sender=get_user_model(), weak=False)
    request.addfinalizer(lambda: post_save.disconnect(announce, sender=get_user_model()))
    request.addfinalizer(refuse(post_save))
    answer("StudentLoginRequested", {"data": {"user": {"first_name": "x"}}})

    with django_capture_on_commit_callbacks(execute=True):
        lms.run_named("StudentLoginRequested", user=user)

    assert happened == []


# --- columns that the stand-ins do not have -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything():
    """A table with a column of every kind."""
    with isolate_apps("tests.campus"):

        class Everything(models.Model):
            ratio = models.FloatField()
            price = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
            extra = models.JSONField(default=dict)
            token_id = models.UUIDField()
            lasts = models.DurationField()
            day = models.DateField()
            at = models.DateTimeField()
            scan = models.FileField()
            peculiar = Peculiar()
            hidden = models.CharField(editable=False, max_length=5)

            class Meta:
                app_label = "student"

        return Everything


class Peculiar(models.TextField):
    """A field of another package, with an opinion of its own."""

    def to_python(self, value):
        raise LookupError(value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ratio", 1, 1.0),
        ("ratio", 0.5, 0.5),
        ("price", "12.50", Decimal("12.50")),
        ("price", 12.5, Decimal("12.5")),
        ("price", None, None),
        ("extra", {"a": [1, None]}, {"a": [1, None]}),
        ("extra", ["a"], ["a"]),
        ("extra", True, True),
        ("token_id", str(UUID(int=1)), UUID(int=1)),
        ("day", "2026-11-24", date(2026, 11, 24)),
        ("at", "2026-11-24T03:45:50+01:00", datetime(2026, 11, 24, 2, 45, 50, tzinfo=UTC)),
        ("at", "2026-11-24T03:45:50", datetime(2026, 11, 24, 3, 45, 50, tzinfo=UTC)),
        ("at", "2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_a_column_takes(name, value, expected, everything):
    column = everything._meta.get_field(name)

    assert columns.cleaned(column, value, everything()) == expected


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ratio", "0.5", "must be a whole number or a number"),
        ("ratio", True, "must be a whole number or a number"),
        ("ratio", 10**400, "must be a smaller number"),
        ("price", "x", "is refused by the column (invalid)"),
        ("price", "NaN", "is refused by the column (invalid)"),
        ("price", "1E+999999999", "is refused by the column (max_digits)"),
        ("price", 12345.5, "is refused by the column (max_whole_digits)"),
        ("extra", {"a": ["\0"]}, "must not hold a null character"),
        ("extra", None, "must not be null"),
        ("token_id", "x", "is refused by the column (invalid)"),
        ("lasts", "P999999999999D", "is no value for lasts"),
        ("day", "2026-13-01", "is refused by the column (invalid_date)"),
        ("day", 20261124, "must be a text"),
        ("at", "9999-12-31T23:59:59-14:00", "is no value for at"),
        ("peculiar", "x", "is no value for peculiar"),
    ],
)
def test_a_column_refuses_without_a_word_of_the_value(name, value, reason, everything):
    column = everything._meta.get_field(name)

    with pytest.raises(Skip) as raised:
        columns.cleaned(column, value, everything())

    assert str(raised.value) == reason


@pytest.mark.parametrize("name", ["scan", "hidden"])
def test_files_and_what_forms_do_not_show_are_not_written(name, everything):
    with pytest.raises(Skip):
        columns.writable(everything(scan="a", hidden="b"), name)


@pytest.mark.parametrize("name", ["extra", "scan"])
def test_rows_are_not_chosen_by_objects_and_files(name, everything):
    with pytest.raises(Skip, match="rows cannot be chosen by this column"):
        columns.condition(everything, name, "x")


def test_without_time_zones_a_moment_is_naive(everything, settings):
    settings.USE_TZ = False

    moment = columns.cleaned(everything._meta.get_field("at"), "2026-11-24T03:45:50", everything())

    assert moment == datetime(2026, 11, 24, 3, 45, 50)  # noqa: DTZ001


class Unspeakable:
    """A key of a page context whose text cannot be had."""

    def __str__(self):
        raise RuntimeError("no")


def test_an_argument_that_breaks_does_not_keep_the_others_from_changing():
    filter_ = catalogue.filter_named("DashboardRenderStarted")
    targets = {"context": {Unspeakable(): 1, "a": "b"}, "template_name": "dashboard.html"}

    changes, merge = merge_arguments(filter_, targets, {"context": {"a": "c"}, "template_name": "other.html"})

    assert changes == {"template_name": "other.html"}
    assert merge.notes == ["data.context: cannot be changed (RuntimeError); it is ignored"]


@pytest.mark.parametrize("name", ["../secrets.html", "/etc/passwd", "a/../../b.html", ""])
def test_a_template_stays_among_the_templates(name):
    filter_ = catalogue.filter_named("DashboardRenderStarted")

    changes, _ = merge_arguments(filter_, {"template_name": "dashboard.html"}, {"template_name": name})

    assert changes == {}
