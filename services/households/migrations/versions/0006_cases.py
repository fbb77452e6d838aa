"""Target cases, their transitions, and the resolutions that decide on them (ครัวเรือนเป้าหมาย มติที่ประชุม).

No foreign key from cases to households: an edition updates millions of households set-based, and a key that
others point to would cost a check on every row.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0006"
down_revision = "0005"

CODE = sa.Text(collation="C")
NOW = sa.text("now()")
STATES = (
    "'found', 'verified', 'proposed', 'certified', 'planned', 'assisted', 'followed', "
    "'graduated', 'rejected', 'welfare_only', 'withdrawn'"
)
OPEN = "state IN ('found', 'verified', 'proposed', 'certified', 'planned', 'assisted', 'followed')"


def upgrade() -> None:
    _resolutions()
    _cases()
    _decisions()


def _resolutions() -> None:
    op.create_table(
        "resolutions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("resolution_no", CODE, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resolutions"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_resolutions_meeting_id"),
        sa.UniqueConstraint("meeting_id", "resolution_no", name="uq_resolutions_meeting_id"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("origin", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="found"),
        sa.Column("edition_id", sa.Uuid),
        sa.Column("found_reason", sa.Text),
        sa.Column("developable", sa.Boolean),
        sa.Column("facts", postgresql.JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("notes", sa.Text),
        sa.Column("verified_by", CODE),
        sa.Column("proposed_by", CODE),
        sa.Column("appealed_by", CODE),
        sa.Column("committee_id", sa.Uuid),
        sa.Column("resolution_id", sa.Uuid),
        sa.Column("decided_on", sa.Date),
        sa.Column("certified_on", sa.Date),
        sa.Column("reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name="fk_cases_committee_id"),
        sa.ForeignKeyConstraint(["resolution_id"], ["resolutions.id"], name="fk_cases_resolution_id"),
        sa.CheckConstraint("village_code ~ '^[0-9]{8}$'", name="ck_cases_village_code"),
        sa.CheckConstraint("origin IN ('feed', 'field')", name="ck_cases_origin"),
        sa.CheckConstraint("(origin = 'feed') = (edition_id IS NOT NULL)", name="ck_cases_edition_id"),
        sa.CheckConstraint(f"state IN ({STATES})", name="ck_cases_state"),
        # No case stands on the register without the resolution that put it there.
        sa.CheckConstraint(
            "state NOT IN ('certified', 'planned', 'assisted', 'followed', 'graduated') OR "
            "(resolution_id IS NOT NULL AND committee_id IS NOT NULL AND certified_on IS NOT NULL)",
            name="ck_cases_certified",
        ),
        sa.CheckConstraint("state <> 'proposed' OR proposed_by IS NOT NULL", name="ck_cases_proposed_by"),
        sa.CheckConstraint("version > 0", name="ck_cases_version"),
    )
    # A household is on one way at a time.
    op.create_index(
        "uq_cases_household_id_open", "cases", ["household_id"], unique=True, postgresql_where=sa.text(OPEN)
    )
    # All cases of a household, the earlier ones too.
    op.create_index("ix_cases_household_id", "cases", ["household_id"])
    # Lists: the caller's area is a prefix, pages go on from the last (village_code, id).
    op.create_index("ix_cases_village_code_id", "cases", ["village_code", "id"])
    op.create_index("ix_cases_state_village_code_id", "cases", ["state", "village_code", "id"])
    # Portals and phones that mirror the list ask for what changed.
    op.create_index("ix_cases_updated_at_id", "cases", ["updated_at", "id"])
    op.create_index("ix_cases_committee_id", "cases", ["committee_id", "village_code", "id"])
    op.create_table(
        "case_transitions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("step", CODE, nullable=False),
        sa.Column("from_state", CODE),
        sa.Column("to_state", CODE, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("resolution_id", sa.Uuid),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_transitions"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_transitions_case_id"),
        # One step a version, also when two callers meet; and the history of a case in order.
        sa.UniqueConstraint("case_id", "version", name="uq_case_transitions_case_id"),
    )
    append_only(op, "case_transitions")


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("resolution_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("decision", CODE, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("voters", sa.SmallInteger, nullable=False),  # present members who could decide on this case
        sa.PrimaryKeyConstraint("resolution_id", "case_id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["resolution_id"], ["resolutions.id"], name="fk_decisions_resolution_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_decisions_case_id"),
        sa.CheckConstraint("decision IN ('certified', 'rejected', 'returned')", name="ck_decisions_decision"),
        sa.CheckConstraint("decision = 'certified' OR reason IS NOT NULL", name="ck_decisions_reason"),
    )
    append_only(op, "decisions")
    append_only(op, "resolutions")
    # A declared conflict is about a case that exists.
    op.create_foreign_key("fk_meeting_conflicts_case_id", "meeting_conflicts", "cases", ["case_id"], ["id"])
