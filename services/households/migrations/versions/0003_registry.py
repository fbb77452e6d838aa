"""Registry: households, persons, dated memberships, their changes and merges (ทะเบียนครัวเรือน).

No foreign keys from memberships and none to areas: a feed edition writes a million rows set-based, each
already joined to its household, person and area, and a trigger per row would cost more than the import itself.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

CODE = sa.Text(collation="C")
PLACE = "(lat IS NULL) = (lon IS NULL) AND lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180"
NOW = sa.text("now()")


def upgrade() -> None:
    _households()
    _persons()
    _memberships()
    _history()


def _households() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("house_id", CODE),
        sa.Column("house_no", sa.Text),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("lat", sa.Double),
        sa.Column("lon", sa.Double),
        sa.Column("origin", CODE, nullable=False),
        sa.Column("status", CODE, nullable=False, server_default="active"),
        sa.Column("merged_into", sa.Uuid),
        sa.Column("last_edition_year", sa.SmallInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_households"),
        # The feed's natural key; an edition is joined to the registry by it.
        sa.UniqueConstraint("house_id", name="uq_households_house_id"),
        sa.CheckConstraint("house_id ~ '^[0-9]{11}$'", name="ck_households_house_id"),
        sa.CheckConstraint("village_code ~ '^[0-9]{8}$'", name="ck_households_village_code"),
        sa.CheckConstraint("char_length(house_no) BETWEEN 1 AND 40", name="ck_households_house_no"),
        sa.CheckConstraint(PLACE, name="ck_households_place"),
        sa.CheckConstraint("origin IN ('feed', 'field')", name="ck_households_origin"),
        sa.CheckConstraint("status IN ('active', 'closed', 'merged')", name="ck_households_status"),
        sa.CheckConstraint("(status = 'merged') = (merged_into IS NOT NULL)", name="ck_households_merged_into"),
        sa.CheckConstraint("version > 0", name="ck_households_version"),
    )
    # Every list: the caller's area is a prefix of village_code, pages go on from the last (village_code, id).
    op.create_index("ix_households_village_code_id", "households", ["village_code", "id"])


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("citizen_id_enc", sa.LargeBinary),
        sa.Column("citizen_id_index", sa.LargeBinary),
        sa.Column("prefix", sa.Text),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("first_name_key", CODE, nullable=False),
        sa.Column("last_name_key", CODE, nullable=False),
        sa.Column("sex", CODE),
        sa.Column("birth_date", sa.Date),
        sa.Column("died_on", sa.Date),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("merged_into", sa.Uuid),
        sa.Column("last_edition_year", sa.SmallInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        # The blind index: look-up of a citizen id, and the key an edition is joined by.
        sa.UniqueConstraint("citizen_id_index", name="uq_persons_citizen_id_index"),
        sa.CheckConstraint("octet_length(citizen_id_index) = 32", name="ck_persons_citizen_id_index"),
        sa.CheckConstraint("(citizen_id_enc IS NULL) = (citizen_id_index IS NULL)", name="ck_persons_citizen_id_enc"),
        sa.CheckConstraint("sex IN ('M', 'F')", name="ck_persons_sex"),
        sa.CheckConstraint("died_on >= birth_date", name="ck_persons_died_on"),
        sa.CheckConstraint("village_code ~ '^[0-9]{8}$'", name="ck_persons_village_code"),
        sa.CheckConstraint("version > 0", name="ck_persons_version"),
    )
    # Persons of an area, page by page; also what limits a name search to a tambon officer's few thousand.
    op.create_index("ix_persons_village_code_id", "persons", ["village_code", "id"])
    # Name search of a province or the country: collation C, so that LIKE 'prefix%' is a range of the index.
    op.create_index("ix_persons_first_name_key", "persons", ["first_name_key", "last_name_key"])
    op.create_index("ix_persons_last_name_key", "persons", ["last_name_key", "first_name_key"])
    # How a name sounds, once per distinct name and not per person: the fallback of the name search.
    op.create_table(
        "name_sounds",
        sa.Column("name_key", CODE, nullable=False),
        sa.Column("sound", CODE, nullable=False),
        sa.PrimaryKeyConstraint("name_key", name="pk_name_sounds"),
    )
    op.create_index("ix_name_sounds_sound", "name_sounds", ["sound"])


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("relation", CODE, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),  # exclusive; equal to valid_from where the membership was found never to have been
        sa.Column("end_reason", CODE),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.CheckConstraint(
            "relation IN ('head', 'spouse', 'child', 'parent', 'grandchild', 'relative', 'other')",
            name="ck_memberships_relation",
        ),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_memberships_valid_to"),
        sa.CheckConstraint("end_reason IN ('left', 'moved', 'died', 'merged', 'feed')", name="ck_memberships_end_reason"),
        sa.CheckConstraint("(valid_to IS NULL) = (end_reason IS NULL)", name="ck_memberships_ended"),
    )
    # One household at a time; also finds where a person lives.
    op.create_index(
        "uq_memberships_person_id_present", "memberships", ["person_id"],
        unique=True, postgresql_where=sa.text("valid_to IS NULL"),
    )
    # One head at a time. An import that swaps heads demotes in one statement and promotes in the next.
    op.create_index(
        "uq_memberships_household_id_head", "memberships", ["household_id"],
        unique=True, postgresql_where=sa.text("relation = 'head' AND valid_to IS NULL"),
    )
    # Members of a household, present and past.
    op.create_index("ix_memberships_household_id", "memberships", ["household_id"])
    # Where a person lived before; few rows, the present one is in the unique index above.
    op.create_index(
        "ix_memberships_person_id_past", "memberships", ["person_id"], postgresql_where=sa.text("valid_to IS NOT NULL"),
    )


def _history() -> None:
    op.create_table(
        "registry_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("detail", postgresql.JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registry_changes"),
    )
    # The history of one household or person, newest first.
    op.create_index("ix_registry_changes_subject_id", "registry_changes", ["subject", "id"])
    op.create_table(
        "merges",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("kept_id", sa.Uuid, nullable=False),
        sa.Column("dropped_id", sa.Uuid, nullable=False),
        sa.Column("before", postgresql.JSONB, nullable=False),
        sa.Column("merged_by", sa.Text, nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
        sa.CheckConstraint("kind IN ('household', 'person')", name="ck_merges_kind"),
        sa.CheckConstraint("kept_id <> dropped_id", name="ck_merges_dropped_id"),
        sa.CheckConstraint("(undone_by IS NULL) = (undone_at IS NULL)", name="ck_merges_undone"),
    )
    # A thing is merged into one other at a time.
    op.create_index(
        "uq_merges_dropped_id_standing", "merges", ["dropped_id"],
        unique=True, postgresql_where=sa.text("undone_at IS NULL"),
    )
