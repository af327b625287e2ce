"""The samples on the pages of events agree with what the same pages say."""

from __future__ import annotations

import re

import attrs
import pytest

from openedx_webhooks import catalogue
from openedx_webhooks.payloads import METADATA
from tests import reference
from tests.reference import json_blocks, page_of, section
from tests.test_reference_events import FROM, SENT, named, sent

pytestmark = pytest.mark.django_db


def sample(name):
    """The first argument of an event, as its page shows it."""
    return next(value for key, value in json_blocks(page_of("events", name))[0].items() if key != METADATA)


@pytest.mark.parametrize("name", named("COURSE_ACCESS_ROLE_ADDED", "COURSE_ACCESS_ROLE_REMOVED"))
def test_a_role_in_a_course_has_no_full_name_and_an_organisation(name):
    assert "* The full name is empty." in sent(name)
    assert sample(name)["user"]["pii"]["name"] == ""
    assert sample(name)["org_key"] == "OpenedX"


@pytest.mark.parametrize("name", named("XBLOCK_CREATED", "XBLOCK_DELETED", "XBLOCK_UPDATED"))
def test_the_version_of_a_block_holds_a_branch_and_a_version_and_its_key_neither(name):
    assert "``usage_key`` names no branch; ``version`` holds the branch and the version." in sent(name)
    key = sample(name)["usage_key"]
    assert "branch@" not in key
    assert re.sub(r"branch@[a-z-]+\+version@[0-9a-f]{24}\+", "", sample(name)["version"]) == key
    assert sample(name)["version"] != key


def test_a_block_is_duplicated_from_another_one():
    assert sample("XBLOCK_DUPLICATED")["source_usage_key"] != sample("XBLOCK_DUPLICATED")["usage_key"]


def test_who_has_just_registered_is_not_active_yet():
    assert "The account is normally not active yet" in sent("STUDENT_REGISTRATION_COMPLETED")
    assert sample("STUDENT_REGISTRATION_COMPLETED")["is_active"] is False


@pytest.mark.parametrize("name", named("ROLE_ASSIGNMENT_CREATED", "ROLE_ASSIGNMENT_DELETED"))
def test_who_is_given_a_role_is_personal_data(name):
    assert sample(name)["subject"] == "user^jane"
    assert "personal data: ``role_assignment.subject``" in page_of("events", name)
    assert sample(name)["operation"] == name.rpartition("_")[2].lower()


@pytest.mark.parametrize("name", named(*SENT["", "bus"].split()))
def test_what_comes_over_the_event_bus_is_not_from_the_lms(name):
    [service] = [place for place, names in FROM.items() if name in names.split()]

    metadata = json_blocks(page_of("events", name))[0][METADATA]

    assert (metadata["source"], metadata["sourcehost"]) == (f"openedx/{service}/web", service)
    assert "stay those of the service that has sent it" in section(page_of("events", name), "Payload")


def names_of_things(value, above=""):
    """Every ``name`` of which nobody is called."""
    if isinstance(value, dict):
        if "name" in value and "username" not in value:
            yield value["name"]
        for inner in value.values():
            yield from names_of_things(inner)
    for inner in value if isinstance(value, list) else ():
        yield from names_of_things(inner)


def test_no_thing_has_the_name_of_a_person():
    found = {name for event in catalogue.events() for name in names_of_things(sample(event.name))}

    assert found == {"sample name"}


@pytest.mark.parametrize("event", catalogue.events(), ids=lambda event: event.name)
def test_what_a_page_shows_is_an_event_that_can_be_sent(event):
    arguments = reference.particulars.event_arguments(event)

    event.signal.send_event(send_robust=False, **arguments)

    assert all(attrs.has(type(value)) for value in arguments.values())
