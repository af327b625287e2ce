"""What a running LMS passes to its filters goes out whole, small, and without a secret.

``data/filters-observed.json`` was written down in a running LMS: the arguments of 21 filters, their types, and the keys
of their dictionaries. Each filter is run with live objects of these types and asks a webfilter on a real socket.
"""

from __future__ import annotations

import copy
import io
import itertools
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openedx_webhooks import catalogue, handlers, registry, rendering
from tests import courseware
from tests.campus.models import CourseEnrollment
from tests.courseware import SECRET

OBSERVED = json.loads((Path(__file__).parent / "data" / "filters-observed.json").read_text(encoding="utf-8"))
INSTALLED = [name for name in OBSERVED if catalogue.filter_named(name)]
RUNS = [
    pytest.param(name, types, id="-".join([name, *(kind.rpartition(".")[2] for kind in types.values())]))
    for name in INSTALLED
    for types in (
        dict(zip(OBSERVED[name]["kwargs"], kinds, strict=True))
        for kinds in itertools.product(*(facts["types"] for facts in OBSERVED[name]["kwargs"].values()))
    )
]

#: The keys of each payload, beside ``event_metadata``; of a registration they are those of the form.
KEYS = {
    "StudentLoginRequested": ["user", "profile"],
    "StudentRegistrationRequested": list(OBSERVED["StudentRegistrationRequested"]["kwargs"]["form_data"]["keys"]),
    "CourseEnrollmentStarted": ["user", "profile", "course_key", "mode"],
    "CourseUnenrollmentStarted": ["user", "profile", "enrollment"],
    "CohortAssignmentRequested": ["target_cohort", "user", "user_profile", "course_key"],
    "CohortChangeRequested": ["current_membership", "target_cohort", "user", "user_profile", "course_key"],
    "CertificateCreationRequested": [
        "user", "profile", "course_key", "mode", "status", "grade", "generation_mode", "completion_summary",
    ],
    "CertificateRenderStarted": ["context", "custom_template", "completion_summary"],
    "DashboardRenderStarted": ["context", "template_name"],
    "IDVPageURLRequested": ["url"],
    "CourseHomeUrlCreationStarted": ["course_id", "course_home_url"],
    "CourseAboutPageURLRequested": ["url", "org"],
    "CourseAboutRenderStarted": ["context", "template_name"],
    "CourseRunAPIRenderStarted": ["serialized_courserun"],
    "CourseEnrollmentAPIRenderStarted": ["course_id", "serialized_enrollment"],
    "ScheduleQuerySetRequested": ["schedules"],
    "InstructorDashboardRenderStarted": ["context", "template_name"],
    "RenderXBlockStarted": ["context", "student_view_context"],
    "VerticalBlockChildRenderStarted": ["block", "context"],
    "VerticalBlockRenderCompleted": ["block", "fragment", "context", "view"],
    "ORASubmissionViewRenderStarted": ["context", "template_name"],
}  # fmt: skip

#: What shows that an object went out as its ``repr``.
REPR = re.compile(r"object at 0x|<(?:class|function|bound method|generator|module|User:|QuerySet)|QuerySet\[|Locator\(")

DEFAULT_LIMIT = 1024 * 1024


def arguments_of(name: str, types: dict[str, str]) -> dict[str, Any]:
    facts = OBSERVED[name]["kwargs"]
    return {key: courseware.made(kind, key, facts[key].get("keys")) for key, kind in types.items()}


def run(name: str, arguments: dict[str, Any]) -> None:
    filter_ = catalogue.filter_named(name)
    registry.webfilters(name)  # the one refresh of this process
    began = time.monotonic()
    filter_.cls.run_filter(**arguments)
    assert time.monotonic() - began < 5


def payload_of(request: Any, limit: int = DEFAULT_LIMIT) -> Any:
    """The JSON, once it is sure that it is JSON, small, and nobody's secret."""
    text = request.body.decode("ascii")
    assert len(request.body) <= limit
    assert SECRET not in text
    assert not REPR.search(text)
    return json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize(("name", "types"), RUNS)
def test_it_goes_out_under_its_keys_and_without_a_secret(name, types, webfilter, receiver):
    webfilter(name)

    run(name, arguments_of(name, types))

    payload = payload_of(receiver.last)
    unknown_user = name == "StudentLoginRequested" and types["user"] == "builtins.NoneType"
    assert list(payload) == [*([] if unknown_user else KEYS[name]), "event_metadata"]
    assert "truncated" not in payload["event_metadata"] or "QuerySet" in json.dumps(OBSERVED[name])


@pytest.mark.parametrize("name", [name for name in INSTALLED if "keys" in json.dumps(OBSERVED[name])])
def test_every_key_of_its_dictionaries_arrives(name, webfilter, receiver):
    webfilter(name)
    facts = OBSERVED[name]["kwargs"]
    types = {key: facts[key]["types"][-1] for key in facts}

    run(name, arguments_of(name, types))

    for key in (key for key in facts if "keys" in facts[key]):
        sent = receiver.last.json.get(key, receiver.last.json)
        assert list(facts[key]["keys"]) == [inner for inner in sent if inner in facts[key]["keys"]]


@pytest.mark.parametrize(("name", "types"), RUNS)
def test_it_goes_out_as_a_form(name, types, webfilter, receiver):
    webfilter(name, use_www_form_encoding=True)

    run(name, arguments_of(name, types))

    form = receiver.last.form
    assert len(receiver.last.body) <= DEFAULT_LIMIT
    assert form["event_metadata_event_type"] == name
    assert not any(SECRET in text or REPR.search(text) for text in [*form, *form.values()])


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
@pytest.mark.parametrize(("name", "types"), RUNS)
def test_a_small_limit_is_kept(name, types, form, webfilter, receiver, settings):
    settings.OPENEDX_WEBHOOKS = {"MAX_PAYLOAD_BYTES": 600}
    webfilter(name, use_www_form_encoding=form)

    run(name, arguments_of(name, types))

    assert len(receiver.last.body) <= 600
    assert b"truncated" in receiver.last.body or len(receiver.last.body) < 600


@pytest.mark.parametrize(("name", "types"), RUNS)
def test_nothing_is_changed_by_looking(name, types, webfilter, receiver):
    webfilter(name)
    arguments = arguments_of(name, types)
    before = {key: shape(value) for key, value in arguments.items()}

    run(name, arguments)

    assert {key: shape(value) for key, value in arguments.items()} == before


def shape(value: Any) -> Any:
    """Which objects a value consists of, down to those of dictionaries and the attributes of objects."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    state = {key: id(item) for key, item in vars(value).items()} if hasattr(value, "__dict__") else None
    for cache in ("_state", "_result_cache"):  # of models, whose user was followed; of QuerySets, see below
        state and state.pop(cache, None)
    return id(value), state


@pytest.mark.parametrize(("name", "types"), RUNS)
def test_it_costs_few_queries(name, types, webfilter, receiver):
    webfilter(name)
    arguments = arguments_of(name, types)

    with CaptureQueriesContext(connection) as queries:
        run(name, arguments)

    read = of_the_platform(queries)
    assert len(read) <= 2  # a profile, or the rows of a QuerySet
    assert all("LIMIT" in sql for sql in read)


def of_the_platform(queries: CaptureQueriesContext) -> list[str]:
    """The queries for rows that are not ours: the registry looks for those of its own."""
    return [
        query["sql"]
        for query in queries
        if query["sql"].startswith("SELECT") and "openedx_webhooks" not in query["sql"]
    ]


# --- a page with everything behind it -----------------------------------------------------------------------------


@pytest.fixture
def dashboard(db, webfilter):
    """Run the dashboard's filter with this context, and something beside it."""

    def run_with(context: dict[str, Any], form: bool = False) -> None:
        webfilter("DashboardRenderStarted", use_www_form_encoding=form)
        run("DashboardRenderStarted", {"context": context, "template_name": "dashboard.html"})

    return run_with


@pytest.mark.parametrize("form", [False, True], ids=["JSON", "form"])
def test_a_page_with_its_request_has_no_secret_in_its_payload(form, dashboard, receiver):
    dashboard(courseware.page(courseware.learner()), form)

    assert SECRET not in receiver.last.body.decode()
    assert len(receiver.last.body) < 20_000


def test_a_page_shows_its_data(dashboard, receiver):
    user = courseware.learner()

    dashboard(courseware.page(user))

    context = payload_of(receiver.last)["context"]
    assert context["request"] == {"method": "GET", "path": "/dashboard"}
    assert context["user"]["username"] == user.username
    assert "password" not in context["user"]
    assert context["linked"] == {"name": "linked", "list": [None], "self": None}
    assert context["course"]["type"] == "course"
    assert context["course"]["name"] == "Demonstration Course"
    assert context["fragment"] == "<form><p>Unit</p></form>"
    assert context["grade"] == {"percent": 0.87, "letter_grade": "B", "passed": True}
    assert context["social_auth"] == [{"provider": "google", "extra_data": {}}]
    assert context["extra_data"] == {"kept": "yes"}
    for code in ("generator", "iterator", "manager", "related_manager", "function", "method", "model"):
        assert context[code] is None


def test_what_can_be_read_once_is_left_for_the_platform(dashboard, receiver):
    stream = io.BytesIO(b"content")
    context = {
        "generator": (number for number in range(3)),
        "iterator": iter("ab"),
        "map": map(str, [1]),
        "file": stream,
    }

    dashboard(context)

    assert [*context["generator"]] == [0, 1, 2]
    assert [*context["iterator"]] == ["a", "b"]
    assert [*context["map"]] == ["1"]
    assert stream.tell() == 0
    assert not stream.closed


def test_a_list_of_a_hundred_thousand_is_cut(dashboard, receiver):
    context = {"long": [{"number": number, "text": "x" * 20} for number in range(100_000)]}

    dashboard(context)

    payload = payload_of(receiver.last)
    assert payload["event_metadata"]["truncated"] is True
    assert payload["template_name"] == "dashboard.html"
    assert 1_000 < len(payload["context"]["long"]) < 20_000
    assert len(context["long"]) == 100_000


def test_a_tree_that_shares_its_branches_is_cut(dashboard, receiver):
    """Thirty levels of two references each are a thousand million values; the original made 1.1 GB of such a page."""
    tree: Any = "leaf"
    for _ in range(30):
        tree = {"left": tree, "right": tree}

    dashboard({"tree": tree})

    assert payload_of(receiver.last)["event_metadata"]["truncated"] is True


# --- QuerySets and models -----------------------------------------------------------------------------------------


def test_rows_are_capped_and_the_queryset_is_not_evaluated(webfilter, receiver, db):
    if not catalogue.filter_named("ScheduleQuerySetRequested"):
        name, argument = "CourseEnrollmentQuerysetRequested", "enrollments"
    else:
        name, argument = "ScheduleQuerySetRequested", "schedules"
    webfilter(name)
    rows = courseware.enrollments()

    run(name, {argument: rows})

    payload = payload_of(receiver.last)
    assert len(payload[argument]) == handlers.MAX_ROWS
    assert set(payload[argument][0]) == {"id", "user_id", "course_id", "is_active"}
    assert payload["event_metadata"]["truncated"] is True
    assert rows._result_cache is None


def test_a_column_that_was_not_loaded_stays_so(webfilter, receiver, db):
    webfilter("StudentLoginRequested")
    user = get_user_model().objects.defer("email", "last_name").get(pk=courseware.learner().pk)

    run("StudentLoginRequested", {"user": user})

    assert "email" not in payload_of(receiver.last)["user"]
    assert user.get_deferred_fields() == {"email", "last_name"}


def test_the_order_of_a_set_of_models_costs_no_query(dashboard, receiver, db):
    """The text of a platform's model often follows its relations."""
    rows = set(courseware.enrollments()[:20])

    with CaptureQueriesContext(connection) as queries:
        dashboard({"set": rows})

    assert not of_the_platform(queries)
    assert len(payload_of(receiver.last)["context"]["set"]) == 20


def test_many_querysets_are_few_queries(dashboard, receiver, db):
    context = {"all": [CourseEnrollment.objects.filter(pk=number) for number in range(200)]}

    with CaptureQueriesContext(connection) as queries:
        dashboard(context)

    assert len(of_the_platform(queries)) == rendering.MAX_QUERIES
    assert payload_of(receiver.last)["event_metadata"]["truncated"] is True


def test_a_query_that_fails_does_not_break_the_transaction(dashboard, receiver, db):
    broken = CourseEnrollment.objects.extra(where=["no_such_column = 1"])

    dashboard({"broken": broken, "kept": "yes"})

    assert payload_of(receiver.last)["context"] == {"broken": None, "kept": "yes"}
    assert CourseEnrollment.objects.count() == 0


def test_related_rows_and_locks_are_not_asked_for(dashboard, receiver, db):
    lms_rows = courseware.enrollments().select_for_update()
    users = get_user_model().objects.prefetch_related("courseenrollment_set")

    with CaptureQueriesContext(connection) as queries:
        dashboard({"enrollments": lms_rows, "users": users})

    assert not any("FOR UPDATE" in query["sql"] or " IN (" in query["sql"] for query in queries)
    assert lms_rows.query.select_for_update is True
    assert users._prefetch_related_lookups == ("courseenrollment_set",)


def test_an_evaluated_queryset_goes_out_without_a_query(dashboard, receiver, db):
    rows = courseware.enrollments()
    len(rows)

    with CaptureQueriesContext(connection) as queries:
        dashboard({"rows": rows})

    assert not of_the_platform(queries)
    assert len(payload_of(receiver.last)["context"]["rows"]) == handlers.MAX_ROWS


def test_blocks_of_all_kinds_are_an_id_a_type_and_a_name(dashboard, receiver):
    unit = courseware.unit()
    _, text, essay = unit.linked

    dashboard({"unit": unit, "text": text, "essay": essay})

    prefix = "block-v1:OpenedX+DemoX+2026+type"
    assert payload_of(receiver.last)["context"] == {
        "unit": {"id": f"{prefix}@vertical+block@unit", "type": "vertical", "name": "A unit"},
        "text": {"id": f"{prefix}@html+block@text", "type": "html", "name": "A text"},
        "essay": {"id": f"{prefix}@openassessment+block@essay", "type": "openassessment", "name": None},
    }


def test_plain_copies_of_what_is_sent_are_equal_afterwards(dashboard, receiver):
    context = {"a": {"b": [1, {"c": {2, 3}}]}, "d": courseware.made("collections.defaultdict", "x")}
    before = copy.deepcopy(context)

    dashboard(context)

    assert context == before
