"""The migrations: the original's names, nothing left to make, and what they do to rows."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest
from django.db import models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.databases import APP, DATA, TABLES, database, migrate, rows

ROOT = DATA.parent.parent

ORIGINAL = [
    "0001_initial",
    "0002_webfilter",
    "0003_auto_20230607_1246",
    "0004_auto_20230613_1033",
    "0005_alter_webfilter_event",
    "0006_alter_webfilter_event",
    "0007_alter_webfilter_event",
    "0008_verawood",
]

ALIASES = {
    "StudentSettingsRenderStarted": "AccountSettingsRenderStarted",
    "XblockRenderStarted": "RenderXBlockStarted",
    "CourseHomepageUrlCreationStarted": "CourseHomeUrlCreationStarted",
    "HomeEnrollmentApiRendered": "CourseEnrollmentAPIRenderStarted",
    "HomeCourserunApiRenderedStarted": "CourseRunAPIRenderStarted",
    "OraSubmissionViewRenderStarted": "ORASubmissionViewRenderStarted",
    "IdvPageUrlRequested": "IDVPageURLRequested",
    "CourseAboutPageUrlRequested": "CourseAboutPageURLRequested",
    "ScheduleQuerysetRequested": "ScheduleQuerySetRequested",
    "AuthoringLmsPageUrlRequested": "LMSPageURLRequested",
}

SPELLINGS = {
    "Course_aboutRenderStarted": "CourseAboutRenderStarted",
    "Veritical_block_childRenderStarted": "VerticalBlockChildRenderStarted",
    "VeriticalBlockChildRenderStarted": "VerticalBlockChildRenderStarted",
    "Veritical_blockRenderCompleted": "VerticalBlockRenderCompleted",
    "VeriticalBlockRenderCompleted": "VerticalBlockRenderCompleted",
}


@pytest.fixture
def connection(tmp_path, django_db_blocker):
    """An empty SQLite file."""
    with django_db_blocker.unblock(), database("sqlite", tmp_path) as connection:
        yield connection


@pytest.fixture(scope="module")
def graph():
    return MigrationLoader(None).graph


def chain(graph):
    """Our migrations, first to last."""
    (leaf,) = (key for key in graph.leaf_nodes() if key[0] == APP)
    return [name for app, name in graph.forwards_plan(leaf) if app == APP]


# --- names and state ------------------------------------------------------------------------------------------------


def test_the_first_eight_are_those_that_databases_in_the_field_remember(graph):
    assert chain(graph)[:8] == ORIGINAL


def test_ours_are_numbered_on_from_there(graph):
    assert [int(name[:4]) for name in chain(graph)] == list(range(1, len(chain(graph)) + 1))


def test_each_depends_on_the_one_before_it_and_on_no_other_app(graph):
    names = chain(graph)

    parents = [[parent.key for parent in graph.node_map[APP, name].parents] for name in names]

    assert parents == [[], *([(APP, name)] for name in names[:-1])]


def test_every_migration_can_be_undone(graph):
    operations = [operation for name in chain(graph) for operation in graph.nodes[APP, name].operations]

    assert all(operation.reversible for operation in operations)


def test_no_migration_changes_rows_and_tables(graph):
    """MySQL cannot take back the one when the other fails."""
    for name in chain(graph):
        kinds = {type(operation).__name__ for operation in graph.nodes[APP, name].operations}

        assert "RunPython" not in kinds or kinds <= {"RunPython", "AlterModelOptions"}


@pytest.mark.parametrize("key", ["AutoField", "BigAutoField"])
def test_nothing_is_left_to_make_whatever_key_the_site_prefers(key):
    # On SQLite: a process of its own has no test database to ask, and the question is one of models.
    environment = os.environ | {"TEST_AUTO_FIELD": f"django.db.models.{key}", "TEST_DATABASE": "sqlite"}

    command = [sys.executable, "-m", "django", "makemigrations", APP, "--check", "--dry-run"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("model", ["Webhook", "Webfilter"])
def test_the_key_is_that_of_the_original(connection, model):
    assert type(migrate(connection).get_model(APP, model)._meta.pk) is models.AutoField


# --- renames --------------------------------------------------------------------------------------------------------


def make(apps, using, event, **values):
    return apps.get_model(APP, "Webfilter").objects.using(using).create(event=event, webhook_url="http://x/", **values)


def test_the_tables_of_renames_are_complete():
    verawood = importlib.import_module("openedx_webhooks.migrations.0008_verawood")
    ours = importlib.import_module("openedx_webhooks.migrations.0009_legacy_event_names")

    assert (verawood.ALIASES, ours.SPELLINGS) == (ALIASES, SPELLINGS)


@pytest.mark.parametrize(
    ("start", "end", "old", "new"),
    [
        *(("0007_alter_webfilter_event", "0008_verawood", *names) for names in ALIASES.items()),
        *(("0008_verawood", "0009_legacy_event_names", *names) for names in SPELLINGS.items()),
    ],
)
def test_an_enabled_rule_is_renamed_disabled_and_told(connection, start, end, old, new):
    make(migrate(connection, start), connection.alias, old, description="Mine")

    migrate(connection, end)

    (row,) = rows(connection, TABLES[1])
    assert (row["event"], row["enabled"]) == (new, 0)
    assert row["description"] == (
        f"Mine\n\nDisabled by the upgrade: the old name of this event, {old}, was never called; its present name {new} "
        "is. Tick Enabled if that is wanted."
    )


def test_without_a_description_the_sentence_stands_alone(connection):
    make(migrate(connection, "0008_verawood"), connection.alias, "VeriticalBlockRenderCompleted")

    migrate(connection)

    assert rows(connection, TABLES[1])[0]["description"].startswith("Disabled by the upgrade")


def test_a_rename_does_not_count_as_a_modification(connection):
    make(migrate(connection, "0007_alter_webfilter_event"), connection.alias, "XblockRenderStarted")
    (before,) = rows(connection, TABLES[1])

    migrate(connection)

    assert rows(connection, TABLES[1])[0]["modified"] == before["modified"]


@pytest.mark.parametrize("start", ["0007_alter_webfilter_event", "0008_verawood"])
def test_renaming_twice_is_renaming_once(connection, start):
    apps = migrate(connection, start)
    for event in (*ALIASES, *SPELLINGS, *ALIASES.values()):
        make(apps, connection.alias, event)
    migrate(connection)
    renamed = rows(connection, TABLES[1])

    migrate(connection, start)
    migrate(connection)

    assert rows(connection, TABLES[1]) == renamed


def test_going_back_leaves_the_names_as_they_are(connection):
    make(migrate(connection, "0007_alter_webfilter_event"), connection.alias, "XblockRenderStarted")
    migrate(connection)

    migrate(connection, "0007_alter_webfilter_event")

    assert rows(connection, TABLES[1])[0]["event"] == "RenderXBlockStarted"


# --- names that are too long for the original -----------------------------------------------------------------------


def test_a_name_of_fifty_characters_goes_back_untouched(connection):
    make(migrate(connection), connection.alias, "x" * 50)

    migrate(connection, "0008_verawood")

    (row,) = rows(connection, TABLES[1])
    assert (row["event"], row["enabled"], row["description"]) == ("x" * 50, 1, "")


def test_a_name_that_is_cut_is_in_the_log(connection, caplog):
    webhook = migrate(connection).get_model(APP, "Webhook").objects.using(connection.alias)
    pk = webhook.create(event="x" * 51, webhook_url="http://x/").pk

    migrate(connection, "0008_verawood")

    (record,) = (record for record in caplog.records if record.name == "openedx_webhooks.migrations._rows")
    assert (record.model, record.pk, record.event) == ("webhook", pk, "x" * 51)


def test_all_the_way_back_no_table_is_left(connection):
    migrate(connection)

    MigrationExecutor(connection).migrate([(APP, None)])

    assert not set(TABLES) & set(connection.introspection.table_names())
