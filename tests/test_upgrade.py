"""A site that had the original plugin migrates and keeps every row; and it can go back."""

from __future__ import annotations

import importlib

import pytest

from tests.databases import TABLES, columns, database, load_dump, migrate, rows

WEBHOOK, WEBFILTER = TABLES
LAST_OF_ORIGINAL = "0008_verawood"

RENAMES = {
    **importlib.import_module("openedx_webhooks.migrations.0008_verawood").ALIASES,
    **importlib.import_module("openedx_webhooks.migrations.0009_legacy_event_names").SPELLINGS,
}


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def connection(request, tmp_path, django_db_blocker):
    """An empty database of each kind."""
    with django_db_blocker.unblock(), database(request.param, tmp_path) as connection:
        yield connection


@pytest.fixture(params=["18.0.1", "22.0.0"])
def original(request, connection):
    """The same with the tables and rows of an original release."""
    load_dump(connection, request.param)
    return connection


@pytest.fixture
def redwood(connection):
    load_dump(connection, "18.0.1")
    return connection


@pytest.fixture
def verawood(connection):
    load_dump(connection, "22.0.0")
    return connection


def after_upgrade(row):
    """What the documentation says becomes of a webfilter."""
    new = RENAMES.get(row["event"], row["event"])
    woken = new != row["event"] and row["enabled"]
    return row | {"event": new, "enabled": row["enabled"] and not woken}


def without_description(row):
    return {name: value for name, value in row.items() if name != "description"}


def columns_of(row, like):
    return {name: row[name] for name in like}


def insert_webfilter(connection, pk, event, *, enabled=True):
    """One more row like the first one."""
    template = rows(connection, WEBFILTER)[0] | {"id": pk, "event": event, "enabled": enabled, "description": ""}
    insert(connection, WEBFILTER, template)


def insert(connection, table, row):
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))


def webfilter(connection, pk):
    return next(row for row in rows(connection, WEBFILTER) if row["id"] == pk)


# --- forward --------------------------------------------------------------------------------------------------------


def test_every_webhook_keeps_every_value(original):
    before = rows(original, WEBHOOK)

    migrate(original)

    assert [columns_of(row, before[0]) for row in rows(original, WEBHOOK)] == before


def test_existing_webhooks_keep_the_payload_their_receivers_know(original):
    migrate(original)

    assert {row["payload_format"] for row in rows(original, WEBHOOK)} == {"typed"}


def test_existing_webhooks_get_an_empty_description(original):
    migrate(original)

    assert {row["description"] for row in rows(original, WEBHOOK)} == {""}


def test_every_webfilter_keeps_every_value_but_for_renames_and_their_disabling(original):
    before = rows(original, WEBFILTER)
    expected = [without_description(after_upgrade(row)) for row in before]

    migrate(original)

    assert [columns_of(row, expected[0]) for row in rows(original, WEBFILTER)] == expected


def test_webfilters_of_version_22_are_not_touched_at_all(verawood):
    before = rows(verawood, WEBFILTER)

    migrate(verawood)

    assert [columns_of(row, before[0]) for row in rows(verawood, WEBFILTER)] == before


def test_existing_webfilters_get_the_middle_priority(original):
    migrate(original)

    assert {row["priority"] for row in rows(original, WEBFILTER)} == {0}


@pytest.mark.parametrize("pk", [4, 5, 7, 8, 10, 11])
def test_a_rule_that_would_wake_up_is_disabled_and_says_why(redwood, pk):
    before = webfilter(redwood, pk)

    migrate(redwood)

    after = webfilter(redwood, pk)
    assert not after["enabled"]
    assert after["description"].startswith(before["description"])
    assert "Disabled by the upgrade" in after["description"]
    assert before["event"] in after["description"]


@pytest.mark.parametrize("pk", [6, 9])
def test_a_rule_that_was_off_is_renamed_and_nothing_else(redwood, pk):
    before = webfilter(redwood, pk)

    migrate(redwood)

    after = webfilter(redwood, pk)
    assert columns_of(after, before) == before | {"event": RENAMES[before["event"]]}


def test_a_rule_whose_old_name_differs_in_case_only_is_off_unless_the_database_ignored_that(redwood):
    """The original asked the database for the present name: MySQL found the old one, and the rule was called."""
    insert_webfilter(redwood, 20, "IdvPageUrlRequested")

    migrate(redwood)

    assert webfilter(redwood, 20)["event"] == "IDVPageURLRequested"
    assert bool(webfilter(redwood, 20)["enabled"]) == (redwood.vendor == "mysql")


def test_a_rule_that_has_the_present_name_already_stays_on(redwood):
    insert_webfilter(redwood, 20, "IDVPageURLRequested")

    migrate(redwood)

    assert webfilter(redwood, 20)["enabled"]
    assert webfilter(redwood, 20)["description"] == ""


def test_an_event_nobody_knows_is_kept(redwood):
    insert_webfilter(redwood, 20, "NoSuchFilterAnywhere")

    migrate(redwood)

    assert webfilter(redwood, 20)["event"] == "NoSuchFilterAnywhere"
    assert webfilter(redwood, 20)["enabled"]


def test_a_migration_that_an_operator_generated_does_not_matter(redwood):
    applied = rows(redwood, "django_migrations")[-1]
    stray = applied | {"id": 99, "name": "0008_alter_webfilter_event_alter_webhook_event"}
    insert(redwood, "django_migrations", stray)

    migrate(redwood)

    assert "payload_format" in columns(redwood, WEBHOOK)


# --- back, and forward again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_going_back_restores_the_columns_of_the_original(original, table):
    before = columns(original, table)
    migrate(original)

    migrate(original, LAST_OF_ORIGINAL)

    assert columns(original, table) == before


@pytest.mark.parametrize("table", TABLES)
def test_going_back_keeps_every_row(original, table):
    migrate(original)
    upgraded = rows(original, table)

    migrate(original, LAST_OF_ORIGINAL)

    downgraded = rows(original, table)
    assert downgraded == [columns_of(row, downgraded[0]) for row in upgraded]


@pytest.mark.parametrize("table", TABLES)
def test_going_forward_again_gives_the_same(original, table):
    migrate(original)
    upgraded = rows(original, table)

    migrate(original, LAST_OF_ORIGINAL)
    migrate(original)

    assert rows(original, table) == upgraded


def test_a_renamed_rule_that_was_enabled_since_stays_enabled_over_back_and_forth(redwood):
    migrate(redwood)
    with redwood.cursor() as cursor:
        cursor.execute(f"UPDATE {WEBFILTER} SET enabled = %s WHERE id = 4", [True])

    migrate(redwood, LAST_OF_ORIGINAL)
    migrate(redwood)

    assert webfilter(redwood, 4)["enabled"]


@pytest.mark.parametrize("table", TABLES)
def test_a_name_too_long_for_the_original_is_cut_and_the_row_disabled(original, table):
    migrate(original)
    insert(original, table, rows(original, table)[0] | {"id": 20, "event": "x" * 60, "enabled": True})

    migrate(original, LAST_OF_ORIGINAL)

    row = next(row for row in rows(original, table) if row["id"] == 20)
    assert row["event"] == "x" * 50
    assert not row["enabled"]


def test_a_webfilter_whose_name_is_cut_remembers_it(verawood):
    migrate(verawood)
    insert(verawood, WEBFILTER, rows(verawood, WEBFILTER)[0] | {"id": 20, "event": "x" * 60, "description": "Mine"})

    migrate(verawood, LAST_OF_ORIGINAL)

    description = webfilter(verawood, 20)["description"]
    assert description.startswith("Mine")
    assert "x" * 60 in description


# --- one database at a time, where it makes no difference -----------------------------------------------------------


def test_an_upgrade_that_was_interrupted_can_be_run_again(redwood):
    migrate(redwood, "0010_endpoint_fields")
    with redwood.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name >= '0009'")

    migrate(redwood)

    assert "priority" in columns(redwood, WEBFILTER)


def test_a_new_site_gets_the_same_columns_as_an_upgraded_one(connection, tmp_path):
    migrate(connection)
    vendor = {"mysql": "mariadb"}.get(connection.vendor, connection.vendor)

    with database(vendor, tmp_path) as upgraded:
        load_dump(upgraded, "18.0.1")
        migrate(upgraded)

        assert [columns(connection, table) for table in TABLES] == [columns(upgraded, table) for table in TABLES]
