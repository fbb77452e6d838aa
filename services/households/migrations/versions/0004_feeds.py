"""Feeds: editions, their files, rejected and held rows, survey snapshots, and the poverty counts.

As in the registry, no foreign keys on what is written set-based by the million.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


# Of the tables that an edition fills by the million: what begin_bulk_load drops and end_bulk_load builds again.
# A migration that changes one of these writes both functions anew; a test compares them with the catalogue.
BULK_TABLES = ("households", "persons", "memberships", "edition_households", "edition_persons")
BULK_INDEXES = {
    "ix_persons_village_code_id": "persons (village_code, id)",
    "ix_persons_first_name_key": "persons (first_name_key, last_name_key)",
    "ix_persons_last_name_key": "persons (last_name_key, first_name_key)",
    "ix_memberships_household_id": "memberships (household_id)",
    "ix_memberships_person_id_past": "memberships (person_id) WHERE valid_to IS NOT NULL",
    "uq_memberships_person_id_present": "memberships (person_id) WHERE valid_to IS NULL",
    "uq_memberships_household_id_head": "memberships (household_id) WHERE relation = 'head' AND valid_to IS NULL",
    "ix_edition_persons_household_id": "edition_persons (household_id)",
}


def upgrade() -> None:
    _editions()
    _files()
    _leftovers()
    _snapshots()
    _counts()
    _bulk_load()


def _bulk_load() -> None:
    """Let the app role, which owns no table, load many more rows than there are without their indexes, and
    let the planner know of them at once.

    Rows put one by one into a handful of indexes cost three times what building these afterwards does. Inside
    a transaction nobody sees them missing: other sessions wait for its end.
    """
    drops = "".join(f"DROP INDEX {name};" for name in BULK_INDEXES)
    builds = "".join(
        f"CREATE {'UNIQUE ' if name.startswith('uq') else ''}INDEX {name} ON {definition};"
        for name, definition in BULK_INDEXES.items()
    )
    unique = "uq_persons_citizen_id_index"
    for name, body in (
        ("begin_bulk_load", f"ALTER TABLE persons DROP CONSTRAINT {unique}; {drops}"),
        ("end_bulk_load", f"ALTER TABLE persons ADD CONSTRAINT {unique} UNIQUE (citizen_id_index); {builds}"),
        ("analyze_editions", "".join(f"ANALYZE {table};" for table in BULK_TABLES)),
    ):
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT "
            f"AS $function$ BEGIN {body} END $function$"
        )
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
        op.execute(
            "DO $$ BEGIN EXECUTE format('GRANT EXECUTE ON FUNCTION "
            f"{name}() TO %I', replace(current_user, '_owner', '_app')); END $$"
        )


def _editions() -> None:
    op.create_table(
        "feed_editions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("source", CODE, nullable=False),
        sa.Column("edition_year", sa.SmallInteger, nullable=False),
        sa.Column("instrument", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="open"),
        sa.Column("manifest", postgresql.JSONB),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("uploaded_by", CODE),
        sa.Column("approved_by", CODE),
        sa.Column("approved_at", MOMENT),
        sa.Column("imported_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_editions"),
        sa.UniqueConstraint("source", "edition_year", name="uq_feed_editions_source_year"),
        sa.CheckConstraint("edition_year BETWEEN 2540 AND 2699", name="ck_feed_editions_year"),
        sa.CheckConstraint("char_length(source) BETWEEN 1 AND 60", name="ck_feed_editions_source"),
        sa.CheckConstraint("state IN ('open', 'imported', 'awaiting_approval', 'closed')", name="ck_feed_editions_state"),
        sa.CheckConstraint("approved_by <> uploaded_by", name="ck_feed_editions_two_persons"),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="ck_feed_editions_approved"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="ck_feed_editions_closed"),
    )


def _files() -> None:
    op.create_table(
        "feed_files",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("edition_id", sa.Uuid, sa.ForeignKey("feed_editions.id", name="fk_feed_files_edition_id"), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("storage_key", CODE, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", CODE, nullable=False),
        sa.Column("rows", sa.BigInteger),
        sa.Column("state", CODE, nullable=False, server_default="uploaded"),
        sa.Column("refusal", CODE),
        sa.Column("areas", postgresql.ARRAY(CODE), nullable=False),
        sa.Column("uploaded_by", CODE, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("imported_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_feed_files"),
        sa.CheckConstraint("kind IN ('households', 'persons', 'welfare')", name="ck_feed_files_kind"),
        sa.CheckConstraint("state IN ('uploaded', 'imported', 'replaced', 'refused')", name="ck_feed_files_state"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_feed_files_sha256"),
    )
    op.create_index("ix_feed_files_edition_id", "feed_files", ["edition_id", "id"])
    # One file of a kind waits for the import; a newer upload replaces it.
    op.create_index(
        "uq_feed_files_waiting", "feed_files", ["edition_id", "kind"],
        unique=True, postgresql_where=sa.text("state = 'uploaded'"),
    )
    op.create_table(
        "feed_pulls",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("edition_id", sa.Uuid, sa.ForeignKey("feed_editions.id", name="fk_feed_pulls_edition_id"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("token_enc", sa.LargeBinary),
        sa.Column("state", CODE, nullable=False, server_default="queued"),
        sa.Column("problem", CODE),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("size", sa.BigInteger),
        sa.Column("sha256", CODE),
        sa.Column("job_id", sa.Uuid),
        sa.Column("requested_by", CODE, nullable=False),
        sa.Column("areas", postgresql.ARRAY(CODE), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_feed_pulls"),
        sa.CheckConstraint("state IN ('queued', 'running', 'fetched', 'unchanged', 'failed')", name="ck_feed_pulls_state"),
    )
    # What was fetched from an address last time: its ETag spares the next pull.
    op.create_index("ix_feed_pulls_edition_id_url", "feed_pulls", ["edition_id", "url", "id"])


def _leftovers() -> None:
    op.create_table(
        "feed_rejections",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("edition_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("file", CODE, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("ordinal", sa.SmallInteger, nullable=False),
        sa.Column("column_name", CODE),
        sa.Column("code", CODE, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("row_key", sa.LargeBinary),
        sa.Column("raw", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_feed_rejections"),
        sa.CheckConstraint("file IN ('households', 'persons', 'welfare')", name="ck_feed_rejections_file"),
        sa.CheckConstraint("(raw IS NOT NULL) = (ordinal = 0)", name="ck_feed_rejections_raw"),
        comment="Rows not taken: one row per wrong column; the whole row encrypted with the first of them",
    )
    op.create_index("ix_feed_rejections_place", "feed_rejections", ["edition_id", "file", "line", "ordinal", "id"])
    op.create_table(
        "held_persons",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("edition_id", sa.Uuid, nullable=False),
        sa.Column("house_id", CODE, nullable=False),
        sa.Column("citizen_id_index", sa.LargeBinary, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_persons"),
        comment="Persons of rejected households, encrypted, until the household comes in a corrected file",
    )
    op.create_index("uq_held_persons_person", "held_persons", ["edition_id", "citizen_id_index"], unique=True)
    op.create_table(
        "held_welfare",
        sa.Column("edition_id", sa.Uuid, nullable=False),
        sa.Column("citizen_id_index", sa.LargeBinary, nullable=False),
        sa.Column("welfare", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "citizen_id_index", name="pk_held_welfare"),
        comment="Welfare register rows of people whom the edition does not hold (yet)",
    )


def _snapshots() -> None:
    op.create_table(
        "edition_households",
        sa.Column("edition_id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("members", sa.SmallInteger, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in (
                "income_main", "income_extra", "income_other", "income_in_kind",
                "expense_production", "expense_needs", "expense_wants", "expense_debt",
            )
        ),
        sa.Column("income_band", sa.SmallInteger, nullable=False),
        sa.Column("indicators", CODE, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("own_dimensions", sa.SmallInteger, nullable=False),
        sa.Column("dimensions", sa.SmallInteger, nullable=False),
        sa.Column("persons", sa.SmallInteger, nullable=False),
        sa.Column("survey_poor", sa.SmallInteger, nullable=False),
        sa.Column("target_poor", sa.SmallInteger, nullable=False),
        sa.Column("row_hash", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "household_id", name="pk_edition_households"),
        comment="A household as an edition's survey found it; money in satang a year, dimensions as bits",
    )
    # A household's editions, and the households of the villages whose counts are made anew.
    op.create_index("ix_edition_households_household_id", "edition_households", ["household_id"])
    op.create_index("ix_edition_households_village_code", "edition_households", ["edition_id", "village_code"])
    op.create_table(
        "edition_persons",
        sa.Column("edition_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("relation", CODE, nullable=False),
        sa.Column("occupation", CODE, nullable=False),
        sa.Column("conditions", sa.SmallInteger, nullable=False),
        sa.Column("indicators", CODE, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("own_dimensions", sa.SmallInteger, nullable=False),
        sa.Column("dimensions", sa.SmallInteger, nullable=False),
        sa.Column("welfare", sa.SmallInteger, nullable=False),
        sa.Column("row_hash", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "person_id", name="pk_edition_persons"),
        comment="A person as an edition's survey found her; conditions: disabled 1, chronically ill 2, drug "
        "treatment 4; welfare: registered 1, verified 2; survey poor: any dimension, target poor: also welfare 3",
    )
    op.create_index("ix_edition_persons_household_id", "edition_persons", ["household_id"])


def _counts() -> None:
    op.create_table(
        "poverty_counts",
        sa.Column("edition_id", sa.Uuid, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in (
                "households", "poor_households", "persons", "survey_poor", "registered_poor", "target_poor",
            )
        ),
        sa.Column("survey_by_dimension", postgresql.ARRAY(sa.Integer), nullable=False),
        sa.Column("target_by_dimension", postgresql.ARRAY(sa.Integer), nullable=False),
        sa.Column("failed_households", postgresql.ARRAY(sa.Integer), nullable=False),
        sa.Column("failed_persons", postgresql.ARRAY(sa.Integer), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "level", "area_code", name="pk_poverty_counts"),
        comment="Counts of an edition by area (level 0, 2, 4, 6, 8 digits); arrays in the order of the five "
        "dimensions, and of the instrument's household and person indicators",
    )
