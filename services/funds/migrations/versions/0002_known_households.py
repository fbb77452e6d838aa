"""Local copy of what funds must know of households and their target cases, fed by events."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

CODE = sa.Text(collation="C")
NOW = sa.text("now()")


def upgrade() -> None:
    _households()
    _cases()
    _deaths()


def _households() -> None:
    # One row for each household that any event has told of. Each kind of fact has the sequence it came
    # with: a late event never overwrites a newer fact of its kind, whatever the other kinds have seen.
    op.create_table(
        "known_households",
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("location_sequence", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("edition_id", sa.Uuid),
        sa.Column("edition_year", sa.SmallInteger),
        sa.Column("dimensions", sa.ARRAY(CODE), nullable=False, server_default="{}"),
        sa.Column("survey_poor", sa.Integer, nullable=False, server_default="0"),
        sa.Column("target_poor", sa.Integer, nullable=False, server_default="0"),
        sa.Column("income_band", CODE),
        sa.Column("status_sequence", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("certified", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("certified_on", sa.Date),
        sa.Column("case_id", sa.Uuid),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("household_id", name="pk_known_households"),
        sa.CheckConstraint("village_code ~ '^[0-9]{8}$'", name="ck_known_households_village_code"),
        sa.CheckConstraint(
            "certified = (certified_on IS NOT NULL) AND certified = (case_id IS NOT NULL)",
            name="ck_known_households_certified",
        ),
    )
    # Lists: the caller's area is a prefix of village_code, pages go on from the last (village_code, household_id).
    op.create_index("ix_known_households_village_code", "known_households", ["village_code", "household_id"])
    op.create_index(
        "ix_known_households_certified", "known_households", ["village_code", "household_id"],
        postgresql_where=sa.text("certified"),
    )


def _cases() -> None:
    # A household may have one case after another, and their events may arrive in any order: each case keeps
    # its own sequence, and the household's certification is derived from its cases.
    op.create_table(
        "known_cases",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("certified", sa.Boolean, nullable=False),
        sa.Column("certified_on", sa.Date),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_known_cases"),
        sa.CheckConstraint("NOT certified OR certified_on IS NOT NULL", name="ck_known_cases_certified_on"),
    )
    op.create_index("ix_known_cases_household_id", "known_cases", ["household_id"])


def _deaths() -> None:
    # Persons who died, by surrogate id: a fund freezes what a dead borrower owes.
    op.create_table(
        "known_deaths",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("died_on", sa.Date, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_known_deaths"),
    )
    op.create_index("ix_known_deaths_household_id", "known_deaths", ["household_id"])
