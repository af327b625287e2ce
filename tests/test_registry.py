"""Who listens is known in memory, and what the operator changes is obeyed."""

from __future__ import annotations

import time

import pytest
from django.db import connection, transaction

from openedx_webhooks import registry
from openedx_webhooks.models import Webfilter, Webhook

EVENT, FILTER = "SESSION_LOGIN_COMPLETED", "StudentLoginRequested"


def webhooks():
    return [row.pk for row in registry.webhooks(EVENT)]


def test_one_refresh_serves_every_event_and_filter(db, django_assert_num_queries):
    with django_assert_num_queries(4):  # the two tables, in a savepoint of this test's transaction
        registry.webhooks(EVENT)

    with django_assert_num_queries(0):
        for _ in range(100):
            registry.webhooks(EVENT)
            registry.webfilters(FILTER)


@pytest.mark.django_db(transaction=True)
def test_a_saved_change_is_obeyed_at_once_in_this_process(webhook):
    assert webhooks() == []
    row = webhook(EVENT)
    assert webhooks() == [row.pk]

    row.enabled = False
    row.save()
    assert webhooks() == []

    row.enabled = True
    row.save()
    row.delete()
    assert webhooks() == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_sends_no_signal_is_obeyed_within_the_ttl(webhook, settings):
    settings.OPENEDX_WEBHOOKS = {"CONFIG_TTL": 0.2}
    row = webhook(EVENT)
    assert webhooks() == [row.pk]

    Webhook.objects.update(enabled=False)
    assert webhooks() == [row.pk]
    time.sleep(0.25)

    assert webhooks() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_sees_is_not_kept_when_it_rolls_back(webhook):
    assert webhooks() == []

    with pytest.raises(RuntimeError), transaction.atomic():
        row = webhook(EVENT)
        assert webhooks() == [row.pk]
        raise RuntimeError

    assert webhooks() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_changes_counts_after_its_commit(webhook, django_assert_num_queries):
    with transaction.atomic():
        row = webhook(EVENT)

    assert webhooks() == [row.pk]
    with django_assert_num_queries(0):
        assert webhooks() == [row.pk]


@pytest.mark.django_db(transaction=True)
def test_a_broken_transaction_is_not_asked(webhook, settings):
    row = webhook(EVENT)
    assert webhooks() == [row.pk]
    settings.OPENEDX_WEBHOOKS = {"CONFIG_TTL": 0.01}

    with transaction.atomic():
        connection.needs_rollback = True
        registry._keep(registry.Snapshot({EVENT: (row,)}, {}, until=0.0))
        assert webhooks() == [row.pk]
        transaction.set_rollback(True)


def test_webfilters_come_by_priority_then_id(webfilter):
    late, early, first = webfilter(FILTER, priority=5), webfilter(FILTER), webfilter(FILTER, priority=-1)

    assert [row.pk for row in registry.webfilters(FILTER)] == [first.pk, early.pk, late.pk]


def test_endpoints_of_events_that_do_not_exist_do_no_harm(webhook, webfilter):
    webhook("NO_SUCH_EVENT")
    webfilter("NoSuchFilter")

    assert webhooks() == []
    assert list(registry.webfilters(FILTER)) == []


def test_a_database_that_cannot_be_read_means_that_nobody_listens(webhook, monkeypatch, caplog):
    webhook(EVENT)
    monkeypatch.setattr(Webfilter.objects, "using", lambda alias: 1 / 0)

    assert webhooks() == []
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_missing_tables_leave_the_callers_transaction_usable(monkeypatch, django_user_model, caplog):
    """PostgreSQL refuses everything after a failed query, until the savepoint around it is rolled back."""
    monkeypatch.setattr(Webhook._meta, "db_table", "no_such_table")

    with transaction.atomic():
        django_user_model.objects.create(username="jane")
        assert webhooks() == []
        assert django_user_model.objects.count() == 1

    assert django_user_model.objects.filter(username="jane").exists()
    assert "endpoints cannot be read" in caplog.text
