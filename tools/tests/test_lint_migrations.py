import pytest

from tools.lint.migrations import check_sql


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE households ADD COLUMN note text NOT NULL;",
        "ALTER TABLE households DROP COLUMN note;",
        "CREATE INDEX ix_households_note ON households (note);",
        "ALTER TABLE households ALTER COLUMN note TYPE bigint;",
    ],
)
def test_a_migration_that_would_stop_a_running_system_is_found(sql: str) -> None:
    assert check_sql(sql, name="sample")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE forums (id uuid PRIMARY KEY, held_on date NOT NULL, people integer NOT NULL);",
        "ALTER TABLE households ADD COLUMN note text;",
        "INSERT INTO rules (valid_from, share) VALUES (DATE '1900-01-01', %(share)s::SMALLINT);",
    ],
)
def test_a_migration_that_only_adds_is_fine(sql: str) -> None:
    assert check_sql(sql, name="sample") == ""
