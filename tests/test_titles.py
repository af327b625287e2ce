"""Names become words that people read."""

from __future__ import annotations

import pytest

from openedx_webhooks.titles import domain_of, title_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("COURSE_ENROLLMENT_CREATED", "Course enrollment created"),
        ("CourseEnrollmentStarted", "Course enrollment started"),
        ("XBLOCK_CREATED", "XBlock created"),
        ("RenderXBlockStarted", "Render XBlock started"),
        ("IDV_ATTEMPT_APPROVED", "IDV attempt approved"),
        ("IDVPageURLRequested", "IDV page URL requested"),
        ("CourseHomeUrlCreationStarted", "Course home URL creation started"),
        ("ScheduleQuerySetRequested", "Schedule query set requested"),
        ("CourseEnrollmentQuerysetRequested", "Course enrollment query set requested"),
        ("SSOLoginRequested", "SSO login requested"),
        ("acme.badge.awarded", "Acme badge awarded"),
    ],
)
def test_a_name_reads_as_a_sentence(name, title):
    assert title_of(name) == title


@pytest.mark.parametrize(
    ("of_type", "module", "domain"),
    [
        (
            "org.openedx.content_authoring.course.created.v1",
            "openedx_events.content_authoring.signals",
            "Content authoring",
        ),
        ("com.example.badge.awarded.v1", "acme_badges.signals", "Acme badges"),
    ],
)
def test_a_domain_is_that_of_the_platform_or_the_package(of_type, module, domain):
    assert domain_of(of_type, module) == domain
