"""What the pages of events say that no library knows: held against tables of its own, not against the pages' source.

Who sends an event, when, and from where was read in the source of the Ulmo release and of the packages it installs.
"""

from __future__ import annotations

import re

import pytest

from openedx_webhooks import catalogue
from tests import reference
from tests.reference import page_of, section

pytestmark = pytest.mark.django_db

AFTERWARDS = (
    "A webhook is called after the commit of that transaction: what is rolled back is never announced. "
    "Without one, it is called at once."
)

BULK = (
    "A webhook is called after the commit of the database transaction that the event is then in, if it is in one, "
    "otherwise at once. The bulk change itself is no such transaction."
)

TASK = (
    "A webhook is called at once, or after the commit of a transaction if the task has one open: a task does not "
    "run in one by itself, as a web request does."
)

#: What a page says of the time of an event, and of that of the webhook.
WHEN = {
    "at once": ("At once: inside of the transaction of what causes it, if there is one.", AFTERWARDS),
    "mostly": ("Mostly at once: inside of the transaction of what causes it, if there is one.", AFTERWARDS),
    "on commit": (
        "When the transaction of what causes it has been committed; at once where there is none.",
        "A webhook is called then: what is rolled back is never announced.",
    ),
    "bulk change": (
        "At the end of a bulk change of the course, at once where there is none.",
        BULK,
    ),
    "task": (
        "At once, in a background task.",
        TASK,
    ),
    "bus": (
        "Another service sends it: here it arrives over the event bus alone.",
        "A webhook is called by the process that reads the event bus.",
    ),
    "never": ("Never: nothing in the platform sends it.", ""),
    "unknown": ("It is not known that anything in the LMS or Studio sends it.", ""),
}

#: By whom, and when.
SENT = {
    ("LMS and Studio", "at once"): """
        TRACKING_EVENT_EMITTED COURSE_ACCESS_ROLE_ADDED COURSE_ACCESS_ROLE_REMOVED COURSE_ENROLLMENT_CHANGED
        COURSE_ENROLLMENT_CREATED COURSE_NOTIFICATION_REQUESTED COURSE_UNENROLLMENT_COMPLETED
    """,
    ("LMS and Studio", "on commit"): "ROLE_ASSIGNMENT_CREATED ROLE_ASSIGNMENT_DELETED",
    ("Studio", "at once"): """
        CONTENT_LIBRARY_CREATED CONTENT_LIBRARY_DELETED CONTENT_LIBRARY_UPDATED
        CONTENT_OBJECT_ASSOCIATIONS_CHANGED CONTENT_OBJECT_TAGS_CHANGED COURSE_CREATED XBLOCK_DUPLICATED
        XBLOCK_PUBLISHED
    """,
    ("Studio", "on commit"): """
        COURSE_CATALOG_INFO_CHANGED
    """,
    ("", "never"): """
        COURSE_CERTIFICATE_CONFIG_CHANGED COURSE_CERTIFICATE_CONFIG_DELETED
    """,
    ("Studio workers", "task"): """
        COURSE_IMPORT_COMPLETED COURSE_RERUN_COMPLETED LIBRARY_BLOCK_PUBLISHED LIBRARY_CONTAINER_PUBLISHED
        COURSE_DISCUSSIONS_CHANGED
    """,
    ("Studio and Studio workers", "at once"): """
        LIBRARY_BLOCK_CREATED LIBRARY_BLOCK_DELETED LIBRARY_COLLECTION_CREATED LIBRARY_COLLECTION_DELETED
        LIBRARY_COLLECTION_UPDATED LIBRARY_CONTAINER_CREATED LIBRARY_CONTAINER_DELETED LIBRARY_CONTAINER_UPDATED
    """,
    ("Studio and Studio workers", "mostly"): """
        LIBRARY_BLOCK_UPDATED
    """,
    ("Studio", "bulk change"): """
        XBLOCK_CREATED XBLOCK_DELETED XBLOCK_UPDATED
    """,
    ("", "unknown"): """
        ENTERPRISE_GROUP_DELETED LEDGER_TRANSACTION_COMMITTED LEDGER_TRANSACTION_CREATED
        LEDGER_TRANSACTION_FAILED LEDGER_TRANSACTION_REVERSED SUBSIDY_REDEEMED SUBSIDY_REDEMPTION_REVERSED
        XBLOCK_SKILL_VERIFIED
    """,
    ("LMS", "at once"): """
        LEARNER_CREDIT_COURSE_ENROLLMENT_REVOKED COHORT_MEMBERSHIP_CHANGED EXTERNAL_GRADER_SCORE_SUBMITTED
        FORUM_RESPONSE_COMMENT_CREATED FORUM_THREAD_CREATED FORUM_THREAD_RESPONSE_CREATED IDV_ATTEMPT_APPROVED
        IDV_ATTEMPT_CREATED IDV_ATTEMPT_DENIED IDV_ATTEMPT_PENDING LTI_PROVIDER_LAUNCH_SUCCESS
        ORA_SUBMISSION_CREATED SESSION_LOGIN_COMPLETED STUDENT_REGISTRATION_COMPLETED
    """,
    ("", "bus"): """
        BADGE_AWARDED BADGE_REVOKED EXAM_ATTEMPT_ERRORED EXAM_ATTEMPT_REJECTED EXAM_ATTEMPT_RESET
        EXAM_ATTEMPT_SUBMITTED EXAM_ATTEMPT_VERIFIED PROGRAM_CERTIFICATE_AWARDED PROGRAM_CERTIFICATE_REVOKED
    """,
    ("LMS and LMS workers", "at once"): """
        CCX_COURSE_PASSING_STATUS_UPDATED CERTIFICATE_CHANGED CERTIFICATE_CREATED CERTIFICATE_REVOKED
        COURSE_PASSING_STATUS_UPDATED PERSISTENT_GRADE_SUMMARY_CHANGED USER_NOTIFICATION_REQUESTED
    """,
}

#: The modules of the platform, and the packages.
FROM = {
    "event-tracking": "TRACKING_EVENT_EMITTED",
    "openedx-authz": "ROLE_ASSIGNMENT_CREATED ROLE_ASSIGNMENT_DELETED",
    "openedx/core/djangoapps/content_libraries": """
        CONTENT_LIBRARY_CREATED CONTENT_LIBRARY_DELETED CONTENT_LIBRARY_UPDATED
        CONTENT_OBJECT_ASSOCIATIONS_CHANGED LIBRARY_BLOCK_CREATED LIBRARY_BLOCK_DELETED LIBRARY_BLOCK_UPDATED
        LIBRARY_COLLECTION_UPDATED LIBRARY_CONTAINER_CREATED LIBRARY_CONTAINER_DELETED LIBRARY_CONTAINER_UPDATED
    """,
    "openedx/core/djangoapps/content_tagging": "CONTENT_OBJECT_ASSOCIATIONS_CHANGED CONTENT_OBJECT_TAGS_CHANGED",
    "cms/djangoapps/contentstore/signals/handlers.py": "COURSE_CATALOG_INFO_CHANGED",
    "xmodule/modulestore/mixed.py": "COURSE_CREATED XBLOCK_CREATED XBLOCK_DELETED XBLOCK_PUBLISHED XBLOCK_UPDATED",
    "xmodule/modulestore/xml_importer.py": "COURSE_IMPORT_COMPLETED",
    "cms/djangoapps/contentstore/tasks.py": "COURSE_RERUN_COMPLETED",
    "openedx/core/djangoapps/content_libraries/tasks.py": "LIBRARY_BLOCK_PUBLISHED LIBRARY_CONTAINER_PUBLISHED",
    "openedx/core/djangoapps/content_libraries/signal_handlers.py": """
        LIBRARY_COLLECTION_CREATED LIBRARY_COLLECTION_DELETED
    """,
    "cms/djangoapps/contentstore/utils.py": "XBLOCK_DUPLICATED COURSE_NOTIFICATION_REQUESTED",
    "edx-enterprise": "LEARNER_CREDIT_COURSE_ENROLLMENT_REVOKED",
    "credentials": "BADGE_AWARDED BADGE_REVOKED PROGRAM_CERTIFICATE_AWARDED PROGRAM_CERTIFICATE_REVOKED",
    "lms/djangoapps/grades/events.py": "CCX_COURSE_PASSING_STATUS_UPDATED COURSE_PASSING_STATUS_UPDATED",
    "lms/djangoapps/certificates/models.py": "CERTIFICATE_CHANGED CERTIFICATE_CREATED CERTIFICATE_REVOKED",
    "openedx/core/djangoapps/course_groups/models.py": "COHORT_MEMBERSHIP_CHANGED",
    "common/djangoapps/student/signals/signals.py": "COURSE_ACCESS_ROLE_ADDED COURSE_ACCESS_ROLE_REMOVED",
    "openedx/core/djangoapps/discussions/tasks.py": "COURSE_DISCUSSIONS_CHANGED",
    "common/djangoapps/student/models/course_enrollment.py": """
        COURSE_ENROLLMENT_CHANGED COURSE_ENROLLMENT_CREATED COURSE_UNENROLLMENT_COMPLETED
    """,
    "lms/djangoapps/discussion/rest_api/discussions_notifications.py": """
        COURSE_NOTIFICATION_REQUESTED USER_NOTIFICATION_REQUESTED
    """,
    "edx-ora2": "COURSE_NOTIFICATION_REQUESTED ORA_SUBMISSION_CREATED USER_NOTIFICATION_REQUESTED",
    "edx-exams": """
        EXAM_ATTEMPT_ERRORED EXAM_ATTEMPT_REJECTED EXAM_ATTEMPT_RESET EXAM_ATTEMPT_SUBMITTED
        EXAM_ATTEMPT_VERIFIED
    """,
    "edx-submissions": "EXTERNAL_GRADER_SCORE_SUBMITTED",
    "lms/djangoapps/discussion/django_comment_client/base/views.py": """
        FORUM_RESPONSE_COMMENT_CREATED FORUM_THREAD_CREATED FORUM_THREAD_RESPONSE_CREATED
    """,
    "lms/djangoapps/verify_student/signals/signals.py": """
        IDV_ATTEMPT_APPROVED IDV_ATTEMPT_CREATED IDV_ATTEMPT_DENIED IDV_ATTEMPT_PENDING
    """,
    "lms/djangoapps/lti_provider/views.py": "LTI_PROVIDER_LAUNCH_SUCCESS",
    "lms/djangoapps/grades/models.py": "PERSISTENT_GRADE_SUMMARY_CHANGED",
    "openedx/core/djangoapps/user_authn/views/login.py": "SESSION_LOGIN_COMPLETED",
    "openedx/core/djangoapps/user_authn/views/register.py": "STUDENT_REGISTRATION_COMPLETED",
    "openedx/core/djangoapps/enrollments/enrollments_notifications.py": "USER_NOTIFICATION_REQUESTED",
}


def named(*names):
    """These events, as far as the installed library has them."""
    return [name for name in names if catalogue.event(name)]


def of_each(table):
    """The rows of a table from facts to names, one for each event that the installed library has."""
    return [(name, fact) for fact, names in table.items() for name in named(*names.split())]


def sent(name):
    return section(page_of("events", name), "When it is sent")


def test_the_table_has_every_event_once():
    names = [name for names in SENT.values() for name in names.split()]

    assert len(names) == len(set(names)) == 75
    assert set(names) == set(reference.facts.EVENTS)


@pytest.mark.parametrize(("name", "fact"), of_each(SENT))
def test_a_page_says_who_sends_an_event_when_and_when_a_webhook_is_called(name, fact):
    services, when = fact
    by, at = (re.search(f"^:{field}: (.+)", sent(name), re.MULTILINE) for field in ("By", "When"))
    after = [line for line in sent(name).splitlines() if line.startswith("A webhook is called")]

    assert (by[1] if by else "") == services
    assert at[1] == WHEN[when][0]
    assert after == [line for line in WHEN[when][1:] if line]


@pytest.mark.parametrize("name", named(*(name for names in SENT.values() for name in names.split())))
def test_a_page_says_from_where_an_event_is_sent(name):
    found = re.search("^:From: (.+)", sent(name), re.MULTILINE)

    listed = set(re.findall("``(.+?)``", found[1])) if found else set()
    assert listed == {place for place, names in FROM.items() if name in names.split()}


VOLUME = set(named(
    "COURSE_ENROLLMENT_CHANGED", "LIBRARY_BLOCK_UPDATED", "LIBRARY_COLLECTION_UPDATED", "LIBRARY_CONTAINER_UPDATED",
    "PERSISTENT_GRADE_SUMMARY_CHANGED", "SESSION_LOGIN_COMPLETED", "XBLOCK_UPDATED",
))  # fmt: skip


def test_the_pages_of_the_events_that_come_very_often_say_so():
    assert {event.name for event in catalogue.events() if "sent very often" in sent(event.name)} == VOLUME
