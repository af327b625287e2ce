"""What the pages of filters say of personal data, and of what becomes of the changes of a reply."""

from __future__ import annotations

import re

import pytest

from openedx_webhooks import catalogue
from tests import lms, reference
from tests.reference import json_blocks, page_of, section
from tests.test_reference import UNASKED, leaves, value_at

pytestmark = pytest.mark.django_db

# --- personal data ------------------------------------------------------------------------------------------------

USER = {"user.email", "user.first_name", "user.last_name", "user.username"}
PROFILE = {
    "bio", "city", "country", "gender", "goals", "language", "level_of_education", "location", "mailing_address",
    "meta", "name", "phone_number", "state", "year_of_birth",
}  # fmt: skip
CONTEXT = {"context.accomplishment_copy_name"}
OF_PROFILE = USER | {f"profile.{name}" for name in PROFILE}
OF_USER_PROFILE = USER | {f"user_profile.{name}" for name in PROFILE}

PERSONAL = {
    "AccountActivationEmailContextGenerated": USER | {"message_context.accomplishment_copy_name"},
    "AccountSettingsReadOnlyFieldsRequested": USER,
    "AccountSettingsRenderStarted": CONTEXT,
    "AuthnMFEContextGenerated": CONTEXT,
    "CertificateCreationRequested": OF_PROFILE,
    "CertificateRenderStarted": CONTEXT,
    "CohortAssignmentRequested": OF_USER_PROFILE,
    "CohortChangeRequested": OF_USER_PROFILE,
    "CourseAboutRenderStarted": CONTEXT,
    "CourseEnrollmentStarted": OF_PROFILE,
    "CourseEnrollmentViewStarted": USER,
    "CourseModePriceRequested": USER,
    "CourseUnenrollmentStarted": OF_PROFILE,
    "CoursewareAccessChecksRequested": USER,
    "DashboardRenderStarted": CONTEXT,
    "DiscountEligibilityCheckRequested": USER,
    "GradeEventContextRequested": CONTEXT,
    "InstructorDashboardRenderStarted": CONTEXT,
    "InstructorDashboardTabsRequested": USER,
    "LoginAltRedirectURLRequested": USER,
    "LoginFormGenerated": {"running_pipeline.kwargs.username"},
    "LogistrationViewContextGenerated": CONTEXT,
    "LogistrationViewRenderCompleted": CONTEXT,
    "ORASubmissionViewRenderStarted": CONTEXT,
    "RegistrationFormGenerated": {"running_pipeline.kwargs.username"},
    "RenderXBlockStarted": CONTEXT,
    "StudentLoginRequested": OF_PROFILE,
    "StudentRegistrationRequested": {
        "country", "email", "gender", "goals", "level_of_education", "name", "username", "year_of_birth",
    },
    "SupportContactContextRequested": CONTEXT,
    "SupportEnrollmentDataRequested": USER,
    "VerticalBlockChildRenderStarted": CONTEXT,
    "VerticalBlockRenderCompleted": CONTEXT,
}  # fmt: skip


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_a_page_names_all_personal_data_of_its_payload(filter_):
    told = section(page_of("filters", filter_.name), "What a webfilter is told")

    found = re.search(r"It carries personal data: (.+)\.", told)
    assert set(re.findall("``(.+?)``", found[1]) if found else ()) == PERSONAL.get(filter_.name, set())


def test_the_page_of_the_registration_says_that_other_fields_may_be_there():
    text = page_of("filters", "StudentRegistrationRequested")

    assert "``confirm_email``, ``city`` or ``mailing_address`` may be among them." in text


# --- examples -----------------------------------------------------------------------------------------------------

#: The change that a filter is there for.
TELLING = {
    "AccountSettingsReadOnlyFieldsRequested": {"readonly_fields": ["name"]},
    "CourseHomeUrlCreationStarted": {"course_home_url": "https://example.com/home/other"},
    "CourseModePriceRequested": {"price": 39},
    "InstructorDashboardTabsRequested": {
        "tabs": [{"tab_id": "help", "title": "Help", "url": "https://example.com/help"}]
    },
    "LMSPageURLRequested": {"url": "https://example.com/page/other"},
    "LoginAltRedirectURLRequested": {"redirect_url": "/welcome"},
    "SupportEnrollmentDataRequested": {
        "enrollments_data": [{"course_id": "course-v1:OpenedX+DemoX+2026", "mode": "honor"}]
    },
}


@pytest.mark.parametrize("name", [name for name in TELLING if catalogue.filter_named(name)])
def test_an_example_shows_what_the_filter_is_for(name):
    blocks = json_blocks(section(page_of("filters", name), "What a reply may change"))

    assert blocks == [{"data": TELLING[name]}]


# --- how long a change lasts --------------------------------------------------------------------------------------


def lasting(filter_):
    """What the page says of each value that a reply may change."""
    text = section(page_of("filters", filter_.name), "What a reply may change").partition("Only where the setting")[0]
    return dict(re.findall(r"\* - ``(\S+)``\n +- .+\n +- (.+)\n", text.partition("A reply cannot change:")[0]))


def handed(filter_):
    """The paths of what the platform has after a run, by the page."""
    words = ("handed to the platform", "in memory", "in memory; lasts if the platform saves the object")
    return {path for path, said in lasting(filter_).items() if said in words}


#: Filters of rows that are chosen, or saved.
OTHERWISE = {"CourseEnrollmentQuerysetRequested", "ScheduleQuerySetRequested", "StudentLoginRequested"}


def test_a_page_says_of_every_other_filter_what_the_platform_has_of_a_change():
    none = {filter_.name for filter_ in catalogue.filters() if filter_.name not in UNASKED and not handed(filter_)}

    assert none == {name for name in OTHERWISE if catalogue.filter_named(name)}


@pytest.mark.parametrize(
    "filter_",
    [filter_ for filter_ in catalogue.filters() if filter_.name not in OTHERWISE | UNASKED],
    ids=lambda filter_: filter_.name,
)
def test_what_is_said_to_be_handed_to_the_platform_is(filter_, webfilter, receiver):
    data = {}
    for trial in reference.trials.trials(filter_):
        if trial.name in handed(filter_):
            holder = data
            for part in trial.path[:-1]:
                holder = holder.setdefault(part, {})
            holder[trial.path[-1]] = trial.value
    webfilter(filter_.name)
    receiver.answer({"data": data})

    after = lms.run(filter_, reference.world.arguments(filter_))

    changed = dict(leaves(data))
    assert {".".join(path) for path in changed} == handed(filter_)
    assert {path: value_at(path, after) for path in changed} == changed


@pytest.mark.parametrize("field", ["mode", "is_active"])
def test_a_row_that_we_do_not_save_lasts_if_the_platform_saves_the_object(field, webfilter, receiver):
    filter_ = catalogue.filter_named("CourseUnenrollmentStarted")
    tried = {trial.name: trial.value for trial in reference.trials.trials(filter_)}
    value = tried[f"enrollment.{field}"]
    enrollment = lms.enrollment(lms.learner())
    webfilter(filter_.name)
    receiver.answer({"data": {"enrollment": {field: value}}})

    filter_.cls.run_filter(enrollment=enrollment)

    assert lasting(filter_)[f"enrollment.{field}"] == "in memory; lasts if the platform saves the object"
    assert getattr(enrollment, field) == value != lms.stored(enrollment)[field]
    enrollment.save()
    assert lms.stored(enrollment)[field] == value


def test_no_page_says_more_of_a_change_than_is_known():
    words = {words for filter_ in catalogue.filters() for words in lasting(filter_).values()}

    assert words == {
        "saved in the database",
        "in memory",
        "in memory; lasts if the platform saves the object",
        "handed to the platform",
        "chooses among the rows that the platform is handed",
    }
