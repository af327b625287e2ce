"""What the pages of filters say that no library knows: held against tables of its own, not against the pages' source.

Where a filter is called and what comes of its exceptions was read in the source of the Ulmo release.
"""

from __future__ import annotations

import re

import pytest

from openedx_webhooks import catalogue
from tests import reference
from tests.reference import all_pages, json_blocks, page_of, section
from tests.test_reference import UNASKED

pytestmark = pytest.mark.django_db

#: Who calls a filter, and in which module or package.
CALLED = {
    "LMSPageURLRequested": ("Studio", "cms/djangoapps/contentstore/asset_storage_handlers.py"),
    "CertificateCreationRequested": ("LMS and its workers", "lms/djangoapps/certificates/generation_handler.py"),
    "CertificateRenderStarted": ("LMS", "lms/djangoapps/certificates/views/webview.py"),
    "CohortAssignmentRequested": ("LMS", "openedx/core/djangoapps/course_groups/models.py"),
    "CohortChangeRequested": ("LMS", "openedx/core/djangoapps/course_groups/models.py"),
    "CourseAboutPageURLRequested": ("LMS and Studio", "common/djangoapps/util/course.py"),
    "CourseAboutRenderStarted": ("LMS", "lms/djangoapps/courseware/views/views.py"),
    "CourseEnrollmentAPIRenderStarted": ("LMS", "lms/djangoapps/learner_home/serializers.py"),
    "CourseEnrollmentStarted": ("LMS and Studio", "common/djangoapps/student/models/course_enrollment.py"),
    "CourseHomeUrlCreationStarted": ("LMS", "openedx/features/course_experience/__init__.py"),
    "CourseRunAPIRenderStarted": ("LMS", "lms/djangoapps/learner_home/serializers.py"),
    "CourseUnenrollmentStarted": ("LMS", "common/djangoapps/student/models/course_enrollment.py"),
    "DashboardRenderStarted": ("LMS", "common/djangoapps/student/views/dashboard.py"),
    "IDVPageURLRequested": ("LMS", "lms/djangoapps/verify_student/services.py"),
    "InstructorDashboardRenderStarted": ("LMS", "lms/djangoapps/instructor/views/instructor_dashboard.py"),
    "InstructorDashboardTabsRequested": ("LMS", "lms/djangoapps/instructor/views/serializers_v2.py"),
    "ORASubmissionViewRenderStarted": ("LMS", "edx-ora2"),
    "RenderXBlockStarted": ("LMS", "lms/djangoapps/courseware/views/views.py"),
    "ScheduleQuerySetRequested": ("LMS workers", "openedx/core/djangoapps/schedules/resolvers.py"),
    "StudentLoginRequested": ("LMS", "openedx/core/djangoapps/user_authn/views/login.py"),
    "StudentRegistrationRequested": ("LMS", "openedx/core/djangoapps/user_authn/views/register.py"),
    "VerticalBlockChildRenderStarted": ("LMS", "xmodule/vertical_block.py"),
    "VerticalBlockRenderCompleted": ("LMS", "xmodule/vertical_block.py"),
}


DEAD = {"AccountSettingsRenderStarted", "CourseEnrollmentQuerysetRequested"}


def known(names):
    """Those of the installed library."""
    return [name for name in sorted(names) if catalogue.filter_named(name)]


@pytest.mark.parametrize("name", known(CALLED))
def test_a_page_says_who_calls_a_filter_and_where(name):
    text = section(page_of("filters", name), "Where the platform calls it")
    service, module = CALLED[name]

    assert re.search("^:By: (.+)", text, re.MULTILINE)[1] == service
    assert re.search("^:In: (.+)", text, re.MULTILINE)[1].endswith(f"``{module}``")


def test_the_table_has_every_filter_that_ulmo_calls():
    since = {name for name, facts in reference.facts.FILTERS.items() if facts.since and not facts.later}

    assert since == set(CALLED) | DEAD


@pytest.mark.parametrize("name", known(DEAD))
def test_a_page_says_that_nothing_in_ulmo_calls_a_filter(name):
    assert "Nothing in Ulmo calls this filter" in section(page_of("filters", name), "Where the platform calls it")


# --- exceptions ---------------------------------------------------------------------------------------------------

#: The HTTP statuses that come of an exception, and words without which its effect is not told.
EFFECTS = {
    ("CertificateCreationRequested", "PreventCertificateCreation"): ([400], "as text", "only logged"),
    ("CohortAssignmentRequested", "PreventCohortAssignment"): ([], "not put into the cohort", "not allowed"),
    ("CohortChangeRequested", "PreventCohortChange"): ([], "stays where they are", "not allowed"),
    ("CourseEnrollmentStarted", "PreventEnrollment"): (
        [400, 403], "button gets status 400", "API answers 403", "``localizedMessage``",
        "``redirect_to`` and ``status_code`` are ignored",
    ),
    ("CourseUnenrollmentStarted", "PreventUnenrollment"): ([400], "stays enrolled", "as text"),
    ("RenderXBlockStarted", "PreventXBlockBlockRender"): ([500], "errors of the server"),
    ("RenderXBlockStarted", "RenderCustomResponse"): ([], "where the block would be"),
    ("StudentLoginRequested", "PreventLogin"): (
        [400], "fails with status 400", "``value``", "``redirect_url``", "``error_code``", "``context``",
    ),
    ("StudentRegistrationRequested", "PreventRegistration"): (
        [403], "403 if the reply names none", "No account is made", "``redirect_to`` is ignored",
    ),
    ("VerticalBlockChildRenderStarted", "PreventChildBlockRender"): ([], "left out"),
    ("VerticalBlockRenderCompleted", "PreventVerticalBlockRender"): ([], "The message is shown where the content"),
}  # fmt: skip


def effect(name, exception):
    text = section(section(page_of("filters", name), "How a reply stops it"), exception, "=")
    return text.partition("Arguments:")[0]


@pytest.mark.parametrize(("name", "exception"), [key for key in EFFECTS if catalogue.filter_named(key[0])])
def test_a_page_says_what_comes_of_an_exception(name, exception):
    statuses, *words = EFFECTS[name, exception]

    assert sorted({int(number) for number in re.findall(r"\b\d{3}\b", effect(name, exception))}) == statuses
    assert [word for word in words if word not in effect(name, exception)] == []


def test_no_other_exception_has_a_status():
    others = [
        (filter_.name, exception)
        for filter_ in catalogue.filters()
        for exception in filter_.exceptions
        if (filter_.name, exception) not in EFFECTS
    ]

    assert [key for key in others if re.search(r"\d{3}", effect(*key))] == []


#: The exception of a failed call with somewhere to go, where the platform goes there.
FOLLOWED = {
    "AccountSettingsRenderStarted": "RedirectToPage",
    "CertificateRenderStarted": "RedirectToPage",
    "CourseAboutRenderStarted": "RedirectToPage",
    "CoursewareViewStarted": "RedirectToUrl",
    "DashboardRenderStarted": "RedirectToPage",
    "InstructorDashboardRenderStarted": "RedirectToPage",
    "StudentLoginRequested": "PreventLogin",
}

#: Where it does not.
IGNORED = {
    "CertificateCreationRequested", "CohortAssignmentRequested", "CohortChangeRequested", "CourseEnrollmentStarted",
    "CourseUnenrollmentStarted", "RenderXBlockStarted", "StudentRegistrationRequested",
    "VerticalBlockChildRenderStarted", "VerticalBlockRenderCompleted",
}  # fmt: skip


@pytest.mark.parametrize("name", known(FOLLOWED))
def test_a_page_says_where_a_redirect_is_followed(name):
    text = section(page_of("filters", name), "When the call fails")

    assert f"With an address in *Redirect on ...* it is ``{FOLLOWED[name]}``, with that address." in text


@pytest.mark.parametrize("name", known(IGNORED))
def test_a_page_says_where_a_redirect_is_ignored_and_no_example_has_one(name):
    text = page_of("filters", name)

    assert "the platform ignores where this exception points" in section(text, "When the call fails")
    prevented = [reply["exception"] for reply in json_blocks(text) if "exception" in reply]
    assert [said for said in prevented if "redirect_to" in str(said)] == []


def test_the_page_of_the_login_says_that_it_runs_before_the_password_is_checked():
    top = page_of("filters", "StudentLoginRequested").partition("Where the platform calls it")[0]

    assert "This filter runs **before the password is checked**" in top
    assert "does so for anybody who tries" in top


# --- newer filters ------------------------------------------------------------------------------------------------

MARKS = {
    "Not called by Ulmo.": DEAD,
    "Not known to be called by Verawood.": {"GradeEventContextRequested"},
    "Not before Verawood.": {"AccountSettingsReadOnlyFieldsRequested", "InstructorDashboardTabsRequested"},
    "Called only by releases after Verawood.": {
        "AccountActivationEmailContextGenerated", "AuthnMFEContextGenerated", "CourseEnrollmentViewStarted",
        "CourseModePriceRequested", "CourseStartDateValidationFailed", "CoursewareAccessChecksRequested",
        "CoursewareViewStarted", "DiscountEligibilityCheckRequested", "LoginAltRedirectURLRequested",
        "LoginFormGenerated", "LogistrationViewContextGenerated", "LogistrationViewRenderCompleted",
        "RegistrationFormGenerated", "SupportContactContextRequested", "SupportEnrollmentDataRequested",
    },
    "No webfilter is ever asked.": UNASKED,
}  # fmt: skip


@pytest.mark.parametrize("filter_", catalogue.filters(), ids=lambda filter_: filter_.name)
def test_the_index_marks_what_ulmo_does_not_call_and_nothing_else(filter_):
    row = all_pages()["filters/index.rst"].partition(f"<{filter_.name}>`")[2].partition(f"| ``{filter_.name}``")[0]

    marks = [mark for mark in MARKS if f"| {mark}\n" in row]
    assert marks == [mark for mark, names in MARKS.items() if filter_.name in names]
    assert bool(marks) == (filter_.name not in CALLED or filter_.name == "InstructorDashboardTabsRequested")


@pytest.mark.parametrize(
    "name", known(["CourseStartDateValidationFailed", "CoursewareAccessChecksRequested", "CoursewareViewStarted"])
)
def test_what_the_library_of_verawood_may_have_is_not_said_to_be_in_verawood(name):
    text = page_of("filters", name)

    assert ":Releases: after Verawood (openedx-filters 3.5)\n" in text
    assert "do not count on Verawood calling it" in text


@pytest.mark.parametrize("name", known(UNASKED))
def test_where_nothing_asks_a_page_has_no_replies(name):
    text = page_of("filters", name)

    assert "Nothing: none is asked, so there are no replies either." in section(text, "What a webfilter is told")
    assert "a reply" not in text.lower()
    assert "When the call fails" not in text
    assert [block for block in json_blocks(text) if "data" in block or "exception" in block] == []
