"""Committees with members' terms, the quorum rule, meetings (ศจพ. ทีมปฏิบัติการตำบล กม. และการประชุม)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CODE = sa.Text(collation="C")
NOW = sa.text("now()")


def upgrade() -> None:
    _committees()
    _quorum_rules()
    _meetings()


def _committees() -> None:
    op.create_table(
        "committees",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("level", CODE, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("name_th", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text),
        sa.Column("appointment_order", sa.Text),
        sa.Column("appointed_on", sa.Date),
        sa.Column("dissolved_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_committees"),
        sa.CheckConstraint("level IN ('province', 'district', 'tambon', 'village')", name="ck_committees_level"),
        sa.CheckConstraint(
            "area_code ~ '^[0-9]+$' AND char_length(area_code) = "
            "CASE level WHEN 'province' THEN 2 WHEN 'district' THEN 4 WHEN 'tambon' THEN 6 ELSE 8 END",
            name="ck_committees_area_code",
        ),
        sa.CheckConstraint("dissolved_on >= appointed_on", name="ck_committees_dissolved_on"),
        sa.CheckConstraint("version > 0", name="ck_committees_version"),
    )
    # An area has one standing committee (the code's length says its level); a dissolved one stays as history.
    op.create_index(
        "uq_committees_area_code_standing", "committees", ["area_code"],
        unique=True, postgresql_where=sa.text("dissolved_on IS NULL"),
    )
    # Lists: the caller's area is a prefix, pages go on from the last (area_code, id).
    op.create_index("ix_committees_area_code_id", "committees", ["area_code", "id"])
    op.create_table(
        "committee_members",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("committee_id", sa.Uuid, nullable=False),
        sa.Column("subject", CODE, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("household_id", sa.Uuid),  # the member's own household, on which she does not decide
        sa.Column("term_from", sa.Date, nullable=False),
        sa.Column("term_to", sa.Date),  # inclusive: the last day in office
        sa.PrimaryKeyConstraint("id", name="pk_committee_members"),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name="fk_committee_members_committee_id"),
        sa.CheckConstraint("role IN ('chair', 'vice_chair', 'secretary', 'member')", name="ck_committee_members_role"),
        sa.CheckConstraint("term_to >= term_from", name="ck_committee_members_term_to"),
        # A floor under the service's check of overlapping terms, which runs under a lock of the committee.
        sa.UniqueConstraint("committee_id", "subject", "term_from", name="uq_committee_members_committee_id"),
    )


def _quorum_rules() -> None:
    rules = op.create_table(
        "quorum_rules",
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("numerator", sa.SmallInteger, nullable=False),
        sa.Column("denominator", sa.SmallInteger, nullable=False),
        sa.Column("strict", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name="pk_quorum_rules"),
        sa.CheckConstraint("numerator BETWEEN 1 AND denominator", name="ck_quorum_rules_share"),
    )
    op.execute(
        sa.insert(rules).values(
            valid_from=sa.text("DATE '1900-01-01'"), numerator=1, denominator=2, strict=True,
            source="More than half of the members in office",
        )
    )


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("committee_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),  # the committee's, for visibility and paging
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("minutes_number", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="draft"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_meetings"),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name="fk_meetings_committee_id"),
        sa.UniqueConstraint("committee_id", "minutes_number", name="uq_meetings_committee_id"),
        sa.CheckConstraint("state IN ('draft', 'held', 'closed')", name="ck_meetings_state"),
        sa.CheckConstraint("version > 0", name="ck_meetings_version"),
    )
    op.create_index("ix_meetings_area_code_id", "meetings", ["area_code", "id"])
    op.create_table(
        "meeting_attendees",
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "member_id", name="pk_meeting_attendees"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_meeting_attendees_meeting_id"),
        sa.ForeignKeyConstraint(["member_id"], ["committee_members.id"], name="fk_meeting_attendees_member_id"),
    )
    op.create_table(
        "meeting_conflicts",
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "member_id", "case_id", name="pk_meeting_conflicts"),
        sa.ForeignKeyConstraint(
            ["meeting_id", "member_id"], ["meeting_attendees.meeting_id", "meeting_attendees.member_id"],
            name="fk_meeting_conflicts_meeting_id",
        ),
    )
